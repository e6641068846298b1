"""Linking records and stating them, a batch at a time: what is read and keyed in order is stated by any process.

The statements, the row and the review of a record follow from it and its keys alone, so that batches are stated side by
side and their results taken over in the order of the document.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

from laurier import processes
from laurier.geometry import kept
from laurier.geometry.kept import Contours
from laurier.iri import Minter
from laurier.mapping import award as awards
from laurier.mapping import row as rows
from laurier.mapping.award import Keys, Links
from laurier.mapping.parts import CANDIDATES
from laurier.mapping.scribe import Evidence, Scribe, Terms
from laurier.mapping.territory import Places, Used
from laurier.pipeline import wordings
from laurier.pipeline.review import Item, SourceReview
from laurier.readings import Document
from laurier.reconcile import decisions, references
from laurier.reconcile.decisions import Decisions
from laurier.reconcile.gazetteer import Gazetteer
from laurier.reconcile.public import Matcher, decided
from laurier.reconcile.references import References
from laurier.reconcile.territory import Decision, Segment
from laurier.records import Award, Count, Passage
from laurier.snapshot.sorting import Run, write_run
from laurier.vocabulary import Vocabulary

#: Records of a batch. What is written does not depend on it.
BATCH = 500
# The first batches of a build are done before another process would be ready.
_ALONE = 4


@dataclass(frozen=True, slots=True)
class Origin:
    """What a process needs to link and to state records.

    Attributes:
        base: base IRI of the instance.
        data: folder of the data.
        staging: folder of the build, with the contours, where runs of statements are written.
        decisions: of people, in order.
    """

    base: str
    data: Path
    staging: Path
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Keyed:
    """A record whose things have their keys.

    Attributes:
        read: what the source says.
        award: what is stated of it, without what contradicts an earlier document.
        keys: of the things it names.
        announced: where its section announces a number of laureates, if it does.
        prefix: of the names of the parts of its project.
        listed: it has a row of its own.
        items: what to look at about it that was found so far.
    """

    read: Award
    award: Award
    keys: Keys
    announced: Count | None
    prefix: str
    listed: bool
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one document, in its order, and the number of the batch among all."""

    number: int
    document: Document
    records: tuple[Keyed, ...]


@dataclass(frozen=True, slots=True)
class Statements:
    """What stating a batch gives.

    Attributes:
        run: its statements, sorted, in a file.
        rows: its rows, pickled one after the other, and how many they are.
        review: what to look at.
        used: the territories that it names.
        decided: positions of the decisions that applied.
    """

    run: Run
    rows: bytes
    count: int
    review: SourceReview
    used: Used
    decided: set[int]


class Stater:
    """Links and states records in this process.

    Args:
        origin: what to do it with.
    """

    def __init__(self, origin: Origin) -> None:
        self._staging = origin.staging
        self.minter = Minter(origin.base)
        self.vocabulary = Vocabulary()
        self.gazetteer = Gazetteer.load()
        contours = Contours(origin.staging / kept.FOLDER)
        known = References(added=origin.data / references.ADDED, outlines=contours.shape)
        self.places = Places(self.gazetteer, known, self.minter, contours)
        self.decisions = Decisions(origin.data / decisions.FOLDER / decisions.FILE, list(origin.decisions))
        self.terms = Terms(self.vocabulary)
        self._publics = rows.Publics(self.vocabulary)
        self._matcher = Matcher(self.vocabulary)

    def scribe(self, document: Document) -> Scribe:
        """Writes down statements of the graph of a document."""
        return Scribe(self.terms, self.minter, self.minter.graph(document.key))

    def state(self, batch: Batch) -> Statements:
        """Links and states the records of a batch."""
        document = batch.document
        scribe = self.scribe(document)
        evidence = Evidence(scribe, document)
        review = SourceReview(document.key, document.title_fr)
        listed = bytearray()
        count = 0
        for record in batch.records:
            links = self._links(record.read, document)
            evidence.forget()
            awards.laureate(scribe, evidence, record.award, record.keys, links, record.announced, record.prefix)
            if record.listed:
                row = rows.row(
                    record.award,
                    record.keys,
                    links,
                    document=document,
                    minter=self.minter,
                    publics=self._publics,
                    places=self.places,
                )
                listed += pickle.dumps(row, pickle.HIGHEST_PROTOCOL)
                count += 1
            for item in record.items:
                review.add(item)
            review.award(self.minter, record.award, record.keys, links)
        run = write_run(self._staging / f".batch-{batch.number}", scribe.take())
        decided, self.decisions.used = self.decisions.used, set()
        return Statements(run, bytes(listed), count, review, self.places.take(), decided)

    def _links(self, award: Award, document: Document) -> Links:
        return Links(
            territory=self.link(award.territory, document, award),
            publics=tuple(
                decided(words, document.publics) or self._matcher.match(words)
                for words in (target.verbatim.value for target in award.targets)
            ),
            seat=self.link(award.seat, document),
        )

    def link(self, wording: Passage | None, document: Document, award: Award | None = None) -> tuple[Segment, ...]:
        """What a wording of a document is linked to, after the decisions of people.

        Args:
            wording: of a territory, if there is one.
            document: where it stands.
            award: the laureate whose territory it is; none for a seat or for the budget of a call.
        """
        if wording is None:
            return ()
        found, on = wordings.places(wording.value, document.region, self.gazetteer, award)
        segments = self.decisions.apply(wording.value, document.key, found, self.gazetteer, on)
        for segment in segments:
            self.places.link(segment, CANDIDATES)
        return segments


class Staters:
    """States batches, in this process and, when they are many, in others; results come in order.

    Args:
        here: states the first ones.
        origin: what the others need.
    """

    def __init__(self, here: Stater, origin: Origin) -> None:
        self._here, self._origin = here, origin
        self._others: Executor | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, at)

    def state(self, batches: Iterator[Batch]) -> Iterator[Statements]:
        """The results of batches, in their order; few of them are held."""
        waiting: deque[Future[Statements]] = deque()
        most = processes.cores() + 1
        for batch in batches:
            if batch.number <= _ALONE or processes.cores() == 1:
                yield self._here.state(batch)
                continue
            if self._others is None:
                self._others = self._stack.enter_context(processes.pool(processes.cores()))
            waiting.append(self._others.submit(_state, self._origin, batch))
            if len(waiting) > most:
                yield waiting.popleft().result()
        for future in waiting:
            yield future.result()


@lru_cache(maxsize=1)
def _stater(origin: Origin) -> Stater:
    return Stater(origin)


def _state(origin: Origin, batch: Batch) -> Statements:
    return _stater(origin).state(batch)
