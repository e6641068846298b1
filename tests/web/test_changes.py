"""The history of a thing on its page, after two builds with a correction between them."""

from __future__ import annotations

from lxml import html

from laurier.settings import Settings
from laurier.snapshot.opened import Snapshot
from laurier.vocabulary import Vocabulary
from laurier.web.pages.site import Pages


def sections(settings: Settings, snapshot: Snapshot, language: str) -> dict[str, str]:
    pages = Pages(snapshot, settings, Vocabulary())
    found = {}
    for iri in snapshot.entities.following(f"{snapshot.base}id/projet/", limit=500):
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
