"""Results of queries as values that can be compared: blank nodes up to renaming, solutions in order or not."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

_RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
Term = Any
Row = tuple[Term | None, ...]


@dataclass(frozen=True)
class Solutions:
    """The answer to a SELECT: variables, and their values row by row."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]

    def sorted_columns(self) -> Solutions:
        """With the variables in the order of their names."""
        order = sorted(range(len(self.variables)), key=lambda place: self.variables[place])
        return Solutions(
            tuple(self.variables[place] for place in order),
            tuple(tuple(row[place] for place in order) for row in self.rows),
        )

    def as_csv(self) -> Solutions:
        """What CSV leaves of it: texts without datatype (SPARQL 1.1 CSV results section 3)."""

        def left(term: Term | None) -> Term:
            return term if isinstance(term, ox.BlankNode) else ox.Literal("" if term is None else term.value)

        return Solutions(self.variables, tuple(tuple(map(left, row)) for row in self.rows))


Graph = frozenset[ox.Triple]
Result = bool | Solutions | Graph


def of_engine(found: Any) -> Result:
    """The result of `Store.query` or of `parse_query_results`."""
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    if isinstance(found, ox.QueryTriples):
        return frozenset(found)
    variables = tuple(variable.value for variable in found.variables)
    return Solutions(variables, tuple(tuple(row) for row in found))


def of_csv(text: str) -> Result:
    """What a CSV says."""
    head, *rows = csv.reader(io.StringIO(text, newline=""))

    def term(cell: str) -> Term:
        return ox.BlankNode(cell[2:]) if cell.startswith("_:") else ox.Literal(cell)

    # An empty line is one empty cell, or none when there is no variable.
    return Solutions(tuple(head), tuple(tuple(map(term, row or [""] * len(head))) for row in rows))


def of_file(path: Path, base: str) -> Result:
    """The expected result that a suite keeps in a file, in any of its forms."""
    if path.suffix == ".csv":
        return of_csv(path.read_text(encoding="utf-8"))
    formats = {".srx": ox.QueryResultsFormat.XML, ".srj": ox.QueryResultsFormat.JSON, ".tsv": ox.QueryResultsFormat.TSV}
    if path.suffix in formats:
        return of_engine(ox.parse_query_results(path.read_bytes(), format=formats[path.suffix]))
    rdf = ox.RdfFormat.RDF_XML if path.suffix == ".rdf" else ox.RdfFormat.TURTLE
    store = ox.Store()
    store.load(path=path, format=rdf, base_iri=base)
    return _of_result_set(store) if _holds(store, "ResultSet") else frozenset(quad.triple for quad in store)


def stored(found: Result) -> Result:
    """What is left of a result once its terms went through the engine's store, which writes each value in one way."""
    store, node = ox.Store(), ox.NamedNode("urn:x")

    def through(term: Term | None) -> Term | None:
        if not isinstance(term, ox.Literal):
            return term
        store.clear()
        store.add(ox.Quad(node, node, term))
        return next(iter(store)).object

    if isinstance(found, Solutions):
        return Solutions(found.variables, tuple(tuple(map(through, row)) for row in found.rows))
    if isinstance(found, frozenset):
        return frozenset(ox.Triple(one.subject, one.predicate, through(one.object)) for one in found)
    return found


def same(one: Result, other: Result, *, ordered: bool = False, lax: bool = False) -> bool:
    """Whether two results are equal.

    Args:
        one, other: results.
        ordered: the order of solutions counts.
        lax: how often a solution comes does not count.
    """
    if isinstance(one, Solutions) and isinstance(other, Solutions):
        one, other = one.sorted_columns(), other.sorted_columns()
        if one.variables != other.variables or _unordered(one, lax) != _unordered(other, lax):
            return False
        # Numbers that are equal but of two types come in either order.
        return not ordered or _in_order(one) == _in_order(other)
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return _renamed(one) == _renamed(other)
    return one is other


def _unordered(found: Solutions, lax: bool) -> object:
    ground, triples = Counter[Row](), list[ox.Triple]()
    for number, (row, times) in enumerate(Counter(found.rows).items()):
        counted = 1 if lax else times
        if not any(isinstance(term, ox.BlankNode) for term in row):
            ground[row] = counted
            continue
        node = ox.BlankNode(f"row{number}")
        triples.append(ox.Triple(node, ox.NamedNode("urn:times"), ox.Literal(str(counted))))
        triples += [
            ox.Triple(node, ox.NamedNode(f"urn:column:{column}"), term)
            for column, term in enumerate(row)
            if term is not None
        ]
    return ground, _renamed(triples)


def _in_order(found: Solutions) -> list[list[str]]:
    return [["" if isinstance(term, ox.BlankNode) else term.value for term in row] for row in found.as_csv().rows]


def _renamed(triples: Iterable[ox.Triple]) -> frozenset[str]:
    dataset = ox.Dataset(ox.Quad(*triple) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(map(str, dataset))


def _holds(store: ox.Store, name: str) -> bool:
    return bool(store.query(f"ASK {{ ?s a <{_RS}{name}> }}"))


def _of_result_set(store: ox.Store) -> Result:
    for row in store.query(f"SELECT ?b {{ ?s <{_RS}boolean> ?b }}"):
        return bool(row["b"].value in ("true", "1"))
    variables = tuple(row["v"].value for row in store.query(f"SELECT ?v {{ ?s <{_RS}resultVariable> ?v }}"))
    rows = []
    for solution in store.query(
        f"SELECT ?s {{ ?set <{_RS}solution> ?s OPTIONAL {{ ?s <{_RS}index> ?i }} }} ORDER BY ?i"
    ):
        values: dict[str, Term] = {}
        for quad in store.quads_for_pattern(solution["s"], ox.NamedNode(f"{_RS}binding"), None, None):
            name, value = (_value(store, quad.object, part) for part in ("variable", "value"))
            values[name.value] = value
        rows.append(tuple(values.get(variable) for variable in variables))
    return Solutions(variables, tuple(rows))


def _value(store: ox.Store, node: Any, name: str) -> Term:
    return next(quad.object for quad in store.quads_for_pattern(node, ox.NamedNode(_RS + name), None, None))


def shown(found: Result, most: int = 5) -> str:
    """The beginning of a result, for a message."""
    if isinstance(found, Solutions):
        rows: Sequence[object] = [[str(term) for term in row] for row in found.rows]
        return f"{found.variables} {len(rows)} rows {rows[:most]}"
    return str(sorted(map(str, found))[:most]) if isinstance(found, frozenset) else str(found)
