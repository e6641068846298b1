"""Reads a GeoJSON FeatureCollection as a stream: one feature in memory at a time, whatever the size of the file.

RFC 7946; the member `crs` of the format before it (GeoJSON 2008, section 3) is read to refuse what is not WGS 84.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn, TextIO

from laurier.errors import DataRefused
from laurier.foreign import said
from laurier.geometry.shapes import Point, Polygon

_BLOCK = 1 << 20
#: The longest feature, in characters: a région drawn to the metre has a tenth of that.
LONGEST = 64 << 20
_SPACE = re.compile(r"[ \t\n\r]*")
_CUT = ("it ends in the middle: take the whole file again", "il s'arrête au milieu : reprenez le fichier entier")
# Names of WGS 84 in degrees, as programs write them.
_WGS84 = re.compile(
    r"(urn:ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?(OGC[:/].*CRS84|EPSG[:/]+(0[:/])?4326)", re.IGNORECASE
)


class Broken(DataRefused):
    """A file of contours cannot be read."""


class NotDegrees(ValueError):
    """A position is not in degrees; says so in English then in French."""


def features(path: Path) -> Iterator[dict[str, Any]]:
    """The features of a collection, in their order.

    Raises:
        Broken: the file is not a whole FeatureCollection in UTF-8 and WGS 84, or one of its features is too long.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _Reader(path, file).collection()
    except UnicodeDecodeError as error:
        raise _broken(path, "not UTF-8 text", "ce n'est pas du texte UTF-8") from error
    except OSError as error:
        raise _broken(path, said(error).en, said(error).fr) from error


def polygons(geometry: Any) -> list[Polygon]:
    """The polygons of a geometry.

    Raises:
        ValueError: it is not a Polygon or MultiPolygon in degrees; says why, in English then in French.
    """
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise ValueError("it is not a Polygon or a MultiPolygon", "ce n'est ni un Polygon ni un MultiPolygon")
    given = geometry.get("coordinates")
    parts = [given] if geometry["type"] == "Polygon" else given
    if not isinstance(parts, list) or not parts:
        raise ValueError("it has no coordinates", "il n'a pas de coordonnées")
    return [_polygon(part) for part in parts]


def _polygon(part: Any) -> Polygon:
    if not isinstance(part, list) or not part:
        raise ValueError("a part of it has no ring", "une de ses parties n'a pas d'anneau")
    return tuple(_ring(ring) for ring in part)


def _ring(ring: Any) -> tuple[Point, ...]:
    if not isinstance(ring, list) or len(ring) < 4:
        raise ValueError("a ring has fewer than four positions", "un anneau a moins de quatre positions")
    points = tuple(_position(position) for position in ring)
    if points[0] != points[-1]:
        raise ValueError("a ring is not closed", "un anneau n'est pas fermé")
    if any(abs(a[0] - b[0]) > 180 for a, b in pairwise(points)):
        raise ValueError(
            "a ring crosses the antimeridian, where RFC 7946 (3.1.9) wants it cut",
            "un anneau traverse l'antiméridien, où la RFC 7946 (3.1.9) veut qu'il soit coupé",
        )
    return points


def _position(position: Any) -> Point:
    if not isinstance(position, list) or len(position) < 2:
        raise ValueError("a position is not a list of numbers", "une position n'est pas une liste de nombres")
    x, y = position[0], position[1]
    for number in (x, y):
        if type(number) not in (int, float):
            raise ValueError("a coordinate is not a number", "une coordonnée n'est pas un nombre")
    if not (abs(x) <= 180 and abs(y) <= 90):
        raise NotDegrees(
            f"the position {str(x)[:20]}, {str(y)[:20]} is not in degrees: convert the file to WGS 84 "
            "(`ogr2ogr -t_srs EPSG:4326`)",
            f"la position {str(x)[:20]}, {str(y)[:20]} n'est pas en degrés : convertissez le fichier en WGS 84 "
            "(`ogr2ogr -t_srs EPSG:4326`)",
        )
    return float(x), float(y)


