"""“Which projects cover my commune?”: every unit of France by name, code or postal code, and what covers it.

`places.sqlite` holds the units of the gazetteer with all their names, what contained each of them and when, and the
territories that the laureates of the release are linked to. One look-up answers, whatever the size of the graph.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from laurier.flat import Row
from laurier.snapshot.words import words

NAME = "places.sqlite"
_BATCH = 20_000
#: Order of the answers: the unit itself, then what lies inside it, then what contains it.
EQUAL, INSIDE, CONTAINS = "equal", "inside", "contains"

_SCHEMA = """
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE unit (kind TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, within TEXT NOT NULL,
                   population INTEGER NOT NULL, current INTEGER NOT NULL, longitude REAL, latitude REAL,
                   PRIMARY KEY (kind, code)) WITHOUT ROWID;
CREATE TABLE spelling (folded TEXT NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL,
                       PRIMARY KEY (folded, kind, code)) WITHOUT ROWID;
CREATE TABLE contained (kind TEXT NOT NULL, code TEXT NOT NULL, by_kind TEXT NOT NULL, by_code TEXT NOT NULL,
                        since TEXT NOT NULL, until TEXT NOT NULL,
                        PRIMARY KEY (kind, code, by_kind, by_code, since)) WITHOUT ROWID;
