from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sample_release import BASE, MINT, ROW, lines

from laurier.snapshot import entities, entity_file, history
from laurier.snapshot.history import Event, History
from laurier.snapshot.manifest import Manifest
from laurier.snapshot.opened import Snapshot


def release(folder: Path, name: str, quads: list[str], versions: dict[str, str], base: str = BASE) -> Snapshot:
    path = folder / name
    path.mkdir()
    (path / "data.nq").write_text("".join(f"{line}\n" for line in quads), encoding="utf-8")
    entity_file.build(quads, path / entities.NAME)
    dumps = tuple(
        {"dataset": key, "format": "n-quads", "compression": "", "version": version}
        for key, version in versions.items()
    )
    return Snapshot(path, Manifest(name, base, "0", f"2026-0{name[-1]}-01T00:00:00Z", dumps=dumps))


TITLE = f"<{ROW.project}> <http://purl.org/dc/terms/title>"


def changed(quads: list[str]) -> list[str]:
    """One title corrected, one laureate gone, one new."""
    gone = f"<{MINT.thing('laureat', 'pic/deux')}>"
    kept = [line for line in quads if not line.startswith(gone)]
    new = [line.replace("pic/deux", "pic/trois") for line in quads if line.startswith(gone)]
    swapped = [
        line.replace("CUISINE MODE D'EMPLOI", "Cuisine, mode d'emploi") if line.startswith(TITLE) else line
        for line in kept
    ]
    assert swapped != kept
    return sorted({*swapped, *new})


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[History, History, Path]]:
    first = release(tmp_path, "r1", lines(), {"ensemble": "r1", "pic-normandie": "r1"})
    history.extend(tmp_path / "r1" / history.NAME, None, first)
    second = release(tmp_path, "r2", changed(lines()), {"ensemble": "r2", "pic-normandie": "r1", "autre-liste": "r2"})
    history.extend(tmp_path / "r2" / history.NAME, first, second)
    with (
        closing(History(tmp_path / "r1" / history.NAME)) as old,
        closing(History(tmp_path / "r2" / history.NAME)) as new,
    ):
        yield old, new, tmp_path


def named(events: list[Event]) -> list[tuple[str, str]]:
    return [(event.kind, event.iri.removeprefix(BASE)) for event in events]


def test_the_first_release_creates_every_thing_that_has_a_page(two: tuple[History, History, Path]) -> None:
    old, _, _ = two
    found = named(old.feed(1, 1000))
    assert {kind for kind, _ in found} == {"created"}
    assert ("created", "id/laureat/pic/cuisine") in found
    assert ("created", "dataset/ensemble") in found
    assert len(found) == len(set(found)) == old.size()
    assert [event.rank for event in old.feed(1, 1000)] == list(range(1, old.size() + 1))


def test_a_release_adds_what_changed_since_and_keeps_what_was_told(two: tuple[History, History, Path]) -> None:
    old, new, _ = two
    before = old.feed(1, 1000)
    after = new.feed(1, 1000)
    assert after[: len(before)] == before  # told once, never retold otherwise: its pages are immutable
    assert named(after[len(before) :]) == [
        ("deleted", "id/laureat/pic/deux"),
        ("created", "id/laureat/pic/trois"),
        ("updated", "id/projet/cuisine"),
        ("created", "dataset/autre-liste"),
        ("updated", "dataset/ensemble"),
    ]


def test_a_thing_tells_what_was_removed_and_added(two: tuple[History, History, Path]) -> None:
    _, new, _ = two
    updated, created = new.of(ROW.project)
    assert (updated.kind, updated.release, updated.published) == ("updated", "r2", "2026-02-01T00:00:00Z")
    title = "<http://purl.org/dc/terms/title>"
    assert updated.removed == ((title, '"CUISINE MODE D\'EMPLOI"@fr'),)
    assert updated.added == ((title, '"Cuisine, mode d\'emploi"@fr'),)
    assert (created.kind, created.release, created.added) == ("created", "r1", ())


def test_a_thing_that_is_gone_keeps_its_history(two: tuple[History, History, Path]) -> None:
    _, new, _ = two
    assert [event.kind for event in new.of(MINT.thing("laureat", "pic/deux"))] == ["deleted", "created"]
    assert new.of(MINT.thing("laureat", "never")) == []


def test_nothing_changed_adds_nothing(two: tuple[History, History, Path]) -> None:
    _, new, folder = two
    versions = {"ensemble": "r2", "pic-normandie": "r1", "autre-liste": "r2"}
    third = release(folder, "r3", changed(lines()), versions)
    old = Snapshot(folder / "r2", Manifest("r2", BASE, "0", "2026-02-01T00:00:00Z", dumps=third.manifest.dumps))
    history.extend(folder / "r3" / history.NAME, old, third)
    with closing(History(folder / "r3" / history.NAME)) as last:
        assert last.feed(1, 1000) == new.feed(1, 1000)


@pytest.mark.parametrize("damage", ["base", "history.sqlite", "data.nq"])
def test_a_release_of_another_base_or_without_its_files_starts_a_history(
    two: tuple[History, History, Path], damage: str
) -> None:
    old, _, folder = two
    third = release(folder, "r3", lines(), {"ensemble": "r3"})
    base = "https://other.example/" if damage == "base" else BASE
    before = Snapshot(folder / "r2", Manifest("r2", base, "0", "2026-02-01T00:00:00Z"))
    if damage != "base":
        (folder / "r2" / damage).unlink()
    history.extend(folder / "r3" / history.NAME, before, third)
    with closing(History(folder / "r3" / history.NAME)) as last:
        assert {event.kind for event in last.feed(1, 1000)} == {"created"}
        assert last.size() == old.size() - 1  # one dataset fewer
