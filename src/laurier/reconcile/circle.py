"""A circle of names among which a misspelt one is looked for: those of some départements, or of their EPCI."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract


@dataclass(frozen=True, slots=True)
class Circle:
    """Names sorted by key.

    Attributes:
        keys: keys of the names, sorted.
        positions: the row of each.
    """

    keys: list[str]
    positions: list[int]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, int]]) -> Circle:
        """The circle of some (key, row)."""
        ordered = sorted(set(pairs))
        return cls([key for key, _ in ordered], [position for _, position in ordered])

    def within(self, key: str, slips: int) -> list[tuple[int, int]]:
        """(slips, row) of the names that many slips away at most (optimal string alignment), nearest first."""
        found = extract(key, self.keys, scorer=OSA.distance, score_cutoff=slips, limit=None)
        return [(int(distance), self.positions[index]) for _, distance, index in found]

    def starting(self, key: str) -> list[int]:
        """Rows of the names that begin with a key."""
        first = last = bisect_left(self.keys, key)
        while last < len(self.keys) and self.keys[last].startswith(key):
            last += 1
        return self.positions[first:last]
