"""Putting a release into an existing SPARQL engine: a new set of graphs beside the current one, then one switch.

Statements go in bounded batches, each safe to send twice (no blank node: they are skolemised, RDF 1.1 Concepts
section 3.5), so that a push that was killed goes on where it was. Readers see the old set until the pointer moves, and
the old set stays whole for as long as a reader may still be at work on it.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from laurier import quads
from laurier.errors import DataRefused, SnapshotError
from laurier.snapshot.opened import Snapshot
from laurier.snapshot.packing import stored, text_of
from laurier.store import sets
from laurier.store.sets import GraphSet, Names, Registry
from laurier.store.writing import Writer

FILES = ("data.nq", "catalogue.nq")
#: Lines of one step: what is sent again after a kill.
STEP = 20_000
#: Seconds within which a reader notices that its set is closed (see `laurier.store.remote`).
NOTICE = 5.0

#: Told how many lines are loaded, of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did.

    Attributes:
        release: hash of the release that is current now.
        sent: lines sent by this run, 0 when the engine had the release already.
        triples: statements of the set.
        dropped: hashes of the sets that were removed.
    """

    release: str
    sent: int
    triples: int
    dropped: tuple[str, ...]


def push(snapshot: Snapshot, writer: Writer, progress: Progress, *, grace: float = 60.0, keep: bool = False) -> Pushed:
    """Puts a release into an engine, makes it the current one there, then removes the sets before.

    Args:
        snapshot: the release.
        writer: the engine.
        progress: told how far the loading is.
        grace: seconds during which the old set stays readable after the switch: longer than the longest query.
        keep: leave the old sets where they are.

    Raises:
        DataRefused: the engine refuses a request, cannot hold releases apart, or does not hold what was sent.
        SnapshotError: the release is damaged.
    """
    names = Names(snapshot.base, snapshot.hash)
    known = _registry(names, writer)
    found = known.sets.get(snapshot.hash)
    sent, triples = 0, found.triples if found is not None else None
    if triples is None:
        sent, triples = _Loading(snapshot, names, writer, progress).run(found)
    if known.current != (snapshot.hash,):
        writer.update(sets.switch(names, known))
    others = [] if keep else [one for one in _registry(names, writer).sets.values() if one.release != snapshot.hash]
    old = [one for one in others if one.triples is not None or _stands_still(known, one)]
    if old:
        time.sleep(grace)
        for one in old:
            writer.update(sets.close(Names(snapshot.base, one.release)))
        time.sleep(min(grace, NOTICE))
        for one in old:
            _drop(one, Names(snapshot.base, one.release), writer)
    return Pushed(snapshot.hash, sent, triples, tuple(one.release for one in old))


def _registry(names: Names, writer: Writer) -> Registry:
    return sets.registry(names.base, writer.select(sets.reading(names.base)))


def _stands_still(before: Registry, one: GraphSet) -> bool:
    """An unfinished set that nobody has added to since this push began was given up."""
    then = before.sets.get(one.release)
    return then is not None and then.position == one.position


def _drop(one: GraphSet, names: Names, writer: Writer) -> None:
    # Killed below, a set that is pushed once more is not taken for one that is loaded already.
    writer.update(sets.advance(names, 0))
    # The union, where there is one, is named like the set itself.
    for graph in dict.fromkeys([*one.named, *one.default, names.inside, *names.probes]):
        writer.drop(graph)
    writer.update(sets.forget(names))


class _Loading:
    """The loading of one set."""

    def __init__(self, snapshot: Snapshot, names: Names, writer: Writer, progress: Progress) -> None:
        self.names, self.writer, self.progress = names, writer, progress
        self.files = [snapshot.file(name) for name in FILES if stored(snapshot.file(name)).is_file()]
        self.counts: Counter[str] = Counter()
        self.lines = 0
        self.doubled = 0
        self.unnamed = not snapshot.manifest.union

    def run(self, found: GraphSet | None) -> tuple[int, int]:
        """Loads what is missing and proves that nothing is; gives the lines sent and the statements of the set."""
        self._survey()
        named = [graph for graph in self.counts if graph != self.names.inside]
        if found is None:  # before anything of the set is in the engine, so that another push can remove it
            self.writer.update(sets.declare(self.names, sorted(named)))
        merges = self.writer.merges(self.names)
        union = not self.unnamed and self.doubled > 0 and not merges
        start = (found.position or 0) if found is not None else 0
        total = self.lines * (2 if union else 1)
        self._send(start, total)
        triples = self._prove(union)
        default = [self.names.inside] if union or self.unnamed else sorted(named)
        self.writer.update(sets.complete(self.names, default, triples))
        return total - min(start, total), triples

    def _survey(self) -> None:
        """Counts statements by graph, and those that stand in several graphs (neighbours once the files are merged)."""
        before = ""
        for statement, graph in heapq.merge(*(_statements(path, self.names) for path in self.files)):
            self.counts[graph] += 1
            self.lines += 1
            self.doubled += statement == before
            before = statement

    def _send(self, start: int, total: int) -> None:
        done = 0
        for batch in itertools.chain(self._batches(union=False), self._batches(union=True)):
            if done >= total:
                break
            size = sum(len(statements) for statements in batch.values())
            # Steps may be of another size than those of the push that was killed: what is half there is sent whole.
            if done + size > start:
                for graph, statements in batch.items():
                    self.writer.add(graph, statements)
                self.writer.update(sets.advance(self.names, done + size))
            done += size
            self.progress(done, total)

    def _batches(self, *, union: bool) -> Iterator[dict[str, list[str]]]:
        lines = itertools.chain.from_iterable(_statements(path, self.names) for path in self.files)
        while step := list(itertools.islice(lines, STEP)):
            batch: dict[str, list[str]] = {}
            for statement, graph in step:
                batch.setdefault(self.names.inside if union else graph, []).append(statement)
            yield batch

    def _prove(self, union: bool) -> int:
        wanted = dict(self.counts)
        if union:
            wanted[self.names.inside] = self.lines - self.doubled
        for graph, count in wanted.items():
            held = self.writer.count(graph)
            if held != count:
                self.writer.update(sets.advance(self.names, 0))
                raise DataRefused(
                    f"The engine holds {held} statements of the graph {graph}, of {count} sent: nothing was switched; "
                    "push again, which sends them all again, and see the engine's log if it happens twice.",
                    f"Le moteur détient {held} déclarations du graphe {graph}, sur {count} envoyées : rien n'a "
                    "basculé ; relancez, ce qui renvoie tout, et voyez le journal du moteur si cela se répète.",
                )
        return sum(self.counts.values())


def _statements(path: Path, names: Names) -> Iterator[tuple[str, str]]:
    """The statements of a file as the engine has them, with the IRI of their graph there.

    Raises:
        SnapshotError: a graph is not one of this instance.
    """
    genid = quads.iri(f"{names.base}.well-known/genid/{names.release}/")[:-1]
    with text_of(path) as file:
        for line in file:
            subject, predicate, value, graph = quads.split(names.rename(line))
            if graph and not graph.startswith(names.inside, 1):
                raise SnapshotError(
                    f"The graph {graph} of {path.name} is not one of {names.base}: only a release can be pushed.",
                    f"Le graphe {graph} de {path.name} n'est pas de {names.base} : seule une version se pousse.",
                    path=str(path),
                )
            if subject[0] == "_":
                subject = f"{genid}{subject[2:]}>"
            if value[0] == "_":
                value = f"{genid}{value[2:]}>"
            yield f"{subject} {predicate} {value} .", graph[1:-1] or names.inside
