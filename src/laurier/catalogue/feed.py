"""The feed of changes: a Linked Data Event Stream of ActivityStreams activities, in pages that never change once full.

LDES 1.0 and TREE; each member is an as:Create, as:Update or as:Delete of a thing or a dataset, as in DCAT-AP Feeds.
"""

from __future__ import annotations

import math

from laurier import quads
from laurier.catalogue.notes import Notes, expand
from laurier.snapshot.history import Event, History

#: Events a page.
PAGE_SIZE = 250
_ACTIVITIES = {"created": "as:Create", "updated": "as:Update", "deleted": "as:Delete"}


def last(history: History) -> int:
    """The number of the last page."""
    return max(1, math.ceil(history.size() / PAGE_SIZE))


def page(history: History, base: str, number: int) -> list[str] | None:
    """A page as N-Triples lines, or None when there is no such page; page 1 is the root of the stream.

    Args:
        history: of the release.
        base: base IRI.
        number: from 1; a page before the last one is full and immutable.
    """
    final = last(history)
    if not 1 <= number <= final:
        return None
    stream, me = f"{base}feed", address(base, number)
    notes = Notes()
    notes.is_a(stream, "ldes:EventStream")
    notes.point(stream, "ldes:timestampPath", expand("dcterms:modified"))
    notes.point(stream, "ldes:versionOfPath", expand("dcterms:isVersionOf"))
    notes.point(stream, "tree:view", address(base, 1))
    notes.is_a(me, "tree:Node")
    for event in history.feed((number - 1) * PAGE_SIZE + 1, PAGE_SIZE):
        _member(notes, stream, me, event)
    if number < final:
        (following,) = history.feed(number * PAGE_SIZE + 1, 1)
        relation = f"{me}#suite"
        notes.point(me, "tree:relation", relation, "tree:GreaterThanOrEqualToRelation")
        notes.point(relation, "tree:node", address(base, number + 1))
        notes.point(relation, "tree:path", expand("dcterms:modified"))
        notes.stamp(relation, "tree:value", following.published)
    return notes.lines


def address(base: str, number: int) -> str:
    """The address of a page."""
    return f"{base}feed/{number}"


def _member(notes: Notes, stream: str, page_: str, event: Event) -> None:
    me = f"{page_}#{event.rank}"
    notes.point(stream, "tree:member", me, _ACTIVITIES[event.kind])
    notes.point(me, "as:object", event.iri)
    notes.point(me, "dcterms:isVersionOf", event.iri)
    notes.stamp(me, "dcterms:modified", event.published)
    notes.stamp(me, "as:published", event.published)
    notes.say(me, "dcat:version", quads.text(event.release))
