"""The negotiation of HTTP fields with weights (RFC 9110 section 12)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from laurier.formats import Choice, Format, with_parameters

_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # noqa: S105 - the grammar rule of that name
_QUOTED = r'"(?:[^"\\]|\\.)*"'
# One element: anything but a comma outside a quoted string. An unclosed quotation mark ends with the field.
_ELEMENT = re.compile(rf'(?:[^,"]|{_QUOTED}|"[^"]*$)+')
_PARAMETER = re.compile(rf"[ \t]*;[ \t]*(?:({_TOKEN})[ \t]*=[ \t]*({_TOKEN}|{_QUOTED}))?[ \t]*")
_VALUE = re.compile(rf"[ \t]*({_TOKEN}(?:/{_TOKEN})?)[ \t]*")
_WEIGHT = re.compile(r"(?:0(?:\.[0-9]*)?|1(?:\.0*)?|\.[0-9]+)\Z")


@dataclass(frozen=True, slots=True)
class Weighted:
    """One element of a field with weights: `value;parameters;q=weight`, in lower case but for parameter values."""

    value: str
    parameters: Mapping[str, str]
    weight: float


def weighted(value: str) -> tuple[Weighted, ...]:
    """Reads Accept, Accept-Encoding, Accept-Language (RFC 9110 sections 12.4.2 and 12.5).

    An element that breaks the grammar is left out: a client's mistake must not cost it the other elements.
    """
    found = (_element(match.group()) for match in _ELEMENT.finditer(value))
    return tuple(element for element in found if element is not None)


def negotiate(accept: str | None, offers: Sequence[Format]) -> Choice | None:
    """Chooses a format by the Accept field (RFC 9110 section 12.5.1).

    The most specific matching range gives the weight of an offer; the highest weight wins, then the more specific
    range, then the order of the offers. A field that is absent, or in which nothing can be read, accepts everything.

    Returns:
        The choice, or None when nothing offered is acceptable (406).
    """
    if accept is not None and len(accept) > _LONGEST_KNOWN:
        return _negotiated(accept, tuple(offers))
    return _known(accept, tuple(offers))


def _negotiated(accept: str | None, offers: tuple[Format, ...]) -> Choice | None:
    ranges = weighted(accept) if accept is not None else ()
    ranges = tuple(entry for entry in ranges if _is_media_range(entry.value))
    if not ranges:
        return Choice(offers[0], offers[0].content_type)
    best: tuple[float, int] = (0.0, 0)
    choice: Choice | None = None
    for offer in offers:
        for media_type in (offer.media_type, *offer.generic, *offer.obsolete):
            weight, rank = _quality(media_type, offer, ranges)
            if (weight, rank) > best and weight > 0:
                best = (weight, rank)
                named = media_type if media_type in offer.generic else offer.media_type
                choice = Choice(offer, with_parameters(named, offer.parameters))
    return choice


# Clients send few different fields, but may send long ones.
_LONGEST_KNOWN = 300
_known = lru_cache(maxsize=512)(_negotiated)


def _element(text: str) -> Weighted | None:
    head = _VALUE.match(text)
    if head is None:
        return None
    parameters: dict[str, str] = {}
    weight = 1.0
    position = head.end()
    while position < len(text):
        match = _PARAMETER.match(text, position)
        if match is None:
            return None
        position = match.end()
        if match[1] is None:
            continue
        name = match[1].lower()
        value = re.sub(r"\\(.)", r"\1", match[2][1:-1]) if match[2].startswith('"') else match[2]
        if name == "q":
            if not _WEIGHT.match(value):
                return None
            weight = float(value)
            break  # what follows the weight was an extension of RFC 7231, dropped by RFC 9110
        parameters[name] = value
    return Weighted(head[1].lower(), parameters, weight)


def _is_media_range(value: str) -> bool:
    kind, _, subtype = value.partition("/")
    return bool(subtype) and (kind != "*" or subtype == "*")


# `profile` of JSON-LD and `version` of RDF 1.2 state wishes, not a different type: they never exclude.
_WISHES = frozenset({"profile", "version"})


def _quality(media_type: str, offer: Format, ranges: Iterable[Weighted]) -> tuple[float, int]:
    """Weight and specificity that the most specific matching range gives (no match: zero)."""
    best_rank, weight = 0, 0.0
    canonical = media_type == offer.media_type
    for entry in ranges:
        kind, _, subtype = entry.value.partition("/")
        if entry.value == media_type:
            wanted = {name: text.lower() for name, text in entry.parameters.items() if name not in _WISHES}
            if any(offer.parameters.get(name, _IMPLIED.get(name)) != text for name, text in wanted.items()):
                continue
            rank = 3 + len(entry.parameters)
        elif not canonical:
            continue  # a wildcard means the format under its own name
        elif subtype == "*" and kind == media_type.partition("/")[0]:
            rank = 2
        elif entry.value == "*/*":
            rank = 1
        else:
            continue
        if rank > best_rank or (rank == best_rank and entry.weight > weight):
            best_rank, weight = rank, entry.weight
    return weight, best_rank


_IMPLIED = {"charset": "utf-8"}
