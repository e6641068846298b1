"""VoID, site maps, robots.txt, OpenSearch, schema.org and the feed."""

from __future__ import annotations

import json
import urllib.robotparser
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from sample_catalogue import REGION, SETTINGS, describe, release
from sample_release import BASE, MINT, ROW, lines

from laurier.catalogue import discovery, feed, schema_org, void
from laurier.catalogue.discovery import Part
from laurier.catalogue.pages import Catalogue
from laurier.snapshot import entities, entity_file, history
from laurier.snapshot.entities import Entities
from laurier.snapshot.history import History
from laurier.snapshot.manifest import Manifest
from laurier.snapshot.opened import Snapshot
from laurier.vocabulary import PREFIXES

VOID = PREFIXES["void"]


def parsed(found: list[str]) -> list[ox.Triple]:
    return [q.triple for q in ox.parse("\n".join(found).encode(), format=ox.RdfFormat.N_TRIPLES)]


def objects(triples: list[ox.Triple], subject: str, predicate: str) -> list[str]:
    return [t.object.value for t in triples if t.subject.value == subject and t.predicate.value == predicate]


class TestVoid:
    @pytest.fixture
    def told(self, manifest: Manifest) -> list[ox.Triple]:
        counted = replace(manifest, counts={f"{PREFIXES['lau']}Laureate": 4})
        return parsed(list(void.describe(SETTINGS, counted, [ROW.laureate])))

    def test_it_names_the_ways_in(self, told: list[ox.Triple]) -> None:
        me = f"{BASE}dataset/ensemble"
        assert objects(told, me, f"{VOID}sparqlEndpoint") == [f"{BASE}sparql"]
        assert objects(told, me, f"{VOID}uriSpace") == [f"{BASE}id/"]
        assert objects(told, me, f"{VOID}exampleResource") == [ROW.laureate]
        assert objects(told, me, f"{PREFIXES['dcterms']}license") == [
            "http://publications.europa.eu/resource/authority/licence/ETALAB_2_0"
        ]
        assert objects(told, f"{BASE}.well-known/void", f"{PREFIXES['foaf']}primaryTopic") == [me]

    def test_every_dump_holds_the_number_of_triples_that_is_told(self, told: list[ox.Triple], tmp_path: Path) -> None:
        release(tmp_path)
        subsets = objects(told, f"{BASE}dataset/ensemble", f"{VOID}subset")
        assert len(subsets) == 3
        for me in (f"{BASE}dataset/ensemble", *subsets):
            (count,) = objects(told, me, f"{VOID}triples")
            addresses = objects(told, me, f"{VOID}dataDump")
            assert len(addresses) == 3
            for address in addresses:
                path = tmp_path / "dumps" / address.rpartition("/")[2]
                assert len(list(ox.parse(path=str(path)))) == int(count)

    def test_classes_are_counted(self, told: list[ox.Triple]) -> None:
        (part,) = objects(told, f"{BASE}dataset/ensemble", f"{VOID}classPartition")
        assert objects(told, part, f"{VOID}class") == [f"{PREFIXES['lau']}Laureate"]
        assert objects(told, part, f"{VOID}entities") == ["4"]


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entities]:
    path = tmp_path_factory.mktemp("entities") / entities.NAME
    entity_file.build(lines(), path)
    with closing(Entities(path)) as opened:
        yield opened


NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


