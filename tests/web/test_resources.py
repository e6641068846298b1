"""Things and their documents: negotiation, validators, codings, links, errors, against a running server."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import brotli
import httpx
import pyoxigraph as ox
import pytest
import zstandard
from lxml import html

from laurier import formats
from laurier.formats import PAGES
from laurier.pipeline.outcome import Outcome
from laurier.settings import Settings
from laurier.snapshot import manifest as manifests
from tests.web.conftest import LAUREATE, Server, running

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
RDF = [offer for offer in PAGES if offer is not formats.HTML]
DOC = f"/doc/{LAUREATE}"


def statements(response: httpx.Response, offer: formats.Format) -> set[str]:
    engine = ox.RdfFormat.from_media_type(offer.media_type)
    return {str(quad.triple) for quad in ox.parse(response.content, format=engine)}


def test_a_thing_leads_to_its_document(client: httpx.Client) -> None:
    for accept in ("text/turtle", BROWSER, "*/*"):
        response = client.get(f"/id/{LAUREATE}", headers={"accept": accept})
        assert response.status_code == 303
        assert response.headers["location"] == DOC
        assert response.headers["vary"] == "Accept"
        assert response.headers["content-length"] == "0"
        assert response.headers["access-control-allow-origin"] == "*"
        assert "set-cookie" not in response.headers


@pytest.mark.parametrize("offer", RDF, ids=lambda offer: offer.name)
def test_a_document_in_every_format(client: httpx.Client, site: Server, offer: formats.Format) -> None:
    response = client.get(f"/id/{LAUREATE}", headers={"accept": offer.media_type}, follow_redirects=True)
    assert response.status_code == 200
    assert response.headers["content-type"] == offer.content_type
    assert "charset=utf-8" in response.headers["content-type"]
    assert response.headers["content-location"] == f"{DOC}.{offer.suffix}"
    found = statements(response, offer)
    by_suffix = client.get(f"{DOC}.{offer.suffix}", headers={"accept": "text/html"})
    assert statements(by_suffix, offer) == found
    assert found == statements(client.get(f"{DOC}.ttl"), formats.TURTLE)
    thing, me = f"<{site.base}id/{LAUREATE}>", f"<{site.base}{DOC[1:]}>"
    assert f"{me} <http://xmlns.com/foaf/0.1/primaryTopic> {thing}" in found
    assert any(line.startswith(f"{thing} <http://purl.org/dc/terms/title> ") and line.endswith("@fr") for line in found)
    # its evidence, the labels of what it links to, and what links to it
    assert any("TextQuoteSelector" in line for line in found)
    project = next(line.rpartition(" ")[2] for line in found if line.startswith(thing) and "ns#project>" in line)
    assert any(line.startswith(f"{project} <http://purl.org/dc/terms/title>") for line in found)
    assert client.get(f"{DOC}.ttl").content == client.get(f"{DOC}.ttl").content


def test_a_browser_gets_a_page(client: httpx.Client) -> None:
    for language in ("fr", "en"):
        headers = {"accept": BROWSER, "accept-language": f"{language}-CA, de;q=0.5"}
        response = client.get(DOC, headers=headers)
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert response.headers["content-language"] == language
        assert response.headers["vary"] == "Accept, Accept-Language, Accept-Encoding"
        tree = html.fromstring(response.content)
        assert tree.get("lang") == language
        assert tree.findtext(".//title")
    assert client.get(f"{DOC}.html", headers={"accept": "text/turtle"}).headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/rdf+xml;q=0.2, text/turtle;q=0.8", "text/turtle; charset=utf-8"),
        ("application/rdf+xml;q=0.8, text/turtle;q=0.2", "application/rdf+xml; charset=utf-8"),
        ("text/turtle;q=0, */*", "text/html; charset=utf-8"),
        ("application/json", "application/json; charset=utf-8"),
        ("text/plain, */*;q=0.1", "text/plain; charset=utf-8"),
        (
            "application/rdf+xml,text/rdf+n3;q=0.9,application/xhtml+xml;q=0.5,*/*;q=0.1",
            "application/rdf+xml; charset=utf-8",
        ),
        (";;;garbage,,=", "text/turtle; charset=utf-8"),
    ],
)
def test_weights_and_specificity_are_obeyed(client: httpx.Client, accept: str, expected: str) -> None:
    response = client.get(DOC, headers={"accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"] == expected


def test_nothing_acceptable_lists_what_exists(client: httpx.Client) -> None:
    response = client.get(DOC, headers={"accept": "image/png"})
    assert response.status_code == 406
    assert response.headers["vary"].startswith("Accept")
    offers = response.json()["offers"]
    assert {"type": "text/turtle", "href": f"{DOC}.ttl"} in offers
    assert {client.get(offer["href"]).status_code for offer in offers} == {200}


def test_validators(client: httpx.Client) -> None:
    tags = {}
    for offer in PAGES:
        response = client.get(f"{DOC}.{offer.suffix}")
        assert client.get(f"{DOC}.{offer.suffix}").headers["etag"] == response.headers["etag"]
        tags[offer.suffix] = response.headers["etag"]
        assert response.headers["etag"].startswith('"')
        same = client.get(f"{DOC}.{offer.suffix}", headers={"if-none-match": response.headers["etag"]})
        assert (same.status_code, same.content) == (304, b"")
        assert same.headers["etag"] == response.headers["etag"]
        assert same.headers["access-control-allow-origin"] == "*"
        weak = f'"x", W/{response.headers["etag"]}'
        assert client.get(f"{DOC}.{offer.suffix}", headers={"if-none-match": weak}).status_code == 304
        assert client.get(f"{DOC}.{offer.suffix}", headers={"if-none-match": "*"}).status_code == 304
        assert client.get(f"{DOC}.{offer.suffix}", headers={"if-none-match": '"other"'}).status_code == 200
        dated = {"if-modified-since": response.headers["last-modified"]}
        assert client.get(f"{DOC}.{offer.suffix}", headers=dated).status_code == 304
        older = {"if-modified-since": "Sat, 01 Jan 2000 00:00:00 GMT"}
        assert client.get(f"{DOC}.{offer.suffix}", headers=older).status_code == 200
        # the tag comes before the date
        both = {"if-none-match": '"other"', **dated}
        assert client.get(f"{DOC}.{offer.suffix}", headers=both).status_code == 200
        odd = {"if-modified-since": "not a date"}
        assert client.get(f"{DOC}.{offer.suffix}", headers=odd).status_code == 200
    languages = {client.get(f"{DOC}.html", headers={"accept-language": code}).headers["etag"] for code in ("fr", "en")}
    named = client.get(DOC, headers={"accept": "application/json"}).headers["etag"]
    assert len({*tags.values(), *languages, named}) == len(PAGES) + 2


@pytest.mark.parametrize(
    ("coding", "decode"),
    [
        ("gzip", None),
        ("br", brotli.decompress),
        ("zstd", lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data)),
    ],
)
def test_codings(site: Server, coding: str, decode: object) -> None:
    plain = httpx.get(site.url + f"{DOC}.ttl", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    asked = {"accept-encoding": f"{coding}, identity;q=0.1"}
    with httpx.stream("GET", site.url + f"{DOC}.ttl", headers=asked) as packed:
        raw = b"".join(packed.iter_raw())
    assert packed.headers["content-encoding"] == coding
    assert "Accept-Encoding" in packed.headers["vary"]
    assert packed.headers["etag"] != plain.headers["etag"]
    assert int(packed.headers["content-length"]) == len(raw) < len(plain.content)
    if callable(decode):
        assert decode(raw) == plain.content
    same = httpx.get(site.url + f"{DOC}.ttl", headers={**asked, "if-none-match": packed.headers["etag"]})
    assert same.status_code == 304
    other = httpx.get(site.url + f"{DOC}.ttl", headers={**asked, "if-none-match": plain.headers["etag"]})
    assert other.status_code == 200
    refused = httpx.get(site.url + f"{DOC}.ttl", headers={"accept-encoding": f"{coding};q=0"})
    assert "content-encoding" not in refused.headers
    nothing = httpx.get(site.url + f"{DOC}.ttl", headers={"accept-encoding": "identity;q=0, *;q=0"})
    assert nothing.status_code == 406


def test_head_options_and_other_methods(client: httpx.Client) -> None:
    for path in (DOC, f"{DOC}.rdf", f"/id/{LAUREATE}", "/catalogue", "/fr/", "/dumps/ensemble.nq", "/nothing"):
        got, head = client.get(path), client.head(path)
        assert head.status_code == got.status_code
        assert head.content == b""
        for name in ("content-type", "etag", "content-length", "vary", "link", "last-modified", "location"):
            assert head.headers.get(name) == got.headers.get(name), (path, name)
        options = client.options(path)
        assert options.status_code == 204
        assert options.headers["allow"] == "GET, HEAD, OPTIONS"
        for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE"):
            refused = client.request(method, path)
            assert refused.status_code == 405
            assert refused.headers["allow"] == "GET, HEAD, OPTIONS"


def test_links_say_what_else_there_is(client: httpx.Client, site: Server) -> None:
    page = client.get(f"{DOC}.html").headers["link"]
    for offer in RDF:
        assert f'<{DOC}.{offer.suffix}>; rel="alternate"; type="{offer.media_type}"' in page
    assert f'<{DOC}.ttl>; rel="describedby"' in page
    turtle = client.get(f"{DOC}.ttl").headers["link"]
    assert f'<{site.base}id/{LAUREATE}>; rel="describes"' in turtle
    assert f'<{site.base}{DOC[1:]}>; rel="canonical"' in turtle
    assert 'rel="license"' in turtle
    assert f'<{DOC}.html>; rel="alternate"; type="text/html"' in turtle


@pytest.mark.parametrize(
    "path", ["/id/laureat/none", "/doc/laureat/none", "/doc/laureat/none.ttl", "/none", "/doc/", "/id/"]
)
def test_the_unknown_is_not_found(client: httpx.Client, path: str) -> None:
    machine = client.get(path, headers={"accept": "text/turtle"})
    assert machine.status_code == 404
    assert machine.headers["content-type"] == "application/problem+json"
    assert machine.headers["access-control-allow-origin"] == "*"
    person = client.get(path, headers={"accept": BROWSER})
    assert person.status_code == 404
    assert person.headers["content-type"] == "text/html; charset=utf-8"
    assert html.fromstring(person.content).findtext(".//title")


def test_many_links_come_in_pages(client: httpx.Client, site: Server) -> None:
    source = "/doc/source/pic-normandie"
    first = client.get(f"{source}.ttl")
    assert f'<{source}.ttl?page=2>; rel="next"' in first.headers["link"]
    target = f"<{site.base}id/source/pic-normandie>"
    seen: set[str] = set()
    number, pages = 1, 0
    while True:
        page = client.get(f"{source}.ttl", params={"page": number})
        if page.status_code == 404:
            break
        found = {line for line in statements(page, formats.TURTLE) if line.endswith(f" {target}")}
        found = {line for line in found if "primaryTopic" not in line}
        assert 0 < len(found - seen) <= 100
        seen |= found
        pages, number = pages + 1, number + 1
    others = f"GRAPH ?g {{ ?s ?p {target} }} FILTER(?g != <{site.base}graph/catalogue>)"
    query = f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?s ?p {{ {others} }} }}"
    counted = client.get("/sparql", params={"query": query, "format": "csv"}).text.split()[1]
    assert pages > 1
    assert len(seen) == int(counted)
    for wrong in ("0", "-1", "x", "1e3", "10000000", "²"):
        assert client.get(f"{source}.ttl", params={"page": wrong}).status_code == 400


@pytest.mark.parametrize(
    "path", ["/fichier", "/sparql", "/.well-known/void", "/rdf-graph-store?default", "/ville/%C3%89vreux", "/fr/"]
)
def test_a_file_served_as_it_is_gets_no_licence_from_us(data: Server, path: str) -> None:
    got = httpx.get(data.url + path, headers={"Accept": "text/turtle, text/html;q=0.5"}, follow_redirects=True)
    assert got.status_code == 200
    assert "licen" not in got.headers.get("link", "")
    if "turtle" in got.headers["content-type"]:
        assert "license" not in got.text
    assert "Licence Ouverte" not in got.text


@pytest.mark.parametrize("path", ["/ns", "/publics", "/code"])
def test_the_ontology_and_schemes_link_the_licence_that_they_state(client: httpx.Client, path: str) -> None:
    got = client.get(path, headers={"Accept": "text/turtle"})
    stated = "https://creativecommons.org/licenses/by/4.0/"
    assert f"<{stated}>" in got.text
    assert f'<{stated}>; rel="license"' in got.headers["link"]


def test_any_spelling_of_an_iri_finds_it(data: Server) -> None:
    for path, label in (
        ("/ville/%C3%89vreux", "Évreux"),
        ("/ville/%c3%89vreux", "Évreux"),
        ("/ville/Le%20Havre", "Le Havre"),
        ("/dossier/", "Slash"),
        ("/fichier.ttl", "Point"),
    ):
        response = httpx.get(data.url + path, headers={"accept": "text/turtle"})
        assert response.status_code == 200, path
        assert label in response.text
    turtle = httpx.get(data.url + "/ville/%C3%89vreux.ttl", headers={"accept": "text/html"})
    assert turtle.headers["content-type"] == "text/turtle; charset=utf-8"
    assert "https://data.example.org/ville/Évreux" in turtle.text
    assert turtle.headers["link"].isascii()
    assert "/ville/%C3%89vreux.nt" in turtle.headers["link"]
    # a document whose things are hash IRIs
    person = httpx.get(data.url + "/personne", headers={"accept": "text/turtle"})
    assert "https://data.example.org/personne#moi" in person.text
    # what has no page of its own is shown as statements
    page = httpx.get(data.url + "/fichier", headers={"accept": BROWSER})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default graph" in page.text
    assert httpx.get(data.url + "/dossier").status_code == 404


def test_the_merged_and_the_withdrawn(built: tuple[Settings, Outcome], tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    shutil.copytree(built[0].releases, releases, symlinks=True)
    base = built[0].base
    connection = sqlite3.connect(releases / "current" / "entities.sqlite")
    connection.executemany(
        "INSERT INTO moved VALUES (?, ?)",
        [(f"{base}id/porteur/ancien", f"{base}id/{LAUREATE}"), (f"{base}id/porteur/retir%C3%A9", None)],
    )
    connection.commit()
    connection.close()
    current = releases / "current"
    manifest = manifests.read(current)
    entry = {"entities.sqlite": manifests.digest(current / "entities.sqlite")}
    (current / manifests.NAME).write_bytes(replace(manifest, files={**manifest.files, **entry}).to_json())
    with running("--releases", str(releases)) as server:
        for path in ("/id/porteur/ancien", "/doc/porteur/ancien"):
            merged = httpx.get(server.url + path)
            assert merged.status_code == 301
            assert merged.headers["location"] == f"/id/{LAUREATE}"
            assert httpx.get(server.url + path, follow_redirects=True).status_code == 200
        for path in ("/id/porteur/retir%C3%A9", "/doc/porteur/" + quote("retiré"), "/id/porteur/retir%c3%a9"):
            gone = httpx.get(server.url + path)
            assert gone.status_code == 410
            assert "withdrawn" in gone.json()["detail"]


def test_vocabularies_are_served_where_their_iris_lead(client: httpx.Client) -> None:
    for path in ("/ns", "/publics", "/code"):
        sizes = set()
        for offer in RDF:
            response = client.get(path, headers={"accept": offer.media_type})
            assert response.status_code == 200
            sizes.add(len(statements(response, offer)))
        assert len(sizes) == 1
        assert client.get(path, headers={"accept": BROWSER}).headers["content-type"].startswith("text/html")
    assert client.get("/ns.ttl").headers["content-type"] == "text/turtle; charset=utf-8"
    concept = client.get("/publics/refugies", headers={"accept": "text/turtle"})
    assert (concept.status_code, concept.headers["location"]) == (303, "/doc/public/refugies")
    described = client.get("/doc/public/refugies.ttl")
    assert "https://w3id.org/laurier/publics/refugies" in described.text or "pub:refugies" in described.text
    assert client.get("/doc/public/refugies", headers={"accept": BROWSER}).status_code == 200
    assert client.get("/publics/none").status_code == 404
    assert client.get("/code/none").status_code == 404


def test_hostile_paths_are_refused_politely(client: httpx.Client, site: Server) -> None:
    for path in ("/id/%FF%FE", "/doc/laureat/%00", "/doc/../../etc/passwd", "/static/../app.py", "/dumps/..%2Fdata.nq",
                 "/fr/%FF", "/doc/" + "x" * 5000, "/dataset/%2e%2e", "//example.org/", "/%5Cexample.org"):  # fmt: skip
        response = httpx.get(httpx.URL(site.url).copy_with(raw_path=path.encode()))
        assert response.status_code in (400, 404), path
        assert "location" not in response.headers
    assert client.get("/doc/laureat/x?page=1&page=%00").status_code in (400, 404)
