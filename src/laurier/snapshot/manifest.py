"""The manifest of a release: what it holds, with digests, and the hash that names it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

from laurier import processes
from laurier.errors import SnapshotError

NAME = "manifest.json"
#: Of the files of a release; those of another are built again.
FORMAT = 3
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of a release.

    Attributes:
        size: in bytes.
        sha256: hexadecimal digest.
    """

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a release holds.

    Attributes:
        hash: the name of the release: 16 hexadecimal digits over the facts and the version of the program.
        base: base IRI of the instance.
        version: version of Laurier that built it.
        published: first publication of this content, ISO 8601 in UTC, to the second.
        quads: number of statements, catalogue excluded.
        graphs: number of statements by graph IRI.
        counts: number of resources by class IRI.
        documents: one mapping per source document (key, title, file, sha256...), as JSON values.
        dumps: one mapping per downloadable file, as JSON values.
        tools: versions of the libraries that wrote the files.
        union: whether the default graph of a query is the union of all graphs (else the unnamed graph alone).
        merged: whether the store's default graph holds that union itself.
        previous: hash of the release that this one replaced, or empty.
        files: digest and size of every file of the folder but this one, by relative path.
    """

    hash: str
    base: str
    version: str
    published: str
    quads: int = 0
    graphs: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    documents: tuple[Mapping[str, object], ...] = ()
    dumps: tuple[Mapping[str, object], ...] = ()
    tools: Mapping[str, str] = field(default_factory=dict)
    union: bool = True
    merged: bool = False
    previous: str = ""
    files: Mapping[str, FileEntry] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """The manifest as it is written: keys in a fixed order, UTF-8, with the digest of all the rest."""
        table = asdict(self) | {"format": FORMAT}
        return _written(table | {"sha256": hashlib.sha256(_written(table)).hexdigest()})


def read(folder: Path) -> Manifest:
    """Reads the manifest of a release.

    Raises:
        SnapshotError: it is missing, damaged, or of a format this version does not know.
    """
    if not folder.is_dir():
        raise SnapshotError(
            f"There is no release {folder.name} in {folder.parent}: give one of the folders there.",
            f"Il n'y a pas de version {folder.name} dans {folder.parent} : donnez l'un des dossiers qui s'y trouvent.",
            path=str(folder),
        )
    try:
        content = (folder / NAME).read_bytes()
        table = json.loads(content)
        known = table.pop("format") == FORMAT
        del table["sha256"]
        table["files"] = {name: FileEntry(**entry) for name, entry in table["files"].items()}
        table["documents"] = tuple(table["documents"])
        table["dumps"] = tuple(table["dumps"])
        manifest = Manifest(**table)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable(folder, type(error).__name__) from error
    if not known:
        raise SnapshotError(
            f"The files of the release {folder.name} are those of another version of Laurier: build again.",
            f"Les fichiers de la version {folder.name} sont ceux d'une autre version de Laurier : reconstruisez.",
            path=str(folder / NAME),
        )
    if manifest.to_json() != content:
        raise _unreadable(folder, "altered")
    return manifest


def _written(table: Mapping[str, object]) -> bytes:
    return json.dumps(table, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _unreadable(folder: Path, why: str) -> SnapshotError:
    return SnapshotError(
        f"The release {folder.name} has no readable {NAME} ({why}): build again, or go back to a whole release with "
        "`laurier rollback --to` (`laurier verify --all` tells which are).",
        f"La version {folder.name} n'a pas de {NAME} lisible ({why}) : reconstruisez, ou revenez à une version entière "
        "avec `laurier rollback --to` (`laurier verify --all` dit lesquelles le sont).",
        path=str(folder / NAME),
    )


def digest(path: Path) -> FileEntry:
    """Size and SHA-256 of a file, read in blocks."""
    total = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            total.update(block)
            size += len(block)
    return FileEntry(size, total.hexdigest())


def faults(folder: Path, manifest: Manifest) -> Iterator[tuple[str, str, str]]:
    """What differs between a release and its manifest; every file is read, several at a time.

    The time is that of SHA-256 over the whole release, a core or more GB a second, or that of the disk.

    Returns:
        For each file that is missing, added or altered its name, and the fault in English and in French.
    """
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {NAME}
    for name in sorted(manifest.files.keys() - found):
        yield name, "is missing", "manque"
    for name in sorted(found - manifest.files.keys()):
        yield name, "is not in the manifest", "ne figure pas dans le manifeste"
    names = sorted(manifest.files.keys() & found)
    with ThreadPoolExecutor(processes.cores()) as pool:  # digests leave the interpreter free
        for name, good in zip(names, pool.map(lambda n: _good(folder / n, manifest.files[n]), names), strict=True):
            if not good:
                yield name, "has been altered", "a été altéré"


def _good(path: Path, entry: FileEntry) -> bool:
    try:
        return path.stat().st_size == entry.size and digest(path) == entry
    except OSError:
        return False


def release_hash(version: str, base: str, parts: Iterable[tuple[str, str]]) -> str:
    """The name of a release: it changes with the facts, the base IRI and the version of the program only.

    Args:
        version: of Laurier.
        base: base IRI.
        parts: name and SHA-256 of each file that holds facts (data, report, review list, source texts).
    """
    lines = [f"laurier {version}", base, *(f"{digest} {name}" for name, digest in sorted(parts))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
