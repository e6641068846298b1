"""Imports contours: which units the features of a GeoJSON file are, by the codes and names they bear.

The files of IGN (ADMIN EXPRESS), of Etalab (contours administratifs) and of portals name the code of a unit each in
their own way, and repeat the codes of what contains it. The code is the property whose values tell the features apart
and are units of the gazetteer; names decide between kinds, since the codes of régions are codes of départements too.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from laurier import files
from laurier.counts import counted
from laurier.errors import Language, ReconcileError
from laurier.foreign import said
from laurier.geometry import kept, stream
from laurier.geometry.generalise import crosses, generalised
from laurier.geometry.kept import GRIDS, Note
from laurier.geometry.shapes import Polygon, Shape
from laurier.reconcile import names
from laurier.reconcile.gazetteer import Gazetteer
from laurier.reconcile.references import References

#: Properties that hold the code of one kind, without case and punctuation.
_OWN = {
    "commune": ("inseecom", "codgeo", "codecommune", "comcode", "codeinseecommune", "depcom", "codecom"),
    "epci": ("sirenepci", "codesiren", "siren", "codeepci", "epcicode"),
    "departement": ("inseedep", "codedepartement", "depcode", "codedep", "codedept", "dep"),
    "region": ("inseereg", "coderegion", "regcode", "codereg", "reg"),
}
#: Properties that may hold the code of any kind.
_ANY = ("code", "codeinsee", "insee", "refinsee", "inseecode", "id")
_NAMES = ("nom", "name", "nomofficiel", "libelle", "libgeo", "nomcom", "nomm", "nomdep", "nomreg", "nomepci")
_WIDTH = {"departement": 2, "region": 2, "epci": 9, "ept": 9}
# A property is the code of a kind when so many of the features are known by it and told apart.
_MOST = 0.9
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


@dataclass(frozen=True, slots=True)
class Reading:
    """How the features of a file are read: the kind of unit, and the property of its code."""

    kind: str
    code: str


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
    reading = _reading(path, gazetteer, kind)
    shapes, imported = _shapes(path, reading, gazetteer)
    if not shapes:
        why = list(imported.left_out())
        _refuse(
            path,
            " ".join(("none of its features can be drawn;", *(en for en, _ in why))).rstrip(".;"),
            " ".join(("aucun de ses éléments ne peut être tracé ;", *(fr for _, fr in why))).rstrip(" .;"),
        )
    year = _YEAR.search(path.stem)
    told = vintage or (year[1] if year else "")
    note = Note(reading.kind, len(shapes), path.name, _digest(path), source, licence, told)
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


def _reading(path: Path, gazetteer: Gazetteer, kind: str) -> Reading:
    """Finds the kind and the property of the codes, by a first reading of the whole file."""
    total = 0
    known: Counter[Reading] = Counter()
    named: Counter[Reading] = Counter()
    apart: dict[Reading, set[str]] = {}
    in_degrees = False
    for feature in stream.features(path):
        total += 1
        in_degrees = in_degrees or _in_degrees(path, feature)
        properties = _properties(feature)
        told = {names.exact(names.words(str(properties[n]))) for n in properties if _plain(n) in _NAMES}
        for reading in _readings(properties, kind):
            code = _code(properties[reading.code], reading.kind)
            unit = gazetteer.unit(reading.kind, code)
            if unit is not None:
                known[reading] += 1
                named[reading] += names.exact(names.words(unit.name)) in told
                apart.setdefault(reading, set()).add(code)
    if not total:
        _refuse(path, "it has no feature", "il n'a pas d'élément")
    fitting = [r for r in known if known[r] >= _MOST * total and len(apart[r]) >= _MOST * known[r]]
    if not fitting:
        _refuse(
            path,
            f"no property is the INSEE code (or SIREN) of one kind of territory for nearly all of its {total} "
            f"features, each code once{_nearest(known, apart, 'en')}",
            f"aucune propriété n'est le code INSEE (ou SIREN) d'une nature de territoire pour presque tous ses {total} "
            f"éléments, chaque code une fois{_nearest(known, apart, 'fr')}",
        )
    best = max((named[r], known[r]) for r in fitting)
    chosen = [r for r in fitting if (named[r], known[r]) == best]
    kinds = sorted({r.kind for r in chosen}, key=list(GRIDS).index)
    own = [r for r in chosen if _plain(r.code) in _OWN.get(r.kind, ())]
    if not best[0] and len(kinds) > 1 and not own:
        _refuse(
            path,
            f"its codes may be those of several kinds ({', '.join(kinds)}) and no name tells: say which with --kind",
            f"ses codes peuvent être ceux de plusieurs natures ({', '.join(kinds)}), sans nom qui le dise : précisez "
            "--kind",
        )
    # A unit comes with the codes of what contains it, never of what it contains.
    return min(own or chosen, key=lambda r: list(GRIDS).index(r.kind))


def _in_degrees(path: Path, feature: Mapping[str, Any]) -> bool:
    """Whether a feature shows that the file is in degrees; one that shows the contrary is refused before its codes."""
    try:
        stream.polygons(feature.get("geometry"))
    except stream.NotDegrees as error:
        _refuse(path, *error.args)
    except ValueError:
        return False
    return True


def _nearest(known: Counter[Reading], apart: Mapping[Reading, set[str]], language: Language) -> str:
    """What the likeliest property falls short of."""
    if not known:
        return ""
    reading, count = known.most_common(1)[0]
    codes = len(apart[reading])
    if language == "fr":
        return f" (la plus proche, « {reading.code} », l'est pour {count}, avec {codes} codes différents)"
    return f" (the nearest, {reading.code!r}, is for {count}, with {codes} different codes)"


def _properties(feature: Mapping[str, Any]) -> dict[str, Any]:
    properties = feature.get("properties")
    found = dict(properties) if isinstance(properties, dict) else {}
    if "id" in feature:
        found.setdefault("id", feature["id"])
    return {name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in found.items()}


def _readings(properties: Mapping[str, Any], kind: str) -> Iterator[Reading]:
    for name, value in properties.items():
        if isinstance(value, bool) or not isinstance(value, str | int) or len(str(value)[:20]) > 12:
            continue
        plain = _plain(name)
        for own, expected in _OWN.items():
            if plain in expected and kind in ("", own):
                yield Reading(own, name)
        if plain in _ANY:
            yield from (Reading(any_, name) for any_ in GRIDS if kind in ("", any_))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _code(value: object, kind: str) -> str:
    # Programs that take a code for a number drop its leading zero.
    return str(value).strip().upper().zfill(_WIDTH.get(kind, 5))


def _shapes(path: Path, reading: Reading, gazetteer: Gazetteer) -> tuple[dict[str, Shape], Imported]:
    """The contour of each unit on its grid, and what was left out, by a second reading."""
    imported = Imported(Note(reading.kind, 0, path.name, ""))
    found: dict[str, Shape] = {}
    empty: dict[str, None] = {}
    for number, feature in enumerate(stream.features(path), 1):
        code = _code(_properties(feature).get(reading.code, ""), reading.kind)
        unit = gazetteer.unit(reading.kind, code)
        if unit is None:
            imported.unknown.append(code[:20])
            continue
        try:
            polygons = stream.polygons(feature.get("geometry"))
            shape = generalised(polygons, GRIDS[reading.kind])
        except ValueError as error:
            en, fr = error.args
            _refuse(path, f"feature {number}, {unit.name}: {en}", f"élément {number}, {unit.name} : {fr}")
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
        _refuse(
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


def _refuse(path: Path, en: str, fr: str) -> NoReturn:
    raise ReconcileError(
        f"The contours of {path} cannot be imported ({en}): correct the file; nothing was written.",
        f"Les contours de {path} ne peuvent pas être importés ({fr}) : corrigez le fichier ; rien n'a été écrit.",
        path=str(path),
    ) from None
