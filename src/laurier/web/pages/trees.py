"""The values of a nested facet as a tree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from laurier.errors import Language
from laurier.snapshot.search_values import Value


@dataclass(frozen=True, slots=True)
class Branch:
    """A value in a tree, with those under it."""

    key: str
    iri: str
    label: str
    count: int
    chosen: bool
    children: tuple[Branch, ...]


def tree(values: Iterable[Value], chosen: Iterable[str], language: Language) -> tuple[Branch, ...]:
    """The values under those that they are directly under; a value under several is shown under each."""
    by_key = {value.key: value for value in values}
    picked = set(chosen)
    under: dict[str, list[Value]] = {}
    for value in by_key.values():
        for parent in [p for p in value.parents if p in by_key and p != value.key] or [""]:
            under.setdefault(parent, []).append(value)

    def grow(parent: str, path: frozenset[str]) -> tuple[Branch, ...]:
        return tuple(
            Branch(v.key, v.iri, v.label(language), v.count, v.key in picked, grow(v.key, path | {v.key}))
            for v in sorted(under.get(parent, ()), key=lambda v: (-v.count, v.label(language)))
            if v.key not in path
        )

    return grow("", frozenset())
