"""Facts about a source document, its programme and its calls."""

from __future__ import annotations

from laurier import quads
from laurier.mapping.scribe import Evidence, Scribe
from laurier.mapping.territory import accepted
from laurier.readings import Document, Programme
from laurier.reconcile.territory import Segment
from laurier.records import Amount, Call
from laurier.vocabulary import PREFIXES

EDTF = f"{PREFIXES['edtf']}EDTF"


def document(scribe: Scribe, source: Document, territory: str | None) -> str:
    """States what `source.toml` says of a document.

    Args:
        scribe: of the graph of the source.
        source: the document.
        territory: IRI of the région that it is about, if any.

    Returns:
        The IRI of the document.
    """
    iri = scribe.minter.thing("source", source.key)
    scribe.is_a(iri, "lau:SourceDocument")
    scribe.both(iri, "dcterms:title", source.title_fr, source.title_en)
    scribe.point(iri, "dcat:mediaType", f"https://www.iana.org/assignments/media-types/{source.media_type}")
    scribe.point(iri, "dcterms:license", source.licence)
    if source.issued:
        scribe.say(iri, "dcterms:issued", quads.typed(source.issued, EDTF))
    if source.landing_page:
        scribe.point(iri, "dcat:landingPage", source.landing_page)
    if source.publisher:
        publisher = source.publisher_iri or f"{iri}#editeur"
        scribe.point(iri, "dcterms:publisher", publisher)
        scribe.is_a(publisher, "foaf:Agent")
        scribe.write(publisher, "foaf:name", source.publisher, "fr")
    if territory:
        scribe.point(iri, "dcterms:spatial", territory)
    checksum = f"{iri}#empreinte"
    scribe.point(iri, "spdx:checksum", checksum)
    scribe.is_a(checksum, "spdx:Checksum")
    scribe.point(checksum, "spdx:algorithm", f"{PREFIXES['spdx']}checksumAlgorithm_sha256")
    scribe.write(checksum, "spdx:checksumValue", source.sha256)
    return iri


def programme(scribe: Scribe, of: Programme) -> str:
    """States a programme; returns its IRI."""
    iri = scribe.minter.thing("programme", of.key)
    scribe.is_a(iri, "lau:Programme")
    scribe.both(iri, "dcterms:title", of.title_fr, of.title_en)
    scribe.write(iri, "skos:altLabel", of.acronym)
    return iri


def call(
    scribe: Scribe,
    evidence: Evidence,
    of: Call,
    key: str,
    title: str,
    programme_iri: str,
    places: dict[int, tuple[Segment, ...]],
) -> str:
    """States a call and its budgets.

    Args:
        scribe: of the graph of the source.
        evidence: of the document.
        of: the call as printed.
        key: its key.
        title: its name in the registry, the same whatever document prints it.
        programme_iri: its programme.
        places: for each budget that names a territory, by position, what the wording was linked to.

    Returns:
        The IRI of the call.
    """
    iri = scribe.minter.thing("appel", key)
    scribe.is_a(iri, "lau:Call")
    scribe.write(iri, "dcterms:title", title, "fr")
    if of.title.value != title:
        scribe.write(iri, "dcterms:alternative", of.title.value, "fr")
    scribe.write(iri, "skos:altLabel", of.acronym)
    scribe.point(iri, "lau:programme", programme_iri)
    evidence.cite(iri, of.span, "dcterms:title")
    if of.title.span != of.span:
        evidence.cite(iri, of.title.span, "dcterms:title")
    if of.scope:
        scribe.say(iri, "lau:callScope", scribe.terms[f"code:{of.scope}"])
        evidence.cite(iri, of.span, "lau:callScope")
    scribe.write(iri, "lau:objective", "\n\n".join(p.value for p in of.objective), "fr")
    for paragraph in of.objective:
        evidence.cite(iri, paragraph.span, "lau:objective")
    if of.announced is not None:
        excerpt = evidence.cite(iri, of.announced.span, "lau:announcedCount")
        scribe.say(excerpt, "lau:announcedCount", quads.integer(of.announced.value))
    for position, amount in enumerate(of.budget, 1):
        part = f"{iri}#budget-{position}"
        scribe.point(iri, "lau:budget", part)
        budget(scribe, evidence, part, amount, "enveloppe", places.get(position - 1, ()))
    return iri


def budget(
    scribe: Scribe, evidence: Evidence, iri: str, amount: Amount, kind: str, places: tuple[Segment, ...]
) -> None:
    """States a sum of money, its kind (a key of the budget-kind scheme), and the territory and year where printed."""
    scribe.is_a(iri, "lau:Budget")
    scribe.say(iri, "lau:budgetKind", scribe.terms[f"code:{kind}"])
    scribe.say(iri, "schema:value", quads.decimal(amount.value))
    scribe.write(iri, "schema:currency", amount.currency)
    scribe.write(iri, "lau:verbatim", amount.span.exact)
    scribe.write(iri, "rdfs:label", amount.label, "fr")
    evidence.cite(iri, amount.span, "schema:value")
    for place in places:
        target = accepted(scribe.minter, place)
        if target is not None:
            scribe.point(iri, "dcterms:spatial", target)
    if amount.year is not None:
        period = f"{iri}-annee"
        scribe.point(iri, "dcterms:temporal", period)
        scribe.is_a(period, "dcterms:PeriodOfTime")
        scribe.say(period, "dcterms:date", quads.typed(f"{amount.year:04}", EDTF))
