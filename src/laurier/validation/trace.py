"""Leads from a validation result to the passage of the source that the fault was read from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from laurier.validation import exact
from laurier.validation.shape import TYPE
from laurier.validation.terms import literal
from laurier.vocabulary import ONTOLOGY, PREFIXES

_OA, _PROV, _DCTERMS = PREFIXES["oa"], PREFIXES["prov"], PREFIXES["dcterms"]
_EXCERPT = f"<{ONTOLOGY}#Excerpt>"
_DERIVED = f"<{_PROV}wasDerivedFrom>"
_COLUMN = f"<{ONTOLOGY}#column>"
_SUPPORTS = f"<{ONTOLOGY}#supports>"
_NAMES = (
    f"<{_DCTERMS}title>",
    f"<{PREFIXES['skos']}prefLabel>",
    f"<{PREFIXES['igeo']}nom>",
    f"<{ONTOLOGY}#verbatim>",
)
_LINES = re.compile(r"line=([0-9]+),([0-9]+)")
_PAGE = re.compile(r"page=([0-9]+)")


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage of a source document.

    Attributes:
        excerpt: IRI of the excerpt.
        document: IRI of the document.
        titles: its titles, by language (empty for none).
        quotation: the exact text.
        first_line, last_line: lines counted from 1, both included; 0 if the excerpt states none.
        page: page counted from 1; 0 if the excerpt states none.
        column: header of the column of a table, empty if there is none.
        supports: IRIs of the properties that the passage is known to support.
    """

    excerpt: str
    document: str
    titles: Mapping[str, str]
    quotation: str
    first_line: int = 0
    last_line: int = 0
    page: int = 0
    column: str = ""
    supports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Traced:
    """A result with the names (by language) and the class of its focus node and the passage behind it, if any."""

    result: exact.Result
    names: Mapping[str, str]
    kind: str
    citation: Citation | None


def trace(result: exact.Result, graph: exact.Graph) -> Traced:
    """Traces a result."""
    description = graph.describe(result.focus)
    excerpts = list(dict.fromkeys(_excerpts(result, graph)))
    citations = [_citation(excerpt, graph) for excerpt in excerpts]
    kinds = [kind[1:-1] for kind in description.get(TYPE, ()) if kind.startswith(f"<{ONTOLOGY}#")]
    return Traced(result, _names(description), min(kinds, default=""), _chosen(citations, result))


def _excerpts(result: exact.Result, graph: exact.Graph) -> Iterator[str]:
    """The excerpts behind a focus node: itself, those it is derived from, those of the resource it is a part of."""
    nodes = [result.focus, result.value or "", result.focus.partition("#")[0] + ">"]
    for node in nodes:
        if not node.startswith("<"):
            continue
        description = graph.describe(node)
        if _EXCERPT in description.get(TYPE, ()):
            yield node
        for source in description.get(_DERIVED, ()):
            if source.startswith("<") and _EXCERPT in graph.describe(source).get(TYPE, ()):
                yield source


def _citation(excerpt: str, graph: exact.Graph) -> Citation:
    description = graph.describe(excerpt)
    document = next(iter(description.get(f"<{_OA}hasSource>", ())), "")
    quotation, lines, page = "", (0, 0), 0
    for selector in description.get(f"<{_OA}hasSelector>", ()):
        facts = graph.describe(selector)
        for exact_text in facts.get(f"<{_OA}exact>", ()):
            quotation = _text(exact_text)
        for value in facts.get(f"<{PREFIXES['rdf']}value>", ()):
            if found := _LINES.fullmatch(_text(value)):
                # RFC 5147 counts the positions between lines, from 0.
                lines = (int(found[1]) + 1, int(found[2]))
            elif found := _PAGE.fullmatch(_text(value)):
                page = int(found[1])
    column = next(iter(description.get(_COLUMN, ())), '""')
    titles = _names(graph.describe(document)) if document.startswith("<") else {}
    supports = tuple(sorted(term[1:-1] for term in description.get(_SUPPORTS, ())))
    return Citation(excerpt[1:-1], document.strip("<>"), titles, quotation, *lines, page, _text(column), supports)


def _chosen(citations: list[Citation], result: exact.Result) -> Citation | None:
    """The passage that supports the property at fault, or holds its value; else the longest, with its surroundings."""
    if not citations:
        return None
    path = result.path[0][1:-1] if result.path else ""
    value = _text(result.value) if result.value and result.value.startswith('"') else ""
    near = [one for one in citations if path in one.supports] or [
        one for one in citations if value and value in one.quotation
    ]
    if near:
        return min(near, key=lambda one: (len(one.quotation), one.excerpt))
    return max(citations, key=lambda one: (len(one.quotation), one.excerpt))


def _names(description: exact.Description) -> dict[str, str]:
    """What a node is called, by language."""
    for predicate in _NAMES:
        found = [literal(value) for value in sorted(description.get(predicate, ())) if value.startswith('"')]
        if found:
            return {language: lexical for lexical, language, _ in reversed(found)}
    return {}


def said(names: Mapping[str, str], language: str) -> str:
    """The name in a language, or without one, or in any; empty if there is none."""
    return names.get(language) or names.get("") or next(iter(names.values()), "")


def _text(term: str) -> str:
    return literal(term)[0] if term.startswith('"') else term
