"""The map as inline SVG, shaded by number of laureates, with the numbers beside it in a table.

Contours that the operator imported are drawn; without any, the départements by outlines of our own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from laurier.geometry.kept import Contours, Note
from laurier.geometry.shapes import Shape
from laurier.snapshot.search_values import Value
from laurier.web.pages.drawing import Box, Frame, bounds

#: The kind that is always drawn.
DEPARTEMENT = "departement"
#: Kinds in the order of a choice, and of what may lie behind smaller ones.
KINDS = ("region", DEPARTEMENT, "epci", "commune")
#: Most territories drawn; those with the most laureates come first.
MOST = 2_000
_FILE = Path(__file__).with_name("outlines.json")
_CLASSES = 4
_OVERSEAS = ("971", "972", "973", "974", "976")
_TILE = 22
_TILES_TOP = 440
_WIDTH, _HEIGHT = 613, 585
_INSET, _INSET_STEP, _LABEL = 64, 76, 18
_ALONE = 240
_MAINLAND: Box = (-6.0, 41.0, 10.0, 51.6)
# Where the other territories lie, with the code that names each: Guadeloupe to Wallis-et-Futuna.
_ELSEWHERE: Mapping[str, Box] = MappingProxyType(
    {
        "971": (-62.0, 15.7, -60.9, 16.6),
        "972": (-61.4, 14.2, -60.7, 15.0),
        "973": (-55.0, 2.0, -51.4, 6.0),
        "974": (55.0, -21.6, 56.0, -20.7),
        "975": (-56.6, 46.6, -56.0, 47.2),
        "976": (44.8, -13.2, 45.5, -12.4),
        "977": (-63.0, 17.8, -62.6, 18.1),
        "978": (-63.3, 18.0, -62.9, 18.3),
        "986": (-178.4, -14.6, -175.9, -13.0),
        "987": (-155.0, -28.0, -134.0, -7.5),
        "988": (156.0, -24.0, 172.5, -17.0),
    }
)


@dataclass(frozen=True, slots=True)
class Area:
    """A territory on the map.

    Attributes:
        path: SVG path data.
        shade: 0 for no laureate, then 1 to 4; -1 for what is drawn behind.
        label: what is written on it or below it.
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
        width, height: of the SVG.
        areas: what is drawn, in that order.
        steps: for each shade used, the least and the largest number it stands for.
        note: where its contours come from, None for our own outlines.
    """

    width: int
    height: int
    areas: tuple[Area, ...]
    steps: tuple[tuple[int, int, int], ...]
    note: Note | None = None


def kinds(contours: Contours) -> list[str]:
    """The kinds of territories that can be drawn."""
    return [kind for kind in KINDS if kind == DEPARTEMENT or kind in contours.notes]


def drawn(contours: Contours, kind: str, values: Iterable[Value]) -> Map | None:
    """The map of the territories of a kind by their numbers of laureates; None when none can be drawn.

    Args:
        contours: of the instance.
        kind: one of `kinds`.
        values: of the facet of territories.
    """
    counts = {value.key.rpartition("/")[2]: value.count for value in values if value.kind == kind and value.count}
    if kind not in contours.notes:
        return _from_outlines(counts)
    if kind == DEPARTEMENT and not counts.keys() & _outlines().keys() <= set(contours.codes(kind)):
        return _from_outlines(counts)  # contours of some départements must not take the others off the map
    return _from_contours(contours, kind, counts)


def owed(contours: Contours) -> tuple[list[Note], bool]:
    """Whom the maps of an instance owe: the origins of its contours, each once, and whether some show our outlines."""
    origins = {(note.credit, note.licence): note for note in contours.notes.values()}
    ours = DEPARTEMENT not in contours.notes or not _outlines().keys() <= set(contours.codes(DEPARTEMENT))
    return list(origins.values()), ours


def contour(shape: Shape, note: Note) -> Map:
    """One territory by itself."""
    frame = Frame.around(bounds([shape], 0.02), _ALONE, _ALONE)
    area = Area(frame.path(shape) or frame.dot(shape.point), 2)
    return Map(_ALONE, round(frame.height), (area,), (), note)


# ------------------------------------------------------------------ imported contours
def _from_contours(contours: Contours, kind: str, counts: Mapping[str, int]) -> Map | None:
    large = kind in ("region", DEPARTEMENT)
    codes = contours.codes(kind) if large else list(counts)[:MOST]
    shapes = {code: shape for code in codes if (shape := contours.shape(kind, code)) is not None}
    shown = sorted(counts[code] for code in shapes if code in counts)
    if not shown:
        return None
    limits = _limits(shown)
    places = {code: _place(shape) for code, shape in shapes.items()}
    home = {code: shape for code, shape in shapes.items() if not places[code]}
    frame = Frame.around(bounds(home.values(), 0.03), _WIDTH, _HEIGHT) if home else None
    areas = [Area(path, -1) for path in _behind(contours, kind, frame)] if frame is not None else []
    height = round(frame.height) if frame is not None else 0
    if frame is not None:
        areas += _areas(frame, home, counts, limits)
    used = [place for place in _ELSEWHERE if place in places.values()]
    for position, place in enumerate(used):
        here = {code: shape for code, shape in shapes.items() if places[code] == place}
        left, top = position % 8 * _INSET_STEP, height + 8 + position // 8 * (_INSET_STEP + _LABEL)
        inset = Frame.around(bounds(here.values(), 0.02), _INSET, _INSET, left, top)
        areas += _areas(inset, here, counts, limits)
        areas.append(Area("", 0, place, left + _INSET // 2, top + _INSET + _LABEL - 4))
    rows = -(-len(used) // 8)
    total = height + rows * (_INSET_STEP + _LABEL)
    return Map(_WIDTH, total, tuple(areas), _steps(shown, limits), contours.notes[kind])


def _areas(frame: Frame, shapes: Mapping[str, Shape], counts: Mapping[str, int], limits: Sequence[int]) -> list[Area]:
    found = []
    for code, shape in shapes.items():
        shade = _shade(counts.get(code, 0), limits)
        path = frame.path(shape) or (frame.dot(shape.point) if shade else "")
        if path:
            found.append(Area(path, shade))
    return found


def _behind(contours: Contours, kind: str, frame: Frame) -> list[str]:
    """The larger territories behind smaller ones, as far as they show in a frame."""
    if kind in ("region", DEPARTEMENT):
        return []
    larger = next((name for name in (DEPARTEMENT, "region") if name in contours.notes), "")
    west, south, east, north = frame.box
    paths = []
    for code in contours.codes(larger):
        shape = contours.shape(larger, code)
        if shape is not None and not _place(shape):
            box = shape.box
            if box[0] < east and box[2] > west and box[1] < north and box[3] > south:
                paths.append(frame.path(shape))
    return [path for path in paths if path]


def _place(shape: Shape) -> str:
    """The code of the overseas territory where a shape lies; empty for the mainland."""
    x, y = shape.point
    inside = [name for name, (w, s, e, n) in _ELSEWHERE.items() if w <= x <= e and s <= y <= n]
    if inside:
        return inside[0]
    w, s, e, n = _MAINLAND
    if w <= x <= e and s <= y <= n:
        return ""
    # Islands of a collectivité may lie outside of its box: the nearest one.
    return min(_ELSEWHERE, key=lambda name: abs(x - _ELSEWHERE[name][0]) + abs(y - _ELSEWHERE[name][1]))


# ------------------------------------------------------------------ our own outlines
@cache
def _outlines() -> Mapping[str, str]:
    return MappingProxyType(json.loads(_FILE.read_text(encoding="utf-8"))["outlines"])


def _from_outlines(counts: Mapping[str, int]) -> Map | None:
    outlines = _outlines()
    shown = sorted(count for code, count in counts.items() if code in outlines or code in _OVERSEAS)
    if not shown:
        return None
    limits = _limits(shown)
    areas = [Area(path, _shade(counts.get(code, 0), limits)) for code, path in outlines.items()]
    for position, code in enumerate(_OVERSEAS):
        top = _TILES_TOP + position * (_TILE + 4)
        path = f"M8 {top}h{_TILE * 2}v{_TILE}h-{_TILE * 2}z"
        areas.append(Area(path, _shade(counts.get(code, 0), limits), code, 8 + _TILE, top + 16))
    return Map(_WIDTH, _HEIGHT, tuple(areas), _steps(shown, limits))


# ------------------------------------------------------------------ shades
def _steps(counts: Sequence[int], limits: Sequence[int]) -> tuple[tuple[int, int, int], ...]:
    steps = []
    for shade in range(1, _CLASSES + 1):
        inside = [count for count in counts if _shade(count, limits) == shade]
        if inside:
            steps.append((shade, inside[0], inside[-1]))
    return tuple(steps)


def _limits(counts: Sequence[int]) -> list[int]:
    """The least number of each shade above the first: equal numbers of areas, never one number in two shades."""
    distinct = sorted(set(counts))
    if len(distinct) <= _CLASSES:
        return distinct[1:]
    return [counts[len(counts) * step // _CLASSES] for step in range(1, _CLASSES)]


def _shade(count: int, limits: Sequence[int]) -> int:
    if not count:
        return 0
    # Few distinct numbers use the darker end of the scale, so that one laureate alone is seen too.
    missing = _CLASSES - 1 - len(limits)
    return 1 + missing + sum(count >= limit for limit in limits)
