"""Builds `search.sqlite`: words, facets, sort orders, rows and cited texts of a release, so that no page scans data.

Rows are numbered from 0. Each value of a facet keeps the set of its rows as a Roaring bitmap, so that counts over
a million laureates are intersections of bitmaps; each sort order is one array of row numbers, and one of their ranks.
"""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyroaring import BitMap

from laurier.flat import Labelled, Row
from laurier.snapshot.entities import Entities
from laurier.snapshot.facets import FACETS, Facet, Names, key_of
from laurier.snapshot.rows import pack
from laurier.snapshot.words import fold, indexed

NAME = "search.sqlite"
#: Lines of a source text on one page of the site.
TEXT_LINES = 300
_BATCH = 5_000

_SCHEMA = """
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE row (id INTEGER PRIMARY KEY, iri TEXT NOT NULL, title TEXT NOT NULL, start TEXT, beneficiaries INTEGER,
                  amount REAL, data BLOB NOT NULL);
CREATE VIRTUAL TABLE word USING fts5 (title, carriers, places, publics, body, content='', detail=column,
                                      tokenize='ascii');
CREATE TABLE value (id INTEGER PRIMARY KEY, facet TEXT NOT NULL, key TEXT NOT NULL, iri TEXT NOT NULL,
                    label_fr TEXT NOT NULL, label_en TEXT NOT NULL, sort TEXT NOT NULL, kind TEXT NOT NULL,
                    n INTEGER NOT NULL);
CREATE TABLE value_rows (id INTEGER PRIMARY KEY, rows BLOB NOT NULL);
CREATE TABLE broader (facet TEXT NOT NULL, parent TEXT NOT NULL, child TEXT NOT NULL,
                      PRIMARY KEY (facet, parent, child)) WITHOUT ROWID;
CREATE VIRTUAL TABLE value_word USING fts5 (label, content='', detail=none, tokenize='ascii');
CREATE TABLE sorted (name TEXT PRIMARY KEY, ids BLOB NOT NULL, ranks BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE page (source TEXT NOT NULL, number INTEGER NOT NULL, first_line INTEGER NOT NULL, start INTEGER NOT NULL,
                   text TEXT NOT NULL, PRIMARY KEY (source, number)) WITHOUT ROWID;
CREATE TABLE passage (source TEXT NOT NULL, page INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
                      subject TEXT NOT NULL, PRIMARY KEY (source, page, start, end, subject)) WITHOUT ROWID;
"""

#: Orders in which results can be sorted: name -> SQL; rows without a value come last, ties by title then number.
ORDERS: Mapping[str, str] = {
    "titre": "title, id",
    "date": "start IS NULL, start DESC, title, id",
    "date-croissante": "start IS NULL, start, title, id",
    "beneficiaires": "beneficiaries IS NULL, beneficiaries DESC, title, id",
    "montant": "amount IS NULL, amount DESC, title, id",
}


@dataclass(slots=True)
class _Facet:
    """The values of a facet met so far: the rows of each, and its labels where the rows carry them."""

    rows: dict[str, BitMap] = field(default_factory=dict)
    named: dict[str, Labelled] = field(default_factory=dict)


