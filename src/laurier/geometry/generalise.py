"""Generalisation of contours: every vertex goes to the nearest point of one grid.

The rule is the same for every ring, so that neighbours still share their border, whatever file they came from and
wherever their rings begin; no topology has to be held in memory. What the grid folds is then undone: a ring that meets
itself is cut there into rings, and those that enclose nothing vanish.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from laurier.geometry.shapes import Point, Polygon, Ring, Shape

#: Points of the grid in a degree: a unit too small for one is drawn on the next.
_FINER = (1, 10, 100)

#: A point of the grid.
Cell = tuple[int, int]
Place = TypeVar("Place", bound=tuple[float, float])


def generalised(polygons: Iterable[Polygon], per_degree: int) -> Shape | None:
    """A contour on the grid, or None when nothing of it remains on a grid a hundred times finer.

    Args:
        polygons: parts, each an outer ring and its holes; rings may turn either way.
        per_degree: points of the grid in a degree: the contour moves by half of a step at most.
    """
    given = list(polygons)
    for factor in _FINER:
        scale = per_degree * factor
        parts = [part for polygon in given for part in snapped(polygon, scale, scale)]
        if parts:
            parts.sort(key=lambda part: (-abs(_twice_area(part[0])), part[0]))
            x, y = _inside(parts[0])
            return Shape(tuple(_degrees(part, scale) for part in parts), (_round(x / scale), _round(y / scale)))
    return None


def snapped(polygon: Sequence[Sequence[Point]], x_scale: float, y_scale: float) -> list[list[list[Cell]]]:
    """The parts of a polygon on a grid: for each, its outer ring and its holes, not closed.

    Args:
        polygon: an outer ring and its holes.
        x_scale, y_scale: points of the grid in a unit of each coordinate.
    """
    outer = list(_loops(_cells(polygon[0], x_scale, y_scale)))
    if not outer:
        return []
    main = max(outer, key=lambda loop: abs(_twice_area(loop)))
    turn = _twice_area(main) > 0
    parts = [[_turned(loop, left=True)] for loop in outer if (_twice_area(loop) > 0) == turn]
    # A ring that touches itself encloses a hole there.
    holes = [loop for loop in outer if (_twice_area(loop) > 0) != turn]
    for ring in polygon[1:]:
        holes += _loops(_cells(ring, x_scale, y_scale))
    for hole in holes:
        x, y = _inside([hole])
        home = next((part for part in parts if _contains(part[0], x, y)), None)
        if home is not None:
            home.append(_turned(hole, left=False))
    return parts


def _cells(ring: Sequence[Point], x_scale: float, y_scale: float) -> Iterator[Cell]:
    for x, y in ring:
        yield round(x * x_scale), round(y * y_scale)


def _loops(cells: Iterable[Cell]) -> Iterator[list[Cell]]:
    """The rings that a closed walk over the grid is made of, without those that enclose nothing."""
    path: list[Cell] = []
    position: dict[Cell, int] = {}
    for cell in cells:
        first = position.get(cell)
        if first is None:
            position[cell] = len(path)
            path.append(cell)
            continue
        loop = path[first:]
        for passed in loop[1:]:
            del position[passed]
        del path[first + 1 :]
        yield from _enclosing(loop)
    yield from _enclosing(path)


def _enclosing(loop: list[Cell]) -> Iterator[list[Cell]]:
    if len(loop) > 2 and _twice_area(loop):
        yield [
            cell
            for before, cell, after in zip([loop[-1], *loop], loop, [*loop[1:], loop[0]], strict=False)
            if (cell[0] - before[0]) * (after[1] - cell[1]) != (cell[1] - before[1]) * (after[0] - cell[0])
        ]


def crosses(ring: Sequence[tuple[float, float]]) -> bool:
    """Whether two sides of a ring cross each other between their ends.

    Args:
        ring: its points, the first again at the end or not.
    """
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    if max(ys) - min(ys) > max(xs) - min(xs):
        # Along the longer way there are fewer sides abreast.
        ring = [(y, x) for x, y in ring]
    sides = sorted(
        (min(a[0], b[0]), max(a[0], b[0]), min(a[1], b[1]), max(a[1], b[1]), a, b) for a, b in _edges(ring) if a != b
    )
    # From west to east, only the sides that reach as far east as the one at hand can cross it.
    near: list[tuple[float, float, float, float, tuple[float, float], tuple[float, float]]] = []
    for side in sides:
        west, _, south, north, a, b = side
        near = [other for other in near if other[1] > west]
        for _, _, low, high, c, d in near:
            if low < north and high > south and _left(a, b, c) * _left(a, b, d) < 0 > _left(c, d, a) * _left(c, d, b):
                return True
        near.append(side)
    return False


def _left(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> int:
    """1 when the third point is to the left of the way from the first to the second, -1 to the right, 0 on it."""
    turn = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (turn > 0) - (turn < 0)


def _twice_area(loop: Sequence[Cell]) -> int:
    """Twice the area, positive when the ring turns to the left."""
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in _edges(loop))


def _edges(loop: Sequence[Place]) -> Iterator[tuple[Place, Place]]:
    yield from pairwise(loop)
    yield loop[-1], loop[0]


def _turned(loop: list[Cell], *, left: bool) -> list[Cell]:
    # From the least point on, so that the same contour is written the same wherever its ring began.
    ordered = loop if (_twice_area(loop) > 0) == left else loop[::-1]
    first = ordered.index(min(ordered))
    return ordered[first:] + ordered[:first]


def _crossings(loop: Sequence[Cell], y: float) -> Iterator[float]:
    for (ax, ay), (bx, by) in _edges(loop):
        if (ay > y) != (by > y):
            yield ax + (y - ay) * (bx - ax) / (by - ay)


def _contains(loop: Sequence[Cell], x: float, y: float) -> bool:
    return sum(crossing > x for crossing in _crossings(loop, y)) % 2 == 1


def _inside(part: Sequence[Sequence[Cell]]) -> tuple[float, float]:
    """A point inside a part: the middle of its widest span at half its height."""
    heights = [y for _, y in part[0]]
    # Between two lines of the grid, where no vertex lies.
    y = (min(heights) + max(heights)) // 2 + 0.5
    crossings = sorted(x for ring in part for x in _crossings(ring, y))
    west, east = max(zip(crossings[::2], crossings[1::2], strict=True), key=lambda span: span[1] - span[0])
    return (west + east) / 2, y


def _degrees(part: Sequence[Sequence[Cell]], scale: int) -> Polygon:
    return tuple(_closed(ring, scale) for ring in part)


def _closed(ring: Sequence[Cell], scale: int) -> Ring:
    return tuple((_round(x / scale), _round(y / scale)) for x, y in (*ring, ring[0]))


def _round(degrees: float) -> float:
    return round(degrees, 6)
