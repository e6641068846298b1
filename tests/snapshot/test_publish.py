"""Publishing: old or new, never between; named by content; damage is named."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from laurier.errors import SnapshotError
from laurier.snapshot import manifest as manifests
from laurier.snapshot import opened, publish
from laurier.snapshot.manifest import Manifest


def put(releases: Path, name: str, content: str, previous: str = "") -> Manifest:
    with publish.publisher(releases) as staging:
        (staging / "dumps").mkdir()
        (staging / "data.nq").write_text(content, encoding="utf-8")
        (staging / "dumps" / "a.ttl").write_text(content * 2, encoding="utf-8")
        published = f"2026-01-01T00:00:{len(name):02}Z"
        manifest = Manifest(hash=name, base="https://x.example/", version="1", published=published, previous=previous)
        sealed = publish.seal(staging, manifest)
        publish.publish(staging, sealed)
        return sealed


def test_what_is_published_is_current_and_whole(tmp_path: Path) -> None:
    manifest = put(tmp_path, "a", "one")
    snapshot = opened.current(tmp_path)
    assert snapshot.manifest == manifest
    assert set(manifest.files) == {"data.nq", "dumps/a.ttl"}
    snapshot.verify()
    assert not list(tmp_path.glob(".staging*"))


def test_the_switch_is_the_last_thing_that_happens(tmp_path: Path) -> None:
    put(tmp_path, "a", "one")
    with pytest.raises(ZeroDivisionError), publish.publisher(tmp_path) as staging:
        (staging / "data.nq").write_text(str(1 // 0), encoding="utf-8")
    assert opened.current(tmp_path).hash == "a"
    assert sorted(p.name for p in tmp_path.iterdir()) == [".lock", ".proven", "a", "current"]


def test_leftovers_of_a_killed_publisher_are_removed(tmp_path: Path) -> None:
    put(tmp_path, "a", "one")
    (tmp_path / ".staging-dead").mkdir()
    (tmp_path / ".staging-dead" / "data.nq").write_text("half", encoding="utf-8")
    put(tmp_path, "bb", "two", previous="a")
    assert not list(tmp_path.glob(".staging*"))


def test_two_publishers_at_once(tmp_path: Path) -> None:
    with publish.publisher(tmp_path), pytest.raises(SnapshotError, match="in progress"), publish.publisher(tmp_path):
        pass


@pytest.mark.parametrize("name", ["data.nq", "dumps/a.ttl"])
def test_a_flipped_byte_is_named(tmp_path: Path, name: str) -> None:
    put(tmp_path, "a", "one")
    path = tmp_path / "a" / name
    content = bytearray(path.read_bytes())
    content[1] ^= 1
    path.write_bytes(content)
    with pytest.raises(SnapshotError, match=name):
        opened.current(tmp_path).verify()


def test_a_missing_and_an_added_file_are_named(tmp_path: Path) -> None:
    put(tmp_path, "a", "one")
    (tmp_path / "a" / "extra").write_text("x", encoding="utf-8")
    with pytest.raises(SnapshotError, match="extra"):
        opened.current(tmp_path).verify()
    (tmp_path / "a" / "extra").unlink()
    (tmp_path / "a" / "data.nq").unlink()
    with pytest.raises(SnapshotError, match=r"data\.nq"):
        opened.current(tmp_path).verify()


def test_without_current_the_newest_whole_release_is_served(tmp_path: Path) -> None:
    put(tmp_path, "a", "one")
    put(tmp_path, "bb", "two", previous="a")
    put(tmp_path, "ccc", "three", previous="bb")
    (tmp_path / "current").unlink()
    (tmp_path / "ccc" / "data.nq").write_text("damaged", encoding="utf-8")
    assert opened.current(tmp_path).hash == "bb"


def test_no_release_at_all_is_said(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="laurier build"):
        opened.current(tmp_path)


def test_rollback_goes_to_the_one_before_and_refuses_a_damaged_one(tmp_path: Path) -> None:
    put(tmp_path, "a", "one")
    put(tmp_path, "bb", "two", previous="a")
    assert opened.rollback(tmp_path).hash == "a"
    assert opened.current(tmp_path).hash == "a"
    (tmp_path / "bb" / "data.nq").write_text("damaged", encoding="utf-8")
    with pytest.raises(SnapshotError, match="damaged"):
        opened.rollback(tmp_path, "bb")
    assert opened.current(tmp_path).hash == "a"
    with pytest.raises(SnapshotError, match="no release zzz"):
        opened.rollback(tmp_path, "zzz")


def test_nothing_is_before_the_oldest_release(tmp_path: Path) -> None:
    for name, previous in (("a", ""), ("bb", "a"), ("ccc", "bb")):
        put(tmp_path, name, name, previous=previous)
    assert [opened.rollback(tmp_path).hash for _ in range(2)] == ["bb", "a"]
    with pytest.raises(SnapshotError, match="no release to go back to"):
        opened.rollback(tmp_path)
    assert opened.current(tmp_path).hash == "a"


def test_a_release_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="There is no release zzz in"):
        opened.Snapshot.open(tmp_path / "zzz")


def test_a_damaged_release_of_the_same_name_is_replaced(tmp_path: Path) -> None:
    put(tmp_path, "a", "one")
    (tmp_path / "a" / "data.nq").write_text("damaged", encoding="utf-8")
    put(tmp_path, "a", "one")
    opened.current(tmp_path).verify()


def test_old_releases_are_pruned_but_not_the_one_before(tmp_path: Path) -> None:
    names = [str(number) * number for number in range(1, publish.KEPT + 4)]
    for before, name in zip(["", *names], names, strict=False):
        put(tmp_path, name, name, previous=before)
    kept = {m.hash for m in publish.published(tmp_path)}
    assert names[-1] in kept
    assert names[-2] in kept
    assert len(kept) == publish.KEPT


def test_an_unreadable_manifest_is_a_sentence(tmp_path: Path) -> None:
    put(tmp_path, "a", "one")
    for content in (b"", b"{}", b"[1]", b'{"format": 99}', b"\xff"):
        (tmp_path / "a" / manifests.NAME).write_bytes(content)
        with pytest.raises(SnapshotError, match="manifest"):
            opened.Snapshot.open(tmp_path / "a")


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_without_write_access_is_said(tmp_path: Path) -> None:
    put(tmp_path, "a", "one")
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(SnapshotError, match="write access"):
            put(tmp_path, "b", "two")
    finally:
        tmp_path.chmod(0o755)


def test_the_hash_depends_on_facts_base_and_version_only() -> None:
    parts = [("data.nq", "1"), ("review.json", "2")]
    one = manifests.release_hash("1", "https://a/", parts)
    assert one == manifests.release_hash("1", "https://a/", reversed(parts))
    assert (
        len(
            {
                one,
                *(manifests.release_hash(*other) for other in (("2", "https://a/", parts), ("1", "https://b/", parts))),
            }
        )
        == 3
    )


def test_a_manifest_reads_back(tmp_path: Path) -> None:
    manifest = put(tmp_path, "a", "one")
    changed = replace(manifest, counts={"http://c": 3}, graphs={"http://g": 4}, documents=({"key": "é"},))
    (tmp_path / "a" / manifests.NAME).write_bytes(changed.to_json())
    assert manifests.read(tmp_path / "a") == changed
