"""The document about a thing: its description, then what links to it; in Turtle, it is written once, with the release.

One look-up in a key-value file then serves a thing, whatever the size of the graph. Documents that are rarely asked for
by themselves are made when they are: those of passages, and those of things with more than a page of links.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import lru_cache
from itertools import chain, groupby, islice
from pathlib import Path

import zstandard

from laurier.snapshot.entities import Entities, Link
from laurier.snapshot.writers import Turtle

NAME = "documents.sqlite"

#: Statements that link to a thing, a page.
LINKS_A_PAGE = 100
_SCHEMA = """
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE dictionary (id INTEGER PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE document (iri TEXT PRIMARY KEY, dictionary INTEGER NOT NULL, turtle BLOB NOT NULL) WITHOUT ROWID;
"""
_LEVEL = 3
# Documents of one kind that the others of it are compressed against, and most bytes of them.
_SAMPLES, _SAMPLED_BYTES = 32, 64 * 1024
_BATCH = 10_000
_DICTIONARIES_KEPT = 64


def lines(entities: Entities, iri: str, links: Iterable[Link]) -> list[str]:
    """The statements of a document as N-Triples lines without line feeds, in no order, some of them twice.

    Args:
        entities: the descriptions of the release.
        iri: of the thing.
        links: those that the document tells of, with the labels of where they come from.
    """
    found = entities.description(iri) or []
    target = f"<{iri}> ."
    for link in links:
        found.append(f"<{link.subject}> <{link.predicate}> {target}")
        if link.labels:
            found += link.labels.split("\n")
    return found


def build(entities: Path, path: Path) -> int:
    """Writes the documents of a release in Turtle.

    Args:
        entities: the file of descriptions.
        path: the file to write; it must not exist.

    Returns:
        How many there are.
    """
    count = 0
    with closing(Entities(entities)) as reader, closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        # Things come in order, so that those of a kind (of a folder of IRIs) follow each other and resemble each other.
        for _, kind in groupby(_written(reader), key=lambda written: written[0][: written[0].rfind("/")]):
            count += _store(connection, kind)
        connection.execute("COMMIT")
    return count


def _written(entities: Entities) -> Iterator[tuple[str, bytes]]:
    turtle = Turtle()
    for iri in entities.things():
        links = entities.links(iri, 0, LINKS_A_PAGE + 1)
        if len(links) <= LINKS_A_PAGE:
            yield iri, turtle.text(sorted(set(lines(entities, iri, links)))).encode()


def _store(connection: sqlite3.Connection, kind: Iterator[tuple[str, bytes]]) -> int:
    """Writes the documents of one kind, compressed against the first of them when there are many."""
    first = list(islice(kind, _SAMPLES))
    number, compressor = 0, zstandard.ZstdCompressor(_LEVEL)
    if len(first) == _SAMPLES:
        content = b"".join(text for _, text in first)[:_SAMPLED_BYTES]
        cursor = connection.execute("INSERT INTO dictionary (content) VALUES (?)", (content,))
        number, compressor = int(cursor.lastrowid or 0), zstandard.ZstdCompressor(_LEVEL, dict_data=_against(content))
    count = 0
    rows = ((iri, number, compressor.compress(text)) for iri, text in chain(first, kind))
    while batch := list(islice(rows, _BATCH)):
        connection.executemany("INSERT INTO document VALUES (?, ?, ?)", batch)
        count += len(batch)
    return count


def _against(content: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(content, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


class Documents:
    """The documents of a release, opened read-only; each thread that reads opens its own."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        self._against = lru_cache(_DICTIONARIES_KEPT)(self._decompressor)

    def turtle(self, iri: str) -> bytes | None:
        """The document about a thing in Turtle, without its declarations of prefixes; None when it is to be made."""
        row = self._connection.execute("SELECT dictionary, turtle FROM document WHERE iri = ?", (iri,)).fetchone()
        return self._against(row[0]).decompress(row[1]) if row is not None else None

    def _decompressor(self, number: int) -> zstandard.ZstdDecompressor:
        if not number:
            return zstandard.ZstdDecompressor()
        (content,) = self._connection.execute("SELECT content FROM dictionary WHERE id = ?", (number,)).fetchone()
        return zstandard.ZstdDecompressor(dict_data=_against(content))

    def close(self) -> None:
        """Frees the file."""
        self._connection.close()
