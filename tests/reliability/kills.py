"""Kills a command at many moments and proves each time that nothing is lost: the harness behind `test_kills.py`.

    python tests/reliability/kills.py build --rounds 200 --seed 7

Half of the moments are chosen among the changes that the command makes to the file system (so that the short instants
around a rename are hit for certain), half are instants drawn uniformly from its duration.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from estate import Done, Estate, State, kept
from killing import Tally, elsewhere, killed, measured, moments, told
from kills_push import push


def build(estate: Estate, rounds: int, chance: random.Random) -> Tally:
    """A build that withdraws a key and mints one, killed; the next one must succeed and forget nothing."""
    tally = Tally()
    assert estate.run("build").code == 0
    number = chance.randrange(1 << 30)
    estate.alter(number)
    for moment in moments(*elsewhere(estate, ("build",)), rounds, chance):
        number += 1
        estate.alter(number)
        before = estate.state()
        with told(f"build killed at {moment}"):
            done = killed(estate, ("build",), moment)
            after = estate.state()
            _old_or_new(estate, before, after, done)
            tally.counts["new release served" if after.current != before.current else "old release served"] += 1
            kept(before, after)
            again = estate.run("build")
            assert again.code == 0, again
            kept(after, estate.state())
            estate.whole()
            assert estate.leftovers() == []
            _tombstones(estate)
        tally.rounds += 1
    return tally


def decide(estate: Estate, rounds: int, chance: random.Random) -> Tally:
    """A decision being written, killed; those before it stay, and the next one is added."""
    tally = Tally()
    assert estate.run("build").code == 0
    words = ("decide", "--who", "harness", "--why", "essai", "Centre Manche", "aucune")
    assert estate.run(*words).code == 0
    for moment in moments(*elsewhere(estate, words), rounds, chance):
        before = estate.state()
        with told(f"decide killed at {moment}"):
            killed(estate, words, moment)
            after = estate.state()
            kept(before, after)
            added = len(after.decisions.splitlines()) - len(before.decisions.splitlines())
            assert added in (0, 1)
            tally.counts["decision kept" if added else "decision not yet made"] += 1
            assert estate.run(*words).code == 0
            kept(after, estate.state())
            assert len(estate.state().decisions.splitlines()) == len(after.decisions.splitlines()) + 1
            assert estate.leftovers() == []
            if estate.decisions.stat().st_size > 4096:  # not more than a harness needs
                estate.decisions.unlink()
                assert estate.run(*words).code == 0
        tally.rounds += 1
    assert estate.run("build").code == 0
    estate.whole()
    return tally


def rollback(estate: Estate, rounds: int, chance: random.Random) -> Tally:
    """A rollback, killed: one of the two releases is served, and the next command works."""
    tally = Tally()
    assert estate.run("build").code == 0
    estate.alter(1)
    assert estate.run("build").code == 0
    pair = [p.name for p in estate.releases.iterdir() if p.is_dir() and not p.is_symlink()]
    assert len(pair) == 2
    for moment in moments(*elsewhere(estate, ("rollback",)), rounds, chance):
        before = estate.state()
        (other,) = set(pair) - {before.current}
        with told(f"rollback killed at {moment}"):
            killed(estate, ("rollback", "--to", other), moment)
            after = estate.state()
            assert after.current in pair
            tally.counts["switched" if after.current == other else "not switched"] += 1
            estate.whole()
            target = chance.choice(pair)
            assert estate.run("rollback", "--to", target).code == 0
            assert estate.whole() == target
            assert estate.leftovers() == []
            kept(before, estate.state())
        tally.rounds += 1
    return tally


def export(estate: Estate, rounds: int, chance: random.Random) -> Tally:
    """An export over an earlier one, killed: the folder is one of the two, whole; the next one takes its place.

    Args:
        estate: an instance with two releases.
        rounds, chance: as for the others.
    """
    tally = Tally()
    words = ("export", "site", "--no-filters")
    site = estate.folder / "site"
    assert estate.run(*words).code == 0
    whole = {estate.current: _digest(site)}
    assert estate.run("rollback").code == 0
    duration = measured(estate, words)
    whole[estate.current] = _digest(site)
    old, new = whole
    assert new != old
    assert whole[new] != whole[old]
    for moment in moments(*duration, rounds, chance):
        old, new = estate.current, ({*whole} - {estate.current}).pop()
        assert estate.run("rollback", "--to", new).code == 0
        with told(f"export killed at {moment}"):
            killed(estate, words, moment)
            found = _digest(site)
            assert found in (whole[old], whole[new]), "the folder is neither the old nor the new export"
            tally.counts["new site" if found == whole[new] else "old site"] += 1
            done = estate.run(*words)
            assert done.code == 0, done
            assert _digest(site) == whole[new], "the next export is not whole"
            left = sorted(path.name for path in estate.folder.glob(".*"))
            assert not left, f"left beside the export: {left}"
        tally.rounds += 1
    return tally


SERIES: dict[str, Callable[[Estate, int, random.Random], Tally]] = {
    "build": build,
    "decide": decide,
    "rollback": rollback,
    "export": export,
    "push": push,
}
#: Laureates of the two invented releases that a series works on, in full; the others build the repository's sources.
INVENTED = {"export": 2, "push": 150}


def _old_or_new(estate: Estate, before: State, after: State, done: Done) -> None:
    served = estate.whole()
    assert served == after.current
    if after.current != before.current:
        assert done.code in (0, -signal.SIGKILL)
    if done.code == 0:
        assert after.current != before.current, "a finished build published nothing"


def _tombstones(estate: Estate) -> None:
    """Every key of the ledger that is not alive answers 301 or 410."""
    dead = {f"/id/{kind}/{key}" for (kind, key), state in estate.minted().items() if state != "live"}
    gone = estate.gone()
    missing = [end for end in dead if not any(iri.endswith(end) for iri in gone)]
    assert not missing, f"tombstones lost: {missing}"


def _digest(folder: Path) -> str:
    """Of every file of a folder, with its name."""
    found = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return found.hexdigest()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=SERIES)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--laureates", type=int, help="of the invented releases that export and push work on")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    given = parser.parse_args()
    print(f"{given.command}: seed {given.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        if given.command in INVENTED:
            laureates = given.laureates or INVENTED[given.command]
            estate = Estate.invented(Path(folder) / "estate", laureates)
        else:
            estate = Estate.made(Path(folder) / "estate")
        print(f"{given.command}: {SERIES[given.command](estate, given.rounds, random.Random(given.seed))}")


if __name__ == "__main__":
    os.nice(10)
    sys.exit(main())