class TestSiteMaps:
    def test_every_thing_with_a_page_is_listed_once(self, things: Entities, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(discovery, "MOST", 2)
        found = discovery.parts(things, BASE)
        assert [(p.kind, p.number) for p in found if p.kind in ("", "laureat")] == [
            ("", 1), ("laureat", 1), ("laureat", 2),
        ]  # fmt: skip
        addresses: list[str] = []
        for part in found:
            root = ElementTree.fromstring("".join(discovery.sitemap(things, BASE, part, ["fr/", "en/"], "2026-01-01")))
            told = [node.text or "" for node in root.iter(f"{NAMESPACE}loc")]
            assert len(told) <= 2
            assert [node.text for node in root.iter(f"{NAMESPACE}lastmod")] == ["2026-01-01"] * len(told)
            addresses += told
        assert len(addresses) == len(set(addresses))
        assert {f"{BASE}fr/", f"{BASE}en/"} < set(addresses)
        assert {MINT.document(r) for r in (ROW.laureate, ROW.project, ROW.places[0].iri)} < set(addresses)

    def test_the_index_names_every_part(self) -> None:
        found = [Part("", 1), Part("laureat", 1), Part("laureat", 2, "x")]
        root = ElementTree.fromstring(discovery.index(BASE, found, "2026-01-01T00:00:00Z"))
        assert [node.text for node in root.iter(f"{NAMESPACE}loc")] == [
            f"{BASE}sitemap-pages-1.xml", f"{BASE}sitemap-laureat-1.xml", f"{BASE}sitemap-laureat-2.xml",
        ]  # fmt: skip

    def test_addresses_are_escaped(self, things: Entities) -> None:
        text = "".join(discovery.sitemap(things, BASE, Part("", 1), ["fr/a?b=1&c=<é>"], "2026-01-01"))
        root = ElementTree.fromstring(text)
        assert [node.text for node in root.iter(f"{NAMESPACE}loc")] == [f"{BASE}fr/a?b=1&c=%3C%C3%A9%3E"]


def test_robots_may_read_everything_but_queries() -> None:
    rules = urllib.robotparser.RobotFileParser()
    rules.parse(discovery.robots(BASE).splitlines())
    assert rules.site_maps() == [f"{BASE}sitemap.xml"]
    for path in ("", "catalogue", "fr/", "doc/laureat/pic/cuisine", "fr/laureats", "sparql", "dumps/ensemble.ttl"):
        assert rules.can_fetch("any", BASE + path)
    for path in ("sparql?query=x", "fr/laureats?public=jeunes"):
        # Python's reader takes the first rule that matches, search engines the longest (RFC 9309 section 2.2.2).
        longest = max(
            (line.split(": ")[1] for line in discovery.robots(BASE).splitlines() if line.startswith(("Allow", "Dis"))
             and f"/{path}".startswith(line.split(": ")[1])),
            key=len,
        )  # fmt: skip
        assert f"Disallow: {longest}" in discovery.robots(BASE)


def test_opensearch_names_the_search_page() -> None:
    text = discovery.opensearch(replace(SETTINGS, title_fr="A & <b>"), "fr/laureats?q={searchTerms}&x=1")
    root = ElementTree.fromstring(text)
    (url,) = root.iter("{http://a9.com/-/spec/opensearch/1.1/}Url")
    assert url.attrib["template"] == f"{BASE}fr/laureats?q={{searchTerms}}&x=1"


class TestSchemaOrg:
    def test_a_dataset_has_what_dataset_search_asks_for(self, catalogue: Catalogue) -> None:
        block = catalogue.dataset("pic-normandie") or []
        found = schema_org.dataset(block, BASE, "pic-normandie", "en")
        assert found["@type"] == "Dataset"
        assert found["name"] == "Laureates of the skills investment plan"
        assert 50 <= len(found["description"]) <= 5000
        assert found["license"] == "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
        assert found["creator"] == {"@type": "Organization", "name": "DREETS d'essai"}
        assert found["temporalCoverage"] == "2019-01-01/2019-09-30"
        (place,) = found["spatialCoverage"]
        assert place["geo"]["box"] == "48.1 -1.9 50.0 1.7"
        assert place["name"] == "Normandie"
        assert len(place["sameAs"]) == 3
        assert len(found["distribution"]) == 8
        assert all(d["contentUrl"].startswith(f"{BASE}dumps/") and d["encodingFormat"] for d in found["distribution"])

    def test_the_title_falls_back_on_french(self, catalogue: Catalogue) -> None:
        block = catalogue.dataset("autre-liste") or []
        assert schema_org.dataset(block, BASE, "autre-liste", "en")["name"] == "Autre liste"

    def test_a_thing_is_typed(self) -> None:
        text = describe(REGION) + f"<{REGION}> <{PREFIXES['rdf']}type> <{PREFIXES['lau']}Territory> .\n".encode()
        found = schema_org.thing(REGION, text, f"{BASE}doc/territoire/region/28", "fr")
        assert found is not None
        assert (found["@type"], found["name"]) == ("AdministrativeArea", "Normandie")
        assert found["sameAs"] == ["http://data.europa.eu/nuts/code/FRD", "http://id.insee.fr/geo/region/28"]
        assert schema_org.thing(REGION, describe(REGION), "x", "fr") is None

    def test_a_script_cannot_be_closed_by_its_text(self) -> None:
        text = schema_org.script({"name": "</script><script>alert(1)</script>&"})
        assert "<" not in text
        assert "&" not in text
        assert json.loads(text) == {"name": "</script><script>alert(1)</script>&"}


class TestFeed:
    @pytest.fixture
    def told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[History]:
        monkeypatch.setattr(feed, "PAGE_SIZE", 3)
        quads = lines()
        (tmp_path / "data.nq").write_text("".join(f"{line}\n" for line in quads), encoding="utf-8")
        entity_file.build(quads, tmp_path / entities.NAME)
        manifest = Manifest("r1", BASE, "0", "2026-01-01T00:00:00Z")
        history.extend(tmp_path / history.NAME, None, Snapshot(tmp_path, manifest))
        with closing(History(tmp_path / history.NAME)) as opened:
            yield opened

    def test_a_client_meets_every_member_once(self, told: History) -> None:
        tree, number, members = PREFIXES["tree"], 1, list[str]()
        while number:
            page = parsed(feed.page(told, BASE, number) or [])
            me = feed.address(BASE, number)
            found = objects(page, f"{BASE}feed", f"{tree}member")
            assert 1 <= len(found) <= 3
            for member in found:
                (thing,) = objects(page, member, f"{PREFIXES['dcterms']}isVersionOf")
                assert objects(page, member, f"{PREFIXES['as']}object") == [thing]
                assert objects(page, member, f"{PREFIXES['dcterms']}modified") == ["2026-01-01T00:00:00Z"]
                assert objects(page, member, f"{PREFIXES['rdf']}type") == [f"{PREFIXES['as']}Create"]
            members += found
            following = [objects(page, relation, f"{tree}node")[0] for relation in objects(page, me, f"{tree}relation")]
            number = int(following[0].rpartition("/")[2]) if following else 0
        assert len(members) == len(set(members)) == told.size() > 6

    def test_it_is_an_event_stream(self, told: History) -> None:
        page = parsed(feed.page(told, BASE, 1) or [])
        stream, ldes = f"{BASE}feed", PREFIXES["ldes"]
        assert objects(page, stream, f"{PREFIXES['rdf']}type") == [f"{ldes}EventStream"]
        assert objects(page, stream, f"{ldes}timestampPath") == [f"{PREFIXES['dcterms']}modified"]
        assert objects(page, stream, f"{ldes}versionOfPath") == [f"{PREFIXES['dcterms']}isVersionOf"]
        assert objects(page, stream, f"{PREFIXES['tree']}view") == [f"{BASE}feed/1"]

    def test_there_is_nothing_beyond(self, told: History) -> None:
        assert feed.page(told, BASE, feed.last(told) + 1) is None
        assert feed.page(told, BASE, 0) is None
