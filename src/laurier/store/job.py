"""One query on its way through the pool, and its answer as it comes in."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from laurier.errors import QueryError
from laurier.store import Query, ResultKind, wire

if TYPE_CHECKING:
    from laurier.store.pool import Pool
    from laurier.store.process import Worker

# Bytes of an answer kept in the server while its client is slower than its worker.
_HIGH, _LOW = 1024 * 1024, 256 * 1024


class Job:
    """A query and its answer (it follows the protocol `laurier.store.Answer`).

    Nothing is handed out before the outcome is decided: the answer is whole, or it streams from a worker that may
    run to the time limit.
    """

    def __init__(self, pool: Pool, query: Query, message: bytes, key: int, shape: int, repeatable: bool) -> None:
        self.pool = pool
        self.query = query
        self.message = message
        self.key = key
        self.shape = shape
        self._repeatable = repeatable
        self.decided: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.worker: Worker | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.started = 0.0
        self.used_before = 0.0
        self.retried = False
        self.streaming = False
        self.complete = False
        self.error: QueryError | None = None
        self.held = 0
        self.size = 0
        self.note = 0
        self._parts: deque[bytes] = deque()
        self._news = asyncio.Event()

    @property
    def kind(self) -> ResultKind:
        """What the query gave."""
        kinds: tuple[ResultKind, ...] = ("solutions", "boolean", "graph")
        return kinds[self.note & ~(wire.RETIRING | wire.CHANGING)]

    @property
    def repeatable(self) -> bool:
        """The same query on the same snapshot gives the same answer."""
        return self._repeatable and not self.note & wire.CHANGING

    @property
    def content_type(self) -> str:
        """The Content-Type of the bytes."""
        choice = self.query.graph if self.kind == "graph" else self.query.results
        assert choice is not None
        return choice.content_type

    @property
    def whole(self) -> bytes | None:
        """All the bytes, when the answer is complete."""
        if not self.complete or self.streaming:
            return None
        if len(self._parts) > 1:
            joined = b"".join(self._parts)
            self._parts = deque((joined,))
        return self._parts[0] if self._parts else b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The bytes in order.

        Raises:
            QueryError: the query failed after its first bytes.
        """
        while True:
            while self._parts:
                part = self._parts.popleft()
                self.held -= len(part)
                if self.worker is not None and self.held < _LOW:
                    self.worker.resume()
                yield part
            if self.error is not None:
                raise self.error
            if self.complete:
                return
            self._news.clear()
            await self._news.wait()

    def cancel(self) -> None:
        """Gives up the rest and frees the worker at once."""
        self.pool.give_up(self)

    # What the pool calls.

    @property
    def used(self) -> float:
        """Processor time that its worker has spent on it, in seconds."""
        return self.worker.processor_seconds() - self.used_before if self.worker is not None else 0.0

    @property
    def over(self) -> bool:
        """No worker is needed any more."""
        return self.complete or self.error is not None

    def add(self, note: int, data: bytes) -> None:
        """A part has come in."""
        self.note = note
        if data:
            self._parts.append(data)
            self.held += len(data)
            self.size += len(data)
        if self.streaming:
            self._news.set()
            if self.held > _HIGH and self.worker is not None:
                self.worker.pause()

    def stream(self) -> None:
        """The answer is handed out from now on, complete or not."""
        if not self.streaming:
            self.streaming = True
            self._decide()

    def finish(self) -> None:
        """The last part has come in."""
        self.complete = True
        self.stop_timer()
        self._news.set()
        self._decide()

    def fail(self, error: QueryError) -> None:
        """No more will come."""
        self.error = error
        self.stop_timer()
        self._news.set()
        if not self.decided.done():
            self.decided.set_exception(error)

    def start_over(self) -> None:
        """Forgets what came in, for the query will run again elsewhere."""
        self.worker = None
        self.note = 0
        self.held = self.size = 0
        self._parts.clear()
        self.stop_timer()

    def stop_timer(self) -> None:
        """Cancels whatever was to happen next."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def _decide(self) -> None:
        if not self.decided.done():
            self.decided.set_result(None)
