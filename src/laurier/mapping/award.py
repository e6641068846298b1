"""Facts about a laureate, its project and the organisations that carry it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from laurier import quads
from laurier.mapping import document
from laurier.mapping.scribe import Evidence, Scribe
from laurier.mapping.territory import accepted, territory_iri
from laurier.reconcile.public import PublicMatch
from laurier.reconcile.territory import Decision, Segment
from laurier.records import Award, Count, Organisation, Passage, Period, Result, Span, Target

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
#: Under this confidence, a person is asked to confirm how a heading was divided.
SURE = 0.9


@dataclass(frozen=True, slots=True)
class Named:
    """A key of the registry with the name that the registry remembers, the same whatever source prints it."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys under which the things of one award are minted."""

    call: Named
    project: Named
    carriers: tuple[Named, ...]

    @property
    def laureate(self) -> str:
        """The key of the laureate: the selection of that project in that call."""
        return f"{self.call.key}/{self.project.key}"


@dataclass(frozen=True, slots=True)
class Links:
    """What the wordings of one award were linked to.

    Attributes:
        territory: segments of the territory of intervention.
        publics: for each target of the award, the matching concepts.
        seat: segments of the seat of the carrier.
    """

    territory: tuple[Segment, ...] = ()
    publics: tuple[tuple[PublicMatch, ...], ...] = ()
    seat: tuple[Segment, ...] = ()


def laureate(
    scribe: Scribe, evidence: Evidence, award: Award, keys: Keys, links: Links, announced: Count | None = None
) -> str:
    """States a laureate, its project and its carriers; returns the IRI of the laureate.

    Args:
        scribe, evidence: of the source.
        award: what the source says.
        keys: of the things it names.
        links: what its wordings were linked to.
        announced: where the section of the document announces its number of laureates, if it does.
    """
    minter = scribe.minter
    iri = minter.thing("laureat", keys.laureate)
    project_iri = minter.thing("projet", keys.project.key)
    names = ", ".join(carrier.label for carrier in keys.carriers)
    scribe.is_a(iri, "lau:Laureate")
    scribe.write(iri, "dcterms:title", f"{keys.project.label} — {names}" if names else keys.project.label, "fr")
    scribe.point(iri, "lau:call", minter.thing("appel", keys.call.key))
    scribe.point(iri, "lau:project", project_iri)
    scribe.say(iri, "lau:reviewStatus", scribe.terms["code:auto"])
    excerpt = evidence.cite(iri, award.span, "lau:call", "lau:project")
    if announced is not None:
        scribe.point(excerpt, "dcterms:isPartOf", evidence.excerpt(announced.span))
    if award.ordinal is not None:
        scribe.say(excerpt, "lau:ordinal", quads.integer(award.ordinal))
    if award.reference is not None:
        scribe.write(iri, "lau:reference", award.reference.value)
        evidence.cite(iri, award.reference.span, "lau:reference")
    for position, (organisation, named) in enumerate(zip(award.carriers, keys.carriers, strict=True)):
        # A list that prints one seat prints that of the first organisation.
        seat = (award.seat, links.seat) if position == 0 else (None, ())
        carrier(scribe, evidence, organisation, named, *seat)
    project(scribe, evidence, project_iri, award, keys, links)
    return iri


def project(scribe: Scribe, evidence: Evidence, iri: str, award: Award, keys: Keys, links: Links) -> None:
    """States a project: title, carriers, prose, status, then its parts."""
    scribe.is_a(iri, "lau:Project")
    scribe.write(iri, "dcterms:title", keys.project.label, "fr")
    scribe.write(iri, "lau:verbatim", award.heading.value)
    evidence.cite(iri, award.heading.span, "dcterms:title", "lau:verbatim", "lau:carrier")
    scribe.say(iri, "lau:headingConfidence", quads.decimal(award.split_confidence))
    scribe.both(iri, "lau:headingEvidence", award.split_evidence[1], award.split_evidence[0])
    evidence.cite(iri, award.span)
    if award.title_expansion is not None:
        scribe.write(iri, "dcterms:alternative", award.title_expansion.value, "fr")
        evidence.cite(iri, award.title_expansion.span, "dcterms:alternative")
    for named in keys.carriers:
        scribe.point(iri, "lau:carrier", scribe.minter.thing("porteur", named.key))
    scribe.write(iri, "dcterms:description", "\n\n".join(p.value for p in award.description), "fr")
    for paragraph in award.description:
        evidence.cite(iri, paragraph.span, "dcterms:description")
    _items(scribe, evidence, iri, award)
    if award.status is not None:
        status, span = award.status
        scribe.say(iri, "adms:status", scribe.terms[f"code:{status}"])
        evidence.cite(iri, span, "adms:status")
    if award.beneficiaries is not None:
        scribe.say(iri, "lau:expectedBeneficiaries", quads.integer(award.beneficiaries.value))
        evidence.cite(iri, award.beneficiaries.span, "lau:expectedBeneficiaries")
    if award.duration is not None:
        scribe.say(iri, "lau:plannedDuration", quads.typed(award.duration.value, f"{quads.XSD}duration"))
        evidence.cite(iri, award.duration.span, "lau:plannedDuration")
    if award.territory is not None:
        _territories(scribe, evidence, iri, award.territory, links.territory)
    for position, target in enumerate(award.targets, 1):
        matches = links.publics[position - 1] if position <= len(links.publics) else ()
        _target(scribe, evidence, iri, position, target, matches)
    if award.period is not None:
        _period(scribe, evidence, iri, award.period)
    for position, result in enumerate(award.results, 1):
        _result(scribe, evidence, iri, position, result)
    for position, amount in enumerate(award.amounts, 1):
        part = f"{iri}#montant-{position}"
        scribe.point(iri, "lau:budget", part)
        document.budget(scribe, evidence, part, amount, "aide-accordee", ())


