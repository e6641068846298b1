"""Each constraint of each shape is broken once; what breaks is found, by both engines alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from breaking import Case, broken, cases
from sample_validation import ONTOLOGY, SHAPES, Statement, difference, fast, slow, statements, write

from laurier.validation.exact import Result
from laurier.validation.ground import Background
from laurier.validation.shape import TYPE, Shape
from laurier.validation.shapes import read
from laurier.vocabulary import PREFIXES

READ = read(SHAPES)
CORE = [case for case in cases(READ) if case.constraint.name != "sparql"]
SKOS, SCHEME, CONCEPT = (
    PREFIXES["skos"],
    "<https://data.example.org/schemes/x>",
    "<https://data.example.org/schemes/x#1>",
)
CONCEPTS = {
    (SCHEME, TYPE, f"<{SKOS}ConceptScheme>"),
    *((SCHEME, f"<{PREFIXES['dcterms']}title>", title) for title in ('"un"@fr', '"one"@en')),
    (CONCEPT, TYPE, f"<{SKOS}Concept>"),
    (CONCEPT, f"<{SKOS}inScheme>", SCHEME),
    *((CONCEPT, f"<{SKOS}{name}>", text) for name in ("prefLabel", "definition") for text in ('"un"@fr', '"one"@en')),
}
ABOVE = Background(ONTOLOGY).above


def _foci(shape: Shape, graph: set[Statement]) -> list[str]:
    classes = {own for s, p, own in graph if p == TYPE and shape.classes & ABOVE.get(own, {own})}
    return sorted(s for s, p, o in graph if p == TYPE and o in classes)


def _neighbourhood(graph: set[Statement], focus: str) -> set[Statement]:
    """What a shape can see from a focus node, and no more, so that hundreds of copies stay small."""
    near, found = {focus}, set()
    for _ in range(3):
        found = {s for s in graph if s[0] in near}
        near |= {o for _, _, o in found if o.startswith("<https://data.example.org/")}
    return found


def _renamed(graph: set[Statement], number: int) -> set[Statement]:
    old, new = "<https://data.example.org/", f"<https://data.example.org/{number}/"
    return {(s.replace(old, new), p, o.replace(old, new) if o.startswith("<") else o) for s, p, o in graph}


def _candidates(case: Case, graph: set[Statement]) -> list[tuple[str, set[Statement]]]:
    foci = _foci(case.target, graph)
    having = [f for f in foci if case.shape.path and any(s[:2] == (f, case.shape.path[0]) for s in graph)]
    near = [(focus, _neighbourhood(graph, focus)) for focus in (having or foci)[:2]]
    return [
        ("_:nobody" if ("_:nobody", TYPE) in {s[:2] for s in changed} else focus, changed)
        for focus, around in near
        for changed in broken(case, around, focus)
    ]


def test_the_sample_conforms(tmp_path: Path) -> None:
    path = write(statements(), tmp_path / "data.nq")
    assert fast(path) == []
    assert slow(path) == []


def test_every_property_of_the_shapes_occurs_in_the_sample() -> None:
    used = {p for _, p, _ in statements()} | {p for _, p, _ in (s for f in ONTOLOGY for s in statements(f))}
    paths = {step for target in READ for shape in target.properties for step in shape.path or ()}
    assert paths - used == set()


def test_every_constraint_is_broken_once(tmp_path: Path) -> None:
    graph = statements() | CONCEPTS
    merged: set[Statement] = set()
    expected: list[tuple[Case, list[str]]] = []
    number = 0
    for case in CORE:
        foci = []
        for focus, changed in _candidates(case, graph):
            number += 1
            copy = _renamed(changed, number)
            blank = f"_:b{number}"
            merged |= {(blank if s == "_:nobody" else s, p, o) for s, p, o in copy}
            foci.append(blank if focus == "_:nobody" else focus.replace(".org/", f".org/{number}/"))
        assert foci, f"{case}: nothing in the sample to break"
        expected.append((case, foci))
    path = write(merged, tmp_path / "broken.nq")
    found = fast(path)
    seen = {(r.focus, r.shape, r.component) for r in found}
    unbroken = [str(c) for c, foci in expected if not any((f, c.shape.term, c.component) in seen for f in foci)]
    assert unbroken == []
    assert difference(found, slow(path)) == ([], [])


def _audited(name: str, graph: set[Statement], tmp_path: Path) -> list[Result]:
    path = write(graph, tmp_path / "data.nq")
    found = fast(path)
    assert difference(found, slow(path)) == ([], [])
    return [one for one in found if one.shape.endswith(f"#Audit-{name}>")]


def test_two_laureates_for_one_project_in_one_call(tmp_path: Path) -> None:
    graph = statements()
    first = next(s for s, _, o in sorted(graph) if o == f"<{PREFIXES['lau']}Laureate>")
    twins = {f"{first[:-1]}-{n}>" for n in (2, 3)}
    graph |= {(twin, p, o) for twin in twins for s, p, o in graph if s == first}
    assert {one.value for one in _audited("oneLaureate", graph, tmp_path)} == twins


def test_a_concept_broader_than_itself(tmp_path: Path) -> None:
    broader = f"<{SKOS}broader>"
    graph = statements() | CONCEPTS | {(CONCEPT, broader, SCHEME), (SCHEME, broader, CONCEPT)}
    assert {one.value for one in _audited("broader", graph, tmp_path)} == {CONCEPT, SCHEME}


@pytest.mark.parametrize("announced", ['"2"^^<http://www.w3.org/2001/XMLSchema#integer>', '"deux"'])
def test_another_number_of_laureates_than_announced(announced: str, tmp_path: Path) -> None:
    path = f"<{PREFIXES['lau']}announcedCount>"
    section = next(s for s, p, _ in statements() if p == path)
    graph = {s for s in statements() if s[1] != path} | {(section, path, announced)}
    assert [one.value for one in _audited("counts", graph, tmp_path)] == [section]
