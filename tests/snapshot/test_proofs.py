"""A release that was compared with its digests is not read again, unless anything of it may have changed."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from laurier.errors import SnapshotError
from laurier.snapshot import manifest as manifests
from laurier.snapshot import opened, proofs
from tests.snapshot.test_publish import put

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the start of the machine is not told")


def proven(releases: Path) -> bool:
    snapshot = opened.current(releases)
    return proofs.holds(snapshot.folder, snapshot.manifest)


def test_what_was_published_or_compared_is_proven(tmp_path: Path) -> None:
    put(tmp_path, "a", "one")
    assert proven(tmp_path)
    (tmp_path / ".proven").unlink()
    assert not proven(tmp_path)
    opened.current(tmp_path).prove()
    assert proven(tmp_path)


def written_with_its_date(path: Path) -> None:
    before, content = path.stat(), bytearray(path.read_bytes())
    content[1] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced(path: Path) -> None:
    shutil.copy2(path, path.with_name("copy"))
    path.with_name("copy").replace(path)


def touched_in_place(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(file.read(1))


@pytest.mark.parametrize("name", ["data.nq", "dumps/a.ttl"])
@pytest.mark.parametrize("change", [written_with_its_date, replaced, touched_in_place, Path.unlink])
def test_no_change_goes_unseen(tmp_path: Path, change: Callable[[Path], None], name: str) -> None:
    put(tmp_path, "a", "one")
    change(tmp_path / "a" / name)
    assert not proven(tmp_path)


def test_a_change_is_told_as_before(tmp_path: Path) -> None:
    put(tmp_path, "a", "one")
    written_with_its_date(tmp_path / "a" / "data.nq")
    with pytest.raises(SnapshotError, match=r"data\.nq"):
        opened.current(tmp_path).prove()
    assert not proven(tmp_path)


def test_an_added_file_another_manifest_and_another_start_end_a_proof(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a", "one")
    (tmp_path / "a" / "extra").write_text("x", encoding="utf-8")
    assert not proven(tmp_path)
    (tmp_path / "a" / "extra").unlink()
    assert proven(tmp_path)
    path = tmp_path / "a" / manifests.NAME
    path.write_bytes(path.read_bytes())
    assert not proven(tmp_path)
    opened.current(tmp_path).prove()
    boot = tmp_path / "boot"
    boot.write_text("another start\n")
    monkeypatch.setattr(proofs, "_BOOT", boot)
    assert not proven(tmp_path)
    boot.unlink()
    opened.current(tmp_path).prove()
    assert not proven(tmp_path)


@pytest.mark.parametrize("kept", [b"", b"{", b"[]", b"\xff", b'{"release": "a"}'])
def test_a_proof_that_cannot_be_read_is_none(tmp_path: Path, kept: bytes) -> None:
    put(tmp_path, "a", "one")
    (tmp_path / ".proven").write_bytes(kept)
    assert not proven(tmp_path)
    opened.current(tmp_path).prove()
    assert proven(tmp_path)


def test_another_release_takes_its_place(tmp_path: Path) -> None:
    put(tmp_path, "a", "one")
    put(tmp_path, "bb", "two", previous="a")
    assert proven(tmp_path)
    opened.rollback(tmp_path)
    assert not proven(tmp_path)
