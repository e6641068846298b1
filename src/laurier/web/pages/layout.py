"""How the shapes lay out a page: the properties of each class in order, in groups, under their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from laurier import files
from laurier.errors import Language
from laurier.vocabulary import PREFIXES, Vocabulary

_SH = PREFIXES["sh"]
_LAST = 10_000.0

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


@dataclass(frozen=True, slots=True)
class Slot:
    """A property in the layout of a class.

    Attributes:
        predicate: its IRI.
        names: its name by language, from sh:name.
        group: IRI of its sh:group, or empty.
        order: its sh:order.
    """

    predicate: str
    names: tuple[tuple[str, str], ...]
    group: str
    order: float


@dataclass(frozen=True, slots=True)
class Group:
    """A titled group of properties, from sh:PropertyGroup.

    Attributes:
        iri: of the group.
        labels: by language.
        order: its sh:order.
    """

    iri: str
    labels: tuple[tuple[str, str], ...]
    order: float

    def label(self, language: Language) -> str:
        """Its title in a language; empty when it has none."""
        return dict(self.labels).get(language, "")


class Layout:
    """The layout of every class that has a shape.

    Properties without a shape come last, under their label in the ontology.
    """

    def __init__(self, vocabulary: Vocabulary, paths: Iterable[Path] | None = None) -> None:
        self._vocabulary = vocabulary
        self._facts: dict[object, list[tuple[str, Term]]] = defaultdict(list)
        for path in paths if paths is not None else sorted(files.folder("shapes").glob("*.ttl")):
            for quad in ox.parse(path=str(path)):
                self._facts[quad.subject].append((quad.predicate.value, quad.object))
        self.groups = {group.iri: group for group in self._read_groups()}
        self._slots: dict[str, dict[str, Slot]] = defaultdict(dict)
        for shape, facts in list(self._facts.items()):
            for name, value in facts:
                if name == f"{_SH}targetClass" and isinstance(value, ox.NamedNode):
                    self._add(self._slots[value.value], shape)

    def slots(self, classes: Iterable[str]) -> dict[str, Slot]:
        """The properties of a thing of these classes, in order, by IRI."""
        merged: dict[str, Slot] = {}
        for name in classes:
            for predicate, slot in self._slots.get(name, {}).items():
                merged.setdefault(predicate, slot)
        return dict(sorted(merged.items(), key=lambda entry: self._rank(entry[1])))

    def name(self, slot: Slot | None, predicate: str, language: Language) -> str:
        """What a property is called: by its shape, else by the ontology, else by its local name."""
        named = dict(slot.names).get(language) if slot else None
        label = named or self._vocabulary.label(predicate, language)
        return label or _local(predicate)

    def described(self, predicate: str, language: Language) -> str:
        """The definition of a property in the ontology; empty when it has none."""
        return self._vocabulary.definition(predicate, language) or ""

    def _rank(self, slot: Slot) -> tuple[float, float]:
        group = self.groups.get(slot.group)
        return (group.order if group else _LAST, slot.order)

    def _read_groups(self) -> Iterator[Group]:
        for subject, facts in self._facts.items():
            if (f"{PREFIXES['rdf']}type", ox.NamedNode(f"{_SH}PropertyGroup")) in facts:
                iri = getattr(subject, "value", "")
                labels = self._texts(subject, f"{PREFIXES['rdfs']}label")
                yield Group(str(iri), labels, self._order(subject))

    def _add(self, slots: dict[str, Slot], shape: object) -> None:
        for position, part in enumerate(v for name, v in self._facts[shape] if name == f"{_SH}property"):
            path = next((v for name, v in self._facts[part] if name == f"{_SH}path"), None)
            if not isinstance(path, ox.NamedNode):
                continue  # a sequence path checks the graph; it is not a property to show
            known = slots.get(path.value)
            groups = [v.value for name, v in self._facts[part] if name == f"{_SH}group" and isinstance(v, ox.NamedNode)]
            group = groups[0] if groups else ""
            names = self._texts(part, f"{_SH}name")
            order = self._order(part, _LAST + position)
            if known is None:
                slots[path.value] = Slot(path.value, names, group, order)
            else:
                # Several shapes may constrain one property; the one that lays it out may be any of them.
                slots[path.value] = Slot(
                    path.value, known.names or names, known.group or group, min(known.order, order)
                )

    def _texts(self, subject: object, predicate: str) -> tuple[tuple[str, str], ...]:
        found = [v for name, v in self._facts[subject] if name == predicate and isinstance(v, ox.Literal)]
        return tuple((literal.language or "", literal.value) for literal in found)

    def _order(self, subject: object, default: float = _LAST) -> float:
        found = next((v for name, v in self._facts[subject] if name == f"{_SH}order"), None)
        return float(found.value) if isinstance(found, ox.Literal) else default


def _local(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition("/")[2] or iri
