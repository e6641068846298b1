"""What a page shows of a thing: sections of named values, each with the passages that support it, ready to print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from laurier.errors import Language
from laurier.vocabulary import PREFIXES, Vocabulary
from laurier.web.pages.addresses import Addresses
from laurier.web.pages.citing import SOURCE_LANGUAGE, Citation, Citer
from laurier.web.pages.description import DERIVED, TYPE, Description, Passage, Term, Text, best
from laurier.web.pages.layout import Layout, Slot
from laurier.web.pages.printing import Printer, Shown

# Shown in the heading of a page or of a part, so not repeated below it.
_TITLES = frozenset(
    PREFIXES[prefix] + name
    for prefix, name in (("dcterms", "title"), ("skos", "prefLabel"), ("igeo", "nom"), ("foaf", "name"))
)
_VERBATIM = f"{PREFIXES['lau']}verbatim"
_SHORTCUTS = {
    f"{PREFIXES['lau']}territory": f"{PREFIXES['lau']}territoryMention",
    f"{PREFIXES['lau']}public": f"{PREFIXES['lau']}target",
}
_HIDDEN = frozenset({TYPE, DERIVED, f"{PREFIXES['lau']}position", f"{PREFIXES['geo']}hasGeometry"})
_INTRODUCTION = f"{PREFIXES['lau']}introduction"
_DESCRIPTION = f"{PREFIXES['dcterms']}description"
_VALUE, _CURRENCY = f"{PREFIXES['schema']}value", f"{PREFIXES['schema']}currency"
# How a value was read or linked: told with the passage that supports it, not beside the value.
_WORKINGS = frozenset(
    PREFIXES[prefix] + name
    for prefix, name in (
        ("lau", "confidence"),
        ("lau", "linkMethod"),
        ("lau", "linkEvidence"),
        ("lau", "vintage"),
        ("lau", "reviewStatus"),
        ("lau", "precision"),
        ("lau", "startEarliest"),
        ("lau", "startLatest"),
        ("lau", "endEarliest"),
        ("lau", "endLatest"),
        ("dcterms", "date"),
    )
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A property with its values.

    Attributes:
        predicate: its IRI.
        name: what it is called.
        definition: what it means.
        values: its values.
        citations: the passages that support it.
    """

    predicate: str
    name: str
    definition: str
    values: tuple[Shown, ...]
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Properties under one title, which may be empty."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """What a page shows of a thing.

    Attributes:
        iri: of the thing.
        anchor: of a part in its page; empty for the thing itself.
        title: its label, or the printed words of a part.
        kinds: what it is, in words.
        sections: its properties.
        citations: passages that support no property in particular.
        introduction: the words that introduce the list that a part is an item of.
        is_quote: its title is what the source prints.
    """

    iri: str
    anchor: str
    title: Text
    kinds: tuple[str, ...]
    sections: tuple[Section, ...]
    citations: tuple[Citation, ...] = field(default=())
    introduction: Text | None = None
    is_quote: bool = False

    @property
    def facts(self) -> list[Fact]:
        """Every property of every section."""
        return [fact for section in self.sections for fact in section.facts]

    @property
    def plain(self) -> list[Fact]:
        """The properties that a reader wants first."""
        return [fact for fact in self.facts if fact.predicate not in _WORKINGS]

    @property
    def workings(self) -> list[Fact]:
        """The properties that say how a value was read or linked."""
        return [fact for fact in self.facts if fact.predicate in _WORKINGS]

    @property
    def every_citation(self) -> list[Citation]:
        """The passages of this card, each once, in the order of the document."""
        found = {c.passage.iri: c for fact in self.facts for c in fact.citations}
        found.update({c.passage.iri: c for c in self.citations})
        return sorted(found.values(), key=lambda c: (c.passage.source, c.passage.start))


def merged(card: Card, other: Card, without: str) -> Card:
    """Two cards as one, sections of the same title together; the property that joins them is left out.

    Args:
        card: whose title is kept.
        other: whose facts come first in each section.
        without: IRI of the property of `card` that leads to `other`.
    """
    facts: dict[str, list[Fact]] = {}
    for section in (*other.sections, *card.sections):
        kept = [fact for fact in section.facts if fact.predicate != without]
        if kept:
            facts.setdefault(section.title, []).extend(kept)
    sections = tuple(Section(title, tuple(members)) for title, members in facts.items())
    return replace(card, sections=sections, citations=(*card.citations, *other.citations))


class Dealer:
    """Makes cards."""

    def __init__(
        self, vocabulary: Vocabulary, layout: Layout, addresses: Addresses, printer: Printer, citer: Citer
    ) -> None:
        self._vocabulary = vocabulary
        self._layout = layout
        self._addresses = addresses
        self._printer = printer
        self._citer = citer

    def card(self, description: Description, language: Language, subject: str | None = None) -> Card:
        """The card of the thing described, or of one of its parts."""
        iri = subject or description.iri
        classes = description.types(iri)
        slots = self._layout.slots(classes)
        passages = description.passages(iri)
        predicates = [p for p in slots if description.values(iri, p)]
        predicates += sorted(p for p in description.predicates(iri) if p not in slots)
        shown = [p for p in predicates if self._is_shown(description, iri, p)]
        facts = [(p, self._fact(description, iri, p, slots.get(p), passages, language)) for p in shown]
        cited = {c.passage.iri for _, fact in facts for c in fact.citations}
        rest = [p for p in passages if p.iri not in cited]
        return Card(
            iri,
            iri.partition("#")[2],
            self._title(description, iri, language),
            tuple(self._kinds(classes, language)),
            tuple(self._sections(facts, slots, language)),
            tuple(self._citer.citations(description, rest, language)),
            best(description.values(iri, _INTRODUCTION), language),
            bool(description.values(iri, _VERBATIM)),
        )

    def _is_shown(self, description: Description, subject: str, predicate: str) -> bool:
        if predicate in _HIDDEN or predicate in _TITLES:
            return False
        if subject != description.iri and predicate in (_VERBATIM, _INTRODUCTION):
            return False  # the heading of the part, or of its list
        if subject != description.iri and predicate == _DESCRIPTION:
            return bool(description.values(subject, _VERBATIM))
        if predicate == _CURRENCY:
            return not description.values(subject, _VALUE)
        full = _SHORTCUTS.get(predicate)
        return not (full and description.values(subject, full))

    def _title(self, description: Description, iri: str, language: Language) -> Text:
        label = description.label(iri, language)
        words = description.one(iri, _VERBATIM)
        if iri != description.iri and words:
            return Text(words, SOURCE_LANGUAGE)
        if iri != description.iri and label is None:
            label = best(description.values(iri, _DESCRIPTION), language)
        if label:
            return label
        return Text(words, SOURCE_LANGUAGE) if words else Text(self._addresses.short(iri))

    def _kinds(self, classes: Iterable[str], language: Language) -> Iterator[str]:
        for name in classes:
            label = self._vocabulary.label(name, language)
            if label:
                yield label

    def _sections(self, facts: list[tuple[str, Fact]], slots: dict[str, Slot], language: Language) -> Iterator[Section]:
        by_group: dict[str, list[Fact]] = {}
        for predicate, fact in facts:
            slot = slots.get(predicate)
            by_group.setdefault(slot.group if slot else "", []).append(fact)
        for iri, members in by_group.items():
            group = self._layout.groups.get(iri)
            yield Section(group.label(language) if group else "", tuple(members))

    def _fact(
        self,
        description: Description,
        subject: str,
        predicate: str,
        slot: Slot | None,
        passages: list[Passage],
        language: Language,
    ) -> Fact:
        values = description.values(subject, predicate)
        supporting = [p for p in passages if predicate in p.supports]
        return Fact(
            predicate,
            self._layout.name(slot, predicate, language),
            self._layout.described(predicate, language),
            tuple(self._shown(description, subject, predicate, values, language)),
            tuple(self._citer.citations(description, supporting, language)),
        )

    def _shown(
        self, description: Description, subject: str, predicate: str, values: list[Term], language: Language
    ) -> Iterator[Shown]:
        currency = description.one(subject, _CURRENCY) if predicate == _VALUE else ""
        tagged = [v for v in values if isinstance(v, ox.Literal) and v.language]
        if tagged:
            # The same text in several languages is one value; several texts in one language are as many.
            found = best(tagged, language)
            same = [v for v in tagged if found and v.language == found.language]
            yield from (self._printer.literal(predicate, v, language) for v in same)
        links = [v for v in values if isinstance(v, ox.NamedNode)]
        for link in sorted(links, key=lambda v: _natural(v.value)):
            if description.is_part(link.value):
                card = self.card(description, language, link.value)
                yield Shown(card.title.value, card.title.language, None, "part", card)
            else:
                yield self._printer.link(description, link.value, language)
        for value in values:
            if isinstance(value, ox.Literal) and not value.language:
                yield (
                    self._printer.sum(value, currency, language)
                    if currency
                    else self._printer.literal(predicate, value, language)
                )


def _natural(iri: str) -> tuple[str, int]:
    # `#territoire-10` comes after `#territoire-2`.
    head, _, tail = iri.rpartition("-")
    return (head, int(tail)) if tail.isascii() and tail.isdigit() else (iri, 0)
