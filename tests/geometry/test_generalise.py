"""Generalised contours: still the same place, whole rings, neighbours that share their border."""

from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from laurier.geometry.generalise import crosses, generalised, snapped
from laurier.geometry.shapes import Polygon, Shape

GRID = 100


def star(x: float, y: float, radii: list[float]) -> Polygon:
    """A ring around a point, with a vertex in each direction."""
    turn = 2 * math.pi / len(radii)
    ring = [(x + r * math.cos(i * turn), y + r * math.sin(i * turn)) for i, r in enumerate(radii)]
    return ((*ring, ring[0]),)


def area(shape: Shape) -> float:
    total = 0.0
    for polygon in shape.polygons:
        for ring in polygon:
            total += sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2
    return total


stars = st.builds(
    star,
    st.floats(-170, 170),
    st.floats(-80, 80),
    st.lists(st.floats(0.2, 2), min_size=3, max_size=40),
)


@given(stars, st.booleans())
def test_a_contour_keeps_its_place_and_its_form(polygon: Polygon, turned: bool) -> None:
    given_ring = polygon[0][::-1] if turned else polygon[0]
    shape = generalised([(given_ring,)], GRID)
    assert shape is not None
    west, south, east, north = shape.box
    for low, high, axis in ((west, east, 0), (south, north, 1)):
        values = [point[axis] for point in polygon[0]]
        assert min(values) - 0.006 <= low <= high <= max(values) + 0.006
    for part in shape.polygons:
        for ring in part:
            assert ring[0] == ring[-1]
            assert len(set(ring)) == len(ring) - 1 >= 3
    # The wanted area within a step along the whole border.
    border = sum(math.dist(a, b) for a, b in pairwise(polygon[0]))
    exact = generalised([polygon], GRID * 100)
    assert exact is not None
    assert abs(area(shape) - area(exact)) <= border / GRID
    assert west <= shape.point[0] <= east
    assert south <= shape.point[1] <= north


@given(stars)
def test_where_a_ring_begins_changes_nothing(polygon: Polygon) -> None:
    ring = polygon[0][:-1]
    half = len(ring) // 2
    turned = (*ring[half:], *ring[:half])
    a = generalised([polygon], GRID)
    b = generalised([((*turned, turned[0]),)], GRID)
    assert a is not None
    assert b is not None
    assert area(a) == area(b)
    assert a.box == b.box


@given(st.lists(st.tuples(st.floats(-0.4, 0.4), st.floats(0.01, 0.09)), min_size=1, max_size=30))
def test_neighbours_share_their_border(steps: list[tuple[float, float]]) -> None:
    y, border = 0.0, [(0.0, 0.0)]
    for x, up in steps:
        y += up
        border.append((x, y))
    border.append((0.0, y + 0.1))
    top = y + 0.1
    left: Polygon = (((-1.0, 0.0), *border, (-1.0, top), (-1.0, 0.0)),)
    right: Polygon = (((1.0, 0.0), (1.0, top), *border[::-1], (1.0, 0.0)),)
    both: Polygon = (((-1.0, 0.0), (1.0, 0.0), (1.0, top), (-1.0, top), (-1.0, 0.0)),)
    shapes = [generalised([polygon], GRID) for polygon in (left, right, both)]
    areas = [area(shape) for shape in shapes if shape is not None]
    assert math.isclose(areas[0] + areas[1], areas[2], abs_tol=1e-9)


def test_a_ring_that_closes_on_itself_keeps_its_hole_and_a_spike_vanishes() -> None:
    # A horseshoe whose ends meet on the grid, with a spike.
    ring = ((0, 0), (3, 0), (3, 3), (1.6, 3), (1.6, 2.9), (2, 2), (2, 1), (1, 1), (1, 2), (1.4, 2.9), (1.4, 3), (0, 3),
            (0, 5), (0, 3), (0, 0))  # fmt: skip
    (part,) = snapped([[(float(x), float(y)) for x, y in ring]], 1, 1)
    assert len(part) in (1, 2)
    assert (0, 5) not in part[0]
    shape = generalised([(tuple((x / 1, y / 1) for x, y in ring),)], 1)
    assert shape is not None
    assert 5 <= area(shape) <= 9


def test_holes_islands_and_forms() -> None:
    outer = ((0.0, 0.0), (0.0, 4.0), (4.0, 4.0), (4.0, 0.0), (0.0, 0.0))
    hole = ((1.0, 1.0), (3.0, 1.0), (3.0, 3.0), (1.0, 3.0), (1.0, 1.0))
    island = ((9.0, 9.0), (9.5, 9.0), (9.5, 9.5), (9.0, 9.0))
    shape = generalised([(island,), (outer, hole)], GRID)
    assert shape is not None
    assert shape.wkt == ("MULTIPOLYGON(((0 0,4 0,4 4,0 4,0 0),(1 1,1 3,3 3,3 1,1 1)),((9 9,9.5 9,9.5 9.5,9 9)))")
    assert shape.geojson["type"] == "MultiPolygon"
    assert area(shape) == 16 - 4 + 0.125
    x, y = shape.point
    assert not (1 < x < 3 and 1 < y < 3)


def test_a_unit_smaller_than_the_grid_is_drawn_finer_and_one_without_area_is_not() -> None:
    small = star(2.0, 48.0, [0.002] * 8)
    shape = generalised([small], GRID)
    assert shape is not None
    assert area(shape) > 0
    flat = (((0.0, 0.0), (1.0, 1.0), (2.0, 2.0), (0.0, 0.0)),)
    assert generalised([flat], GRID) is None


def test_a_box_may_cross_the_antimeridian() -> None:
    east = star(179.5, -14.0, [0.3] * 8)
    west = star(-179.5, -14.0, [0.3] * 8)
    shape = generalised([east, west], GRID)
    assert shape is not None
    assert shape.box[0] > 0 > shape.box[2]


@given(stars, st.booleans())
def test_a_ring_around_a_point_does_not_cross_itself(polygon: Polygon, turned: bool) -> None:
    assert not crosses(polygon[0][::-1] if turned else polygon[0])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=12))
def test_sides_cross_when_each_has_the_ends_of_the_other_on_both_hands(ring: list[tuple[int, int]]) -> None:
    def left(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> int:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    sides = [*pairwise(ring), (ring[-1], ring[0])]
    every = any(left(a, b, c) * left(a, b, d) < 0 > left(c, d, a) * left(c, d, b) for a, b in sides for c, d in sides)
    assert crosses(ring) == every
