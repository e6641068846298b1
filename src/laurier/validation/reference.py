"""The reference engine: pyshacl, over the whole graph in memory.

It judges what the fast engine refuses, and the tests compare both. It takes tens of milliseconds a laureate: for small
graphs only.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from laurier import quads
from laurier.errors import DataRefused
from laurier.foreign import said
from laurier.validation.exact import Result
from laurier.validation.literals import quietly, rdf_literal
from laurier.validation.shape import SH
from laurier.validation.terms import canonical
from laurier.vocabulary import PREFIXES

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node


def results(path: Path, shapes: Sequence[Path], background: Sequence[Path]) -> list[Result]:
    """The validation results of a file of RDF, sorted.

    Args:
        path: the file; the graph validated is the union of its named graphs.
        shapes: the shape files.
        background: Turtle files whose triples belong to the graph.

    Raises:
        DataRefused: pyshacl cannot read the shapes, or fails on the data.
    """
    import pyshacl  # noqa: PLC0415 - half a second, for graphs that never need it

    shapes_graph = _graph(quad for shape in shapes for quad in ox.parse(path=str(shape), rename_blank_nodes=True))
    data = _graph(quad for file in (path, *background) for quad in ox.parse(path=str(file)))
    try:
        with quietly(), warnings.catch_warnings():
            # rdflib compares ill-typed literals in a way that Python announces to end.
            warnings.simplefilter("ignore", DeprecationWarning)
            _, report, text = pyshacl.validate(data, shacl_graph=shapes_graph, inplace=True)
    except Exception as error:  # pyshacl raises many kinds; none of them lets the graph be published
        raise _failed(error) from error
    if not hasattr(report, "triples"):
        raise _failed(text)
    return sorted(_results(report, shapes_graph), key=str)


def _failed(why: object) -> DataRefused:
    return DataRefused(
        f"The SHACL validation failed ({said(str(why)).en}): correct the shapes or the data.",
        f"La validation SHACL a échoué ({said(str(why)).fr}) : corrigez les formes ou les données.",
    )


def _graph(parsed: Iterable[ox.Quad]) -> rdflib.Graph:
    import rdflib  # noqa: PLC0415 - as above

    graph = rdflib.Graph()
    for quad in parsed:
        graph.add((_node(quad.subject), _node(quad.predicate), _node(quad.object)))
    return graph


def _node(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
    import rdflib  # noqa: PLC0415 - as above

    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    return rdf_literal(canonical(term))


def _term(node: Node | None) -> str | None:
    import rdflib  # noqa: PLC0415 - as above

    if node is None:
        return None
    if isinstance(node, rdflib.Literal):
        if node.language:
            return quads.tagged(str(node), node.language.lower())
        plain = node.datatype is None or str(node.datatype) == f"{PREFIXES['xsd']}string"
        return quads.text(str(node)) if plain else quads.typed(str(node), str(node.datatype))
    return f"_:{node}" if isinstance(node, rdflib.BNode) else f"<{node}>"


def _results(report: rdflib.Graph, shapes: rdflib.Graph) -> Iterator[Result]:
    from rdflib.namespace import RDF, Namespace  # noqa: PLC0415 - as above

    sh = Namespace(SH)
    whole = report.value(predicate=RDF.type, object=sh.ValidationReport)
    for result in report.objects(whole, sh.result):
        path = report.value(result, sh.resultPath)
        steps = [] if path is None else [_path(report, step) for step in list(report.items(path)) or [path]]
        source, shape = report.value(result, sh.sourceConstraint), report.value(result, sh.sourceShape)
        messages = set(report.objects(result, sh.resultMessage))
        if source is not None:
            # pyshacl drops the language of the messages of SPARQL constraints.
            messages = {*shapes.objects(source, sh.message), *shapes.objects(shape, sh.message)}
        yield Result(
            focus=_term(report.value(result, sh.focusNode)) or "",
            path=tuple(steps),
            component=str(report.value(result, sh.sourceConstraintComponent)),
            value=_term(report.value(result, sh.value)),
            shape=_term(shape) or "",
            severity=_term(report.value(result, sh.resultSeverity)) or "",
            messages=tuple(sorted(_term(message) or "" for message in messages)),
        )


def _path(report: rdflib.Graph, node: Node) -> str:
    """A property path as Turtle writes it."""
    import rdflib  # noqa: PLC0415 - as above

    if not isinstance(node, rdflib.BNode):
        return _term(node) or ""
    members = list(report.items(node))
    if members:
        return f"( {' '.join(_path(report, member) for member in members)} )"
    facts = sorted(report.predicate_objects(node))
    return f"[ {' ; '.join(f'{_term(predicate)} {_path(report, value)}' for predicate, value in facts)} ]"
