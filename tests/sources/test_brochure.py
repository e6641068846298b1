"""The Normandie brochure, field by field, against a table written by reading it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from brochure_table import FOLDER, ROOT, award_row, call_row, expected, without_publics

from laurier.readings import Reading
from laurier.reconcile.public import Matcher
from laurier.records import Span
from laurier.sources import registry
from laurier.vocabulary import PREFIXES, Vocabulary

CALLS, ROWS = expected()


@pytest.fixture(scope="module")
def reading() -> Reading:
    return registry.read(FOLDER)


def spans(value: Any) -> list[Span]:
    """Every span inside a record."""
    if isinstance(value, Span):
        return [value]
    if isinstance(value, tuple | list):
        return [span for item in value for span in spans(item)]
    if is_dataclass(value):
        return [span for field in fields(value) for span in spans(getattr(value, field.name))]
    return []


def test_the_document_is_described(reading: Reading) -> None:
    document = reading.document
    assert (document.key, document.region, document.programme.key) == ("pic-normandie", "28", "pic")
    assert document.sha256 == "69b6153d39abf9530dd3073f1d85689a9415c716bd66912471e03ee7dbe4068c"


def test_the_calls(reading: Reading) -> None:
    assert [call_row(call) for call in reading.calls] == CALLS


@pytest.mark.parametrize("at", range(16))
def test_a_laureate(reading: Reading, at: int) -> None:
    award = list(reading.awards)[at]
    assert award_row(award, reading.calls) == without_publics(ROWS[at])


def test_there_are_sixteen(reading: Reading) -> None:
    assert len(list(reading.awards)) == len(ROWS) == 16


@pytest.mark.parametrize("at", [at for at, row in enumerate(ROWS) if "targets" in row])
def test_the_publics(reading: Reading, at: int) -> None:
    matcher = Matcher(Vocabulary())
    for target, row in zip(list(reading.awards)[at].targets, ROWS[at]["targets"], strict=True):
        found = dict.fromkeys(m.iri.removeprefix(PREFIXES["pub"]) for m in matcher.match(target.verbatim.value))
        assert list(found) == row["publics"]


def test_every_quotation_is_read_back_at_its_offsets(reading: Reading) -> None:
    text = reading.load_text()
    starts = [0, *(at + 1 for at, character in enumerate(text) if character == "\n")]
    found = spans([list(reading.awards), reading.calls, reading.diagnostics])
    assert len(found) > 200
    for span in found:
        assert text[span.start : span.end] == span.exact
        assert starts[span.first_line - 1] <= span.start
        assert span.end <= (starts[span.last_line] if span.last_line < len(starts) else len(text))


def test_every_line_is_read_once(reading: Reading) -> None:
    list(reading.awards)
    assert reading.coverage.understood == reading.coverage.lines == 124


def test_what_is_doubtful_is_told_and_nothing_else(reading: Reading) -> None:
    told = [(d.code, d.severity, d.span.first_line if d.span else None) for d in reading.diagnostics]
    assert told == [
        ("call-without-heading", "warning", 82),
        ("ordinal-missing", "warning", 120),
        ("heading-division", "warning", 144),
        ("heading-division", "warning", 207),
        ("heading-division", "warning", 233),
    ]


def test_the_document_is_as_received() -> None:
    assert (ROOT / "data" / "sources" / "pic-normandie" / "source.toml").is_file()
