"""What DCAT-AP 3.0 demands and recommends, and what the portals need on top of it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_catalogue import REGION, SETTINGS
from sample_release import BASE

from laurier import formats
from laurier.catalogue import dcat, parties
from laurier.catalogue.coverage import period
from laurier.catalogue.datasets import datasets
from laurier.catalogue.pages import Catalogue
from laurier.errors import UsageError
from laurier.snapshot.manifest import Manifest
from laurier.vocabulary import PREFIXES

Graph = dict[str, dict[str, list[ox.NamedNode | ox.BlankNode | ox.Literal]]]


@pytest.fixture(scope="module")
def nodes(graph: list[ox.Triple]) -> Graph:
    found: Graph = defaultdict(lambda: defaultdict(list))
    for triple in graph:
        found[triple.subject.value][compact(triple.predicate.value)].append(triple.object)
    return found


def compact(iri: str) -> str:
    for prefix, namespace in sorted(PREFIXES.items(), key=lambda p: -len(p[1])):
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def of_class(nodes: Graph, name: str) -> list[str]:
    return [s for s, facts in nodes.items() if any(compact(t.value) == name for t in facts["rdf:type"])]


# class: {property: (minimum, maximum, class of the values)}; a minimum of 1 for all that is mandatory or recommended.
CATALOG = {
    "dcterms:title": (1, 9, None),
    "dcterms:description": (1, 9, None),
    "dcterms:publisher": (1, 1, "foaf:Agent"),
    "dcat:themeTaxonomy": (1, 9, "skos:ConceptScheme"),
    "dcterms:issued": (1, 1, None),
    "dcterms:modified": (1, 1, None),
    "dcterms:language": (1, 9, "dcterms:LinguisticSystem"),
    "dcterms:license": (1, 1, "dcterms:LicenseDocument"),
    "dcterms:spatial": (1, 9, "dcterms:Location"),
    "foaf:homepage": (1, 1, "foaf:Document"),
    "dcterms:rights": (0, 1, "dcterms:RightsStatement"),
    "dcat:dataset": (1, 999, "dcat:Dataset"),
    "dcat:service": (1, 9, "dcat:DataService"),
}
DATASET = {
    "dcterms:title": (1, 9, None),
    "dcterms:description": (1, 9, None),
    "dcterms:identifier": (1, 1, None),
    "dcat:contactPoint": (1, 9, "vcard:Kind"),
    "dcat:distribution": (1, 99, "dcat:Distribution"),
    "dcat:keyword": (1, 99, None),
    "dcat:theme": (1, 9, "skos:Concept"),
    "dcterms:publisher": (1, 1, "foaf:Agent"),
    "dcterms:spatial": (1, 9, "dcterms:Location"),
    "dcterms:temporal": (1, 9, "dcterms:PeriodOfTime"),
    "dcterms:issued": (1, 1, None),
    "dcterms:modified": (1, 1, None),
    "dcterms:accessRights": (1, 1, "dcterms:RightsStatement"),
    "dcterms:accrualPeriodicity": (1, 1, "dcterms:Frequency"),
    "dcterms:language": (1, 9, "dcterms:LinguisticSystem"),
    "dcterms:provenance": (1, 9, "dcterms:ProvenanceStatement"),
    "dcat:version": (1, 1, None),
    "owl:versionInfo": (1, 1, None),
    "dcat:landingPage": (1, 1, "foaf:Document"),
    "dcterms:conformsTo": (0, 9, "dcterms:Standard"),
    "dcterms:type": (0, 1, "skos:Concept"),
}
DISTRIBUTION = {
    "dcat:accessURL": (1, 1, "rdfs:Resource"),
    "dcat:downloadURL": (1, 1, "rdfs:Resource"),
    "dcatap:availability": (1, 1, "skos:Concept"),
    "dcterms:title": (1, 9, None),
    "dcterms:description": (1, 9, None),
    "dcterms:format": (1, 1, "dcterms:MediaTypeOrExtent"),
    "dcat:mediaType": (1, 1, "dcterms:MediaType"),
    "dcat:compressFormat": (0, 1, "dcterms:MediaType"),
    "dcterms:license": (1, 1, "dcterms:LicenseDocument"),
    "dcterms:rights": (1, 1, "dcterms:RightsStatement"),
    "dcat:byteSize": (1, 1, None),
    "spdx:checksum": (1, 1, "spdx:Checksum"),
    "dcterms:issued": (1, 1, None),
    "dcterms:modified": (1, 1, None),
    "dcterms:language": (1, 9, "dcterms:LinguisticSystem"),
    "dcterms:conformsTo": (0, 9, "dcterms:Standard"),
}
SERVICE = {
    "dcterms:title": (1, 9, None),
    "dcterms:identifier": (1, 1, None),
    "dcat:endpointURL": (1, 1, "rdfs:Resource"),
    "dcat:endpointDescription": (1, 1, "rdfs:Resource"),
    "dcat:servesDataset": (1, 999, "dcat:Dataset"),
    "dcat:contactPoint": (1, 1, "vcard:Kind"),
    "dcat:keyword": (1, 9, None),
    "dcat:theme": (1, 9, "skos:Concept"),
    "dcterms:conformsTo": (1, 1, "dcterms:Standard"),
    "dcterms:publisher": (1, 1, "foaf:Agent"),
    "dcterms:license": (1, 1, "dcterms:LicenseDocument"),
    "dcterms:accessRights": (1, 1, "dcterms:RightsStatement"),
}
OTHERS = {
    "foaf:Agent": {"foaf:name": (1, 9, None), "dcterms:type": (1, 1, "skos:Concept")},
    "dcterms:LicenseDocument": {"dcterms:type": (1, 9, "skos:Concept"), "rdfs:label": (1, 9, None)},
    "dcterms:Location": {"dcat:bbox": (1, 1, None), "dcat:centroid": (1, 1, None), "skos:prefLabel": (1, 9, None)},
    "dcterms:PeriodOfTime": {"dcat:startDate": (1, 1, None), "dcat:endDate": (1, 1, None)},
    "skos:Concept": {"skos:prefLabel": (1, 9, None), "skos:inScheme": (1, 1, "skos:ConceptScheme")},
    "skos:ConceptScheme": {"dcterms:title": (1, 9, None)},
    "spdx:Checksum": {"spdx:algorithm": (1, 1, "spdx:ChecksumAlgorithm"), "spdx:checksumValue": (1, 1, None)},
    "vcard:Kind": {"vcard:fn": (1, 9, None)},
}
RULES = {
    "dcat:Catalog": CATALOG,
    "dcat:Dataset": DATASET,
    "dcat:Distribution": DISTRIBUTION,
    "dcat:DataService": SERVICE,
    **OTHERS,
}


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, properties in RULES.items() for name in properties])
def test_mandatory_and_recommended_properties(nodes: Graph, kind: str, name: str) -> None:
    least, most, range_ = RULES[kind][name]
    subjects = of_class(nodes, kind)
    assert subjects
    for subject in subjects:
        values = nodes[subject][name]
        assert least <= len(values) <= most, (subject, values)
        for value in values:
            assert isinstance(value, ox.Literal) == (range_ is None), (subject, value)
            if range_:
                assert range_ in {compact(t.value) for t in nodes[value.value]["rdf:type"]}, value


def test_no_property_that_the_profile_deprecates_or_that_no_rule_here_knows(nodes: Graph) -> None:
    for kind in ("dcat:Catalog", "dcat:Distribution", "dcat:DataService"):
        for subject in of_class(nodes, kind):
            free = {"rdf:type", "dcterms:description", "prov:wasDerivedFrom"}
            assert set(nodes[subject]) - free <= set(RULES[kind]), subject


@pytest.mark.parametrize(
    ("name", "datatype"),
    [
        ("dcterms:issued", "dateTime"),
        ("dcterms:modified", "dateTime"),
        ("dcat:byteSize", "nonNegativeInteger"),
        ("spdx:checksumValue", "hexBinary"),
        ("dcat:startDate", "date"),
        ("dcat:endDate", "date"),
    ],
)
def test_datatypes(nodes: Graph, name: str, datatype: str) -> None:
    values = [value for facts in nodes.values() for value in facts.get(name, ())]
    assert values
    assert {v.datatype.value for v in values} == {f"http://www.w3.org/2001/XMLSchema#{datatype}"}


AUTHORITY = "http://publications.europa.eu/resource/authority/"


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("dcterms:format", rf"{AUTHORITY}file-type/[A-Z_0-9]+"),
        ("dcat:mediaType", r"https?://www\.iana\.org/assignments/media-types/[a-z.+/0-9\-]+"),
        ("dcterms:language", rf"{AUTHORITY}language/(FRA|ENG)"),
        ("dcat:theme", rf"{AUTHORITY}data-theme/[A-Z]{{4}}"),
        ("dcterms:accessRights", rf"{AUTHORITY}access-right/PUBLIC"),
        ("dcterms:accrualPeriodicity", rf"{AUTHORITY}frequency/[A-Z_0-9]+"),
        ("dcatap:availability", rf"{AUTHORITY}planned-availability/STABLE"),
        ("dcterms:license", rf"{AUTHORITY}licence/(ETALAB_2_0|CC_BY_4_0)"),
        ("spdx:algorithm", r"http://spdx\.org/rdf/terms#checksumAlgorithm_sha512"),
    ],
)
def test_controlled_vocabularies(nodes: Graph, name: str, pattern: str) -> None:
    values = {value.value for facts in nodes.values() for value in facts.get(name, ())}
    assert values
    assert all(re.fullmatch(pattern, value) for value in values), values


def test_the_licence_is_named_as_data_gouv_fr_knows_it(nodes: Graph) -> None:
    labels = nodes[f"{AUTHORITY}licence/ETALAB_2_0"]["rdfs:label"]
    assert [label.value for label in labels] == ["Licence Ouverte / Open Licence version 2.0"]


def test_the_vocabulary_is_under_its_own_licence(nodes: Graph) -> None:
    me = f"{BASE}dataset/ontologie"
    assert nodes[me]["dcterms:license"][0].value.endswith("CC_BY_4_0")
    assert nodes[me]["dcterms:type"][0].value.endswith("dataset-type/ONTOLOGY")


def test_media_types_carry_the_label_by_which_ckan_knows_them(nodes: Graph) -> None:
    for distribution in of_class(nodes, "dcat:Distribution"):
        (kind,) = nodes[distribution]["dcat:mediaType"]
        (label,) = nodes[kind.value]["rdfs:label"]
        assert kind.value.endswith(label.value)


def test_spatial_coverage_is_a_polygon_under_every_iri_that_portals_know(nodes: Graph) -> None:
    me = f"{BASE}dataset/pic-normandie"
    places = {value.value for value in nodes[me]["dcterms:spatial"]}
    assert places == {REGION, "http://id.insee.fr/geo/region/28", "http://data.europa.eu/nuts/code/FRD"}
    boxes = {nodes[place]["dcat:bbox"][0] for place in places}
    assert len(boxes) == 1
    (box,) = boxes
    assert box.value.startswith("POLYGON((")
    assert box.datatype.value == "http://www.opengis.net/ont/geosparql#wktLiteral"
    other = nodes[f"{BASE}dataset/autre-liste"]["dcterms:spatial"]
    assert [value.value for value in other] == [f"{AUTHORITY}country/FRA"]


def test_temporal_coverage_is_a_blank_node_and_each_dataset_has_its_own(nodes: Graph) -> None:
    seen = set()
    for subject in of_class(nodes, "dcat:Dataset"):
        (node,) = nodes[subject]["dcterms:temporal"]
        assert isinstance(node, ox.BlankNode)
        seen.add(node)
    assert len(seen) == 4
    (node,) = nodes[f"{BASE}dataset/pic-normandie"]["dcterms:temporal"]
    facts = nodes[node.value]
    assert (facts["dcat:startDate"][0].value, facts["dcat:endDate"][0].value) == ("2019-01-01", "2019-09-30")


def test_blank_nodes_are_periods_only(graph: list[ox.Triple]) -> None:
    assert {compact(t.predicate.value) for t in graph if isinstance(t.object, ox.BlankNode)} == {"dcterms:temporal"}


def test_keywords_are_what_ckan_keeps(nodes: Graph) -> None:
    words = [word.value for facts in nodes.values() for word in facts.get("dcat:keyword", ())]
    assert "Provence-Alpes-Côte d Azur" in words
    assert all(re.fullmatch(r"[\w\-. ]{2,100}", word) for word in words)


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_keyword_becomes_one_that_ckan_keeps_or_nothing(text: str) -> None:
    word = dcat.keyword(text)
    assert word == "" or re.fullmatch(r"[\w\-. ]{2,100}", word)
    assert dcat.keyword(word) == word


def test_identifiers_are_unique(nodes: Graph) -> None:
    subjects = of_class(nodes, "dcat:Dataset") + of_class(nodes, "dcat:DataService")
    found = [nodes[s]["dcterms:identifier"][0].value for s in subjects]
    assert len(found) == len(set(found)) == 5


def test_no_distribution_names_the_service(graph: list[ox.Triple]) -> None:
    assert "dcat:accessService" not in {compact(t.predicate.value) for t in graph}


def test_sizes_and_digests_are_those_of_the_dumps(nodes: Graph, manifest: Manifest) -> None:
    for entry in manifest.dumps:
        me = f"{BASE}dataset/{entry['dataset']}#{str(entry['name'])[len(str(entry['dataset'])) + 1 :]}"
        assert nodes[me]["dcat:downloadURL"][0].value == f"{BASE}dumps/{entry['name']}"
        assert nodes[me]["dcat:byteSize"][0].value == str(entry["size"])
        (checksum,) = nodes[me]["spdx:checksum"]
        assert nodes[checksum.value]["spdx:checksumValue"][0].value == entry["sha512"]


def test_the_media_type_is_that_of_the_bytes_served(nodes: Graph) -> None:
    packed = nodes[f"{BASE}dataset/ensemble#nq.gz"]
    assert packed["dcat:mediaType"][0].value == formats.GZIP.iana_iri == packed["dcat:compressFormat"][0].value
    assert packed["dcterms:format"][0].value == formats.N_QUADS.eu_iri
    assert nodes[f"{BASE}dataset/ensemble#nq"]["dcat:mediaType"][0].value == formats.N_QUADS.iana_iri


def test_descriptions_suit_google_dataset_search(nodes: Graph) -> None:
    for subject in of_class(nodes, "dcat:Dataset"):
        for text in nodes[subject]["dcterms:description"]:
            assert 50 <= len(text.value) <= 5000


def test_a_theme_that_does_not_exist_is_refused_in_a_sentence() -> None:
    document = {"key": "x", "title_fr": "X", "themes": ["NOPE"]}
    manifest = Manifest("h", BASE, "0", "2026-01-01T00:00:00Z", documents=(document,))
    with pytest.raises(UsageError, match=r"NOPE.*source\.toml"):
        list(datasets(SETTINGS, manifest, lambda _: b""))


def test_a_key_with_awkward_characters_stays_one_node() -> None:
    document = {"key": "é #1/..", "title_fr": "X"}
    manifest = Manifest("h", BASE, "0", "2026-01-01T00:00:00Z", documents=(document,))
    (of,) = [d for d in datasets(SETTINGS, manifest, lambda _: b"") if d.title_fr == "X"]
    text = "\n".join(dcat.dataset(SETTINGS, of).lines).encode()
    subjects = {q.subject.value for q in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)}
    assert f"{BASE}dataset/%C3%A9%20%231%2F.." in subjects


@pytest.mark.parametrize(
    ("start", "end", "issued", "expected"),
    [
        ("2019-01-01", "2020-12-31", "2021", ("2019-01-01", "2020-12-31")),
        ("", "", "2021", ("2021-01-01", "2021-12-31")),
        ("", "", "2020-02", ("2020-02-01", "2020-02-29")),
        ("", "", "2020-12", ("2020-12-01", "2020-12-31")),
        ("", "", "2020-12-05", ("2020-12-05", "2020-12-05")),
        ("", "", "", ("2026-11-24", "2026-11-24")),
        ("", "", "vers 2020", ("2026-11-24", "2026-11-24")),
        ("2019-01-01", "", "", ("2019-01-01", "2019-01-01")),
        ("2022-01-01", "", "2021", ("2021-12-31", "2022-01-01")),
    ],
)
def test_a_period_is_always_there_and_in_order(start: str, end: str, issued: str, expected: tuple[str, str]) -> None:
    found = period(start, end, issued, "2026-11-24T10:00:00Z")
    assert (found.start, found.end) == expected


def test_the_same_release_gives_the_same_lines(catalogue: Catalogue, manifest: Manifest) -> None:
    again = [line for d in datasets(SETTINGS, manifest, lambda _: b"") for line in dcat.dataset(SETTINGS, d).lines]
    twice = [line for d in datasets(SETTINGS, manifest, lambda _: b"") for line in dcat.dataset(SETTINGS, d).lines]
    assert again == twice


def test_a_contact_may_be_an_address_on_the_web_or_missing() -> None:
    for contact, expected in (("https://x.example/c", "<https://x.example/c>"), ("", f"<{BASE}>")):
        notes = dcat.Notes()
        parties.contact(notes, "x:y", replace(SETTINGS, contact=contact))
        assert any("hasURL" in line and expected in line for line in notes.lines)
