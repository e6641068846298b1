"""The protocol tests of the W3C suite, by their names in its manifest, and what it asks of descriptions and stores."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import httpx
import pyoxigraph as ox
import pytest

from tests.conformance.suite import Suite
from tests.web.conftest import Server, running

GRAPHS = ["http://example/g1", "http://example/g2", "http://example/g3"]
FORM = {"content-type": "application/x-www-form-urlencoded"}
DIRECT = {"content-type": "application/sparql-query"}
UPDATE = {"content-type": "application/sparql-update"}
XML_OR_JSON = {"application/sparql-results+xml", "application/sparql-results+json"}
SELECTED = XML_OR_JSON | {"text/csv", "text/tab-separated-values"}
WRITTEN = {"application/rdf+xml", "text/turtle", "application/n-triples"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Three graphs of one statement each, as the suite has them."""
    path = tmp_path_factory.mktemp("protocol") / "data.nq"
    path.write_text("".join(f"<{graph}#s> <http://example/p> <{graph}#o> <{graph}> .\n" for graph in GRAPHS))
    with running("--data", str(path)) as started:
        yield started


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    """A client of it."""
    with httpx.Client(base_url=server.url, timeout=30) as opened:
        yield opened


Trace = Callable[[httpx.Client], httpx.Response]


def got(query: str, **dataset: list[str]) -> Trace:
    return lambda client: client.get("/sparql", params={"query": query, **dataset})


def posted(parameters: dict[str, str | list[str]]) -> Trace:
    return lambda client: client.post("/sparql", content=urlencode(parameters, doseq=True).encode(), headers=FORM)


def sent(body: bytes, headers: dict[str, str], parameters: dict[str, str] | None = None) -> Trace:
    return lambda client: client.post("/sparql", params=parameters, content=body, headers=headers)


def present(number: int) -> str:
    return f"<{GRAPHS[number]}#s> ?p{number} ?o{number} ."


DEFAULTS = f"ASK {{ {present(0)} {present(1)} FILTER NOT EXISTS {{ {present(2)} }} }}"
NAMED = (
    f"ASK {{ GRAPH ?a {{ {present(0)} }} GRAPH ?b {{ {present(1)} }} "
    f"FILTER NOT EXISTS {{ GRAPH ?c {{ {present(2)} }} }} FILTER NOT EXISTS {{ ?s ?p ?o }} }}"
)
FULL = (
    f"ASK {{ {present(2)} GRAPH ?a {{ {present(0)} }} GRAPH ?b {{ {present(1)} }} "
    f"FILTER NOT EXISTS {{ {present(0)} }} }}"
)
NOTHING = "ASK {}"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"

#: What must be answered: true, or a result of one of the types.
ANSWERED: dict[str, tuple[Trace, set[str]]] = {
    "query_post_form": (posted({"query": NOTHING}), XML_OR_JSON),
    "query_dataset_default_graphs_get": (got(DEFAULTS, **{"default-graph-uri": GRAPHS[:2]}), XML_OR_JSON),
    "query_dataset_default_graphs_post": (posted({"query": DEFAULTS, "default-graph-uri": GRAPHS[:2]}), XML_OR_JSON),
    "query_dataset_named_graphs_post": (posted({"query": NAMED, "named-graph-uri": GRAPHS[:2]}), XML_OR_JSON),
    "query_dataset_named_graphs_get": (got(NAMED, **{"named-graph-uri": GRAPHS[:2]}), XML_OR_JSON),
    "query_dataset_full": (
        got(FULL, **{"default-graph-uri": GRAPHS[2:], "named-graph-uri": GRAPHS[:2]}),
        XML_OR_JSON,
    ),
    "query_multiple_dataset": (
        got(DEFAULTS.replace("ASK", f"ASK FROM <{GRAPHS[2]}>"), **{"default-graph-uri": GRAPHS[:2]}),
        XML_OR_JSON,
    ),
    "query_get": (got(NOTHING), XML_OR_JSON),
    "query_content_type_select": (got("SELECT (1 AS ?value) {}"), SELECTED),
    "query_content_type_ask": (got(NOTHING), XML_OR_JSON),
    "query_content_type_describe": (got(f"DESCRIBE <{GRAPHS[0]}#s>"), WRITTEN),
    "query_content_type_construct": (got(CONSTRUCT), WRITTEN),
    "query_post_direct": (sent(NOTHING.encode(), DIRECT), XML_OR_JSON),
}
#: What must be refused, with a status in this class.
REFUSED: dict[str, Trace] = {
    "bad_query_method": lambda client: client.put("/sparql", params={"query": NOTHING}),
    "bad_multiple_queries": lambda client: client.get("/sparql", params={"query": [NOTHING, "SELECT * {}"]}),
    "bad_query_wrong_media_type": sent(NOTHING.encode(), {"content-type": "text/plain"}),
    "bad_query_missing_form_type": sent(b"query=ASK%20%7B%7D", {}),
    "bad_query_missing_direct_type": sent(NOTHING.encode(), {}),
    "bad_query_non_utf8": sent(NOTHING.encode("utf-16"), {"content-type": "application/sparql-query; charset=UTF-16"}),
    "bad_query_syntax": got("ASK {"),
    "bad_update_get": lambda client: client.get("/sparql", params={"update": "CLEAR ALL"}),
    "bad_multiple_updates": lambda client: client.post("/sparql", content=b"update=CLEAR&update=DROP", headers=FORM),
    "bad_update_wrong_media_type": sent(b"CLEAR NAMED", {"content-type": "text/plain"}),
    "bad_update_missing_form_type": sent(b"update=CLEAR%20NAMED", {}),
    "bad_update_non_utf8": sent(
        "CLEAR NAMED".encode("utf-16"), {"content-type": "application/sparql-update; charset=UTF-16"}
    ),
    "bad_update_syntax": sent(b"CLEAR XYZ", UPDATE),
    "bad_update_dataset_conflict": posted(
        {
            "using-named-graph-uri": GRAPHS[0],
            "update": "CLEAR ALL; INSERT { ?s ?p ?o } USING <urn:a> WHERE { ?s ?p ?o }",
        }
    ),
}
#: Updates that a read-only endpoint refuses with 403, changing nothing.
UPDATES: dict[str, Trace] = {
    "update_dataset_default_graph": posted({"using-graph-uri": GRAPHS[0], "update": "CLEAR DEFAULT"}),
    "update_dataset_default_graphs": posted({"using-graph-uri": GRAPHS[:2], "update": "CLEAR DEFAULT"}),
    "update_dataset_named_graphs": posted({"using-named-graph-uri": GRAPHS[:2], "update": "CLEAR NAMED"}),
    "update_dataset_full": posted(
        {"using-graph-uri": GRAPHS[0], "using-named-graph-uri": GRAPHS[1], "update": "CLEAR ALL"}
    ),
    "update_post_form": posted({"update": "CLEAR ALL"}),
    "update_post_direct": sent(b"CLEAR ALL", UPDATE),
    "update_base_uri": sent(b"INSERT DATA { GRAPH <g> { <test> <p> <o> } }", UPDATE),
}


