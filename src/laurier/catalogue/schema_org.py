"""Datasets and things in the words of schema.org, as JSON-LD for search engines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox

from laurier.catalogue import authority
from laurier.catalogue.harvest.facts import Facts, Node
from laurier.catalogue.places import Places
from laurier.errors import Language
from laurier.vocabulary import PREFIXES

# Search engines know licences by the address of their text.
_LICENCES = {
    authority.OPEN_LICENCE: "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    authority.CC_BY: "https://creativecommons.org/licenses/by/4.0/",
}
_CONTEXT = "https://schema.org/"


def dataset(lines: Iterable[str], base: str, key: str, language: Language) -> dict[str, Any]:
    """A dataset of the catalogue (Google Dataset Search guidelines).

    Args:
        lines: its block of the catalogue, N-Triples.
        base: base IRI.
        key: of the dataset.
        language: of the page that will hold it.
    """
    facts = Facts(q.triple for q in ox.parse("\n".join(lines).encode(), format=ox.RdfFormat.N_TRIPLES))
    places = Places(base)
    me = ox.NamedNode(places.dataset(key))
    publisher = next(iter(facts.nodes(me, "dcterms:publisher")), None)
    agent = {"@type": "Organization", "name": facts.text(publisher, "foaf:name") if publisher else ""}
    found: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "@id": me.value,
        "url": facts.text(me, "dcat:landingPage"),
        "identifier": facts.text(me, "dcterms:identifier"),
        "name": _said(facts, me, "dcterms:title", language),
        "description": _said(facts, me, "dcterms:description", language),
        "license": _licence(facts.text(me, "dcterms:license")),
        "creator": agent,
        "publisher": agent,
        "keywords": sorted(word.value for word in facts.literals(me, "dcat:keyword")),
        "version": facts.text(me, "dcat:version"),
        "datePublished": facts.text(me, "dcterms:issued"),
        "dateModified": facts.text(me, "dcterms:modified"),
        "inLanguage": "fr",
        "isAccessibleForFree": True,
        "includedInDataCatalog": {"@type": "DataCatalog", "@id": places.catalogue, "url": places.catalogue},
        "distribution": [_download(facts, node) for node in facts.nodes(me, "dcat:distribution")],
    }
    found |= _coverage(facts, me)
    return found


def _said(facts: Facts, me: Node, name: str, language: Language) -> str:
    tagged = {literal.language: literal.value for literal in facts.literals(me, name)}
    return tagged.get(language) or facts.text(me, name)


def _licence(iri: str) -> str:
    return _LICENCES.get(iri, iri)


def _download(facts: Facts, me: Node) -> dict[str, Any]:
    media = next(iter(facts.nodes(me, "dcat:mediaType")), None)
    return {
        "@type": "DataDownload",
        "name": facts.text(me, "dcterms:title"),
        "contentUrl": facts.text(me, "dcat:downloadURL"),
        "encodingFormat": facts.text(media, "rdfs:label") if media else "",
        "contentSize": f"{facts.text(me, 'dcat:byteSize')} B",
        "license": _licence(facts.text(me, "dcterms:license")),
    }


def _coverage(facts: Facts, me: Node) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for period in facts.nodes(me, "dcterms:temporal"):
        found["temporalCoverage"] = f"{facts.text(period, 'dcat:startDate')}/{facts.text(period, 'dcat:endDate')}"
    areas: dict[str, dict[str, Any]] = {}
    for place in facts.nodes(me, "dcterms:spatial"):
        name = facts.text(place, "skos:prefLabel")
        area: dict[str, Any] = areas.setdefault(name, {"@type": "Place", "name": name, "sameAs": []})
        area["sameAs"].append(place.value)
        corners = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", facts.text(place, "dcat:bbox"))]
        if corners:
            longitudes, latitudes = corners[::2], corners[1::2]
            # A schema.org box is two corners, latitude first: lower left, then upper right.
            box = f"{min(latitudes)} {min(longitudes)} {max(latitudes)} {max(longitudes)}"
            area["geo"] = {"@type": "GeoShape", "box": box}
    for area in areas.values():
        area["sameAs"].sort()
    if areas:
        found["spatialCoverage"] = list(areas.values())
    return found


#: Classes of the graph and the types of schema.org that say most of the same.
_TYPES = {
    f"{PREFIXES['lau']}Laureate": "Grant",
    f"{PREFIXES['lau']}Project": "Project",
    f"{PREFIXES['lau']}Carrier": "Organization",
    f"{PREFIXES['lau']}Call": "Grant",
    f"{PREFIXES['lau']}Programme": "Project",
    f"{PREFIXES['lau']}Territory": "AdministrativeArea",
    f"{PREFIXES['lau']}SourceDocument": "DigitalDocument",
}


def thing(iri: str, description: bytes, page: str, language: Language) -> dict[str, Any] | None:
    """A thing of the graph, or None when no type of schema.org fits it.

    Args:
        iri: of the thing.
        description: N-Triples about it.
        page: address of the page about it.
        language: of that page.
    """
    facts = Facts(q.triple for q in ox.parse(description, format=ox.RdfFormat.N_TRIPLES))
    me = ox.NamedNode(iri)
    kinds = [_TYPES[k.value] for k in facts.nodes(me, "rdf:type") if k.value in _TYPES]
    if not kinds:
        return None
    names = (_said(facts, me, name, language) for name in ("dcterms:title", "skos:prefLabel", "igeo:nom"))
    found: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": kinds[0],
        "@id": iri,
        "url": page,
        "name": next(filter(None, names), ""),
        "description": _said(facts, me, "dcterms:description", language),
        "identifier": facts.text(me, "igeo:codeINSEE"),
        "sameAs": sorted(node.value for name in ("owl:sameAs", "skos:exactMatch") for node in facts.nodes(me, name)),
    }
    return {name: value for name, value in found.items() if value}


def script(value: dict[str, Any]) -> str:
    """JSON that is safe inside a `script` element: no `<`, `>` or `&` can end it or open another."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
