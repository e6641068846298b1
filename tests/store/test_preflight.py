"""What is known of a query before a parser sees it."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laurier.errors import QueryError, QueryRefused, QueryTooLarge
from laurier.settings import Limits
from laurier.store.preflight import check, tokens

LIMITS = Limits()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "select*{service silent<http://x/>{?s?p?o}}",
        "SELECT * { { SERVICE ?g { ?s ?p ?o } } }",
        "SELECT * { ?s ?p 1SERVICE<http://x/>{} }",
        "SELECT * { ?s ?p trueSERVICE<http://x/>{} }",
        "PREFIX : <http://x/> SELECT * { SERVICE:a{} }",
        "PREFIX ex: <http://x/> SELECT * { SERVICEex:a #c\n {} }",
        "SELECT * { # a comment\n SERVICE # another\n <http://x/> {} }",
        'SELECT * { ?s ?p "SERVICE" . SERVICE <http://x/> {} }',
        "SELECT * { ?s ?p ''' ' '' ''' . SERVICE <http://x/> {} }",
        "SELECT * { FILTER(?x<1)SERVICE?g#>\n{} }",
        "SELECT * { FILTER(?x<'>')SERVICE <http://x/> {} }",
        "SELECT * { \\u0053ERVICE <http://x/> {} }",
        "SELECT * { SERV\\U00000049CE <http://x/> {} }",
        "ASK { OPTIONAL{SERVICE<http://x/>{}} }",
    ],
)
def test_service_is_seen_however_it_is_written(text: str) -> None:
    assert check(text, LIMITS).service


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?service { ?service a <http://example.org/Service> }",
        "PREFIX ex: <http://x/> SELECT * { ?s ex:service ?o }",
        "PREFIX service: <http://x/> SELECT * { GRAPH service:a { ?s service:b ?o } }",
        'SELECT * { ?s ?p "SERVICE <http://x/> {}" } # SERVICE <http://x/> {}',
        "SELECT * { ?s ?p '''SERVICE\n<http://x/> {}''' }",
        "SELECT * { <http://example.org/L'Aigle> ?p ?o }",
        "SELECT * { FILTER(?x < 'service' && ?y > 2) }",
    ],
)
def test_the_word_service_elsewhere_is_no_service(text: str) -> None:
    assert not check(text, LIMITS).service


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <a:b> <a:c> 1 }",
        "# SELECT\nPREFIX a: <b:c> delete where { ?s ?p ?o }",
        "LOAD <http://127.0.0.1/>",
        "BASE <http://x/> CLEAR ALL",
        "WITH <a:b> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "DROP ALL; SELECT * {}",
    ],
)
def test_an_update_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(QueryRefused, match="is an update"):
        check(text, LIMITS)


def test_a_query_that_looks_like_an_update_is_none() -> None:
    check("PREFIX insert: <a:b> SELECT ?load { ?load insert:drop 'CLEAR ALL' }", LIMITS)


@pytest.mark.parametrize("opening", ["(", "{", "[", "<<", "<<("])
def test_deep_nesting_is_refused_with_its_place(opening: str) -> None:
    with pytest.raises(QueryTooLarge, match="nest deeper than 100") as caught:
        check("SELECT * {\n" + opening * 200, LIMITS)
    assert caught.value.line == 2


def test_brackets_in_strings_iris_and_comments_do_not_nest() -> None:
    check('SELECT * { ?s ?p "' + "(" * 500 + '" ; <http://x/' + "(" * 500 + "> 1 } # " + "{" * 500, LIMITS)


def test_a_long_query_is_refused() -> None:
    with pytest.raises(QueryTooLarge, match="longer than 256 KiB"):
        check("SELECT * { VALUES ?x {" + '"é" ' * 90_000 + "} }", LIMITS)


def test_from_is_seen() -> None:
    assert check("SELECT * FROM <a:b> { ?s ?p ?o }", LIMITS).dataset
    assert check("PREFIX : <a:b> SELECT *FROM:c{ ?s ?p ?o }", LIMITS).dataset
    assert check("SELECT * from named <a:b> { ?s ?p ?o }", LIMITS).dataset
    assert check("CONSTRUCT { ?s ?p ?o } FROM <a:b> WHERE { ?s ?p ?o }", LIMITS).dataset
    assert not check("PREFIX from: <a:b> SELECT ?from { ?from from:x 'FROM <a:b>' }", LIMITS).dataset


def test_queries_of_one_shape() -> None:
    def shape(text: str) -> int:
        return check(text, LIMITS).shape

    assert shape("SELECT * { <a:1> ?p 1 }") == shape("select  *\n{ <b:2> ?p 22 } # other")
    assert shape("SELECT * { <a:1> ?p 1 }") != shape("SELECT * { ?s ?p 1 }")


def test_changing_functions_are_seen() -> None:
    assert check("SELECT * { ?s ?p 'now()' }", LIMITS).repeatable
    assert not check("SELECT (now() AS ?n) {}", LIMITS).repeatable
    assert not check("SELECT (RAND() AS ?n) {}", LIMITS).repeatable
    assert not check("SELECT (R\\u0041ND() AS ?n) {}", LIMITS).repeatable


@settings(deadline=None)
@given(st.text(max_size=300) | st.text(alphabet="'\"\\<>#{}()@:?a1 \n", max_size=200))
def test_no_text_is_too_strange_and_none_of_it_is_lost(text: str) -> None:
    assert "".join(match.group() for match in tokens(text)) == text
    with contextlib.suppress(QueryError):
        check(text, LIMITS)


@pytest.mark.parametrize(
    "unit",
    ["'''\n\\", '"\\', "'''a", "<a'", "?", "a:", "@a-", "\\", "#", "a<", "1.", "<<", "''", '"""\\"', "<a\\u0041"],
)
def test_hostile_text_is_read_in_linear_time(unit: str) -> None:
    def seconds(size: int) -> float:
        started = time.process_time()
        with contextlib.suppress(QueryError):
            check(unit * (size // len(unit)), LIMITS)
        return time.process_time() - started

    # A quadratic reader needs minutes here.
    assert seconds(200_000) < 5


def test_an_open_long_string_is_told_with_its_place() -> None:
    with pytest.raises(QueryError, match="line 2, column 3 is never closed"):
        check("SELECT *\n{ '''abc }", LIMITS)