def test_no_test_of_the_manifest_is_missing(suite: Suite) -> None:
    manifest = (suite.folder / "sparql11/protocol/manifest.ttl").read_text(encoding="utf-8")
    assert set(re.findall(r"^:(\w+)", manifest, re.MULTILINE)) == {*ANSWERED, *REFUSED, *UPDATES}


@pytest.mark.parametrize("name", ANSWERED)
def test_queries_are_answered(client: httpx.Client, name: str) -> None:
    trace, types = ANSWERED[name]
    response = trace(client)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].partition(";")[0] in types
    if types is XML_OR_JSON:
        assert response.json()["boolean"] is True


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_refused(client: httpx.Client, name: str) -> None:
    response = REFUSED[name](client)
    assert 400 <= response.status_code < 500
    assert response.json()["detail"]


@pytest.mark.parametrize("name", UPDATES)
def test_updates_are_refused(client: httpx.Client, name: str) -> None:
    response = UPDATES[name](client)
    assert response.status_code == 403
    assert "read-only" in response.json()["detail"]
    count = client.get(
        "/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", "format": "csv"}
    )
    assert count.text.split() == ["n", "3"]


def test_the_read_side_of_the_graph_store_protocol(client: httpx.Client) -> None:
    """GET and HEAD as in the suite's `http-rdf-update/tests.txt`; what writes is refused, 405."""

    def triples(response: httpx.Response) -> set[str]:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/turtle")
        return {str(quad.triple) for quad in ox.parse(response.content, format=ox.RdfFormat.TURTLE)}

    turtle = {"accept": "text/turtle; charset=utf-8"}
    for graph in GRAPHS:
        found = client.get("/rdf-graph-store", params={"graph": graph}, headers=turtle)
        assert triples(found) == {f"<{graph}#s> <http://example/p> <{graph}#o>"}
        head = client.head("/rdf-graph-store", params={"graph": graph}, headers=turtle)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"] == found.headers["content-type"]
        assert head.headers["content-length"] == found.headers["content-length"]
    assert len(triples(client.get("/rdf-graph-store?default", headers=turtle))) == 3
    assert client.get("/rdf-graph-store", params={"graph": "http://example/g4"}).status_code == 404
    assert client.get("/rdf-graph-store").status_code == 400
    assert client.get("/rdf-graph-store?default&graph=http://example/g1").status_code == 400
    assert client.get("/rdf-graph-store?graph=relative").status_code == 400
    assert client.get("/rdf-graph-store?default", headers={"accept": "image/png"}).status_code == 406
    for method in ("PUT", "POST", "DELETE", "PATCH"):
        refused = client.request(method, "/rdf-graph-store?default", content=b"<urn:a> <urn:b> <urn:c> .")
        assert refused.status_code == 405
        assert refused.headers["allow"] == "GET, HEAD, OPTIONS"


def test_the_service_description(client: httpx.Client) -> None:
    """`returns-rdf`, `has-endpoint-triple` and `conforms-to-schema` of the suite's `service-description`."""
    sd = "http://www.w3.org/ns/sparql-service-description#"
    response = client.get("/sparql", headers={"accept": "text/turtle"})
    store = ox.Store()
    store.load(response.content, ox.RdfFormat.TURTLE)
    assert bool(store.query(f"ASK {{ ?service a <{sd}Service> ; <{sd}endpoint> ?endpoint FILTER(isIRI(?endpoint)) }}"))
    # objects are of the classes that the vocabulary gives as ranges (section 3.2)
    iris = (
        "feature",
        "supportedLanguage",
        "resultFormat",
        "inputFormat",
        "propertyFeature",
        "extensionFunction",
        "name",
    )
    listed = ", ".join(f"<{sd}{name}>" for name in iris)
    assert not bool(store.query(f"ASK {{ ?s ?p ?o FILTER(?p IN ({listed}) && !isIRI(?o)) }}"))
    for subject, name in (("Service", "defaultDataset"), ("Dataset", "defaultGraph")):
        assert bool(store.query(f"ASK {{ ?s a <{sd}{subject}> ; <{sd}{name}> ?o }}")), name
    for graph in GRAPHS:
        assert bool(store.query(f"ASK {{ ?d <{sd}namedGraph> ?g . ?g <{sd}name> <{graph}> }}"))
