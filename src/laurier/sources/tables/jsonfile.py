"""Reader of JSON lists of objects, of GeoJSON, and of JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from laurier.errors import SourceError
from laurier.foreign import said
from laurier.readings import Reading
from laurier.sources.decoding import decode
from laurier.sources.manifest import Received
from laurier.sources.tables.grid import MOST_COLUMNS, rendered, rendition
from laurier.sources.tables.reading import reading
from laurier.sources.tables.workbook import shown
from laurier.sources.text import content

_LARGEST = 128 << 20
_LISTS = ("data", "results", "records", "features", "items", "rows", "laureats", "lauréats", "projets", "subventions")

_LONGEST_NUMBER = 100


def read(received: Received) -> Reading:
    """Reads a JSON document whose objects are laureates.

    Raises:
        SourceError: it is not JSON, or holds no list of objects.
    """
    decoded = decode(content(received, _LARGEST), str(received.path), received.encoding)
    records = _records(received, decoded.text)
    headings = list(dict.fromkeys(name for record in records for name in record))[: MOST_COLUMNS + 1]
    if len(headings) > MOST_COLUMNS:
        raise _no_list(received, "more than 2,000 different names", "plus de 2 000 noms différents")

    def rows() -> Iterator[Sequence[str]]:
        yield headings
        for record in records:
            yield [record.get(name, "") for name in headings]

    return reading(
        received,
        lambda: rendered(rows()),
        "application/json",
        lambda: rendition(rendered(rows())),
        decoded.diagnostics,
    )


def _records(received: Received, text: str) -> list[dict[str, str]]:
    try:
        found = json.loads(text, parse_float=_number, parse_int=_number)
    except RecursionError as error:
        raise _no_list(received, "nested too deeply", "trop profondément imbriqué") from error
    except ValueError as error:
        lines = _json_lines(text)
        if lines is None:
            raise _no_list(
                received, f"not valid JSON: {said(error).en}", f"JSON invalide : {said(error).fr}"
            ) from error
        found = lines
    records = _list_of_objects(found) or ([_properties(found)] if isinstance(found, dict) else None)
    if not records:
        raise _no_list(received, "no list of objects", "aucune liste d'objets")
    return [dict(_flat(record)) for record in records]


def _number(digits: str) -> str:
    """A number as it is printed; one that no list could mean is not JSON that we read."""
    if len(digits) > _LONGEST_NUMBER:
        raise ValueError(f"a number of {len(digits)} characters")
    return digits


def _json_lines(text: str) -> list[Any] | None:
    try:
        return [json.loads(line, parse_float=_number, parse_int=_number) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None


def _list_of_objects(found: Any) -> list[Mapping[str, Any]] | None:
    if isinstance(found, list):
        objects: list[Mapping[str, Any]] = [_properties(entry) for entry in found if isinstance(entry, dict)]
        return objects if objects and len(objects) == len(found) else None
    if isinstance(found, dict):
        for name in (*_LISTS, *found):
            inner = found.get(name)
            if isinstance(inner, list):
                within = _list_of_objects(inner)
                if within is not None:
                    return within
    return None


def _properties(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties of a GeoJSON feature (RFC 7946, 3.2), or of an open-data record; another object as it is."""
    for name in ("properties", "fields"):
        inner = entry.get(name)
        if isinstance(inner, dict) and inner:
            return inner
    return entry


def _flat(record: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        if isinstance(value, dict):
            if before.count(".") < 4:
                yield from _flat(value, f"{before}{name}.")
        elif isinstance(value, list):
            yield before + name, " ; ".join(shown(entry) for entry in value if not isinstance(entry, dict | list))
        else:
            yield before + name, shown(value)


def _no_list(received: Received, en: str, fr: str) -> SourceError:
    return SourceError(
        f"{received.path} is not a list of laureates in JSON ({en}): give a list of objects, one a laureate.",
        f"{received.path} n'est pas une liste de lauréats en JSON ({fr}) : donnez une liste d'objets, un par lauréat.",
        path=str(received.path),
    )
