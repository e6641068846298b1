"""What data.gouv.fr (udata) makes of a dataset or a data service. Facts were observed on udata 17.18."""

from __future__ import annotations

import json
import re

import pyoxigraph as ox

from laurier.catalogue.authority import EU, OPEN_LICENCE
from laurier.catalogue.harvest.facts import Facts, Node
from laurier.catalogue.harvest.verdict import Verdict

PORTAL = "data.gouv.fr"
_WKT = ("http://www.opengis.net/ont/geosparql#wktLiteral", "http://www.opengis.net/rdf#wktLiteral")
_GEOJSON = (
    "https://www.iana.org/assignments/media-types/application/vnd.geo+json",
    "http://www.opengis.net/rdf#GeoJSON",
    "http://www.opengis.net/ont/geosparql#geoJSONLiteral",
)
# Digests that its model cannot hold once they are typed xsd:hexBinary.
_FATAL_DIGESTS = re.compile(r"checksumAlgorithm_(md5|sha1|sha256)$", re.IGNORECASE)
_OPEN_LICENCE = (OPEN_LICENCE, "https://www.etalab.gouv.fr/licence-ouverte-open-licence")
_OPEN_LICENCE_NAMES = ("Licence Ouverte / Open Licence version 2.0", "etalab-2.0", "lov2")


def dataset(facts: Facts, me: Node, seen: set[str]) -> Verdict:
    """The verdict on a dataset.

    Args:
        facts: the page it stands on.
        me: the dataset.
        seen: identifiers met so far over all pages; completed here.
    """
    verdict = Verdict(PORTAL, me.value)
    _identified(verdict, facts, me, seen)
    title = facts.text(me, "dcterms:title")
    if not title:
        verdict.refuse("dcterms:title", "it has no title", "il n'a pas de titre")
    verdict.keep("title", title)
    verdict.keep("description", facts.text(me, "dcterms:description")[:80])
    page = facts.text(me, "dcat:landingPage") or (me.value if isinstance(me, ox.NamedNode) else "")
    verdict.keep("remote_url", page)
    verdict.keep("frequency", facts.text(me, "dcterms:accrualPeriodicity").rpartition("/")[2])
    verdict.keep("contact_point", _name(facts, me, "dcat:contactPoint", "vcard:fn"))
    _tags(verdict, facts, me)
    _licence(verdict, facts, me)
    _spatial(verdict, facts, me)
    _temporal(verdict, facts, me)
    kept = sum(_resource(verdict, facts, distribution) for distribution in facts.nodes(me, "dcat:distribution"))
    verdict.keep("resources", str(kept) if kept else "")
    if not kept:
        verdict.lose("dcat:distribution", "it has no file to download", "il n'a aucun fichier à télécharger")
    return verdict


def service(facts: Facts, me: Node, seen: set[str]) -> Verdict:
    """The verdict on a data service."""
    verdict = Verdict(PORTAL, me.value)
    _identified(verdict, facts, me, seen)
    verdict.keep("title", facts.text(me, "dcterms:title"))
    verdict.keep("base_api_url", facts.text(me, "dcat:endpointURL"))
    verdict.keep("machine_documentation_url", facts.text(me, "dcat:endpointDescription"))
    verdict.keep("datasets", str(len(facts.nodes(me, "dcat:servesDataset"))))
    return verdict


def _identified(verdict: Verdict, facts: Facts, me: Node, seen: set[str]) -> None:
    identifier = facts.text(me, "dcterms:identifier")
    if not identifier:
        verdict.refuse("dcterms:identifier", "it has no dct:identifier", "il n'a pas de dct:identifier")
    elif identifier in seen:
        verdict.refuse(
            "dcterms:identifier",
            f"the identifier {identifier} has been met already (each may stand on one page only)",
            f"l'identifiant {identifier} a déjà été rencontré (il ne peut figurer que sur une page)",
        )
    seen.add(identifier)
    verdict.keep("remote_id", identifier)


def _name(facts: Facts, me: Node, link: str, name: str) -> str:
    return next((text for node in facts.nodes(me, link) if (text := facts.text(node, name))), "")


def _tags(verdict: Verdict, facts: Facts, me: Node) -> None:
    words = [word.value for word in facts.literals(me, "dcat:keyword")]
    words += [text for theme in facts.nodes(me, "dcat:theme") if (text := facts.text(theme, "skos:prefLabel"))]
    verdict.keep("tags", ", ".join(words))
    if len(facts.literals(me, "dcat:keyword")) < len(facts.all(me, "dcat:keyword")):
        verdict.lose("dcat:keyword", "a keyword is not a literal", "un mot-clé n'est pas un littéral")


