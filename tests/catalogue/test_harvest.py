"""What portals would make of our catalogue (everything), and of catalogues with one fault each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from sample_catalogue import SETTINGS, describe, release
from sample_release import BASE

from laurier import formats
from laurier.catalogue import pages
from laurier.catalogue.harvest import mqa
from laurier.catalogue.harvest.check import HarvestReport, check_harvest
from laurier.catalogue.harvest.facts import Facts
from laurier.catalogue.pages import Catalogue
from laurier.errors import DataRefused, UsageError
from laurier.vocabulary import PREFIXES

Edit = Callable[[str], str]


@pytest.fixture(scope="module")
def text(catalogue: Catalogue) -> str:
    page = catalogue.page(1, f"{BASE}catalogue")
    assert page is not None
    return "\n".join(page.lines)


def check(tmp_path: Path, text: str) -> HarvestReport:
    path = tmp_path / "catalogue.nt"
    path.write_text(text, encoding="utf-8")
    return check_harvest(str(path), links=False)


def test_every_portal_keeps_the_whole_of_our_catalogue(tmp_path: Path, text: str) -> None:
    report = check(tmp_path, text)
    assert [(v.portal, v.lost, v.refused) for v in report.verdicts if v.lost or v.refused] == []
    assert report.whole
    assert {v.points for v in report.of("data.europa.eu") if v.points is not None} == {405}
    (gouv,) = [v for v in report.of("data.gouv.fr") if v.subject == f"{BASE}dataset/pic-normandie"]
    assert gouv.kept["license"] == "lov2"
    assert gouv.kept["spatial"] == "MultiPolygon"
    assert gouv.kept["temporal_coverage"] == "2019-01-01 – 2019-09-30"
    assert gouv.kept["frequency"] == "IRREG"
    assert gouv.kept["resources"] == "8"
    (service,) = [v for v in report.of("data.gouv.fr") if "base_api_url" in v.kept]
    assert service.kept["base_api_url"] == f"{BASE}sparql"


def without(name: str) -> Edit:
    iri = f"<{PREFIXES[name.partition(':')[0]]}{name.partition(':')[2]}>"
    return lambda text: "\n".join(line for line in text.split("\n") if f" {iri} " not in line)


def replaced(old: str, new: str) -> Edit:
    return lambda text: text.replace(old, new)


ME = f"<{BASE}dataset/pic-normandie>"


@pytest.mark.parametrize(
    ("edit", "portal", "about", "outcome"),
    [
        (without("dcterms:identifier"), "data.gouv.fr", "dcterms:identifier", "refused"),
        (replaced("checksumAlgorithm_sha512", "checksumAlgorithm_sha256"), "data.gouv.fr", "spdx:checksum", "refused"),
        (replaced("checksumAlgorithm_sha512", "checksumAlgorithm_md5"), "data.gouv.fr", "spdx:checksum", "refused"),
        (replaced("checksumAlgorithm_sha512", "checksumAlgorithm_sha1"), "data.gouv.fr", "spdx:checksum", "refused"),
        (replaced("_:periode-", f"{BASE}periode/"), "data.gouv.fr", "x", "syntax"),
        (without("dcat:bbox"), "data.gouv.fr", "dcterms:spatial", "lost"),
        (replaced("POLYGON((", "LINESTRING(("), "data.gouv.fr", "dcterms:spatial", "lost"),
        (without("dcterms:license"), "data.gouv.fr", "dcterms:license", "lost"),
        (without("dcat:startDate"), "data.gouv.fr", "dcterms:temporal", "lost"),
        (replaced('"lauréats"@fr', '"appels d\'offres"@fr'), "CKAN", "dcat:keyword", "refused"),
        (without("rdfs:label"), "CKAN", "dcat:mediaType", "lost"),
        (without("rdfs:label"), "CKAN", "dcterms:license", "lost"),
        (without("dcterms:title"), "CKAN", "dcterms:title", "refused"),
        (without("dcat:contactPoint"), "data.europa.eu", "dcat:contactPoint", "lost"),
        (without("dcat:theme"), "data.europa.eu", "dcat:theme", "lost"),
        (without("dcat:byteSize"), "data.europa.eu", "dcat:byteSize", "lost"),
        (replaced("nonNegativeInteger", "string"), "data.europa.eu", "dcat:byteSize", "lost"),
        (without("foaf:name"), "data.europa.eu", "foaf:name", "lost"),
    ],
)
def test_each_fault_is_told_for_the_portal_that_it_hurts(
    tmp_path: Path, text: str, edit: Edit, portal: str, about: str, outcome: str
) -> None:
    altered = edit(text)
    assert altered != text
    if outcome == "syntax":
        with pytest.raises(DataRefused, match="not valid N-Triples"):
            check(tmp_path, altered)
        return
    report = check(tmp_path, altered)
    reasons = [reason for v in report.of(portal) for reason in getattr(v, outcome) if reason.about == about]
    assert reasons
    assert all(reason.say("fr") != reason.say("en") for reason in reasons)
    assert not report.whole


def test_a_period_with_an_iri_is_lost(tmp_path: Path, text: str) -> None:
    altered = "\n".join(line.replace("_:periode-pic_2d_normandie", f"<{BASE}periode/1>") for line in text.split("\n"))
    assert altered != text
    report = check(tmp_path, altered)
    assert [r.about for v in report.of("data.gouv.fr") for r in v.lost] == ["dcterms:temporal"]


def test_a_service_behind_a_distribution_is_told(tmp_path: Path, text: str) -> None:
    added = f"<{BASE}dataset/ensemble#ttl> <{PREFIXES['dcat']}accessService> <{BASE}catalogue#sparql> ."
    report = check(tmp_path, f"{text}\n{added}")
    assert [r.about for v in report.of("data.gouv.fr") for r in v.lost] == ["dcat:accessService"]


@pytest.mark.parametrize(
    "literal",
    ['"-1,48,2,50"', '"{\\"type\\":\\"Polygon\\",\\"coordinates\\":[]}"^^<http://www.opengis.net/rdf#GeoJSON>'],
)
def test_the_other_forms_of_coverage_that_data_gouv_reads(tmp_path: Path, literal: str) -> None:
    node = literal if "^^" not in literal else f"_:place .\n_:place <http://www.w3.org/ns/locn#geometry> {literal}"
    text = (
        f"<x:d> <{PREFIXES['rdf']}type> <{PREFIXES['dcat']}Dataset> .\n<x:d> <{PREFIXES['dcterms']}spatial> {node} .\n"
    )
    (verdict,) = [v for v in check(tmp_path, text).of("data.gouv.fr") if v.subject == "x:d"]
    assert verdict.kept["spatial"] == "MultiPolygon"


def test_points_are_those_of_the_best_distribution_and_levels_follow() -> None:
    text = (
        f"<x:d> <{PREFIXES['rdf']}type> <{PREFIXES['dcat']}Dataset> ; <{PREFIXES['dcat']}distribution> <x:a>, <x:b> .\n"
        f"<x:a> <{PREFIXES['dcat']}accessURL> <http://a.example/> .\n"
        f"<x:b> <{PREFIXES['dcat']}downloadURL> <http://b.example/> .\n"
        f"<x:b> <{PREFIXES['dcat']}accessURL> <http://b.example/> .\n"
    )
    facts = Facts(q.triple for q in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE))
    (me,) = facts.of("dcat:Dataset")
    all_answer = mqa.metrics(facts, me, conforms=False, answers=lambda _: True)
    assert sum(m.points for m in all_answer) == mqa.MAXIMUM == 405
    assert mqa.points(all_answer) == 100  # access 50, download 20 + 30
    assert mqa.points(mqa.metrics(facts, me, conforms=True, answers=lambda url: "a.example" in url)) == 80
    assert [mqa.level(n) for n in (405, 351, 350, 221, 220, 120, 119, 0)] == [
        "Excellent", "Excellent", "Good", "Good", "Sufficient", "Sufficient", "Bad", "Bad",
    ]  # fmt: skip


@pytest.mark.parametrize("where", ["nowhere.ttl", "ftp://x.example/c.ttl", "file:///etc/passwd"])
def test_what_cannot_be_read_is_told_in_a_sentence(where: str) -> None:
    with pytest.raises(UsageError):
        check_harvest(where)


@pytest.mark.parametrize(("name", "body"), [("c.ttl", "<a> <b"), ("c.rdf", "<!DOCTYPE x [<!ENTITY a 'b'>]><rdf:RDF/>")])
def test_a_broken_or_hostile_file_is_refused_in_a_sentence(tmp_path: Path, name: str, body: str) -> None:
    path = tmp_path / name
    path.write_text(body)
    with pytest.raises(DataRefused):
        check_harvest(str(path))


Answer = tuple[int, dict[str, str], bytes]


class Site:
    """A web site in memory: what each address answers, and what was asked."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str]] = []

    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.method, str(request.url)))
        status, headers, body = self.answers.get(str(request.url), (404, {}, b""))
        return httpx.Response(status, headers=headers, content=b"" if request.method == "HEAD" else body)


