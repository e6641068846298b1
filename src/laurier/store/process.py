"""One worker process seen from the server: started, spoken to over a socket, killed, its end explained."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from laurier import kernel
from laurier.errors import QueryError
from laurier.store import refusals, wire

_RUN = "import sys; sys.path[:0] = sys.argv[2:]; from laurier.store.worker import main; main(int(sys.argv[1]))"
# A query makes many small blocks and frees them all: kept at hand by the C library, they cost a tenth less.
_TUNABLES = "glibc.malloc.tcache_count=1000"
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2", "GLIBC_TUNABLES": _TUNABLES, "RUST_BACKTRACE": "0"}


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker is told when it starts.

    Attributes:
        folder: the RocksDB folder of the store.
        memory_mb: address space that queries may add, in MiB.
        result_mb: longest answer, in MiB.
    """

    folder: Path
    memory_mb: int
    result_mb: int


class Owner(Protocol):
    """Who is told what a worker says."""

    def ready(self, worker: Worker) -> None:
        """It can take its first query."""

    def part(self, worker: Worker, note: int, data: bytes) -> None:
        """It sent a part of an answer."""

    def last(self, worker: Worker, note: int, data: bytes) -> None:
        """It sent the end of an answer."""

    def failed(self, worker: Worker, note: int, error: QueryError) -> None:
        """It could not answer."""

    def leaving(self, worker: Worker) -> None:
        """It has closed its end; `lost` follows."""

    def lost(self, worker: Worker, error: QueryError, *, from_outside: bool) -> None:
        """It is gone; `error` says why, as far as its query is concerned, which may not be at fault."""


class Worker(asyncio.Protocol):
    """A worker process, from start to end."""

    def __init__(self, owner: Owner, setup: Setup, niceness: int) -> None:
        self.owner = owner
        self.setup = setup
        self.niceness = niceness
        self.confined = False
        self.killed = False
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._paused = False
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        ours, theirs = socket.socketpair()
        with theirs:
            # A fresh interpreter: a fork of a process with threads may inherit a lock that nobody will release.
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                [sys.executable, "-I", "-S", "-B", "-c", _RUN, str(theirs.fileno()), *filter(None, sys.path)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                env=_ENVIRONMENT,
            )
        self.pid = self._process.pid
        self.renice(niceness)
        ours.setblocking(False)
        self._connecting = asyncio.ensure_future(self._connect(ours))

    async def _connect(self, ours: socket.socket) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, sock=ours)

    def renice(self, niceness: int) -> None:
        """Yields more of the processor to other processes (it can only go up without privileges)."""
        self.niceness = niceness
        kernel.set_niceness(self.pid, niceness)

    def processor_seconds(self) -> float:
        """Processor time that it has used, in seconds; where the system does not tell, time passed."""
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                # The clock of another process, as clock_getcpuclockid(3) names it.
                return time.clock_gettime(~self.pid << 3 | 2)
        return time.monotonic()

    def send(self, message: bytes) -> None:
        """Sends a query."""
        if self._transport is not None:
            self._transport.write(message)

    def pause(self) -> None:
        """Reads no more, so that the worker waits."""
        if not self._paused and self._transport is not None:
            self._transport.pause_reading()
            self._paused = True

    def resume(self) -> None:
        """Reads on."""
        if self._paused and self._transport is not None:
            self._transport.resume_reading()
            self._paused = False

    def kill(self) -> None:
        """Ends the process at once; `lost` follows."""
        self.killed = True
        self._process.kill()
        if self._transport is not None:
            self._transport.abort()

    async def ended(self) -> None:
        """Waits until the process is gone and reaped."""
        await self._ended

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is ready (asyncio.Protocol)."""
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "pause_reading")
        self._transport = transport  # type: ignore[assignment]
        if self.killed:
            transport.close()
            return
        start = {
            "folder": str(self.setup.folder),
            "memory_mb": self.setup.memory_mb,
            "result_mb": self.setup.result_mb,
        }
        self.send(wire.pack_json(wire.START, start))

    def data_received(self, data: bytes) -> None:
        """The worker sent something (asyncio.Protocol)."""
        buffer = self._buffer
        buffer += data
        size = wire.HEADER.size
        start = 0
        while len(buffer) - start >= size:
            length, frame, note = wire.HEADER.unpack_from(buffer, start)
            end = start + size + length
            if len(buffer) < end:
                break
            self._take(frame, note, bytes(memoryview(buffer)[start + size : end]))
            start = end
        if start:
            del buffer[:start]

    def _take(self, frame: int, note: int, payload: bytes) -> None:
        if self.killed:
            return
        if frame == wire.PART:
            self.owner.part(self, note, payload)
        elif frame == wire.LAST:
            self.owner.last(self, note, payload)
        elif frame == wire.FAILED:
            self.owner.failed(self, note, wire.unpack_error(payload))
        else:
            self.confined = bool(json.loads(payload)["confined"])
            self.owner.ready(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The worker is ending (asyncio.Protocol)."""
        self.owner.leaving(self)
        asyncio.get_running_loop().run_in_executor(None, self._reap).add_done_callback(self._reaped)

    def _reap(self) -> tuple[int, str]:
        assert self._process.stderr is not None
        with self._process.stderr as stream:
            try:
                code = self._process.wait(timeout=2)
            except subprocess.TimeoutExpired:
                self._process.kill()
                code = self._process.wait()
            os.set_blocking(stream.fileno(), False)
            return code, (stream.read(4096) or b"").decode(errors="replace")

    def _reaped(self, done: asyncio.Future[tuple[int, str]]) -> None:
        code, said = done.result()
        self.killed = True
        self.owner.lost(self, refusals.of_the_end(code, said), from_outside=code == -signal.SIGKILL)
        if not self._ended.done():
            self._ended.set_result(None)
