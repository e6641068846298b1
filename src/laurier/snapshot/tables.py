"""Lists written as text: CSV, GeoJSON and JSON-LD.

Pure functions over the items of a list, in constant memory and the same bytes at every run; what an item is and what is
told of it is a `Table`. The dumps of a release and the list pages of the site share them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, Generic

from laurier.flat import Labelled, Place, Row
from laurier.geometry.shapes import Outlines, no_outlines, united
from laurier.snapshot.columns import Cell, Column, Item
from laurier.vocabulary import PREFIXES

#: Separates the items of a list in one CSV cell.
SEPARATOR = "|"
# What spreadsheets run as a formula at the start of a cell, the full-width forms of East Asian locales included
# (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


_PIECE = 200

#: The cells of some items, column after column.
Columns = list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Table(Generic[Item]):
    """What is told of each item of a list.

    Attributes:
        columns: of CSV and Parquet, and the properties of GeoJSON.
        iri: the IRI of an item.
        places: where an item is; empty for a list that is nowhere.
        node: an item in JSON-LD, in the prefixes of our vocabulary; nothing that the graph does not state.
    """

    columns: tuple[Column[Item], ...]
    iri: Callable[[Item], str]
    places: Callable[[Item], Sequence[Place]]
    node: Callable[[Item], dict[str, object]]

    def cells(self, items: Sequence[Item]) -> Columns:
        """The cells of some items, column after column."""
        return [list(map(column.cell, items)) for column in self.columns]


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of some length."""
    waiting = iter(items)
    while batch := list(islice(waiting, size)):
        yield batch


def guarded(value: str) -> str:
    """A text that no spreadsheet runs as a formula: one that could be gets an apostrophe in front.

    >>> guarded("=1+1")
    "'=1+1"
    """
    return f"'{value}" if value.startswith(_FORMULA) else value


def csv_head(table: Table[Item]) -> str:
    """The header line."""
    return csv_record([column.name for column in table.columns])


def csv_text(table: Table[Item], columns: Columns) -> str:
    """The records of a batch (RFC 4180), for people and their spreadsheets: formulas are guarded.

    Lists are joined by `|` (an item's own `|` becomes `¦`; the other formats keep lists as they are).
    """
    buffer = io.StringIO()
    shown = [list(map(_CSV_CELLS[c.kind], values)) for c, values in zip(table.columns, columns, strict=True)]
    csv.writer(buffer, lineterminator="\r\n").writerows(zip(*shown, strict=True))
    return buffer.getvalue()


def csv_lines(table: Table[Item], items: Iterable[Item]) -> Iterator[str]:
    """The whole table in pieces, header first, to be encoded as UTF-8 without a byte order mark."""
    yield csv_head(table)
    for batch in batches(items, _PIECE):
        yield csv_text(table, table.cells(batch))


GEOJSON_HEAD = '{"type":"FeatureCollection","features":[\n'
GEOJSON_FOOT = "\n]}\n"


def geojson_features(
    table: Table[Item], items: Sequence[Item], columns: Columns, outlines: Outlines = no_outlines
) -> list[str]:
    """A feature for each item of a batch (RFC 7946): where it is, every column as a property.

    Its territories are drawn by their contours as far as the instance has them, else by their centres. An item that is
    nowhere known is a feature without geometry, so that none is lost.
    """
    names = [column.name for column in table.columns]
    found = []
    for item, values in zip(items, zip(*columns, strict=True), strict=True):
        properties = dict(zip(names, values, strict=True))
        geometry = _geometry(table.places(item), outlines)
        found.append(_json({"type": "Feature", "id": table.iri(item), "geometry": geometry, "properties": properties}))
    return found


def geojson_lines(table: Table[Item], items: Iterable[Item], outlines: Outlines = no_outlines) -> Iterator[str]:
    """The FeatureCollection of the items, one feature a line."""
    features = (
        feature
        for batch in batches(items, _PIECE)
        for feature in geojson_features(table, batch, table.cells(batch), outlines)
    )
    yield from enclosed(GEOJSON_HEAD, features, GEOJSON_FOOT)


def jsonld_lines(table: Table[Item], items: Iterable[Item]) -> Iterator[str]:
    """The items as JSON-LD, one node a line."""
    nodes = (_json(table.node(item)) for item in items)
    yield from enclosed(f'{{"@context":{_json(_CONTEXT)},"@graph":[\n', nodes, "\n]}\n")


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


def _geometry(places: Sequence[Place], outlines: Outlines) -> dict[str, object] | None:
    drawn = {place: shape for place in places if (shape := outlines(place.kind, place.code)) is not None}
    area = united(drawn.values())
    centre = _points([place for place in places if place not in drawn])
    if area and centre:
        return {"type": "GeometryCollection", "geometries": [area, centre]}
    return area or centre


def _points(places: Iterable[Place]) -> dict[str, object] | None:
    points = [[p.longitude, p.latitude] for p in places if p.longitude is not None and p.latitude is not None]
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


def laureate_node(row: Row) -> dict[str, object]:
    """A laureate in JSON-LD."""
    project: dict[str, object] = {"@id": row.project, "@type": "lau:Project", "dcterms:title": _fr(row.title)}
    project["lau:carrier"] = [{"@id": c.iri, "skos:prefLabel": c.label_fr} for c in row.carriers]
    project["lau:territory"] = [{"@id": p.iri, "igeo:nom": p.name} for p in row.places]
    project["lau:public"] = [{"@id": p.iri, "skos:prefLabel": _labelled(p)} for p in row.publics]
    call = {"@id": row.call.iri, "dcterms:title": _labelled(row.call), "lau:programme": {"@id": row.programme.iri}}
    return {"@id": row.laureate, "@type": "lau:Laureate", "lau:call": call, "lau:project": project}


_NAMES = {"territoire": "igeo:nom", "porteur": "skos:prefLabel", "public": "skos:prefLabel"}


def value_node(facet: str, iri: str, label_fr: str, label_en: str) -> dict[str, object]:
    """A value of a facet in JSON-LD: its name, by the property that the graph names it with."""
    named: object = _labelled(Labelled(iri, label_fr, label_en))
    return {"@id": iri, _NAMES.get(facet, "dcterms:title"): label_fr if facet in ("territoire", "porteur") else named}


def _fr(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "fr"}


def _labelled(item: Labelled) -> list[dict[str, str]]:
    labels = [_fr(item.label_fr)]
    if item.label_en != item.label_fr:
        labels.append({"@value": item.label_en, "@language": "en"})
    return labels
