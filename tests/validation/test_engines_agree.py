"""The fast engine and pyshacl give the same report, whatever the shapes and the data."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import generated
import pytest
import rdflib
from generated import BACKGROUND, graphs, shapes
from hypothesis import HealthCheck, assume, given, settings
from sample_validation import Statement, difference, fast, slow, write

from laurier import files
from laurier.errors import DataRefused
from laurier.validation import engine, passes
from laurier.validation.exact import Result

_BLANK = re.compile(r"_:\S+")


def _named(results: list[Result]) -> list[Result]:
    """The results with the labels of blank shapes removed: each engine names them its own way."""
    return [replace(result, shape=_BLANK.sub("[]", result.shape)) for result in results]


def agree(shapes_text: str, graph: set[Statement], folder: Path) -> list[Result]:
    """Validates with both engines; gives what the fast one found."""
    (folder / "shapes.ttl").write_text(shapes_text)
    (folder / "background.ttl").write_text(BACKGROUND)
    path = write(graph, folder / "data.nq")
    files = ((folder / "shapes.ttl",), (folder / "background.ttl",))
    found = _named(fast(path, *files))
    try:
        expected = _named(slow(path, *files))
    except DataRefused:
        # pyshacl fails on comparisons of ill-typed literals: there is nothing to agree with.
        assume(False)
    assert difference(found, expected) == ([], [])
    return found


# What says how a shape is shown, where it applies or what it tells; and SPARQL constraints, which `test_shapes_break`
# breaks one by one.
_ASIDE = "name description order group path message property severity declare prefix namespace prefixes select sparql"
_TARGETS = "targetClass targetNode targetSubjectsOf"


def test_every_constraint_of_the_shapes_is_generated() -> None:
    shapes_graph = rdflib.Graph()
    for path in sorted(files.folder("shapes").glob("*.ttl")):
        shapes_graph.parse(path)
    shacl = str(rdflib.SH)
    used = {p.removeprefix(shacl) for p in shapes_graph.predicates() if p.startswith(shacl)}
    text = Path(generated.__file__).read_text(encoding="utf-8")
    made = set(re.findall(r"sh:(\w+)", text)) | {"or", "and", "xone"}
    assert used - set(_ASIDE.split()) - set(_TARGETS.split()) <= made


OPEN = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


@settings(OPEN, max_examples=250)
@given(shapes_text=shapes(), graph=graphs())
def test_generated_shapes_and_data(shapes_text: str, graph: set[Statement], tmp_path: Path) -> None:
    agree(shapes_text, graph, tmp_path)


@settings(OPEN, max_examples=100)
@given(shapes_text=shapes(), graph=graphs())
def test_generated_with_every_question_sent_by_file(
    shapes_text: str, graph: set[Statement], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No memory of the nodes just seen: what other nodes are is asked in the second pass, in several parts.
    monkeypatch.setattr(passes, "_WINDOW", 0)
    monkeypatch.setattr(engine, "_PART", 200)
    agree(shapes_text, graph, tmp_path)
