"""How tests build: on a copy of the repository's sources, without anybody watching."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def silent(*_: object) -> None:
    """A progress that nobody watches."""


def copied(data: Path, to: Path) -> Path:
    """The sources, decisions and registry of the repository in another folder, without the gazetteer."""
    shutil.copytree(data, to, ignore=shutil.ignore_patterns("gazetteer"))
    return to
