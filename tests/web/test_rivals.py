"""The faults measured in other linked-data servers, each tried here."""

from __future__ import annotations

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
