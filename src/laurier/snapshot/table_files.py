"""Tables as files being written, batch by batch: any list as Parquet, a dataset as CSV, GeoJSON, Parquet and SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from laurier import formats
from laurier.errors import DataRefused
from laurier.flat import Row
from laurier.formats import Format
from laurier.snapshot import tables
from laurier.snapshot.columns import COLUMNS, Cell, Item
from laurier.snapshot.lists import LAUREATES
from laurier.snapshot.tables import Columns, Table

#: Rows written together.
BATCH = 2_000
_GROUP = 10_000
_LARGEST = 2**63 - 1


class ParquetFile:
    """A Parquet file being written, row group by row group; lists are lists, dates are dates."""

    def __init__(self, path: Path, table: Table[Any]) -> None:
        self._writer = pq.ParquetWriter(path, _schema(table), compression="zstd", store_schema=False)
        self._held: list[pa.Table] = []
        self._rows = 0

    def write(self, table: pa.Table) -> None:
        """Adds some rows; a row group is written when there are enough."""
        self._held.append(table)
        self._rows += table.num_rows
        if self._rows >= _GROUP:
            self._flush()

    def _flush(self) -> None:
        self._writer.write_table(pa.concat_tables(self._held).combine_chunks(), row_group_size=_GROUP)
        self._held.clear()
        self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self._held:
            self._flush()
        self._writer.close()


def _schema(table: Table[Any]) -> pa.Schema:
    return pa.schema([pa.field(column.name, _ARROW[column.kind]) for column in table.columns])


def arrow(table: Table[Item], items: Sequence[Item], columns: Columns) -> pa.Table:
    """Some items as an Arrow table.

    Raises:
        DataRefused: a number is too large to be a figure.
    """
    arrays = []
    for column, values in zip(table.columns, columns, strict=True):
        shown: list[Any] = values
        if column.kind in ("integer", "decimal"):
            _bounded(column.name, map(table.iri, items), values)
        if column.kind == "decimal":
            shown = [None if value is None else value.quantize(_CENT) for value in shown]
        arrays.append(pa.array(shown, type=_ARROW[column.kind]))
    return pa.Table.from_arrays(arrays, schema=_schema(table))


def parquet(table: Table[Item], items: Iterable[Item], path: Path) -> None:
    """Writes the items as a Parquet file."""
    with ParquetFile(path, table) as file:
        for batch in tables.batches(items, BATCH):
            file.write(arrow(table, batch, table.cells(batch)))


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

    def write(self, rows: Sequence[Row], columns: Columns) -> None:
        """Adds some rows and their list items."""
        keys = range(self._count + 1, self._count + len(rows) + 1)
        self._count += len(rows)
        plain = [
            [_sqlite_cell(value) for value in values] if column.kind in ("date", "decimal") else values
            for column, values in zip(COLUMNS, columns, strict=True)
            if column.kind != "list"
        ]
        run = self._base.executemany
        run(self._insert, zip(keys, *plain, strict=True))
        numbered = list(zip(keys, rows, strict=True))
        for table, items in (("porteurs", "carriers"), ("publics", "publics")):
            run(
                f"INSERT INTO {table} VALUES (?,?,?,?)",  # noqa: S608 - ours
                (
                    (key, rank, item.label_fr, item.iri)
                    for key, row in numbered
                    for rank, item in enumerate(getattr(row, items), 1)
                ),
            )
        run(
            "INSERT INTO territoires VALUES (?,?,?,?,?,?,?,?,?)",
            (
                (key, rank, p.name, p.kind, p.code, p.status, p.iri, p.longitude, p.latitude)
                for key, row in numbered
                for rank, p in enumerate(row.places, 1)
            ),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._base.execute("COMMIT")
            self._base.executescript(_INDEXES)
        self._base.close()
        if kind is None:
            _forget_library(self._path)


class TableFiles:
    """The three tables of one dataset, open for writing."""

    def __init__(self, folder: Path, key: str) -> None:
        self._csv = folder / f"{key}.{formats.CSV.suffix}"
        self._geojson = folder / f"{key}.{formats.GEOJSON.suffix}"
        self._parquet = folder / f"{key}.{formats.PARQUET.suffix}"
        self._comma = ""
        self._days: set[date] = set()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._lines = stack.enter_context(self._csv.open("w", encoding="utf-8", newline=""))
            self._features = stack.enter_context(self._geojson.open("w", encoding="utf-8", newline="\n"))
            self._arrays = stack.enter_context(ParquetFile(self._parquet, LAUREATES))
            self._stack = stack.pop_all()
        self._lines.write(tables.csv_head(LAUREATES))
        self._features.write(tables.GEOJSON_HEAD)
        return self

    def write(self, lines: str, features: list[str], table: pa.Table) -> None:
        """Adds some rows, given as CSV records, as features and as an Arrow table."""
        self._lines.write(lines)
        if features:
            self._features.write(self._comma + ",\n".join(features))
            self._comma = ",\n"
        self._arrays.write(table)
        for name, bound in (("debut", pc.min), ("fin", pc.max), ("fin", pc.min), ("debut", pc.max)):
            day = bound(table.column(name)).as_py()
            if day is not None:
                self._days = {min(*self._days, day), max(*self._days, day)} if self._days else {day}

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            self._features.write(tables.GEOJSON_FOOT)
        self._stack.__exit__(*error)  # type: ignore[arg-type]

    @property
    def files(self) -> tuple[tuple[Path, Format], ...]:
        """The three files and their formats."""
        return ((self._csv, formats.CSV), (self._geojson, formats.GEOJSON), (self._parquet, formats.PARQUET))

    @property
    def days(self) -> tuple[str, str]:
        """First and last day that the rows cover (ISO 8601), or empty texts."""
        return (min(self._days).isoformat(), max(self._days).isoformat()) if self._days else ("", "")


_ARROW: dict[str, Any] = {
    "text": pa.string(),
    "list": pa.list_(pa.string()),
    "integer": pa.int64(),
    "decimal": pa.decimal128(38, 2),
    "number": pa.float64(),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}
_CENT = Decimal("0.01")


def _bounded(name: str, iris: Iterable[str], values: list[Cell]) -> None:
    for iri, value in zip(iris, values, strict=True):
        if isinstance(value, (int, Decimal)) and not -_LARGEST <= value <= _LARGEST:
            raise DataRefused(
                f"The number {value} in the column '{name}' of {iri} is too large to be a figure of a "
                "project: correct the source or decide that it is wrong.",
                f"Le nombre {value} de la colonne « {name} » de {iri} est trop grand pour un chiffre "
                "de projet : corrigez la source ou décidez qu'il est faux.",
            )


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


def _sqlite_cell(value: Cell) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _forget_library(path: Path) -> None:
    # Bytes 96 to 99 name the SQLite library that wrote the file (file format, section 1.3.22): the one difference
    # between machines.
    with path.open("r+b") as file:
        file.seek(96)
        file.write((3_040_000).to_bytes(4, "big"))
