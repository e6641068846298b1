"""The history as pages tell it: of one thing with its words before and after, and of the whole, newest first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from laurier.errors import Language
from laurier.snapshot.history import NAME, Event, History
from laurier.snapshot.opened import Snapshot
from laurier.vocabulary import Vocabulary
from laurier.web.pages import typography
from laurier.web.pages.description import Description, Text

_LONGEST = 160
#: Events and properties shown; the rest is in the feed.
_MOST_EVENTS, _MOST_PROPERTIES = 20, 12
#: Changes on a page of the list of all.
PAGE = 100


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed of one property: its name, the values that went and those that came."""

    name: str
    before: tuple[Text, ...]
    after: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """A change: the key of its verb, its day in words, the release, and what differs."""

    kind: str
    day: str
    release: str
    differences: tuple[Difference, ...]


def past(snapshot: Snapshot, iri: str, language: Language, vocabulary: Vocabulary) -> list[Past]:
    """What happened to a thing, newest first; empty where a release has no history."""
    try:
        with closing(History(snapshot.file(NAME))) as history:
            events = history.of(iri, _MOST_EVENTS)
    except sqlite3.OperationalError:  # a file served as it is has none
        return []
    return [_told(event, language, vocabulary) for event in events]


@dataclass(frozen=True, slots=True)
class News:
    """A change in the list of all.

    Attributes:
        kind: key of its verb.
        of: IRI of the thing, or of the dataset.
        label: its name.
    """

    kind: str
    of: str
    label: Text


@dataclass(frozen=True, slots=True)
class Issue:
    """What one release changed: its hash, its day in words, and the changes that a page shows."""

    release: str
    day: str
    news: tuple[News, ...]


def recent(snapshot: Snapshot, language: Language, page: int) -> tuple[list[Issue], int]:
    """A page of what changed, newest first, by release, and the number of the last page."""
    try:
        with closing(History(snapshot.file(NAME))) as history:
            size = history.size()
            last = max(1, -(-size // PAGE))
            end = size - (page - 1) * PAGE
            events = history.feed(max(end - PAGE, 0) + 1, min(PAGE, max(end, 0)))[::-1]
    except sqlite3.OperationalError:  # a file served as it is has none
        return [], 1
    issues = []
    for release, group in groupby(events, key=lambda event: event.release):
        told = list(group)
        news = tuple(News(event.kind, event.iri, _name(snapshot, event, language)) for event in told)
        issues.append(Issue(release, typography.day(date.fromisoformat(told[0].published[:10]), language), news))
    return issues, last


def _name(snapshot: Snapshot, event: Event, language: Language) -> Text:
    labels = snapshot.entities.labels(event.iri)
    found = Description(event.iri, labels.encode()).label(event.iri, language) if labels else None
    return found or Text(event.label or event.iri.removeprefix(snapshot.base))


def _told(event: Event, language: Language, vocabulary: Vocabulary) -> Past:
    day = typography.day(date.fromisoformat(event.published[:10]), language)
    differences = tuple(_differences(event, language, vocabulary))[:_MOST_PROPERTIES]
    return Past(event.kind, day, event.release, differences if event.kind == "updated" else ())


def _differences(event: Event, language: Language, vocabulary: Vocabulary) -> Iterator[Difference]:
    for predicate in dict.fromkeys(p for p, _ in (*event.removed, *event.added)):
        iri = predicate[1:-1]
        name = vocabulary.label(iri, language) or iri.rpartition("#")[2].rpartition("/")[2]
        yield Difference(name, _values(event.removed, predicate), _values(event.added, predicate))


def _values(statements: Iterable[tuple[str, str]], predicate: str) -> tuple[Text, ...]:
    return tuple(_text(value) for name, value in statements if name == predicate)


def _text(term: str) -> Text:
    if not term.startswith('"'):
        return Text(term.strip("<>"))
    text, _, rest = term[1:].rpartition('"')
    shown = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return Text(shown, rest[1:] if rest.startswith("@") else "")
