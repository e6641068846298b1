"""One instance, built once by the real command; each test folder copies it before it breaks it."""

from __future__ import annotations

import pytest
from estate import Estate


@pytest.fixture(scope="session")
def built_estate(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    """A built instance with one change that waits for its build; not to be altered."""
    estate = Estate.made(tmp_path_factory.mktemp("reliability") / "estate")
    done = estate.run("build")
    assert done.code == 0, done
    return estate
