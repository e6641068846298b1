"""The search index opened for reading: values of facets with their rows, and cited texts."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pyroaring import FrozenBitMap

from laurier.snapshot.words import expression

#: Of a nested facet, at most so many values are shown.
SHOWN = 200


class Reader:
    """The file of an index, opened read-only; one connection for each thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(f"file:{self._path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
            self._local.connection = connection
            self._opened.append(connection)
        return connection

    def close(self) -> None:
        """Frees the file, whichever threads opened it; none may use it any more."""
        while self._opened:
            self._opened.pop().close()

    def one(self, sql: str, *values: object) -> tuple[object, ...] | None:
        """The first row of a query, or None."""
        found: tuple[object, ...] | None = self._connection().execute(sql, values).fetchone()
        return found

    def all(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """Every row of a query."""
        return self._connection().execute(sql, values).fetchall()

    def meta(self, name: str) -> str:
        """A property of the index."""
        found = self.one("SELECT value FROM meta WHERE name = ?", name)
        assert found is not None, name
        return str(found[0])


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet.

    Attributes:
        facet, key: what addresses hold.
        iri: of the thing, empty for a year.
        label_fr, label_en: its labels.
        kind: of a territory, empty elsewhere.
        count: the rows that have it (among those asked for, in an answer; among all, in `values`).
        parents: keys of the broader values.
    """

    facet: str
    key: str
    iri: str
    label_fr: str
    label_en: str
    kind: str
    count: int
    parents: tuple[str, ...] = ()

    def label(self, language: str) -> str:
        """Its label in a language of the site."""
        return self.label_en if language == "en" else self.label_fr


@dataclass(frozen=True, slots=True)
class Cited:
    """A passage of a source text that the graph cites.

    Attributes:
        start, end: code-point offsets in the whole text, half-open.
        subject: IRI of the thing that is derived from it.
    """

    start: int
    end: int
    subject: str


@dataclass(frozen=True, slots=True)
class TextPage:
    """A page of a source text.

    Attributes:
        number, pages: which page, of how many.
        first_line: number of its first line in the whole text.
        start: code-point offset of its first character in the whole text.
        text: its characters.
        passages: what is cited in it, by start, the longest first.
    """

    number: int
    pages: int
    first_line: int
    start: int
    text: str
    passages: tuple[Cited, ...]


class Values:
    """The values of the facets of an index."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        counts = reader.all("SELECT facet, count(*) FROM value GROUP BY facet")
        self._sizes = {str(facet): int(str(count)) for facet, count in counts}
        # Bounded caches: bitmaps are small, and the same facets are asked for again and again.
        self.rows_of = lru_cache(maxsize=20_000)(self._read_rows_of)
        self.value = lru_cache(maxsize=20_000)(self._read_value)
        self.child_keys = lru_cache(maxsize=2_000)(self._read_children)
        self.commonest = lru_cache(maxsize=32)(self._read_commonest)

    def _read_rows_of(self, facet: str, key: str) -> FrozenBitMap:
        found = self._reader.one(
            "SELECT rows FROM value JOIN value_rows USING (id) WHERE facet = ? AND key = ?", facet, key
        )
        return FrozenBitMap.deserialize(blob(found[0])) if found else FrozenBitMap()

    def _read_value(self, facet: str, key: str) -> Value | None:
        found = self._reader.all(f"{_VALUES} WHERE facet = ? AND key = ?", facet, key)
        return _value(found[0], self.parents(facet, key)) if found else None

    def parents(self, facet: str, key: str) -> tuple[str, ...]:
        """The keys of the values directly above one."""
        rows = self._reader.all("SELECT parent FROM broader WHERE facet = ? AND child = ? AND parent <> ''", facet, key)
        return tuple(str(row[0]) for row in rows)

    def _read_children(self, facet: str, parent: str) -> tuple[str, ...]:
        rows = self._reader.all(
            "SELECT child FROM broader JOIN value ON value.facet = broader.facet AND key = child "
            "WHERE broader.facet = ? AND parent = ? ORDER BY n DESC, sort LIMIT ?", facet, parent, SHOWN,
        )  # fmt: skip
        return tuple(str(row[0]) for row in rows)

    def _read_commonest(self, facet: str, limit: int) -> tuple[str, ...]:
        rows = self._reader.all("SELECT key FROM value WHERE facet = ? ORDER BY n DESC, sort LIMIT ?", facet, limit)
        return tuple(str(row[0]) for row in rows)

    def children(self, facet: str, parent: str = "") -> list[Value]:
        """The values directly under one (or under none), the commonest first."""
        found = (self.value(facet, key) for key in self.child_keys(facet, parent))
        return [value for value in found if value is not None]

    def page(self, facet: str, text: str = "", order: str = "n", offset: int = 0, limit: int = 20,
               kind: str = "") -> tuple[int, list[Value]]:  # fmt: skip
        """The values of a facet: their number, and one page of them.

        Args:
            facet: its name.
            text: words that the label must hold.
            order: `n` (the commonest first) or `sort` (by label).
            offset, limit: the page.
            kind: for territories, their kind.
        """
        words = expression(text)
        where, given = "facet = ?", [facet]
        if text.strip():
            where += " AND id IN (SELECT rowid FROM value_word WHERE value_word MATCH ?)"
            given.append(words or '""')
        if kind:
            where += " AND kind = ?"
            given.append(kind)
        by = "sort, key" if order == "sort" else "n DESC, sort, key"
        total = self._reader.one(f"SELECT count(*) FROM value WHERE {where}", *given)  # noqa: S608
        rows = self._reader.all(f"{_VALUES} WHERE {where} ORDER BY {by} LIMIT ? OFFSET ?", *given, limit, offset)
        return int(str(total[0])) if total else 0, [_value(row, self.parents(facet, str(row[1]))) for row in rows]

    def above(self, facet: str, key: str) -> list[str]:
        """The keys of all broader values, the nearest first."""
        found: dict[str, None] = {}
        waiting = [key]
        while waiting:
            parents = [p for p in self.parents(facet, waiting.pop(0)) if p not in found and p != key]
            found.update(dict.fromkeys(parents))
            waiting += parents
        return list(found)

    def kinds(self, facet: str) -> list[tuple[str, int]]:
        """The kinds of the values of a facet with their numbers."""
        rows = self._reader.all("SELECT kind, count(*) FROM value WHERE facet = ? GROUP BY kind ORDER BY 2, 1", facet)
        return [(str(kind), int(str(count))) for kind, count in rows]

    def sizes(self) -> dict[str, int]:
        """The number of values of each facet."""
        return dict(self._sizes)


class Texts:
    """The reading texts of an index."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def page_of(self, source: str, offset: int) -> int | None:
        """The number of the page of a source text that holds an offset, or None when there is no such text."""
        found = self._reader.one(
            "SELECT number FROM page WHERE source = ? AND start <= ? ORDER BY start DESC LIMIT 1", source, offset
        )
        return int(str(found[0])) if found else None

    def page(self, source: str, number: int) -> TextPage | None:
        """A page of a source text with the passages that are cited in it, or None."""
        found = self._reader.one(
            "SELECT first_line, start, text FROM page WHERE source = ? AND number = ?", source, number
        )
        if found is None:
            return None
        (pages,) = self._reader.one("SELECT max(number) FROM page WHERE source = ?", source) or (0,)
        rows = self._reader.all(
            'SELECT start, "end", subject FROM passage WHERE source = ? AND page = ? '
            'ORDER BY start, "end" DESC, subject',
            source, number,
        )  # fmt: skip
        passages = tuple(Cited(int(str(start)), int(str(end)), str(subject)) for start, end, subject in rows)
        first_line, start, text = found
        return TextPage(number, int(str(pages)), int(str(first_line)), int(str(start)), str(text), passages)


_VALUES = "SELECT facet, key, iri, label_fr, label_en, kind, n FROM value"


def _value(row: tuple[object, ...], parents: tuple[str, ...]) -> Value:
    facet, key, iri, label_fr, label_en, kind = (str(cell) for cell in row[:6])
    return Value(facet, key, iri, label_fr, label_en, kind, int(str(row[6])), parents)


def blob(cell: object) -> bytes:
    """A cell that holds bytes."""
    assert isinstance(cell, bytes)
    return cell
