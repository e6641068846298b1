"""The bounded description of a thing, parsed: its values, its labels, its parts and the passages that support it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from laurier.vocabulary import PREFIXES

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_LABELS = tuple(
    PREFIXES[prefix] + name
    for prefix, name in (
        ("skos", "prefLabel"),
        ("dcterms", "title"),
        ("igeo", "nom"),
        ("rdfs", "label"),
        ("foaf", "name"),
        ("schema", "name"),
    )
)
TYPE = f"{PREFIXES['rdf']}type"
DERIVED = f"{PREFIXES['prov']}wasDerivedFrom"


@dataclass(frozen=True, slots=True)
class Text:
    """A text with the language tag of its literal, empty when it has none."""

    value: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A cited passage.

    Attributes:
        iri: of the excerpt.
        source: IRI of the document.
        quotation: its exact words.
        start, end: code-point offsets.
        first_line, last_line: lines, from 1, both included; 0 when not stated.
        page: of a paginated document, empty when not stated.
        supports: IRIs of the properties that it supports.
    """

    iri: str
    source: str
    quotation: str
    start: int
    end: int
    first_line: int
    last_line: int
    page: str
    supports: frozenset[str]


class Description:
    """What is stated of a thing and of its parts, with the labels of what they name."""

    def __init__(self, iri: str, ntriples: bytes) -> None:
        self.iri = iri
        self._facts: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for quad in ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES):
            self._facts[quad.subject.value][quad.predicate.value].append(quad.object)

    def predicates(self, subject: str) -> list[str]:
        """The properties stated of a thing."""
        return list(self._facts[subject]) if subject in self._facts else []

    def values(self, subject: str, predicate: str) -> list[Term]:
        """The values of a property."""
        return self._facts[subject][predicate] if subject in self._facts and predicate in self._facts[subject] else []

    def links(self, subject: str, predicate: str) -> list[str]:
        """The IRIs among the values of a property."""
        return [value.value for value in self.values(subject, predicate) if isinstance(value, ox.NamedNode)]

    def one(self, subject: str, predicate: str) -> str:
        """The lexical form of the first value of a property; empty when there is none."""
        return next((str(getattr(value, "value", "")) for value in self.values(subject, predicate)), "")

    def types(self, subject: str) -> list[str]:
        """The classes of a thing."""
        return self.links(subject, TYPE)

    def is_part(self, iri: str) -> bool:
        """Whether an IRI is a part of this thing that is described here."""
        return iri.startswith(f"{self.iri}#") and iri in self._facts

    def label(self, iri: str, language: str) -> Text | None:
        """The label of a thing: in the language asked for, else in French, else in any."""
        for predicate in _LABELS:
            found = best(self.values(iri, predicate), language)
            if found:
                return found
        return None

    def passages(self, subject: str) -> list[Passage]:
        """The passages that a thing is derived from, in the order of the document."""
        found = [self._passage(iri) for iri in self.links(subject, DERIVED)]
        return sorted((p for p in found if p is not None), key=lambda p: (p.source, p.start, p.end))

    def _passage(self, iri: str) -> Passage | None:
        source = self.one(iri, f"{PREFIXES['oa']}hasSource")
        if not source:
            return None
        start, end, quotation, lines = 0, 0, "", ""
        for selector in self.links(iri, f"{PREFIXES['oa']}hasSelector"):
            start = _integer(self.one(selector, f"{PREFIXES['oa']}start"), start)
            end = _integer(self.one(selector, f"{PREFIXES['oa']}end"), end)
            quotation = self.one(selector, f"{PREFIXES['oa']}exact") or quotation
            lines = self.one(selector, f"{PREFIXES['rdf']}value") or lines
        # RFC 5147 counts the gaps between lines: `line=7,8` is line 8 alone.
        before, _, after = lines.removeprefix("line=").partition(",")
        first_line = _integer(before, -1) + 1
        supports = frozenset(self.links(iri, f"{PREFIXES['lau']}supports"))
        return Passage(
            iri, source, quotation, start, end, first_line, _integer(after, first_line),
            self.one(iri, f"{PREFIXES['lau']}page"), supports,
        )  # fmt: skip


def best(values: Iterable[Term], language: str) -> Text | None:
    """The literal in the language asked for, else the one without language, else French, else the first one."""
    literals = [value for value in values if isinstance(value, ox.Literal)]
    for tag in (language, "", "fr"):
        for literal in literals:
            if (literal.language or "") == tag:
                return Text(literal.value, literal.language or "")
    return Text(literals[0].value, literals[0].language or "") if literals else None


def _integer(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() else default
