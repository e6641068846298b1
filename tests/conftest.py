"""What several test folders share: the release of the first brochure, built once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from laurier.pipeline.build import build
from laurier.pipeline.outcome import Outcome
from laurier.settings import Settings
from laurier.snapshot.opened import Snapshot, current

ROOT = Path(__file__).resolve().parents[1]


def silent(*_: object) -> None:
    """A progress that nobody watches."""


def copied(data: Path, to: Path) -> Path:
    """The sources, decisions and registry of the repository in another folder, without the gazetteer."""
    shutil.copytree(data, to, ignore=shutil.ignore_patterns("gazetteer"))
    return to


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
