"""N-Quads lines: what is written is what a parser reads, and what is split is what was written."""

from __future__ import annotations

from decimal import Decimal

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laurier import quads
from laurier.errors import DataRefused

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
names = st.from_regex(r"https?://[a-z]{1,8}/[A-Za-z0-9/é_.~-]{0,12}(#[A-Za-z0-9/é_.~-]{0,8})?", fullmatch=True)


@settings(deadline=None)
@given(texts, names, st.sampled_from(["plain", "tagged", "typed"]))
def test_a_literal_reads_back(value: str, name: str, kind: str) -> None:
    written = {
        "plain": quads.text(value),
        "tagged": quads.tagged(value, "fr"),
        "typed": quads.typed(value, name),
    }[kind]
    line = quads.statement(quads.iri(name), quads.iri(name), written, quads.iri(name))
    (quad,) = ox.parse(line, format=ox.RdfFormat.N_QUADS)
    assert isinstance(quad.object, ox.Literal)
    assert quad.object.value == value
    assert quads.split(line) == (f"<{name}>", f"<{name}>", written, f"<{name}>")


@settings(deadline=None)
@given(texts, names)
def test_a_line_of_the_default_graph_splits(value: str, name: str) -> None:
    for written in (quads.text(value), quads.typed(value, name), quads.iri(name)):
        assert quads.split(f"<{name}> <{name}> {written} .\n") == (f"<{name}>", f"<{name}>", written, "")


@pytest.mark.parametrize("bad", ["relative", "http://a b", "http://a/<", "http://a/\n", ""])
def test_a_bad_iri_is_refused(bad: str) -> None:
    with pytest.raises(DataRefused, match="IRI"):
        quads.iri(bad)


@pytest.mark.parametrize(
    ("value", "written"),
    [("3135740.00", "3135740"), ("0.950", "0.95"), ("1E+3", "1000"), ("0.0", "0"), ("-0.5", "-0.5")],
)
def test_decimals_are_written_as_the_store_keeps_them(value: str, written: str) -> None:
    term = quads.decimal(Decimal(value))
    assert term == f'"{written}"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    store = ox.Store()
    store.load(f"<http://s> <http://p> {term} <http://g> .", format=ox.RdfFormat.N_QUADS)
    assert str(next(iter(store)).object) == term


def test_canonical_lines_are_those_of_the_engine() -> None:
    lines = ['<http://b> <http://p> "é\\t\\\\\\" \\n" <http://g> .', "<http://a> <http://p> <http://o> <http://g> ."]
    dataset = ox.Dataset(ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    written = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS)
    assert written is not None
    assert quads.canonical(lines) == sorted(written.decode().splitlines())
