"""The history of a thing on its page, after two builds with a correction between them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from laurier.pipeline.build import build
from laurier.pipeline.outcome import Outcome
from laurier.settings import Settings
from laurier.snapshot.opened import Snapshot, current
from laurier.vocabulary import Vocabulary
from laurier.web.pages.site import Pages

SOURCE = Path("sources/pic-normandie/laureats-pic-normandie.txt")
BEFORE, AFTER = "Date de démarrage : octobre 2019.", "Date de démarrage : novembre 2019."


@pytest.fixture(scope="module")
def twice(
    built: tuple[Settings, Outcome], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Settings, Snapshot]]:
    folder = tmp_path_factory.mktemp("twice")
    for name in ("data", "releases"):
        shutil.copytree(getattr(built[0], name), folder / name, symlinks=True)
    settings = replace(built[0], data=folder / "data", releases=folder / "releases")
    path = settings.data / SOURCE
    text = path.read_text(encoding="utf-8")
    assert BEFORE in text
    path.write_text(text.replace(BEFORE, AFTER, 1), encoding="utf-8")
    build(settings, lambda *_: None)
    snapshot = current(settings.releases)
    yield settings, snapshot
    snapshot.entities.close()


def sections(settings: Settings, snapshot: Snapshot, language: str) -> dict[str, str]:
    pages = Pages(snapshot, settings, Vocabulary())
    found = {}
    for iri in snapshot.entities.starting(f"{snapshot.base}id/projet/", 0, 500):
        if "#" not in iri:
            rendered = pages.entity(iri, language)  # type: ignore[arg-type]
            assert rendered is not None
            (section,) = html.document_fromstring(rendered.body).xpath("//section[@class='history']")
            found[iri] = " ".join(section.text_content().split())
    return found


def test_a_project_tells_what_changed_and_the_others_that_they_were_published(
    twice: tuple[Settings, Snapshot],
) -> None:
    settings, snapshot = twice
    french = sections(settings, snapshot, "fr")
    changed = [text for text in french.values() if "Modifié le" in text]
    assert changed
    assert any("octobre 2019" in text and "novembre 2019" in text for text in changed)
    assert all("Publié le" in text for text in french.values())
    english = sections(settings, snapshot, "en")
    assert sum("Changed on" in text for text in english.values()) == len(changed)
    assert any("→" in text for text in english.values())


def test_the_first_version_of_the_dataset_is_named(twice: tuple[Settings, Snapshot]) -> None:
    _, snapshot = twice
    (entry,) = [e for e in snapshot.manifest.dumps if e["name"] == "pic-normandie.nq"]
    assert entry["previous"] == snapshot.manifest.previous
    assert entry["version"] == snapshot.hash
    (vocabulary,) = [e for e in snapshot.manifest.dumps if e["name"] == "ontologie.nq"]
    assert vocabulary["version"] == snapshot.manifest.previous
    assert vocabulary["previous"] == ""
