"""The catalogue as one file of a release, and its pages: Hydra views over blocks, read in constant memory.

What each convention is for: udata and CKAN follow hydra:next of a PartialCollectionView and keep the serialisation of
the first page; piveau needs hydra:totalItems and builds the next address from the path and the query of hydra:next.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

import zstandard

from laurier import quads
from laurier.catalogue import dcat
from laurier.catalogue.coverage import Area
from laurier.catalogue.datasets import Describe, datasets
from laurier.catalogue.notes import Notes
from laurier.catalogue.places import Places
from laurier.errors import SnapshotError
from laurier.iri import Minter
from laurier.settings import Settings
from laurier.snapshot.manifest import Manifest

NAME = "catalogue.sqlite"
#: Datasets a page: about 4 MB of Turtle, far from the 50 MB at which CKAN stops.
PAGE_SIZE = 100

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE part (name TEXT PRIMARY KEY, lines BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE dataset (
    position INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, title TEXT NOT NULL, modified TEXT NOT NULL,
    lines BLOB NOT NULL
);
"""


def build(path: Path, settings: Settings, manifest: Manifest, describe: Describe) -> None:
    """Writes the file of the catalogue of a release.

    Args:
        path: the file to write; it must not exist.
        settings: who publishes, and under which base IRI.
        manifest: of the release, its dumps dated.
        describe: gives the N-Triples description of a territory of the graph.

    Raises:
        UsageError: a source names a theme that is not in the EU table.
    """
    base = sqlite3.connect(path, isolation_level=None)
    try:
        base.executescript(_SCHEMA)
        base.execute("BEGIN")
        count, issued, modified, first = 0, manifest.published, "", list[str]()
        areas: tuple[Area, ...] = ()
        for count, of in enumerate(datasets(settings, manifest, describe), 1):
            block = _packed(dcat.dataset(settings, of))
            base.execute("INSERT INTO dataset VALUES (?,?,?,?,?)", (count, of.key, of.title_fr, of.modified, block))
            issued, modified = min(issued, of.issued), max(modified, of.modified)
            areas = areas or of.areas  # those of the whole, which stands first
            if count <= PAGE_SIZE:
                first.append(of.key)
        head = dcat.head(settings, count, issued, modified, areas)
        service = dcat.service(settings, tuple(first))
        for name, notes in (("head", head), ("service", service)):
            base.execute("INSERT INTO part VALUES (?,?)", (name, _packed(notes)))
        base.execute("COMMIT")
    finally:
        base.close()


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the catalogue.

    Attributes:
        lines: N-Triples, without line feeds.
        number, last: of this page and of the last one, from 1.
        total: datasets over all pages.
    """

    lines: tuple[str, ...]
    number: int
    last: int
    total: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A dataset in a list: key, title, and when it last changed (ISO 8601)."""

    key: str
    title: str
    modified: str


class Catalogue:
    """The catalogue of a release, opened for reading; safe to share between threads."""

    def __init__(self, path: Path, base: str) -> None:
        """Opens the file.

        Raises:
            SnapshotError: it is missing.
        """
        if not path.is_file():
            raise SnapshotError(
                f"The release has no {path.name}: build again.",
                f"La version n'a pas de {path.name} : reconstruisez.",
                path=str(path),
            )
        self._places = Places(base)
        self._minter = Minter(base)
        self._base = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)

    def close(self) -> None:
        """Closes the file."""
        self._base.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def total(self, since: str = "") -> int:
        """The number of datasets, of those changed at or after a moment (ISO 8601) when one is given."""
        row = self._base.execute("SELECT count(*) FROM dataset WHERE modified >= ?", (since,)).fetchone()
        return int(row[0])

    def entries(self, start: int = 0, count: int = PAGE_SIZE) -> list[Entry]:
        """Datasets by position, for a list."""
        query = "SELECT key, title, modified FROM dataset ORDER BY position LIMIT ? OFFSET ?"
        return [Entry(*row) for row in self._base.execute(query, (count, start))]

    def keys(self) -> Iterator[tuple[str, str]]:
        """Key and last change of every dataset."""
        return iter(self._base.execute("SELECT key, modified FROM dataset ORDER BY position"))

    def dataset(self, key: str) -> list[str] | None:
        """The N-Triples lines of one dataset, or None when there is no such key."""
        row = self._base.execute("SELECT lines FROM dataset WHERE key = ?", (key,)).fetchone()
        return _unpacked(row[0]) if row else None

    def page(self, number: int, address: str, since: str = "", size: int = PAGE_SIZE) -> Page | None:
        """A page, or None beyond the last.

        Args:
            number: from 1.
            address: the IRI that was asked for, without its query: the next page keeps the serialisation.
            since: only the datasets changed at or after this moment (ISO 8601).
            size: datasets a page.
        """
        total = self.total(since)
        last = max(1, math.ceil(total / size))
        if not 1 <= number <= last:
            return None
        query = "SELECT lines FROM dataset WHERE modified >= ? ORDER BY position LIMIT ? OFFSET ?"
        lines = dict.fromkeys(self._part("head"))
        if number == 1 and not since:
            # On one page only: a data service met again is an error for data.gouv.fr.
            lines |= dict.fromkeys(self._part("service"))
        for (block,) in self._base.execute(query, (since, size, (number - 1) * size)):
            lines |= dict.fromkeys(_unpacked(block))
        if last > 1:
            lines |= dict.fromkeys(_views(self._places.catalogue, address, number, last, total, since))
        return Page(tuple(sorted(lines)), number, last, total)

    def quads(self) -> Iterator[str]:
        """Every line as N-Quads of the graph of the catalogue, without paging; a line may come again."""
        for query in ("SELECT lines FROM part ORDER BY name", "SELECT lines FROM dataset ORDER BY position"):
            for (block,) in self._base.execute(query):
                yield from dcat.graph(iter(_unpacked(block)), self._minter)

    def _part(self, name: str) -> list[str]:
        row = self._base.execute("SELECT lines FROM part WHERE name = ?", (name,)).fetchone()
        return _unpacked(row[0])


def _packed(notes: Notes) -> bytes:
    # Blocks repeat the same labels and IRIs: they shrink to a twentieth.
    return zstandard.ZstdCompressor(level=3).compress("\n".join(notes.lines).encode())


def _unpacked(block: bytes) -> list[str]:
    return zstandard.ZstdDecompressor().decompress(block).decode().split("\n")


def _views(catalogue: str, address: str, number: int, last: int, total: int, since: str) -> list[str]:
    def view(page: int) -> str:
        query = ({"modified_since": since} if since else {}) | {"page": str(page)}
        return f"{address}?{urlencode(query)}"

    notes = Notes()
    me = view(number)
    notes.is_a(catalogue, "hydra:Collection")
    notes.point(catalogue, "hydra:view", me)
    notes.is_a(me, "hydra:PartialCollectionView")
    for node in (catalogue, me):
        notes.say(node, "hydra:totalItems", quads.integer(total))
    notes.point(me, "hydra:first", view(1))
    notes.point(me, "hydra:last", view(last))
    if number > 1:
        notes.point(me, "hydra:previous", view(number - 1))
    if number < last:
        notes.point(me, "hydra:next", view(number + 1))
    return notes.lines


def batches(catalogue: Catalogue, size: int = 10_000) -> Iterator[list[str]]:
    """The N-Quads of the catalogue in lists, to be sorted on disk."""
    lines = catalogue.quads()
    while batch := list(islice(lines, size)):
        yield batch
