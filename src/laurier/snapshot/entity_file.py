"""Writes the file of descriptions that `entities` reads: one pass over sorted statements, in bounded memory."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from laurier.quads import by_subject
from laurier.snapshot.compressed_texts import SCHEMA, Compressed, compress
from laurier.snapshot.entities import CHUNK, PARTS, chunk_key
from laurier.vocabulary import PREFIXES

_LABELS = tuple(
    f"<{PREFIXES[prefix]}{name}>"
    for prefix, name in (
        ("skos", "prefLabel"),
        ("rdfs", "label"),
        ("dcterms", "title"),
        ("igeo", "nom"),
        ("foaf", "name"),
        ("schema", "name"),
    )
)
_TYPE = f"<{PREFIXES['rdf']}type>"
_BATCH = 50_000
# Compressed texts written at once: a compressor's output may hold as much memory as the text.
_TEXTS = 2_000


def build(lines: Iterable[str], path: Path, moved: Iterable[tuple[str, str | None]] = ()) -> dict[str, int]:
    """Writes the file of descriptions from canonical N-Quads.

    Args:
        lines: sorted N-Quads lines, one line a statement.
        path: the file to write; it must not exist.
        moved: IRIs that are no more, each with the IRI it was merged into, or None when it was withdrawn.

    Returns:
        The number of subjects by class IRI.
    """
    counts: dict[str, int] = {}
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        _insert(connection, "subject", compress(connection, _texts(connection, lines, counts)))
        connection.executemany("INSERT INTO moved VALUES (?, ?)", sorted(moved))
        _insert(connection, "link", compress(connection, _chunks(connection)))
        connection.execute("COMMIT")
        connection.executescript("DETACH scratch; PRAGMA optimize;")
    finally:
        connection.close()
    return counts


_SCHEMA = f"""
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
{SCHEMA}
CREATE TABLE subject (iri TEXT PRIMARY KEY, dictionary INTEGER NOT NULL, lines BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE label (iri TEXT PRIMARY KEY, lines TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE link (chunk TEXT PRIMARY KEY, dictionary INTEGER NOT NULL, links BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE moved (iri TEXT PRIMARY KEY, target TEXT) WITHOUT ROWID;
-- An unnamed file of SQLite's own, removed when it is let go.
ATTACH '' AS scratch;
CREATE TABLE scratch.link (target TEXT NOT NULL, predicate TEXT NOT NULL, subject TEXT NOT NULL);
"""


def _insert(connection: sqlite3.Connection, table: str, rows: Iterator[Compressed]) -> None:
    while batch := list(itertools.islice(rows, _TEXTS)):
        connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", batch)  # noqa: S608 - a name of the schema


def _texts(connection: sqlite3.Connection, lines: Iterable[str], counts: dict[str, int]) -> Iterator[tuple[str, bytes]]:
    """The statements of each thing, and those of all its parts together; labels and links are written on the way."""
    labels: list[tuple[str, str]] = []
    links: list[tuple[str, str, str]] = []
    open_: list[
        str
    ] = []  # things of which parts were met, but which have not been met themselves: each starts the next
    rows = itertools.groupby(by_subject(lines), key=lambda found: _key(found[0]))
    for key, subjects in rows:
        if not key:
            continue
        thing = key.removesuffix(PARTS)
        while open_ and not thing.startswith(open_[-1]):
            yield open_.pop(), b""
        if key != thing:
            open_.append(thing)
        elif open_ and open_[-1] == thing:
            open_.pop()
        own: list[str] = []
        for subject, said in subjects:
            # A triple of several graphs stands on lines that follow each other.
            for predicate, value in dict.fromkeys([(predicate, value) for predicate, value, _ in said]):
                own.append(f"{subject} {predicate} {value} .")
                if predicate in _LABELS:
                    labels.append((subject[1:-1], own[-1]))
                if predicate == _TYPE:
                    counts[value[1:-1]] = counts.get(value[1:-1], 0) + 1
                elif value[0] == "<" and PARTS not in value:
                    links.append((value[1:-1], predicate[1:-1], subject[1:-1]))
        if len(labels) + len(links) >= _BATCH:
            _flush(connection, labels, links)
        yield key, "\n".join(own).encode()
    yield from ((thing, b"") for thing in reversed(open_))
    _flush(connection, labels, links)


def _key(subject: str) -> str:
    """The row of a subject; empty for a blank node."""
    if subject[0] != "<":
        return ""
    thing, mark, _ = subject[1:-1].partition(PARTS)
    return thing + mark


def _flush(connection: sqlite3.Connection, labels: list[tuple[str, str]], links: list[tuple[str, str, str]]) -> None:
    by_subject = itertools.groupby(labels, key=lambda label: label[0])
    rows = ((iri, "\n".join(line for _, line in same)) for iri, same in by_subject)
    connection.executemany("INSERT INTO label VALUES (?, ?)", rows)
    connection.executemany("INSERT INTO scratch.link VALUES (?, ?, ?)", links)
    labels.clear()
    links.clear()


def _chunks(connection: sqlite3.Connection) -> Iterator[tuple[str, bytes]]:
    """What points at each thing that has a description."""
    found = connection.execute(
        "SELECT target, predicate, subject FROM scratch.link "
        "WHERE EXISTS (SELECT 1 FROM subject WHERE iri = target) ORDER BY target, predicate, subject"
    )
    for target, links in itertools.groupby(found, key=lambda link: str(link[0])):
        pairs = (f"{predicate} {subject}" for _, predicate, subject in links)
        for number in itertools.count():
            chunk = list(itertools.islice(pairs, CHUNK))
            if not chunk:
                break
            yield chunk_key(target, number), "\n".join(chunk).encode()
