"""Imports contours: each unit of a GeoJSON file on its grid; what cannot be drawn or lies elsewhere is left out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from laurier import files
from laurier.counts import counted
from laurier.errors import ReconcileError
from laurier.foreign import said
from laurier.geometry import kept, stream
from laurier.geometry.generalise import crosses, generalised
from laurier.geometry.kept import GRIDS, Note
from laurier.geometry.shapes import Polygon, Shape
from laurier.reconcile.contour_codes import Reading, code_of, properties, reading_of, refuse
from laurier.reconcile.gazetteer import Gazetteer
from laurier.reconcile.references import References

# Degrees between a contour and where the gazetteer puts its unit, beyond which one of them is wrong.
_FAR = 0.5
_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")
_TOLD = 5


@dataclass(slots=True)
class Imported:
    """What an import kept.

    Attributes:
        note: the origin, as it is kept.
        unknown: codes that the gazetteer does not know.
        elsewhere: codes whose contour lies far from where the gazetteer puts the unit; they are left out.
        empty: codes whose contour encloses nothing.
        crossed: codes whose contour crosses itself.
    """

    note: Note
    unknown: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    crossed: list[str] = field(default_factory=list)

    def left_out(self) -> Iterator[tuple[str, str]]:
        """What was left out and why, as sentences in English and in French."""
        for codes, en, fr in (
            (self.unknown, "unknown to the gazetteer", "inconnu(s) du référentiel"),
            (
                self.elsewhere,
                "far from where the gazetteer puts (it|them)",
                "loin de (sa|leur) place au référentiel",
            ),
            (self.empty, "without area", "sans surface"),
            (self.crossed, "crossing (itself|themselves)", "qui se croise(nt)"),
        ):
            if codes:
                shown = f"{', '.join(codes[:_TOLD])}{'…' if len(codes) > _TOLD else ''}"
                yield (
                    f"{counted(len(codes), f'contour(s) left out, {en}', 'en')}: {shown}.",
                    f"{counted(len(codes), f'contour(s) écarté(s), {fr}', 'fr')} : {shown}.",
                )


def import_(
    path: Path, data: Path, gazetteer: Gazetteer, *, licence: str, kind: str = "", source: str = "",
    vintage: str = "",
) -> Imported:  # fmt: skip
    """Reads a file of contours and keeps them in the folder of the data, in place of those of the same kind.

    Args:
        path: a GeoJSON file.
        data: folder of the data of the instance.
        gazetteer: every unit.
        kind: of the units; found from the file when empty.
        licence, source, vintage: of the contours, see `Note`; a vintage is else read in the name of the file.

    Raises:
        DataRefused: the file is not a collection of polygons in WGS 84, or its units cannot be told; nothing is
            written.
    """
    reading = reading_of(path, gazetteer, kind)
    shapes, imported = _shapes(path, reading, gazetteer)
    if not shapes:
        why = list(imported.left_out())
        refuse(
            path,
            " ".join(("none of its features can be drawn;", *(en for en, _ in why))).rstrip(".;"),
            " ".join(("aucun de ses éléments ne peut être tracé ;", *(fr for _, fr in why))).rstrip(" .;"),
        )
    year = _YEAR.search(path.stem)
    since = vintage or (year[1] if year else "")
    note = Note(reading.kind, len(shapes), path.name, _digest(path), source, licence, since)
    units = [(code, _name(gazetteer, reading.kind, code), shape) for code, shape in shapes.items()]
    target = data / kept.FOLDER / f"{reading.kind}.geojson"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        files.write_whole(target, "".join(kept.written(note, units)).encode())
    except OSError as error:
        raise ReconcileError(
            f"The contours cannot be written in {target} ({said(error).en}): free space or give write access.",
            f"Les contours ne peuvent pas être écrits dans {target} ({said(error).fr}) : libérez de la place ou donnez "
            "le droit d'écriture.",
            path=str(target),
        ) from error
    imported.note = note
    return imported


def _shapes(path: Path, reading: Reading, gazetteer: Gazetteer) -> tuple[dict[str, Shape], Imported]:
    """The contour of each unit on its grid, and what was left out, by a second reading."""
    imported = Imported(Note(reading.kind, 0, path.name, ""))
    found: dict[str, Shape] = {}
    empty: dict[str, None] = {}
    for number, feature in enumerate(stream.features(path), 1):
        code = code_of(properties(feature).get(reading.code, ""), reading.kind)
        unit = gazetteer.unit(reading.kind, code)
        if unit is None:
            imported.unknown.append(code[:20])
            continue
        try:
            polygons = stream.polygons(feature.get("geometry"))
            shape = generalised(polygons, GRIDS[reading.kind])
        except ValueError as error:
            en, fr = error.args
            refuse(path, f"feature {number}, {unit.name}: {en}", f"élément {number}, {unit.name} : {fr}")
        if shape is None:
            empty[code] = None
        elif _crossed(shape.polygons) and _crossed(polygons):
            # The grid alone may fold a thin part over another.
            imported.crossed.append(code)
        elif code in found:
            # A unit may come in several features; the same part twice is one.
            parts = dict.fromkeys((*found[code].polygons, *shape.polygons))
            found[code] = Shape(tuple(parts), found[code].point)
        else:
            found[code] = shape
    imported.empty += (code for code in empty if code not in found)
    return _in_place(found, reading.kind, imported), imported


def _crossed(polygons: Iterable[Polygon]) -> bool:
    return any(crosses(ring) for polygon in polygons for ring in polygon)


def _in_place(found: Mapping[str, Shape], kind: str, imported: Imported) -> dict[str, Shape]:
    """Those that lie where the gazetteer puts their unit, as far as it does."""
    references = References()
    located = 0
    for code, shape in found.items():
        point = references.point(kind, code)
        located += point is not None
        if point is not None and not _near(shape, point.longitude, point.latitude):
            imported.elsewhere.append(code)
    if len(imported.elsewhere) * 10 > located:
        shown = ", ".join(imported.elsewhere[:_TOLD])
        refuse(
            Path(imported.note.file),
            f"far from where the gazetteer puts the units: {len(imported.elsewhere)} of {located}, {shown}; is the "
            "latitude first, or is it not in WGS 84?",
            f"loin de la place des unités au référentiel : {len(imported.elsewhere)} sur {located}, {shown} ; la "
            "latitude est-elle en premier, ou n'est-il pas en WGS 84 ?",
        )
    return {code: shape for code, shape in found.items() if code not in imported.elsewhere}


def _near(shape: Shape, longitude: float, latitude: float) -> bool:
    west, south, east, north = shape.box
    within = west - _FAR <= longitude <= east + _FAR if west <= east else True
    return within and south - _FAR <= latitude <= north + _FAR


def _name(gazetteer: Gazetteer, kind: str, code: str) -> str:
    unit = gazetteer.unit(kind, code)
    return unit.name if unit is not None else code


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
