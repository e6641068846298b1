"""Laureates written as text: CSV, GeoJSON and JSON-LD.

Pure functions over iterables of `flat.Row`, in constant memory and the same bytes at every run; the dumps of a release
and the list pages of the site share them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from laurier.flat import Labelled, Row
from laurier.snapshot.columns import COLUMNS, Cell
from laurier.vocabulary import PREFIXES

#: Separates the items of a list in one CSV cell.
SEPARATOR = "|"
# What spreadsheets run as a formula at the start of a cell, the full-width forms of East Asian locales included
# (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


_PIECE = 200

#: The cells of some rows, column after column.
Columns = list[list[Cell]]


def cells(rows: Sequence[Row]) -> Columns:
    """The cells of some rows, column after column."""
    return [list(map(column.cell, rows)) for column in COLUMNS]


def batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """The rows in lists of some length."""
    waiting = iter(rows)
    while batch := list(islice(waiting, size)):
        yield batch


def guarded(value: str) -> str:
    """A text that no spreadsheet runs as a formula: one that could be gets an apostrophe in front.

    >>> guarded("=1+1")
    "'=1+1"
    """
    return f"'{value}" if value.startswith(_FORMULA) else value


def csv_head() -> str:
    """The header line."""
    return csv_record([column.name for column in COLUMNS])


def csv_text(columns: Columns) -> str:
    """The records of a batch (RFC 4180), for people and their spreadsheets: formulas are guarded.

    Lists are joined by `|` (an item's own `|` becomes `¦`; the other formats keep lists as they are).
    """
    buffer = io.StringIO()
    shown = [list(map(_CSV_CELLS[c.kind], values)) for c, values in zip(COLUMNS, columns, strict=True)]
    csv.writer(buffer, lineterminator="\r\n").writerows(zip(*shown, strict=True))
    return buffer.getvalue()


def csv_lines(rows: Iterable[Row]) -> Iterator[str]:
    """The whole table in pieces, header first, to be encoded as UTF-8 without a byte order mark."""
    yield csv_head()
    for batch in batches(rows, _PIECE):
        yield csv_text(cells(batch))


GEOJSON_HEAD = '{"type":"FeatureCollection","features":[\n'
GEOJSON_FOOT = "\n]}\n"


def geojson_features(rows: Sequence[Row], columns: Columns) -> list[str]:
    """A feature for each row of a batch (RFC 7946): the points of its territories, every column as a property.

    A laureate whose territories have no known centre is a feature without geometry, so that none is lost.
    """
    names = [column.name for column in COLUMNS]
    found = []
    for row, values in zip(rows, zip(*columns, strict=True), strict=True):
        properties = dict(zip(names, values, strict=True))
        feature = {"type": "Feature", "id": row.laureate, "geometry": _geometry(row), "properties": properties}
        found.append(_json(feature))
    return found


def geojson_lines(rows: Iterable[Row]) -> Iterator[str]:
    """The FeatureCollection of the rows, one feature a line."""
    features = (feature for batch in batches(rows, _PIECE) for feature in geojson_features(batch, cells(batch)))
    yield from enclosed(GEOJSON_HEAD, features, GEOJSON_FOOT)


def jsonld_lines(rows: Iterable[Row]) -> Iterator[str]:
    """The laureates as JSON-LD, one node a line; it states nothing that the graph does not."""
    yield from enclosed(f'{{"@context":{_json(_CONTEXT)},"@graph":[\n', (_json(_node(row)) for row in rows), "\n]}\n")


def enclosed(head: str, items: Iterable[str], foot: str) -> Iterator[str]:
    """JSON items between a head and a foot, with a comma and a line feed between them."""
    yield head
    comma = ""
    for item in items:
        yield comma + item
        comma = ",\n"
    yield foot


def chunks(lines: Iterable[str], size: int = 200) -> Iterator[bytes]:
    """Text pieces joined and encoded (UTF-8) in larger pieces, to be sent or written."""
    pieces = iter(lines)
    while batch := list(islice(pieces, size)):
        yield "".join(batch).encode()


def csv_record(cells: list[str]) -> str:
    """Cells as one record of RFC 4180, as they are: guard them first where people may open the file."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue()


def _csv_list(value: Any) -> str:
    return guarded(SEPARATOR.join(item.replace(SEPARATOR, "¦") for item in value))


def _csv_figure(value: Any) -> str:
    return "" if value is None else format(value, "f") if isinstance(value, Decimal) else str(value)


_CSV_CELLS: dict[str, Callable[[Any], str]] = {
    "text": guarded,
    "list": _csv_list,
    "integer": _csv_figure,
    "decimal": _csv_figure,
    "number": _csv_figure,
    "date": _csv_figure,
    "boolean": lambda value: "true" if value else "false",
}


def _geometry(row: Row) -> dict[str, object] | None:
    points = [[p.longitude, p.latitude] for p in row.places if p.longitude is not None and p.latitude is not None]
    if not points:
        return None
    if len(points) == 1:
        return {"type": "Point", "coordinates": points[0]}
    return {"type": "MultiPoint", "coordinates": points}


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    assert isinstance(value, Decimal)
    return int(value) if value == value.to_integral_value() else float(value)


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain).encode


_CONTEXT = {prefix: PREFIXES[prefix] for prefix in ("dcterms", "igeo", "lau", "skos")}


def _node(row: Row) -> dict[str, object]:
    project: dict[str, object] = {"@id": row.project, "@type": "lau:Project", "dcterms:title": _fr(row.title)}
    project["lau:carrier"] = [{"@id": c.iri, "skos:prefLabel": c.label_fr} for c in row.carriers]
    project["lau:territory"] = [{"@id": p.iri, "igeo:nom": p.name} for p in row.places]
    project["lau:public"] = [{"@id": p.iri, "skos:prefLabel": _labelled(p)} for p in row.publics]
    call = {"@id": row.call.iri, "dcterms:title": _labelled(row.call), "lau:programme": {"@id": row.programme.iri}}
    return {"@id": row.laureate, "@type": "lau:Laureate", "lau:call": call, "lau:project": project}


def _fr(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "fr"}


def _labelled(item: Labelled) -> list[dict[str, str]]:
    labels = [_fr(item.label_fr)]
    if item.label_en != item.label_fr:
        labels.append({"@value": item.label_en, "@language": "en"})
    return labels
