"""Laureates written as text: CSV, GeoJSON and JSON-LD.

Pure functions over iterables of `flat.Row`, in constant memory and the same bytes at every run; the dumps of a release
and the list pages of the site share them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import islice

from laurier.flat import Labelled, Row
from laurier.snapshot.columns import COLUMNS, Cell
from laurier.vocabulary import PREFIXES

#: Separates the items of a list in one CSV cell.
SEPARATOR = "|"
# What spreadsheets run as a formula at the start of a cell, the full-width forms of East Asian locales included
# (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def guarded(value: str) -> str:
    """A text that no spreadsheet runs as a formula: one that could be gets an apostrophe in front.

    >>> guarded("=1+1")
    "'=1+1"
    """
    return f"'{value}" if value.startswith(_FORMULA) else value


def csv_line(row: Row) -> str:
    """A row of the table for people and their spreadsheets: RFC 4180, formulas guarded.

    Lists are joined by `|` (an item's own `|` becomes `¦`; the other formats keep lists as they are).
    """
    return csv_record([_csv_cell(column.cell(row)) for column in COLUMNS])


def csv_head() -> str:
    """The header line."""
    return csv_record([column.name for column in COLUMNS])


def csv_lines(rows: Iterable[Row]) -> Iterator[str]:
    """The whole table, header first, to be encoded as UTF-8 without a byte order mark."""
    yield csv_head()
    yield from map(csv_line, rows)


GEOJSON_HEAD = '{"type":"FeatureCollection","features":[\n'
GEOJSON_FOOT = "\n]}\n"


def geojson_feature(row: Row) -> str:
    """A feature (RFC 7946): the points of the territories, every column as a property.

    A laureate whose territories have no known centre is a feature without geometry, so that none is lost.
    """
    points = [[p.longitude, p.latitude] for p in row.places if p.longitude is not None and p.latitude is not None]
    geometry: dict[str, object] | None = None
    if len(points) == 1:
        geometry = {"type": "Point", "coordinates": points[0]}
    elif points:
        geometry = {"type": "MultiPoint", "coordinates": points}
    properties = {column.name: column.cell(row) for column in COLUMNS}
    return _json({"type": "Feature", "id": row.laureate, "geometry": geometry, "properties": properties})


def geojson_lines(rows: Iterable[Row]) -> Iterator[str]:
    """The FeatureCollection of the rows, one feature a line."""
    yield from enclosed(GEOJSON_HEAD, map(geojson_feature, rows), GEOJSON_FOOT)


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


def _csv_cell(value: Cell) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return guarded(SEPARATOR.join(item.replace(SEPARATOR, "¦") for item in value))
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return "" if value is None else str(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    assert isinstance(value, Decimal)
    return int(value) if value == value.to_integral_value() else float(value)


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
