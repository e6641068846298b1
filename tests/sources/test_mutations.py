"""No mutated copy of the brochure is read wrong in silence: each laureate is right, or a diagnostic stands by it."""

from __future__ import annotations

import re

import pytest
from brochure_table import DOCUMENT, Row, award_row, expected, without_publics
from mutations import mutated

from laurier.readings import Diagnostic
from laurier.records import Award
from laurier.sources import brochure, layout
from laurier.sources.division import Known
from laurier.sources.heading import SURE
from laurier.sources.lines import SourceText, words

TEXT = DOCUMENT.read_text(encoding="utf-8")
LAYOUT = layout.load("pic")
KNOWN = (Known("ACSEA"), Known("CIBC", True), Known("VINCI INSERTION EMPLOI", True))
# What touches every laureate of its section wherever it is told.
WIDE = {
    "announced-count",
    "count-missing",
    "status-singular",
    "status-unused",
    "call-unnamed",
    "call-without-heading",
    "call-heading-assumed",
    "call-without-laureates",
    "page-furniture",
    "no-laureates",
}
NEAR = 8


def read(text: str) -> brochure.Brochure:
    return brochure.read(SourceText(text), LAYOUT, KNOWN)


def told(diagnostics: tuple[Diagnostic, ...]) -> list[tuple[str, str]]:
    return sorted((d.code, words(d.span.exact)[:40] if d.span else "") for d in diagnostics)


def comparable(row: Row) -> Row:
    """A row by its words, whatever its typography and the order of its paragraphs."""
    made = {name: value for name, value in row.items() if name not in ("lines", "other", "doubtful")}
    for name in ("heading", "carrier", "title", "title_expansion", "carrier_expansion", "territory", "public"):
        if name in made:
            made[name] = words(made[name])
    made["description"] = sorted(words(p) for p in made["description"])
    made["items"] = sorted((words(i or ""), words(item)) for i, item in made["items"])
    if "targets" in made:
        made["targets"] = [{**t, "verbatim": words(t["verbatim"])} for t in made["targets"]]
    if "period" in made:
        made["period"] = {**made["period"], "verbatim": words(made["period"]["verbatim"])}
    return made


def less(row: Row, text: str) -> list[Row]:
    """The rows that say the same with prose that the mutated text no longer holds left out."""
    held = words(text)
    whole = comparable(row)
    whole["description"] = [p for p in whole["description"] if p in held]
    whole["items"] = [(i, item) for i, item in whole["items"] if item in held]
    if "CDI" not in text:
        whole.pop("results", None)
    if not re.search(r"(?m)^\d$", text):
        whole.pop("ordinal", None)
    return [comparable(row), whole]


class Judge:
    """Compares a reading of a mutated text with the table."""

    def __init__(self) -> None:
        self.rows = [without_publics(row) for row in expected()[1]]
        self.baseline = told(read(TEXT).diagnostics)

    def silent(self, text: str) -> list[str]:
        """The laureates that are wrong, or lost, without a word."""
        found = read(text)
        source = SourceText(text)
        for award in found.awards:
            check_spans(source, award)
        news = list(found.diagnostics)
        for known in self.baseline:
            at = next((d for d in news if told((d,))[0] == known), None)
            if at is not None:
                news.remove(at)
        faults = []
        for row in self.rows:
            award = closest(found.awards, row)
            if award is None:
                if not any(d.severity == "error" for d in news):
                    faults.append(f"lost: {row['heading']}")
                continue
            if flagged(award, news):
                continue
            got, right = comparable(award_row(award, list(found.calls))), less(row, text)
            if award.split_confidence < SURE:  # the division is on the review list
                for kept in (got, *right):
                    for name in ("carrier", "title", "carrier_expansion", "title_expansion"):
                        kept.pop(name, None)
            if got in right:
                continue
            wrong = {name for name in {*got, *right[1]} if got.get(name) != right[1].get(name)}
            faults.append(f"{row['heading']}: {wrong}")
        extra = len(found.awards) - len(self.rows)
        if extra > 0 and not any(d.severity == "error" for d in news):
            faults.append(f"{extra} laureates too many")
        return faults


def closest(awards: tuple[Award, ...], row: Row) -> Award | None:
    """The award that this row is about: by its heading, else by its prose."""
    for award in awards:
        if words(award.heading.value) == words(row["heading"]):
            return award
    prose = {words(p) for p in row["description"]}
    return next((a for a in awards if prose & {words(p.value) for p in a.description}), None)


def flagged(award: Award, news: list[Diagnostic]) -> bool:
    first, last = award.span.first_line - NEAR, award.span.last_line + NEAR
    return any(
        d.code in WIDE or (d.span is not None and d.span.first_line <= last and d.span.last_line >= first) for d in news
    )


def check_spans(source: SourceText, award: Award) -> None:
    assert source.text[award.span.start : award.span.end] == award.span.exact
    assert source.text[award.heading.span.start : award.heading.span.end] == award.heading.span.exact


JUDGE = Judge()
ALL = list(mutated(TEXT))
# Every mutation of the whole text, and every third of those of one line; the others take their turn with `-m slow`.
ONE_LINE = [case for case in ALL if re.match(r"(drop|double|swap|cut|no blank before) ", case[0])]
WHOLE = [case for case in ALL if case not in ONE_LINE]
CASES = WHOLE + ONE_LINE[::3]


def faults(cases: list[tuple[str, str]]) -> dict[str, list[str]]:
    return {name: found for name, text in cases if (found := JUDGE.silent(text))}


def test_there_are_enough_mutations() -> None:
    assert len({text for _, text in CASES}) >= 200


@pytest.mark.parametrize("part", range(4))
def test_no_mutation_is_read_wrong_in_silence(part: int) -> None:
    assert not faults(CASES[part::4])


@pytest.mark.slow
@pytest.mark.skipif("not config.getoption('-m')", reason="the whole set takes minutes: run it with -m slow")
def test_no_mutation_of_any_line_is_read_wrong_in_silence() -> None:
    assert not faults(ALL)
