"""Killed at any moment, a command loses nothing: the short form of `kills.py` (in full: `make soak`)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from estate import Estate
from kills import SERIES

ROUNDS = {"build": 2, "decide": 12, "rollback": 6}


@pytest.mark.parametrize("command", SERIES)
def test_killed_at_any_moment_nothing_is_lost(built_estate: Estate, tmp_path: Path, command: str) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")  # shown when it fails
    tally = SERIES[command](built_estate.copied(tmp_path / "twin"), ROUNDS[command], random.Random(seed))
    assert tally.rounds == ROUNDS[command]
