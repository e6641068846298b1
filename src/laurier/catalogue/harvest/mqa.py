"""The metadata quality assessment of data.europa.eu: points of a dataset, of 405, and what each missing one needs.

The metrics and their weights are those of the piveau DQV vocabulary; a dataset gets those of its metadata and those of
its single best distribution.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyoxigraph as ox

from laurier.catalogue.authority import EU
from laurier.catalogue.harvest.facts import Facts, Node

MAXIMUM = 405
_MEDIA_TYPES = ("http://www.iana.org/assignments/media-types/", "https://www.iana.org/assignments/media-types/")
_MACHINE = frozenset(
    [
        "CSV",
        "GEOJSON",
        "ICS",
        "JSON",
        "JSON_LD",
        "KML",
        "KMZ",
        "NETCDF",
        "ODS",
        "RDFA",
        "RDF_N_QUADS",
        "RDF_N_TRIPLES",
        "RDF_TRIG",
        "RDF_TURTLE",
        "RDF_XML",
        "RSS",
        "SHP",
        "XLS",
        "XLSX",
        "XML",
    ]
)
_OPEN = frozenset(
    [
        "CSV",
        "GEOJSON",
        "HTML",
        "ICS",
        "JSON",
        "JSON_LD",
        "KML",
        "KMZ",
        "NETCDF",
        "ODS",
        "RDF_N_QUADS",
        "RDF_N_TRIPLES",
        "RDF_TRIG",
        "RDF_TURTLE",
        "RDF_XML",
        "RSS",
        "TSV",
        "XML",
        "ZIP",
    ]
)
_LICENCE_MATCHES = ("https://www.etalab.gouv.fr/licence-ouverte-open-licence/",)

#: Tells whether an address answers HEAD with 200 to 299.
Answers = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric: its dimension, its name, the points it gives, and whether the dataset has them."""

    dimension: str
    name: str
    points: int
    met: bool


def metrics(facts: Facts, me: Node, *, conforms: bool, answers: Answers) -> list[Metric]:
    """The metrics of a dataset and of its best distribution.

    Args:
        facts: the page it stands on.
        me: the dataset.
        conforms: whether it keeps the mandatory rules of DCAT-AP.
        answers: tells whether an address answers.
    """
    own = _own(facts, me, conforms)
    others = [_distribution(facts, me, node, answers) for node in facts.nodes(me, "dcat:distribution")]
    best = max(others, key=points, default=_distribution(facts, me, None, answers))
    return own + best


def points(of: list[Metric]) -> int:
    """The points that are met."""
    return sum(metric.points for metric in of if metric.met)


def level(score: int) -> str:
    """The level that data.europa.eu shows for a score."""
    return next(name for least, name in _LEVELS if score >= least)


_LEVELS = ((351, "Excellent"), (221, "Good"), (120, "Sufficient"), (0, "Bad"))


def _own(facts: Facts, me: Node, conforms: bool) -> list[Metric]:
    def has(name: str) -> bool:
        return bool(facts.all(me, name))

    rights = facts.text(me, "dcterms:accessRights")
    return [
        Metric("findability", "dcat:keyword", 30, has("dcat:keyword")),
        Metric("findability", "dcat:theme", 30, has("dcat:theme")),
        Metric("findability", "dcterms:spatial", 20, has("dcterms:spatial")),
        Metric("findability", "dcterms:temporal", 20, has("dcterms:temporal")),
        Metric("interoperability", "DCAT-AP", 30, conforms),
        Metric("reusability", "dcterms:accessRights", 10, bool(rights)),
        Metric("reusability", "dcterms:accessRights (EU)", 5, rights.startswith(f"{EU}access-right/")),
        Metric("reusability", "dcat:contactPoint", 20, has("dcat:contactPoint")),
        Metric("reusability", "dcterms:publisher", 10, has("dcterms:publisher")),
    ]


def _distribution(facts: Facts, owner: Node, me: Node | None, answers: Answers) -> list[Metric]:
    def one(name: str) -> str:
        return facts.text(me, name) if me is not None else ""

    def dated(name: str) -> bool:
        return bool(one(name) or facts.text(owner, name))

    access, download, kind = one("dcat:accessURL"), one("dcat:downloadURL"), one("dcterms:format")
    media, licence = one("dcat:mediaType"), one("dcterms:license")
    key = kind.removeprefix(f"{EU}file-type/") if kind.startswith(f"{EU}file-type/") else ""
    known = licence.startswith(f"{EU}licence/") or licence in _LICENCE_MATCHES or _matched(facts, me)
    return [
        Metric("accessibility", "dcat:accessURL (200)", 50, bool(access) and answers(access)),
        Metric("accessibility", "dcat:downloadURL", 20, bool(download)),
        Metric("accessibility", "dcat:downloadURL (200)", 30, bool(download) and answers(download)),
        Metric("interoperability", "dcterms:format", 20, bool(kind)),
        Metric("interoperability", "dcat:mediaType", 10, bool(media)),
        Metric(
            "interoperability", "format and media type (EU, IANA)", 10, bool(key) and media.startswith(_MEDIA_TYPES)
        ),
        Metric("interoperability", "non-proprietary", 20, key in _OPEN),
        Metric("interoperability", "machine-readable", 20, key in _MACHINE),
        Metric("reusability", "dcterms:license", 20, bool(licence)),
        Metric("reusability", "dcterms:license (known)", 10, known),
        Metric("contextuality", "dcterms:rights", 5, bool(one("dcterms:rights"))),
        Metric("contextuality", "dcat:byteSize", 5, bool(one("dcat:byteSize"))),
        Metric("contextuality", "dcterms:issued", 5, dated("dcterms:issued")),
        Metric("contextuality", "dcterms:modified", 5, dated("dcterms:modified")),
    ]


def _matched(facts: Facts, me: Node | None) -> bool:
    licences = facts.nodes(me, "dcterms:license") if me is not None else []
    matches = [match for licence in licences for match in facts.nodes(licence, "skos:exactMatch")]
    return any(isinstance(match, ox.NamedNode) and match.value.startswith(f"{EU}licence/") for match in matches)
