"""A release opened for reading, the one that `current` names, and proof that it is whole."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from laurier.errors import SnapshotError
from laurier.snapshot import documents, entities, proofs, publish
from laurier.snapshot import manifest as manifests
from laurier.snapshot.manifest import Manifest

_log = logging.getLogger("laurier.snapshot")


class Snapshot:
    """A release, opened read-only.

    Attributes:
        folder: where it lies.
        manifest: what it holds.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest

    @classmethod
    def open(cls, folder: Path) -> Snapshot:
        """Opens a release; its files are not digested (see `verify`).

        Raises:
            SnapshotError: the folder holds no readable manifest.
        """
        resolved = folder.resolve()
        return cls(resolved, manifests.read(resolved))

    @property
    def hash(self) -> str:
        """The name of the release."""
        return self.manifest.hash

    @property
    def base(self) -> str:
        """The base IRI of the instance."""
        return self.manifest.base

    def file(self, name: str) -> Path:
        """The path of a file or folder of the release (`store`, `data.nq`, `dumps/...`)."""
        return self.folder / name

    @cached_property
    def entities(self) -> entities.Entities:
        """The descriptions of things and what points at them."""
        return entities.Entities(self.file(entities.NAME))

    @cached_property
    def documents(self) -> documents.Documents:
        """The documents that it holds ready in Turtle."""
        return documents.Documents(self.file(documents.NAME))

    def close(self) -> None:
        """Frees what was opened of it."""
        for name in ("entities", "documents"):
            if name in vars(self):
                vars(self)[name].close()

    def verify(self) -> None:
        """Reads every file again and compares it with the manifest.

        Raises:
            SnapshotError: a file is missing, added or altered; the message names it.
        """
        for name, en, fr in manifests.faults(self.folder, self.manifest):
            raise _damaged(self.hash, name, en, fr)

    def prove(self) -> None:
        """The same, but for what was compared since the machine was started and has not changed since (`proofs`).

        Raises:
            SnapshotError: a file is missing, added or altered; the message names it.
        """
        if not proofs.holds(self.folder, self.manifest):
            self.verify()
            proofs.keep(self.folder, self.manifest)


def _damaged(release: str, name: str, en: str, fr: str) -> SnapshotError:
    return SnapshotError(
        f"The release {release} is damaged: the file {name} {en}; build again, or go back to a whole release with "
        "`laurier rollback --to` (`laurier verify --all` tells which are).",
        f"La version {release} est abîmée : le fichier {name} {fr} ; reconstruisez, ou revenez à une version entière "
        "avec `laurier rollback --to` (`laurier verify --all` dit lesquelles le sont).",
        path=name,
    )


def current_name(releases: Path) -> str | None:
    """The name of the release that `current` points at, or None when there is no such link."""
    link = releases / publish.CURRENT
    try:
        return link.readlink().name
    except OSError:
        return None


def current(releases: Path) -> Snapshot:
    """Opens the release that `current` points at, else the newest whole one.

    Raises:
        SnapshotError: there is no release to serve.
    """
    name = current_name(releases)
    if name and (releases / name / manifests.NAME).is_file():
        return Snapshot.open(releases / name)
    for manifest in publish.published(releases):
        snapshot = Snapshot.open(releases / manifest.hash)
        try:
            snapshot.verify()
        except SnapshotError:
            continue
        _log.warning(
            "%s names no release: the newest whole one is used; to keep it so, run `laurier rollback --to %s`",
            releases / publish.CURRENT,
            snapshot.hash,
        )
        return snapshot
    raise _none(releases)


def _none(releases: Path) -> SnapshotError:
    return SnapshotError(
        f"There is no release in {releases}: run `laurier build` first.",
        f"Il n'y a pas de version publiée dans {releases} : lancez d'abord `laurier build`.",
        path=str(releases),
    )


@dataclass(frozen=True, slots=True)
class Examined:
    """A release read again.

    Attributes:
        name: of its folder.
        manifest: None when it cannot be read.
        fault: the first file at fault, empty for a whole release.
    """

    name: str
    manifest: Manifest | None
    fault: str = ""


def examine(releases: Path) -> Iterator[Examined]:
    """Reads every release of a folder again: the newest first, then those whose manifest cannot be read.

    Raises:
        SnapshotError: there is none.
    """
    readable = publish.published(releases)
    known = {manifest.hash for manifest in readable}
    folders = sorted(releases.iterdir()) if releases.is_dir() else []
    names = [f.name for f in folders if f.is_dir() and not f.is_symlink() and not f.name.startswith(".")]
    if not names:
        raise _none(releases)
    for name in (*(manifest.hash for manifest in readable), *(name for name in names if name not in known)):
        snapshot = None
        try:
            snapshot = Snapshot.open(releases / name)
            snapshot.verify()
        except SnapshotError as error:
            fault = error.path if snapshot and error.path else manifests.NAME
            yield Examined(name, snapshot.manifest if snapshot else None, fault)
        else:
            yield Examined(name, snapshot.manifest)


def rollback(releases: Path, to: str | None = None) -> Manifest:
    """Switches back to the release before the current one, or to the one named, once proven whole.

    Raises:
        SnapshotError: there is no such release, or it is damaged; `current` is then untouched.
    """
    everything = {m.hash: m for m in publish.published(releases)}
    now = current_name(releases)
    name = to or _before(everything, now)
    if name not in everything:
        raise SnapshotError(
            f"There is no release {name or 'to go back to'} in {releases}: those there are {', '.join(everything)}.",
            f"Il n'y a pas de version {name or 'antérieure'} dans {releases} : celles présentes sont "
            f"{', '.join(everything)}.",
            path=str(releases),
        )
    with publish.locked(releases):
        Snapshot.open(releases / name).verify()
        publish.switch(releases, name)
    return everything[name]


def _before(everything: Mapping[str, Manifest], now: str | None) -> str:
    """The release before the current one, or empty; the newest one when there is no current one."""
    if now is None or now not in everything:
        return next(iter(everything), "")
    previous = everything[now].previous
    older = (m.hash for m in everything.values() if m.published < everything[now].published)
    return previous if previous in everything else next(older, "")
