"""The dumps of a release: every dataset as one file a format, the same bytes at every run, in constant memory.

A dataset is the graph of one source; `WHOLE` holds every graph, `VOCABULARY` the ontology with its schemes.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import IO, Any

import pyoxigraph as ox

from laurier import formats
from laurier.errors import DataRefused, SnapshotError
from laurier.flat import Row
from laurier.formats import Format
from laurier.iri import Minter
from laurier.snapshot import tables
from laurier.snapshot.table_files import SqliteFile, TableFiles
from laurier.vocabulary import PREFIXES

#: Key of the dataset that holds every graph.
WHOLE = "ensemble"
#: Key of the dataset that holds the ontology and its schemes.
VOCABULARY = "ontologie"
_SHARED_GRAPHS = {"ontology": VOCABULARY, "schemes": VOCABULARY, "territories": "", "catalogue": ""}
_SERIALISERS = (
    (formats.TURTLE, ox.RdfFormat.TURTLE),
    (formats.JSON_LD, ox.RdfFormat.JSON_LD),
    (formats.RDF_XML, ox.RdfFormat.RDF_XML),
)
#: Formats that are also offered compressed.
COMPRESSED = (formats.N_QUADS, formats.TURTLE)
_BLOCK = 1 << 20
_HELD = 16 << 20


@dataclass(frozen=True, slots=True)
class DumpFile:
    """A file to download.

    Attributes:
        name: of the file, under `dumps/`.
        dataset: key of the dataset it holds: a source, `WHOLE` or `VOCABULARY`.
        format: name of its row in `formats`.
        compression: `gzip`, or empty.
        size: in bytes.
        sha256, sha512: hexadecimal digests.
        count: statements (distinct triples) of an RDF file, laureates of a table.
        start, end: first and last day that the laureates of a table cover (ISO 8601), or empty.
        issued, modified: first publication of this file and last change of its bytes (ISO 8601), see `dated`.
        version: hash of the release in which its bytes last changed.
        previous: version before that one, or empty.
    """

    name: str
    dataset: str
    format: str
    compression: str
    size: int
    sha256: str
    sha512: str
    count: int
    start: str = ""
    end: str = ""
    issued: str = ""
    modified: str = ""
    version: str = ""
    previous: str = ""


def read(entry: Mapping[str, Any]) -> DumpFile:
    """A file as a manifest keeps it; fields that it lacks are empty."""
    return DumpFile(**entry)


def dated(files: Iterable[DumpFile], before: Iterable[DumpFile], moment: str, version: str) -> list[DumpFile]:
    """The files with their dates and versions: one whose bytes have not changed keeps those that it had.

    Args:
        files: of the release being published.
        before: those of the release that it replaces.
        moment: of publication (ISO 8601).
        version: hash of the release being published.
    """
    known = {file.name: file for file in before if file.version}
    found = []
    for file in files:
        old = known.get(file.name)
        if old is None:
            found.append(replace(file, issued=moment, modified=moment, version=version))
        elif old.sha256 == file.sha256:
            dates = {name: getattr(old, name) for name in ("issued", "modified", "version", "previous")}
            found.append(replace(file, **dates))
        else:
            found.append(replace(file, issued=old.issued, modified=moment, version=version, previous=old.version))
    return found


def write(folder: Path, quads: Path, rows: Iterable[Row], base: str) -> list[DumpFile]:
    """Writes every dump into a folder.

    Args:
        folder: where to write; it is made if missing.
        quads: canonical N-Quads (sorted lines) of every graph but the catalogue.
        rows: the laureates, those of one source together.
        base: base IRI of the instance.

    Raises:
        DataRefused: a text holds a character that RDF/XML cannot carry, or a key is reserved.
        SnapshotError: the rows of a source do not stand together.
        OSError: the disk is full or the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found: list[DumpFile] = []
    counts = _partition(folder, quads, Minter(base))
    for key in sorted(counts):
        source = folder / f"{key}.{formats.N_QUADS.suffix}"
        found.append(_described(source, key, formats.N_QUADS, counts[key]))
        for format_, serialiser in _SERIALISERS:
            target = folder / f"{key}.{format_.suffix}"
            _serialise(source, target, serialiser)
            found.append(_described(target, key, format_, counts[key]))
    found += [_compress(folder, dump) for dump in found if _format(dump) in COMPRESSED]
    found += _tables(folder, rows, Minter(base))
    return sorted(found, key=lambda dump: (dump.dataset, dump.name))


def _format(dump: DumpFile) -> Format:
    return next(row for row in formats.FORMATS if row.name == dump.format)


def _described(path: Path, key: str, format_: Format, count: int, compression: str = "") -> DumpFile:
    short, long = hashlib.sha256(), hashlib.sha512()
    size = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            short.update(block)
            long.update(block)
            size += len(block)
    return DumpFile(path.name, key, format_.name, compression, size, short.hexdigest(), long.hexdigest(), count)


def _compress(folder: Path, dump: DumpFile) -> DumpFile:
    target = folder / f"{dump.name}.{formats.GZIP.suffix}"
    # Neither a time nor a name in the header: the bytes depend on the content alone.
    with (
        (folder / dump.name).open("rb") as source,
        target.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0) as packed,
    ):
        shutil.copyfileobj(source, packed, _BLOCK)
    return _described(target, dump.dataset, _format(dump), dump.count, "gzip")


