"""A conforming graph of four laureates, and what the tests of validation do with it: write, break, compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from laurier import files
from laurier.validation import engine, reference
from laurier.validation.exact import Result
from laurier.validation.terms import canonical

Statement = tuple[str, str, str]

SHAPES = tuple(sorted(files.folder("shapes").glob("*.ttl")))
ONTOLOGY = tuple(sorted(files.folder("ontology").glob("*.ttl")))
GRAPH = "<https://data.example.org/graph/pic-normandie>"


def statements(path: Path = Path(__file__).parent / "validation" / "laureates.ttl") -> set[Statement]:
    """The statements of a Turtle file, terms in N-Quads syntax."""
    return {(str(q.subject), str(q.predicate), canonical(q.object)) for q in ox.parse(path=str(path))}


def write(graph: Iterable[Statement], path: Path, name: str = GRAPH) -> Path:
    """Writes a graph as sorted canonical N-Quads."""
    path.write_bytes(b"".join(sorted({f"{s} {p} {o} {name} .\n".encode() for s, p, o in graph})))
    return path


def fast(path: Path, shapes: tuple[Path, ...] = SHAPES, background: tuple[Path, ...] = ONTOLOGY) -> list[Result]:
    """What the fast engine finds, without handing over."""
    return [one.result for one in engine.results(path, shapes, background, workers=1)]


def slow(path: Path, shapes: tuple[Path, ...] = SHAPES, background: tuple[Path, ...] = ONTOLOGY) -> list[Result]:
    """What pyshacl finds."""
    return reference.results(path, shapes, background)


def difference(one: Iterable[Result], other: Iterable[Result]) -> tuple[list[Result], list[Result]]:
    """What only one of two reports holds, with repetition."""
    left, right = Counter(one), Counter(other)
    return sorted((left - right).elements(), key=str), sorted((right - left).elements(), key=str)
