"""The document about a thing: its description, then what links to it; in Turtle, it is written once, with the release.

One look-up in a key-value file then serves a thing, whatever the size of the graph. Documents that are rarely asked for
by themselves are made when they are: those of passages, and those of things with more than a page of links.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

from laurier.snapshot.compressed_texts import SCHEMA, Decompressor, compress
from laurier.snapshot.entities import Entities, Link
from laurier.snapshot.writers import Turtle, text

NAME = "documents.sqlite"

#: Statements that link to a thing, a page.
LINKS_A_PAGE = 100
_SCHEMA = f"""
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
{SCHEMA}
CREATE TABLE document (iri TEXT PRIMARY KEY, dictionary INTEGER NOT NULL, turtle BLOB NOT NULL) WITHOUT ROWID;
"""
_BATCH = 2_000


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
        rows = compress(connection, _written(reader))
        while batch := list(islice(rows, _BATCH)):
            connection.executemany("INSERT INTO document VALUES (?, ?, ?)", batch)
            count += len(batch)
        connection.execute("COMMIT")
    return count


def _written(entities: Entities) -> Iterator[tuple[str, bytes]]:
    turtle = Turtle()
    for iri in entities.things():
        links = entities.links(iri, 0, LINKS_A_PAGE + 1)
        if len(links) <= LINKS_A_PAGE:
            yield iri, text(turtle, sorted(set(lines(entities, iri, links)))).encode()


class Documents:
    """The documents of a release, opened read-only; each thread that reads opens its own."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        self._decompressor = Decompressor(self._connection)

    def turtle(self, iri: str) -> bytes | None:
        """The document about a thing in Turtle, without its declarations of prefixes; None when it is to be made."""
        row = self._connection.execute("SELECT dictionary, turtle FROM document WHERE iri = ?", (iri,)).fetchone()
        return self._decompressor.text(*row) if row is not None else None

    def close(self) -> None:
        """Frees the file."""
        self._connection.close()
