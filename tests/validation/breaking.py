"""For each constraint of each shape, a change of a conforming graph that breaks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sample_validation import Statement

from laurier.validation.shape import TYPE, Constraint, Shape
from laurier.validation.terms import literal

XSD = "http://www.w3.org/2001/XMLSchema#"
NOWHERE = "<urn:nowhere>"
OTHER = '"?"^^<urn:other>'


@dataclass(frozen=True)
class Case:
    """One constraint of one shape of one class of nodes.

    Attributes:
        target: the shape with the target.
        shape: the shape with the constraint: the target itself or one of its property shapes.
        constraint: the constraint.
    """

    target: Shape
    shape: Shape
    constraint: Constraint
    part: str = ""

    def __str__(self) -> str:
        names = [term.rsplit("#", 1)[-1].strip("<>") for term in (self.target.term, self.shape.term)]
        return "/".join([*dict.fromkeys(names), self.part or self.constraint.name])

    @property
    def component(self) -> str:
        return self.constraint.component(self.part)


def cases(shapes: Iterable[Shape]) -> Iterator[Case]:
    """Every constraint of every shape."""
    for target in shapes:
        for shape in (target, *target.properties):
            for constraint in shape.constraints:
                if constraint.name == "qualifiedValueShape":
                    yield Case(target, shape, constraint, "qualifiedMinCount")
                    yield Case(target, shape, constraint, "qualifiedMaxCount")
                else:
                    yield Case(target, shape, constraint)


def broken(case: Case, graph: set[Statement], focus: str) -> Iterator[set[Statement]]:
    """Changes of a graph around a focus node, one of which breaks the constraint there."""
    values = {o for s, p, o in graph if s == focus and case.shape.path and p == case.shape.path[0]}
    name = case.constraint.name
    if case.shape.path is None:
        yield from _itself(graph, focus)
    elif len(case.shape.path) == 2:
        yield graph | {(focus, str(case.constraint.value), NOWHERE)}
    elif case.part == "qualifiedMaxCount":
        yield graph | _twins(graph, values, focus, case.shape.path[0])
    elif name in ("minCount", "hasValue", "qualifiedValueShape"):
        yield {s for s in graph if s[:2] != (focus, case.shape.path[0])}
    elif name in ("lessThan", "lessThanOrEquals"):
        yield from _later(graph, focus, case.shape.path[0], str(case.constraint.value), values)
    else:
        rest = {s for s in graph if s[:2] != (focus, case.shape.path[0])}
        for wrong in _wrong(case.constraint, sorted(values)):
            yield rest | {(focus, case.shape.path[0], value) for value in wrong}


def _itself(graph: set[Statement], focus: str) -> Iterator[set[Statement]]:
    own = {s for s in graph if s[0] == focus}
    for predicate in sorted({p for _, p, _ in own} - {TYPE}):
        yield {s for s in graph if s[:2] != (focus, predicate)}
    yield {("_:nobody" if s == focus else s, p, o) for s, p, o in graph}


def _twins(graph: set[Statement], values: Iterable[str], focus: str, path: str) -> set[Statement]:
    """A second node beside each value, with the same statements."""
    made = {(focus, path, f"{value[:-1]}-twin>") for value in values}
    return made | {(f"{s[:-1]}-twin>", p, o) for s, p, o in graph if s in values}


def _later(graph: set[Statement], focus: str, path: str, other: str, values: set[str]) -> Iterator[set[Statement]]:
    rest = {s for s in graph if s[0] != focus or s[1] not in (path, other)}
    dates = any(value.endswith("date>") for value in values)
    kind, low, high = ("date", "2000-01-01", "2001-01-01") if dates else ("integer", "1", "2")
    yield rest | {(focus, path, f'"{high}"^^<{XSD}{kind}>'), (focus, other, f'"{low}"^^<{XSD}{kind}>')}


def _wrong(constraint: Constraint, values: list[str]) -> Iterator[list[str]]:
    """Values that break a constraint, made from right ones."""
    name, bound = constraint.name, constraint.value
    first = values[0] if values else OTHER
    suffix = first[first.rindex('"') + 1 :] if first.startswith('"') else ""
    if name == "maxCount":
        texts = [f"2001-01-0{n}" if suffix.endswith("#date>") else str(n) for n in (1, 2)]
        alike = [f'"{text}"{suffix}' if first[0] == '"' else f"<urn:x:{text}>" for text in texts]
        yield [*values, *alike]
    elif name in ("class", "node"):
        yield [NOWHERE]
    elif name == "nodeKind":
        yield [NOWHERE]
        yield [OTHER]
    elif name == "datatype":
        yield [OTHER]
        yield [NOWHERE]
    elif name == "pattern":
        yield [f'"?"{suffix}' if first[0] == '"' else "<urn:?>"]
    elif name == "minLength":
        yield [f'""{suffix}']
    elif name == "languageIn":
        yield ['"x"@de']
    elif name == "uniqueLang":
        yield ['"un"@fr', '"deux"@fr']
    elif name in ("minInclusive", "minExclusive", "maxInclusive", "maxExclusive"):
        datatype = literal(first)[2]
        limit = float(literal(str(bound))[0])
        wrong = int(limit) + {"minInclusive": -1, "minExclusive": 0, "maxInclusive": 1, "maxExclusive": 0}[name]
        yield [f'"{wrong}"^^<{datatype}>']
    else:
        yield [OTHER]
