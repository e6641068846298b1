"""The SPARQL 1.1 Protocol, clause by clause, against a running server."""

from __future__ import annotations

import csv
import io
import json
import re
from urllib.parse import quote, urlencode

import httpx
import pyoxigraph as ox
import pytest
from lxml import etree

from laurier import formats
from tests.web.conftest import LAUREATE, Server

PATTERN = "?l a <https://w3id.org/laurier/ns#Laureate> ; <http://purl.org/dc/terms/title> ?title"
SELECT = f"SELECT ?title ?n {{ {PATTERN} BIND(1 AS ?n) }} ORDER BY ?title"
CONSTRUCT = f"CONSTRUCT {{ ?l <http://purl.org/dc/terms/title> ?title }} WHERE {{ {PATTERN} }}"
FORM = {"content-type": "application/x-www-form-urlencoded"}
DIRECT = {"content-type": "application/sparql-query"}
UTF16 = {"content-type": "application/sparql-query; charset=utf-16"}


def test_the_three_ways_of_sending_a_query(client: httpx.Client) -> None:
    json_ = {"accept": "application/sparql-results+json"}
    by_get = client.get("/sparql", params={"query": SELECT}, headers=json_)
    by_form = client.post("/sparql", data={"query": SELECT}, headers=json_)
    by_post = client.post("/sparql", content=SELECT.encode(), headers=json_ | DIRECT)
    assert by_get.status_code == by_form.status_code == by_post.status_code == 200
    assert by_get.content == by_form.content == by_post.content
    found = by_get.json()
    assert found["head"]["vars"] == ["title", "n"]
    assert len(found["results"]["bindings"]) == 16
    assert found["results"]["bindings"][0]["title"]["xml:lang"] == "fr"
    assert found["results"]["bindings"][0]["n"]["datatype"] == "http://www.w3.org/2001/XMLSchema#integer"


