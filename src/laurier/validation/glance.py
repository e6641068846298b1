"""Tests on the bytes of terms that accept what is right beyond doubt, and leave the rest to the exact evaluation.

Only the plainest forms are known here: they are those that canonical data is made of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import cast

from laurier.validation import exact
from laurier.validation.literals import LANG_STRING, STRING, XSD
from laurier.validation.shape import RDF, Constraint, Shape
from laurier.validation.terms import literal

Accepts = Callable[[bytes], bool]
Compares = Callable[[Sequence[bytes], Sequence[bytes]], bool]

_QUOTE = ord('"')
_NUMBER = (
    rb'"(0|-?[1-9][0-9]{0,17}|-?(?:0|[1-9][0-9]{0,14})\.[0-9]{0,11}[1-9])"\^\^<http://www\.w3\.org/2001/XMLSchema#'
)
_INTEGER = re.compile(rb'"(0|-?[1-9][0-9]{0,17})"\^\^<http://www\.w3\.org/2001/XMLSchema#integer>')
_DECIMAL = re.compile(_NUMBER + rb"decimal>")
_DAY = (
    rb"(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31"  # no 29 February
)
_DATE = re.compile(rb'"([1-9][0-9]{3}-(?:' + _DAY + rb'))"\^\^<http://www\.w3\.org/2001/XMLSchema#date>')
_PLAIN = {f"<{XSD}integer>": _INTEGER, f"<{XSD}decimal>": _DECIMAL, f"<{XSD}date>": _DATE}
_PLAIN[f"<{XSD}boolean>"] = re.compile(rb'"(true|false)"\^\^<http://www\.w3\.org/2001/XMLSchema#boolean>')
_MEMORY = 1 << 16


def test(shape: Shape, graph: exact.Graph) -> Accepts:
    """A test of one value against the constraints of a node shape that its text decides.

    What a glance does not accept is evaluated once and remembered, for values repeat.
    """
    parts = [_glance(constraint) for constraint in shape.constraints]
    remembered: dict[bytes, bool] = {}

    def evaluated(term: bytes) -> bool:
        known = remembered.get(term)
        if known is None:
            if len(remembered) >= _MEMORY:
                remembered.clear()
            known = remembered[term] = exact.conforms(shape, term.decode(), graph)
        return known

    if None in parts:
        return evaluated
    glances = cast(list[Accepts], parts)
    if len(glances) == 1:
        only = glances[0]
        return lambda term: only(term) or evaluated(term)
    if len(glances) == 2:
        one, two = glances
        return lambda term: (one(term) and two(term)) or evaluated(term)
    return lambda term: all(glance(term) for glance in glances) or evaluated(term)


def _glance(constraint: Constraint) -> Accepts | None:
    """A sound test of a constraint on a value, or None where there is none."""
    name, value = constraint.name, constraint.value
    if name == "datatype":
        return _datatype(cast(str, value))
    if name == "nodeKind":
        kinds = frozenset(map(ord, cast(str, value)))
        return lambda term: term[0] in kinds
    if name == "in":
        allowed = frozenset(term.encode() for term in cast(frozenset[str], value))
        return lambda term: term in allowed
    if name == "minLength" and value == 1:
        return lambda term: term[0] == _QUOTE and term[1] != _QUOTE
    if name == "languageIn":
        endings = tuple(f'"@{tag}'.encode() for tag in cast(frozenset[str], value))
        return lambda term: term.endswith(endings)
    if name == "pattern":
        return _pattern(cast("re.Pattern[str]", value))
    if name in ("minInclusive", "minExclusive", "maxInclusive", "maxExclusive"):
        return _bounded(name, cast(str, value))
    return None


def _datatype(datatype: str) -> Accepts | None:
    if datatype == STRING:
        return lambda term: term[-1] == _QUOTE
    if datatype == LANG_STRING:
        return lambda term: term[-4:-2] == b'"@'
    if datatype in _PLAIN:
        return lambda term, match=_PLAIN[datatype].fullmatch: match(term) is not None  # type: ignore[misc]
    if datatype.startswith((f"<{XSD}", f"<{RDF}")):
        return None
    # rdflib judges only the datatypes of XML Schema and RDF.
    ending = f'"^^{datatype}'.encode()
    return lambda term: term.endswith(ending)


def _pattern(pattern: re.Pattern[str]) -> Accepts:
    def accepts(term: bytes) -> bool:
        if term[0] != _QUOTE:
            return term[0] == ord("<") and pattern.search(term[1:-1].decode()) is not None
        return b"\\" not in term and pattern.search(term[1 : term.rindex(b'"')].decode()) is not None

    return accepts


def _bounded(name: str, bound: str) -> Accepts | None:
    lexical, _, datatype = literal(bound)
    if datatype not in (f"{XSD}integer", f"{XSD}decimal"):
        return None
    limit = Decimal(lexical)
    whole = int(limit) if limit == int(limit) else None
    holds = {"minInclusive": 0, "minExclusive": 1, "maxInclusive": 2, "maxExclusive": 3}[name]

    def accepts(term: bytes) -> bool:
        found = _INTEGER.fullmatch(term)
        if found is not None and whole is not None:
            value: int | Decimal = int(found[1])
            edge: int | Decimal = whole
        else:
            found = found or _DECIMAL.fullmatch(term)
            if found is None:
                return False
            value, edge = Decimal(found[1].decode()), limit
        return (value >= edge, value > edge, value <= edge, value < edge)[holds]

    return accepts


def comparison(constraint: Constraint) -> Compares:
    """A sound test of a constraint on the values of a property and those of the property it is compared with."""
    name = constraint.name
    if name == "uniqueLang":
        return lambda values, _: all(v[-4:-2] == b'"@' for v in values) and len({v[-2:] for v in values}) == len(values)
    if name == "hasValue":
        wanted = cast(str, constraint.value).encode()
        return lambda values, _: wanted in values
    if name == "equals":
        return lambda values, others: set(values) == set(others)
    if name == "disjoint":
        return lambda values, others: set(values).isdisjoint(others)
    return _before(or_equals=name == "lessThanOrEquals")


def _before(or_equals: bool) -> Compares:
    def ordered(value: bytes, other: bytes) -> bool:
        left, right = _INTEGER.fullmatch(value), _INTEGER.fullmatch(other)
        if left and right:
            return int(left[1]) <= int(right[1]) if or_equals else int(left[1]) < int(right[1])
        left, right = _DATE.fullmatch(value), _DATE.fullmatch(other)
        if left and right:
            return left[1] <= right[1] if or_equals else left[1] < right[1]
        return False

    return lambda values, others: all(ordered(value, other) for value in values for other in others)
