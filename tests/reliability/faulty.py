"""Runs `laurier` in a process that dies, or whose system fails, at a chosen change of the file system.

    python faulty.py count:FILE            -- build …    writes the number of changes to FILE at the end
    python faulty.py kill:N                -- build …    SIGKILL just before the N-th change
    python faulty.py fail:N:ENOSPC         -- build …    the N-th change, and all later ones, raise that OSError
    python faulty.py once:N:EIO            -- build …    the N-th change alone raises that OSError
    python faulty.py none                  -- build …    nothing happens

Changes are seen by an audit hook (PEP 578): files opened for writing, renames, links, folders made, files removed.
What native libraries write between two of them is reached by kills at random times, see `kills.py`.
"""

from __future__ import annotations

import atexit
import errno
import os
import signal
import sys
from pathlib import Path
from typing import Any

_CHANGES = frozenset(
    {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.chmod", "os.truncate", "shutil.rmtree",
     "sqlite3.connect", "shutil.copyfile"}
)  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC


def main() -> None:
    """Reads the fault to cause, arms it, then runs the command."""
    fault, _, *words = sys.argv[1:]
    kind, *rest = fault.split(":")
    sys.argv = ["laurier", *words]
    from laurier.cli import main as command  # noqa: PLC0415 - loading the program is no change

    if kind != "none":
        _arm(kind, rest)
    command()


def _arm(kind: str, rest: list[str]) -> None:
    seen = 0
    target = rest[0]
    at = int(target) if kind != "count" else 0
    code = getattr(errno, rest[1]) if kind in ("fail", "once") else 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if not _changes(event, arguments):
            return
        seen += 1
        if kind == "kill" and seen == at:
            os.kill(os.getpid(), signal.SIGKILL)
        if (kind == "fail" and seen >= at) or (kind == "once" and seen == at):
            raise OSError(code, os.strerror(code), str(arguments[0]))

    sys.addaudithook(hook)
    if kind == "count":
        atexit.register(lambda: Path(target).write_text(str(seen), encoding="utf-8"))


def _changes(event: str, arguments: tuple[Any, ...]) -> bool:
    if event == "open":
        path, _, flags = arguments
        # Devices and descriptors are not the file system under test.
        return bool(flags & _WRITING) and isinstance(path, (str, bytes)) and not str(path).startswith("/dev/")
    return event in _CHANGES


if __name__ == "__main__":
    main()
