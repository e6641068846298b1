"""Laureates written as tables: CSV, GeoJSON, JSON-LD, Parquet and SQLite.

Functions over iterables of `flat.Row`, in constant memory and the same bytes at every run; the dumps of a release and
the list pages of the site share them.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from laurier.errors import DataRefused
from laurier.flat import Labelled, Row
from laurier.snapshot.columns import COLUMNS, Cell, Column
from laurier.vocabulary import PREFIXES

#: Separates the items of a list in one CSV cell.
SEPARATOR = "|"
_BATCH = 10_000
_LARGEST = 2**63 - 1
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
    return _csv([_csv_cell(column.cell(row)) for column in COLUMNS])


def csv_head() -> str:
    """The header line."""
    return _csv([column.name for column in COLUMNS])


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


class ParquetFile:
    """A Parquet file being written, row group by row group; lists are lists, dates are dates."""

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(path, _SCHEMA, compression="zstd", store_schema=False)
        self._rows: list[Row] = []

    def write(self, row: Row) -> None:
        """Adds a row."""
        self._rows.append(row)
        if len(self._rows) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        arrays = [
            pa.array([_parquet_cell(column, row) for row in self._rows], type=_ARROW[column.kind]) for column in COLUMNS
        ]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=_SCHEMA))
        self._rows.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._rows:
            self._flush()
        self._writer.close()


def parquet(rows: Iterable[Row], path: Path) -> None:
    """Writes the rows as a Parquet file."""
    with ParquetFile(path) as file:
        for row in rows:
            file.write(row)


class SqliteFile:
    """An SQLite database being written: a table of laureates, and one row per list item in tables beside it."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._path = path
        self._base = sqlite3.connect(path, isolation_level=None)
        # A half-written file is never kept, so the journal would only cost time.
        self._base.executescript("PRAGMA page_size=4096; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
        self._base.executescript(_DDL)
        self._base.execute("BEGIN")
        self._insert = f"INSERT INTO laureats VALUES ({','.join('?' * (len(_PLAIN) + 1))})"  # noqa: S608 - no outside text
        self._count = 0

    def write(self, row: Row) -> None:
        """Adds a row and its list items."""
        self._count += 1
        key = self._count
        run = self._base.execute
        run(self._insert, (key, *(_sqlite_cell(column, row) for column in _PLAIN)))
        for rank, item in enumerate(row.carriers, 1):
            run("INSERT INTO porteurs VALUES (?,?,?,?)", (key, rank, item.label_fr, item.iri))
        for rank, place in enumerate(row.places, 1):
            values = (place.name, place.kind, place.code, place.status, place.iri, place.longitude, place.latitude)
            run("INSERT INTO territoires VALUES (?,?,?,?,?,?,?,?,?)", (key, rank, *values))
        for rank, item in enumerate(row.publics, 1):
            run("INSERT INTO publics VALUES (?,?,?,?)", (key, rank, item.label_fr, item.iri))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._base.execute("COMMIT")
            self._base.executescript(_INDEXES)
        self._base.close()
        if kind is None:
            _forget_library(self._path)


def sqlite(rows: Iterable[Row], path: Path) -> None:
    """Writes the rows as an SQLite database."""
    with SqliteFile(path) as file:
        for row in rows:
            file.write(row)


def chunks(lines: Iterable[str], size: int = 200) -> Iterator[bytes]:
    """Text pieces joined and encoded (UTF-8) in larger pieces, to be sent or written."""
    pieces = iter(lines)
    while batch := list(islice(pieces, size)):
        yield "".join(batch).encode()


def _csv(cells: list[str]) -> str:
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


_ARROW: dict[str, Any] = {
    "text": pa.string(),
    "list": pa.list_(pa.string()),
    "integer": pa.int64(),
    "decimal": pa.decimal128(38, 2),
    "number": pa.float64(),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}
_SCHEMA = pa.schema([pa.field(column.name, _ARROW[column.kind]) for column in COLUMNS])


def _bounded(column: Column, row: Row) -> Cell:
    value = column.cell(row)
    if isinstance(value, (int, Decimal)) and not -_LARGEST <= value <= _LARGEST:
        raise DataRefused(
            f"The number {value} in the column '{column.name}' of {row.laureate} is too large to be a figure of a "
            "project: correct the source or decide that it is wrong.",
            f"Le nombre {value} de la colonne « {column.name} » de {row.laureate} est trop grand pour un chiffre de "
            "projet : corrigez la source ou décidez qu'il est faux.",
        )
    return value


def _parquet_cell(column: Column, row: Row) -> Any:
    value = _bounded(column, row)
    if isinstance(value, Decimal):
        return value.quantize(Decimal("0.01"))
    return list(value) if isinstance(value, tuple) else value


_SQL_TYPES = {"integer": "INTEGER", "boolean": "INTEGER", "number": "REAL", "decimal": "NUMERIC"}
_PLAIN = tuple(column for column in COLUMNS if column.kind != "list")
_DDL = (
    "CREATE TABLE laureats (id INTEGER PRIMARY KEY, "
    + ", ".join(f"{column.name} {_SQL_TYPES.get(column.kind, 'TEXT')}" for column in _PLAIN)
    + ");"
    + "".join(
        f"CREATE TABLE {name} (laureat INTEGER NOT NULL REFERENCES laureats(id), rang INTEGER NOT NULL, {columns}, "
        "PRIMARY KEY (laureat, rang)) WITHOUT ROWID;"
        for name, columns in (
            ("porteurs", "nom TEXT, uri TEXT"),
            ("territoires", "nom TEXT, type TEXT, code TEXT, lien TEXT, uri TEXT, longitude REAL, latitude REAL"),
            ("publics", "nom TEXT, uri TEXT"),
        )
    )
)
_INDEXES = (
    "CREATE INDEX laureats_uri ON laureats(laureat_uri);"
    "CREATE INDEX territoires_code ON territoires(type, code);"
    "CREATE INDEX publics_uri ON publics(uri);"
    "CREATE INDEX porteurs_uri ON porteurs(uri);"
)


def _sqlite_cell(column: Column, row: Row) -> str | int | float | None:
    value = _bounded(column, row)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    assert not isinstance(value, tuple)
    return value


def _forget_library(path: Path) -> None:
    # Bytes 96 to 99 name the SQLite library that wrote the file (file format, section 1.3.22): the one difference
    # between machines.
    with path.open("r+b") as file:
        file.seek(96)
        file.write((3_040_000).to_bytes(4, "big"))
