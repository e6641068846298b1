"""Facts about a laureate, its project and the organisations that carry it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from laurier import quads
from laurier.mapping import document, parts
from laurier.mapping.scribe import Evidence, Scribe
from laurier.reconcile.public import PublicMatch
from laurier.reconcile.territory import Segment
from laurier.records import Award, Count, Organisation, Passage

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
    scribe: Scribe,
    evidence: Evidence,
    award: Award,
    keys: Keys,
    links: Links,
    announced: Count | None = None,
    prefix: str = "",
) -> str:
    """States a laureate, its project and its carriers; returns the IRI of the laureate.

    Args:
        scribe, evidence: of the source.
        award: what the source says.
        keys: of the things it names.
        links: what its wordings were linked to.
        announced: where the section of the document announces its number of laureates, if it does.
        prefix: of the names of the parts of the project, so that those of a second document are others.
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
    project(scribe, evidence, project_iri, award, keys, links, prefix)
    return iri


def project(
    scribe: Scribe, evidence: Evidence, iri: str, award: Award, keys: Keys, links: Links, prefix: str = ""
) -> None:
    """States a project: title, carriers, prose, status, then its parts."""
    stem = f"{iri}#{prefix}"
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
    parts.items(scribe, evidence, iri, stem, award)
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
        parts.territories(scribe, evidence, iri, stem, award.territory, links.territory)
    for position, target in enumerate(award.targets, 1):
        matches = links.publics[position - 1] if position <= len(links.publics) else ()
        parts.target(scribe, evidence, iri, f"{stem}public-{position}", target, matches)
    if award.period is not None:
        parts.period(scribe, evidence, iri, award.period)
    for position, result in enumerate(award.results, 1):
        parts.result(scribe, evidence, iri, f"{stem}resultat-{position}", result)
    for position, amount in enumerate(award.amounts, 1):
        part = f"{stem}montant-{position}"
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
        # Rows of one list may print the seat of an organisation otherwise: each wording is a mention of its own.
        name = hashlib.blake2b(seat_wording.value.encode(), digest_size=4).hexdigest()
        for position, segment in enumerate(seat, 1):
            part = f"{iri}#{evidence.source}-siege-{name}-{position}"
            scribe.point(iri, "lau:seatMention", part)
            target = parts.mention(scribe, evidence, part, seat_wording, segment)
            if target is not None:
                scribe.point(iri, "lau:seat", target)
