"""Where the packaged folders lie, and writing a file whole or not at all."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # linux/fcntl.h, linux/fs.h
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


def exchange(one: Path, other: Path) -> bool:
    """Exchanges the names of two folders in one step (renameat2 of Linux).

    Returns:
        Whether it was done; False where the system or the file system cannot, and then nothing has changed.

    Raises:
        OSError: they cannot be renamed.
    """
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    names = os.fsencode(one), os.fsencode(other)
    if renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP):
        return False
    raise OSError(code, os.strerror(code), str(one), None, str(other))


def sync_folder(path: Path) -> None:
    """Makes the entries of a folder durable (fsync of the directory)."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
