"""The table of formats and the negotiation."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import QueryResultsFormat, RdfFormat

from laurier import formats, negotiation
from laurier.formats import CSV, HTML, JSON_LD, N3, N_TRIPLES, PAGES, RDF_XML, RESULTS, SPARQL_JSON, SPARQL_XML, TURTLE

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
RDFLIB = "application/rdf+xml,text/rdf+n3;q=0.9,application/xhtml+xml;q=0.5,*/*;q=0.1"


def chosen(accept: str | None, offers: tuple[formats.Format, ...] = PAGES) -> formats.Format | None:
    choice = negotiation.negotiate(accept, offers)
    return choice.format if choice else None


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, TURTLE),
        ("", TURTLE),
        ("*/*", TURTLE),
        (CHROME, HTML),
        (RDFLIB, RDF_XML),
        ("text/plain, */*;q=0.1", N_TRIPLES),
        ("application/rdf+xml;q=0.2, text/turtle;q=0.8", TURTLE),
        ("application/rdf+xml;q=0.8, text/turtle;q=0.2", RDF_XML),
        ("text/turtle;q=0, */*", HTML),
        ("text/turtle;q=0.0, application/ld+json;q=0.001", JSON_LD),
        ("text/turtle;q=0", None),
        ("*/*;q=0", None),
        ("image/png", None),
        ("image/png, */*;q=0.1", TURTLE),
        # specificity: the exact range gives the weight, whatever the order and the wildcards
        ("*/*;q=1, text/*;q=0.2, text/turtle;q=0.1, text/html;q=0.1, text/n3;q=0.1", JSON_LD),
        ("text/*;q=0.3, text/html;q=0.7, */*;q=0.5", HTML),
        ("text/*, text/turtle;q=0.1, text/html;q=0.1", N3),
        # at equal weight, what was named beats what a wildcard covers
        ("*/*, application/n-triples", N_TRIPLES),
        ("TEXT/HTML", HTML),
        ("text/html;charset=UTF-8", HTML),
        ('text/html;charset="utf-8"', HTML),
        ("text/html;charset=iso-8859-1", None),
        ("text/html;level=1", None),
        ("text/html;q=0.5;ext=1", HTML),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted, x"', JSON_LD),
        ("text/turtle;version=1.2", TURTLE),
        (" text/html ; q=0.4 ,\ttext/turtle ; q = 0.2", HTML),
        # what breaks the grammar is left out, never an error
        ("text/html;q=2, text/turtle;q=0.1", TURTLE),
        ("text/html;q=x", TURTLE),
        ("garbage", TURTLE),
        ("*/html, application/rdf+xml", RDF_XML),
        (",,,text/html,,", HTML),
        ('text/html;a="b, text/turtle', TURTLE),
        ("text/html;;q=0.2", HTML),
        ("application/x-turtle", TURTLE),
        ("text/rdf+n3", N3),
    ],
)
def test_a_page_is_negotiated(accept: str | None, expected: formats.Format | None) -> None:
    assert chosen(accept) == expected


@pytest.mark.parametrize(
    ("accept", "expected", "content_type"),
    [
        ("*/*", SPARQL_JSON, "application/sparql-results+json"),
        ("application/json", SPARQL_JSON, "application/json"),
        ("application/json, application/sparql-results+json", SPARQL_JSON, "application/sparql-results+json"),
        ("text/xml", SPARQL_XML, "text/xml"),
        ("text/csv;header=present", CSV, "text/csv; charset=utf-8; header=present"),
        ("text/*", CSV, "text/csv; charset=utf-8; header=present"),
    ],
)
def test_results_bear_the_name_asked_for(accept: str, expected: formats.Format, content_type: str) -> None:
    choice = negotiation.negotiate(accept, RESULTS)
    assert choice is not None
    assert (choice.format, choice.content_type) == (expected, content_type)


def test_an_obsolete_name_is_never_sent() -> None:
    choice = negotiation.negotiate("application/x-turtle", PAGES)
    assert choice is not None
    assert choice.content_type == "text/turtle; charset=utf-8"


@settings(deadline=None)
@given(st.text(max_size=200) | st.text(alphabet='/*;=q,." \\01text', max_size=120))
def test_no_field_is_too_strange(accept: str) -> None:
    choice = negotiation.negotiate(accept, PAGES)
    assert choice is None or choice.format in PAGES


def test_a_long_field_is_read_in_linear_time() -> None:
    for hostile in (
        '"' * 60_000,
        'a/b;c="' * 20_000,
        ";" * 60_000,
        "a/" + "a" * 60_000,
        'a/b;x="\\' * 9_000,
        " " * 60_000,
    ):
        negotiation.negotiate(hostile, PAGES)


def test_names_are_unambiguous_among_each_set_of_offers() -> None:
    for offers in (formats.GRAPHS, formats.RESULTS, formats.DATASETS):
        names = [name for offer in offers for name in {offer.name, offer.suffix, *offer.other_names}]
        assert len(names) == len(set(names))
    assert formats.by_name("json", formats.GRAPHS) is JSON_LD
    assert formats.by_name("json", formats.RESULTS) is SPARQL_JSON
    assert formats.by_name("application/sparql-results json", formats.RESULTS) is SPARQL_JSON
    assert formats.by_name("nonsense") is None
    assert formats.by_suffix("ttl") is TURTLE
    assert formats.by_media_type("Text/Turtle; charset=utf-8") is TURTLE


def test_the_engine_knows_every_rdf_and_result_format_by_the_same_names() -> None:
    for offer in formats.GRAPHS:
        engine = RdfFormat.from_media_type(offer.media_type)
        assert engine is not None
        assert (engine.file_extension, engine.iri.rpartition("formats/")[2]) == (offer.suffix, offer.w3c_key)
        assert engine.supports_datasets == offer.datasets
    for offer in formats.RESULTS:
        result = QueryResultsFormat.from_media_type(offer.media_type)
        assert result is not None
        assert result.iri == offer.w3c_iri


def test_text_always_says_its_charset() -> None:
    assert all(
        "charset=utf-8" in offer.content_type for offer in formats.FORMATS if offer.media_type.startswith("text/")
    )
    assert TURTLE.eu_iri == "http://publications.europa.eu/resource/authority/file-type/RDF_TURTLE"
    assert TURTLE.iana_iri == "http://www.iana.org/assignments/media-types/text/turtle"
    assert HTML.w3c_iri is None
