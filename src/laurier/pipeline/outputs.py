"""What is written from the quads and the rows of a build: descriptions and indexes, dumps, store.

Each output is a function of the staging folder alone, so that on a large build they are written side by side, each in
a process of its own, and on a small one in turn.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import as_completed
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from laurier import formats, processes
from laurier.flat import Row
from laurier.geometry import kept
from laurier.geometry.kept import Contours
from laurier.iri import Minter
from laurier.pipeline import loading
from laurier.pipeline.known import known
from laurier.reconcile.gazetteer import Gazetteer
from laurier.reconcile.references import References
from laurier.snapshot import documents, dumps, entities, entity_file, places, search_index
from laurier.snapshot.dumps import DumpFile
from laurier.snapshot.entities import Entities
from laurier.snapshot.facets import Names
from laurier.snapshot.graph_files import WHOLE
from laurier.snapshot.packing import packed, text_of
from laurier.snapshot.sorting import Spool
from laurier.vocabulary import Vocabulary

#: Files of a staging folder.
QUADS, CATALOGUE, ROWS, DUMPS = "data.nq", "catalogue.nq", ".rows", "dumps"


@dataclass(frozen=True, slots=True)
class Staged:
    """A staging folder whose quads and rows are written.

    Attributes:
        folder: the staging folder.
        base: base IRI of the instance.
        texts: keys of the sources whose reading text lies in `sources/`.
        moved: IRIs that are no more, each with what it was merged into.
        merged: whether the store's default graph holds the union of all graphs.
        graphs: number of statements by graph IRI.
    """

    folder: Path
    base: str
    texts: tuple[str, ...]
    moved: tuple[tuple[str, str | None], ...]
    merged: bool
    graphs: Mapping[str, int]

    @property
    def rows(self) -> Spool[Row]:
        """The flat rows."""
        return Spool(self.folder / ROWS)


@dataclass(frozen=True, slots=True)
class Written:
    """What the outputs told of themselves: resources by class, and the dumps."""

    counts: dict[str, int]
    dumps: list[DumpFile]


def write(staged: Staged, advance: Callable[[int, int], None]) -> Written:
    """Writes every output.

    Args:
        staged: what to write them from.
        advance: told how many are written, of how many.
    """
    small = (staged.folder / QUADS).stat().st_size <= loading.LARGE
    with processes.pool(1 if small else processes.cores()) as pool:
        # The longest start first.
        loaded, described = pool.submit(_load, staged), pool.submit(_describe, staged)
        graphs, tables = pool.submit(_graphs, staged), pool.submit(_tables, staged)
        indexed = pool.submit(_places, staged)
        started = (loaded, described, graphs, tables, indexed)
        for done, future in enumerate(as_completed(started), 1):
            future.result()
            advance(done, len(started))
        written = Written(described.result(), graphs.result() + tables.result())
    _compress(staged.folder)
    return written


def _describe(staged: Staged) -> dict[str, int]:
    """Descriptions and documents of things, search index; the number of resources by class."""
    path = staged.folder / entities.NAME
    with text_of(staged.folder / QUADS) as lines:
        counts = entity_file.build(lines, path, staged.moved)
    documents.build(path, staged.folder / documents.NAME)
    texts = {key: staged.folder / "sources" / f"{key}.txt" for key in staged.texts}
    with closing(Entities(path)) as reader:
        names = Names(reader, Vocabulary(), Minter(staged.base))
        search_index.build(staged.folder / search_index.NAME, staged.rows, reader, names, texts)
    return counts


def _places(staged: Staged) -> None:
    references = References(outlines=Contours(staged.folder / kept.FOLDER).shape)
    places.build(staged.folder / places.NAME, known(Gazetteer.load(), references), staged.rows)


def _graphs(staged: Staged) -> list[DumpFile]:
    return dumps.write_graphs(staged.folder / DUMPS, staged.folder / QUADS, staged.base, staged.graphs)


def _tables(staged: Staged) -> list[DumpFile]:
    outlines = Contours(staged.folder / kept.FOLDER).shape
    return dumps.write_tables(staged.folder / DUMPS, staged.rows, staged.base, outlines)


def _load(staged: Staged) -> None:
    loading.load(staged.folder, QUADS, merged=staged.merged)


def _compress(folder: Path) -> None:
    """Keeps the quads compressed alone, under a second name of the dump of the whole, when that is large."""
    dump = folder / DUMPS / packed(f"{WHOLE}.{formats.N_QUADS.suffix}")
    if not dump.with_suffix("").exists():
        os.link(dump, folder / packed(QUADS))
        (folder / QUADS).unlink()
