"""Evaluates shapes at one focus node, to the letter of SHACL core (section 4) as the reference engine reads it.

This is the slow, complete half of the fast engine: it sees only the nodes that the screen could not clear.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from laurier.validation import literals
from laurier.validation.shape import RDF, TYPE, Constraint, Shape

Description = Mapping[str, Sequence[str]]


class Graph(Protocol):
    """What the evaluation asks of a graph."""

    def describe(self, subject: str) -> Description:
        """The distinct objects of a subject, by predicate."""

    def is_instance(self, types: Iterable[str], wanted: str) -> bool:
        """True if one of the types is the wanted class or below it (rdfs:subClassOf)."""


@dataclass(frozen=True, slots=True)
class Result:
    """One validation result; terms in N-Quads syntax.

    Attributes:
        focus: the node at fault.
        path: the predicates that lead from it to the values; empty for a constraint on the node itself.
        component: IRI of the constraint component.
        value: the value at fault, None where the set of values is.
        shape: term of the shape that is broken.
        severity: a term.
        messages: literals.
    """

    focus: str
    path: tuple[str, ...]
    component: str
    value: str | None
    shape: str
    severity: str
    messages: tuple[str, ...]


def check(shape: Shape, focus: str, graph: Graph) -> Iterator[Result]:
    """The results of a shape at a focus node, those of its property shapes included."""
    values = _values(shape, focus, graph)
    for constraint in shape.constraints:
        for component, path, value in _faults(constraint, focus, values, shape, graph):
            yield Result(focus, path, component, value, shape.term, shape.severity, shape.messages)
    for nested in shape.properties:
        for node in values:
            yield from check(nested, node, graph)


def conforms(shape: Shape, node: str, graph: Graph) -> bool:
    """True if a node has no result at all for a shape (SHACL section 3.4.3)."""
    return next(check(shape, node, graph), None) is None


def _values(shape: Shape, focus: str, graph: Graph) -> Sequence[str]:
    if shape.path is None:
        return (focus,)
    nodes: Sequence[str] = (focus,)
    for step in shape.path:
        nodes = list(dict.fromkeys(value for node in nodes for value in graph.describe(node).get(step, ())))
    return nodes


def _faults(
    constraint: Constraint, focus: str, values: Sequence[str], shape: Shape, graph: Graph
) -> Iterator[tuple[str, tuple[str, ...], str | None]]:
    path = shape.path or ()
    name = constraint.name
    if name in _EACH:
        holds = _EACH[name]
        for value in values:
            if not holds(constraint, value, graph):
                yield constraint.component(), path, value
    elif name in _ALL:
        for fault in _ALL[name](constraint, focus, values, graph):
            yield constraint.component(), path, fault
    elif name == "qualifiedValueShape":
        count = sum(conforms(cast(Shape, constraint.value), value, graph) for value in values)
        if count < constraint.minimum:
            yield constraint.component("qualifiedMinCount"), path, None
        if constraint.maximum is not None and count > constraint.maximum:
            yield constraint.component("qualifiedMaxCount"), path, None
    elif name == "closed":
        allowed = cast(frozenset[str], constraint.value)
        for node in values:
            for predicate, objects in graph.describe(node).items():
                for value in objects:
                    if predicate not in allowed and (predicate, value) != _ALWAYS_ALLOWED:
                        yield constraint.component(), (predicate,), value


_ALWAYS_ALLOWED = (TYPE, f"<{RDF.replace('1999/02/22-rdf-syntax-ns', '2000/01/rdf-schema')}Resource>")


def _count(low: bool) -> Callable[[Constraint, str, Sequence[str], Graph], Iterator[None]]:
    def faults(constraint: Constraint, focus: str, values: Sequence[str], graph: Graph) -> Iterator[None]:
        bound = cast(int, constraint.value)
        if len(values) < bound if low else len(values) > bound:
            yield None

    return faults


def _has_value(constraint: Constraint, focus: str, values: Sequence[str], graph: Graph) -> Iterator[None]:
    if constraint.value not in values:
        yield None


def _unique_language(constraint: Constraint, focus: str, values: Sequence[str], graph: Graph) -> Iterator[None]:
    tags = Counter(tag for tag in map(literals.language, values) if tag)
    yield from (None for count in tags.values() if count > 1)


def _equals(constraint: Constraint, focus: str, values: Sequence[str], graph: Graph) -> Iterator[str]:
    others = graph.describe(focus).get(cast(str, constraint.value), ())
    yield from sorted(set(values) ^ set(others))


def _disjoint(constraint: Constraint, focus: str, values: Sequence[str], graph: Graph) -> Iterator[str]:
    others = graph.describe(focus).get(cast(str, constraint.value), ())
    yield from sorted(set(values) & set(others))


def _less(or_equals: bool) -> Callable[[Constraint, str, Sequence[str], Graph], Iterator[str]]:
    def faults(constraint: Constraint, focus: str, values: Sequence[str], graph: Graph) -> Iterator[str]:
        for value in values:
            for other in graph.describe(focus).get(cast(str, constraint.value), ()):
                if not literals.precedes(value, other, or_equals):
                    yield value

    return faults


#: Constraints on the set of values, with the values at fault (None: the set itself).
_ALL: dict[str, Callable[[Constraint, str, Sequence[str], Graph], Iterator[str] | Iterator[None]]] = {
    "minCount": _count(low=True),
    "maxCount": _count(low=False),
    "hasValue": _has_value,
    "uniqueLang": _unique_language,
    "equals": _equals,
    "disjoint": _disjoint,
    "lessThan": _less(or_equals=False),
    "lessThanOrEquals": _less(or_equals=True),
}


def _length(constraint: Constraint, value: str, low: bool) -> bool:
    bound = cast(int, constraint.value)
    if value.startswith("_"):
        return low and bound == 0
    length = len(literals.text(value))
    return length >= bound if low else length <= bound


def _speaks(constraint: Constraint, value: str) -> bool:
    tag, allowed = literals.language(value), cast(frozenset[str], constraint.value)
    return bool(tag) and ("*" in allowed or tag in allowed or tag.split("-")[0] in allowed)


def _matching(constraint: Constraint, value: str, graph: Graph) -> int:
    return sum(conforms(shape, value, graph) for shape in cast(tuple[Shape, ...], constraint.value))


def _pattern(constraint: Constraint, value: str, graph: Graph) -> bool:
    return not value.startswith("_") and bool(constraint.value.search(literals.text(value)))  # type: ignore[attr-defined]


def _bound(constraint: Constraint, value: str, graph: Graph) -> bool:
    return literals.within(value, constraint.name, cast(str, constraint.value))


#: Constraints on each value, true where it is right.
_EACH: dict[str, Callable[[Constraint, str, Graph], bool]] = {
    "class": lambda c, v, g: v[0] != '"' and g.is_instance(g.describe(v).get(TYPE, ()), cast(str, c.value)),
    "datatype": lambda c, v, g: literals.has_datatype(v, cast(str, c.value)),
    "nodeKind": lambda c, v, g: v[0] in cast(str, c.value),
    "in": lambda c, v, g: v in cast(frozenset[str], c.value),
    "pattern": _pattern,
    "minLength": lambda c, v, g: _length(c, v, low=True),
    "maxLength": lambda c, v, g: _length(c, v, low=False),
    "languageIn": lambda c, v, g: _speaks(c, v),
    "minInclusive": _bound,
    "minExclusive": _bound,
    "maxInclusive": _bound,
    "maxExclusive": _bound,
    "or": lambda c, v, g: _matching(c, v, g) > 0,
    "and": lambda c, v, g: _matching(c, v, g) == len(cast(tuple[Shape, ...], c.value)),
    "xone": lambda c, v, g: _matching(c, v, g) == 1,
    "not": lambda c, v, g: not conforms(cast(Shape, c.value), v, g),
    "node": lambda c, v, g: conforms(cast(Shape, c.value), v, g),
}
