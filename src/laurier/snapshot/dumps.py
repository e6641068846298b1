"""The dumps of a release: every dataset as one file a format, the same bytes at every run, in constant memory.

A dataset is the graph of one source; one more holds every graph, and one the ontology with its schemes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from laurier import formats
from laurier.errors import SnapshotError
from laurier.flat import Row
from laurier.formats import Format
from laurier.geometry.shapes import Outlines, no_outlines
from laurier.iri import Minter
from laurier.snapshot import graph_files, tables
from laurier.snapshot.graph_files import WHOLE, GraphFile
from laurier.snapshot.lists import LAUREATES
from laurier.snapshot.packing import pack, packed
from laurier.snapshot.table_files import BATCH, SqliteFile, TableFiles, arrow

_BLOCK = 1 << 20
_GZIP = "gzip"


@dataclass(frozen=True, slots=True)
class DumpFile:
    """A file to download.

    Attributes:
        name: of the file, under `dumps/`.
        dataset: key of the dataset it holds: a source, or one of those of `graph_files`.
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

    They are in the order of their datasets and names.

    Args:
        files: of the release being published.
        before: those of the release that it replaces.
        moment: of publication (ISO 8601).
        version: hash of the release being published.
    """
    known = {file.name: file for file in before if file.version}
    found = []
    for file in sorted(files, key=lambda file: (file.dataset, file.name)):
        old = known.get(file.name)
        if old is None:
            found.append(replace(file, issued=moment, modified=moment, version=version))
        elif old.sha256 == file.sha256:
            dates = {name: getattr(old, name) for name in ("issued", "modified", "version", "previous")}
            found.append(replace(file, **dates))
        else:
            found.append(replace(file, issued=old.issued, modified=moment, version=version, previous=old.version))
    return found


def write_graphs(folder: Path, quads: Path, base: str, statements: Mapping[str, int]) -> list[DumpFile]:
    """Writes the graph of every dataset into a folder.

    A dataset of up to `graph_files.LARGE` statements comes in every serialisation, and compressed in N-Quads; a larger
    one compressed alone, in N-Quads and Turtle.

    Args:
        folder: where to write; it is made if missing.
        quads: canonical N-Quads (sorted lines) of every graph but the catalogue.
        base: base IRI of the instance.
        statements: how many each graph has, by IRI; one that is absent is not large.

    Raises:
        DataRefused: a text holds a character that RDF/XML cannot carry, or a key is reserved.
        OSError: the disk is full or the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    graphs = graph_files.write(folder, quads, Minter(base), statements)
    with ThreadPoolExecutor(max_workers=2) as pool:  # digests and compression leave the interpreter free
        return [dump for dumps in pool.map(lambda file: _of_graph(folder, file), graphs) for dump in dumps]


def write_tables(folder: Path, rows: Iterable[Row], base: str, outlines: Outlines = no_outlines) -> list[DumpFile]:
    """Writes the tables of every dataset into a folder.

    Args:
        folder: where to write; it is made if missing.
        rows: the laureates, those of one source together.
        base: base IRI of the instance.
        outlines: the contours of the instance.

    Raises:
        DataRefused: a number is too large to be a figure.
        SnapshotError: the rows of a source do not stand together.
        OSError: the disk is full or the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    minter = Minter(base)
    found: list[DumpFile] = []
    seen: set[str] = set()
    total = 0
    whole = TableFiles(folder, WHOLE)
    with whole, SqliteFile(folder / f"{WHOLE}.{formats.SQLITE.suffix}") as joined:
        for source, group in groupby(rows, key=lambda row: row.source):
            key = _source_key(source, minter, seen)
            count = 0
            with TableFiles(folder, key) as own:
                for batch in tables.batches(group, BATCH):
                    columns = LAUREATES.cells(batch)
                    lines = tables.csv_text(LAUREATES, columns)
                    features = tables.geojson_features(LAUREATES, batch, columns, outlines)
                    shown = lines, features, arrow(LAUREATES, batch, columns)
                    own.write(*shown)
                    whole.write(*shown)
                    joined.write(batch, columns)
                    count += len(batch)
            total += count
            found += _described_tables(own, key, count)
    found += _described_tables(whole, WHOLE, total)
    found.append(_described(folder / f"{WHOLE}.{formats.SQLITE.suffix}", WHOLE, formats.SQLITE, total))
    return found


def _of_graph(folder: Path, file: GraphFile) -> list[DumpFile]:
    told = file.dataset, file.format, file.count
    if file.packed:
        return [_described(folder / file.name, *told, _GZIP)]
    found = [_described(folder / file.name, *told)]
    if file.format is formats.N_QUADS:
        beside = folder / packed(file.name)
        pack(folder / file.name, beside)
        found.append(_described(beside, *told, _GZIP))
    return found


def _described(path: Path, key: str, format_: Format, count: int, compression: str = "") -> DumpFile:
    short, long = hashlib.sha256(), hashlib.sha512()
    size = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            short.update(block)
            long.update(block)
            size += len(block)
    return DumpFile(path.name, key, format_.name, compression, size, short.hexdigest(), long.hexdigest(), count)


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
