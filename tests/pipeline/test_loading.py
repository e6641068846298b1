"""The store of a release: a query over everything sees each triple once, and each named graph whole."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from laurier.pipeline import loading
from laurier.snapshot.sorting import Sorter

LINES = [
    '<http://a> <http://p> "x <y>" <http://g/1> .',
    '<http://a> <http://p> "x <y>" <http://g/2> .',
    '<http://a> <http://p> "x"^^<http://t> <http://g/1> .',
    "<http://a> <http://q> <http://b> <http://g/2> .",
    "<http://a> <http://q> <http://b> <http://g/3> .",
    "_:b <http://q> <http://b> <http://g/1> .",
    "_:b <http://q> <http://b> <http://g/2> .",
]
MORE = ["<http://a> <http://q> <http://b> <http://g/c> .", "<http://c> <http://q> <http://b> <http://g/c> ."]


def filled(folder: Path, name: str, lines: list[str]) -> int:
    sorter = Sorter(folder)
    sorter.add(lines)
    return sorter.write(folder / name)[2]


def test_repeated_triples_are_counted(tmp_path: Path) -> None:
    assert filled(tmp_path, "a.nq", LINES) == 3
    assert filled(tmp_path, "b.nq", [LINES[0], LINES[3]]) == 0
    assert (
        filled(
            tmp_path, "c.nq", ["<http://a> <http://p> <http://b> .", "<http://a> <http://p> <http://b> <http://g> ."]
        )
        == 1
    )
    assert not list(tmp_path.glob(".*"))


def test_the_union_holds_each_triple_once_and_graphs_stay_whole(tmp_path: Path) -> None:
    filled(tmp_path, "data.nq", LINES)
    filled(tmp_path, "more.nq", MORE)
    loading.load(tmp_path, "data.nq", merged=True)
    loading.load(tmp_path, "more.nq", merged=True)
    assert not list(tmp_path.glob(".*"))
    store = ox.Store.read_only(str(tmp_path / "store"))
    rows = list(store.query("SELECT ?s ?p ?o { ?s ?p ?o }"))  # type: ignore[arg-type]
    assert len(rows) == len({str(row) for row in rows}) == 5
    named = list(store.query("SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }"))  # type: ignore[arg-type]
    assert len(named) == len(LINES) + len(MORE)
    # A blank node is the same in its graph and in the union.
    assert store.query(
        "ASK { ?b <http://q> <http://b> . GRAPH <http://g/1> { ?b <http://q> <http://b> } FILTER isBlank(?b) }"
    )


def test_without_a_union_a_known_triple_is_not_loaded_again(tmp_path: Path) -> None:
    filled(tmp_path, "data.nq", LINES[2:4])
    filled(tmp_path, "more.nq", MORE)
    loading.load(tmp_path, "data.nq", merged=False)
    loading.load(tmp_path, "more.nq", merged=False)
    store = ox.Store.read_only(str(tmp_path / "store"))
    rows = list(store.query("SELECT * { ?s ?p ?o }", use_default_graph_as_union=True))  # type: ignore[arg-type]
    assert len(rows) == len({str(row) for row in rows}) == 3


@pytest.mark.parametrize(
    ("repeated", "size", "merged"), [(0, 10, True), (1, 10, True), (0, 200, False), (1, 200, True)]
)
def test_when_the_union_is_written_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repeated: int, size: int, merged: bool
) -> None:
    monkeypatch.setattr(loading, "LARGE", 100)
    (tmp_path / "x").write_bytes(b" " * size)
    assert loading.merges(tmp_path / "x", repeated) is merged
