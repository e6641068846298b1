"""What was stated of each project so far, in a file: a build of any number of projects holds it in constant memory."""

from __future__ import annotations

import pickle
import sqlite3
from pathlib import Path

from laurier.mapping.again import Stated

_CACHE_KB = 32 * 1024


class Remembered:
    """The first statement of each project, by its key.

    The file holds pickled frozen records of this program, lives in the staging folder and is removed before sealing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._base = sqlite3.connect(path, isolation_level=None)
        self._base.executescript(
            f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -{_CACHE_KB};"
            "CREATE TABLE stated (key TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID; BEGIN;"
        )

    def first(self, key: str, stated: Stated) -> Stated:
        """What was first stated of a project: what is given, unless something was before."""
        found = self._base.execute("SELECT record FROM stated WHERE key = ?", (key,)).fetchone()
        if found is not None:
            record: Stated = pickle.loads(found[0])  # noqa: S301 - written by this very program, in its own folder
            return record
        self._base.execute("INSERT INTO stated VALUES (?, ?)", (key, pickle.dumps(stated, pickle.HIGHEST_PROTOCOL)))
        return stated

    def remove(self) -> None:
        """Deletes the file."""
        self._base.close()
        self._path.unlink(missing_ok=True)
