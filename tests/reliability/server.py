"""A real server process on loopback, and raw and plain requests to it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
from estate import Estate, environment

_START = 90.0


class Server:
    """`laurier serve` on a free port of loopback, ended at the end of the block.

    Args:
        estate: the instance served.
        words: further options.
        plain: without the rights that root has over files.
        settings: text of a `laurier.toml`.
    """

    def __init__(self, estate: Estate, *words: str, plain: bool = False, settings: str = "") -> None:
        self.estate = estate
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the server
        command = estate.command("serve", "--port", "0", *words, plain=plain)
        if settings:
            path = estate.folder / "laurier.toml"
            path.write_text(settings, encoding="utf-8")
            at = command.index("none") + 2
            command[at:at] = ["--config", str(path)]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            env=environment(estate.folder),
            cwd=estate.folder,
            start_new_session=True,
        )

    def __enter__(self) -> Server:
        try:
            self.until(lambda: bool(re.search(r"http://\S+:\d+/", self.log())), _START)
            found = re.search(r"http://(\S+):(\d+)/", self.log())
            assert found is not None
            self.host, self.port = found[1], int(found[2])
            self.client = httpx.Client(base_url=f"http://{self.host}:{self.port}", timeout=60, trust_env=False)
            self.until(lambda: self.get("/readyz")[0] == 200, _START)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
        self._end()

    def _end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self._log.close()

    # Asking

    def get(self, path: str, **headers: str) -> tuple[int, httpx.Headers, bytes]:
        """Status, fields and body of a GET."""
        answer = self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return answer.status_code, answer.headers, answer.content

    def ready(self) -> dict[str, Any]:
        """What `/readyz` tells."""
        return dict(json.loads(self.get("/readyz")[2]))

    def raw(self, sent: bytes, seconds: float = 20.0, *, half_close: bool = False) -> bytes:
        """Everything that the server answers to some bytes until it closes or stays silent."""
        with socket.create_connection((self.host, self.port), timeout=seconds) as connection:
            try:
                connection.sendall(sent)
                if half_close:
                    connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the server may refuse before all is sent
            parts = []
            try:
                while part := connection.recv(65536):
                    parts.append(part)
            except OSError:
                pass
            return b"".join(parts)

    # Looking

    def log(self) -> str:
        """What the process wrote so far."""
        position = self._log.tell()
        self._log.flush()
        self._log.seek(0)
        text = self._log.read()
        self._log.seek(position)
        return text

    def until(self, holds: Callable[[], bool], seconds: float = 30.0) -> None:
        """Waits until something holds.

        Raises:
            AssertionError: it does not in time, or the process ended.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log()
            if holds():
                return
            time.sleep(0.1)
        raise AssertionError(f"it did not come to hold in {seconds} s: {self.log()[-2000:]}")

    def memory(self) -> int:
        """Resident memory of the process, in bytes."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGESIZE")

    def open_files(self) -> list[str]:
        """What the process and its workers hold open."""
        found = []
        for pid in (self.process.pid, *self.workers()):
            for link in Path(f"/proc/{pid}/fd").glob("*"):
                try:
                    found.append(os.readlink(link))
                except OSError:
                    continue
        return found

    def workers(self) -> list[int]:
        """The processes that the server started."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text(encoding="ascii").split()]
