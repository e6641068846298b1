"""Writes the golden graph of the first brochure again (`make golden`)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from laurier.pipeline.build import build
from laurier.quads import split
from laurier.settings import Settings
from laurier.snapshot.opened import current
from laurier.snapshot.sorting import lines_of

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Builds in a temporary folder and keeps everything but the ontology and its schemes."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("gazetteer"))
        settings = Settings(data=data, releases=Path(folder) / "releases")
        build(settings, lambda *_: None)
        own = ("/graph/ontology>", "/graph/schemes>")
        lines = lines_of(current(settings.releases).file("data.nq"))
        kept = [f"{line}\n" for line in lines if not split(line)[3].endswith(own)]
    (Path(__file__).parent / "pic-normandie.nq").write_text("".join(kept), encoding="utf-8")


if __name__ == "__main__":
    main()
