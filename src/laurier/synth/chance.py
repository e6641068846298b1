"""Chance that gives the same draws for a seed on every machine and every version of Python."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")
_MASK = (1 << 64) - 1


class Chance:
    """Draws from a seed.

    Only `Random.random` is used: it is the one method whose sequence the Python documentation promises to keep from
    version to version ("Notes on Reproducibility" of the module `random`).

    Attributes:
        random: the next number in [0, 1).
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(seed).random  # noqa: S311 - test data, not a secret

    def pick(self, choices: Sequence[T]) -> T:
        """One of several, all alike."""
        return choices[int(self.random() * len(choices))]

    def below(self, bound: int) -> int:
        """A whole number from 0 to `bound` - 1."""
        return int(self.random() * bound)

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.random() * (high - low + 1))

    def often(self, share: float) -> bool:
        """True in this share of the draws."""
        return self.random() < share


def mixed(seed: int, number: int) -> int:
    """64 bits that depend on a seed and a number alone (the finaliser of SplitMix64, Steele et al. 2014)."""
    value = (seed * 0x9E3779B97F4A7C15 + (number + 1) * 0xD1B54A32D192ED03) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)
