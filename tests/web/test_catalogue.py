"""The catalogue, dumps, graphs and what leads to them, against a running server."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import xml.etree.ElementTree as ET

import httpx
import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest

from laurier import formats
from laurier.formats import GRAPHS, PAGES
from laurier.snapshot.opened import Snapshot
from tests.web.conftest import Server

RDF = [offer for offer in PAGES if offer is not formats.HTML]


def parsed(response: httpx.Response, offer: formats.Format) -> list[ox.Triple]:
    engine = ox.RdfFormat.from_media_type(offer.media_type)
    return [quad.triple for quad in ox.parse(response.content, format=engine)]


def test_the_catalogue_answers_harvesters_without_redirect(client: httpx.Client) -> None:
    for method in ("GET", "HEAD"):
        response = client.request(method, "/catalogue", headers={"accept": "*/*"})
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/turtle; charset=utf-8"
    sizes = set()
    for offer in RDF:
        response = client.get(f"/catalogue.{offer.suffix}")
        assert response.headers["content-type"] == offer.content_type
        sizes.add(len(set(map(str, parsed(response, offer)))))
    assert len(sizes) == 1
    tag = client.get("/catalogue").headers["etag"]
    assert client.get("/catalogue", headers={"if-none-match": tag}).status_code == 304
    assert client.get("/catalogue?page=2").status_code == 404
    assert client.get("/catalogue?page=x").status_code == 400
    assert client.get("/catalogue?modified_since=yesterday").status_code == 400
    assert client.get("/catalogue?modified_since=2100-01-01").status_code == 200
    assert client.get("/catalogue.docx").status_code == 404


def test_every_dataset_of_the_catalogue_is_served(client: httpx.Client, site: Server) -> None:
    dcat = "http://www.w3.org/ns/dcat#"
    triples = parsed(client.get("/catalogue"), formats.TURTLE)
    datasets = [t.subject.value for t in triples if str(t.object) == f"<{dcat}Dataset>"]
    assert len(datasets) == 3
    for dataset in datasets:
        path = dataset.removeprefix(site.base.rstrip("/"))
        response = client.get(path, headers={"accept": "text/turtle"})
        assert response.status_code == 200
        assert f"<{dataset}>" in {str(triple.subject) for triple in parsed(response, formats.TURTLE)}
        page = client.get(path, headers={"accept": "text/html"})
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert '"@type": "Dataset"' in page.text
        assert client.get(f"{path}.html").status_code == 200
        assert client.get(f"{path}.jsonld").headers["content-type"].startswith("application/ld+json")
    assert client.get("/dataset/none").status_code == 404


def test_dumps_are_what_the_catalogue_says(client: httpx.Client, release: Snapshot) -> None:
    assert release.manifest.dumps
    for entry in release.manifest.dumps:
        path = f"/dumps/{entry['name']}"
        head = client.head(path)
        assert head.status_code == 200
        assert head.headers["content-length"] == str(entry["size"])
        form = formats.GZIP if entry["compression"] else formats.by_name(str(entry["format"]))
        assert form is not None
        assert head.headers["content-type"] == form.content_type
        assert head.headers["accept-ranges"] == "bytes"
        body = client.get(path).content
        assert hashlib.sha256(body).hexdigest() == entry["sha256"]
        if entry["compression"]:
            assert gzip.decompress(body)
    assert client.get("/dumps/manifest.json").status_code == 404
    assert client.get("/dumps/").status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "span"),
    [
        ("bytes=0-9", 206, (0, 10)),
        ("bytes=10-", 206, (10, None)),
        ("bytes=-7", 206, (-7, None)),
        ("bytes=5-5", 206, (5, 6)),
        ("bytes=0-99999999999", 206, (0, None)),
        ("bytes=99999999999-", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=9-5", 200, (0, None)),
        ("bytes=a-b", 200, (0, None)),
        ("lines=1-2", 200, (0, None)),
        ("bytes=0-1,3-4", 200, (0, None)),
        ("bytes=" + "9" * 5000 + "-", 200, (0, None)),
    ],
)
def test_ranges(client: httpx.Client, asked: str, status: int, span: tuple[int, int | None] | None) -> None:
    whole = client.get("/dumps/ensemble.nq")
    response = client.get("/dumps/ensemble.nq", headers={"range": asked})
    assert response.status_code == status
    if span is None:
        assert response.headers["content-range"] == f"bytes */{len(whole.content)}"
        return
    assert response.content == whole.content[slice(*span)]
    if status == 206:
        start = span[0] % len(whole.content)
        stop = start + len(response.content) - 1
        assert response.headers["content-range"] == f"bytes {start}-{stop}/{len(whole.content)}"
    for tag, partial in ((whole.headers["etag"], status == 206), ('"other"', False)):
        conditional = client.get("/dumps/ensemble.nq", headers={"range": asked, "if-range": tag})
        assert (conditional.status_code == 206) == partial


@pytest.mark.parametrize("offer", GRAPHS, ids=lambda offer: offer.name)
def test_graphs_are_read_by_both_ways(client: httpx.Client, site: Server, offer: formats.Format) -> None:
    name = f"{site.base}graph/schemes"
    accept = {"accept": offer.media_type}
    indirect = client.get("/rdf-graph-store", params={"graph": name}, headers=accept)
    direct = client.get("/graph/schemes", headers=accept)
    suffixed = client.get(f"/graph/schemes.{offer.suffix}")
    counted = client.get(
        "/sparql",
        params={"query": f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{name}> {{ ?s ?p ?o }} }}", "format": "csv"},
    )
    size = int(counted.text.split()[1])
    for response in (indirect, direct, suffixed):
        assert response.status_code == 200
        assert response.headers["content-type"] == offer.content_type
        assert len(set(map(str, parsed(response, offer)))) == size


def test_the_graph_store_refuses_the_rest(client: httpx.Client, site: Server) -> None:
    assert client.get("/rdf-graph-store?default").status_code == 200
    assert client.head("/graph/schemes").status_code == 200
    assert client.head("/graph/none").status_code == 404
    for query in ("", "graph=urn:a&default", "graph=urn:a&graph=urn:b", "graph=relative", "graph=urn:a%20b"):
        assert client.get(f"/rdf-graph-store?{query}").status_code == 400, query
    assert client.get("/rdf-graph-store?graph=urn:none").status_code == 404
    injected = f"{site.base}graph/schemes> {{}} SERVICE <http://127.0.0.1/"
    assert client.get("/rdf-graph-store", params={"graph": injected}).status_code == 400
    assert client.get("/rdf-graph-store?default", headers={"accept": "image/png"}).status_code == 406
    for method in ("PUT", "POST", "DELETE", "PATCH"):
        for path in ("/rdf-graph-store?default", "/graph/schemes"):
            refused = client.request(method, path, content=b"<a:b> <a:c> 1 .", headers={"content-type": "text/turtle"})
            assert refused.status_code == 405
            assert refused.headers["allow"] == "GET, HEAD, OPTIONS"


def test_what_leads_machines_here(client: httpx.Client, site: Server) -> None:
    void = client.get("/.well-known/void", headers={"accept": "text/turtle"})
    assert void.status_code == 200
    assert "sparqlEndpoint" in void.text
    assert client.get("/.well-known/other").status_code == 404
    robots = client.get("/robots.txt")
    assert robots.headers["content-type"] == "text/plain; charset=utf-8"
    assert f"Sitemap: {site.base}sitemap.xml" in robots.text
    namespace = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    index = ET.fromstring(client.get("/sitemap.xml").content)
    maps = [found.text or "" for found in index.iter(f"{namespace}loc")]
    assert maps
    for address in maps:
        listed = ET.fromstring(client.get(address.replace(site.base, "/")).content)
        pages = [found.text or "" for found in listed.iter(f"{namespace}loc")]
        for page in pages[:3]:
            assert client.get(page.replace(site.base, "/")).status_code == 200, page
    assert client.get("/opensearch.xml").status_code == 200
    feed = client.get("/feed")
    assert feed.headers["content-type"] == "text/turtle; charset=utf-8"
    assert client.get("/feed/1.jsonld").status_code == 200
    assert client.get("/feed/1", headers={"accept": "text/html"}).status_code == 406
    for wrong in ("/feed/0", "/feed/999", "/feed/x", "/feed.docx"):
        assert client.get(wrong).status_code == 404


def test_the_home_page_speaks_to_all(client: httpx.Client) -> None:
    for language in ("fr", "en"):
        page = client.get("/", headers={"accept": "text/html", "accept-language": language})
        assert page.headers["content-language"] == language
        assert page.headers["content-location"] == f"/{language}/"
        assert page.content == client.get(f"/{language}/").content
    assert client.get("/").headers["content-type"] == "text/html; charset=utf-8"
    led = client.get("/", headers={"accept": "text/turtle"})
    assert (led.status_code, led.headers["location"]) == (303, "/catalogue.ttl")
    assert client.get("/fr").headers["location"] == "/fr/"
    assert client.get("/fr/none").status_code == 404


def test_the_feed_is_a_page_for_people(client: httpx.Client) -> None:
    for language, told in (("fr", "Publié"), ("en", "Published")):
        page = client.get("/feed", headers={"accept": "text/html", "accept-language": language})
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["content-language"] == language
        assert page.headers["content-location"] == "/feed.html"
        assert 'rel="alternate"; type="text/turtle"' in page.headers["link"]
        assert page.content == client.get(f"/{language}/changements").content
        assert told in page.text
        assert f'href="/{language}/doc/territoire/' in page.text
    assert "/dataset/pic-normandie" in client.get("/fr/changements").text
    beyond = client.get("/fr/changements?page=999999")
    assert beyond.status_code == 200
    assert "Aucun changement" in beyond.text


LISTS = ("laureats", "porteurs", "appels", "programmes", "territoires", "publics", "sources", "commune")


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_csv_json_ld_parquet_and_where_it_is_somewhere_geojson(name: str, client: httpx.Client) -> None:
    asked = {"unite": "commune/76540"} if name == "commune" else {}
    table = client.get(f"/{name}.csv", params=asked)
    assert table.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert table.headers["content-disposition"].startswith("attachment; filename=")
    records = list(csv.DictReader(io.StringIO(table.text, newline="")))
    assert records
    for record in records:
        assert record["citation"]
        assert record["source_titre"]
        assert int(record["source_ligne_debut"]) <= int(record["source_ligne_fin"])
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in record.values() if not _number(cell))
    linked = list(ox.parse(client.get(f"/{name}.jsonld", params=asked).content, format=ox.RdfFormat.JSON_LD))
    assert {record.get("laureat_uri" if name in ("laureats", "commune") else "uri") for record in records} <= {
        quad.subject.value for quad in linked
    }
    parquet = pq.read_table(io.BytesIO(client.get(f"/{name}.parquet", params=asked).content))
    assert parquet.num_rows == len(records)
    assert parquet.column_names == list(records[0])
    somewhere = name in ("laureats", "territoires", "commune")
    found = client.get(f"/{name}.geojson", params=asked)
    assert found.status_code == (200 if somewhere else 404)
    if somewhere:
        features = found.json()["features"]
        assert len(features) == len(records)
        assert any(feature["geometry"] for feature in features)
    language, page = "en", "commune?unite=commune/76540" if name == "commune" else name
    offered = client.get(f"/{language}/{page}").text
    for suffix in ("csv", "jsonld", "parquet", *(["geojson"] if somewhere else [])):
        assert f'href="/{name}.{suffix}' in offered


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_json_ld_of_lists_states_what_the_graph_states(client: httpx.Client, release: Snapshot) -> None:
    quads = ox.parse(path=str(release.file("data.nq")), format=ox.RdfFormat.N_QUADS)
    graph = {(quad.subject, quad.predicate, quad.object) for quad in quads}
    for name in ("porteurs", "appels", "programmes", "territoires", "sources"):
        for quad in ox.parse(client.get(f"/{name}.jsonld").content, format=ox.RdfFormat.JSON_LD):
            assert (quad.subject, quad.predicate, quad.object) in graph, quad


def test_a_list_as_a_file_is_asked_as_its_page(client: httpx.Client) -> None:
    communes = client.get("/territoires.csv", params={"nature": "commune", "tri": "sort"}).text
    records = list(csv.DictReader(io.StringIO(communes, newline="")))
    assert {record["nature"] for record in records} == {"commune"}
    labels = [record["libelle_fr"] for record in records]
    assert labels == sorted(labels, key=lambda label: label.replace("Î", "I").replace("É", "E").lower())
    found = client.get("/laureats.csv", params={"q": "réfugiés"}).text
    assert 1 < len(list(csv.reader(io.StringIO(found)))) < 17
    for wrong in ("/commune.csv", "/commune.csv?q=Saint-Denis", "/carte.csv", "/publics.geojson", "/laureats.csv.csv"):
        assert client.get(wrong).status_code == 404, wrong


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("/laureats.csv?publics=refugies", "public"),
        ("/laureats.jsonld?unite=commune/76540", "public"),
        ("/territoires.geojson?type=commune", "nature"),
        ("/commune.csv?unit=commune/76540", "unite"),
    ],
)
def test_a_list_as_a_file_refuses_a_parameter_that_it_does_not_have(
    client: httpx.Client, address: str, known: str
) -> None:
    refused = client.get(address, headers={"accept-language": "en"})
    assert refused.status_code == 400
    name = address.partition("?")[2].partition("=")[0]
    assert f"'{name}'" in refused.json()["detail"]
    assert f" {known}" in refused.json()["detail"]
    assert client.get("/fr/laureats", params={"publics": "refugies"}).status_code == 200


def test_lists_are_files_too(client: httpx.Client) -> None:
    table = client.get("/laureats.csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert len(list(csv.reader(io.StringIO(table.text)))) == 17
    assert client.get("/laureats.geojson").json()["type"] == "FeatureCollection"
    some = client.get("/laureats.csv", params={"public": "refugies"})
    assert 1 < len(list(csv.reader(io.StringIO(some.text)))) < 17
    assert client.get("/laureats.docx").status_code == 404


def test_pages_carry_the_fields_that_protect_readers(client: httpx.Client) -> None:
    for path in ("/fr/", "/sparql", "/nothing", "/static/site.css"):
        headers = client.get(path, headers={"accept": "text/html"}).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "set-cookie" not in headers
        assert "server" not in headers
    home = client.get("/fr/").text
    address = re.search(r"/static/site\.css\?v=\w+", home)
    assert address
    assert "immutable" in client.get(address[0]).headers["cache-control"]


def test_health_readiness_and_metrics(client: httpx.Client, release: Snapshot) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.json()["release"] == release.hash
    client.get("/sparql?query=ASK%7B%7D")
    text = client.get("/metrics").text
    assert 'laurier_requests_total{route="/sparql",method="GET",status="200"}' in text
    assert 'laurier_request_seconds_bucket{route="/sparql",le="+Inf"}' in text
    assert 'laurier_queries_total{outcome="answered"}' in text
    assert 'laurier_workers{lane="quick",state="idle"}' in text
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) \w+ .+|\w+(\{(\w+=\"[^\"]*\",?)*\})? [\d.e+-]+", line), line
    # hostile names make no new labels
    before = text.count("laurier_requests_total{")
    for number in range(20):
        client.get(f"/hostile-{number}")
        client.request(f"X{number}", "/")
    assert client.get("/metrics").text.count("laurier_requests_total{") <= before + 4


def test_a_request_has_an_id(client: httpx.Client) -> None:
    assert client.get("/healthz", headers={"x-request-id": "abc-123"}).headers["x-request-id"] == "abc-123"
    ids = {client.get("/healthz", headers={"x-request-id": "<script>"}).headers["x-request-id"] for _ in range(5)}
    assert len(ids) == 5
    assert all(re.fullmatch(r"[0-9a-f]+-[0-9a-f]+", found) for found in ids)
