"""A block of the catalogue being written: distinct N-Triples lines, with every controlled value described once."""

from __future__ import annotations

from laurier import quads
from laurier.catalogue import authority
from laurier.catalogue.authority import Value
from laurier.vocabulary import PREFIXES


def expand(compact: str) -> str:
    """The IRI of a compact IRI (`dcat:Dataset`).

    Raises:
        KeyError: the prefix is not in the table of prefixes.
    """
    prefix, _, name = compact.partition(":")
    return PREFIXES[prefix] + name


class Notes:
    """Statements of one block; subjects are IRIs, or blank nodes written `_:name`."""

    def __init__(self) -> None:
        self._lines: dict[str, None] = {}

    @property
    def lines(self) -> list[str]:
        """The statements, sorted, without line feeds."""
        return sorted(self._lines)

    def say(self, subject: str, predicate: str, value: str) -> None:
        """States one fact, its value given as a term."""
        self._lines[f"{_node(subject)} <{expand(predicate)}> {value} ."] = None

    def is_a(self, subject: str, *classes: str) -> None:
        """States classes, by compact IRI."""
        for name in classes:
            self.say(subject, "rdf:type", f"<{expand(name)}>")

    def point(self, subject: str, predicate: str, target: str, *classes: str) -> None:
        """States a link, and the classes of what it points at."""
        self.say(subject, predicate, _node(target))
        self.is_a(target, *classes)

    def both(self, subject: str, predicate: str, fr: str, en: str) -> None:
        """States a text in both languages; an empty one is left out."""
        for text, language in ((fr, "fr"), (en, "en")):
            if text:
                self.say(subject, predicate, quads.tagged(text, language))

    def stamp(self, subject: str, predicate: str, moment: str) -> None:
        """States a date or a date and time, by the form of the text."""
        kind = "dateTime" if "T" in moment else "date"
        self.say(subject, predicate, quads.typed(moment, f"{quads.XSD}{kind}"))

    def value(self, subject: str, predicate: str, value: Value) -> None:
        """States a controlled value and describes it."""
        self.point(subject, predicate, value.iri, *value.types)
        concept = "skos:Concept" in value.types
        if concept:
            self.both(value.iri, "skos:prefLabel", value.fr, value.en)
        else:
            # Portals show this label as it is: a language tag would make some of them pick none.
            self.say(value.iri, "rdfs:label", quads.text(value.fr))
        if value.scheme:
            self.scheme(value.scheme)
            self.point(value.iri, "skos:inScheme", value.scheme)
        if value.kind is not None:
            self.value(value.iri, "dcterms:type", value.kind)

    def scheme(self, iri: str) -> None:
        """Describes one of the schemes of the authority tables."""
        self.is_a(iri, "skos:ConceptScheme")
        self.both(iri, "dcterms:title", *authority.SCHEMES[iri])


def _node(name: str) -> str:
    return name if name.startswith("_:") else quads.iri(name)
