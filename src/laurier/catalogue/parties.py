"""Who publishes a dataset, whom to write to, and on which terms it is used, as DCAT-AP states them."""

from __future__ import annotations

from laurier import quads
from laurier.catalogue import authority
from laurier.catalogue.notes import Notes
from laurier.catalogue.places import Places
from laurier.settings import Settings


def publisher(notes: Notes, me: str, settings: Settings) -> None:
    """States who publishes."""
    agent = settings.publisher_iri or f"{Places(settings.base).catalogue}#editeur"
    notes.point(me, "dcterms:publisher", agent, "foaf:Agent")
    notes.say(agent, "foaf:name", quads.tagged(settings.publisher, "fr"))
    notes.value(agent, "dcterms:type", authority.publisher_type(settings.publisher_type))


def contact(notes: Notes, me: str, settings: Settings) -> None:
    """States whom to write to; without an address, the home page."""
    card = f"{Places(settings.base).catalogue}#contact"
    notes.point(me, "dcat:contactPoint", card, "vcard:Kind", "vcard:Organization")
    notes.say(card, "vcard:fn", quads.tagged(settings.publisher, "fr"))
    address = settings.contact
    if "@" in address and "://" not in address:
        notes.point(card, "vcard:hasEmail", address if address.startswith("mailto:") else f"mailto:{address}")
    else:
        notes.point(card, "vcard:hasURL", address or settings.base)


def rights(notes: Notes, me: str, settings: Settings) -> None:
    """States on which terms it may be used."""
    terms = f"{Places(settings.base).catalogue}#droits"
    notes.point(me, "dcterms:rights", terms, "dcterms:RightsStatement")
    notes.both(
        terms,
        "rdfs:label",
        "Réutilisation libre, à condition de mentionner la source et la date de sa dernière mise à jour.",
        "Free to reuse, provided the source and the date of its last update are named.",
    )
