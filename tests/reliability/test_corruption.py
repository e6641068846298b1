"""One altered byte in any file of a release is found before anything is served, and named."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from estate import Done, Estate, ended
from server import Server

from laurier.errors import SnapshotError
from laurier.snapshot.opened import Snapshot


@pytest.fixture(scope="module")
def estate(built_estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> Estate:
    return built_estate.copied(tmp_path_factory.mktemp("corruption") / "estate")


def flip(path: Path, chance: random.Random) -> bytes:
    """Changes one bit of a file, and not of another name of it; its length stays."""
    content = path.read_bytes()
    at = chance.randrange(len(content))
    path.unlink()
    path.write_bytes(content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :])
    return content


def test_a_flipped_bit_in_every_file_in_turn_is_named_by_verify(estate: Estate) -> None:
    folder = estate.releases / estate.current
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    assert len(names) > 50
    assert {"manifest.json", "data.nq", "entities.sqlite", "search.sqlite"} <= set(names)
    assert any(name.startswith("store/") for name in names)
    for number, name in enumerate(names):
        if not (folder / name).stat().st_size:
            continue  # an empty file has no byte to flip
        content = flip(folder / name, random.Random(number))
        with pytest.raises(SnapshotError, match=name.rpartition("/")[2]):
            Snapshot.open(folder).verify()
        (folder / name).write_bytes(content)
    Snapshot.open(folder).verify()


def test_every_byte_of_a_manifest_counts(estate: Estate) -> None:
    folder = estate.releases / estate.current
    path = folder / "manifest.json"
    content = path.read_bytes()
    chance = random.Random(1)
    for at in chance.sample(range(len(content)), 300):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1 << chance.randrange(7)]) + content[at + 1 :])
        with pytest.raises(SnapshotError, match="manifest"):
            Snapshot.open(folder)
    path.write_bytes(content)


@pytest.mark.parametrize("pattern", ["entities.sqlite", "store/*.sst", "dumps/*.ttl", "sources/*.txt", "manifest.json"])
def test_a_server_does_not_start_on_a_damaged_release(estate: Estate, pattern: str) -> None:
    path = next((estate.releases / estate.current).glob(pattern))
    content = flip(path, random.Random(7))
    try:
        done: Done = ended(estate.start("serve", "--port", "0"))
    finally:
        path.write_bytes(content)
    assert done.code == 1, done
    assert path.name in done.err
    assert "Traceback" not in done.err + done.out
    assert "http://" not in done.out


def test_a_running_server_keeps_the_release_it_has_when_the_next_one_is_damaged(estate: Estate, tmp_path: Path) -> None:
    twin = estate.copied(tmp_path / "twin")
    good = twin.current
    with Server(twin) as server:
        twin.alter(5)
        assert twin.run("build").code == 0
        bad = twin.current
        server.until(lambda: server.ready()["release"] == bad)
        twin.run("rollback", "--to", good)
        server.until(lambda: server.ready()["release"] == good)
        path = next((twin.releases / bad / "dumps").glob("*.parquet"))
        flip(path, random.Random(3))
        (twin.releases / "current").unlink()  # a switch made by hand, without `rollback`, which refuses
        (twin.releases / "current").symlink_to(bad)
        server.until(lambda: server.ready()["stale"] == bad)
        assert server.get("/readyz")[0] == 200
        assert server.ready()["release"] == good
        time.sleep(0.2)
        assert path.name in server.log()


def test_without_current_the_newest_whole_release_is_served_and_said(estate: Estate, tmp_path: Path) -> None:
    twin = estate.copied(tmp_path / "twin")
    name = twin.current
    (twin.releases / "current").unlink()
    with Server(twin) as server:
        assert server.ready()["release"] == name
        assert "newest whole one" in server.log()
    done = twin.run("verify")
    assert done.code == 0
    assert "newest whole one" in done.err


def test_a_build_repairs_a_damaged_release(estate: Estate, tmp_path: Path) -> None:
    twin = estate.copied(tmp_path / "twin")
    name = twin.current
    flip(twin.releases / name / "data.nq", random.Random(1))
    assert twin.run("verify").code == 1
    done = twin.run("build")
    assert done.code == 0, done
    assert twin.current == name
    twin.whole()
    assert twin.leftovers() == []
