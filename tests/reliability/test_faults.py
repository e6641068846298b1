"""A system that fails under a build: a sentence, nothing lost, nothing left: the short form of `faults.py`."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import faults
import pytest
from estate import Estate
from kills import Tally

SERIES: list[Callable[[Estate, int, random.Random], Tally]] = [
    faults.refused_calls,
    faults.full_disk,
    faults.no_memory,
]


@pytest.fixture
def waiting(built_estate: Estate, tmp_path: Path) -> Estate:
    """A built instance with a change that waits for its build."""
    twin = built_estate.copied(tmp_path / "estate")
    twin.alter(0)
    return twin


@pytest.mark.parametrize("series", SERIES, ids=lambda one: one.__name__)
def test_a_failing_system_changes_nothing(
    waiting: Estate, series: Callable[[Estate, int, random.Random], Tally]
) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    assert series(waiting, 1, random.Random(seed)).rounds == 1


def test_two_at_once_lose_nothing(waiting: Estate) -> None:
    assert faults.together(waiting, 1, random.Random(1)).rounds == 1


def test_a_folder_without_write_access_is_said(waiting: Estate) -> None:
    assert faults.read_only(waiting).rounds == 3
