"""What was published once is never forgotten: every IRI that was served answers 200, 301 or 410 for ever."""

from __future__ import annotations

import shutil
from pathlib import Path

from estate import Estate

from laurier.pipeline.build import build
from laurier.settings import Settings
from laurier.snapshot.entities import Entities
from laurier.snapshot.opened import current

BASE = "https://data.example.org/id/"


def built(estate: Estate) -> str:
    return build(Settings(data=estate.data, releases=estate.releases), lambda *_: None).manifest.hash


def answers(estate: Estate, iri: str) -> str:
    entities = Entities(current(estate.releases).file("entities.sqlite"))
    try:
        if entities.entity(BASE + iri) is not None:
            return "here"
        moved = entities.moved(BASE + iri)
        return moved[0] if moved is not None else "forgotten"
    finally:
        entities.close()


def test_what_left_the_source_is_gone_not_unknown_even_when_the_rest_is_as_it_was(tmp_path: Path) -> None:
    estate = Estate.made(tmp_path)
    first = built(estate)
    everything = {f"{kind}/{key}" for kind, key in estate.minted()}
    laureates = [iri for iri in everything if iri.startswith("laureat/")]
    assert len(laureates) == 16
    assert {answers(estate, iri) for iri in everything} == {"here"}

    estate.alter(1)
    built(estate)
    added = {f"{kind}/{key}" for kind, key in estate.minted()} - everything
    assert {iri.split("/")[0] for iri in added} == {"projet", "laureat"}
    assert "forgotten" not in {answers(estate, iri) for iri in everything | added}
    assert "withdrawn" in {answers(estate, iri) for iri in laureates}

    estate.restore()
    last = built(estate)
    # The facts are those of the first release; what was published in between must still be remembered.
    assert last != first
    assert {answers(estate, iri) for iri in everything} == {"here"}
    assert {answers(estate, iri) for iri in added} == {"withdrawn"}


def test_a_source_that_is_removed_leaves_tombstones(tmp_path: Path) -> None:
    estate = Estate.made(tmp_path)
    sources = estate.data / "sources"
    shutil.copytree(sources / "pic-normandie", sources / "autre")
    text = (sources / "autre" / "laureats-pic-normandie.txt").read_text(encoding="utf-8")
    (sources / "autre" / "laureats-pic-normandie.txt").write_text(
        text.replace("ACCUEIL SERVICES LE BUREAU MOBILE", "ARML TOUT AUTRE CHOSE"), encoding="utf-8"
    )
    built(estate)
    (own,) = (key for kind, key in estate.minted() if kind == "projet" and "tout-autre-chose" in key)
    assert answers(estate, f"projet/{own}") == "here"
    shutil.rmtree(sources / "autre")
    built(estate)
    assert answers(estate, f"projet/{own}") == "withdrawn"
