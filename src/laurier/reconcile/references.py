"""What is known of territories beyond the gazetteer: their extents, and their URIs at INSEE and the EU."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from laurier import files
from laurier.errors import ReconcileError
from laurier.geometry.shapes import Outlines, no_outlines

#: Table of URIs that `laurier enrich` writes in the folder of the data, and its columns.
ADDED = "insee-uris.tsv"
COLUMNS = frozenset({"kind", "code", "insee"})


@dataclass(frozen=True, slots=True)
class Extent:
    """Bounding box and centre of a territory, in degrees (WGS 84); none crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float
    longitude: float
    latitude: float

    @property
    def box(self) -> str:
        """The bounding box as a WKT polygon, longitude first."""
        w, s, e, n = self.west, self.south, self.east, self.north
        return f"POLYGON(({w} {s},{e} {s},{e} {n},{w} {n},{w} {s}))"


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a territory, in degrees (WGS 84)."""

    longitude: float
    latitude: float

    @property
    def wkt(self) -> str:
        """The point in WKT, longitude first."""
        return f"POINT({self.longitude} {self.latitude})"


class References:
    """Extents, points and identifiers by kind and code, from `extents.tsv`, `points.tsv` and `uris.tsv`.

    Extents are those of generalised IGN Admin Express polygons; points of communes are GeoNames'; URIs are those that
    INSEE and the EU Publications Office publish. Nothing is derived or invented here. Contours that an operator
    imported come first.
    """

    def __init__(
        self, folder: Path | None = None, *, added: Path | None = None, outlines: Outlines = no_outlines
    ) -> None:
        """Reads the tables.

        Args:
            folder: of the tables; by default the one that ships with the package.
            added: a further table of URIs, such as `laurier enrich` writes; a missing one adds nothing.
            outlines: the contours of the instance.

        Raises:
            ReconcileError: a table cannot be read.
        """
        self.outline = outlines
        chosen = folder if folder is not None else files.folder("data/gazetteer")
        self._extents = {
            (row["kind"], row["code"]): Extent(*(float(row[name]) for name in Extent.__slots__))
            for row in _rows(chosen / "extents.tsv")
        }
        self._points = {
            row["code"]: Point(float(row["longitude"]), float(row["latitude"])) for row in _rows(chosen / "points.tsv")
        }
        self._uris = {(row["kind"], row["code"]): row for row in _rows(chosen / "uris.tsv")}
        if added is not None and added.exists():
            for row in _rows(added):
                if COLUMNS - row.keys() or None in row.values():
                    raise _unreadable(added)
                known = self._uris.get((row["kind"], row["code"]), {})
                self._uris[row["kind"], row["code"]] = known | {"insee": row["insee"]}

    def extent(self, kind: str, code: str) -> Extent | None:
        """Bounding box and centre of a unit, None where unknown."""
        shape = self.outline(kind, code)
        if shape is not None and shape.box[0] <= shape.box[2]:
            return Extent(*shape.box, *shape.point)
        return self._extents.get((kind, code))

    def point(self, kind: str, code: str) -> Point | None:
        """A point of a unit: the centre of its area, or where GeoNames puts a commune; None where unknown."""
        extent = self.extent(kind, code)
        if extent is not None:
            return Point(extent.longitude, extent.latitude)
        return self._points.get(code) if kind == "commune" else None

    def insee(self, kind: str, code: str) -> tuple[str, ...]:
        """The URIs that INSEE gives a unit, those that are known."""
        return self._known(kind, code, "insee", "insee_code")

    def european(self, kind: str, code: str) -> tuple[str, ...]:
        """The URIs of a unit in NUTS and in the EU table of administrative territorial units."""
        return self._known(kind, code, "atu", "nuts")

    def _known(self, kind: str, code: str, *names: str) -> tuple[str, ...]:
        row = self._uris.get((kind, code), {})
        return tuple(row[name] for name in names if row.get(name))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file, delimiter="\t")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path) from error


def _unreadable(path: Path) -> ReconcileError:
    return ReconcileError(
        f"The table {path} cannot be read: restore it, or install Laurier again.",
        f"La table {path} ne peut pas être lue : restaurez-la, ou réinstallez Laurier.",
        path=str(path),
    )
