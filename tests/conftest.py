"""What several test folders share: the release of the first brochure, built once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from building import ROOT, copied, silent

from laurier.pipeline.build import build
from laurier.pipeline.outcome import Outcome
from laurier.settings import Settings
from laurier.snapshot.opened import Snapshot, current


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Outcome]:
    """Settings and outcome of a build of the repository's sources."""
    folder = tmp_path_factory.mktemp("built")
    settings = Settings(data=copied(ROOT / "data", folder / "data"), releases=folder / "releases")
    return settings, build(settings, silent)


@pytest.fixture(scope="session")
def release(built: tuple[Settings, Outcome]) -> Iterator[Snapshot]:
    """The release of the first brochure."""
    snapshot = current(built[0].releases)
    yield snapshot
    snapshot.entities.close()
