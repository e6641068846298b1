"""Contours drawn as SVG paths: degrees projected to whole units of a picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from laurier.geometry.generalise import snapped
from laurier.geometry.shapes import Point, Shape

#: West, south, east and north, in degrees.
Box = tuple[float, float, float, float]


def projected(point: Point) -> Point:
    """Mercator, in degrees of longitude: shapes keep their angles, as on the maps of the web; north is up."""
    longitude, latitude = point
    return longitude, -math.degrees(math.asinh(math.tan(math.radians(latitude))))


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of the earth in a rectangle of a picture.

    Attributes:
        box: what is shown.
        width, height: of the rectangle, in units of the picture.
        left, top: where it stands in the picture.
    """

    box: Box
    width: float
    height: float
    left: float = 0
    top: float = 0

    @classmethod
    def around(cls, box: Box, width: float, height: float, left: float = 0, top: float = 0) -> Frame:
        """A frame for a box, at most so large, as large as its proportions allow; the box is centred across."""
        (west, north), (east, south) = projected((box[0], box[3])), projected((box[2], box[1]))
        across, down = max(east - west, 1e-6), max(south - north, 1e-6)
        scale = min(width / across, height / down)
        return cls(box, across * scale, down * scale, left + (width - across * scale) / 2, top)

    @property
    def scale(self) -> float:
        """Units of the picture for a degree of longitude."""
        return self.width / max(self.box[2] - self.box[0], 1e-6)

    def path(self, shape: Shape) -> str:
        """The contour as SVG path data; empty when it is smaller than a unit of the picture."""
        west, north = projected((self.box[0], self.box[3]))
        scale, left, top = self.scale, self.left, self.top
        parts = []
        for polygon in shape.polygons:
            moved = [
                [((x - west) * scale + left, (y - north) * scale + top) for x, y in map(projected, ring)]
                for ring in polygon
            ]
            parts += [_drawn(ring) for part in snapped(moved, 1, 1) for ring in part]
        return "".join(parts)

    def dot(self, point: Point) -> str:
        """A small square where a shape is too small to be drawn."""
        west, north = projected((self.box[0], self.box[3]))
        x, y = projected(point)
        left, top = (x - west) * self.scale + self.left, (y - north) * self.scale + self.top
        return f"M{round(left) - 1} {round(top) - 1}h2v2h-2z"


def bounds(shapes: Iterable[Shape], margin: float) -> Box:
    """The box that holds shapes, with a margin given as a part of its greater side."""
    west, south, east, north = zip(*(shape.box for shape in shapes), strict=True)
    more = max(max(east) - min(west), max(north) - min(south)) * margin
    return min(west) - more, max(min(south) - more, -85.0), max(east) + more, min(max(north) + more, 85.0)


def _drawn(ring: Sequence[tuple[int, int]]) -> str:
    (x, y), steps = ring[0], []
    for after, below in ring[1:]:
        steps.append(f"{after - x} {below - y}")
        x, y = after, below
    return f"M{ring[0][0]} {ring[0][1]}l{' '.join(steps)}z".replace(" -", "-")
