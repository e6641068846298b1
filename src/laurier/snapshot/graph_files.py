"""The graphs of a release as files: one pass over the sorted statements writes every serialisation of every dataset."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

from laurier import formats
from laurier.errors import DataRefused
from laurier.formats import Format
from laurier.iri import Minter
from laurier.quads import Said, by_subject
from laurier.snapshot.packing import Packed, packed
from laurier.snapshot.writers import JsonLd, RdfXml, Turtle, Writer

#: Key of the dataset that holds every graph.
WHOLE = "ensemble"
#: Key of the dataset that holds the ontology and its schemes.
VOCABULARY = "ontologie"
#: The serialisations of a dataset, in the order in which they are given up as it grows.
FORMATS = (formats.N_QUADS, formats.TURTLE, formats.JSON_LD, formats.RDF_XML)
#: Statements above which a dataset is large: it is then published compressed only, in the serialisations that are read
#: without holding the whole of it.
LARGE = 250_000
_KEPT_WHEN_LARGE = 2
_SHARED = {"ontology": VOCABULARY, "schemes": VOCABULARY, "territories": "", "catalogue": ""}
# Characters of statements read before their texts are appended to the files: none stays open, however many there are.
_MOST_HELD = 3 << 20
_TRIPLE = itemgetter(0, 1)
# A statement as N-Quads, about.
_QUAD = 200


@dataclass(frozen=True, slots=True)
class GraphFile:
    """A file that was written.

    Attributes:
        name: of the file.
        dataset: key of the dataset.
        format: serialisation.
        packed: it is compressed.
        count: distinct triples.
    """

    name: str
    dataset: str
    format: Format
    packed: bool
    count: int


@dataclass(slots=True)
class _Dataset:
    """A dataset being written: its distinct triples so far, and what is held for each serialisation."""

    key: str
    writers: tuple[Writer, ...]
    large: bool
    count: int = 0
    quads: list[str] = field(default_factory=list)
    held: tuple[list[str], ...] = ()

    def name(self, format_: Format) -> str:
        """The name of its file of a serialisation."""
        return packed(f"{self.key}.{format_.suffix}") if self.large else f"{self.key}.{format_.suffix}"


def write(folder: Path, quads: Path, minter: Minter, statements: Mapping[str, int]) -> list[GraphFile]:
    """Writes the serialisations of every dataset.

    Args:
        folder: where to write.
        quads: canonical N-Quads (sorted lines) of every graph but the catalogue.
        minter: of the instance.
        statements: how many each graph has, by IRI, which tells the large ones; one that is absent is not large.

    Raises:
        DataRefused: a text or a property cannot be carried by RDF/XML, or a key is reserved.
    """
    with Packed(folder) as packing:
        return _Pass(folder, minter, packing, statements).run(quads)


class _Pass:
    def __init__(self, folder: Path, minter: Minter, packing: Packed, statements: Mapping[str, int]) -> None:
        self._folder, self._minter, self._packing, self._statements = folder, minter, packing, statements
        self._writers: tuple[Writer, ...] = (Turtle(), JsonLd(), RdfXml())
        self._whole = self._started(WHOLE, sum(statements.values()))
        self._datasets: dict[str, _Dataset] = {WHOLE: self._whole}
        self._of_graph: dict[str, _Dataset | None] = {"": None}
        self._held = 0

    def run(self, quads: Path) -> list[GraphFile]:
        """Reads every statement and writes it where it belongs."""
        whole = self._folder / self._whole.name(formats.N_QUADS)
        if self._whole.large:
            self._packing.copy(quads, whole.name)
        else:
            try:
                os.link(quads, whole)  # the same bytes: a second name costs no space
            except OSError:
                shutil.copyfile(quads, whole)
        with quads.open(encoding="utf-8", newline="\n") as file:
            for subject, said in by_subject(file):
                self._add(subject, said)
        for dataset in self._datasets.values():
            for writer, held in zip(dataset.writers, dataset.held, strict=True):
                held.append(writer.foot)
        self._flush()
        return [
            GraphFile(dataset.name(format_), key, format_, dataset.large, dataset.count)
            for key, dataset in sorted(self._datasets.items())
            for format_ in FORMATS[: 1 + len(dataset.writers)]
        ]

    def _started(self, key: str, statements: int) -> _Dataset:
        large = statements > LARGE
        writers = self._writers[: _KEPT_WHEN_LARGE - 1] if large else self._writers
        dataset = _Dataset(key, writers, large, held=tuple([writer.head] for writer in writers))
        for format_ in FORMATS[: 1 + len(writers)]:
            (self._folder / dataset.name(format_)).unlink(missing_ok=True)
        return dataset

    def _add(self, subject: str, said: list[Said]) -> None:
        """Writes what is said of a subject."""
        graphs = list(dict.fromkeys([graph for _, _, graph in said]))
        own: dict[str, list[tuple[str, str]]] = {}
        for graph in graphs:
            dataset = self._of_graph[graph] if graph in self._of_graph else self._dataset(graph)
            its = [statement for statement in said if statement[2] == graph] if len(graphs) > 1 else said
            own.setdefault(dataset.key if dataset is not None else "", []).extend(map(_TRIPLE, its))
            if dataset is not None:
                dataset.quads += [f"{subject} {predicate} {value} {graph} .\n" for predicate, value, _ in its]
        if len(own) == 1:
            # Most things stand in one dataset: what is written of them there is written in the whole.
            ((key, statements),) = own.items()
            self._join((self._whole, self._datasets.get(key)), subject, statements)
        else:
            self._join((self._whole,), subject, list(map(_TRIPLE, said)))
            for key, statements in own.items():
                self._join((self._datasets.get(key),), subject, statements)
        if self._held >= _MOST_HELD:
            self._flush()

    def _join(self, datasets: Iterable[_Dataset | None], subject: str, statements: list[tuple[str, str]]) -> None:
        """Adds the description of a subject to datasets; a triple of several graphs is written once."""
        distinct = list(dict.fromkeys(statements))
        joined = [dataset for dataset in datasets if dataset is not None]
        most = max((len(dataset.writers) for dataset in joined), default=0)
        texts = [writer.block(subject, distinct) for writer in self._writers[:most]]
        for dataset in joined:
            for writer, held, text in zip(dataset.writers, dataset.held, texts, strict=False):
                if dataset.count and writer.between:
                    held.append(writer.between)
                held.append(text)
            dataset.count += len(distinct)
        self._held += sum(map(len, texts)) + _QUAD * len(distinct)

    def _dataset(self, graph: str) -> _Dataset | None:
        prefix = self._minter.graph("")
        name = graph[1:-1]
        name = name[len(prefix) :] if name.startswith(prefix) else ""  # percent-encoded: safe as a file name
        if name in (WHOLE, VOCABULARY):
            raise DataRefused(
                f"The source key '{name}' is reserved for a dataset of the catalogue: rename its folder.",
                f"La clé de source « {name} » est réservée à un jeu de données du catalogue : renommez son dossier.",
            )
        key = _SHARED.get(name, name)
        if key and key not in self._datasets:
            self._datasets[key] = self._started(key, self._statements.get(graph[1:-1], 0))
        self._of_graph[graph] = self._datasets.get(key)
        return self._of_graph[graph]

    def _flush(self) -> None:
        for dataset in self._datasets.values():
            texts = ((FORMATS[0], dataset.quads), *zip(FORMATS[1:], dataset.held, strict=False))
            for format_, held in texts:
                self._append(dataset, format_, held)
        self._held = 0

    def _append(self, dataset: _Dataset, format_: Format, held: list[str]) -> None:
        if not held:
            return
        name = dataset.name(format_)
        if dataset.large:
            self._packing.append(name, "".join(held))
        else:
            with (self._folder / name).open("a", encoding="utf-8", newline="\n") as file:
                file.writelines(held)
        held.clear()
