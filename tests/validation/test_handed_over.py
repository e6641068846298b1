"""What the fast engine does not compile, it refuses by name: validation is then handed to the reference engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from generated import PREFIXES
from hypothesis import given, settings
from hypothesis import strategies as st

from laurier.validation import audit, exact, glance
from laurier.validation.screen import OneNode
from laurier.validation.shape import CannotCompile, Constraint, Shape
from laurier.validation.shapes import read

MESSAGE = 'sh:message "faux"@fr'
TARGET = ":S a sh:NodeShape ; sh:targetClass :A ;"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (f"{TARGET} sh:property [ sh:path [ sh:inversePath :p ] ; sh:maxCount 1 ; {MESSAGE} ] .", "path"),
        (f"{TARGET} sh:property [ sh:path ( :p :q :r ) ; sh:maxCount 1 ; {MESSAGE} ] .", "path"),
        (f"{TARGET} sh:property [ sh:path [ sh:alternativePath ( :p :q ) ] ; sh:maxCount 1 ; {MESSAGE} ] .", "path"),
        (f":S a sh:NodeShape ; sh:targetObjectsOf :p ; sh:nodeKind sh:IRI ; {MESSAGE} .", "targetObjectsOf"),
        (f"{TARGET} sh:property [ sh:path :p ; sh:maxCount 1 ] .", "no sh:message"),
        (f"{TARGET} sh:nodeKind sh:IRI .", "no sh:message"),
        (f"{TARGET} sh:minCount 1 ; {MESSAGE} .", "sh:minCount"),
        (f"{TARGET} sh:property [ sh:path :p ; sh:pattern 'a' ; sh:flags 'sx' ; {MESSAGE} ] .", "flags"),
        (f"{TARGET} sh:property [ sh:path :p ; sh:reifierShape :S ; {MESSAGE} ] .", "reifierShape"),
        (f"{TARGET} sh:property [ sh:path :p ; sh:node :S ; {MESSAGE} ] .", "refers to itself"),
        (f"{TARGET} sh:property [ sh:path :p ; sh:datatype rdfs:Literal ; {MESSAGE} ] .", "sh:datatype"),
        (f"{TARGET} sh:property [ sh:path :p ; sh:in ( 1 2 ), ( 3 ) ; {MESSAGE} ] .", "several values"),
        (f":A a rdfs:Class , sh:NodeShape ; sh:nodeKind sh:IRI ; {MESSAGE} .", "implicit class target"),
        (
            f"{TARGET} sh:property [ sh:path :p ; sh:qualifiedValueShape [ sh:class :B ] ; sh:qualifiedMinCount 1 ;"
            f" sh:qualifiedValueShapesDisjoint true ; {MESSAGE} ] .",
            "qualifiedValueShapesDisjoint",
        ),
        (f"{TARGET} sh:sparql [ sh:select 'SELECT $this WHERE {{ $this :p ?value }}' ; {MESSAGE} ] .", "sh:sparql"),
        (
            ":S a sh:NodeShape ; sh:targetNode :n ;"
            " sh:sparql [ sh:select 'SELECT $this WHERE { $this <urn:p> ?value }' ; sh:message '{?value}'@fr ] .",
            "message",
        ),
    ],
)
def test_shapes_that_are_refused(text: str, word: str, tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(PREFIXES + text)
    with pytest.raises(CannotCompile, match=word):
        read([tmp_path / "shapes.ttl"])


def test_a_deactivated_shape_is_left_out(tmp_path: Path) -> None:
    nested = f"sh:property [ sh:path [ sh:inversePath :p ] ; sh:deactivated true ; sh:maxCount 1 ; {MESSAGE} ]"
    (tmp_path / "shapes.ttl").write_text(f"{PREFIXES}{TARGET} {nested} .\n:T a sh:NodeShape ; sh:deactivated true .")
    (shape,) = read([tmp_path / "shapes.ttl"])
    assert shape.properties == ()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this WHERE { ?s ?p ?value }",
        "SELECT $this WHERE { GRAPH ?g { ?value <urn:p> 1 } }",
        "SELECT $this WHERE { SERVICE <http://127.0.0.1/> { ?value <urn:p> 1 } }",
        "SELECT $this WHERE { ?value !<urn:p> 1 }",
        "SELECT $this WHERE { ?value <urn:p>* ?x }",
    ],
)
def test_queries_that_read_more_than_can_be_set_aside(query: str) -> None:
    with pytest.raises(CannotCompile):
        list(audit.stars_of_query(query))


def test_the_stars_of_a_query() -> None:
    stars = list(
        audit.stars_of_query(
            "SELECT ?value WHERE { ?value a <urn:C> ; <urn:p> ?x ; ^<urn:q>+ ?y ."
            " FILTER NOT EXISTS { ?x <urn:r> 1 } OPTIONAL { ?value <urn:s> 2 } }"
        )
    )
    assert {star.wanted for star in stars} >= {frozenset({"<urn:q>"}), frozenset({"<urn:r>"}), frozenset({"<urn:s>"})}
    whole = next(star for star in stars if "<urn:p>" in star.wanted)
    assert whole.classes == {"<urn:C>"}
    # A path may begin or end anywhere: nothing is demanded of the nodes that it passes.
    assert next(star for star in stars if "<urn:q>" in star.wanted).required == frozenset()


XSD = "http://www.w3.org/2001/XMLSchema#"
LEXICAL = st.one_of(
    st.sampled_from(["0", "7", "-0", "007", "1.50", "1.5", "3.0", "-4.25", "1e3", "true", "1", "none", "", "é", "P3Y"]),
    st.dates().map(str),
    st.sampled_from(["2019-02-29", "2020-02-29", "2019-04-31", "0000-01-01", "2019-13-01", "2019-01-01Z"]),
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str),
    st.text(alphabet='ab1é"\\\n <>@^', max_size=5),
)
SUFFIX = st.sampled_from(
    ["", "@fr", "@en", "@fr-ca", "^^<urn:x>"] + [f"^^<{XSD}{n}>" for n in ("integer", "decimal", "date", "boolean")]
)


def _literal(lexical: str, suffix: str) -> str:
    escaped = lexical.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"{suffix}'


BOUNDS = [f'"{n}"^^<{XSD}{kind}>' for n, kind in (("0", "integer"), ("7", "integer"), ("0.9", "decimal"))]
BOUNDED = ("minInclusive", "minExclusive", "maxInclusive", "maxExclusive")
CONSTRAINTS = [
    *(Constraint("datatype", f"<{XSD}{n}>") for n in ("integer", "decimal", "date", "boolean", "string")),
    Constraint("datatype", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>"),
    Constraint("datatype", "<urn:x>"),
    *(Constraint(name, bound) for name in BOUNDED for bound in BOUNDS),
    Constraint("minLength", 1),
    Constraint("languageIn", frozenset({"fr"})),
    Constraint("nodeKind", '<"'),
]


@settings(deadline=None, max_examples=600)
@given(
    term=st.one_of(st.builds(_literal, LEXICAL, SUFFIX), st.sampled_from(["<urn:x>", "_:b"])),
    constraint=st.sampled_from(CONSTRAINTS),
)
def test_a_glance_accepts_only_what_conforms(term: str, constraint: Constraint) -> None:
    nothing: frozenset[str] = frozenset()
    shape = Shape("<urn:s>", None, "", (), (constraint,), (), nothing, nothing, nothing)
    graph = OneNode({}, {})
    holds = exact.conforms(shape, term, graph)
    seen = glance._glance(constraint)
    assert seen is None or not seen(term.encode()) or holds
    assert glance.test(shape, graph)(term.encode()) == holds


@settings(deadline=None, max_examples=300)
@given(
    values=st.lists(st.builds(_literal, LEXICAL, SUFFIX), max_size=2, unique=True),
    others=st.lists(st.builds(_literal, LEXICAL, SUFFIX), max_size=2, unique=True),
    name=st.sampled_from(["lessThan", "lessThanOrEquals", "equals", "disjoint", "uniqueLang"]),
)
def test_a_comparison_at_a_glance_accepts_only_what_conforms(values: list[str], others: list[str], name: str) -> None:
    nothing: frozenset[str] = frozenset()
    constraint = Constraint(name, True if name == "uniqueLang" else "<urn:q>")
    shape = Shape("<urn:s>", ("<urn:p>",), "", (), (constraint,), (), nothing, nothing, nothing)
    graph = OneNode({"<urn:p>": values, "<urn:q>": others}, {})
    encoded = ([v.encode() for v in values], [o.encode() for o in others])
    if glance.comparison(constraint)(*encoded):
        assert exact.conforms(shape, "<urn:n>", graph)
