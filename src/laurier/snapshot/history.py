"""The history of an instance: every change of every thing, in one file that each release extends.

A release holds the history up to itself, so that it stays immutable and a server needs nothing else.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import zstandard

from laurier.snapshot.difference import Change, difference
from laurier.snapshot.opened import Snapshot
from laurier.snapshot.packing import stored

NAME = "history.sqlite"
#: Kinds of things that the feed tells of; the others are parts of them.
FEED_KINDS = ("appel", "laureat", "porteur", "programme", "projet", "source", "territoire")
#: Kinds that no history is kept of: passages follow their document.
_LEFT_OUT = ("extrait",)

_SCHEMA = """
CREATE TABLE release (number INTEGER PRIMARY KEY, hash TEXT NOT NULL, published TEXT NOT NULL);
CREATE TABLE change (
    number INTEGER PRIMARY KEY, release INTEGER NOT NULL REFERENCES release(number), iri TEXT NOT NULL,
    kind TEXT NOT NULL, label TEXT NOT NULL, detail BLOB, rank INTEGER UNIQUE
);
CREATE INDEX change_iri ON change (iri, number);
"""


@dataclass(frozen=True, slots=True)
class Event:
    """A change of a thing.

    Attributes:
        rank: its position in the feed, from 1; 0 for a thing that the feed does not tell of.
        iri: of the thing.
        kind: `created`, `updated` or `deleted`.
        label: title of the thing, or empty.
        release: hash of the release that brought it.
        published: when (ISO 8601).
        removed, added: statements (predicate, object) as N-Triples terms; empty for what is new.
    """

    rank: int
    iri: str
    kind: str
    label: str
    release: str
    published: str
    removed: tuple[tuple[str, str], ...] = ()
    added: tuple[tuple[str, str], ...] = ()


def extend(path: Path, old: Snapshot | None, new: Snapshot) -> None:
    """Writes the history of a release: that of the release before it, and what changed since.

    Args:
        path: the file to write; it must not exist.
        old: the release before; None, or one of another base IRI, starts a history.
        new: the release being published.
    """
    if old is not None and (old.base != new.base or not all(stored(old.file(n)).is_file() for n in (NAME, "data.nq"))):
        old = None
    # Opened here anew, so that they can be closed here.
    new = Snapshot(new.folder, new.manifest)
    if old is not None:
        old = Snapshot(old.folder, old.manifest)
        shutil.copyfile(old.file(NAME), path)
    base = sqlite3.connect(path, isolation_level=None)
    try:
        base.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        if old is None:
            base.executescript(_SCHEMA)
        base.execute("BEGIN")
        manifest = new.manifest
        base.execute("INSERT INTO release (hash, published) VALUES (?, ?)", (manifest.hash, manifest.published))
        _append(base, new.base, difference(old, new) if old is not None else _everything(new))
        _append(base, new.base, _datasets(old, new))
        base.execute("COMMIT")
    finally:
        base.close()
        for snapshot in (old, new):
            if snapshot is not None and "entities" in vars(snapshot):
                snapshot.entities.close()


def _append(base: sqlite3.Connection, root: str, changes: Iterable[Change]) -> None:
    (release,) = base.execute("SELECT max(number) FROM release").fetchone()
    (rank,) = base.execute("SELECT coalesce(max(rank), 0) FROM change").fetchone()
    compressor = zstandard.ZstdCompressor(level=3)
    for change in changes:
        kind = change.iri[len(root) :].split("/")
        if change.iri.startswith(f"{root}id/") and kind[1] in _LEFT_OUT:
            continue
        told = change.iri.startswith(f"{root}dataset/") or (
            change.iri.startswith(f"{root}id/") and kind[1] in FEED_KINDS
        )
        rank += told
        detail = None
        if change.kind != "created" and (change.removed or change.added):
            text = json.dumps([change.removed, change.added], ensure_ascii=False, separators=(",", ":"))
            detail = compressor.compress(text.encode())
        base.execute(
            "INSERT INTO change (release, iri, kind, label, detail, rank) VALUES (?,?,?,?,?,?)",
            (release, change.iri, change.kind, change.label, detail, rank if told else None),
        )


def _everything(new: Snapshot) -> Iterator[Change]:
    for kind in FEED_KINDS:
        last = ""
        while iris := new.entities.following(f"{new.base}id/{kind}/", last, 10_000):
            last = iris[-1]
            yield from (Change(iri, "created", "", kind == "laureat", (), ()) for iri in iris)


def _datasets(old: Snapshot | None, new: Snapshot) -> Iterator[Change]:
    was, now = _versions(old), _versions(new)
    for key in sorted({*was, *now}):
        if was.get(key) != now.get(key):
            kind = "created" if key not in was else "deleted" if key not in now else "updated"
            yield Change(f"{new.base}dataset/{key}", kind, "", False, (), ())


def _versions(snapshot: Snapshot | None) -> dict[str, object]:
    entries = snapshot.manifest.dumps if snapshot is not None else ()
    return {str(e["dataset"]): e["version"] for e in entries if e["format"] == "n-quads" and not e["compression"]}


class History:
    """The history of a release, opened for reading; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._base = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)

    def close(self) -> None:
        """Frees the file."""
        self._base.close()

    def of(self, iri: str, limit: int = 100) -> list[Event]:
        """What happened to a thing, newest first."""
        return self._events("change.iri = ? ORDER BY change.number DESC LIMIT ?", (iri, limit))

    def published(self, release: str) -> bool:
        """Whether a release was ever published, by its hash."""
        return self._base.execute("SELECT 1 FROM release WHERE hash = ?", (release,)).fetchone() is not None

    def size(self) -> int:
        """The number of events in the feed."""
        return int(self._base.execute("SELECT coalesce(max(rank), 0) FROM change").fetchone()[0])

    def feed(self, first: int, count: int) -> list[Event]:
        """Events of the feed by rank, oldest first."""
        return self._events("rank >= ? AND rank < ? ORDER BY rank", (first, first + count))

    def _events(self, where: str, values: tuple[object, ...]) -> list[Event]:
        query = (
            "SELECT coalesce(rank, 0), iri, kind, label, hash, published, detail FROM change "  # noqa: S608 - ours
            f"JOIN release ON release.number = change.release WHERE {where}"
        )
        return [_event(row) for row in self._base.execute(query, values)]


def _event(row: tuple[int, str, str, str, str, str, bytes | None]) -> Event:
    removed, added = json.loads(zstandard.ZstdDecompressor().decompress(row[6])) if row[6] else ((), ())
    return Event(*row[:6], tuple((p, o) for p, o in removed), tuple((p, o) for p, o in added))