TURTLE = {"content-type": "text/turtle; charset=utf-8"}


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Catalogue]:
    path = tmp_path / pages.NAME
    pages.build(path, SETTINGS, release(tmp_path), describe)
    with Catalogue(path, BASE) as opened:
        yield opened


def served(catalogue: Catalogue, address: str, headers: dict[str, str], size: int = 1) -> dict[str, Answer]:
    first = catalogue.page(1, address, size=size)
    assert first is not None
    answers: dict[str, Answer] = {}
    for number in range(1, first.last + 1):
        page = catalogue.page(number, address, size=size)
        assert page is not None
        where = address if number == 1 else f"{address}?page={number}"
        answers[where] = (200, headers, "\n".join(page.lines).encode())
    return answers


def test_pages_are_followed_and_every_link_is_asked_once(large: Catalogue) -> None:
    address = f"{BASE}catalogue"
    answers = served(large, address, TURTLE)
    for page in list(answers.values()):
        for quad in ox.parse(page[2], format=ox.RdfFormat.N_TRIPLES):
            if quad.predicate.value.endswith("downloadURL"):
                answers[quad.object.value] = (200, {}, b"")
    site = Site(answers)
    report = check_harvest(address, site.client())
    assert len([v for v in report.of("data.gouv.fr") if "title" in v.kept and "base_api_url" not in v.kept]) == 4
    assert {v.points for v in report.of("data.europa.eu") if v.points is not None} == {405}
    assert report.whole
    assert len(site.asked) == len(set(site.asked))


