"""What harvesters and crawlers check from outside, on the release of the first brochure as it is served."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from laurier import formats
from laurier.pipeline.outcome import Outcome
from laurier.settings import Settings
from laurier.site.visits import Answer, Visitor, visitor
from laurier.snapshot.history import NAME, History
from laurier.snapshot.opened import Snapshot
from laurier.vocabulary import PREFIXES

DCAT, DCT, VOID, FOAF = (PREFIXES[p] for p in ("dcat", "dcterms", "void", "foaf"))
TYPE = f"{PREFIXES['rdf']}type"
PARSERS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
}


class Site:
    """The application, asked one address after another."""

    def __init__(self, runner: asyncio.Runner, visits: Visitor) -> None:
        self._runner, self._visits = runner, visits

    def get(self, address: str, accept: str = "*/*", language: str = "fr") -> Answer:
        return self._runner.run(self._visits.get(address, accept, language))

    def graph(self, address: str, accept: str = "*/*") -> list[ox.Triple]:
        answer = self.get(address, accept)
        assert answer.status == 200, address
        form = PARSERS[answer.headers["content-type"].partition(";")[0]]
        return [q.triple for q in ox.parse(answer.body, format=form, base_iri="https://data.example.org/")]


@pytest.fixture(scope="module")
def site(built: tuple[Settings, Outcome]) -> Iterator[Site]:
    with asyncio.Runner() as runner:
        context = visitor(built[0], None)
        yield Site(runner, runner.run(context.__aenter__()))
        runner.run(context.__aexit__(None, None, None))


def values(graph: list[ox.Triple], predicate: str, subject: str | None = None) -> list[str]:
    return [
        t.object.value
        for t in graph
        if t.predicate.value == predicate and (subject is None or t.subject.value == subject)
    ]


def path(iri: str, release: Snapshot) -> str:
    assert iri.startswith(release.base)
    return "/" + iri[len(release.base) :]


def test_c1_the_harvest_address_answers_200_with_rdf(site: Site) -> None:
    answer = site.get("/catalogue")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/turtle; charset=utf-8")


@pytest.mark.parametrize("suffix", ["ttl", "rdf", "jsonld", "nt"])
def test_c2_four_serialisations_by_suffix_say_the_same(site: Site, suffix: str) -> None:
    answer = site.get(f"/catalogue.{suffix}", "text/html")
    assert "charset=utf-8" in answer.headers["content-type"]
    assert len(answer.body) < 50_000_000
    assert len(set(map(str, site.graph(f"/catalogue.{suffix}")))) == len(set(map(str, site.graph("/catalogue"))))


def test_c6_every_file_is_what_the_catalogue_says(site: Site) -> None:
    graph = site.graph("/catalogue")
    distributions = values(graph, f"{DCAT}distribution")
    assert len(distributions) == 10 + 5 + 8 - 1
    for me in distributions:
        (address,) = values(graph, f"{DCAT}downloadURL", me)
        answer = site.get("/dumps/" + address.rpartition("/")[2])
        assert answer.status == 200
        (media,) = values(graph, f"{DCAT}mediaType", me)
        assert media.endswith(answer.headers["content-type"].partition(";")[0])
        assert values(graph, f"{DCAT}byteSize", me) == [str(len(answer.body))] == [answer.headers["content-length"]]
        (checksum,) = values(graph, f"{PREFIXES['spdx']}checksum", me)
        assert values(graph, f"{PREFIXES['spdx']}checksumValue", checksum) == [hashlib.sha512(answer.body).hexdigest()]


@pytest.mark.parametrize("accept", PARSERS)
def test_c8_every_dataset_answers_at_its_iri(site: Site, release: Snapshot, accept: str) -> None:
    datasets = values(site.graph("/catalogue"), f"{DCAT}dataset")
    assert len(datasets) == 3
    for me in datasets:
        answer = site.get(path(me, release), accept)
        assert (answer.status, answer.headers["content-type"].partition(";")[0]) == (200, accept)
        assert "Accept" in answer.headers["vary"]
        assert f"{DCAT}Dataset" in values(site.graph(path(me, release), accept), TYPE, me)


def test_c8_every_landing_page_is_a_page(site: Site, release: Snapshot) -> None:
    pages = values(site.graph("/catalogue"), f"{DCAT}landingPage")
    assert len(pages) == 3
    for page in pages:
        answer = site.get(path(page, release))
        assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_c10_the_catalogue_is_the_same_twice(site: Site) -> None:
    first, second = site.get("/catalogue"), site.get("/catalogue")
    assert (first.body, first.headers["etag"]) == (second.body, second.headers["etag"])


def test_g1_a_page_of_a_dataset_speaks_to_dataset_search(site: Site) -> None:
    text = site.get("/dataset/pic-normandie.html").body.decode()
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    told: dict[str, Any] = json.loads(script)
    assert told["@type"] == "Dataset"
    assert 50 <= len(told["description"]) <= 5000
    assert told["name"]
    assert told["license"].startswith("https://")
    assert told["creator"]["name"]
    assert all(d["contentUrl"] and d["encodingFormat"] for d in told["distribution"])


def test_v1_v2_void_leads_to_dumps_that_hold_what_it_counts(site: Site, release: Snapshot) -> None:
    graph = site.graph("/.well-known/void")
    me = f"{release.base}dataset/ensemble"
    assert f"{VOID}Dataset" in values(graph, TYPE, me)
    assert values(graph, f"{VOID}sparqlEndpoint", me) == [f"{release.base}sparql"]
    assert values(graph, f"{VOID}uriSpace", me)
    assert values(graph, f"{DCT}license", me)
    for subject in (me, *values(graph, f"{VOID}subset", me)):
        (count,) = values(graph, f"{VOID}triples", subject)
        for dump in values(graph, f"{VOID}dataDump", subject):
            assert len(site.graph(path(dump, release))) == int(count), dump
    examples = values(graph, f"{VOID}exampleResource", me)
    assert examples
    for example in examples:
        answer = site.get(path(example, release), "text/turtle")
        assert answer.status == 303
        assert values(site.graph(answer.headers["location"], "text/turtle"), TYPE, example)


def test_v3_robots_may_crawl_and_are_shown_the_site_map(site: Site, release: Snapshot) -> None:
    answer = site.get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.body.decode().splitlines()
    assert f"Sitemap: {release.base}sitemap.xml" in lines
    assert "Disallow: /" not in lines


def test_v4_every_address_of_the_site_maps_answers(site: Site, release: Snapshot) -> None:
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    index = ElementTree.fromstring(site.get("/sitemap.xml").body)
    addresses = []
    for node in index.iter(f"{space}loc"):
        found = ElementTree.fromstring(site.get(path(node.text or "", release)).body)
        assert len(found) == len(list(found.iter(f"{space}lastmod"))) <= 50_000
        addresses += [loc.text or "" for loc in found.iter(f"{space}loc")]
    assert len(addresses) == len(set(addresses)) > 100
    for address in addresses[:: max(1, len(addresses) // 40)]:
        assert site.get(path(address, release), "text/html").status == 200, address


def test_v5_the_home_page_leads_to_the_catalogue_and_void(site: Site) -> None:
    link = site.get("/", "text/html").headers["link"]
    assert '</catalogue>; rel="describedby"' in link
    assert '</.well-known/void>; rel="describedby"' in link


def test_l1_the_feed_is_an_event_stream_with_every_member(site: Site, release: Snapshot) -> None:
    graph = site.graph("/feed")
    stream = f"{release.base}feed"
    assert f"{PREFIXES['ldes']}EventStream" in values(graph, TYPE, stream)
    (view,) = values(graph, f"{PREFIXES['tree']}view", stream)
    page = site.graph(path(view, release))
    with closing(History(release.file(NAME))) as history:
        assert len(values(page, f"{PREFIXES['tree']}member", stream)) == min(250, history.size())


def test_every_page_of_a_thing_says_its_type_to_search_engines(site: Site, release: Snapshot) -> None:
    laureate = release.entities.following(f"{release.base}id/laureat/", limit=1)[0]
    for language in ("fr", "en"):
        text = site.get(f"/{language}/doc/{laureate[len(release.base) + 3 :]}", "text/html").body.decode()
        (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
        told = json.loads(script)
        assert (told["@id"], told["@type"]) == (laureate, "Grant")
        assert told["name"]


def test_an_unknown_dataset_or_version_is_not_found(site: Site) -> None:
    for address in ("/dataset/none", "/dataset/pic-normandie/0000000000000000", "/dataset/none.ttl", "/feed/999"):
        assert site.get(address).status == 404, address


def test_the_formats_of_the_catalogue_are_those_of_the_table(site: Site) -> None:
    kinds = set(values(site.graph("/catalogue"), f"{DCT}format"))
    assert kinds <= {row.eu_iri for row in formats.FORMATS}
