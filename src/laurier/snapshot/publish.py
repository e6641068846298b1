"""Publishing: a staging folder, synchronised and digested, then one atomic switch of `current`.

Killed at any instant, what was served before is still served: the rename of the symbolic link `current` is the one
commit point.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from laurier import files, processes
from laurier.errors import SnapshotError
from laurier.foreign import said
from laurier.snapshot import manifest as manifests
from laurier.snapshot import proofs
from laurier.snapshot.manifest import FileEntry, Manifest

CURRENT = "current"
_LOCK = ".lock"
_STAGING = ".staging-"
_NEXT = ".current.new"
KEPT = 5


@contextmanager
def locked(releases: Path) -> Iterator[None]:
    """Holds the one right to change what a folder of releases serves, and clears what a killed holder left.

    The lock is the kernel's (flock on a file that is never deleted), so that a killed holder leaves none behind.

    Raises:
        SnapshotError: another publication is in progress, or the folder cannot be written.
    """
    with _told(releases):
        releases.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(releases / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SnapshotError(
                f"Another publication is in progress in {releases}: wait for it to end, then run this again.",
                f"Une autre publication est en cours dans {releases} : attendez sa fin, puis relancez.",
                path=str(releases),
            ) from error
        with _told(releases):
            for left in releases.glob(f"{_STAGING}*"):
                shutil.rmtree(left, ignore_errors=True)
            (releases / _NEXT).unlink(missing_ok=True)
            yield
    finally:
        os.close(descriptor)


@contextmanager
def publisher(releases: Path) -> Iterator[Path]:
    """Holds the right to publish in a folder (see `locked`), and gives a fresh staging folder in it.

    Raises:
        SnapshotError: another publication is in progress, or the folder cannot be written.
    """
    with locked(releases):
        staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=releases))
        staging.chmod(0o755)
        try:
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def seal(staging: Path, manifest: Manifest) -> Manifest:
    """Digests and synchronises every file of a staging folder, then writes its manifest."""
    paths = sorted(path for path in staging.rglob("*") if path.is_file())
    with ThreadPoolExecutor(processes.cores()) as pool:  # digests leave the interpreter free
        entries = list(pool.map(_sealed, paths))
    names = (path.relative_to(staging).as_posix() for path in paths)
    sealed = replace(manifest, files=dict(zip(names, entries, strict=True)))
    files.write_whole(staging / manifests.NAME, sealed.to_json())
    for folder in [p for p in staging.rglob("*") if p.is_dir()]:
        files.sync_folder(folder)
    return sealed


def publish(staging: Path, manifest: Manifest) -> Path:
    """Gives a sealed staging folder its name and switches `current` to it.

    When a whole release of that name is there already, it is kept and only the switch is made.

    Returns:
        The folder of the release.
    """
    releases = staging.parent
    target = releases / manifest.hash
    if target.exists() and not whole(target):
        target.rename(releases / f"{_STAGING}damaged")  # removed by the next holder of the lock, if not here
    if not target.exists():
        staging.rename(target)
        files.sync_folder(releases)
    shutil.rmtree(releases / f"{_STAGING}damaged", ignore_errors=True)
    proofs.keep(target, manifest)
    switch(releases, manifest.hash)
    _prune(releases, keep={manifest.hash, manifest.previous})
    return target


def switch(releases: Path, name: str) -> None:
    """Points `current` at a release, in one step; to call under `locked`."""
    beside = releases / _NEXT
    beside.unlink(missing_ok=True)
    beside.symlink_to(name)
    beside.replace(releases / CURRENT)
    files.sync_folder(releases)


def published(releases: Path) -> list[Manifest]:
    """The releases of a folder that have a readable manifest, newest first."""
    found = []
    for folder in releases.iterdir() if releases.is_dir() else ():
        if folder.is_dir() and not folder.is_symlink() and not folder.name.startswith("."):
            try:
                found.append(manifests.read(folder))
            except SnapshotError:
                continue
    return sorted(found, key=lambda m: (m.published, m.hash), reverse=True)


def whole(folder: Path) -> bool:
    """Whether a release is exactly what its manifest says."""
    try:
        return not any(manifests.faults(folder, manifests.read(folder)))
    except SnapshotError:
        return False


def _prune(releases: Path, keep: set[str]) -> None:
    # A reader may still hold the release before; several are kept so that `rollback` has where to go.
    for old in published(releases)[KEPT:]:
        if old.hash not in keep:
            doomed = releases / f"{_STAGING}pruned-{old.hash}"
            (releases / old.hash).rename(doomed)
            shutil.rmtree(doomed, ignore_errors=True)


def _sealed(path: Path) -> FileEntry:
    entry = manifests.digest(path)
    _sync(path)
    return entry


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_RIGHTS = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise _unwritten(folder, error) from error


def _unwritten(folder: Path, error: OSError | sqlite3.Error) -> SnapshotError:
    # Libraries raise OSError with a text alone.
    code = error.errno if isinstance(error, OSError) else None
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    at = str((error.filename if isinstance(error, OSError) else None) or folder)
    full = code in _SPACE or "full" in why or "No space" in why
    en, fr = "check the disk and the limits of the account", "vérifiez le disque et les limites du compte"
    if full:
        en, fr = "free space", "libérez de la place"
    elif code in _RIGHTS:
        en, fr = "give write access", "donnez le droit d'écriture"
    told = said(error)
    return SnapshotError(
        f"The release could not be written in {folder} ({at}: {told.en}): {en}, then run this again; what was served "
        "before is untouched.",
        f"La version n'a pas pu être écrite dans {folder} ({at} : {told.fr}) : {fr}, puis relancez ; ce qui était "
        "servi reste intact.",
        path=at,
    )
