"""What every pass of the fast engine stands on: background, hierarchy of classes, screen, audits.

The background (ontology and schemes) is part of the graph that is validated, whether or not the file repeats it. Its
nodes have no place in the file: negative numbers stand for their offsets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from laurier.validation.audit import Audit, Star, audits_of
from laurier.validation.screen import Screen
from laurier.validation.shape import SUBCLASS
from laurier.validation.shapes import read
from laurier.validation.sorted_file import Statements
from laurier.validation.terms import canonical

_SUBCLASS = SUBCLASS.encode()
Pairs = set[tuple[bytes, bytes]]


class Background:
    """Triples that belong to every graph that is validated.

    Args:
        paths: Turtle files.

    Attributes:
        subjects: the subjects of the triples.
        above: for each class that is below another, itself and all the classes above it.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self._pairs: dict[bytes, Pairs] = {}
        for triple in (quad.triple for path in paths for quad in ox.parse(path=str(path))):
            pair = (str(triple.predicate).encode(), canonical(triple.object).encode())
            self._pairs.setdefault(str(triple.subject).encode(), set()).add(pair)
        self._names = sorted(self._pairs)
        self.subjects = frozenset(self._names)
        self.above = _above(self._pairs)

    def merged(self, node: Statements) -> Statements:
        """A node of the file with what the background states of it."""
        own = set(zip(node.predicates, node.objects, strict=True))
        pairs = sorted(own | self._pairs.get(node.subject, set()))
        return Statements(node.subject, [p for p, _ in pairs], [o for _, o in pairs], node.offset)

    def brings_classes(self, node: Statements) -> bool:
        """True if a node of the file states a superclass that the background does not."""
        known = self._pairs.get(node.subject, set())
        return any(
            pair[0] == _SUBCLASS and pair not in known for pair in zip(node.predicates, node.objects, strict=True)
        )

    def nodes(self) -> Iterator[Statements]:
        """All its nodes, in order."""
        return (self.at(-1 - number) for number in range(len(self._names)))

    def at(self, offset: int) -> Statements:
        """The node of a negative offset."""
        return self.merged(Statements(self._names[-1 - offset], [], [], offset))

    def is_instance(self, types: Iterable[str], wanted: str) -> bool:
        """True if one of the types is the wanted class or below it."""
        return any(wanted in self.above.get(own, (own,)) for own in types)


class Ground:
    """Shapes and background, read once in each process.

    Args:
        shapes: the shape files.
        background: Turtle files.
        stars: what the SPARQL constraints of the shapes match.

    Raises:
        CannotCompile: a shape needs the reference engine.
    """

    def __init__(self, shapes: Sequence[Path], background: Sequence[Path], stars: Sequence[Star]) -> None:
        targets = read(shapes)
        self.background = Background(background)
        self.audits: tuple[Audit, ...] = audits_of(targets)
        self.screen = Screen(targets, self.background.above, stars)


def _above(background: dict[bytes, Pairs]) -> dict[str, frozenset[str]]:
    """For each class that is below another: itself and all the classes above it."""
    direct = {
        subject.decode(): {value.decode() for predicate, value in pairs if predicate == _SUBCLASS}
        for subject, pairs in background.items()
    }
    above: dict[str, frozenset[str]] = {}
    for start in (name for name, parents in direct.items() if parents):
        found, waiting = {start}, [start]
        while waiting:
            parents = direct.get(waiting.pop(), set()) - found
            found |= parents
            waiting.extend(parents)
        above[start] = frozenset(found)
    return above
