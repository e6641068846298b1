"""The W3C suites of SPARQL 1.0 and 1.1 over HTTP: what the engine gives in process, in every format and by every way.

`make w3c` fetches the suites; without them these tests are skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest

from tests.conformance import results
from tests.conformance.conftest import DEAD, FOLDER
from tests.conformance.results import Result, Solutions
from tests.conformance.suite import Case, Suite
from tests.web.conftest import Server

HERE = Suite(FOLDER)
MANIFESTS = HERE.manifests() if (FOLDER / "sparql11" / "manifest-all.ttl").is_file() else ["absent"]
ABSENT = "urn:absent"
EVALUATED = ("QueryEvaluationTest", "CSVResultFormatTest")
SOLUTIONS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
GRAPHS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/trig": ox.RdfFormat.TRIG,
}
#: Where the engine departs from the results that the suite keeps.
DEPARTURES = {
    "the store writes each number and date in one way, and keeps no other form": {
        *("distinct-1", "distinct-9", "distinct-2", "eq-graph-1", "eq-graph-2", "open-eq-01"),
        *("dawg-str-1", "dawg-str-2", "sameTerm-simple", "sameTerm-eq", "sameTerm-not-eq", "csv03"),
    },
    "RDF 1.1: a plain string has the datatype xsd:string, and a number does not end with its point": {
        *("dawg-datatype-2", "strdt03", "strlang03", "term-6", "term-7"),
    },
    "a file that FROM and FROM NAMED both name is one graph, with the same blank nodes": {
        *("dawg-dataset-09", "dawg-dataset-10", "dawg-dataset-12", "dawg-graph-10"),
    },
    "its own reading of the specification": {
        *("dawg-optional-filter-005-simplified", "date-2", "bnode01", "agg-empty-group"),
    },
}
#: Syntax that it takes or refuses otherwise: `123.`, escapes outside of strings and IRIs, `?x<?a&&?b>?y`.
SYNTAX_DEPARTURES = {"syntax-lit-08", "syntax-esc-04", "syntax-esc-05", "syn-bad-26"}


def in_process(suite: Suite, everything: ox.Store, case: Case) -> Result | None:
    """What the engine gives; None when it does not take the query."""
    store = everything
    if case.data or case.graphs:
        store = ox.Store()
        for path in case.data:
            found = everything.quads_for_pattern(None, None, None, ox.NamedNode(suite.iri(path)))
            store.extend(ox.Quad(*quad.triple) for quad in found)
        for path in case.graphs:
            store.extend(everything.quads_for_pattern(None, None, None, ox.NamedNode(suite.iri(path))))
    try:
        return results.of_engine(store.query(case.text, base_iri=suite.iri(case.query)))
    except SyntaxError:
        return None


def parameters(suite: Suite, case: Case) -> list[tuple[str, str]]:
    """The query of a case with its dataset (SPARQL 1.1 Protocol section 2.1.4)."""
    found = [("query", f"BASE <{suite.iri(case.query)}> {case.text}")]
    if case.data or case.graphs:
        # where only one part of the dataset is given, the other is empty
        found += [("default-graph-uri", suite.iri(path)) for path in case.data] or [("default-graph-uri", ABSENT)]
        found += [("named-graph-uri", suite.iri(path)) for path in case.graphs]
    return found


Way = Callable[[str], httpx.Response]


def ways(client: httpx.Client, sent: list[tuple[str, str]]) -> list[Way]:
    """The three ways of sending a query (section 2.1)."""
    form = {"content-type": "application/x-www-form-urlencoded"}
    direct = {"content-type": "application/sparql-query"}
    (_, text), *dataset = sent
    return [
        lambda accept: client.get("/sparql", params=sent, headers={"accept": accept}),
        lambda accept: client.post(
            "/sparql", content=str(httpx.QueryParams(sent)).encode(), headers={"accept": accept, **form}
        ),
        lambda accept: client.post(
            "/sparql", params=dataset, content=text.encode(), headers={"accept": accept, **direct}
        ),
    ]


def over_http(client: httpx.Client, sent: list[tuple[str, str]], expected: Result) -> Iterator[tuple[str, Result]]:
    """The answer in each format, by one way after the other."""
    asking = ways(client, sent)
    formats = [*GRAPHS] if isinstance(expected, frozenset) else [*SOLUTIONS, "text/csv"]
    for number, media_type in enumerate(formats):
        response = asking[number % len(asking)](media_type)
        assert response.status_code == 200, (media_type, response.text)
        assert response.headers["content-type"].partition(";")[0] == media_type
        if isinstance(expected, frozenset):
            yield media_type, frozenset(quad.triple for quad in ox.parse(response.content, format=GRAPHS[media_type]))
        elif media_type in SOLUTIONS and not (isinstance(expected, bool) and media_type.startswith("text/")):
            yield media_type, results.of_engine(ox.parse_query_results(response.content, format=SOLUTIONS[media_type]))
        elif isinstance(expected, bool):
            yield media_type, response.text == "true"
        else:
            yield media_type, results.of_csv(response.content.decode())


@pytest.mark.parametrize("manifest", MANIFESTS)
def test_http_gives_what_the_engine_gives(
    manifest: str, suite: Suite, everything: ox.Store, asker: httpx.Client
) -> None:
    for case in suite.cases(manifest):
        if case.kind not in EVALUATED or manifest == "sparql11/service":
            continue
        expected = in_process(suite, everything, case)
        sent = parameters(suite, case)
        if expected is None:
            for way in ways(asker, sent):
                assert way("*/*").status_code == 400, case.name
            continue
        ordered = "ORDER BY" in case.text.upper()
        for media_type, got in over_http(asker, sent, expected):
            wanted = expected.as_csv() if media_type == "text/csv" and isinstance(expected, Solutions) else expected
            assert results.same(got, wanted, ordered=ordered), (
                f"{case.name} {media_type}: {results.shown(got)}, in process {results.shown(wanted)}"
            )


def test_service(suite: Suite, asker: httpx.Client, endpoint: Server) -> None:
    for case in suite.cases("sparql11/service"):
        text = case.text
        for iri, path in case.services:
            text = text.replace(f"<{iri}>", f"<{endpoint.url}/sparql?default-graph-uri={quote(suite.iri(path))}>")
        text = text.replace("<http://invalid.endpoint.org/sparql>", f"<{DEAD.geturl()}>")
        sent = [("query", text), *parameters(suite, case)[1:]]
        response = asker.get("/sparql", params=sent)
        if "SERVICE ?" in text:
            assert response.status_code == 403, case.name
            continue
        assert response.status_code == 200, (case.name, response.text)
        got = results.of_engine(ox.parse_query_results(response.content, format=ox.QueryResultsFormat.JSON))
        assert case.result is not None
        assert results.same(got, results.of_file(case.result, suite.iri(case.result))), (case.name, results.shown(got))


@pytest.mark.parametrize("manifest", MANIFESTS)
def test_syntax(manifest: str, suite: Suite, asker: httpx.Client) -> None:
    for case in suite.cases(manifest):
        if "Syntax" not in case.kind:
            continue
        # Of an empty dataset: some of these queries are products of all triples.
        headers = {"content-type": "application/sparql-query"}
        parameters = {"default-graph-uri": ABSENT}
        response = asker.post("/sparql", params=parameters, content=case.query.read_bytes(), headers=headers)
        refused = case.kind.startswith("Negative") != (case.name.rpartition("#")[2] in SYNTAX_DEPARTURES)
        expected = {400} if refused else {200}
        if "Update" in case.kind or manifest == "sparql11/delete-insert":
            expected = {400, 403}  # 400 where an update without any operation is a query without a form
        elif manifest == "sparql11/syntax-fed":
            expected = {403}  # its hosts are not listed
        elif "not supported" in response.text:
            expected = {400}  # a function of its own, which no engine has
        assert response.status_code in expected, (case.name, response.text)
        if response.status_code == 400:
            assert response.json()["detail"]


def test_what_the_suite_expects(suite: Suite, everything: ox.Store) -> None:
    """The engine, which the tests above show to be what HTTP gives, against the results that the suite keeps."""
    departing = set()
    for manifest in suite.manifests():
        for case in suite.cases(manifest):
            # SERVICE is tried above; no entailment regime is promised.
            if case.kind not in EVALUATED or manifest in ("sparql11/service", "sparql11/entailment"):
                continue
            assert case.result is not None
            got = in_process(suite, everything, case)
            expected = results.of_file(case.result, suite.iri(case.result))
            if case.result.suffix == ".csv" and isinstance(got, Solutions):
                got = got.as_csv()
            ordered = manifest.endswith("/sort")
            if got is None or not results.same(
                results.stored(got), results.stored(expected), ordered=ordered, lax=case.lax
            ):
                departing.add(case.name.rpartition("#")[2])
    assert departing == {name for names in DEPARTURES.values() for name in names}