def build(path: Path, rows: Iterable[Row], entities: Entities, names: Names, texts: Mapping[str, Path]) -> int:
    """Writes the index.

    Args:
        path: the file to write; it must not exist.
        rows: every laureate, once.
        entities: the descriptions of the release (labels of territories, links of citations).
        names: what gives facet values their labels and broader values.
        texts: the reading text (UTF-8) of each source, by key.

    Returns:
        The number of rows.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        facets, count = _add_rows(connection, rows, names)
        _add_values(connection, facets, names)
        _add_orders(connection)
        _add_texts(connection, entities, names, texts)
        connection.executemany("INSERT INTO meta VALUES (?, ?)", [("rows", str(count)), ("base", names.minter.base)])
        connection.execute("COMMIT")
        connection.executescript(
            "INSERT INTO word(word) VALUES ('optimize'); INSERT INTO value_word(value_word) VALUES ('optimize');"
            "CREATE INDEX row_iri ON row (iri);"
            "CREATE UNIQUE INDEX value_key ON value (facet, key);"
            "CREATE INDEX value_n ON value (facet, n DESC, sort);"
            "CREATE INDEX value_sort ON value (facet, sort);"
            "CREATE INDEX broader_child ON broader (facet, child);"
            "CREATE UNIQUE INDEX page_start ON page (source, start);"
            "PRAGMA optimize; VACUUM;"
        )
    finally:
        connection.close()
    return count


def _add_rows(connection: sqlite3.Connection, rows: Iterable[Row], names: Names) -> tuple[dict[str, _Facet], int]:
    facets: dict[str, _Facet] = {facet.name: _Facet() for facet in FACETS}
    found: list[tuple[object, ...]] = []
    worded: list[tuple[object, ...]] = []
    count = 0
    key_in_facet = key_of(names.minter)
    for number, row in enumerate(rows):
        count = number + 1
        for facet in FACETS:
            kept = facets[facet.name]
            for key, label in facet.values(row, key_in_facet):
                kept.rows.setdefault(key, BitMap()).add(number)
                if label is not None and key not in kept.named:
                    kept.named[key] = label
        start = row.start.isoformat() if row.start else None
        amount = float(row.amount) if row.amount is not None else None
        found.append((number, row.laureate, fold(row.title), start, row.beneficiaries, amount, pack(row)))
        worded.append((number, *_text(row, names)))
        if len(found) >= _BATCH:
            _flush(connection, found, worded)
    _flush(connection, found, worded)
    return facets, count


def _flush(connection: sqlite3.Connection, found: list[tuple[object, ...]], worded: list[tuple[object, ...]]) -> None:
    connection.executemany("INSERT INTO row VALUES (?, ?, ?, ?, ?, ?, ?)", found)
    connection.executemany(
        "INSERT INTO word (rowid, title, carriers, places, publics, body) VALUES (?, ?, ?, ?, ?, ?)", worded
    )
    found.clear()
    worded.clear()


def _text(row: Row, names: Names) -> Iterator[str]:
    yield indexed(f"{row.title} {row.heading}")
    yield indexed(" ".join(carrier.label_fr for carrier in row.carriers))
    within = [names.territory(key) for key in row.within]
    places = [place.name for place in row.places] + [node.label_fr for node in within if node]
    yield indexed(" ".join(dict.fromkeys([row.territory_text, *places])))
    concepts = [names.public(key) for key in row.publics_within]
    labels = [f"{node.label_fr} {node.label_en}" for node in concepts if node]
    yield indexed(" ".join([row.public_text, *labels]))
    yield indexed(f"{row.quotation or row.description} {row.call.label_fr} {row.programme.label_fr}")


def _add_values(connection: sqlite3.Connection, facets: Mapping[str, _Facet], names: Names) -> None:
    identifier = 0
    for facet in FACETS:
        kept = facets[facet.name]
        for key in sorted(kept.rows):
            identifier += 1
            rows = kept.rows[key]
            node = facet.node(key, kept.named.get(key), names)
            label = f"{node.label_fr} {node.label_en}" if node.label_en != node.label_fr else node.label_fr
            connection.execute(
                "INSERT INTO value VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (identifier, facet.name, key, node.iri, node.label_fr, node.label_en, fold(node.label_fr), node.kind,
                 len(rows)),
            )  # fmt: skip
            rows.run_optimize()
            connection.execute("INSERT INTO value_rows VALUES (?, ?)", (identifier, rows.serialize()))
            connection.execute("INSERT INTO value_word (rowid, label) VALUES (?, ?)", (identifier, indexed(label)))
            parents = _nearest([parent for parent in node.parents if parent in kept.rows], facet, names) or [""]
            connection.executemany("INSERT OR IGNORE INTO broader VALUES (?, ?, ?)",
                                   [(facet.name, parent, key) for parent in parents])  # fmt: skip


def _nearest(parents: list[str], facet: Facet, names: Names) -> list[str]:
    """The parents that are not above another one: a commune is listed under its EPCI, not its département as well."""
    above = {key for parent in parents for key in facet.node(parent, None, names).parents}
    return [parent for parent in parents if parent not in above]


def _add_orders(connection: sqlite3.Connection) -> None:
    for name, order in ORDERS.items():
        # `order` is one of the constants above, never a value from outside.
        ids = array("I", (row[0] for row in connection.execute(f"SELECT id FROM row ORDER BY {order}")))  # noqa: S608
        ranks = array("I", bytes(ids.itemsize * len(ids)))
        for rank, number in enumerate(ids):
            ranks[number] = rank
        connection.execute("INSERT INTO sorted VALUES (?, ?, ?)", (name, ids.tobytes(), ranks.tobytes()))


def _add_texts(connection: sqlite3.Connection, entities: Entities, names: Names, texts: Mapping[str, Path]) -> None:
    for key, path in sorted(texts.items()):
        bounds: list[int] = []
        for number, first_line, start, text in _pages(path):
            bounds.append(start)
            connection.execute("INSERT INTO page VALUES (?, ?, ?, ?, ?)", (key, number, first_line, start, text))
        connection.executemany("INSERT OR IGNORE INTO passage VALUES (?, ?, ?, ?, ?)",
                               _passages(entities, names, key, bounds))  # fmt: skip


def _pages(path: Path) -> Iterator[tuple[int, int, int, str]]:
    """Number (from 1), first line (from 1), offset in code points and text of each page of a reading text."""
    number, first_line, start = 1, 1, 0
    lines: list[str] = []
    with path.open(encoding="utf-8", newline="") as file:
        for line in file:
            lines.append(line)
            if len(lines) == TEXT_LINES:
                text = "".join(lines)
                yield number, first_line, start, text
                number, first_line, start = number + 1, first_line + TEXT_LINES, start + len(text)
                lines = []
    if lines or number == 1:
        yield number, first_line, start, "".join(lines)


def _passages(
    entities: Entities, names: Names, source: str, bounds: list[int]
) -> Iterator[tuple[str, int, int, int, str]]:
    for excerpt, subject in entities.derived(names.excerpts_of(source)):
        start, _, end = excerpt.rpartition("/")[2].partition("-")
        if not (start.isdecimal() and end.isdecimal()):
            continue
        first = max(bisect_right(bounds, int(start)), 1)
        last = max(bisect_left(bounds, int(end)), first)
        for page in range(first, last + 1):
            yield source, page, int(start), int(end), subject
