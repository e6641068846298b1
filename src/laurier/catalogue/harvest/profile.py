"""The mandatory rules of DCAT-AP 3.0.1 as one table, which data.europa.eu checks for 30 of its 405 points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pyoxigraph as ox

from laurier.catalogue.harvest.facts import Facts, Node


@dataclass(frozen=True, slots=True)
class Rule:
    """A property of a class: least and most values, and whether they are things or literals."""

    kind: str
    name: str
    least: int
    most: int | None
    values: Literal["thing", "literal"]


def _rules(kind: str, text: str) -> Iterator[Rule]:
    for entry in text.split():
        name, counts, values = entry.split("/")
        least, most = counts.split("-")
        yield Rule(kind, name, int(least), int(most) if most != "n" else None, "thing" if values == "t" else "literal")


#: Class by class: property / least-most / t(hing) or l(iteral). DCAT-AP 3.0.1, sections on main and supporting classes.
RULES: tuple[Rule, ...] = (
    *_rules(
        "dcat:Catalog",
        "dcterms:title/1-n/l dcterms:description/1-n/l dcterms:publisher/1-1/t dcterms:issued/0-1/l "
        "dcterms:modified/0-1/l dcterms:license/0-1/t dcterms:rights/0-1/t foaf:homepage/0-1/t dcterms:language/0-n/t "
        "dcterms:spatial/0-n/t dcat:themeTaxonomy/0-n/t dcat:dataset/0-n/t dcat:service/0-n/t dcat:record/0-n/t",
    ),
    *_rules(
        "dcat:Dataset",
        "dcterms:title/1-n/l dcterms:description/1-n/l dcterms:publisher/0-1/t dcterms:issued/0-1/l "
        "dcterms:modified/0-1/l dcterms:accessRights/0-1/t dcterms:accrualPeriodicity/0-1/t dcat:version/0-1/l "
        "dcat:contactPoint/0-n/t dcat:distribution/0-n/t dcat:keyword/0-n/l dcat:theme/0-n/t dcterms:spatial/0-n/t "
        "dcterms:temporal/0-n/t dcterms:identifier/0-n/l dcat:landingPage/0-n/t foaf:page/0-n/t "
        "dcterms:conformsTo/0-n/t dcterms:language/0-n/t dcterms:provenance/0-n/t dcterms:type/0-n/t",
    ),
    *_rules(
        "dcat:Distribution",
        "dcat:accessURL/1-n/t dcat:downloadURL/0-n/t dcterms:issued/0-1/l dcterms:modified/0-1/l "
        "dcterms:license/0-1/t dcterms:format/0-1/t dcat:mediaType/0-1/t dcat:byteSize/0-1/l spdx:checksum/0-1/t "
        "dcatap:availability/0-1/t adms:status/0-1/t dcat:compressFormat/0-1/t dcat:packageFormat/0-1/t "
        "dcterms:title/0-n/l dcterms:description/0-n/l dcterms:language/0-n/t dcterms:conformsTo/0-n/t "
        "dcterms:rights/0-n/t",
    ),
    *_rules(
        "dcat:DataService",
        "dcterms:title/1-n/l dcat:endpointURL/1-n/t dcat:endpointDescription/0-n/t dcat:servesDataset/0-n/t "
        "dcterms:license/0-1/t dcterms:accessRights/0-1/t dcterms:publisher/0-1/t",
    ),
    *_rules("dcat:CatalogRecord", "foaf:primaryTopic/1-1/t dcterms:modified/1-1/l"),
    *_rules("foaf:Agent", "foaf:name/1-n/l dcterms:type/0-1/t"),
    *_rules("spdx:Checksum", "spdx:algorithm/1-1/t spdx:checksumValue/1-1/l"),
    *_rules("skos:Concept", "skos:prefLabel/1-n/l"),
    *_rules("skos:ConceptScheme", "dcterms:title/1-n/l"),
    *_rules("dcterms:Location", "dcat:bbox/0-1/l dcat:centroid/0-1/l locn:geometry/0-1/l"),
    *_rules("dcterms:PeriodOfTime", "dcat:startDate/0-1/l dcat:endDate/0-1/l"),
)
_DATATYPES = {
    "dcat:byteSize": ("nonNegativeInteger",),
    "spdx:checksumValue": ("hexBinary",),
    **dict.fromkeys(
        ("dcterms:issued", "dcterms:modified", "dcat:startDate", "dcat:endDate"),
        ("date", "dateTime", "gYear", "gYearMonth"),
    ),
}


@dataclass(frozen=True, slots=True)
class Violation:
    """A mandatory rule that a node breaks: the node, the property, and what is wrong in English."""

    node: str
    name: str
    what: str


def violations(facts: Facts) -> list[Violation]:
    """The mandatory rules that a page breaks."""
    found = []
    for kind in dict.fromkeys(rule.kind for rule in RULES):
        for node in facts.of(kind):
            found += [v for rule in RULES if rule.kind == kind for v in _broken(facts, node, rule)]
    return found


def _broken(facts: Facts, node: Node, rule: Rule) -> Iterator[Violation]:
    values = facts.all(node, rule.name)
    if len(values) < rule.least:
        yield Violation(node.value, rule.name, "is missing")
    if rule.most is not None and len(values) > rule.most:
        yield Violation(node.value, rule.name, f"has {len(values)} values, {rule.most} at most")
    for value in values:
        if isinstance(value, ox.Literal) != (rule.values == "literal"):
            yield Violation(node.value, rule.name, f"must be a {rule.values}: {value}")
        elif isinstance(value, ox.Literal) and rule.name in _DATATYPES:
            names = _DATATYPES[rule.name]
            if value.datatype.value.rpartition("#")[2] not in names:
                yield Violation(node.value, rule.name, f"must be of type {' or '.join(names)}: {value}")