def _partition(folder: Path, quads: Path, minter: Minter) -> dict[str, int]:
    """One N-Quads file a dataset, and the number of distinct triples of each."""
    whole = folder / f"{WHOLE}.{formats.N_QUADS.suffix}"
    whole.unlink(missing_ok=True)
    try:
        os.link(quads, whole)  # the same bytes: a second name costs no space
    except OSError:
        shutil.copyfile(quads, whole)
    counts: dict[str, int] = {WHOLE: 0}
    last: dict[str, str] = {}
    held: dict[str, list[str]] = {}
    waiting = 0
    with quads.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            triple, _, graph = line[:-4].rpartition(" <")
            if last.get(WHOLE) != triple:  # a triple of several graphs stands on lines that follow each other
                counts[WHOLE] += 1
                last[WHOLE] = triple
            key = _dataset(graph, minter)
            if not key:
                continue
            if last.get(key) != triple:
                counts[key] = counts.get(key, 0) + 1
                last[key] = triple
            held.setdefault(key, []).append(line)
            waiting += len(line)
            if waiting >= _HELD:
                _append(folder, held)
                waiting = 0
    _append(folder, held)
    return counts


def _append(folder: Path, held: dict[str, list[str]]) -> None:
    for key, lines in held.items():
        with (folder / f"{key}.{formats.N_QUADS.suffix}").open("a", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
    held.clear()


def _dataset(graph: str, minter: Minter) -> str:
    prefix = minter.graph("")
    name = graph[len(prefix) :] if graph.startswith(prefix) else ""  # percent-encoded: safe as a file name
    key = _SHARED_GRAPHS.get(name, name)
    if name in (WHOLE, VOCABULARY):
        raise DataRefused(
            f"The source key '{name}' is reserved for a dataset of the catalogue: rename its folder.",
            f"La clé de source « {name} » est réservée à un jeu de données du catalogue : renommez son dossier.",
        )
    return key


def _serialise(source: Path, target: Path, serialiser: ox.RdfFormat) -> None:
    with target.open("wb") as file:
        output: IO[bytes] = _XmlFile(file) if serialiser == ox.RdfFormat.RDF_XML else file
        ox.serialize(_triples(source), output, serialiser, prefixes=PREFIXES)


def _triples(source: Path) -> Iterator[ox.Triple]:
    """The distinct triples of sorted N-Quads: those of several graphs follow each other."""
    last: ox.Triple | None = None
    for quad in ox.parse(path=str(source), format=ox.RdfFormat.N_QUADS):
        triple = quad.triple
        if triple != last:
            yield triple
            last = triple


# XML 1.0 section 2.2: no control character but tab, line feed and carriage return, and no U+FFFE or U+FFFF.
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


class _XmlFile(io.BytesIO):
    """A file that keeps XML well-formed and exact where the serialiser does not.

    An XML parser reads a bare carriage return as a line feed (XML 1.0 section 2.11); the serialiser writes none of its
    own, so each one is text and becomes a reference.
    """

    def __init__(self, file: io.BufferedWriter) -> None:
        super().__init__()
        self._file = file
        self._tail = b""

    def write(self, block: bytes, /) -> int:  # type: ignore[override]
        if _NOT_XML.search(self._tail + block):
            raise DataRefused(
                "A text of the graph holds a control character that XML cannot carry: remove it from the source.",
                "Un texte du graphe contient un caractère de contrôle interdit en XML : retirez-le de la source.",
            )
        self._tail = block[-2:]
        self._file.write(block.replace(b"\r", b"&#xD;"))
        return len(block)


def _tables(folder: Path, rows: Iterable[Row], minter: Minter) -> list[DumpFile]:
    found: list[DumpFile] = []
    seen: set[str] = set()
    total = 0
    whole = TableFiles(folder, WHOLE)
    with whole, SqliteFile(folder / f"{WHOLE}.{formats.SQLITE.suffix}") as base:
        for source, group in groupby(rows, key=lambda row: row.source):
            key = _source_key(source, minter, seen)
            count = 0
            with TableFiles(folder, key) as own:
                for row in group:
                    line, feature = tables.csv_line(row), tables.geojson_feature(row)
                    own.write(row, line, feature)
                    whole.write(row, line, feature)
                    base.write(row)
                    count += 1
            total += count
            found += _described_tables(own, key, count)
    found += _described_tables(whole, WHOLE, total)
    found.append(_described(folder / f"{WHOLE}.{formats.SQLITE.suffix}", WHOLE, formats.SQLITE, total))
    return found


def _described_tables(of: TableFiles, key: str, count: int) -> list[DumpFile]:
    start, end = of.days
    return [replace(_described(path, key, format_, count), start=start, end=end) for path, format_ in of.files]


def _source_key(source: str, minter: Minter, seen: set[str]) -> str:
    kind, key = minter.split(source) or ("", "")
    if kind != "source" or key in seen:
        raise SnapshotError(
            f"The laureates of the source {source} do not stand together, or it is not a source of this instance.",
            f"Les lauréats de la source {source} ne se suivent pas, ou ce n'est pas une source de cette instance.",
        )
    seen.add(key)
    return minter.graph(key)[len(minter.graph("")) :]
