"""A catalogue page as its statements, looked up by subject and property."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from laurier.catalogue.notes import expand

Node = ox.NamedNode | ox.BlankNode
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class Facts:
    """The statements of a page; properties and classes are given as compact IRIs."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._facts: dict[Node, dict[str, list[Term]]] = defaultdict(dict)
        for triple in triples:
            if isinstance(triple.subject, ox.NamedNode | ox.BlankNode):
                self._facts[triple.subject].setdefault(triple.predicate.value, []).append(triple.object)

    def all(self, subject: Node, name: str) -> list[Term]:
        """The values of a property."""
        return self._facts.get(subject, {}).get(expand(name), [])

    def nodes(self, subject: Node, name: str) -> list[Node]:
        """The values of a property that are IRIs or blank nodes."""
        return [value for value in self.all(subject, name) if isinstance(value, ox.NamedNode | ox.BlankNode)]

    def literals(self, subject: Node, name: str) -> list[ox.Literal]:
        """The values of a property that are literals."""
        return [value for value in self.all(subject, name) if isinstance(value, ox.Literal)]

    def text(self, subject: Node, name: str) -> str:
        """One value of a property as text, French first; empty when there is none."""
        values = [value for value in self.all(subject, name) if not isinstance(value, ox.Triple)]
        values.sort(key=lambda value: not (isinstance(value, ox.Literal) and value.language == "fr"))
        return values[0].value if values else ""

    def typed(self, subject: Node, name: str) -> bool:
        """Whether a thing is stated to be of a class."""
        return ox.NamedNode(expand(name)) in self.all(subject, "rdf:type")

    def of(self, name: str) -> Iterator[Node]:
        """The things of a class, in the order of their text."""
        wanted = ox.NamedNode(expand(name))
        kind = expand("rdf:type")
        found = [node for node, facts in self._facts.items() if wanted in facts.get(kind, ())]
        return iter(sorted(found, key=lambda node: node.value))

    def known(self, subject: Node) -> bool:
        """Whether anything is stated of a thing."""
        return subject in self._facts
