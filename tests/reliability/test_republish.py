"""Releases change under a mixed load and no request notices: the short form of `republish.py`."""

from __future__ import annotations

import random
from pathlib import Path

import republish
from estate import Estate


def test_a_switch_loses_no_request(built_estate: Estate, tmp_path: Path) -> None:
    load, _ = republish.run(built_estate.copied(tmp_path / "twin"), 6, 8, 2, random.Random(1), releases=2)
    assert load.requests > 20
    assert set(load.statuses) <= {200, 303, 304}
