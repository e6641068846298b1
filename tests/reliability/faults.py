"""Makes the system fail under a command: full disk, folders without write access, no memory, refused calls.

python tests/reliability/faults.py --rounds 40 --seed 7
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from estate import Done, Estate, kept
from killing import Tally

_ERRORS = ("ENOSPC", "EIO", "EACCES", "EMFILE", "EROFS", "EDQUOT", "ENOMEM")


def refused_calls(estate: Estate, rounds: int, chance: random.Random) -> Tally:
    """The n-th change of the file system fails, and all later ones, or that one alone."""
    tally = Tally()
    changes = _changes(estate)
    for _ in range(rounds):
        kind = chance.choice(("fail", "once"))
        fault = f"{kind}:{chance.randint(1, changes)}:{chance.choice(_ERRORS)}"
        _survives(estate, tally, fault, lambda e, fault=fault: e.run("build", fault=fault))
    return tally


def full_disk(estate: Estate, rounds: int, chance: random.Random) -> Tally:
    """Files may only grow to some size (RLIMIT_FSIZE), as on a disk that fills while a file is written."""
    tally = Tally()
    for _ in range(rounds):
        limit = int(10 ** chance.uniform(2, 7))

        def bounded(limit: int = limit) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        _survives(estate, tally, f"files of {limit} bytes", lambda e, b=bounded: e.run("build", before=b))
    return tally


def full_file_system(estate: Estate, rounds: int, chance: random.Random) -> Tally:
    """A file system of its own (tmpfs), whose room runs out at some point of the build; needs root."""
    tally = Tally()
    for _ in range(rounds):
        with _small_disk(estate, chance) as (small, filler):
            before = small.state()
            done = small.run("build")
            tally.counts["finished" if done.code == 0 else "sentence"] += 1
            assert done.code == 0 or done.sentence, done
            kept(before, small.state())
            small.whole()
            filler.unlink(missing_ok=True)
            assert small.run("build").code == 0
            small.whole()
            assert small.leftovers() == []
        tally.rounds += 1
    return tally


def no_memory(estate: Estate, rounds: int, chance: random.Random) -> Tally:
    """The address space is bounded (RLIMIT_AS): the process may end as it can, what it serves stays whole."""
    tally = Tally()
    for _ in range(rounds):
        limit = int(chance.uniform(60, 700)) << 20

        def bounded(limit: int = limit) -> None:
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        _survives(
            estate, tally, f"{limit >> 20} MiB", lambda e, b=bounded: e.run("build", before=b), ends_badly=True
        )  # fmt: skip
    return tally


def read_only(estate: Estate) -> Tally:
    """Each folder in turn without write access, for an account without the rights of root."""
    tally = Tally()
    folders = [estate.releases, estate.data, estate.data / "decisions"]
    for folder in folders:
        words = ("decide", "--why", "x", "Centre Manche", "aucune") if folder.name == "decisions" else ("build",)
        estate.alter(len(folder.parts) + tally.rounds)
        before = estate.state()
        mode = folder.stat().st_mode
        folder.chmod(0o555)
        try:
            done = estate.run(*words, plain=True)
        finally:
            folder.chmod(mode)
        assert done.sentence, f"{folder.name}: {done}"
        assert estate.state() == before, folder.name
        estate.whole()
        assert estate.run(*words, plain=True).code == 0, folder.name
        assert estate.leftovers() == [], folder.name
        tally.rounds += 1
        tally.counts["sentence"] += 1
    return tally


def together(estate: Estate, rounds: int, chance: random.Random) -> Tally:
    """Two builds at once, and two decisions at once: one waits or says why not, nothing is lost."""
    tally = Tally()
    for number in range(rounds):
        estate.alter(chance.randrange(1 << 30))
        before = estate.state()
        pair = [estate.start("build") for _ in range(2)]
        codes = Counter(_code(process) for process in pair)
        assert codes[0] >= 1, codes
        assert set(codes) <= {0, 1}, codes
        kept(before, estate.state())
        estate.whole()
        lines = len(estate.state().decisions.splitlines())
        deciders = [estate.start("decide", "--why", f"{number}", "Centre Manche", "aucune") for _ in range(4)]
        assert [_code(process) for process in deciders] == [0] * 4
        now = len(estate.state().decisions.splitlines())
        assert now == lines + 4 + (lines == 0), "a decision was lost"
        assert estate.leftovers() == []
        tally.rounds += 1
        tally.counts["second one refused" if codes[1] else "second one waited"] += 1
    return tally


def prepared(folder: Path) -> Estate:
    """A built instance, with a change that waits for its build."""
    estate = Estate.made(folder)
    done = estate.run("build")
    assert done.code == 0, done
    estate.alter(0)
    return estate


def _survives(
    estate: Estate, tally: Tally, what: str, run: Callable[[Estate], Done], *, ends_badly: bool = False
) -> None:
    """A build under a fault: a sentence, or success; what was served and remembered is there, and no leftover.

    The instance is put back as it was, so that each fault meets the same build.
    """
    with tempfile.TemporaryDirectory(dir=estate.folder.parent) as folder:
        twin = estate.copied(Path(folder) / "twin")
        before = twin.state()
        done = run(twin)
        after = twin.state()
        ok = done.code == 0 or done.sentence or (ends_badly and done.code != 0)
        assert ok, f"{what}: {done}"
        assert (after.current != before.current) == (done.code == 0) or ends_badly, f"{what}: {done}"
        kept(before, after)
        twin.whole()
        if done.code != 0 and tally.rounds % 4 == 0:
            again = twin.run("build")
            assert again.code == 0, f"{what}, then: {again}"
            assert twin.leftovers() == [], what
            twin.whole()
    outcome = "finished" if done.code == 0 else "sentence" if done.sentence else "ended without a word"
    tally.counts[outcome] += 1
    tally.rounds += 1


def _changes(estate: Estate) -> int:
    with tempfile.TemporaryDirectory(dir=estate.folder.parent) as folder:
        count = Path(folder) / "count"
        assert estate.copied(Path(folder) / "twin").run("build", fault=f"count:{count}").code == 0
        return int(count.read_text(encoding="utf-8"))


@contextmanager
def _small_disk(estate: Estate, chance: random.Random) -> Iterator[tuple[Estate, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        mount = Path(folder)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", str(mount)], check=True)
        try:
            small = estate.copied(mount / "estate")
            filler = mount / "filler"
            room = shutil.disk_usage(mount).free - int(10 ** chance.uniform(3, 7.6))
            with filler.open("wb") as file, suppress(OSError):
                os.posix_fallocate(file.fileno(), 0, max(0, room))
            yield small, filler
        finally:
            subprocess.run(["umount", "-l", str(mount)], check=True)


def _code(process: subprocess.Popen[str]) -> int:
    out, err = process.communicate(timeout=300)
    assert "Traceback" not in err, (out, err)
    return process.returncode


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        estate = prepared(Path(folder) / "estate")
        chance = random.Random(given.seed)
        series = [refused_calls, full_disk, no_memory] + [full_file_system] * (os.geteuid() == 0)
        for one in series:
            print(f"{one.__name__}: {one(estate, given.rounds, chance)}", flush=True)
        print(f"read_only: {read_only(estate.copied(Path(folder) / 'read-only'))}", flush=True)
        print(f"together: {together(estate, max(2, given.rounds // 8), chance)}", flush=True)


if __name__ == "__main__":
    os.nice(10)
    sys.exit(main())
