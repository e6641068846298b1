"""Texts that pass by in blocks, datasets read from tokens, registries, addresses: without an engine."""

from __future__ import annotations

import re

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laurier.errors import QueryError, QueryTimeout, SnapshotError
from laurier.store import Query, engines, sets
from laurier.store.dataset import dataset_of, form_of
from laurier.store.engines import OXIGRAPH, STANDARD, VIRTUOSO, Credentials
from laurier.store.rewriting import Change, Rewriter, renaming
from laurier.store.sets import GraphSet, Names

BASE = "https://data.example.org/"
NAMES = Names(BASE, "0123456789abcdef")
KNOWN = GraphSet(NAMES.release, 9, 9, [f"{NAMES.inside}a", f"{NAMES.inside}b"], [f"{NAMES.inside}u"])


def through(changes, text, cuts):
    rewriter = Rewriter(changes)
    parts, done = [], 0
    for cut in sorted(cuts):
        parts.append(rewriter.feed(text[done:cut]))
        done = cut
    parts += (rewriter.feed(text[done:]), rewriter.end())
    return b"".join(parts)


@settings(deadline=None)
@given(st.lists(st.sampled_from([b"ab", b"abc", b"a", b"b", b"xabab", b"\xc3\xa9"]), max_size=30), st.data())
def test_a_renaming_does_not_depend_on_where_blocks_end(pieces, data):
    text = b"".join(pieces)
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=12))
    once = text.replace(b"abab", b"<>").replace(b"<>x", b"!")
    assert through((renaming("abab", "<>"), renaming("<>x", "!")), text, cuts) == once


@settings(deadline=None)
@given(st.lists(st.sampled_from([b'"type": "typed-literal"', b"x", b'"type": ', b"\n"]), max_size=20), st.data())
def test_repairs_do_not_depend_on_where_blocks_end(pieces, data):
    text = b"".join(pieces)
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=12))
    assert through(VIRTUOSO.repairs, text, cuts) == through(VIRTUOSO.repairs, text, [])
    assert b"typed-literal" not in through(VIRTUOSO.repairs, text, cuts)


def test_a_change_can_compute_what_comes_instead():
    change = Change(re.compile(rb"<(\d+)>"), lambda match: str(int(match[1]) * 2).encode(), 12)
    assert through((change,), b"a<21>b<4", [3]) == b"a42b<4"


@pytest.mark.parametrize(
    ("text", "default", "named", "left"),
    [
        ("SELECT * { ?s ?p ?o }", ("u",), ("a", "b"), "SELECT * { ?s ?p ?o }"),
        ("SELECT * FROM <graph/a> { ?s ?p ?o }", ("a",), ("none",), "FROM"),
        ("PREFIX g: <https://data.example.org/graph/> ASK FROM NAMED g:b {}", ("none",), ("b",), "FROM"),
        ("BASE <https://data.example.org/graph/> ASK FROM <a> FROM <b> {}", ("a", "b"), ("none",), "FROM"),
        ("ASK FROM <https://data.example.org/graph/c> {}", ("none",), ("none",), "FROM"),
        ("ASK FROM <https://data.example.org/graph/0123456789abcdef/a> {}", ("none",), ("none",), "FROM"),
        ('SELECT ("FROM <x>" AS ?t) { ?s ?p "FROM NAMED <graph/a>" }', ("u",), ("a", "b"), None),
        ("SELECT * { ?s <http://x/FROM> ?o } # FROM <graph/a>", ("u",), ("a", "b"), None),
    ],
)
def test_the_dataset_of_a_query(text, default, named, left):
    found = dataset_of(Query(text, None, None), NAMES, KNOWN)
    assert found.default == tuple(f"{NAMES.inside}{name}" for name in default)
    assert found.named == tuple(f"{NAMES.inside}{name}" for name in named)
    if left is None:
        assert found.text.endswith(text)
    elif left == "FROM":
        assert "FROM" not in found.text
    else:
        assert found.text == left


def test_what_the_request_names_comes_before_what_the_query_names():
    query = Query("ASK FROM <graph/a> {}", None, None, (f"{BASE}graph/b", "http://other.example/"), ())
    found = dataset_of(query, NAMES, KNOWN)
    assert found.default == (f"{NAMES.inside}b",)
    assert found.named == (f"{NAMES.inside}none",)


def test_the_form_of_a_query_is_its_first_word():
    assert form_of("# SELECT\nPREFIX ask: <http://x/select> CONSTRUCT { ?s ?p ?o } WHERE {}").word == "CONSTRUCT"
    assert form_of("describe <x>").graph
    with pytest.raises(QueryError, match="DESCRIBE"):
        form_of("{ ?s ?p ?o }")


@pytest.mark.parametrize(
    ("query", "engine", "update", "graphs"),
    [
        ("http://h:7878/query", OXIGRAPH, "http://h:7878/update", "http://h:7878/store"),
        ("http://h/sparql", VIRTUOSO, "http://h/sparql-auth", "http://h/sparql-graph-crud-auth"),
        ("http://h/repositories/x", STANDARD, "http://h/repositories/x/statements", ""),
        ("https://h:8182/sparql", STANDARD, "https://h:8182/sparql", ""),
        ("https://h/anything", STANDARD, "https://h/anything", ""),
    ],
)
def test_the_other_addresses_follow_from_that_of_queries(query, engine, update, graphs):
    found = engines.endpoint(query, engine)
    assert (found.update, found.graphs) == (update, graphs)
    assert engines.endpoint(query, engine, "http://u/", "http://g/") == engines.Endpoint(
        query, "http://u/", "http://g/"
    )


def test_an_engine_is_known_by_its_header():
    assert engines.recognise(httpx.Headers({"Server": "Virtuoso/07.20.3229 (Linux)"})) is VIRTUOSO
    assert engines.recognise(httpx.Headers({"Server": "Oxigraph/0.5.13"})) is OXIGRAPH
    assert engines.recognise(httpx.Headers({})) is STANDARD


@pytest.mark.parametrize("said", ["Virtuoso S1T00 Error SR171: Transaction timed out", "Query timed out"])
def test_an_engine_that_gave_up_is_a_timeout(said):
    assert isinstance(engines.explain(500, said, 3), QueryTimeout)


def test_other_messages_of_an_engine_are_told_without_its_own_words():
    told = engines.explain(
        400, "Virtuoso 37000 Error SP030: SPARQL compiler, line 2: syntax error\n\nSPARQL query:\nx", 3
    )
    assert told.en == "The engine refuses the query: SPARQL compiler, line 2: syntax error"


@pytest.mark.parametrize(
    ("challenge", "wanted"),
    [('Basic realm="x"', "Basic "), ('Digest realm="SPARQL", nonce="1", qop="auth", algorithm="MD5"', "Digest ")],
)
def test_a_password_is_shown_as_the_server_asks(challenge, wanted):
    def answer(request):
        shown = request.headers.get("authorization", "")
        return httpx.Response(200 if shown.startswith(wanted) else 401, headers={"www-authenticate": challenge})

    auth = Credentials("user", "password").auth()
    with httpx.Client(transport=httpx.MockTransport(answer), auth=auth) as client:
        assert [client.get("http://h/").status_code for _ in range(2)] == [200, 200]


def test_a_registry_that_is_none_is_a_sentence():
    for answer in (b"<html>", b"{}", b'{"results": {"bindings": [{"s": 1}]}}'):
        with pytest.raises(SnapshotError, match="SPARQL endpoint"):
            sets.registry(BASE, answer)
