"""What answers SPARQL queries: the protocol that every store follows, and the choice of one by the settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from laurier.formats import Choice

#: What a query gives: solutions (SELECT), a boolean (ASK), a graph (CONSTRUCT, DESCRIBE).
ResultKind = Literal["solutions", "boolean", "graph"]


@dataclass(frozen=True, slots=True)
class Query:
    """A query as the SPARQL 1.1 Protocol states it (section 2.1).

    Attributes:
        text: the query.
        results: how to write solutions and booleans; None when the client accepts no such format.
        graph: how to write a graph; None when the client accepts no such format.
        default_graphs: IRIs of `default-graph-uri`; they replace what FROM says.
        named_graphs: IRIs of `named-graph-uri`; they replace what FROM NAMED says.
        seconds: time limit asked by the client; the store's own limit is never exceeded.
        id: names the request in logs.
    """

    text: str
    results: Choice | None
    graph: Choice | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    seconds: float | None = None
    id: str = ""


class Answer(Protocol):
    """The answer to a query, whole or still being written.

    Iterating raises a `QueryError` when the query fails after its first bytes; what came before is then worthless.
    """

    @property
    def kind(self) -> ResultKind:
        """What the query gave."""

    @property
    def content_type(self) -> str:
        """The Content-Type of the bytes."""

    @property
    def whole(self) -> bytes | None:
        """All the bytes, when the answer was complete before the first was needed."""

    @property
    def repeatable(self) -> bool:
        """The same query on the same snapshot gives the same answer (no RAND, NOW, UUID...)."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The bytes in order."""

    def cancel(self) -> None:
        """Gives up the rest and frees whatever computes it, at once."""


class Store(Protocol):
    """Answers queries about one immutable dataset."""

    async def query(self, query: Query) -> Answer:
        """Starts a query; returns as soon as its outcome is decided.

        Raises:
            QueryError: it is malformed, refused, too long, too slow, or too many are waiting.
        """

    async def until_ready(self) -> None:
        """Returns when queries will be answered at once, or after a while if they will not."""

    async def close(self) -> None:
        """Ends every process and connection of the store."""
