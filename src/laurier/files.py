"""Where the packaged folders lie, and writing a file whole or not at all."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder `ontology`, `shapes` or `data/gazetteer` that ships with the package.

    In a wheel these folders lie in `laurier/_files/`; in a checkout at the root of the repository.
    """
    packed = _HERE / "_files" / name
    return packed if packed.is_dir() else _HERE.parents[1] / name


def write_whole(path: Path, content: bytes) -> None:
    """Replaces a file by its new content in one step, safe against a kill or a full disk.

    The content is written beside the file, synchronised, then renamed over it; the folder is synchronised too. What a
    killed writer left beside it is overwritten, so that it never accumulates; writers that may run side by side take
    turns with `alone`.

    Raises:
        OSError: the file cannot be written; the old one is then untouched.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Makes those who change the files of a folder take turns: a second one waits for the first.

    The lock is the kernel's, on the folder itself: a killed holder leaves none behind, and no file is added.

    Raises:
        OSError: the folder cannot be opened.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Makes the entries of a folder durable (fsync of the directory)."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
