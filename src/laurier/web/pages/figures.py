"""Pictures of numbers: bars drawn as inline SVG, each with a table of the same numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from laurier.errors import Language
from laurier.snapshot.search_values import Value
from laurier.web.pages import typography
from laurier.web.pages.addresses import Addresses

_WIDTH = 520
_LEFT = 228
_RIGHT = 55
_STEP = 25
_MOST_BARS = 12
_LONGEST = 29


@dataclass(frozen=True, slots=True)
class Bar:
    """A number with its name.

    Attributes:
        label: its name; `short` is cut to the room there is.
        count: the number.
        href: where a reader goes from it.
        y, width: where its bar stands, in SVG units.
    """

    label: str
    short: str
    count: int
    href: str
    y: int
    width: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars under a title; `rows` holds every number, `bars` those that are drawn."""

    title: str
    column: str
    rows: tuple[Bar, ...]
    bars: tuple[Bar, ...]
    width: int
    height: int
    left: int
    track: int


def chart(
    title: str, column: str, values: Iterable[Value], facet: str, language: Language, addresses: Addresses
) -> Chart:
    """The chart of the values of a facet; each leads to its laureates."""
    found = list(values)
    most = max((value.count for value in found), default=1) or 1
    track = _WIDTH - _LEFT - _RIGHT
    rows = []
    for position, value in enumerate(found):
        label = typography.typeset(value.label(language), language)
        href = addresses.page(language, "laureats", **{facet: value.key})
        short = label if len(label) <= _LONGEST else label[: _LONGEST - 1].rstrip() + "…"
        rows.append(Bar(label, short, value.count, href, position * _STEP, round(track * value.count / most, 1)))
    bars = tuple(rows[:_MOST_BARS])
    return Chart(title, column, tuple(rows), bars, _WIDTH, max(len(bars), 1) * _STEP, _LEFT, track)