def carrier(
    scribe: Scribe,
    evidence: Evidence,
    organisation: Organisation,
    named: Named,
    seat_wording: Passage | None = None,
    seat: tuple[Segment, ...] = (),
) -> None:
    """States an organisation; what this source prints differently is another label of it."""
    iri = scribe.minter.thing("porteur", named.key)
    scribe.is_a(iri, "lau:Carrier", "org:Organization")
    scribe.write(iri, "skos:prefLabel", named.label)
    if organisation.name != named.label:
        scribe.write(iri, "skos:altLabel", organisation.name)
    evidence.cite(iri, organisation.span, "skos:prefLabel")
    if organisation.expansion is not None:
        scribe.write(iri, "skos:altLabel", organisation.expansion.value, "fr")
        evidence.cite(iri, organisation.expansion.span, "skos:altLabel")
    for name, value in (("siren", organisation.siren), ("siret", organisation.siret), ("rna", organisation.rna)):
        if value:
            scribe.say(iri, "org:identifier", f'"{value}"^^{scribe.terms[f"lau:{name}"]}')
    if seat_wording is not None:
        for position, segment in enumerate(seat, 1):
            part = f"{iri}#siege-{position}"
            scribe.point(iri, "lau:seatMention", part)
            target = mention(scribe, evidence, part, seat_wording, segment)
            if target is not None:
                scribe.point(iri, "lau:seat", target)


def _items(scribe: Scribe, evidence: Evidence, iri: str, award: Award) -> None:
    for position, (intro, item) in enumerate(award.items, 1):
        part = f"{iri}#point-{position}"
        scribe.point(iri, "lau:item", part)
        scribe.is_a(part, "lau:Item")
        scribe.say(part, "lau:position", quads.integer(position))
        scribe.write(part, "dcterms:description", item.value, "fr")
        evidence.cite(part, item.span, "dcterms:description")
        if intro is not None:
            scribe.write(part, "lau:introduction", intro.value, "fr")
            evidence.cite(part, intro.span, "lau:introduction")
    for position, (label, passage) in enumerate(award.other, 1):
        part = f"{iri}#mention-{position}"
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


def _territories(scribe: Scribe, evidence: Evidence, iri: str, wording: Passage, segments: tuple[Segment, ...]) -> None:
    for position, segment in enumerate(segments, 1):
        part = f"{iri}#territoire-{position}"
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


def _target(
    scribe: Scribe, evidence: Evidence, iri: str, position: int, target: Target, matches: tuple[PublicMatch, ...]
) -> None:
    part = f"{iri}#public-{position}"
    scribe.point(iri, "lau:target", part)
    scribe.is_a(part, "lau:Target")
    scribe.write(part, "lau:verbatim", target.verbatim.value)
    scribe.say(part, "lau:reviewStatus", scribe.terms["code:auto"])
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


def _period(scribe: Scribe, evidence: Evidence, iri: str, period: Period) -> None:
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


def _result(scribe: Scribe, evidence: Evidence, iri: str, position: int, result: Result) -> None:
    part = f"{iri}#resultat-{position}"
    scribe.point(iri, "lau:result", part)
    scribe.is_a(part, "lau:Result")
    scribe.say(part, "lau:indicator", scribe.terms[f"code:{result.indicator}"])
    scribe.say(part, "lau:count", quads.integer(result.count))
    if result.out_of is not None:
        scribe.say(part, "lau:outOf", quads.integer(result.out_of))
    scribe.write(part, "lau:verbatim", result.span.exact)
    evidence.cite(part, result.span, "lau:count")
