"""Facts about the parts of a project: list items, mentions of territories, target groups, period, results."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from laurier import quads
from laurier.mapping import document
from laurier.mapping.scribe import Evidence, Scribe
from laurier.mapping.territory import accepted, territory_iri
from laurier.reconcile.public import PublicMatch
from laurier.reconcile.territory import Decision, Segment
from laurier.records import Award, Passage, Period, Result, Span, Target

#: Concepts of the method scheme, by method of the reconciliation.
METHODS = {
    "exact": "nom-officiel",
    "article": "nom-officiel",
    "form": "nom-officiel",
    "digit": "nom-officiel",
    "alias": "nom-usuel",
    "area": "nom-usuel",
    "code": "code",
    "approximate": "orthographe-voisine",
    "suffix": "inclusion",
    "decision": "decision-humaine",
}
#: Candidates that are stated for a wording that was not linked.
CANDIDATES = 5


def items(scribe: Scribe, evidence: Evidence, iri: str, stem: str, award: Award) -> None:
    """States the list items of a project, then what its source says under labels that the model has no place for."""
    for position, (intro, item) in enumerate(award.items, 1):
        part = f"{stem}point-{position}"
        scribe.point(iri, "lau:item", part)
        scribe.is_a(part, "lau:Item")
        scribe.say(part, "lau:position", quads.integer(position))
        scribe.write(part, "dcterms:description", item.value, "fr")
        evidence.cite(part, item.span, "dcterms:description")
        if intro is not None:
            scribe.write(part, "lau:introduction", intro.value, "fr")
            evidence.cite(part, intro.span, "lau:introduction")
    for position, (label, passage) in enumerate(award.other, 1):
        part = f"{stem}mention-{position}"
        scribe.point(iri, "lau:note", part)
        scribe.is_a(part, "lau:Item")
        scribe.say(part, "lau:position", quads.integer(position))
        scribe.write(part, "lau:introduction", label, "fr")
        scribe.write(part, "dcterms:description", passage.value, "fr")
        evidence.cite(part, passage.span, "dcterms:description")


def _narrowed(wording: Passage, segment: Segment) -> Span:
    """The words of one place inside the wording, where it was printed in one piece."""
    at = wording.span.exact.find(wording.value)
    if at < 0 or wording.span.first_line != wording.span.last_line or wording.span.cell is not None:
        return wording.span
    start = wording.span.start + at + segment.start
    return replace(wording.span, start=start, end=start + len(segment.text), exact=segment.text)


def territories(
    scribe: Scribe, evidence: Evidence, iri: str, stem: str, wording: Passage, segments: tuple[Segment, ...]
) -> None:
    """States the places of a wording, and the territories accepted for them."""
    for position, segment in enumerate(segments, 1):
        part = f"{stem}territoire-{position}"
        scribe.point(iri, "lau:territoryMention", part)
        target = mention(scribe, evidence, part, wording, segment)
        if target is not None:
            scribe.point(iri, "lau:territory", target)


def mention(scribe: Scribe, evidence: Evidence, iri: str, wording: Passage, segment: Segment) -> str | None:
    """States one place of a wording and how it was linked; returns the IRI of the accepted territory, if any."""
    scribe.is_a(iri, "lau:TerritoryMention")
    scribe.write(iri, "lau:verbatim", segment.text)
    scribe.write(iri, "lau:qualifier", segment.qualifier)
    scribe.say(iri, "lau:linkStatus", scribe.terms[f"code:{segment.status}"])
    scribe.say(iri, "lau:reviewStatus", scribe.terms["code:relu" if segment.decided is not None else "code:auto"])
    if segment.decided is not None:
        _decision(scribe, iri, segment.decided)
    if segment.method in METHODS:
        scribe.say(iri, "lau:linkMethod", scribe.terms[f"code:{METHODS[segment.method]}"])
    en, fr = segment.evidence
    scribe.both(iri, "lau:linkEvidence", fr, en)
    evidence.cite(iri, _narrowed(wording, segment), "lau:verbatim")
    target = accepted(scribe.minter, segment)
    if target is not None:
        scribe.point(iri, "lau:resolvedTo", target)
        scribe.say(iri, "lau:confidence", quads.decimal(segment.confidence))
    else:
        for candidate in segment.candidates[:CANDIDATES]:
            scribe.point(iri, "lau:candidate", territory_iri(scribe.minter, candidate.kind, candidate.code))
    if segment.unit is not None:
        scribe.say(iri, "lau:vintage", quads.day(date(segment.unit.vintage, 1, 1)))
    return target


def _decision(scribe: Scribe, iri: str, decided: Decision) -> None:
    part = f"{iri}-decision"
    scribe.point(iri, "lau:decision", part)
    scribe.is_a(part, "lau:Decision")
    scribe.write(part, "lau:decidedBy", decided.who)
    scribe.say(part, "dcterms:date", quads.typed(decided.date, f"{quads.XSD}date"))
    scribe.write(part, "lau:reason", decided.why, "fr")


def target(
    scribe: Scribe, evidence: Evidence, iri: str, part: str, target: Target, matches: tuple[PublicMatch, ...]
) -> None:
    """States a target group, with the publics that its wording matches."""
    scribe.point(iri, "lau:target", part)
    scribe.is_a(part, "lau:Target")
    scribe.write(part, "lau:verbatim", target.verbatim.value)
    read_again = any(match.decided for match in matches)
    scribe.say(part, "lau:reviewStatus", scribe.terms["code:relu" if read_again else "code:auto"])
    evidence.cite(part, target.verbatim.span, "lau:verbatim", "lau:public")
    for match in matches:
        scribe.point(part, "lau:public", match.iri)
        scribe.point(iri, "lau:public", match.iri)
    if target.min_age is not None:
        scribe.say(part, "lau:minAge", quads.integer(target.min_age))
    if target.max_age is not None:
        scribe.say(part, "lau:maxAge", quads.integer(target.max_age))
    if target.emphasis:
        scribe.say(part, "lau:emphasis", quads.boolean(True))


def period(scribe: Scribe, evidence: Evidence, iri: str, period: Period) -> None:
    """States the period of a project."""
    part = f"{iri}#periode"
    scribe.point(iri, "lau:period", part)
    scribe.is_a(part, "lau:Period", "dcterms:PeriodOfTime")
    scribe.write(part, "lau:verbatim", period.verbatim.value)
    scribe.say(part, "lau:precision", scribe.terms[f"code:{period.precision}"])
    for name, value in (
        ("startEarliest", period.start_earliest),
        ("startLatest", period.start_latest),
        ("endEarliest", period.end_earliest),
        ("endLatest", period.end_latest),
    ):
        if value is not None:
            scribe.say(part, f"lau:{name}", quads.day(value))
    scribe.say(part, "dcterms:date", quads.typed(period.edtf, document.EDTF))
    evidence.cite(part, period.verbatim.span, "dcterms:date")


def result(scribe: Scribe, evidence: Evidence, iri: str, part: str, result: Result) -> None:
    """States an outcome in figures."""
    scribe.point(iri, "lau:result", part)
    scribe.is_a(part, "lau:Result")
    scribe.say(part, "lau:indicator", scribe.terms[f"code:{result.indicator}"])
    scribe.say(part, "lau:count", quads.integer(result.count))
    if result.out_of is not None:
        scribe.say(part, "lau:outOf", quads.integer(result.out_of))
    scribe.write(part, "lau:verbatim", result.span.exact)
    evidence.cite(part, result.span, "lau:count")
