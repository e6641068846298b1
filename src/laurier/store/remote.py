"""The remote store: a release that was pushed into a SPARQL engine, read over HTTP as if it were alone there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

import httpx

from laurier import formats
from laurier.errors import QueryBusy, QueryError, SnapshotError
from laurier.formats import Choice
from laurier.settings import Limits
from laurier.store import Query, engines, refusals, sets
from laurier.store.dataset import Dataset, Form, dataset_of, form_of
from laurier.store.engines import STANDARD, Credentials, Engine
from laurier.store.preflight import AT_ONCE, check
from laurier.store.rewriting import renaming
from laurier.store.sets import GraphSet, Names
from laurier.store.stream import RemoteAnswer, Request

P = ParamSpec("P")
T = TypeVar("T")

_log = logging.getLogger("laurier.store")
# Seconds for which what was read of the registry is trusted; a set stays readable longer than that once closed.
_TRUSTED = 2.0
#: Queries that one process asks of an engine at the same time.
PARALLEL = 16


async def _at_once(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    return work(*arguments, **named)


class RemoteStore:
    """Answers queries about one release from an engine that `laurier.store.push` put it into.

    Args:
        url: address of SPARQL queries.
        names: the instance and the release.
        limits: what a client may ask.
        credentials: who reads.
    """

    def __init__(self, url: str, names: Names, limits: Limits, credentials: Credentials | None = None) -> None:
        self.url = engines.endpoint(url, STANDARD).query
        self.names = names
        self.limits = limits
        self.engine: Engine = STANDARD
        limit = httpx.Limits(max_connections=PARALLEL + 2, max_keepalive_connections=PARALLEL)
        self._client = httpx.AsyncClient(
            auth=(credentials or Credentials()).auth(),
            limits=limit,
            timeout=httpx.Timeout(10.0, read=None, pool=None),
            follow_redirects=False,
        )
        self._threads = ThreadPoolExecutor(PARALLEL, thread_name_prefix="conversion")
        self._slots = asyncio.Semaphore(PARALLEL)
        self._waiting = 0
        self._set: GraphSet | None = None
        self._read_at = float("-inf")
        self._others = False
        self._reading = asyncio.Lock()
        self._answers: set[RemoteAnswer] = set()

    async def query(self, query: Query) -> RemoteAnswer:
        """Starts a query; returns as soon as its outcome is decided (see `laurier.store.Store`).

        Raises:
            QueryError: it is malformed, refused, too long, too slow, too many are waiting, or the engine does not hold
                the release.
        """
        # A thread for a long text leaves room to other requests; for a short one it would cost more than the work.
        aside = asyncio.to_thread if len(query.text) > AT_ONCE else _at_once
        found = await aside(check, query.text, self.limits)
        if found.service:
            raise refusals.no_service()
        form = form_of(query.text)
        choice = query.graph if form.graph else query.results
        if choice is None:
            raise refusals.no_format(*form.named)
        known = await self._known()
        await aside(engines.refuse_extensions, query.text, self.engine)
        dataset = await aside(dataset_of, query, self.names, known, self.engine.verbatim)
        seconds = min(query.seconds or self.limits.query_seconds, self.limits.query_seconds)
        await self._slot(seconds)
        try:
            request = self._request(dataset, choice, form, seconds)
            answer = RemoteAnswer(request, form.kind, choice.content_type, found.repeatable, self._over)
        except BaseException:
            self._slots.release()
            raise
        self._answers.add(answer)
        await answer.decide()
        return answer

    async def until_ready(self) -> None:
        """Returns when the engine holds the release, which a push may be about to put there.

        Raises:
            QueryBusy: the engine does not answer, or holds no release of this instance that could be on its way.
        """
        while True:
            self._read_at = float("-inf")
            try:
                await self._known()
            except QueryBusy:
                if not self._others:
                    raise
                _log.warning("waiting for the release %s at %s", self.names.release, self.url)
                await asyncio.sleep(_TRUSTED)
            else:
                return

    async def close(self) -> None:
        """Ends every query and connection."""
        for answer in list(self._answers):
            answer.cancel()
        await self._client.aclose()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _over(self, answer: RemoteAnswer) -> None:
        self._answers.discard(answer)
        self._slots.release()

    async def _slot(self, seconds: float) -> None:
        if self._slots.locked() and self._waiting >= self.limits.queue:
            raise refusals.busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(seconds):
                await self._slots.acquire()
        except TimeoutError:
            raise refusals.busy() from None
        finally:
            self._waiting -= 1

    def _request(self, dataset: Dataset, choice: Choice, form: Form, seconds: float) -> Request:
        native = self.engine.graphs if form.graph else self.engine.results
        written = choice.format if choice.format in native else native[0]
        before = self.engine.describes if form.word == "DESCRIBE" else ""
        data: dict[str, str | list[str]] = {
            "query": before + engines.disguise(self.engine, self.names.rename(dataset.text)),
            "default-graph-uri": list(dataset.default),
            "named-graph-uri": list(dataset.named),
        }
        return Request(
            client=self._client,
            url=self.url,
            data=data,
            written=written,
            wanted=choice.format,
            changes=(
                *self.engine.repairs,
                *engines.unmask(self.engine),
                renaming(self.names.inside, self.names.outside),
            ),
            engine=self.engine,
            seconds=seconds,
            limit=self.limits.result_mb * 2**20,
            threads=self._threads,
        )

    async def _known(self) -> GraphSet:
        """What the engine holds of the release.

        Raises:
            QueryBusy: it does not hold it whole, or does not answer.
        """
        loop = asyncio.get_running_loop()
        async with self._reading:
            if loop.time() - self._read_at > _TRUSTED:
                self._set = await self._read()
                self._read_at = loop.time()
        if self._set is None:
            raise sets.not_there(self.names.release, self.url)
        return self._set

    async def _read(self) -> GraphSet | None:
        data = {"query": sets.reading(self.names.base)}
        headers = {"Accept": formats.SPARQL_JSON.media_type}
        try:
            response = await self._client.post(self.url, data=data, headers=headers, timeout=10.0)
        except httpx.HTTPError as error:
            raise refusals.silent(self.url, error) from error
        if not response.is_success:
            raise engines.explain(response.status_code, response.text, self.limits.query_seconds)
        self.engine = engines.recognise(response.headers)
        try:
            found = sets.registry(self.names.base, response.content).sets
        except SnapshotError as error:
            raise QueryError(error.en, error.fr) from error
        known = found.get(self.names.release)
        self._others = bool(found)
        return known if known is not None and known.triples is not None else None
