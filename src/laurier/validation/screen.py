"""Compiles shapes into plans that clear a node at a glance, and name the few units that need a second look.

For every signature (the predicates and the classes of a node) a plan is made once. What the numbers of values decide is
decided there; what is left are tests of single values, comparisons of values of the node, questions about other nodes,
and joins of two steps. The screen may err on one side only: what it clears conforms beyond doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from laurier.validation import exact, glance
from laurier.validation.audit import Star
from laurier.validation.shape import SUBCLASS, TYPE, Shape
from laurier.validation.units import Unit, classes, units_of

Span = tuple[int, int]
Above = Mapping[str, frozenset[str]]

_TYPE = TYPE.encode()
_ANYONE = "<urn:x>"
_MEMORY = 1 << 18
_NOWHERE: Span = (0, 0)


@dataclass(slots=True)
class Plan:
    """How to screen the nodes of one signature; numbers index the statements of the node.

    Attributes:
        doubtful: units that the numbers of values put in doubt.
        tests: a test, the index of the value, the unit.
        comparisons: a test, the spans of the values and of those they are compared with, the unit.
        itself: a unit, the spans of what its constraints on the node read.
        questions: a unit, the index of the value that is asked about.
        counts: a unit, the span of the values that are asked about and counted.
        joins: a unit, the span of the first step, the span of the values compared with.
        facts: what the class alone tells those who ask about the node.
        facts_at: the indexes of what else they may need.
        exported: True if a node elsewhere may ask.
        audited: the indexes of what SPARQL constraints may match.
        hierarchy: True if the node states a superclass.
    """

    doubtful: list[int] = field(default_factory=list)
    tests: list[tuple[glance.Accepts, int, int]] = field(default_factory=list)
    comparisons: list[tuple[glance.Compares, Span, Span, int]] = field(default_factory=list)
    itself: list[tuple[int, tuple[Span, ...]]] = field(default_factory=list)
    questions: list[tuple[int, int]] = field(default_factory=list)
    counts: list[tuple[int, Span]] = field(default_factory=list)
    joins: list[tuple[int, Span, Span]] = field(default_factory=list)
    facts: bytes = b""
    facts_at: tuple[int, ...] = ()
    exported: bool = False
    audited: tuple[int, ...] = ()
    hierarchy: bool = False


class OneNode:
    """A graph that knows one description and the hierarchy of classes."""

    def __init__(self, description: exact.Description, above: Above) -> None:
        self._description = description
        self._above = above

    def describe(self, subject: str) -> exact.Description:
        """The one description, whatever the subject."""
        return self._description

    def is_instance(self, types: Iterable[str], wanted: str) -> bool:
        """True if one of the types is the wanted class or below it."""
        return any(wanted in self._above.get(own, (own,)) for own in types)


class Screen:
    """The plans of a set of shapes, made as signatures come.

    Args:
        shapes: the target shapes.
        above: for each class that is below another, itself and the classes above it.
        stars: what SPARQL constraints match.
    """

    def __init__(self, shapes: Sequence[Shape], above: Above, stars: Iterable[Star] = ()) -> None:
        self._above = above
        self._stars = tuple(stars)
        self._shapes: list[tuple[Shape, range]] = []
        self.units: list[Unit] = []
        for shape in shapes:
            first = len(self.units)
            self.units.extend(units_of(shape))
            self._shapes.append((shape, range(first, len(self.units))))
        nobody = OneNode({}, above)
        self._tests = [glance.test(unit.textual, nobody) if unit.textual else None for unit in self.units]
        self._plans: dict[tuple[bytes, ...], tuple[int, int, dict[tuple[bytes, ...], Plan]]] = {}
        self._known: dict[tuple[object, ...], bool] = {}
        self.needed = frozenset().union(*(unit.asked for unit in self.units))
        self.needed |= {unit.joined[1] for unit in self.units if unit.joined}
        self._told, self._far = self._classes()

    def _classes(self) -> tuple[frozenset[str] | None, frozenset[str]]:
        """The classes that questions name (None for any class), and those of questions that are not counted."""
        told: frozenset[str] = frozenset()
        far: frozenset[str] = frozenset()
        for unit in self.units:
            named = [classes(shape) for shape in (unit.question, *_counted(unit)) if shape]
            if None in named:
                return None, frozenset()
            told = told.union(*(names or () for names in named))
            if unit.question:
                far |= classes(unit.question) or frozenset()
        return told, far

    def node_targets(self) -> dict[str, list[int]]:
        """The units of the nodes that a shape names one by one (sh:targetNode)."""
        found: dict[str, list[int]] = {}
        for shape, numbers in self._shapes:
            for node in sorted(shape.nodes):
                found.setdefault(node, []).extend(numbers)
        return found

    def plan(self, predicates: Sequence[bytes], objects: Sequence[bytes]) -> Plan:
        """The plan of a node, from its statements."""
        key = tuple(predicates)
        entry = self._plans.get(key)
        if entry is None:
            first = key.index(_TYPE) if _TYPE in key else 0
            entry = self._plans[key] = (first, first + key.count(_TYPE), {})
        types = tuple(objects[entry[0] : entry[1]])
        plan = entry[2].get(types)
        if plan is None:
            plan = entry[2][types] = self._compile(key, [own.decode() for own in types])
        return plan

    def targeted(self, predicates: Iterable[str], types: Iterable[str]) -> list[int]:
        """The units that a node with these predicates and classes must meet."""
        above = frozenset[str]().union(*(self._above.get(own, (own,)) for own in types))
        present = frozenset(predicates)
        chosen = [n for shape, n in self._shapes if shape.classes & above or shape.subjects_of & present]
        return [number for numbers in chosen for number in numbers]

    def _compile(self, key: tuple[bytes, ...], types: list[str]) -> Plan:
        spans = _spans(key)
        plan = Plan()
        for number in self.targeted(spans, types):
            self._add(plan, number, spans)
        for name in sorted(self.needed & spans.keys() - {TYPE}):
            plan.facts_at += tuple(range(*spans[name]))
        if TYPE in self.needed:
            told = [t for t in sorted(types) if self._told is None or self._told & self._above.get(t, {t})]
            plan.facts = b"".join(b"\t%b\t%b" % (_TYPE, own.encode()) for own in told)
        far = self._told is None or any(self._far & self._above.get(own, {own}) for own in types)
        plan.exported = bool(plan.facts_at) or (far and bool(plan.facts))
        matched = [s for s in self._stars if s.required <= spans.keys() and s.classes <= set(types)]
        audited = frozenset[str]().union(*(star.wanted for star in matched)) & spans.keys()
        plan.audited = tuple(index for name in sorted(audited) for index in range(*spans[name]))
        plan.hierarchy = SUBCLASS in spans
        return plan

    def _add(self, plan: Plan, number: int, spans: Mapping[str, Span]) -> None:
        unit = self.units[number]
        span = spans.get(unit.predicate, _NOWHERE)
        low, high = unit.bounds()
        size = span[1] - span[0]
        if unit.opaque or (not unit.joined and unit.predicate and not (low <= size and (high is None or size <= high))):
            plan.doubtful.append(number)
        elif unit.joined:
            first, _, compared = (spans.get(name, _NOWHERE) for name in unit.joined)
            plan.joins.append((number, first, compared))
        elif unit.own is not None:
            if unit.own:
                plan.itself.append((number, tuple(spans.get(name, _NOWHERE) for name in unit.own)))
            elif not exact.conforms(unit.shape, _ANYONE, OneNode({}, self._above)):
                plan.doubtful.append(number)
        else:
            test = self._tests[number]
            if test is not None:
                plan.tests.extend((test, index, number) for index in range(*span))
            for constraint in unit.paired:
                other = spans.get(str(constraint.value), _NOWHERE)
                settled = size < 2 if constraint.name == "uniqueLang" else other == _NOWHERE and not size
                if not settled or constraint.name == "hasValue":
                    plan.comparisons.append((glance.comparison(constraint), span, other, number))
            if unit.qualified:
                plan.counts.append((number, span))
            elif unit.question:
                plan.questions.extend((number, index) for index in range(*span))

    def holds_itself(self, number: int, statements: tuple[tuple[bytes, ...], ...]) -> bool:
        """True if a node meets the constraints on itself, from the values of what they read."""
        key = (number, statements)
        known = self._known.get(key)
        if known is None:
            unit = self.units[number]
            values = [[value.decode() for value in part] for part in statements]
            description = dict(zip(unit.own or (), values, strict=True))
            known = self._remember(key, exact.conforms(unit.shape, _ANYONE, OneNode(description, self._above)))
        return known

    def answers(self, number: int, facts: bytes) -> bool:
        """True if a node with these facts is what a unit's question demands of its values."""
        key = (number, facts)
        known = self._known.get(key)
        if known is None:
            question = self.units[number].question
            graph = OneNode(read_facts(facts), self._above)
            known = self._remember(key, question is None or exact.conforms(question, _ANYONE, graph))
        return known

    def counts(self, number: int, facts: tuple[bytes | None, ...]) -> bool:
        """True if the values of a unit, all known by their facts, are as many as its qualified shapes demand."""
        key = (number, facts)
        known = self._known.get(key)
        if known is None:
            told = [one for one in facts if one is not None]
            graphs = [OneNode(read_facts(one), self._above) for one in told]
            holds = len(told) == len(facts) and all(self.answers(number, one) for one in told)
            for constraint in self.units[number].qualified:
                assert isinstance(constraint.value, Shape)
                found = sum(exact.conforms(constraint.value, _ANYONE, graph) for graph in graphs)
                highest = constraint.maximum
                holds = holds and constraint.minimum <= found and (highest is None or found <= highest)
            known = self._remember(key, holds)
        return known

    def _remember(self, key: tuple[object, ...], holds: bool) -> bool:
        if len(self._known) >= _MEMORY:
            self._known.clear()
        self._known[key] = holds
        return holds


def read_facts(facts: bytes) -> exact.Description:
    """The description that facts hold: predicate and object in turn, a tab before each."""
    description: dict[str, list[str]] = {}
    parts = facts.decode().split("\t")
    for predicate, value in zip(parts[1::2], parts[2::2], strict=True):
        description.setdefault(predicate, []).append(value)
    return description


def _counted(unit: Unit) -> list[Shape]:
    return [constraint.value for constraint in unit.qualified if isinstance(constraint.value, Shape)]


def _spans(key: tuple[bytes, ...]) -> dict[str, Span]:
    """Where the statements of each predicate stand."""
    spans: dict[str, Span] = {}
    for index, name in enumerate(map(bytes.decode, key)):
        spans[name] = (spans.get(name, (index, index))[0], index + 1)
    return spans
