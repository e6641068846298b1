"""What changed between two releases, thing by thing, and the same in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from laurier.errors import Language
from laurier.quads import split
from laurier.snapshot.opened import Snapshot
from laurier.snapshot.sorting import lines_of
from laurier.vocabulary import PREFIXES, Vocabulary

_LAUREATE = f"<{PREFIXES['lau']}Laureate>"
_TYPE = f"<{PREFIXES['rdf']}type>"
_TITLES = tuple(f"<{PREFIXES[p]}{n}>" for p, n in (("dcterms", "title"), ("skos", "prefLabel"), ("igeo", "nom")))


@dataclass(frozen=True, slots=True)
class Change:
    """What changed about one thing, hash parts included.

    Attributes:
        iri: of the thing.
        kind: `created`, `updated` or `deleted`.
        label: its title before or after, empty when it has none.
        laureate: whether it is a laureate.
        removed, added: statements (predicate, object) as N-Quads terms.
    """

    iri: str
    kind: str
    label: str
    laureate: bool
    removed: tuple[tuple[str, str], ...]
    added: tuple[tuple[str, str], ...]


def difference(old: Snapshot, new: Snapshot) -> Iterator[Change]:
    """The things whose statements differ, in the order of their IRIs; memory grows with what differs only."""
    changed: dict[str, tuple[set[tuple[str, str, str]], set[tuple[str, str, str]]]] = {}
    for side, statement in _unshared(old, new):
        subject = statement[0]
        thing = subject[1:-1].partition("#")[0] if subject.startswith("<") else subject
        changed.setdefault(thing, (set(), set()))[side].add(statement)
    for thing in sorted(changed):
        removed, added = changed[thing]
        # The same statement in another graph is no change of the thing.
        yield from _change(thing, removed - added, added - removed, old, new)


def _unshared(old: Snapshot, new: Snapshot) -> Iterator[tuple[int, tuple[str, str, str]]]:
    # Both files are sorted and distinct: one pass side by side finds the lines that only one has.
    left, right = lines_of(old.file("data.nq")), lines_of(new.file("data.nq"))
    a, b = next(left, None), next(right, None)
    while a is not None or b is not None:
        if a == b:
            a, b = next(left, None), next(right, None)
        elif b is None or (a is not None and a < b):
            assert a is not None
            yield 0, split(a)[:3]
            a = next(left, None)
        else:
            yield 1, split(b)[:3]
            b = next(right, None)


def _change(
    thing: str,
    removed: set[tuple[str, str, str]],
    added: set[tuple[str, str, str]],
    old: Snapshot,
    new: Snapshot,
) -> Iterator[Change]:
    if not removed and not added:
        return
    before, after = old.entities.entity(thing), new.entities.entity(thing)
    kind = "created" if before is None else "deleted" if after is None else "updated"
    known = (after or before or _NOTHING).ntriples.decode().splitlines()
    facts = [split(line)[:3] for line in known]
    own = [(p, o) for s, p, o in facts if s == f"<{thing}>"]
    label = next((o for title in _TITLES for p, o in own if p == title), "")
    yield Change(
        iri=thing,
        kind=kind,
        label=label[1:].rpartition('"')[0],
        laureate=(_TYPE, _LAUREATE) in own,
        removed=tuple(sorted((p, o) for _, p, o in removed)),
        added=tuple(sorted((p, o) for _, p, o in added)),
    )


@dataclass(frozen=True, slots=True)
class _Nothing:
    ntriples: bytes = b""


_NOTHING = _Nothing()
_VERBS: dict[str, tuple[str, str]] = {
    "created": ("is new", "est nouveau"),
    "deleted": ("is no longer there", "n'y figure plus"),
    "updated": ("changed", "a changé"),
}


def sentences(changes: Iterator[Change], language: Language, limit: int = 200) -> Iterator[str]:
    """The changes as a person reads them: named things first to last, then a count of the rest."""
    vocabulary = Vocabulary()
    others = shown = 0
    for change in changes:
        if not change.label or shown >= limit:
            others += 1
            continue
        shown += 1
        yield _sentence(change, language, vocabulary)
    if others:
        one = others == 1
        yield (
            ("Une autre ressource a changé." if one else f"{others} autres ressources ont changé.")
            if language == "fr"
            else ("One other resource changed." if one else f"{others} other resources changed.")
        )
    if not shown and not others:
        yield "Rien n'a changé." if language == "fr" else "Nothing changed."


def _sentence(change: Change, language: Language, vocabulary: Vocabulary) -> str:
    verb = _VERBS[change.kind][language == "fr"]
    name = f"« {change.label} »" if language == "fr" else f"“{change.label}”"
    start = f"{name} ({change.iri}) {verb}"
    if change.kind != "updated":
        return f"{start}."
    parts = []
    both = sorted({*change.removed, *change.added})
    for predicate, _ in groupby(both, key=lambda pair: pair[0]):
        label = vocabulary.label(predicate[1:-1], language) or predicate[1:-1].rpartition("#")[2].rpartition("/")[2]
        was = ", ".join(_short(o) for p, o in change.removed if p == predicate)
        now = ", ".join(_short(o) for p, o in change.added if p == predicate)
        parts.append(
            f"{label}: {was or '∅'} → {now or '∅'}" if language == "en" else f"{label} : {was or '∅'} → {now or '∅'}"
        )
    return f"{start} — {' ; '.join(parts)}." if language == "fr" else f"{start}: {'; '.join(parts)}."


def _short(term: str) -> str:
    value = term[1:].rpartition('"')[0] if term.startswith('"') else term.strip("<>")
    return value if len(value) <= 80 else f"{value[:79]}…"
