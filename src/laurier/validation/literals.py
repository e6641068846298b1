"""What the literals of a graph are worth, judged by rdflib exactly as the reference engine judges them.

Every function takes terms in N-Quads syntax. rdflib and pyshacl take longer to import than a small graph takes to
check, and clean data never asks them: they are imported when the first doubtful literal comes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from laurier.validation.shape import RDF, CannotCompile
from laurier.validation.terms import literal
from laurier.vocabulary import PREFIXES

if TYPE_CHECKING:
    import rdflib

XSD = PREFIXES["xsd"]
LANG_STRING = f"<{RDF}langString>"
STRING = f"<{XSD}string>"


@contextmanager
def quietly() -> Iterator[None]:
    """Keeps rdflib from logging a trace for each ill-typed literal: the report says what is wrong with it."""
    logger = logging.getLogger("rdflib.term")
    logger.addFilter(_nothing)
    try:
        yield
    finally:
        logger.removeFilter(_nothing)


def _nothing(record: logging.LogRecord) -> bool:
    return False


@lru_cache(maxsize=65536)
def rdf_literal(term: str) -> rdflib.Literal:
    """A literal as rdflib sees it, left as it is written."""
    import rdflib  # noqa: PLC0415 - see the module's docstring

    lexical, language, datatype = literal(term)
    # normalize=False: rdflib would turn "none"^^xsd:boolean into false.
    with quietly():
        return rdflib.Literal(lexical, lang=language or None, datatype=datatype or None, normalize=False)


def text(term: str) -> str:
    """The string of an IRI or a literal, as SPARQL's str()."""
    return term[1:-1] if term.startswith("<") else literal(term)[0]


def language(term: str) -> str:
    """The language tag of a term in lower case, empty if it has none."""
    return literal(term)[1].lower() if term.startswith('"') else ""


def has_datatype(term: str, datatype: str) -> bool:
    """True if the term is a well-formed literal of a datatype (SHACL section 4.1.2)."""
    if not term.startswith('"'):
        return False
    _, tag, own = literal(term)
    if datatype == LANG_STRING:
        return bool(tag)
    if datatype == STRING:
        return not tag and own in ("", f"{XSD}string")
    if f"<{own}>" != datatype:
        return False
    value = rdf_literal(term)
    expected = _python_types().get(own)
    return not value.ill_typed and (expected is None or isinstance(value.value, expected))


@cache
def _python_types() -> dict[str, type]:
    """The classes of values that the reference engine demands, by datatype."""
    samples = {"integer": "1", "float": "1.0", "decimal": "1.0", "boolean": "true"}
    samples |= {"date": "2020-01-01", "time": "00:00:00", "dateTime": "2020-01-01T00:00:00"}
    return {f"{XSD}{name}": type(rdf_literal(f'"{form}"^^<{XSD}{name}>').value) for name, form in samples.items()}


_BOUNDS: dict[str, Callable[[int], bool]] = {
    "minInclusive": lambda order: order >= 0,
    "minExclusive": lambda order: order > 0,
    "maxInclusive": lambda order: order <= 0,
    "maxExclusive": lambda order: order < 0,
}


def within(term: str, name: str, bound: str) -> bool:
    """True if the term compares with a bound as the constraint `minInclusive`... demands (SHACL section 4.3)."""
    if not term.startswith('"'):
        return False
    from pyshacl.rdfutil.compare import compare_literal  # noqa: PLC0415 - see the module's docstring

    value, limit = rdf_literal(term), rdf_literal(bound)
    if isinstance(value.value, str) != isinstance(limit.value, str):
        return False
    try:
        order: int = compare_literal(value, limit)  # type: ignore[no-untyped-call]
    except (TypeError, NotImplementedError):
        return False
    return _BOUNDS[name](order)


def precedes(term: str, other: str, or_equals: bool) -> bool:
    """True if a term is less than another (SHACL sections 4.5.3 and 4.5.4).

    Raises:
        CannotCompile: one of them is a blank node, which the reference engine treats as a failure.
    """
    left, right = _comparable(term), _comparable(other)
    if isinstance(left, _Text) or isinstance(right, _Text):
        both = isinstance(left, _Text) and isinstance(right, _Text)
        return both and (str(left) <= str(right) if or_equals else str(left) < str(right))
    try:
        equal = bool(left.eq(right))
    except TypeError:
        # An ill-typed literal: Python turns the comparison round, and so does the reference engine.
        return bool(right > left)
    return or_equals if equal else not left > right


class _Text(str):
    """The text of an IRI or of a literal whose value is a text."""


def _comparable(term: str) -> _Text | rdflib.Literal:
    if term.startswith("_"):
        raise CannotCompile(f"the blank node {term} cannot be compared")
    if term.startswith("<"):
        return _Text(term[1:-1])
    value = rdf_literal(term)
    return _Text(value.value) if isinstance(value.value, str) else value
