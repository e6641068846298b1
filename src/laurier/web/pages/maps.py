"""The map of départements as inline SVG, shaded by number of laureates, with the numbers beside it in a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from laurier.snapshot.search_values import Value

_FILE = Path(__file__).with_name("outlines.json")
_CLASSES = 4
_OVERSEAS = ("971", "972", "973", "974", "976")
_TILE = 22
_TILES_TOP = 440


@dataclass(frozen=True, slots=True)
class Shape:
    """A département on the map.

    Attributes:
        path: SVG path data.
        shade: 0 for no laureate, then 1 to 4.
        label: what is written on it, for the overseas tiles.
        x, y: where the label stands.
    """

    path: str
    shade: int
    label: str = ""
    x: int = 0
    y: int = 0


@dataclass(frozen=True, slots=True)
class Map:
    """The map.

    Attributes:
        view_box: of the SVG.
        shapes: every département.
        steps: for each shade used, the least and the largest number it stands for.
    """

    view_box: str
    shapes: tuple[Shape, ...]
    steps: tuple[tuple[int, int, int], ...]


@cache
def _outlines() -> tuple[str, Mapping[str, str]]:
    table = json.loads(_FILE.read_text(encoding="utf-8"))
    return str(table["viewBox"]), MappingProxyType(table["outlines"])


def departements(values: Iterable[Value]) -> Map | None:
    """The map of the values of the facet of territories that are départements; None when none can be drawn."""
    counts = {value.key.rpartition("/")[2]: value.count for value in values if value.kind == "departement"}
    view_box, outlines = _outlines()
    drawn = sorted(count for code, count in counts.items() if (code in outlines or code in _OVERSEAS) and count)
    if not drawn:
        return None
    bounds = _bounds(drawn)
    shapes = [Shape(path, _shade(counts.get(code, 0), bounds)) for code, path in outlines.items()]
    for position, code in enumerate(_OVERSEAS):
        top = _TILES_TOP + position * (_TILE + 4)
        path = f"M8 {top}h{_TILE * 2}v{_TILE}h-{_TILE * 2}z"
        shapes.append(Shape(path, _shade(counts.get(code, 0), bounds), code, 8 + _TILE, top + 16))
    steps = []
    for shade in range(1, _CLASSES + 1):
        inside = [count for count in drawn if _shade(count, bounds) == shade]
        if inside:
            steps.append((shade, inside[0], inside[-1]))
    return Map(view_box, tuple(shapes), tuple(steps))


def _bounds(counts: list[int]) -> list[int]:
    """The least number of each shade above the first: equal numbers of départements, never one number in two shades."""
    distinct = sorted(set(counts))
    if len(distinct) <= _CLASSES:
        return distinct[1:]
    return [counts[len(counts) * step // _CLASSES] for step in range(1, _CLASSES)]


def _shade(count: int, bounds: list[int]) -> int:
    if not count:
        return 0
    # Few distinct numbers use the darker end of the scale, so that one laureate alone is seen too.
    missing = _CLASSES - 1 - len(bounds)
    return 1 + missing + sum(count >= bound for bound in bounds)
