"""Every serialisation against two parsers of others, on any text and any IRI."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from laurier import quads
from laurier.errors import DataRefused
from laurier.snapshot.writers import JsonLd, RdfXml, Turtle, Writer, text

WRITERS: dict[str, tuple[type[Writer], ox.RdfFormat]] = {
    "turtle": (Turtle, ox.RdfFormat.TURTLE),
    "json-ld": (JsonLd, ox.RdfFormat.JSON_LD),
    "xml": (RdfXml, ox.RdfFormat.RDF_XML),
}


def written(kind: type[Writer], lines: list[str]) -> str:
    writer = kind()
    return f"{writer.head}{text(writer, lines)}{writer.foot}"


def read(content: str, format_: ox.RdfFormat) -> list[str]:
    return sorted(str(q.triple) for q in ox.parse(content.encode(), format=format_))


names = st.from_regex(r"[A-Za-z_é][A-Za-z0-9_.\-é]{0,6}", fullmatch=True)
namespaces = st.sampled_from(
    [
        "https://w3id.org/laurier/ns#",
        "http://purl.org/dc/terms/",
        "https://e.example/a?b=1&c='",
        "urn:x:",
        "http://é.example/é/",
    ]
)
iris = st.builds(lambda namespace, name: f"<{namespace}{name}>", namespaces, names)
# What XML can carry; the rest is refused, see below.
texts = st.text(st.characters(codec="utf-8", exclude_characters="￾￿", exclude_categories=("Cs", "Cc")), max_size=12)
texts |= st.text(st.sampled_from("\t\n\r\\\"'<>&]é]]>𝄞\x7f "), max_size=12)
literals = st.one_of(
    st.builds(quads.text, texts),
    st.builds(quads.tagged, texts, st.sampled_from(["fr", "en-gb"])),
    st.builds(quads.typed, texts, st.sampled_from(["http://www.w3.org/2001/XMLSchema#integer", "urn:x:y&'z"])),
)
blanks = st.sampled_from(["_:a1", "_:b"])
statements = st.builds(
    lambda s, p, o: f"{s} {p} {o} .", st.one_of(iris, blanks), iris, st.one_of(iris, literals, blanks)
)
types = st.builds(lambda s, o: f"{s} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> {o} .", iris, iris)


@pytest.mark.parametrize("name", WRITERS)
@given(graph=st.lists(st.one_of(statements, types), max_size=8))
@settings(deadline=None, max_examples=150)
def test_any_graph_reads_back_as_it_was(name: str, graph: list[str]) -> None:
    lines = quads.canonical(graph)
    kind, format_ = WRITERS[name]
    found = read(written(kind, lines), format_)
    expected = read("\n".join(lines), ox.RdfFormat.N_TRIPLES)
    if any("_:" in line for line in lines):  # labels of blank nodes are local to a file
        assert len(found) == len(expected)
    else:
        assert found == expected


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # inside rdflib
@given(text=texts)
@settings(deadline=None, max_examples=60)
def test_a_second_parser_reads_the_same_text(name: str, text: str) -> None:
    line = f"<urn:x:s> <http://purl.org/dc/terms/title> {quads.tagged(text, 'fr')} ."
    graph = rdflib.Graph().parse(data=written(WRITERS[name][0], [line]).encode(), format=name)
    assert [str(value) for value in graph.objects()] == [text]


@pytest.mark.parametrize("name", WRITERS)
def test_an_empty_graph_is_a_valid_file(name: str) -> None:
    kind, format_ = WRITERS[name]
    assert read(written(kind, []), format_) == []


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x1f", "￾", "￿"])
def test_rdf_xml_refuses_what_xml_cannot_carry(character: str) -> None:
    with pytest.raises(DataRefused, match="control character"):
        RdfXml().block("<urn:x:s>", [("<urn:x:p>", quads.text(f"a{character}"))])


@pytest.mark.parametrize("predicate", ["<http://x.example/1>", "<http://x.example/>", "<urn:x:-1>"])
def test_rdf_xml_refuses_a_property_that_is_no_xml_name(predicate: str) -> None:
    with pytest.raises(DataRefused, match="XML name"):
        RdfXml().block("<urn:x:s>", [(predicate, '"a"')])


def test_vocabulary_terms_are_short_in_turtle() -> None:
    rdf_type = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    lines = [
        '<urn:x:s> <http://purl.org/dc/terms/issued> "2021-03-04"^^<http://www.w3.org/2001/XMLSchema#date> .',
        f"<urn:x:s> {rdf_type} <https://w3id.org/laurier/ns#Laureate> .",
    ]
    body = written(Turtle, lines).removeprefix(Turtle.head)
    assert body == '<urn:x:s> dcterms:issued "2021-03-04"^^xsd:date ;\n  a lau:Laureate .\n'


def test_json_ld_groups_the_values_of_a_property() -> None:
    lines = ['<urn:x:s> <urn:x:p> "a" .', '<urn:x:s> <urn:x:p> "b"@fr .', "<urn:x:s> <urn:x:q> <urn:x:o> ."]
    assert json.loads(written(JsonLd, lines)) == [
        {
            "@id": "urn:x:s",
            "urn:x:p": [{"@value": "a"}, {"@language": "fr", "@value": "b"}],
            "urn:x:q": [{"@id": "urn:x:o"}],
        }
    ]
