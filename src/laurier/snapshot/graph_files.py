"""The graphs of a release as files: one pass over the sorted statements writes every serialisation of every dataset."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from laurier import formats
from laurier.errors import DataRefused
from laurier.iri import Minter
from laurier.quads import split
from laurier.snapshot.writers import JsonLd, Place, RdfXml, Turtle, Writer

#: Key of the dataset that holds every graph.
WHOLE = "ensemble"
#: Key of the dataset that holds the ontology and its schemes.
VOCABULARY = "ontologie"
#: The serialisations of each dataset.
FORMATS = (formats.N_QUADS, formats.TURTLE, formats.JSON_LD, formats.RDF_XML)
_SHARED = {"ontology": VOCABULARY, "schemes": VOCABULARY, "territories": "", "catalogue": ""}
# Characters of statements read before their texts are appended to the files: none stays open, however many there are.
_MOST_HELD = 3 << 20


@dataclass(slots=True)
class _Dataset:
    """A dataset being written: its distinct triples so far, where it stands, what is held for each serialisation."""

    key: str
    count: int = 0
    last: str = ""
    quads: list[str] = field(default_factory=list)
    place: Place = field(default_factory=Place)
    held: tuple[list[str], ...] = ()


def write(folder: Path, quads: Path, minter: Minter) -> dict[str, int]:
    """Writes the serialisations of every dataset.

    Args:
        folder: where to write.
        quads: canonical N-Quads (sorted lines) of every graph but the catalogue.
        minter: of the instance.

    Returns:
        The number of distinct triples by key of dataset.

    Raises:
        DataRefused: a text or a property cannot be carried by RDF/XML, or a key is reserved.
    """
    whole = folder / f"{WHOLE}.{formats.N_QUADS.suffix}"
    whole.unlink(missing_ok=True)
    try:
        os.link(quads, whole)  # the same bytes: a second name costs no space
    except OSError:
        shutil.copyfile(quads, whole)
    return _Pass(folder, minter).run(quads)


class _Pass:
    def __init__(self, folder: Path, minter: Minter) -> None:
        self._folder, self._minter = folder, minter
        self._writers: tuple[Writer, ...] = (Turtle(), JsonLd(), RdfXml())
        self._suffixes = tuple(row.suffix for row in FORMATS[1:])
        self._whole = self._started(WHOLE)
        self._datasets: dict[str, _Dataset] = {WHOLE: self._whole}
        self._of_graph: dict[str, _Dataset | None] = {"": None}
        self._held = 0

    def run(self, quads: Path) -> dict[str, int]:
        """Reads every statement and writes it where it belongs."""
        with quads.open(encoding="utf-8", newline="\n") as file:
            for line in file:
                self._add(line)
        for dataset in self._datasets.values():
            for writer, held in zip(self._writers, dataset.held, strict=True):
                held.append(writer.closed(dataset.place) + writer.foot)
        self._flush()
        return {key: dataset.count for key, dataset in sorted(self._datasets.items())}

    def _started(self, key: str) -> _Dataset:
        for suffix in self._suffixes:
            (self._folder / f"{key}.{suffix}").unlink(missing_ok=True)
        if key != WHOLE:
            (self._folder / f"{key}.{formats.N_QUADS.suffix}").unlink(missing_ok=True)
        return _Dataset(key, held=tuple([writer.head] for writer in self._writers))

    def _add(self, line: str) -> None:
        subject, predicate, value, graph = split(line)
        triple = line[: -len(graph) - 4] if graph else line[:-3]
        items = [writer.item(predicate, value) for writer in self._writers]
        # A triple of several graphs stands on lines that follow each other.
        self._join(self._whole, triple, subject, predicate, items)
        dataset = self._of_graph[graph] if graph in self._of_graph else self._dataset(graph)
        if dataset is not None:
            dataset.quads.append(line)
            self._join(dataset, triple, subject, predicate, items)
        self._held += len(line)
        if self._held >= _MOST_HELD:
            self._flush()

    def _join(self, dataset: _Dataset, triple: str, subject: str, predicate: str, items: list[str]) -> None:
        if triple == dataset.last:
            return
        dataset.last = triple
        dataset.count += 1
        place = dataset.place
        for writer, held, item in zip(self._writers, dataset.held, items, strict=True):
            held.append(writer.joined(place, subject, predicate, item))
        place.subject, place.predicate = subject, predicate

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
            self._datasets[key] = self._started(key)
        self._of_graph[graph] = self._datasets.get(key)
        return self._of_graph[graph]

    def _flush(self) -> None:
        for key, dataset in self._datasets.items():
            for suffix, held in zip(self._suffixes, dataset.held, strict=True):
                self._append(key, suffix, held)
            self._append(key, formats.N_QUADS.suffix, dataset.quads)
        self._held = 0

    def _append(self, key: str, suffix: str, held: list[str]) -> None:
        if held:
            with (self._folder / f"{key}.{suffix}").open("a", encoding="utf-8", newline="\n") as file:
                file.writelines(held)
            held.clear()
