"""Divides shapes into units, and says what each needs to see: texts of values, statements of the node, other nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from laurier.validation.shape import TYPE, Constraint, Shape

LOGICAL = frozenset(("or", "and", "xone", "not", "node"))
_COUNTED = frozenset(("minCount", "maxCount"))
_PAIRED = frozenset(("equals", "disjoint", "lessThan", "lessThanOrEquals"))
_SET = _PAIRED | {"uniqueLang", "hasValue"}
_TEXTUAL = frozenset(
    """datatype nodeKind in pattern minLength maxLength languageIn
    minInclusive minExclusive maxInclusive maxExclusive""".split()  # noqa: SIM905 - a list of words
)


@dataclass(frozen=True, slots=True)
class Unit:
    """One property shape of a target shape, or the constraints of that shape on the node itself.

    Attributes:
        shape: what the exact evaluation runs at the focus node.
        textual: a node shape with the constraints that the text of a value decides, or None.
        paired: the constraints on the set of values that the statements of the node decide.
        own: for constraints on the node itself, the predicates that they read there; None otherwise.
        question: a node shape with the constraints that need the statements of the value, or None.
        asked: the predicates that the question reads at the value.
        qualified: the constraints that count values by such a question.
        joined: for an `equals` on a path of two steps, both predicates and the one compared with; None otherwise.
        opaque: True if only the exact evaluation can tell.
    """

    shape: Shape
    textual: Shape | None = None
    paired: tuple[Constraint, ...] = ()
    own: tuple[str, ...] | None = None
    question: Shape | None = None
    asked: frozenset[str] = frozenset()
    qualified: tuple[Constraint, ...] = ()
    joined: tuple[str, str, str] | None = None
    opaque: bool = False

    @property
    def predicate(self) -> str:
        """The predicate whose values it constrains; empty for the node itself."""
        return self.shape.path[0] if self.shape.path else ""

    def bounds(self) -> tuple[int, int | None]:
        """The least and greatest number of values."""
        counts = {c.name: cast(int, c.value) for c in self.shape.constraints if c.name in _COUNTED}
        return counts.get("minCount", 0), counts.get("maxCount")


def units_of(shape: Shape) -> Iterator[Unit]:
    """The units of a target shape."""
    itself = replace(shape, properties=())
    if shape.path is not None:
        yield _of_property(shape)
        return
    if any(constraint.name != "sparql" for constraint in shape.constraints):
        own = _reads(itself)
        yield Unit(itself, own=tuple(sorted(own or ())), opaque=own is None)
    for nested in shape.properties:
        yield _of_property(nested)


def _of_property(shape: Shape) -> Unit:
    assert shape.path is not None
    if len(shape.path) == 2:
        if len(shape.constraints) == 1 and shape.constraints[0].name == "equals" and not shape.properties:
            return Unit(shape, joined=(*shape.path, cast(str, shape.constraints[0].value)))
        return Unit(shape, opaque=True)
    known = _COUNTED | _SET | _TEXTUAL | LOGICAL | {"class", "qualifiedValueShape"}
    textual = tuple(c for c in shape.constraints if _by_text(c))
    distant = tuple(c for c in shape.constraints if (c.name in LOGICAL and c not in textual) or c.name == "class")
    qualified = tuple(c for c in shape.constraints if c.name == "qualifiedValueShape")
    question = _node_shape(shape, distant, shape.properties) if distant or shape.properties else None
    asked = [_reads(nested) for nested in _nested(qualified)]
    if question:
        asked.append(_reads(question))
    if None in asked or any(c.name not in known for c in shape.constraints):
        return Unit(shape, opaque=True)
    return Unit(
        shape,
        textual=_node_shape(shape, textual, ()) if textual else None,
        paired=tuple(c for c in shape.constraints if c.name in _SET),
        question=question,
        asked=frozenset().union(*cast(list[frozenset[str]], asked)),
        qualified=qualified,
    )


def _node_shape(shape: Shape, constraints: tuple[Constraint, ...], properties: tuple[Shape, ...]) -> Shape:
    return replace(shape, path=None, constraints=constraints, properties=properties)


def _nested(constraints: tuple[Constraint, ...]) -> Iterator[Shape]:
    for constraint in constraints:
        if isinstance(constraint.value, Shape):
            yield constraint.value
        elif isinstance(constraint.value, tuple):
            yield from constraint.value


def _by_text(constraint: Constraint) -> bool:
    """True if a constraint on a value needs nothing but the text of the value."""
    if constraint.name in LOGICAL:
        return all(
            member.path is None and not member.properties and all(map(_by_text, member.constraints))
            for member in _nested((constraint,))
        )
    return constraint.name in _TEXTUAL


def _reads(shape: Shape) -> frozenset[str] | None:
    """The predicates that a shape reads at an IRI node; None if it reads further, or which IRI the node is."""
    found: set[str] = set(shape.path or ())
    if shape.path is not None and (len(shape.path) != 1 or shape.properties):
        return None
    for constraint in shape.constraints:
        if shape.path is not None:
            if constraint.name in _PAIRED:
                found.add(cast(str, constraint.value))
            elif constraint.name not in _COUNTED | _SET and not _by_text(constraint):
                return None
        elif constraint.name == "class":
            found.add(TYPE)
        elif constraint.name not in LOGICAL | {"nodeKind"}:
            return None
    deeper = [_reads(nested) for nested in shape.properties]
    if shape.path is None:
        deeper += [_reads(nested) for nested in _nested(shape.constraints)]
    if None in deeper:
        return None
    return frozenset(found).union(*cast(list[frozenset[str]], deeper))


def classes(shape: Shape) -> frozenset[str] | None:
    """The classes that the constraints of a shape name; None if it reads rdf:type as any property."""
    if shape.path and TYPE in shape.path:
        return None
    found = frozenset(cast(str, c.value) for c in shape.constraints if c.name == "class")
    deeper = [classes(nested) for nested in (*shape.properties, *_nested(shape.constraints))]
    return None if None in deeper else found.union(*cast(list[frozenset[str]], deeper))
