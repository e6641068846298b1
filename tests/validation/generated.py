"""Random shapes, with every constraint that the fast engine compiles, and random data that break many of them."""

from __future__ import annotations

from hypothesis import strategies as st
from sample_validation import Statement

EX = "urn:x:"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = f"""@prefix : <{EX}> . @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <{XSD}> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
BACKGROUND = (
    PREFIXES + ":B rdfs:subClassOf :A . :C rdfs:subClassOf :B . :n0 a :A ; :p 3 . :hidden a :B ; :q :n1 , 7 .\n"
)

CLASSES = ("A", "B", "C", "D")
PATHS = ("p", "q", "r")
NODES = tuple(f"n{number}" for number in range(4))

LITERALS = (
    *(f'"{n}"^^<{XSD}integer>' for n in ("0", "3", "7", "12", "-4", "007", "many")),
    *(f'"{n}"^^<{XSD}decimal>' for n in ("0.5", "3", "7.25", "3.0", "x")),
    *(f'"{d}"^^<{XSD}date>' for d in ("2019-02-28", "2019-03-31", "2020-02-29")),
    *(f'"{b}"^^<{XSD}boolean>' for b in ("true", "false", "none")),
    *(f'"{text}"' for text in ("", "a", "abc", "Été", r"a \"b\"\n", "<urn:x:n1>", "12")),
    *(f'"{text}"@{tag}' for text in ("un", "deux", "trois", "") for tag in ("fr", "en", "fr-ca")),
    f'"P3Y"^^<{XSD}duration>',
    '"x"^^<urn:x:other>',
)
VALUES = (*(f"<{EX}{node}>" for node in (*NODES, "hidden", "absent")), *LITERALS)
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


def graphs() -> st.SearchStrategy[set[Statement]]:
    """Statements about a few nodes."""
    subject = st.sampled_from([f"<{EX}{node}>" for node in NODES])
    kinds = st.tuples(subject, st.just(TYPE), st.sampled_from([f"<{EX}{name}>" for name in CLASSES]))
    facts = st.tuples(subject, st.sampled_from([f"<{EX}{name}>" for name in PATHS]), st.sampled_from(VALUES))
    return st.builds(
        lambda a, b: a | b, st.sets(kinds, min_size=2, max_size=8), st.sets(facts, min_size=6, max_size=30)
    )


_NUMBERS = st.sampled_from(("3", "7", "0.5", '"2019-03-31"^^xsd:date', '"abc"'))
_PROPERTY = st.sampled_from([f":{name}" for name in PATHS])


def _textual() -> st.SearchStrategy[str]:
    return st.one_of(
        st.sampled_from(("integer", "decimal", "string", "date", "boolean", "duration")).map(
            "sh:datatype xsd:{}".format
        ),
        st.sampled_from(("sh:datatype rdf:langString", "sh:datatype :other")),
        st.sampled_from(("IRI", "Literal", "BlankNodeOrIRI", "IRIOrLiteral")).map("sh:nodeKind sh:{}".format),
        st.sampled_from(('"^[a-z]+$"', '"[0-9]"', '"n[12]$"', '"É"')).map("sh:pattern {}".format),
        st.just('sh:pattern "^AB" ; sh:flags "i"'),
        st.integers(0, 4).map("sh:minLength {}".format),
        st.integers(0, 4).map("sh:maxLength {}".format),
        st.sampled_from(('( "fr" )', '( "fr" "en" )', '( "en" )')).map("sh:languageIn {}".format),
        _NUMBERS.map("sh:minInclusive {}".format),
        _NUMBERS.map("sh:minExclusive {}".format),
        _NUMBERS.map("sh:maxInclusive {}".format),
        _NUMBERS.map("sh:maxExclusive {}".format),
        st.sampled_from(("( :n1 :n2 3 )", '( "abc" "a" "un"@fr )')).map("sh:in {}".format),
    )


def _sets() -> st.SearchStrategy[str]:
    return st.one_of(
        st.just("sh:uniqueLang true"),
        st.integers(0, 2).map("sh:minCount {}".format),
        st.integers(0, 2).map("sh:maxCount {}".format),
        st.just("sh:uniqueLang true"),
        st.sampled_from((":n1", "3", '"un"@fr')).map("sh:hasValue {}".format),
        _PROPERTY.map("sh:equals {}".format),
        _PROPERTY.map("sh:disjoint {}".format),
        _PROPERTY.map("sh:lessThan {}".format),
        _PROPERTY.map("sh:lessThanOrEquals {}".format),
    )


def _distant(depth: int, of_path: bool = True) -> st.SearchStrategy[str]:
    classes = st.sampled_from(CLASSES).map("sh:class :{}".format)
    if not depth:
        return classes
    nested = node_shapes(depth - 1)
    members = st.lists(nested, min_size=1, max_size=2).map(lambda shapes: f"( {' '.join(shapes)} )")
    qualified = st.tuples(nested, st.integers(0, 2), st.integers(1, 3)).map(
        lambda t: f"sh:qualifiedValueShape {t[0]} ; sh:qualifiedMinCount {t[1]} ; sh:qualifiedMaxCount {t[2]}"
    )
    return st.one_of(
        classes,
        *([qualified] if of_path else []),
        nested.map("sh:node {}".format),
        nested.map("sh:not {}".format),
        st.tuples(st.sampled_from(("or", "and", "xone")), members).map(lambda pair: f"sh:{pair[0]} {pair[1]}"),
    )


def _distinct(constraints: list[str]) -> list[str]:
    """One constraint for each parameter: several values are another matter."""
    return list({text.split(" ", 1)[0]: text for text in constraints}.values())


MESSAGE = 'sh:message "faux"@fr , "wrong"@en'


def node_shapes(depth: int) -> st.SearchStrategy[str]:
    """Anonymous node shapes."""
    own = st.lists(_textual() if not depth else st.one_of(_textual(), _distant(0)), max_size=2).map(_distinct)
    parts = st.lists(property_shapes(depth).map("sh:property {}".format), max_size=2)
    return st.builds(lambda a, b: f"[ {' ; '.join([*a, *b, MESSAGE])} ]", own, parts)


def property_shapes(depth: int) -> st.SearchStrategy[str]:
    """Anonymous property shapes."""
    paths = st.one_of(
        _PROPERTY, _PROPERTY, _PROPERTY, st.tuples(_PROPERTY, _PROPERTY).map(lambda p: f"( {p[0]} {p[1]} )")
    )
    kinds = (_textual(), _sets(), _distant(depth), _distant(depth))
    constraints = st.lists(st.one_of(*kinds), min_size=1, max_size=3).map(_distinct)
    severity = st.sampled_from(("", " ; sh:severity sh:Warning", " ; sh:severity sh:Info"))
    return st.builds(lambda p, c, s: f"[ sh:path {p} ; {' ; '.join(c)}{s} ; {MESSAGE} ]", paths, constraints, severity)


def _targets() -> st.SearchStrategy[str]:
    return st.one_of(
        st.sampled_from(CLASSES).map("sh:targetClass :{}".format),
        st.sampled_from(CLASSES[:2]).map("sh:targetClass :{}".format),
        _PROPERTY.map("sh:targetSubjectsOf {}".format),
        st.sampled_from((":n1", ":absent")).map("sh:targetNode {}".format),
    )


def shapes() -> st.SearchStrategy[str]:
    """A shapes graph in Turtle."""
    closed = st.just("sh:closed true ; sh:ignoredProperties ( rdf:type :r )")
    own = st.lists(st.one_of(_textual(), closed, _distant(1, of_path=False)), max_size=1)
    parts = st.lists(property_shapes(1).map("sh:property {}".format), min_size=1, max_size=4)
    one = st.tuples(st.lists(_targets(), min_size=1, max_size=2, unique=True), own, parts)
    return st.lists(one, min_size=1, max_size=3).map(
        lambda made: (
            PREFIXES
            + "".join(
                f":S{number} a sh:NodeShape ; {' ; '.join([*targets, *itself, *properties, MESSAGE])} .\n"
                for number, (targets, itself, properties) in enumerate(made)
            )
        )
    )
