"""Runs SPARQL constraints over the whole graph, on no more of it than their patterns can match.

Such a constraint has one focus node (sh:targetNode), so its query runs once. While the file streams by, the statements
that could match a triple pattern of a query are set aside; the query then runs on those, in the embedded engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from laurier.validation.exact import Result
from laurier.validation.shape import TYPE, CannotCompile, Constraint, Shape
from laurier.validation.terms import canonical

_VALUE, _THIS = ox.Variable("value"), ox.Variable("this")
_GROUPS_REFUSED = frozenset(("Graph", "ServiceGraphPattern"))


@dataclass(frozen=True, slots=True)
class Star:
    """The triple patterns of a basic graph pattern that share their subject.

    Attributes:
        required: predicates that the subject must have.
        classes: classes that it must be stated to have.
        wanted: predicates whose statements the patterns may match.
    """

    required: frozenset[str]
    classes: frozenset[str]
    wanted: frozenset[str]


@dataclass(frozen=True, slots=True)
class Audit:
    """One SPARQL constraint of a shape."""

    shape: Shape
    constraint: Constraint

    def results(self, store: ox.Store) -> Iterator[Result]:
        """The results of the constraint on a store that holds what its stars may match."""
        query = str(self.constraint.value)
        messages = tuple(sorted({*self.shape.messages, *self.constraint.messages}))
        for focus in sorted(self.shape.nodes):
            solutions = store.query(query, substitutions={_THIS: ox.NamedNode(focus[1:-1])})
            assert isinstance(solutions, ox.QuerySolutions)
            if not set(solutions.variables) <= {_VALUE, _THIS}:
                raise CannotCompile(f"{self.shape.term} selects other variables than $this and ?value")
            # A value that is not bound stands for the focus node (SHACL section 5.3.2).
            values = {canonical(found) if (found := row["value"]) else focus for row in solutions}
            for value in sorted(values):
                component = self.constraint.component()
                yield Result(focus, (), component, value, self.shape.term, self.shape.severity, messages)


def audits_of(shapes: Iterable[Shape]) -> tuple[Audit, ...]:
    """The SPARQL constraints of target shapes."""
    return tuple(
        Audit(shape, constraint) for shape in shapes for constraint in shape.constraints if constraint.name == "sparql"
    )


def run(audits: Sequence[Audit], files: Iterable[Path]) -> Iterator[Result]:
    """The results of the audits on the statements that were set aside, as N-Triples."""
    store = ox.Store()
    for path in files:
        store.bulk_load(path=str(path), format=ox.RdfFormat.N_TRIPLES)
    for audit in audits:
        yield from audit.results(store)


def stars_of(audits: Iterable[Audit]) -> tuple[Star, ...]:
    """The stars of the queries of audits.

    Raises:
        CannotCompile: a query reads what cannot be set aside beforehand.
    """
    return tuple(dict.fromkeys(star for audit in audits for star in stars_of_query(str(audit.constraint.value))))


def stars_of_query(query: str) -> Iterator[Star]:
    """The stars of a query, from its algebra.

    Raises:
        CannotCompile: the query has a variable predicate, a path that is negated or may be empty, GRAPH or SERVICE.
    """
    # rdflib's algebra takes long to import: only audits need it.
    from rdflib.plugins.sparql.algebra import translateQuery  # noqa: PLC0415
    from rdflib.plugins.sparql.parser import parseQuery  # noqa: PLC0415

    for patterns in _patterns(translateQuery(parseQuery(query)).algebra):
        subjects: dict[object, list[tuple[object, object]]] = {}
        for subject, predicate, value in patterns:
            subjects.setdefault(subject, []).append((predicate, value))
        for pairs in subjects.values():
            yield from _stars(pairs)


def _patterns(algebra: object) -> Iterator[list[tuple[object, object, object]]]:
    """The basic graph patterns anywhere in an algebra, those of filters included."""
    if isinstance(algebra, dict):
        if getattr(algebra, "name", "") in _GROUPS_REFUSED:
            raise CannotCompile("a SPARQL constraint uses GRAPH or SERVICE")
        if "triples" in algebra:
            yield list(algebra["triples"])
        for part in algebra.values():
            yield from _patterns(part)
    elif isinstance(algebra, (list, tuple, set)):
        for part in algebra:
            yield from _patterns(part)


def _stars(pairs: Iterable[tuple[object, object]]) -> Iterator[Star]:
    from rdflib import URIRef  # noqa: PLC0415

    required, classes = set(), set()
    for predicate, value in pairs:
        if isinstance(predicate, URIRef):
            required.add(f"<{predicate}>")
            if f"<{predicate}>" == TYPE and isinstance(value, URIRef):
                classes.add(f"<{value}>")
        else:
            # A path may pass through any node, whatever else is demanded where it begins.
            yield Star(frozenset(), frozenset(), frozenset(_steps(predicate)))
    yield Star(frozenset(required), frozenset(classes), frozenset(required))


def _steps(path: object) -> set[str]:
    from rdflib import URIRef  # noqa: PLC0415
    from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath  # noqa: PLC0415

    if isinstance(path, URIRef):
        return {f"<{path}>"}
    if isinstance(path, (AlternativePath, SequencePath)):
        return set().union(*(_steps(part) for part in path.args))
    if isinstance(path, MulPath) and path.mod == "+":
        return _steps(path.path)
    if isinstance(path, InvPath):
        return _steps(path.arg)
    raise CannotCompile("a SPARQL constraint has a variable predicate, or a path that is negated or may be empty")
