"""A small instance of Laurier on disk, the commands run on it as real processes, and what must hold after any fault."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FAULTY = Path(__file__).with_name("faulty.py")
#: Longest time of one command, in seconds; a command that lasts longer hangs.
LONGEST = 300.0
_BLOCK = "ACCUEIL SERVICES LE BUREAU MOBILE"
_CONSONANTS, _VOWELS = "bdfklmnrstv", "aeiou"


@dataclass(frozen=True, slots=True)
class Done:
    """A command that ended: its exit code (negative for a signal), what it said, whether it was cut short."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> bool:
        """It ended as promised for refused data: exit code 1, words on the error channel, no trace."""
        return self.code == 1 and bool(self.err.strip()) and "Traceback" not in self.err


@dataclass(frozen=True, slots=True)
class State:
    """What must never go backwards: the release served, the ledger of keys, the decisions."""

    current: str
    ledger: bytes
    decisions: bytes


class Estate:
    """A folder with `data/` and `releases/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.releases = folder / "releases"
        self.document = self.data / "sources" / "pic-normandie" / "laureats-pic-normandie.txt"
        self.ledger = self.data / "registry.csv"
        self.decisions = self.data / "decisions" / "territories.csv"

    @classmethod
    def made(cls, folder: Path) -> Estate:
        """An instance of the repository's sources, not yet built."""
        folder.mkdir(parents=True, exist_ok=True)
        estate = cls(folder)
        shutil.copytree(ROOT / "data", estate.data, ignore=shutil.ignore_patterns("gazetteer"))
        return estate

    @classmethod
    def invented(cls, folder: Path, laureates: int) -> Estate:
        """An instance of an invented list, with two releases; the second is current."""
        estate = cls(folder)
        estate.data.mkdir(parents=True)
        source = estate.data / "sources" / "essai"
        for seed in ("1", "2"):
            shutil.rmtree(source, ignore_errors=True)
            for words in (("synth", str(laureates), "--seed", seed, "--source", str(source)), ("build",)):
                done = estate.run(*words)
                assert done.code == 0, done
        return estate

    def copied(self, folder: Path) -> Estate:
        """The same instance elsewhere."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Estate(folder)

    # Commands

    def command(self, *words: str, fault: str = "none", plain: bool = False) -> list[str]:
        """The command line of a command on this instance; `plain` takes the rights of root away."""
        where = ["--releases", str(self.releases)] if words[0] not in ("decide", "synth") else []
        if words[0] in ("build", "check", "decide"):
            where += ["--data", str(self.data)]
        drop = ["setpriv", "--bounding-set=-all", "--"] if plain and os.geteuid() == 0 else []
        return [*drop, sys.executable, str(FAULTY), fault, "--", words[0], *where, *words[1:]]

    def start(self, *words: str, fault: str = "none", plain: bool = False, **options: object) -> subprocess.Popen[str]:
        """Starts a command in a session of its own."""
        return subprocess.Popen(
            self.command(*words, fault=fault, plain=plain),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(self.folder),
            cwd=self.folder,
            start_new_session=True,
            **options,  # type: ignore[call-overload]
        )

    def run(
        self, *words: str, fault: str = "none", plain: bool = False, before: Callable[[], None] | None = None
    ) -> Done:
        """Runs a command to its end.

        Args:
            words: the command and its arguments.
            fault: see `faulty`.
            plain: without the rights that root has over files.
            before: called in the new process (limits).
        """
        return ended(self.start(*words, fault=fault, plain=plain, preexec_fn=before))

    # What changes

    def alter(self, number: int) -> str:
        """Changes one laureate of the document into another, so that a key is withdrawn and one is minted."""
        text = self._original()
        assert _BLOCK in text
        name = _name(number)
        self.document.write_text(text.replace(_BLOCK, name), encoding="utf-8")
        return name

    def restore(self) -> None:
        """Makes the document what it was."""
        self.document.write_text(self._original(), encoding="utf-8")

    def _original(self) -> str:
        return (ROOT / self.document.relative_to(self.folder)).read_text(encoding="utf-8")

    # What must hold

    @property
    def current(self) -> str:
        """The name that the link `current` holds."""
        return os.readlink(self.releases / "current")

    def state(self) -> State:
        """What must never be lost."""
        decisions = self.decisions.read_bytes() if self.decisions.exists() else b""
        return State(self.current, self.ledger.read_bytes(), decisions)

    def whole(self) -> str:
        """The release that `laurier verify` proves whole.

        Raises:
            AssertionError: it does not.
        """
        done = self.run("verify")
        assert done.code == 0, f"verify: {done}"
        assert self.current in done.out, f"verify speaks of another release than {self.current}: {done}"
        return self.current

    def leftovers(self) -> list[str]:
        """Files and folders that belong to no finished work."""
        found = [p for p in self.releases.iterdir() if p.name.startswith(".") and p.name not in (".lock", ".proven")]
        found += [p for p in self.data.rglob("*") if p.name.startswith(".")]
        return sorted(str(p.relative_to(self.folder)) for p in found)

    def minted(self) -> dict[tuple[str, str], str]:
        """Every key of the ledger with its last state."""
        with self.ledger.open(encoding="utf-8", newline="") as file:
            return {(row["kind"], row["key"]): row["state"] for row in csv.DictReader(file)}

    def gone(self) -> set[str]:
        """The IRIs that the current release answers 301 or 410 for."""
        base = sqlite3.connect(f"file:{self.releases / self.current / 'entities.sqlite'}?mode=ro", uri=True)
        try:
            return {iri for (iri,) in base.execute("SELECT iri FROM moved")}
        finally:
            base.close()

    def files(self) -> list[str]:
        """The files of the current release by relative path, as its manifest lists them."""
        table = json.loads((self.releases / self.current / "manifest.json").read_bytes())
        return sorted(table["files"])


def ended(process: subprocess.Popen[str]) -> Done:
    """Waits for a command; one that hangs is killed and the test fails."""
    try:
        out, err = process.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"{process.args} hung: {out} {err}") from None
    return Done(process.returncode, out, err)


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a command: English, the sources of this checkout, no byte code written."""
    path = os.environ.get("PYTHONPATH", "")
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "LAURIER_LANG": "en",
        "PYTHONPATH": f"{ROOT / 'src'}:{path}" if path else str(ROOT / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }


def kept(before: State, after: State) -> None:
    """Nothing that was remembered is gone: both files only grew at their end.

    Raises:
        AssertionError: something was lost.
    """
    assert after.ledger.startswith(before.ledger), "the ledger of keys lost lines"
    assert after.decisions.startswith(before.decisions), "decisions were lost"


def _name(number: int) -> str:
    chance = random.Random(number)

    def word() -> str:
        return "".join(chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(4)).upper()

    return f"ARML {word()} {word()} {word()}"  # a carrier that the reader knows by its acronym
