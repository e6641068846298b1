"""Loads the store of a release so that a query over everything sees each triple once.

The engine's own union of named graphs repeats a triple that stands in several graphs, where RDF merges them (SPARQL 1.1
section 13.1). So where a triple does stand in several, the union is written out as the default graph of the store.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from laurier.quads import split
from laurier.snapshot.sorting import lines_of

STORE = "store"
#: Above this size of the quads, in bytes, the union is written out only where a triple is repeated.
LARGE = 64 << 20


def merges(path: Path, repeated: int) -> bool:
    """Whether the union is to be written out: cheap on a small file, needed where triples are repeated."""
    return repeated > 0 or path.stat().st_size <= LARGE


def load(folder: Path, name: str, *, merged: bool) -> None:
    """Loads a file of sorted N-Quads of a staging folder into its store.

    Args:
        folder: the staging folder.
        name: of the file.
        merged: whether the union of all graphs is written out as the default graph; else a triple that the store has
            already is not loaded again.
    """
    store = ox.Store(folder / STORE)
    empty = next(iter(store), None) is None
    path = folder / name
    beside = folder / f".{name}.load"
    try:
        if merged:
            _write(beside, _with_union(path))
            path = beside
        elif not empty:
            _write(beside, _unknown(store, path))
            path = beside
        store.bulk_load(path=path, format=ox.RdfFormat.N_QUADS)
    finally:
        beside.unlink(missing_ok=True)
    if empty:
        # It writes the whole store again; the few statements that come later are not worth it.
        store.optimize()
    store.flush()
    # The engine closes its files when the object goes.
    del store


def _write(path: Path, lines: Iterator[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)


def _with_union(path: Path) -> Iterator[str]:
    before: tuple[str, str, str] | None = None
    for line in lines_of(path):
        subject, predicate, value, graph = split(line)
        if (subject, predicate, value) != before:
            before = (subject, predicate, value)
            yield f"{subject} {predicate} {value} ."
        if graph:
            yield line


def _unknown(store: ox.Store, path: Path) -> Iterator[str]:
    for quad in ox.parse(path=str(path), format=ox.RdfFormat.N_QUADS):
        if next(store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None), None) is None:
            yield f"{quad.subject} {quad.predicate} {quad.object} {quad.graph_name} ."
