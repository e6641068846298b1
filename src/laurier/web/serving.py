"""Runs the application until it is told to stop, then lets what is under way finish."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

import uvicorn
import uvloop

from laurier.errors import UsageError
from laurier.foreign import said
from laurier.settings import Settings
from laurier.snapshot.opened import current
from laurier.web.app import Application, create_app
from laurier.web.connection import MOST_CONNECTIONS, Connection

_KEEP_ALIVE_SECONDS = 15
_GRACE_SECONDS = 20
_BACKLOG = 1024


def _print(line: str) -> None:
    print(line, flush=True)  # whoever started this may wait for the address


def serve(
    settings: Settings,
    *,
    theme: Path | None = None,
    tell: Callable[[str], None] = _print,
) -> None:
    """Serves the current release and those that follow it, until SIGTERM or SIGINT.

    Args:
        settings: where the releases are, where to listen, and what a client may ask.
        theme: a folder whose templates and static files come before ours.
        tell: given the lines to show once the server listens.

    Raises:
        UsageError: the address cannot be listened on.
        SnapshotError: there is no release to serve.
    """
    snapshot = current(settings.releases)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with _listening(settings.host, settings.port) as listener:
        app = create_app(settings, theme)
        address = listener.getsockname()
        shown = f"[{address[0]}]" if listener.family == socket.AF_INET6 else address[0]
        lines = [
            f"http://{shown}:{address[1]}/",
            f"release {snapshot.hash}, base {snapshot.base}, {settings.workers} workers",
            ", ".join(f"{name} {value:g}" for name, value in asdict(settings.limits).items()),
        ]
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_run(app, listener, partial(_tell, tell, lines)))


def _tell(tell: Callable[[str], None], lines: list[str]) -> None:
    for line in lines:
        tell(line)


async def _run(app: Application, listener: socket.socket, started: Callable[[], object]) -> None:
    await app.following.open()  # here, so that a damaged release is a sentence
    config = uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        backlog=_BACKLOG,
    )
    await _Server(config, app, started).serve(sockets=[listener])


class _Server(uvicorn.Server):
    """uvicorn's server, which ends with exit code 0 when asked to stop."""

    def __init__(self, config: uvicorn.Config, app: Application, started: Callable[[], object]) -> None:
        super().__init__(config)
        self._app = app
        self._on_start = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to listen."""
        await super().startup(sockets)
        # What is there now stays: the collector need not walk over it again, which takes it tens of milliseconds.
        gc.collect()
        gc.freeze()
        if self.started:
            self._on_start()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stops at the first signal, at once at the second."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    def _stop(self) -> None:
        self.force_exit = self.should_exit
        if self.force_exit:
            # uvicorn logs that its lifespan was cancelled, with a trace.
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self.should_exit = True
        self._app.following.stopping = True


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS * 2
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(
                resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard)
            )
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        raise UsageError(
            f"The address {host} port {port} cannot be listened on ({said(error).en}): choose another --port or "
            "--host.",
            f"Impossible d'écouter à l'adresse {host}, port {port} ({said(error).fr}) : choisissez un autre --port ou "
            "--host.",
        ) from error
    with listener:
        yield listener
