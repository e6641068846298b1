"""Publishing: a staging folder, synchronised and digested, then one atomic switch of `current`.

Killed at any instant, what was served before is still served: the rename of the symbolic link `current` is the one
commit point.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from laurier import files
from laurier.errors import SnapshotError
from laurier.snapshot import manifest as manifests
from laurier.snapshot.manifest import Manifest

CURRENT = "current"
_LOCK = ".lock"
_STAGING = ".staging-"
KEPT = 5


@contextmanager
def publisher(releases: Path) -> Iterator[Path]:
    """Holds the one right to publish in a folder, and gives a fresh staging folder in it.

    The lock is the kernel's (flock on a file that is never deleted), so a killed publisher leaves none behind; what it
    left of staging folders is removed here.

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
            staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=releases))
            staging.chmod(0o755)
        try:
            with _told(releases):
                yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    finally:
        os.close(descriptor)


def seal(staging: Path, manifest: Manifest) -> Manifest:
    """Digests and synchronises every file of a staging folder, then writes its manifest."""
    entries = {}
    for path in sorted(p for p in staging.rglob("*") if p.is_file()):
        entries[path.relative_to(staging).as_posix()] = manifests.digest(path)
        _sync(path)
    sealed = replace(manifest, files=entries)
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
    if target.exists() and not _whole(target):
        shutil.rmtree(target)
    if not target.exists():
        staging.rename(target)
        files.sync_folder(releases)
    switch(releases, manifest.hash)
    _prune(releases, keep={manifest.hash, manifest.previous})
    return target


def switch(releases: Path, name: str) -> None:
    """Points `current` at a release, in one step."""
    beside = releases / f".{CURRENT}.{os.getpid()}"
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


def _whole(folder: Path) -> bool:
    try:
        entries = manifests.read(folder).files
    except SnapshotError:
        return False
    return all((folder / n).is_file() and manifests.digest(folder / n) == entry for n, entry in entries.items())


def _prune(releases: Path, keep: set[str]) -> None:
    # A reader may still hold the release before; several are kept so that `rollback` has where to go.
    for old in published(releases)[KEPT:]:
        if old.hash not in keep:
            doomed = releases / f"{_STAGING}pruned-{old.hash}"
            (releases / old.hash).rename(doomed)
            shutil.rmtree(doomed, ignore_errors=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO):
            raise
        raise SnapshotError(
            f"The release could not be written in {folder} ({error.strerror}): free space or give write access, "
            "then run this again; what was served before is untouched.",
            f"La version n'a pas pu être écrite dans {folder} ({error.strerror}) : libérez de la place ou donnez le "
            "droit d'écriture, puis relancez ; ce qui était servi reste intact.",
            path=str(error.filename or folder),
        ) from error
