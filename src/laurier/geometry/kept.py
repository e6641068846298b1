"""Contours as they are kept: a GeoJSON file for each kind of territory, one unit a line, in the order of the codes.

They lie in the data of an instance (`data/geometry/`) and, the same bytes, in each release (`geometry/`). Other
programs read them as GeoJSON; here a unit is found by the offset of its line, and only what is asked for is in memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from laurier.errors import DataRefused
from laurier.geometry.shapes import Shape

#: Folder of the contours, in the data and in a release.
FOLDER = "geometry"
#: Kinds of territories that can have contours, with the points of their grid in a degree: a step of about 100 m for a
#: commune, 200 m for an EPCI, 500 m above.
GRIDS = {
    "commune": 1000,
    "commune-deleguee": 1000,
    "commune-associee": 1000,
    "arrondissement-municipal": 1000,
    "epci": 500,
    "ept": 500,
    "departement": 200,
    "region": 200,
}
_SUFFIX = ".geojson"
_FOOT = "\n]}\n"
_START = '{"type":"Feature","id":"'
_KEPT = 256


@dataclass(frozen=True, slots=True)
class Note:
    """Where the contours of a kind come from.

    Attributes:
        kind: of territory.
        count: number of contours.
        file, sha256: the file that was imported, and its digest.
        source: who drew them, in words; empty where nobody said.
        licence: IRI of their licence.
        vintage: year of the units, or empty.
    """

    kind: str
    count: int
    file: str
    sha256: str
    source: str = ""
    licence: str = ""
    vintage: str = ""

    @property
    def credit(self) -> str:
        """Source and vintage in words."""
        told = self.source or self.file
        return f"{told} ({self.vintage})" if self.vintage and self.vintage not in told else told


def written(note: Note, units: Iterable[tuple[str, str, Shape]]) -> Iterator[str]:
    """The lines of a kept file.

    Args:
        note: its origin.
        units: code, name and contour of each unit.
    """
    head = {"type": "FeatureCollection", "name": note.kind, "laurier": asdict(note)}
    yield f'{_json(head)[:-1]},"features":[\n'
    comma = ""
    for code, name, shape in sorted(units, key=lambda unit: unit[0]):
        feature = {
            "type": "Feature",
            "id": code,
            "bbox": shape.box,
            "geometry": shape.geojson,
            "properties": {"code": code, "nom": name, "point": shape.point},
        }
        yield comma + _json(feature)
        comma = ",\n"
    yield _FOOT


class Contours:
    """The contours of a folder; one that is missing has none."""

    def __init__(self, folder: Path) -> None:
        """Finds where each unit stands.

        Raises:
            DataRefused: a file is not one that was kept.
        """
        self.notes: dict[str, Note] = {}
        self._lines: dict[tuple[str, str], tuple[Path, int, int]] = {}
        for path in self.files(folder):
            try:
                self._find(path)
            except (OSError, ValueError, TypeError, KeyError) as error:
                raise _unreadable(path) from error
        self.shape = lru_cache(maxsize=_KEPT)(self._read)

    @staticmethod
    def files(folder: Path) -> list[Path]:
        """The files of a folder of contours, in the order of their names."""
        return [path for kind in sorted(GRIDS) if (path := folder / f"{kind}{_SUFFIX}").is_file()]

    def _find(self, path: Path) -> None:
        with path.open("rb") as file:
            head = json.loads(file.readline().removesuffix(b"\n") + b"]}")
            note = Note(**head["laurier"])
            if note.kind != path.stem:
                raise ValueError(note.kind)
            self.notes[note.kind] = note
            offset = file.tell()
            for line in file:
                if line.startswith(_START.encode()):
                    code = line[len(_START) : line.index(b'"', len(_START))].decode()
                    self._lines[note.kind, code] = path, offset, len(line)
                offset += len(line)

    def _read(self, kind: str, code: str) -> Shape | None:
        """The contour of a unit, None where there is none.

        Raises:
            DataRefused: its file was changed by somebody else.
        """
        if (kind, code) not in self._lines:
            return None
        path, offset, length = self._lines[kind, code]
        try:
            with path.open("rb") as file:
                file.seek(offset)
                feature = json.loads(file.read(length).rstrip(b",\n"))
            return _shape(feature)
        except (OSError, ValueError, TypeError, KeyError, IndexError) as error:
            raise _unreadable(path) from error

    def codes(self, kind: str) -> list[str]:
        """The codes of the units of a kind that have a contour, in order."""
        return [code for of, code in self._lines if of == kind]


def _shape(feature: dict[str, Any]) -> Shape:
    geometry = feature["geometry"]
    parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    polygons = tuple(tuple(tuple((float(x), float(y)) for x, y in ring) for ring in part) for part in parts)
    if not polygons or not all(polygon and polygon[0] for polygon in polygons):
        raise ValueError("an empty contour")
    x, y = feature["properties"]["point"]
    return Shape(polygons, (float(x), float(y)))


def _unreadable(path: Path) -> DataRefused:
    return DataRefused(
        f"The contours {path} cannot be read: import them again (`laurier geometry FILE.geojson`), or remove them.",
        f"Les contours {path} ne peuvent pas être lus : importez-les de nouveau (`laurier geometry FICHIER.geojson`), "
        "ou supprimez-les.",
        path=str(path),
    )


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
