"""The bounded description of every thing, as a key-value file: one look-up serves an entity, whatever the graph's size.

The description of a thing holds its own statements and those of its hash parts, the source passages that it or its
parts are derived from, and the labels of everything else it names (a Concise Bounded Description with labels, after
W3C Member Submission CBD).
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from laurier.snapshot.compressed_texts import Compressed, Decompressor
from laurier.vocabulary import PREFIXES

NAME = "entities.sqlite"

_TYPE = f"<{PREFIXES['rdf']}type>"
_DERIVED = f"<{PREFIXES['prov']}wasDerivedFrom>"
_PASSAGE = f"> {_TYPE} <{PREFIXES['lau']}Excerpt> .".encode()
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


#: The parts of a thing (its hash IRIs) are one row, under the IRI of the thing and this.
PARTS = "#"
#: Statements that point at a thing are kept so many a row.
CHUNK = 500


def chunk_key(target: str, number: int) -> str:
    """Names a row of the statements that point at a thing; those of a thing come in order."""
    return f"{target} {number:08}"


class Entities:
    """The file of descriptions, opened read-only; each thread that reads opens its own."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        self._decompressor = Decompressor(self._connection)

    def close(self) -> None:
        """Frees the file."""
        self._connection.close()

    def known(self, iri: str) -> bool:
        """Something is stated of the thing or of a part of it."""
        return self._connection.execute("SELECT 1 FROM subject WHERE iri = ?", (iri,)).fetchone() is not None

    def entity(self, iri: str) -> Entity | None:
        """The bounded description of a thing, or None when nothing is stated of it."""
        lines = self.description(iri)
        return Entity(iri, ("\n".join(sorted(lines)) + "\n").encode()) if lines is not None else None

    def description(self, iri: str) -> list[str] | None:
        """The same as N-Triples lines without line feeds, in no order, or None."""
        own = self._lines([iri])
        if not own:
            return None
        lines = dict.fromkeys(own)
        inside = f"<{iri}#"
        named: dict[str, None] = {}
        excerpts: dict[str, None] = {}
        for line in own:
            _, predicate, rest = line.split(" ", 2)
            if rest[0] == "<" and not rest.startswith(inside):
                (excerpts if predicate == _DERIVED else named)[rest[1:-3]] = None
        whole = [excerpt for excerpt in excerpts if PARTS not in excerpt]
        lines.update(dict.fromkeys(self._lines(whole)))
        for part in excerpts.keys() - whole:  # in data of others, a passage may be a part of its document
            document = self._lines([part.partition(PARTS)[0]])
            lines.update(dict.fromkeys(line for line in document if line.startswith(f"<{part}> ")))
        for block in self._labels(list(named)).values():
            lines.update(dict.fromkeys(block.split("\n")))
        return list(lines)

    def _lines(self, things: list[str]) -> list[str]:
        """The statements of some things and of their parts."""
        found: list[str] = []
        for asked, marks in _shares([key for thing in things for key in (thing, thing + PARTS)]):
            query = f"SELECT dictionary, lines FROM subject WHERE iri IN ({marks})"  # noqa: S608 - only marks
            for row in self._connection.execute(query, asked):
                text = self._decompressor.text(*row)
                found += text.decode().split("\n") if text else ()
        return found

    def _labels(self, iris: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for asked, marks in _shares(iris):
            query = f"SELECT iri, lines FROM label WHERE iri IN ({marks})"  # noqa: S608 - only marks
            found.update(self._connection.execute(query, asked))
        return found

    def things(self) -> Iterator[str]:
        """The IRI of every thing that something is stated of, in order, but for passages."""
        for iri, *packed in self._connection.execute("SELECT iri, dictionary, lines FROM subject ORDER BY iri"):
            if not iri.endswith(PARTS) and _PASSAGE not in self._decompressor.text(*packed):
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

    def labels(self, iri: str) -> str:
        """The N-Triples lines that give the labels of a thing; empty when it has none."""
        return self._labels([iri]).get(iri, "")

    def incoming(self, iri: str, offset: int = 0, limit: int = 50) -> tuple[int, list[Link]]:
        """What points at a thing: the number of statements, and one page of them, by predicate then subject."""
        last = self._connection.execute(
            "SELECT chunk, dictionary, links FROM link WHERE chunk >= ? AND chunk < ? ORDER BY chunk DESC LIMIT 1",
            (f"{iri} ", f"{iri}!"),
        ).fetchone()
        if last is None:
            return 0, []
        before = int(last[0].rpartition(" ")[2]) * CHUNK
        return before + len(self._pairs(last)), self.links(iri, offset, limit)

    def links(self, iri: str, offset: int = 0, limit: int = 50) -> list[Link]:
        """Some of the statements that point at a thing, by predicate then subject; as cheap at any depth."""
        first, start = divmod(offset, CHUNK)
        rows = self._connection.execute(
            "SELECT chunk, dictionary, links FROM link WHERE chunk >= ? AND chunk < ? ORDER BY chunk",
            (chunk_key(iri, first), f"{iri}!"),
        )
        pairs = list(itertools.islice((pair for row in rows for pair in self._pairs(row)), start, start + limit))
        rows.close()
        labels = self._labels(list(dict.fromkeys(subject for _, subject in pairs)))
        return [Link(subject, predicate, labels.get(subject, "")) for predicate, subject in pairs]

    def _pairs(self, row: Compressed) -> list[tuple[str, str]]:
        """Predicate and subject of the links of a row."""
        found = (line.partition(" ") for line in self._decompressor.text(*row[1:]).decode().split("\n"))
        return [(predicate, subject) for predicate, _, subject in found]

    def derived(self, prefix: str) -> Iterator[tuple[str, str]]:
        """Each excerpt whose IRI starts so, with each thing that is derived from it (prov:wasDerivedFrom)."""
        rows = self._connection.execute(
            "SELECT chunk, dictionary, links FROM link WHERE chunk >= ? AND chunk < ? ORDER BY chunk",
            (prefix, prefix + "\U0010ffff"),
        )
        for row in rows:
            excerpt = row[0].partition(" ")[0]
            for predicate, subject in self._pairs(row):
                if predicate == _DERIVED[1:-1]:
                    yield excerpt, subject

    def following(self, prefix: str, after: str = "", limit: int = 50) -> list[str]:
        """The next things whose IRIs start with a prefix, in order, after one of them; as cheap at any depth."""
        rows = self._connection.execute(
            "SELECT iri FROM subject WHERE iri > ? AND iri < ? AND substr(iri, -1) <> ? ORDER BY iri LIMIT ?",
            (max(prefix, after), prefix + "\U0010ffff", PARTS, limit),
        )
        return [row[0] for row in rows]


def _shares(keys: list[str]) -> Iterator[tuple[list[str], str]]:
    """Keys, so many at a time, with a question mark for each."""
    for start in range(0, len(keys), _AT_ONCE):
        share = keys[start : start + _AT_ONCE]
        yield share, ",".join("?" * len(share))
