"""The history of a thing as its page tells it: what changed, when, and the words before and after."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date

from laurier.errors import Language
from laurier.snapshot.history import NAME, Event, History
from laurier.snapshot.opened import Snapshot
from laurier.vocabulary import Vocabulary
from laurier.web.pages import typography
from laurier.web.pages.description import Text

_LONGEST = 160
#: Events and properties shown; the rest is in the feed.
_MOST_EVENTS, _MOST_PROPERTIES = 20, 12


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
