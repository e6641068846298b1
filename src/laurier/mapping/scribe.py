"""Writing down statements: terms looked up in the vocabulary, lines of one graph, evidence for each."""

from __future__ import annotations

from laurier import quads
from laurier.iri import Minter
from laurier.readings import Document
from laurier.records import Span
from laurier.vocabulary import PREFIXES, Vocabulary

_RFC5147 = "<http://tools.ietf.org/rfc/rfc5147>"
_RFC3778 = "<http://tools.ietf.org/rfc/rfc3778>"


class Terms:
    """Terms in N-Quads syntax by their compact IRI: `terms["lau:carrier"]`.

    Names of our own namespaces must be in the ontology.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._own = {"lau": vocabulary.lau, "code": vocabulary.code, "pub": vocabulary.pub}
        self._known: dict[str, str] = {}

    def __getitem__(self, compact: str) -> str:
        """The term.

        Raises:
            KeyError: the prefix is unknown, or the ontology has no such name.
        """
        known = self._known.get(compact)
        if known is None:
            prefix, _, name = compact.partition(":")
            own = self._own.get(prefix)
            known = quads.iri(own[name] if own is not None else PREFIXES[prefix] + name)
            self._known[compact] = known
        return known


class Scribe:
    """Collects the statements of one graph as N-Quads lines.

    Attributes:
        lines: the lines so far; whoever owns the scribe takes them with `take`.
        terms: the terms of the vocabulary.
        minter: builds IRIs.
        graph: the graph, as a term.
    """

    def __init__(self, terms: Terms, minter: Minter, graph: str) -> None:
        self.terms = terms
        self.minter = minter
        self.graph = quads.iri(graph)
        self.lines: list[str] = []

    def say(self, subject: str, predicate: str, value: str) -> None:
        """States one fact: IRI of the subject, compact IRI of the predicate, value as a term."""
        self.lines.append(f"<{subject}> {self.terms[predicate]} {value} {self.graph} .")

    def is_a(self, subject: str, *classes: str) -> None:
        """States the classes of a thing, by compact IRI."""
        for name in classes:
            self.say(subject, "rdf:type", self.terms[name])

    def point(self, subject: str, predicate: str, target: str) -> None:
        """States a link to a thing given by its IRI."""
        self.say(subject, predicate, f"<{target}>")

    def write(self, subject: str, predicate: str, value: str | None, language: str = "") -> None:
        """States a text, tagged when a language is given; nothing when the text is empty."""
        if value:
            self.say(subject, predicate, quads.tagged(value, language) if language else quads.text(value))

    def both(self, subject: str, predicate: str, fr: str, en: str) -> None:
        """States a text in French and, where there is one, in English."""
        self.write(subject, predicate, fr, "fr")
        self.write(subject, predicate, en, "en")

    def take(self) -> list[str]:
        """The lines so far, which are then forgotten."""
        taken, self.lines = self.lines, []
        return taken


class Evidence:
    """The passages of one document that support what a scribe states (Web Annotation selectors, PROV-O)."""

    def __init__(self, scribe: Scribe, document: Document) -> None:
        self._scribe = scribe
        self.source = document.key
        self._document = scribe.minter.thing("source", document.key)
        self._cited: set[tuple[int, int]] = set()

    def excerpt(self, span: Span) -> str:
        """The IRI of a passage."""
        return self._scribe.minter.thing("extrait", f"{self.source}/{span.start}-{span.end}")

    def cite(self, subject: str, span: Span, *predicates: str) -> str:
        """States that a thing is derived from a passage, and which of its properties the passage supports.

        Returns:
            The IRI of the passage.
        """
        excerpt = self.excerpt(span)
        if (span.start, span.end) not in self._cited:
            self._cited.add((span.start, span.end))
            self._describe(excerpt, span)
        self._scribe.point(subject, "prov:wasDerivedFrom", excerpt)
        for predicate in predicates:
            self._scribe.say(excerpt, "lau:supports", self._scribe.terms[predicate])
        return excerpt

    def forget(self) -> None:
        """Starts the next record; passages cited again are written again, which sorting undoes."""
        self._cited.clear()

    def _describe(self, excerpt: str, span: Span) -> None:
        say, scribe = self._scribe.say, self._scribe
        scribe.is_a(excerpt, "lau:Excerpt", "oa:SpecificResource")
        scribe.point(excerpt, "oa:hasSource", self._document)
        position, quotation, lines = f"{excerpt}#position", f"{excerpt}#citation", f"{excerpt}#lignes"
        for part in (position, quotation, lines):
            scribe.point(excerpt, "oa:hasSelector", part)
        scribe.is_a(position, "oa:TextPositionSelector")
        say(position, "oa:start", quads.integer(span.start))
        say(position, "oa:end", quads.integer(span.end))
        scribe.is_a(quotation, "oa:TextQuoteSelector")
        scribe.write(quotation, "oa:exact", span.exact)
        scribe.is_a(lines, "oa:FragmentSelector")
        say(lines, "dcterms:conformsTo", _RFC5147)
        # RFC 5147 counts the gaps between lines: line 8 alone is `line=7,8`.
        scribe.write(lines, "rdf:value", f"line={span.first_line - 1},{span.last_line}")
        if span.page is not None:
            page = f"{excerpt}#page"
            scribe.point(excerpt, "oa:hasSelector", page)
            scribe.is_a(page, "oa:FragmentSelector")
            say(page, "dcterms:conformsTo", _RFC3778)
            scribe.write(page, "rdf:value", f"page={span.page}")
        if span.cell is not None:
            scribe.write(excerpt, "lau:column", span.cell)
