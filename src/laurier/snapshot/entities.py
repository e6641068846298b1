"""The bounded description of every thing, as a key-value file: one look-up serves an entity, whatever the graph's size.

The description of a thing holds its own statements and those of its hash parts, the source passages that it or its
parts are derived from, and the labels of everything else it names (a Concise Bounded Description with labels, after
W3C Member Submission CBD).
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from laurier.quads import split
from laurier.vocabulary import PREFIXES

NAME = "entities.sqlite"

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
_DERIVED = f"<{PREFIXES['prov']}wasDerivedFrom>"
_PASSAGE = f"> {_TYPE} <{PREFIXES['lau']}Excerpt> ."
_BATCH = 50_000
# Names asked for in one statement; SQLite has a limit, and keeps a statement prepared for each number of them.
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Entity:
    """The bounded description of a thing.

    Attributes:
        iri: of the thing.
        ntriples: its description as N-Triples lines, sorted, UTF-8.
    """

    iri: str
    ntriples: bytes


@dataclass(frozen=True, slots=True)
class Link:
    """A statement that points here.

    Attributes:
        subject, predicate: IRIs.
        labels: N-Triples lines that give the label of the subject.
    """

    subject: str
    predicate: str
    labels: str


def build(lines: Iterable[str], path: Path, moved: Iterable[tuple[str, str | None]] = ()) -> dict[str, int]:
    """Writes the file of descriptions from canonical N-Quads.

    Args:
        lines: sorted N-Quads lines without line feeds, one line a statement.
        path: the file to write; it must not exist.
        moved: IRIs that are no more, each with the IRI it was merged into, or None when it was withdrawn.

    Returns:
        The number of subjects by class IRI.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        counts = _fill(connection, lines)
        connection.executemany("INSERT INTO moved VALUES (?, ?)", sorted(moved))
        # Links come by subject and are looked up by target: sorted once, they need no index beside them.
        connection.execute("INSERT INTO link SELECT * FROM scratch.link ORDER BY target, predicate, subject")
        connection.execute("COMMIT")
        connection.executescript("DETACH scratch; PRAGMA optimize;")
    finally:
        connection.close()
    return counts


_SCHEMA = """
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE subject (iri TEXT PRIMARY KEY, lines TEXT NOT NULL, labels TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE link (target TEXT NOT NULL, predicate TEXT NOT NULL, subject TEXT NOT NULL,
    PRIMARY KEY (target, predicate, subject)) WITHOUT ROWID;
CREATE TABLE moved (iri TEXT PRIMARY KEY, target TEXT) WITHOUT ROWID;
-- An unnamed file of SQLite's own, removed when it is let go.
ATTACH '' AS scratch;
CREATE TABLE scratch.link (target TEXT NOT NULL, predicate TEXT NOT NULL, subject TEXT NOT NULL);
"""