CREATE TABLE covered (kind TEXT NOT NULL, code TEXT NOT NULL, laureate TEXT NOT NULL, title TEXT NOT NULL,
                      status TEXT NOT NULL, start TEXT NOT NULL,
                      PRIMARY KEY (kind, code, laureate)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A unit as the index takes it in.

    Attributes:
        kind, code, name: of the unit, under its latest name.
        spellings: all its names, codes and postal codes.
        within: name of what to tell it by (its département), empty for none.
        population: inhabitants, 0 where unknown.
        current: whether it still exists.
        containers: (kind, code, since, until) of what contained it, ISO dates, empty where open.
        longitude, latitude: of its centre (WGS 84), None where unknown.
    """

    kind: str
    code: str
    name: str
    spellings: tuple[str, ...]
    within: str
    population: int
    current: bool
    containers: tuple[tuple[str, str, str, str], ...]
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A unit that a question may mean."""

    kind: str
    code: str
    name: str
    within: str


@dataclass(frozen=True, slots=True)
class Cover:
    """A laureate that covers a unit.

    Attributes:
        laureate: its IRI.
        title: of its project.
        relation: `equal`, `inside` (its territory lies inside the unit) or `contains`.
        by: the territory that it is linked to.
        status: key of the link scheme (a `partie-de` covers a part only).
        since, until: for `contains`, when the unit was a member of that territory; empty where open.
    """

    laureate: str
    title: str
    relation: str
    by: Found
    status: str
    since: str = ""
    until: str = ""


def build(path: Path, units: Iterable[Known], rows: Iterable[Row]) -> None:
    """Writes the index; the file must not exist."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        for unit in units:
            _add(connection, unit)
        for row in rows:
            connection.executemany(
                "INSERT OR IGNORE INTO covered VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (p.kind, p.code, row.laureate, row.title, p.status, row.start.isoformat() if row.start else "")
                    for p in row.places
                ],
            )
        connection.execute("COMMIT")
        connection.executescript("CREATE INDEX container ON contained (by_kind, by_code); PRAGMA optimize;")
        connection.execute("VACUUM")
    finally:
        connection.close()


def _add(connection: sqlite3.Connection, unit: Known) -> None:
    key = (unit.kind, unit.code)
    connection.execute(
        "INSERT INTO unit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*key, unit.name, unit.within, unit.population, unit.current, unit.longitude, unit.latitude),
    )
    folded = sorted({_spelt(spelling) for spelling in unit.spellings} - {""})
    connection.executemany("INSERT INTO spelling VALUES (?, ?, ?)", [(name, *key) for name in folded])
    connection.executemany(
        "INSERT OR IGNORE INTO contained VALUES (?, ?, ?, ?, ?, ?)", [(*key, *c) for c in unit.containers]
    )


class PlaceIndex:
    """The index of places, opened read-only."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)

    def close(self) -> None:
        """Frees the file."""
        self._connection.close()

    def find(self, question: str, limit: int = 20) -> list[Found]:
        """The units that a name, an old name, a code or a postal code may mean, likeliest first.

        A whole name comes before a name that only starts so; larger and current units come first.
        """
        wanted = _spelt(question)
        if not wanted:
            return []
        rows = self._connection.execute(
            "SELECT DISTINCT kind, code, name, within FROM ("
            "  SELECT kind, code, name, within, folded = ?1 AS whole, current, population FROM spelling"
            "  JOIN unit USING (kind, code) WHERE folded >= ?1 AND folded < ?1 || char(1114111)"
            "  ORDER BY whole DESC, code = upper(?1) DESC, current DESC, kind = 'commune' DESC, population DESC, code"
            "  LIMIT 400"
            ") LIMIT ?2",
            (wanted, limit),
        )
        return [Found(*row) for row in rows]

    def unit(self, kind: str, code: str) -> Found | None:
        """A unit by its kind and code."""
        row = self._connection.execute(
            "SELECT kind, code, name, within FROM unit WHERE kind = ? AND code = ?", (kind, code)
        ).fetchone()
        return Found(*row) if row else None

    def centre(self, kind: str, code: str) -> tuple[float | None, float | None]:
        """Longitude and latitude of the centre of a unit (WGS 84), None where unknown."""
        row = self._connection.execute(
            "SELECT longitude, latitude FROM unit WHERE kind = ? AND code = ?", (kind, code)
        ).fetchone()
        return (row[0], row[1]) if row else (None, None)

    def coded(self, code: str) -> list[Found]:
        """The units that bear a code, whatever their kind: communes first, larger ones first."""
        rows = self._connection.execute(
            "SELECT kind, code, name, within FROM unit WHERE code = ? "
            "ORDER BY kind = 'commune' DESC, current DESC, population DESC, kind",
            (code,),
        )
        return [Found(*row) for row in rows]

    def postal(self, code: str) -> list[Found]:
        """The units that a postal code serves, without the one whose own code it is: current and larger ones first."""
        if not (len(code) == 5 and code.isascii() and code.isdigit()):
            return []
        rows = self._connection.execute(
            "SELECT kind, code, name, within FROM spelling JOIN unit USING (kind, code) "
            "WHERE folded = ?1 AND code <> ?1 ORDER BY current DESC, kind = 'commune' DESC, population DESC, code",
            (code,),
        )
        return [Found(*row) for row in rows]

    def covers(self, kind: str, code: str) -> list[Cover]:
        """The laureates whose territory equals a unit, lies inside it or contains it, in that order, each once."""
        found: dict[str, Cover] = {}
        for cover in self._each(kind, code):
            found.setdefault(cover.laureate, cover)
        return list(found.values())

    def _each(self, kind: str, code: str) -> Iterator[Cover]:
        own = self.unit(kind, code)
        if own is None:
            return
        for laureate, title, status, _ in self._linked(kind, code):
            yield Cover(laureate, title, EQUAL, own, status)
        inside = self._connection.execute(
            "SELECT DISTINCT unit.kind, unit.code, name, within FROM contained JOIN unit USING (kind, code) "
            "WHERE by_kind = ? AND by_code = ? ORDER BY name, unit.code",
            (kind, code),
        ).fetchall()
        for row in inside:
            for laureate, title, status, _ in self._linked(row[0], row[1]):
                yield Cover(laureate, title, INSIDE, Found(*row), status)
        around = self._connection.execute(
            "SELECT unit.kind, unit.code, name, within, since, until, current FROM contained "
            "JOIN unit ON unit.kind = by_kind AND unit.code = by_code WHERE contained.kind = ? AND contained.code = ? "
            "ORDER BY until = '' DESC, CASE by_kind WHEN 'commune' THEN 0 WHEN 'ept' THEN 1 WHEN 'epci' THEN 2 "
            "WHEN 'departement' THEN 3 ELSE 4 END, until DESC, unit.code",
            (kind, code),
        ).fetchall()
        for *row, since, until, current in around:
            for laureate, title, status, start in self._linked(row[0], row[1]):
                if _held(start, since, until, bool(current)):
                    yield Cover(laureate, title, CONTAINS, Found(*row), status, since, until)

    def _linked(self, kind: str, code: str) -> list[tuple[str, str, str, str]]:
        return self._connection.execute(
            "SELECT laureate, title, status, start FROM covered WHERE kind = ? AND code = ? ORDER BY title, laureate",
            (kind, code),
        ).fetchall()


def _spelt(text: str) -> str:
    return " ".join(words(text))


def _held(start: str, since: str, until: str, current: bool) -> bool:
    """Whether a unit was contained when a project started; a territory that was no more by then keeps its last members.

    A project without a date is taken as of today.
    """
    if not start:
        return not until or not current
    return (since <= start and (not until or start < until)) or (not current and bool(until) and until <= start)