def test_dead_links_cost_points(large: Catalogue) -> None:
    report = check_harvest(f"{BASE}catalogue", Site(served(large, f"{BASE}catalogue", TURTLE, 9)).client())
    assert {v.points for v in report.of("data.europa.eu") if v.points is not None} == {405 - 50 - 30}


@pytest.mark.parametrize(
    ("headers", "about", "portal", "outcome"),
    [
        ({"content-type": "text/turtle"}, "charset", "data.gouv.fr", "lost"),
        ({"content-type": "application/n-triples"}, None, "data.gouv.fr", "lost"),
    ],
)
def test_the_charset_matters_for_text(
    large: Catalogue, headers: dict[str, str], about: str | None, portal: str, outcome: str
) -> None:
    address = f"{BASE}catalogue"
    report = check_harvest(address, Site(served(large, address, headers, 9)).client(), links=False)
    assert [r.about for v in report.of(portal) for r in getattr(v, outcome)] == ([about] if about else [])


def test_a_redirection_is_refused_by_data_gouv_alone(large: Catalogue) -> None:
    address = f"{BASE}catalogue"
    answers = served(large, f"{address}.ttl", TURTLE, 9)
    answers[address] = (303, {"location": "/catalogue.ttl"}, b"")
    report = check_harvest(address, Site(answers).client(), links=False)
    assert [r.about for v in report.of("data.gouv.fr") for r in v.refused] == ["redirection", "HEAD"]
    assert [v.kept["title"] for v in report.of("CKAN") if "title" in v.kept]


def test_a_second_page_in_another_serialisation_is_refused(large: Catalogue) -> None:
    address = f"{BASE}catalogue"
    answers = served(large, address, TURTLE, 2)
    status, _, body = answers[f"{address}?page=2"]
    answers[f"{address}?page=2"] = (status, {"content-type": formats.N_TRIPLES.content_type}, body)
    report = check_harvest(address, Site(answers).client(), links=False)
    assert {v.portal for v in report.verdicts for r in v.refused if r.about == "hydra:next"} == {"data.gouv.fr", "CKAN"}


def test_a_dataset_on_two_pages_is_refused(large: Catalogue) -> None:
    address = f"{BASE}catalogue"
    answers = served(large, address, TURTLE, 2)
    status, headers, body = answers[f"{address}?page=2"]
    again = "\n".join(large.dataset("ensemble") or []).encode()
    answers[f"{address}?page=2"] = (status, headers, body + b"\n" + again)
    report = check_harvest(address, Site(answers).client(), links=False)
    assert [v.subject for v in report.of("data.gouv.fr") if v.refused] == [f"{BASE}dataset/ensemble"]


def test_pages_that_piveau_cannot_follow_are_refused(large: Catalogue) -> None:
    address = f"{BASE}catalogue"
    answers = served(large, address, TURTLE, 2)
    status, headers, body = answers[address]
    answers[address] = (status, headers, body.replace(f"{address}?page=2".encode(), f"{BASE}page/2".encode()))
    body = "\n".join(x for x in answers[address][2].decode().split("\n") if "totalItems" not in x).encode()
    answers[address] = (status, headers, body)
    answers[f"{BASE}page/2"] = answers.pop(f"{address}?page=2")
    report = check_harvest(address, Site(answers).client(), links=False)
    reasons = [r.about for v in report.of("data.europa.eu") for r in v.refused]
    assert reasons == ["hydra:totalItems", "hydra:next"]


def test_a_loop_of_pages_ends(large: Catalogue) -> None:
    address = f"{BASE}catalogue"
    answers = served(large, address, TURTLE, 2)
    status, headers, body = answers[f"{address}?page=2"]
    loop = f"<{address}?page=2> <{PREFIXES['hydra']}next> <{address}> ."
    answers[f"{address}?page=2"] = (status, headers, body + b"\n" + loop.encode())
    site = Site(answers)
    check_harvest(address, site.client(), links=False)
    assert len(site.asked) == 4  # HEAD and GET of two pages


@pytest.mark.parametrize("answer", [(500, {}, b""), (200, {"content-type": "text/html"}, b"<html>"), (404, {}, b"")])
def test_an_answer_that_is_no_catalogue_is_refused_in_a_sentence(answer: Answer) -> None:
    with pytest.raises(DataRefused):
        check_harvest(f"{BASE}x", Site({f"{BASE}x": answer}).client())


def test_a_server_that_is_away_is_told_in_a_sentence() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(DataRefused, match="does not answer"):
        check_harvest(BASE, httpx.Client(transport=httpx.MockTransport(away)))
