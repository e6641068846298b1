"""The faults measured in other linked-data servers (Prez, Trifid, rdflib-endpoint, `oxigraph serve`), each tried here.

| fault | test |
|---|---|
| an entity's own path is 404; an unknown entity is 200 and empty | `..._answers_at_its_own_path_...` |
| browsers get Turtle; `Accept: image/png` is 200; HEAD is 405 | `test_a_browser_...`, `test_caches_...` |
| no Vary, ETag, Cache-Control; CORS with credentials | `test_caches_...` |
| Content-Type wrong, `Accept` of any query form ignored, direct POST 422 | `test_results_are_of_the_type_...` |
| `CONSTRUCT WHERE {...} LIMIT` fails | `test_results_are_of_the_type_...` |
| language tags and datatypes dropped | `test_terms_are_whole` |
| no service description, in one format only, or with another endpoint | `test_the_description_...` |
| a syntax error is 200, an update is 200 | `test_errors_...` |
| a form is decoded twice | `test_a_form_is_decoded_once` |
| text of a request in a query or in a regular expression | `test_nothing_of_a_request_...` |
| IRIs rewritten to the host that is asked | `test_the_data_keep_...` |
| a product of six patterns silences everything, and goes on | `test_a_heavy_query_...`; fifty in `test_running` |
| "Oxigraph" that falls back to rdflib | `test_the_engine_is_the_one_promised` |
| 404 to PUT, DELETE, PATCH of the endpoint | `test_another_method_...` |
| 300 half-open connections stay open | `test_running`, `reliability/test_hostile_clients` |
| FROM and SERVICE fetched; the process ended by nesting | `test_sparql`, `store/test_preflight` |
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.web.conftest import LAUREATE, Server

CONSTRUCT = "CONSTRUCT WHERE { ?s <http://purl.org/dc/terms/title> ?o } LIMIT 3"


def test_an_entity_answers_at_its_own_path_and_an_unknown_one_does_not(client: httpx.Client) -> None:
    assert client.get(f"/id/{LAUREATE}", follow_redirects=True).status_code == 200
    assert client.get("/id/laureat/unknown").status_code == 404


def test_a_browser_gets_html_and_an_image_viewer_nothing(client: httpx.Client) -> None:
    page = client.get(f"/doc/{LAUREATE}", headers={"accept": "text/html"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert client.get(f"/doc/{LAUREATE}", headers={"accept": "image/png"}).status_code == 406
    assert client.get("/sparql", params={"query": "ASK {}"}, headers={"accept": "image/png"}).status_code == 406


def test_caches_and_other_sites_are_told_what_they_need(client: httpx.Client) -> None:
    headers = client.get(f"/doc/{LAUREATE}", headers={"origin": "https://other.example"}).headers
    assert "Accept" in headers["vary"]
    assert headers["etag"]
    assert headers["cache-control"]
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers
    assert client.head(f"/doc/{LAUREATE}").status_code == 200


@pytest.mark.parametrize(
    ("query", "accept", "content_type"),
    [
        ("SELECT * { ?s ?p ?o } LIMIT 1", "application/sparql-results+json", "application/sparql-results+json"),
        ("SELECT * { ?s ?p ?o } LIMIT 1", "text/csv", "text/csv"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"),
        (CONSTRUCT, "text/turtle", "text/turtle"),
        ("DESCRIBE <https://w3id.org/laurier/ns#Laureate>", "text/turtle", "text/turtle"),
    ],
)
def test_results_are_of_the_type_asked_for(client: httpx.Client, query: str, accept: str, content_type: str) -> None:
    for response in (
        client.get("/sparql", params={"query": query}, headers={"accept": accept}),
        client.post("/sparql", content=query, headers={"accept": accept, "content-type": "application/sparql-query"}),
    ):
        assert response.status_code == 200
        assert response.headers["content-type"].partition(";")[0] == content_type
        assert response.content


def test_terms_are_whole(client: httpx.Client) -> None:
    query = 'SELECT ("2019-10"^^<http://www.w3.org/2001/XMLSchema#gYearMonth> AS ?month) ("été"@fr AS ?season) {}'
    (row,) = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    assert row["month"]["datatype"] == "http://www.w3.org/2001/XMLSchema#gYearMonth"
    assert row["season"] == {"type": "literal", "value": "été", "xml:lang": "fr"}


def test_the_description_is_in_the_format_accepted_and_names_this_endpoint(client: httpx.Client, site: Server) -> None:
    for accept in ("text/turtle", "text/turtle;q=0.9, image/png, */*;q=0.1", "application/n-triples"):
        response = client.get("/sparql", headers={"accept": accept})
        assert response.headers["content-type"].partition(";")[0] == accept.partition(";")[0]
        assert f"<{site.base}sparql>" in response.text


def test_a_form_is_decoded_once(client: httpx.Client) -> None:
    query = {"query": 'SELECT ("a%20b" AS ?x) {}', "format": "csv"}
    assert client.post("/sparql", data=query).text.split() == client.get("/sparql", params=query).text.split()
    assert client.post("/sparql", data=query).text.split() == ["x", "a%20b"]


def test_a_heavy_query_stops_nobody_and_ends_in_time(client: httpx.Client, site: Server) -> None:
    patterns = " . ".join(f"?s{n} ?p{n} ?o{n}" for n in range(6))
    parameters = {"query": f"SELECT (COUNT(*) AS ?n) {{ {patterns} }}", "timeout": "3"}
    with ThreadPoolExecutor() as threads:
        heavy = threads.submit(httpx.get, f"{site.url}/sparql", params=parameters, timeout=60)
        rounds = 0
        while not heavy.done():
            for path in ("/healthz", f"/doc/{LAUREATE}", "/catalogue"):
                assert client.get(path).status_code == 200
            assert client.get("/sparql", params={"query": f"ASK {{ ?s ?p {rounds} }}"}).status_code == 200
            rounds += 1
        assert rounds > 1
        assert heavy.result().status_code in (504, 507)


def test_the_engine_is_the_one_promised(client: httpx.Client) -> None:
    """Another engine behind its name would not know its extension of the language."""
    query = "SELECT * { VALUES ?x { 1 2 } LATERAL { BIND(?x * 10 AS ?y) } } ORDER BY ?x"
    answered = client.get("/sparql", params={"query": query, "format": "csv"})
    assert answered.text.split() == ["x,y", "1,10", "2,20"]


def test_another_method_is_told_which_there_are(client: httpx.Client) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        response = client.request(method, "/sparql", params={"query": "ASK {}"})
        assert response.status_code == 405
        assert "GET" in response.headers["allow"]


def test_errors_are_not_successes(client: httpx.Client) -> None:
    for query, status in (("SELECT nonsense", 400), ("INSERT DATA { <a:b> <a:c> 1 }", 403)):
        response = client.get("/sparql", params={"query": query})
        assert response.status_code == status
        assert response.json()["detail"]


def test_nothing_of_a_request_becomes_a_query(client: httpx.Client, site: Server) -> None:
    for text in ('l"x', "l'x", "l\\", '"} ?s ?p ?o {', "x> ?p ?o . #", "%", "*", "a AND", "NEAR(", "﷐\U0010ffff"):
        for path in ("/fr/laureats", "/en/territoires", "/laureats.csv"):
            response = client.get(path, params={"q": text})
            assert response.status_code in (200, 400, 404), (path, text)
    for path in (
        "/i./",
        "/id/.*",
        "/doc/laureat/.*",
        "/doc/laureat/x%3E%20?p%20?o%20.%20%23",
        "/dataset/%27%20OR%201=1",
    ):
        assert client.get(path).status_code == 404, path
    assert client.get(f"/rdf-graph-store?graph={site.base}graph/.*").status_code == 404


def test_the_data_keep_their_own_iris_whatever_host_is_asked(client: httpx.Client, site: Server) -> None:
    forged = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    for path in (f"/doc/{LAUREATE}.ttl", "/catalogue", "/sparql", "/fr/", f"/id/{LAUREATE}", "/nothing"):
        response = client.get(path, headers=forged)
        assert "evil.example" not in response.text
        assert "evil.example" not in str(response.headers)
    assert f"<{site.base}id/{LAUREATE}>" in client.get(f"/doc/{LAUREATE}.ttl").text