class _Reader:
    """One file being read: a window over its text, refilled as values end beyond it."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self._path, self._file = path, file
        self._text, self._at = "", 0
        self._decoder = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)

    def collection(self) -> Iterator[dict[str, Any]]:
        """The features; the other members are checked as they come."""
        if not self._next():
            self._fail("it is empty", "il est vide")
        self._take("{")
        seen: set[str] = set()
        while not self._skip("}"):
            if seen:
                self._take(",")
            name = self._value()
            if not isinstance(name, str):
                self._fail("a name is missing", "un nom manque")
            seen.add(name)
            self._take(":")
            if name == "features":
                yield from self._features()
            else:
                self._member(name, self._value())
        if self._next():
            self._fail("text follows its end", "du texte suit sa fin")
        if not {"type", "features"} <= seen:
            self._fail("it is not a FeatureCollection", "ce n'est pas une FeatureCollection")

    def _features(self) -> Iterator[dict[str, Any]]:
        self._take("[")
        first = True
        while not self._skip("]"):
            if not first:
                self._take(",")
            first = False
            feature = self._value()
            if not isinstance(feature, dict) or feature.get("type") != "Feature":
                self._fail("one of its features is not a Feature", "un de ses éléments n'est pas un Feature")
            yield feature

    def _member(self, name: str, value: Any) -> None:
        if name == "type" and value != "FeatureCollection":
            self._fail(
                f"it is {str(value)[:40]!r}, not a FeatureCollection",
                f"c'est {str(value)[:40]!r}, pas une FeatureCollection",
            )
        if name == "crs" and value is not None:
            properties = value.get("properties") if isinstance(value, dict) else None
            told = str(properties.get("name", "")) if isinstance(properties, dict) else ""
            if not _WGS84.fullmatch(told):
                self._fail(
                    f"its coordinates are in {told[:80] or 'an unknown system'}: convert it to WGS 84 "
                    "(`ogr2ogr -t_srs EPSG:4326`)",
                    f"ses coordonnées sont en {told[:80] or 'système inconnu'} : convertissez-le en WGS 84 "
                    "(`ogr2ogr -t_srs EPSG:4326`)",
                )

    def _value(self) -> Any:
        """The next JSON value; the window grows twofold until it holds the whole of it."""
        self._next()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                self._fail("it is nested too deeply", "il est trop profondément imbriqué")
            except ValueError as error:
                if len(self._text) - self._at > LONGEST:
                    self._fail(
                        f"a feature is not JSON, or is longer than {LONGEST >> 20} million characters",
                        f"un élément n'est pas du JSON, ou dépasse {LONGEST >> 20} millions de caractères",
                    )
                if not self._more():
                    # Without its position, which is counted from the window.
                    why = str(getattr(error, "msg", error))
                    if why.startswith("Unterminated") or getattr(error, "pos", 0) >= len(self._text.rstrip()):
                        self._fail(*_CUT)
                    self._fail(f"not valid JSON: “{why}”", f"JSON invalide : « {why} »")
                continue
            # A number may go on beyond the window; every other value ends by itself.
            if end == len(self._text) and not isinstance(value, str | list | dict) and self._more():
                continue
            self._at = end
            return value

    def _more(self) -> bool:
        kept = self._text[self._at :]
        block = self._file.read(max(_BLOCK, len(kept)))
        self._text, self._at = kept + block, 0
        return bool(block)

    def _next(self) -> str:
        """The next character that is not white space, left in place; empty at the end."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _skip(self, mark: str) -> bool:
        found = self._next() == mark
        self._at += found
        return found

    def _take(self, mark: str) -> None:
        if not self._skip(mark):
            found = self._next()
            if not found:
                self._fail(*_CUT)
            self._fail(f"{mark!r} was expected before {found!r}", f"{mark!r} était attendu avant {found!r}")

    def _fail(self, en: str, fr: str) -> NoReturn:
        raise _broken(self._path, en, fr) from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits[:40]} is too large")
    return number


def _broken(path: Path, en: str, fr: str) -> Broken:
    return Broken(
        f"{path} cannot be read as contours ({en}): give a GeoJSON file (RFC 7946) of polygons.",
        f"{path} ne peut pas être lu comme des contours ({fr}) : donnez un fichier GeoJSON (RFC 7946) de polygones.",
        path=str(path),
    )
