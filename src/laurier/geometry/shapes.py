"""The shape of a territory, and its forms: WKT, GeoJSON, bounding box."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain

#: Longitude and latitude in degrees (WGS 84).
Point = tuple[float, float]
#: A closed line: its last point is its first one.
Ring = tuple[Point, ...]
#: An outer ring, then its holes.
Polygon = tuple[Ring, ...]

_HALF = 180.0


@dataclass(frozen=True, slots=True)
class Shape:
    """The contour of a territory.

    Attributes:
        polygons: its parts; outer rings turn to the left and holes to the right (RFC 7946, 3.1.6).
        point: a point inside the largest part.
    """

    polygons: tuple[Polygon, ...]
    point: Point

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north; west is greater than east across the antimeridian (RFC 7946, 5.2)."""
        outer = list(chain.from_iterable(polygon[0] for polygon in self.polygons))
        longitudes, latitudes = [x for x, _ in outer], [y for _, y in outer]
        west, east = min(longitudes), max(longitudes)
        if east - west > _HALF:
            west, east = min(x for x in longitudes if x >= 0), max(x for x in longitudes if x < 0)
        return west, min(latitudes), east, max(latitudes)

    @property
    def wkt(self) -> str:
        """The contour in WKT, longitude first: a POLYGON, or a MULTIPOLYGON."""
        parts = [f"({','.join(map(_ring, polygon))})" for polygon in self.polygons]
        return f"POLYGON{parts[0]}" if len(parts) == 1 else f"MULTIPOLYGON({','.join(parts)})"

    @property
    def geojson(self) -> dict[str, object]:
        """The contour as a GeoJSON geometry (RFC 7946)."""
        if len(self.polygons) == 1:
            return {"type": "Polygon", "coordinates": self.polygons[0]}
        return {"type": "MultiPolygon", "coordinates": self.polygons}


#: The contour of a unit by its kind and its code, None where there is none.
Outlines = Callable[[str, str], Shape | None]


def no_outlines(kind: str, code: str) -> Shape | None:
    """The contours of an instance that has none."""
    return None


def united(shapes: Iterable[Shape]) -> dict[str, object] | None:
    """Shapes as one GeoJSON geometry; None for none."""
    polygons = tuple(chain.from_iterable(shape.polygons for shape in shapes))
    return Shape(polygons, (0.0, 0.0)).geojson if polygons else None


def _ring(ring: Ring) -> str:
    return f"({','.join(f'{_number(x)} {_number(y)}' for x, y in ring)})"


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
