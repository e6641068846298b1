"""Answers to queries kept in memory: a release never changes, so that the same query of it has the same answer.

A query is kept when it is asked for the second time, so that any number of different ones push out nothing; those
asked at the same moment are evaluated once. Neither an error nor an answer that streams is kept.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

from laurier.errors import QueryError
from laurier.store import Answer, Query, ResultKind, Store
from laurier.web.cache import Cache, Doorkeeper

#: Longest answer and longest query that are kept, in bytes and characters.
LARGEST, _LONGEST_TEXT = 256 * 2**10, 8 * 2**10
_ENTRY = 512  # bytes that keeping an answer takes, its own apart

Key = bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """A whole answer (it follows the protocol `laurier.store.Answer`).

    Attributes:
        kind, content_type, whole, repeatable: as an answer has them.
    """

    kind: ResultKind
    content_type: str
    whole: bytes
    repeatable: bool = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The bytes."""
        yield self.whole

    def cancel(self) -> None:
        """Nothing is under way."""


class Answers:
    """The answers of one store.

    Args:
        store: evaluates what is not kept.
        limit: bytes that the kept answers may take together.

    Attributes:
        came: how many came from memory, from the same query under way, and from the store.
    """

    def __init__(self, store: Store, limit: int) -> None:
        self.came: Counter[str] = Counter(memory=0, shared=0, store=0)
        self._store = store
        self._kept: Cache[Kept] = Cache(limit, min(LARGEST, limit))
        self._asked = Doorkeeper()
        self._running: dict[tuple[Key, float | None], asyncio.Future[Kept | QueryError | None]] = {}

    @property
    def held(self) -> int:
        """Bytes that the kept answers take."""
        return self._kept.held

    async def of(self, query: Query) -> Answer:
        """The answer to a query; the store raises its `QueryError`."""
        if len(query.text) > _LONGEST_TEXT:
            self.came["store"] += 1
            return await self._store.query(query)
        key = _key(query)
        kept = self._kept.get(key)
        if kept is not None:
            self.came["memory"] += 1
            return kept
        running = self._running.get((key, query.seconds))
        if running is not None:
            outcome = await asyncio.shield(running)
            if outcome is not None:
                self.came["shared"] += 1
                if isinstance(outcome, QueryError):
                    raise outcome
                self._keep(key, outcome)
                return outcome
        self.came["store"] += 1
        return await self._evaluated(key, query)

    async def _evaluated(self, key: Key, query: Query) -> Answer:
        name = (key, query.seconds)
        mine = name not in self._running
        outcome: Kept | QueryError | None = None
        if mine:
            self._running[name] = asyncio.get_running_loop().create_future()
        try:
            found = await self._store.query(query)
        except QueryError as error:
            outcome = error
            raise
        else:
            whole = found.whole
            if whole is not None and found.repeatable and len(whole) <= LARGEST:
                outcome = Kept(found.kind, found.content_type, whole)
                self._keep(key, outcome)
            return found
        finally:
            if mine:
                self._running.pop(name).set_result(outcome)

    def _keep(self, key: Key, answer: Kept) -> None:
        if self._asked.knows(key):
            self._kept.put(key, answer, len(answer.whole) + _ENTRY)


def _key(query: Query) -> Key:
    """What the bytes of an answer depend on, as a digest that nobody finds twice."""
    forms = [choice and (choice.format.name, choice.content_type) for choice in (query.results, query.graph)]
    named = repr((query.text, query.default_graphs, query.named_graphs, forms))
    return hashlib.blake2b(named.encode(), digest_size=32).digest()
