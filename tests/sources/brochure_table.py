"""The expected table of the Normandie brochure, and records put in its form."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from laurier.records import Award, Call, Passage, Period
from laurier.sources.heading import SURE

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "data" / "sources" / "pic-normandie"
DOCUMENT = FOLDER / "laureats-pic-normandie.txt"
Row = dict[str, Any]


def expected() -> tuple[list[Row], list[Row]]:
    """Calls and laureates, with the lines they refer to put in place."""
    table = tomllib.loads((Path(__file__).parent / "expected_pic_normandie.toml").read_text(encoding="utf-8"))
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()

    def line(number: int) -> str:
        return lines[number - 1].strip().removeprefix("- ")

    for call in table["calls"]:
        call["objective"] = [line(number) for number in call["objective"]]
    for row in table["laureates"]:
        row["description"] = [line(number) for number in row["description"]]
        row["items"] = [(line(intro), line(item)) for intro, item in row.get("items", ())]
    return table["calls"], table["laureates"]


def call_row(call: Call) -> Row:
    row: Row = {"title": call.title.value, "objective": [p.value for p in call.objective]}
    if call.acronym:
        row["acronym"] = call.acronym
    if call.scope:
        row["scope"] = call.scope
    if call.announced:
        row["announced"] = call.announced.value
    for amount in call.budget:
        row["budget"] = {
            "value": amount.value,
            "currency": amount.currency,
            "territory": amount.territory.value if amount.territory else None,
            "year": amount.year,
            "line": amount.span.first_line,
        }
    return row


def award_row(award: Award, calls: list[Call]) -> Row:
    """An award in the form of the expected table, without the matched publics."""
    row: Row = {
        "call": [call.key for call in calls].index(award.call),
        "lines": [award.span.first_line, award.span.last_line],
        "heading": award.heading.value,
        "carrier": " / ".join(carrier.name for carrier in award.carriers),
        "title": award.title.value,
        "description": [p.value for p in award.description],
        "items": [(intro.value if intro else None, item.value) for intro, item in award.items],
    }
    optional = {
        "ordinal": award.ordinal,
        "carrier_expansion": _value(award.carriers[0].expansion) if award.carriers else None,
        "title_expansion": _value(award.title_expansion),
        "doubtful": True if award.split_confidence < SURE else None,
        "status": award.status[0] if award.status else None,
        "territory": _value(award.territory),
        "public": _value(award.public),
        "beneficiaries": award.beneficiaries.value if award.beneficiaries else None,
        "duration": award.duration.value if award.duration else None,
        "period": _period(award.period) if award.period else None,
        "seat": _value(award.seat),
        "reference": _value(award.reference),
    }
    row |= {name: value for name, value in optional.items() if value is not None}
    if award.targets:
        row["targets"] = [_target(target) for target in award.targets]
    if award.results:
        row["results"] = [{"indicator": r.indicator, "count": r.count, "out_of": r.out_of} for r in award.results]
    if award.other:
        row["other"] = [(label, passage.value) for label, passage in award.other]
    if award.amounts:
        row["amounts"] = [amount.value for amount in award.amounts]
    return row


def without_publics(row: Row) -> Row:
    """An expected row without the concepts, which another module matches."""
    bare = dict(row)
    if "targets" in bare:
        bare["targets"] = [{k: v for k, v in target.items() if k != "publics"} for target in bare["targets"]]
    return bare


def _value(passage: Passage | None) -> str | None:
    return passage.value if passage else None


def _period(period: Period) -> Row:
    row: Row = {
        "verbatim": period.verbatim.value,
        "edtf": period.edtf,
        "precision": period.precision,
        "start": [period.start_earliest.isoformat(), period.start_latest.isoformat()],
    }
    if period.end_earliest and period.end_latest:
        row["end"] = [period.end_earliest.isoformat(), period.end_latest.isoformat()]
    return row


def _target(target: Any) -> Row:
    row: Row = {"verbatim": target.verbatim.value}
    if target.min_age is not None:
        row["min"] = target.min_age
    if target.max_age is not None:
        row["max"] = target.max_age
    if target.emphasis:
        row["emphasis"] = True
    return row
