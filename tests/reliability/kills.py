"""Kills a command at many moments and proves each time that nothing is lost: the harness behind `test_kills.py`.

    python tests/reliability/kills.py build --rounds 200 --seed 7

Half of the moments are chosen among the changes that the command makes to the file system (so that the short instants
around a rename are hit for certain), half are instants drawn uniformly from its duration.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from estate import Done, Estate, State, ended, kept


@dataclass(slots=True)
class Tally:
    """What a series of kills gave."""

    rounds: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        told = ", ".join(f"{count} {name}" for name, count in sorted(self.counts.items()))
        return f"{self.rounds} kills ({told})"


@dataclass(frozen=True, slots=True)
class Moment:
    """When to kill: before the n-th change of the file system, or after some seconds."""

    change: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"change {self.change}" if self.change else f"{self.seconds:.3f} s"


Words = tuple[str, ...]


def killed(estate: Estate, words: Words, moment: Moment) -> Done:
    """Runs a command until its moment; its process alone is killed, as the kernel or an operator would."""
    process = estate.start(*words, fault=f"kill:{moment.change}" if moment.change else "none")
    if not moment.change:
        try:
            process.wait(timeout=moment.seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
    return ended(process)


def moments(estate: Estate, words: Words, rounds: int, chance: random.Random) -> Iterator[Moment]:
    """The moments of a series, measured on a run of the command that is let to its end."""
    with tempfile.TemporaryDirectory() as folder:
        count = Path(folder) / "count"
        twin = estate.copied(Path(folder) / "twin")
        start = time.monotonic()
        done = twin.run(*words, fault=f"count:{count}")
        lasted = time.monotonic() - start
        assert done.code == 0, done
        changes = int(count.read_text(encoding="utf-8"))
    for number in range(rounds):
        if number and number % 20 == 0:
            print(f"{words[0]}: {number} of {rounds} kills held", flush=True)
        if number % 2:
            yield Moment(seconds=chance.uniform(0.05, lasted * 1.05))
        elif chance.random() < 0.5:
            yield Moment(change=chance.randint(1, changes))
        else:  # what surrounds the commit
            yield Moment(change=chance.randint(max(1, changes - 24), changes))


def build(estate: Estate, rounds: int, chance: random.Random) -> Tally:
    """A build that withdraws a key and mints one, killed; the next one must succeed and forget nothing."""
    tally = Tally()
    assert estate.run("build").code == 0
    number = chance.randrange(1 << 30)
    estate.alter(number)
    for moment in moments(estate, ("build",), rounds, chance):
        number += 1
        estate.alter(number)
        before = estate.state()
        with _told(f"build killed at {moment}"):
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
    for moment in moments(estate, words, rounds, chance):
        before = estate.state()
        with _told(f"decide killed at {moment}"):
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
    for moment in moments(estate, ("rollback",), rounds, chance):
        before = estate.state()
        (other,) = set(pair) - {before.current}
        with _told(f"rollback killed at {moment}"):
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


SERIES: dict[str, Callable[[Estate, int, random.Random], Tally]] = {
    "build": build,
    "decide": decide,
    "rollback": rollback,
}


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


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except AssertionError as error:
        raise AssertionError(f"{what}: {error}") from error


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=SERIES)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    given = parser.parse_args()
    print(f"{given.command}: seed {given.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        estate = Estate.made(Path(folder) / "estate")
        print(f"{given.command}: {SERIES[given.command](estate, given.rounds, random.Random(given.seed))}")


if __name__ == "__main__":
    os.nice(10)
    sys.exit(main())
