"""The embedded store: Oxigraph on the RocksDB folder of a snapshot, in worker processes that can be killed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from laurier.formats import Choice
from laurier.settings import Limits
from laurier.store import Query, federation, refusals, wire
from laurier.store.job import Job
from laurier.store.pool import Pool
from laurier.store.preflight import AT_ONCE, Preflight, check, may_call, skim
from laurier.store.process import Setup

_FEDERATED_KB = 32 * 1024
_READY_STEPS, _READY_STEP_SECONDS = 500, 0.02


class EmbeddedStore:
    """Answers queries about one folder, which must not change while it is open.

    Args:
        folder: the RocksDB folder of an Oxigraph store.
        base: the base IRI of relative IRIs in queries.
        union: the default graph of a query that names no graph is the union of all graphs, rather than the graph
            without a name.
        limits: what a client may ask.
        workers: long queries evaluated at the same time.
        slow_seconds: queries that take longer are logged with their text.
        service_allow: hosts that SERVICE may call; none when empty.
    """

    def __init__(
        self,
        folder: Path,
        base: str,
        *,
        union: bool,
        limits: Limits,
        workers: int,
        slow_seconds: float = 5.0,
        service_allow: tuple[str, ...] = (),
    ) -> None:
        self.service_allow = service_allow
        self.base = base
        self.union = union
        self.limits = limits
        self.pool = Pool(Setup(folder, limits.query_memory_mb, limits.result_mb), limits, workers, slow_seconds)

    def open(self) -> None:
        """Starts the worker processes; needs a running event loop."""
        self.pool.open()

    async def query(self, query: Query) -> Job:
        """Starts a query; returns as soon as its outcome is decided (see `laurier.store.Store`).

        Raises:
            QueryError: it is malformed, refused, too long, too slow, or too many are waiting.
        """
        found = await self._checked(query.text)
        if found.service:
            query, found = await self._federated(query)
        return await self.pool.run(self._job(query, found))

    async def _checked(self, text: str) -> Preflight:
        if len(text) <= AT_ONCE:
            return check(text, self.limits)
        if self.service_allow and may_call(text):
            return await asyncio.to_thread(check, text, self.limits)
        return skim(text, self.limits)

    async def _federated(self, query: Query) -> tuple[Query, Preflight]:
        if not self.service_allow:
            raise refusals.no_service()
        seconds = min(query.seconds or self.limits.query_seconds, self.limits.query_seconds)
        text = await federation.resolve(query.text, self.service_allow, seconds)
        # The solutions make the text long, but nest no deeper.
        found = await asyncio.to_thread(check, text, replace(self.limits, query_kb=_FEDERATED_KB))
        if found.service:
            raise refusals.no_service()
        return replace(query, text=text), replace(found, repeatable=False)

    async def until_ready(self) -> None:
        """Returns when the first worker waits for a query, or after a while if none does."""
        for _ in range(_READY_STEPS):
            if self.pool.ready_to_answer:
                return
            await asyncio.sleep(_READY_STEP_SECONDS)

    async def close(self) -> None:
        """Ends every query and worker process."""
        await self.pool.close()

    def _job(self, query: Query, found: Preflight) -> Job:
        message = wire.pack_json(
            wire.QUERY,
            {
                "text": query.text,
                "unread": found.unread,
                "depth": self.limits.query_depth,
                "base": self.base,
                # The engine takes the union even of what FROM names, so that FROM must switch it off.
                "union": self.union and not found.dataset,
                "default_graphs": query.default_graphs,
                "named_graphs": query.named_graphs,
                "results": _engine_name(query.results),
                "graph": _engine_name(query.graph),
            },
        )
        key = hash((query.text, query.default_graphs, query.named_graphs))
        return Job(self.pool, query, message, key, found.shape, found.repeatable)


def _engine_name(choice: Choice | None) -> str | None:
    return choice.format.media_type if choice is not None else None
