"""A small Oxigraph folder with two named graphs, and running a coroutine with a store open on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pyoxigraph as ox
import pytest

from laurier.formats import CSV, RDF_XML, SPARQL_JSON, SPARQL_XML, TURTLE, Choice, Format
from laurier.settings import Limits
from laurier.store import Query
from laurier.store.embedded import EmbeddedStore

Result = TypeVar("Result")
THINGS = 3000


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    at = tmp_path_factory.mktemp("store") / "store"
    lines = []
    for number in range(THINGS):
        thing, graph = f"<http://example.org/thing/{number}>", f"<http://example.org/graph/{number % 2}>"
        lines.append(f'{thing} <http://example.org/name> "Lauréat {number}"@fr {graph} .')
        lines.append(
            f'{thing} <http://example.org/rank> "{number}"^^<http://www.w3.org/2001/XMLSchema#integer> {graph} .'
        )
        lines.append(f"{thing} <http://example.org/next> <http://example.org/thing/{(number + 1) % THINGS}> {graph} .")
    lines.append('<http://example.org/odd> <http://example.org/text> "a\\rb" <http://example.org/graph/0> .')
    lines.append('<http://example.org/odd> <http://example.org/control> "a\\u000Bb" <http://example.org/graph/0> .')
    lines.append('<http://example.org/odd> <http://example.org/123> "no name" <http://example.org/graph/0> .')
    store = ox.Store(at)
    store.bulk_load("\n".join(lines).encode(), ox.RdfFormat.N_QUADS)
    store.flush()
    del store
    return at


def asked(text: str, results: Format | None = SPARQL_JSON, graph: Format | None = TURTLE, **more: Any) -> Query:
    """A query with the formats accepted."""
    chosen = [Choice(form, form.content_type) if form is not None else None for form in (results, graph)]
    return Query(text, chosen[0], chosen[1], **more)


@pytest.fixture
def with_store(folder: Path) -> Callable[..., Any]:
    """Runs a coroutine function that gets an open store."""

    def run(
        work: Callable[[EmbeddedStore], Awaitable[Result]],
        limits: Limits | None = None,
        union: bool = True,
        workers: int = 2,
    ) -> Result:
        async def main() -> Result:
            store = EmbeddedStore(
                folder, "http://example.org/", union=union, limits=limits or Limits(query_seconds=10), workers=workers
            )
            store.open()
            try:
                return await work(store)
            finally:
                await store.close()

        return asyncio.run(main())

    return run


async def whole(store: EmbeddedStore, query: Query) -> bytes:
    """All the bytes of an answer."""
    answer = await store.query(query)
    return b"".join([part async for part in answer])


__all__ = ["CSV", "RDF_XML", "SPARQL_XML", "THINGS", "asked", "whole"]
