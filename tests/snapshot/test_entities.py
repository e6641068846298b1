"""Descriptions: bounded, with parts, passages and labels; the same facts as the quads."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laurier.snapshot import entities, entity_file
from laurier.snapshot.entities import CHUNK, Entities
from laurier.snapshot.sorting import Sorter, Spool, lines_of
from laurier.vocabulary import PREFIXES

BASE = "https://x.example/id/"
DERIVED, TYPE, LABEL = (
    f"<{PREFIXES[prefix]}{name}>"
    for prefix, name in (("prov", "wasDerivedFrom"), ("rdf", "type"), ("skos", "prefLabel"))
)
DATA = f"""
@prefix lau: <https://w3id.org/laurier/ns#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
GRAPH <https://x.example/graph/a> {{
<{BASE}projet/x> a lau:Project ; dcterms:title "X é"@fr ; lau:carrier <{BASE}porteur/c> ;
    lau:period <{BASE}projet/x#periode> ; prov:wasDerivedFrom <{BASE}extrait/s/1-2> .
<{BASE}projet/x#periode> lau:verbatim "janvier" ; prov:wasDerivedFrom <{BASE}extrait/s/3-4> .
<{BASE}projet/x-2> dcterms:title "another"@fr .
<{BASE}porteur/c> skos:prefLabel "C" ; skos:altLabel "not a label to show" .
<{BASE}extrait/s/1-2> oa:hasSelector <{BASE}extrait/s/1-2#citation> .
<{BASE}extrait/s/1-2#citation> oa:exact "quoted <a> \\"b\\" ." .
<{BASE}extrait/s/3-4> a lau:Excerpt .
}}
GRAPH <https://x.example/graph/b> {{
<{BASE}projet/x> dcterms:title "X é"@fr ; lau:territory <{BASE}territoire/t> .
}}
"""


@pytest.fixture
def read(tmp_path: Path) -> Entities:
    quads = ox.parse(DATA, format=ox.RdfFormat.TRIG)
    sorter = Sorter(tmp_path)
    sorter.add(f"{q.subject} {q.predicate} {q.object} {q.graph_name} ." for q in quads)
    sorter.write(tmp_path / "data.nq")
    moved = [(f"{BASE}projet/old", f"{BASE}projet/x"), (f"{BASE}projet/gone", None)]
    counts = entity_file.build(lines_of(tmp_path / "data.nq"), tmp_path / entities.NAME, moved)
    assert counts["https://w3id.org/laurier/ns#Project"] == 1
    return Entities(tmp_path / entities.NAME)


def triples(entity: entities.Entity | None) -> set[str]:
    assert entity is not None
    return {str(t) for t in ox.parse(entity.ntriples, format=ox.RdfFormat.N_TRIPLES)}


def test_a_description_holds_its_parts_its_passages_and_labels(read: Entities) -> None:
    found = triples(read.entity(f"{BASE}projet/x"))
    text = "\n".join(sorted(found))
    assert '"janvier"' in text
    assert "quoted <a>" in text
    assert 'prefLabel> "C"' in text
    assert "not a label" not in text
    assert "another" not in text
    assert "extrait/s/3-4>" in text
    assert len([t for t in found if "X é" in t]) == 1


def test_an_unknown_thing_has_none(read: Entities) -> None:
    assert read.entity(f"{BASE}projet/nothing") is None
    assert read.entity("") is None
    assert read.entity("' OR 1=1 --") is None


def test_what_points_here_is_counted_and_paged(read: Entities) -> None:
    total, links = read.incoming(f"{BASE}porteur/c")
    assert total == 1
    assert links[0].subject == f"{BASE}projet/x"
    assert "X é" in links[0].labels
    assert read.incoming(f"{BASE}porteur/c", offset=1) == (1, [])


def test_what_moved_and_what_is_gone(read: Entities) -> None:
    assert read.moved(f"{BASE}projet/old") == ("merged", f"{BASE}projet/x")
    assert read.moved(f"{BASE}projet/gone") == ("withdrawn", None)
    assert read.moved(f"{BASE}projet/x") is None


def test_iris_are_listed_by_prefix(read: Entities) -> None:
    assert read.following(f"{BASE}projet/") == [f"{BASE}projet/x", f"{BASE}projet/x-2"]
    assert read.following(f"{BASE}projet/", after=f"{BASE}projet/x", limit=1) == [f"{BASE}projet/x-2"]


nodes = st.builds(
    "<{}{}>".format,
    st.sampled_from([f"{BASE}{n}" for n in ("a", "a-1", "a!", "ab", "b", "b/c")]),
    st.sampled_from(["", "#p", "#p-2", "#q"]),
)
statements = st.builds(
    "{} {} {} <g:g> .".format,
    nodes,
    st.sampled_from([DERIVED, LABEL, TYPE, "<x:p>"]),
    st.one_of(nodes, st.sampled_from(['"l"@fr', '"# <a>"'])),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(statements, max_size=40))
def test_what_is_read_is_what_the_graph_says(given_lines: list[str]) -> None:
    """Against a plain reading of the graph: things with parts, parts without their thing, loops and prefixes."""
    lines = sorted(set(given_lines))
    triples = [tuple(line.removesuffix(" <g:g> .").split(" ", 2)) for line in lines]
    whole = {subject[1:-1].partition("#")[0] for subject, _, _ in triples}
    with TemporaryDirectory() as folder:
        path = Path(folder) / entities.NAME
        entity_file.build(lines, path)
        with closing(Entities(path)) as read:
            assert read.following(BASE) == sorted(whole)
            for thing in sorted(whole):
                own = [t for t in triples if t[0][1:-1].partition("#")[0] == thing]
                passages = {t[2][1:-1] for t in own if t[1] == DERIVED and t[2][0] == "<"}
                named = {t[2] for t in own if t[2][0] == "<" and t[1] != DERIVED and not t[2].startswith(f"<{thing}#")}
                expected = {*own, *(t for t in triples if t[1] == LABEL and t[0] in named)}
                expected |= {t for t in triples if any(t[0] == f"<{p}>" or t[0].startswith(f"<{p}#") for p in passages)}
                assert set(read.description(thing) or ()) == {" ".join(t) + " ." for t in expected}
                pointing = sorted((t[1][1:-1], t[0][1:-1]) for t in triples if t[2] == f"<{thing}>" and t[1] != TYPE)
                if any(t[0] == f"<{thing}>" for t in own):
                    total, links = read.incoming(thing)
                    assert (total, [(link.predicate, link.subject) for link in links]) == (len(pointing), pointing)
                    assert links[3:5] == read.links(thing, 3, 2)


def test_many_links_are_paged_across_rows(tmp_path: Path) -> None:
    number = 2 * CHUNK + 7
    lines = [f"<{BASE}s/{n:05}> <x:p> <{BASE}hub> <g:g> ." for n in range(number)] + [f'<{BASE}hub> <x:p> "h" <g:g> .']
    entity_file.build(sorted(lines), tmp_path / entities.NAME)
    with closing(Entities(tmp_path / entities.NAME)) as read:
        for offset in (0, CHUNK - 1, CHUNK, 2 * CHUNK - 3, number - 2, number, number + CHUNK):
            total, links = read.incoming(f"{BASE}hub", offset, 10)
            assert total == number
            assert [link.subject for link in links] == [f"{BASE}s/{n:05}" for n in range(number)][offset : offset + 10]


def test_sorting_on_disk_is_sorting(tmp_path: Path) -> None:
    lines = [f'<http://s{n * 7919 % 1000}> <http://p> "{n % 3}" <http://g{n % 2}> .' for n in range(1000)]
    counts = {}
    for run in (10, 100_000):
        sorter = Sorter(tmp_path, run=run)
        for start in range(0, 1000, 33):
            sorter.add(lines[start : start + 33])
        counts[run] = sorter.write(tmp_path / str(run))
    assert (tmp_path / "10").read_text().splitlines() == sorted(set(lines))
    assert (tmp_path / "10").read_bytes() == (tmp_path / "100000").read_bytes()
    assert counts[10] == counts[100_000]
    assert sum(counts[10][0].values()) == len(set(lines))
    assert not list(tmp_path.glob(".run*"))


def test_a_spool_is_read_as_often_as_needed(tmp_path: Path) -> None:
    spool: Spool[int] = Spool(tmp_path / "rows")
    for number in range(5):
        spool.append(number)
    assert list(spool) == list(spool) == [0, 1, 2, 3, 4]
    spool.append(5)
    assert len(list(spool)) == spool.count == 6
    assert len(list(Spool[int](tmp_path / "rows"))) == 6
    spool.remove()
    assert not (tmp_path / "rows").exists()
