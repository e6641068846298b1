"""One query on its way to an engine, and its answer as it comes in: repaired, converted, bounded."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from laurier.errors import QueryError
from laurier.formats import Format
from laurier.store import ResultKind, engines, refusals
from laurier.store.conversion import convert
from laurier.store.engines import Engine
from laurier.store.rewriting import Change, Rewriter

# Bytes of an answer gathered before the first is handed out: until then an error can still set the status.
_DECIDED = 64 * 1024
# Blocks kept while the client is slower than the engine.
_AHEAD = 16
_LONGEST_MESSAGE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """A query ready to be sent.

    Attributes:
        client, url, data: where and what.
        written: the format that the engine is asked for.
        wanted: the format of the client.
        changes: made to the bytes of the engine.
        engine: that answers.
        seconds: time limit of the whole answer.
        limit: bytes of the answer.
        threads: for conversions.
    """

    client: httpx.AsyncClient
    url: str
    data: dict[str, str | list[str]]
    written: Format
    wanted: Format
    changes: tuple[Change, ...]
    engine: Engine
    seconds: float
    limit: int
    threads: ThreadPoolExecutor


class RemoteAnswer:
    """The answer to a query (it follows the protocol `laurier.store.Answer`).

    Args:
        request: what to ask.
        kind: what it gives.
        content_type: of the bytes.
        repeatable: whether asking again gives the same.
        over: called once, when nothing is under way any more.
    """

    def __init__(
        self,
        request: Request,
        kind: ResultKind,
        content_type: str,
        repeatable: bool,
        over: Callable[[RemoteAnswer], None],
    ) -> None:
        self.request = request
        self.kind = kind
        self.content_type = content_type
        self.repeatable = repeatable
        self._parts: deque[bytes] = deque()
        self._ended = False
        self._queue: asyncio.Queue[bytes | QueryError | None] = asyncio.Queue(_AHEAD)
        self._written = 0
        self._task = asyncio.create_task(self._produce())
        self._task.add_done_callback(lambda _: over(self))

    @property
    def whole(self) -> bytes | None:
        """All the bytes, when the answer is complete."""
        return b"".join(self._parts) if self._ended else None

    async def decide(self) -> None:
        """Waits until the answer is whole or long.

        Raises:
            QueryError: there is none.
        """
        held = 0
        try:
            while held < _DECIDED:
                part = await self._next()
                if part is None:
                    self._ended = True
                    return
                self._parts.append(part)
                held += len(part)
        except BaseException:
            self.cancel()
            raise

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The bytes in order.

        Raises:
            QueryError: the query failed after its first bytes.
        """
        while self._parts:
            yield self._parts.popleft()
        while not self._ended:
            part = await self._next()
            if part is None:
                self._ended = True
                return
            yield part

    def cancel(self) -> None:
        """Gives up the rest: the connection is closed at once."""
        self._task.cancel()

    async def _next(self) -> bytes | None:
        found = await self._queue.get()
        if isinstance(found, QueryError):
            raise found
        return found

    # What runs beside.

    async def _produce(self) -> None:
        request = self.request
        try:
            async with asyncio.timeout(request.seconds):
                await self._fetch(request)
            await self._queue.put(None)
        except TimeoutError:
            await self._fail(refusals.too_slow(request.seconds))
        except QueryError as error:
            await self._fail(error)
        except httpx.HTTPError as error:
            await self._fail(refusals.silent(request.url, error))

    async def _fail(self, error: QueryError) -> None:
        # What waits in the queue is worthless now.
        while not self._queue.empty():
            self._queue.get_nowait()
        await self._queue.put(error)

    async def _fetch(self, request: Request) -> None:
        headers = {"Accept": request.written.media_type}
        async with request.client.stream("POST", request.url, data=request.data, headers=headers) as response:
            await _refused(request, response)
            blocks = self._blocks(request, response)
            if request.written == request.wanted:
                async for block in blocks:
                    await self._give(block)
            else:
                await self._convert(request, blocks)

    async def _blocks(self, request: Request, response: httpx.Response) -> AsyncIterator[bytes]:
        rewriter = Rewriter(request.changes)
        async for block in response.aiter_bytes(65536):
            yield rewriter.feed(block)
        yield rewriter.end()

    async def _give(self, block: bytes) -> None:
        if not block:
            return
        self._written += len(block)
        if self._written > self.request.limit:
            raise refusals.too_long(self.request.limit)
        await self._queue.put(block)

    async def _convert(self, request: Request, blocks: AsyncIterator[bytes]) -> None:
        loop = asyncio.get_running_loop()

        async def following() -> bytes:
            async for block in blocks:
                if block:
                    return block
            return b""

        def take() -> bytes:
            return asyncio.run_coroutine_threadsafe(following(), loop).result()

        def give(block: bytes) -> None:
            asyncio.run_coroutine_threadsafe(self._give(block), loop).result()

        await loop.run_in_executor(request.threads, convert, take, request.written, request.wanted, give)


async def _refused(request: Request, response: httpx.Response) -> None:
    """Raises when a response is not a whole answer."""
    if not response.is_success:
        said = b""
        async for block in response.aiter_bytes():
            said += block
            if len(said) > _LONGEST_MESSAGE:
                break
        raise engines.explain(response.status_code, said.decode(errors="replace"), request.seconds)
    cut = request.engine.cut_header
    if cut and cut in response.headers:
        raise refusals.too_many_rows(response.headers[cut])
    named = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if named not in (request.written.media_type, *request.written.generic, *request.written.obsolete):
        raise QueryError(
            f"The engine answers {named or 'without a type'} where {request.written.media_type} was asked for.",
            f"Le moteur répond {named or 'sans type'} au lieu de {request.written.media_type}.",
        )
