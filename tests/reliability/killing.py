"""Killing a command at chosen moments, and what a series of kills gave; see `kills.py`."""

from __future__ import annotations

import random
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from estate import Done, Estate, ended


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


def measured(estate: Estate, words: Words) -> tuple[int, float]:
    """Runs a command to its end: its changes of the file system, and how many seconds it lasted."""
    with tempfile.TemporaryDirectory() as folder:
        count = Path(folder) / "count"
        start = time.monotonic()
        done = estate.run(*words, fault=f"count:{count}")
        lasted = time.monotonic() - start
        assert done.code == 0, done
        return int(count.read_text(encoding="utf-8")), lasted


def moments(changes: int, lasted: float, rounds: int, chance: random.Random) -> Iterator[Moment]:
    """The moments of a series, from what was measured; a long series says how far it is."""
    for number in range(rounds):
        if number and number % 20 == 0:
            print(f"{number} of {rounds} kills held", flush=True)
        if number % 2:
            yield Moment(seconds=chance.uniform(0.05, lasted * 1.05))
        elif chance.random() < 0.5:
            yield Moment(change=chance.randint(1, changes))
        else:  # what surrounds the commit
            yield Moment(change=chance.randint(max(1, changes - 24), changes))


def elsewhere(estate: Estate, words: Words) -> tuple[int, float]:
    """`measured` on a copy of the instance."""
    with tempfile.TemporaryDirectory() as folder:
        return measured(estate.copied(Path(folder) / "twin"), words)


@contextmanager
def told(what: str) -> Iterator[None]:
    """Says at which kill a promise was broken."""
    try:
        yield
    except AssertionError as error:
        raise AssertionError(f"{what}: {error}") from error