def _fill(connection: sqlite3.Connection, lines: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    subjects: list[tuple[str, str, str]] = []
    links: list[tuple[str, str, str]] = []
    for subject, statements in itertools.groupby(map(split, lines), key=lambda parts: parts[0]):
        own: dict[str, None] = {}
        labels: dict[str, None] = {}
        iri = subject[1:-1]
        for _, predicate, value, _ in statements:
            line = f"{subject} {predicate} {value} ."
            if line in own:
                continue
            own[line] = None
            if predicate in _LABELS:
                labels[line] = None
            if predicate == _TYPE:
                counts[value[1:-1]] = counts.get(value[1:-1], 0) + 1
            elif value.startswith("<") and subject.startswith("<"):
                links.append((value[1:-1], predicate[1:-1], iri))
        if subject.startswith("<"):
            subjects.append((iri, "\n".join(own), "\n".join(labels)))
        if len(subjects) >= _BATCH:
            _flush(connection, subjects, links)
    _flush(connection, subjects, links)
    return counts


def _flush(
    connection: sqlite3.Connection, subjects: list[tuple[str, str, str]], links: list[tuple[str, str, str]]
) -> None:
    # A subject with statements in several graphs comes in one group, since lines are sorted by subject.
    connection.executemany("INSERT INTO subject VALUES (?, ?, ?)", subjects)
    connection.executemany("INSERT INTO scratch.link VALUES (?, ?, ?)", links)
    subjects.clear()
    links.clear()


class Entities:
    """The file of descriptions, opened read-only; each thread that reads opens its own."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)

    def close(self) -> None:
        """Frees the file."""
        self._connection.close()

    def entity(self, iri: str) -> Entity | None:
        """The bounded description of a thing, or None when nothing is stated of it."""
        lines = self.description(iri)
        return Entity(iri, ("\n".join(sorted(lines)) + "\n").encode()) if lines is not None else None

    def description(self, iri: str) -> list[str] | None:
        """The same as N-Triples lines without line feeds, in no order, or None."""
        own = self._lines(iri)
        parts = self._connection.execute(
            "SELECT lines FROM subject WHERE iri > ? AND iri < ?", (f"{iri}#", f"{iri}$")
        ).fetchall()
        if own is None and not parts:
            return None
        lines = dict.fromkeys((own or "").split("\n"))
        for (part,) in parts:
            lines.update(dict.fromkeys(part.split("\n")))
        lines.pop("", None)
        self._add_context(iri, lines)
        return list(lines)

    def _add_context(self, iri: str, lines: dict[str, None]) -> None:
        named: dict[str, None] = {}
        excerpts: dict[str, None] = {}
        inside = f"<{iri}#"
        for line in lines:
            _, predicate, rest = line.split(" ", 2)
            if rest[0] == "<" and not rest.startswith(inside):
                (excerpts if predicate == _DERIVED else named)[rest[1:-3]] = None
        for excerpt in excerpts:
            found = self._connection.execute(
                "SELECT lines FROM subject WHERE iri = ? OR (iri > ? AND iri < ?)",
                (excerpt, f"{excerpt}#", f"{excerpt}$"),
            )
            for (block,) in found:
                lines.update(dict.fromkeys(block.split("\n")))
        others = list(named)
        for start in range(0, len(others), _AT_ONCE):
            asked = others[start : start + _AT_ONCE]
            marks = ",".join("?" * len(asked))
            query = f"SELECT labels FROM subject WHERE iri IN ({marks}) AND labels <> ''"  # noqa: S608 - only marks
            for (block,) in self._connection.execute(query, asked):
                lines.update(dict.fromkeys(block.split("\n")))

    def things(self) -> Iterator[str]:
        """The IRI of every thing that something is stated of, in order, but for parts and passages."""
        rows = self._connection.execute(
            "SELECT iri FROM subject WHERE instr(iri, '#') = 0 AND instr(lines, ?) = 0 ORDER BY iri", (_PASSAGE,)
        )
        for (iri,) in rows:
            yield iri

    def moved(self, iri: str) -> tuple[str, str | None] | None:
        """("merged", where to) or ("withdrawn", None) for a thing that is no more, else None."""
        row = self._connection.execute("SELECT target FROM moved WHERE iri = ?", (iri,)).fetchone()
        if row is None:
            return None
        return ("merged", str(row[0])) if row[0] else ("withdrawn", None)

    def moves(self) -> Iterator[tuple[str, str | None]]:
        """Every thing that is no more, with what it was merged into, or None when it was withdrawn."""
        yield from self._connection.execute("SELECT iri, target FROM moved ORDER BY iri")

    def _lines(self, iri: str) -> str | None:
        row = self._connection.execute("SELECT lines FROM subject WHERE iri = ?", (iri,)).fetchone()
        return str(row[0]) if row else None

    def labels(self, iri: str) -> str:
        """The N-Triples lines that give the labels of a thing; empty when it has none."""
        row = self._connection.execute("SELECT labels FROM subject WHERE iri = ?", (iri,)).fetchone()
        return str(row[0]) if row else ""

    def incoming(self, iri: str, offset: int = 0, limit: int = 50) -> tuple[int, list[Link]]:
        """What points at a thing: the number of statements, and one page of them, by predicate then subject.

        Its cost grows with that number; `links` tells the first ones at once.
        """
        (total,) = self._connection.execute("SELECT count(*) FROM link WHERE target = ?", (iri,)).fetchone()
        return int(total), self.links(iri, offset, limit)

    def links(self, iri: str, offset: int = 0, limit: int = 50) -> list[Link]:
        """Some of the statements that point at a thing, by predicate then subject."""
        rows = self._connection.execute(
            "SELECT link.subject, predicate, coalesce(labels, '') FROM link LEFT JOIN subject ON iri = link.subject "
            "WHERE target = ? ORDER BY predicate, link.subject LIMIT ? OFFSET ?",
            (iri, limit, offset),
        )
        return [Link(*row) for row in rows]

    def derived(self, prefix: str) -> Iterator[tuple[str, str]]:
        """Each excerpt whose IRI starts so, with each thing that is derived from it (prov:wasDerivedFrom)."""
        yield from self._connection.execute(
            "SELECT target, subject FROM link WHERE target >= ? AND target < ? AND predicate = ? "
            "ORDER BY target, subject",
            (prefix, prefix + "\U0010ffff", _DERIVED[1:-1]),
        )

    def starting(self, prefix: str, offset: int = 0, limit: int = 50) -> list[str]:
        """A page of the IRIs that start with a prefix, in order."""
        rows = self._connection.execute(
            "SELECT iri FROM subject WHERE iri >= ? AND iri < ? ORDER BY iri LIMIT ? OFFSET ?",
            (prefix, prefix + "\U0010ffff", limit, offset),
        )
        return [row[0] for row in rows]

    def following(self, prefix: str, after: str = "", limit: int = 50) -> list[str]:
        """The next IRIs that start with a prefix, in order, after one of them; as cheap at any depth."""
        rows = self._connection.execute(
            "SELECT iri FROM subject WHERE iri > ? AND iri < ? ORDER BY iri LIMIT ?",
            (max(prefix, after), prefix + "\U0010ffff", limit),
        )
        return [row[0] for row in rows]