def test_media_types_have_parameters_and_capitals(client: httpx.Client) -> None:
    for given in ("application/sparql-query; charset=UTF-8", 'Application/SPARQL-Query;charset="utf-8"'):
        assert client.post("/sparql", content=b"ASK {}", headers={"content-type": given}).status_code == 200
    body = urlencode({"query": "ASK {}"}).encode()
    given = "application/x-www-form-urlencoded; charset=utf-8"
    assert client.post("/sparql", content=body, headers={"content-type": given}).status_code == 200


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/json", "application/json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8; header=present"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("*/*", "application/sparql-results+json"),
        ("text/csv;q=0.3, application/sparql-results+xml;q=0.4", "application/sparql-results+xml"),
        ("application/sparql-results+json;q=0, */*;q=0.1", "application/sparql-results+xml"),
    ],
)
@pytest.mark.parametrize("query", [SELECT, "ASK { ?s ?p ?o }"])
def test_solutions_and_booleans_in_every_format(
    client: httpx.Client, query: str, accept: str, content_type: str
) -> None:
    response = client.get("/sparql", params={"query": query}, headers={"accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"] == content_type
    assert "Accept" in response.headers["vary"]
    if "json" in content_type:
        assert response.json()
    elif "xml" in content_type:
        root = etree.fromstring(response.content)
        assert root.tag == "{http://www.w3.org/2005/sparql-results#}sparql"
    elif query == SELECT:
        delimiter = "\t" if "tab" in content_type else ","
        assert len(list(csv.reader(io.StringIO(response.text), delimiter=delimiter))) == 17
    else:
        assert "true" in response.text


@pytest.mark.parametrize("offer", formats.GRAPHS, ids=lambda offer: offer.name)
@pytest.mark.parametrize("query", [CONSTRUCT, CONSTRUCT + " LIMIT 3"])
def test_graphs_in_every_format(client: httpx.Client, offer: formats.Format, query: str) -> None:
    response = client.get("/sparql", params={"query": query}, headers={"accept": offer.media_type})
    assert response.status_code == 200
    assert response.headers["content-type"] == offer.content_type
    engine = ox.RdfFormat.from_media_type(offer.media_type)
    triples = {str(quad.triple) for quad in ox.parse(response.content, format=engine)}
    assert len(triples) == (3 if "LIMIT" in query else 16)
    assert all("@fr" in triple for triple in triples)


def test_format_comes_before_accept(client: httpx.Client) -> None:
    def got(**parameters: str) -> str:
        response = client.get("/sparql", params=parameters, headers={"accept": "text/html"})
        assert response.status_code == 200
        return response.headers["content-type"].partition(";")[0]

    assert got(query=SELECT, format="csv") == "text/csv"
    assert got(query=SELECT, format="json") == "application/sparql-results+json"
    assert got(query=SELECT, format="application/sparql-results+xml") == "application/sparql-results+xml"
    assert got(query=CONSTRUCT, format="json") == "application/ld+json"
    assert got(query=CONSTRUCT, format="turtle") == "text/turtle"
    assert got(query=SELECT, format="html") == "text/html"
    response = client.get("/sparql", params={"query": SELECT, "format": "docx"})
    assert response.status_code == 400
    assert "'format' is unknown" in response.json()["detail"]


@pytest.mark.parametrize(
    ("status", "method", "path", "headers", "body"),
    [
        (400, "GET", "/sparql?query=ASK%20%7B%7D&query=ASK%20%7B%7D", {}, b""),
        (400, "POST", "/sparql", FORM, b"query=ASK%20%7B%7D&query=ASK%20%7B%7D"),
        (400, "POST", "/sparql?query=ASK%20%7B%7D", DIRECT, b"ASK {}"),
        (400, "POST", "/sparql", FORM, b""),
        (400, "POST", "/sparql", FORM, b"other=1"),
        (400, "POST", "/sparql", DIRECT, b""),
        (400, "GET", "/sparql?query=", {}, b""),
        (400, "GET", "/sparql?query=SELECT%20nonsense", {}, b""),
        (400, "GET", "/sparql?query=%FF%FE", {}, b""),
        (400, "POST", "/sparql", DIRECT, "ASK { ?s ?p 'é' }".encode("latin-1")),
        (400, "GET", "/sparql?query=ASK%20%7B%7D&default-graph-uri=relative", {}, b""),
        (400, "GET", "/sparql?default-graph-uri=urn:a", {}, b""),
        (400, "GET", "/sparql?query=ASK%20%7B%7D&timeout=soon", {}, b""),
        (400, "GET", "/sparql?query=ASK%20%7B%7D&timeout=-1", {}, b""),
        (403, "POST", "/sparql", FORM, b"update=CLEAR%20ALL"),
        (403, "GET", "/sparql?update=CLEAR%20ALL", {}, b""),
        (403, "POST", "/sparql", {"content-type": "application/sparql-update"}, b"CLEAR ALL"),
        (403, "POST", "/sparql", FORM, b"query=CLEAR%20ALL"),
        (403, "GET", "/sparql?query=LOAD%20%3Chttp%3A%2F%2F127.0.0.1%2F%3E", {}, b""),
        (403, "GET", "/sparql?query=" + quote("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"), {}, b""),
        (405, "PUT", "/sparql?query=ASK%20%7B%7D", {}, b""),
        (405, "DELETE", "/sparql", {}, b""),
        (405, "PATCH", "/sparql", {}, b""),
        (406, "GET", "/sparql?query=ASK%20%7B%7D", {"accept": "image/png"}, b""),
        (406, "GET", "/sparql?query=ASK%20%7B%7D", {"accept": "text/turtle"}, b""),
        (406, "GET", "/sparql?query=" + quote("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1"), {"accept": "text/csv"}, b""),
        (413, "POST", "/sparql", DIRECT, b"ASK {} #" + b"x" * 2_000_000),
        (413, "POST", "/sparql", DIRECT, b"ASK {} #" + b"x" * 400_000),
        (413, "POST", "/sparql", DIRECT, b"ASK {" * 1 + b"{" * 3000 + b"}" * 3000 + b"}"),
        (414, "GET", "/sparql?query=ASK%20%7B%7D%23" + "x" * 20_000, {}, b""),
        (415, "POST", "/sparql", {"content-type": "text/plain"}, b"ASK {}"),
        (415, "POST", "/sparql", {"content-type": "multipart/form-data; boundary=x"}, b"--x--"),
        (415, "POST", "/sparql", UTF16, "ASK {}".encode("utf-16")),
        (415, "POST", "/sparql", {}, b"ASK {}"),
    ],
)  # fmt: skip
def test_every_error_is_a_problem_document(
    client: httpx.Client, status: int, method: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    response = client.request(method, path, headers=headers, content=body)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["access-control-allow-origin"] == "*"
    found = response.json()
    assert found["status"] == status
    assert found["detail"]
    if status == 405:
        assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    if status == 406:
        assert {"type": "text/turtle", "href": "/sparql?format=turtle"} in found["offers"]
    if status == 415:
        assert "application/sparql-query" in response.headers["accept-post"]


def test_a_syntax_error_says_line_and_column_in_both_languages(client: httpx.Client) -> None:
    parameters = {"query": "SELECT *\n{ ?s ?p ?o ; ; }\nLIMT 3"}
    english = client.get("/sparql", params=parameters).json()
    assert (english["line"], english["column"]) == (3, 1)
    assert "'LIMT' cannot stand here" in english["detail"]
    french = client.get("/sparql", params=parameters, headers={"accept-language": "fr"})
    assert "« LIMT » ne peut pas se trouver ici" in french.json()["detail"]
    assert french.headers["content-language"] == "fr"


def test_head_is_get_without_a_body(client: httpx.Client) -> None:
    for query in (SELECT, CONSTRUCT, "ASK {}"):
        got, head = (client.request(method, "/sparql", params={"query": query}) for method in ("GET", "HEAD"))
        assert head.status_code == 200
        assert head.content == b""
        varying = {"date", "x-request-id"}
        assert {k: v for k, v in got.headers.items() if k not in varying} == {
            k: v for k, v in head.headers.items() if k not in varying
        }


def test_the_dataset_of_the_protocol(client: httpx.Client, site: Server) -> None:
    def counted(query: str, **parameters: str | list[str]) -> int:
        response = client.get("/sparql", params={"query": query, **parameters}, headers={"accept": "text/csv"})
        return int(response.text.splitlines()[1])

    count, named = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    source, ontology = f"{site.base}graph/pic-normandie", f"{site.base}graph/ontology"
    first, second = counted(count, **{"default-graph-uri": source}), counted(count, **{"default-graph-uri": ontology})
    assert 0 < second < first
    assert counted(count, **{"default-graph-uri": [source, ontology]}) == first + second
    assert counted(named, **{"default-graph-uri": source}) == 0
    assert counted(named, **{"named-graph-uri": [source, ontology]}) == first + second
    assert counted(count, **{"named-graph-uri": source}) == 0
    body = {"query": count, "default-graph-uri": source}
    assert int(client.post("/sparql", data=body, headers={"accept": "text/csv"}).text.splitlines()[1]) == first
    direct = client.post(
        "/sparql", params={"default-graph-uri": source}, content=count, headers={"accept": "text/csv", **DIRECT}
    )
    assert int(direct.text.splitlines()[1]) == first
    # nothing is fetched: a graph that is not in the dataset is empty
    assert counted(count, **{"default-graph-uri": "http://127.0.0.1:1/x"}) == 0
    assert counted("SELECT (COUNT(*) AS ?n) FROM <file:///etc/passwd> { ?s ?p ?o }") == 0
    # the default graph is the union
    assert counted(count) >= first + second


def test_the_service_description_is_true(client: httpx.Client, site: Server) -> None:
    sd = "http://www.w3.org/ns/sparql-service-description#"
    sizes = set()
    for offer in formats.GRAPHS:
        response = client.get("/sparql", headers={"accept": offer.media_type})
        assert response.status_code == 200
        engine = ox.RdfFormat.from_media_type(offer.media_type)
        triples = {str(quad.triple) for quad in ox.parse(response.content, format=engine)}
        sizes.add(len(triples))
    assert len(sizes) == 1
    store = ox.Store()
    store.load(client.get("/sparql").content, ox.RdfFormat.TURTLE)

    def values(name: str) -> list[str]:
        query = f"SELECT ?o {{ ?s <{sd}{name}> ?o }}"
        return sorted(row["o"].value for row in store.query(query))

    assert values("endpoint") == [f"{site.base}sparql"]
    assert values("supportedLanguage") == [f"{sd}SPARQL11Query"]
    assert values("feature") == [f"{sd}UnionDefaultGraph"]
    assert values("resultFormat") == sorted(str(f.w3c_iri) for f in (*formats.RESULTS, *formats.GRAPHS))
    listed = client.get("/sparql", params={"query": "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", "format": "csv"})
    assert values("name") == sorted(listed.text.split()[1:])
    for graph in values("name"):
        query = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        counted = client.get("/sparql", params={"query": query, "format": "csv"}).text.split()[1]
        told = f"SELECT ?n {{ ?g <{sd}name> <{graph}> ; <{sd}graph>/<http://rdfs.org/ns/void#triples> ?n }}"
        assert [row["n"].value for row in store.query(told)] == ([] if graph.endswith("/catalogue") else [counted])
    assert b"_:" not in client.get("/sparql", headers={"accept": "application/n-triples"}).content


def test_a_browser_gets_a_page(client: httpx.Client) -> None:
    browser = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "accept-language": "en"}
    form = client.get("/sparql", headers=browser)
    assert form.headers["content-type"] == "text/html; charset=utf-8"
    assert "<form" in form.text
    answered = client.get("/sparql", params={"query": SELECT}, headers=browser)
    assert answered.status_code == 200
    assert "<table" in answered.text
    graph = client.get("/sparql", params={"query": CONSTRUCT}, headers=browser)
    assert "purl.org/dc/terms/title" in graph.text
    wrong = client.get("/sparql", params={"query": "SELECT nonsense"}, headers=browser)
    assert wrong.status_code == 400
    assert "line 1, column 8" in wrong.text
    for language in ("fr", "en"):
        page = client.get(f"/{language}/sparql", params={"query": SELECT, "format": "json"})
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["content-language"] == language
        assert "<table" in page.text


def test_a_byte_order_mark_and_odd_encodings_of_parameters(client: httpx.Client) -> None:
    assert client.post("/sparql", content="\ufeffASK {}".encode(), headers=DIRECT).status_code == 200
    # decoded once, not twice
    query = 'SELECT ("a%20b+c" AS ?x) {}'
    for response in (
        client.get("/sparql", params={"query": query, "format": "csv"}),
        client.post("/sparql", data={"query": query, "format": "csv"}),
        client.post("/sparql?format=csv", content=query, headers=DIRECT),
    ):
        assert response.text.splitlines()[1] == "a%20b+c"
    plus = client.get("/sparql?query=SELECT+(%22a+b%2Bc%22+AS+?x)+%7B%7D&format=csv")
    assert plus.text.splitlines()[1] == "a b+c"


def test_answers_can_be_kept_and_asked_again(client: httpx.Client) -> None:
    first = client.get("/sparql", params={"query": SELECT})
    assert re.fullmatch(r'W/"[\w.-]+"', first.headers["etag"])
    again = client.get("/sparql", params={"query": SELECT}, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    other = client.get("/sparql", params={"query": SELECT}, headers={"accept": "text/csv"})
    assert other.headers["etag"] != first.headers["etag"]
    changing = client.get("/sparql", params={"query": "SELECT (NOW() AS ?n) {}"})
    assert "etag" not in changing.headers
    assert changing.headers["cache-control"] == "no-store"


def test_cors_preflight(client: httpx.Client) -> None:
    response = client.options(
        "/sparql",
        headers={
            "origin": "https://example.org",
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type, accept",
        },
    )
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in response.headers
    assert "POST" in response.headers["access-control-allow-methods"]
    assert "Content-Type" in response.headers["access-control-allow-headers"]
    assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_describe_gives_the_description(client: httpx.Client, site: Server) -> None:
    response = client.get("/sparql", params={"query": f"DESCRIBE <{site.base}id/{LAUREATE}>"})
    assert response.headers["content-type"] == "text/turtle; charset=utf-8"
    assert "Laureate" in response.text


def test_an_unknown_function_is_the_fault_of_the_query(client: httpx.Client) -> None:
    response = client.get("/sparql", params={"query": "SELECT (<urn:f>(1) AS ?x) {}"})
    assert response.status_code == 400
    assert "urn:f" in response.json()["detail"]


def test_data_served_without_a_build_keeps_its_graphs(data: Server) -> None:
    def asked(query: str) -> list[str]:
        response = httpx.get(f"{data.url}/sparql", params={"query": query, "format": "csv"})
        return response.text.split("\r\n")[1:-1]

    assert asked("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == ["1"]  # the default graph, which holds something
    assert asked("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g") == ["urn:g:a", "urn:g:b"]
    assert asked("SELECT (COUNT(*) AS ?n) FROM <urn:g:a> { ?s ?p ?o }") == ["2"]
    assert json.loads(httpx.get(f"{data.url}/sparql?query=ASK%7B%7D").text)["boolean"] is True
