"""What the tests of territories share: the gazetteer that ships, loaded once."""

from __future__ import annotations

import pytest

from laurier.reconcile.gazetteer import Gazetteer


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()