def _licence(verdict: Verdict, facts: Facts, me: Node) -> None:
    holders = [me, *facts.nodes(me, "dcat:distribution")]
    for holder in holders:
        for licence in facts.all(holder, "dcterms:license"):
            value = licence.value if not isinstance(licence, ox.Triple) else ""
            label = facts.text(licence, "rdfs:label") if isinstance(licence, ox.NamedNode | ox.BlankNode) else ""
            # The EU key alone is not in its list: it is the label that names the licence.
            if value in _OPEN_LICENCE[1:] or {value, label} & set(_OPEN_LICENCE_NAMES):
                verdict.keep("license", "lov2")
                return
            if label or not value.startswith(EU):
                verdict.keep("license", f"to be guessed from {label or value}")
                return
    verdict.lose(
        "dcterms:license",
        "no licence that it can guess: give the licence node the rdfs:label of the licence",
        "aucune licence reconnaissable : donnez au nœud de la licence un rdfs:label qui la nomme",
    )


def _spatial(verdict: Verdict, facts: Facts, me: Node) -> None:
    values = facts.all(me, "dcterms:spatial")
    shapes = 0
    for value in values:
        if isinstance(value, ox.Literal):
            shapes += _corners(value.value)
            continue
        if isinstance(value, ox.Triple):
            continue
        for name in ("dcat:bbox", "locn:geometry", "geo:asWKT", "geo:asGeoJSON"):
            shapes += sum(_polygon(literal) for literal in facts.literals(value, name))
    if shapes:
        verdict.keep("spatial", "MultiPolygon")
    elif values:
        verdict.lose(
            "dcterms:spatial",
            'no polygon (WKT or GeoJSON literal) and no "W,S,E,N": an IRI or a point alone says nothing to it',
            "ni polygone (littéral WKT ou GeoJSON) ni « O,S,E,N » : une IRI ou un point seuls ne lui disent rien",
        )


def _corners(text: str) -> bool:
    return len(re.findall(r"-?\d+(?:\.\d+)?", text)) == 4


def _polygon(literal: ox.Literal) -> bool:
    kind = literal.datatype.value
    if kind in _WKT:
        return bool(re.match(r"(?:<[^>]*>\s*)?(?:MULTI)?POLYGON\s*\(\(", literal.value.strip(), re.IGNORECASE))
    if kind in _GEOJSON:
        try:
            shape = json.loads(literal.value)
        except ValueError:
            return False
        return isinstance(shape, dict) and shape.get("type") in ("Polygon", "MultiPolygon")
    return False


def _temporal(verdict: Verdict, facts: Facts, me: Node) -> None:
    for value in facts.all(me, "dcterms:temporal"):
        if isinstance(value, ox.NamedNode):
            verdict.lose(
                "dcterms:temporal",
                f"the period {value.value} has an IRI: it is fetched, and lost when that is not RDF; use a blank node",
                f"la période {value.value} a une IRI : elle est téléchargée, et perdue si ce n'est pas du RDF ; "
                "utilisez un nœud anonyme",
            )
        elif isinstance(value, ox.BlankNode):
            start, end = facts.text(value, "dcat:startDate"), facts.text(value, "dcat:endDate")
            if start and end:
                verdict.keep("temporal_coverage", f"{start} – {end}")
            else:
                verdict.lose(
                    "dcterms:temporal",
                    "the period has no dcat:startDate and dcat:endDate",
                    "la période n'a pas dcat:startDate et dcat:endDate",
                )


def _resource(verdict: Verdict, facts: Facts, me: Node) -> bool:
    if facts.nodes(me, "dcat:accessService"):
        verdict.lose(
            "dcat:accessService",
            f"{me.value}: the distribution becomes an API, and its data service is not listed",
            f"{me.value} : la distribution devient une API, et son service de données n'est pas repris",
        )
    checksum = next(iter(facts.nodes(me, "spdx:checksum")), None)
    if checksum is not None:
        algorithm = facts.text(checksum, "spdx:algorithm")
        values = facts.literals(checksum, "spdx:checksumValue")
        if _FATAL_DIGESTS.search(algorithm) and any(v.datatype.value.endswith("#hexBinary") for v in values):
            verdict.refuse(
                "spdx:checksum",
                f"{me.value}: a checksum by {algorithm.rpartition('_')[2]} typed xsd:hexBinary makes the whole dataset "
                "fail; use sha512",
                f"{me.value} : une empreinte {algorithm.rpartition('_')[2]} typée xsd:hexBinary fait échouer tout le "
                "jeu de données ; utilisez sha512",
            )
    if not (facts.text(me, "dcat:downloadURL") or facts.text(me, "dcat:accessURL")):
        verdict.lose("dcat:accessURL", f"{me.value} has no address", f"{me.value} n'a pas d'adresse")
        return False
    return True
