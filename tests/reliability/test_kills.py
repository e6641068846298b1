"""Killed at any moment, a command loses nothing: the short form of `kills.py` (in full: `make soak`)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import servers
from estate import Estate
from kills import INVENTED, SERIES

ROUNDS = {"build": 2, "decide": 12, "rollback": 6, "export": 2, "push": 5}


@pytest.fixture(scope="session")
def two_releases(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    """An instance of two invented laureates with two releases; not to be altered."""
    return Estate.invented(tmp_path_factory.mktemp("invented") / "estate", 2)


@pytest.mark.parametrize("command", SERIES)
def test_killed_at_any_moment_nothing_is_lost(request: pytest.FixtureRequest, tmp_path: Path, command: str) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")  # shown when it fails
    estate: Estate = request.getfixturevalue("two_releases" if command in INVENTED else "built_estate")
    try:
        tally = SERIES[command](estate.copied(tmp_path / "twin"), ROUNDS[command], random.Random(seed))
    except servers.AbsentError as absent:
        pytest.skip(str(absent))
    assert tally.rounds == ROUNDS[command]
