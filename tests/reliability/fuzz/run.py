"""Fuzzes the readers with atheris (coverage-guided), each for some seconds: a fault is any exception but a sentence.

    python -m pip install atheris
    python tests/reliability/fuzz/run.py [--seconds 60] [--seed N] [--only decisions]

Without atheris it says so and ends with exit code 0: the property tests cover the same readers in CI.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

_TOML = b'file = "a.txt"\ntitle = "T"\n[programme]\nkey = "p"\ntitle = "P"\n'


def _source(folder: Path, name: str, content: bytes) -> None:
    from laurier.sources import registry  # noqa: PLC0415 - imported under instrumentation

    for old in folder.iterdir():
        old.unlink()
    (folder / "source.toml").write_bytes(_TOML.replace(b"a.txt", name.encode()))
    (folder / name).write_bytes(content)
    reading = registry.read(folder)
    for _ in reading.awards:
        pass
    reading.load_text()


def _manifest(folder: Path, content: bytes) -> None:
    from laurier.sources import manifest  # noqa: PLC0415

    (folder / "source.toml").write_bytes(content)
    (folder / "a.txt").write_bytes(b"x")
    manifest.receive(folder)


def _decisions(folder: Path, content: bytes) -> None:
    from laurier.reconcile.decisions import Decisions  # noqa: PLC0415

    (folder / "territories.csv").write_bytes(content)
    Decisions.read(folder)


def _ledger(folder: Path, content: bytes) -> None:
    from laurier.reconcile.identity import Ledger  # noqa: PLC0415

    (folder / "registry.csv").write_bytes(content)
    Ledger.read(folder / "registry.csv")


def _settings(folder: Path, content: bytes) -> None:
    from laurier.settings import load  # noqa: PLC0415

    (folder / "laurier.toml").write_bytes(content)
    load(folder / "laurier.toml")


def _release(folder: Path, content: bytes) -> None:
    from laurier.snapshot import manifest  # noqa: PLC0415

    (folder / "manifest.json").write_bytes(content)
    manifest.read(folder)


def _query(folder: Path, content: bytes) -> None:
    from laurier.settings import Limits  # noqa: PLC0415
    from laurier.store.preflight import check  # noqa: PLC0415

    check(content.decode("utf-8", "replace"), Limits())


TARGETS: dict[str, Callable[[Path, bytes], None]] = {
    "text": lambda folder, content: _source(folder, "a.txt", content),
    "csv": lambda folder, content: _source(folder, "a.csv", content),
    "xlsx": lambda folder, content: _source(folder, "a.xlsx", content),
    "source.toml": _manifest,
    "decisions": _decisions,
    "ledger": _ledger,
    "settings": _settings,
    "release": _release,
    "query": _query,
}


def fuzz(name: str, seconds: float, seed: int) -> None:
    """Fuzzes one target in this process; it ends the process."""
    import atheris  # noqa: PLC0415 - optional

    with atheris.instrument_imports(include=["laurier"]):
        from laurier.errors import LaurierError  # noqa: PLC0415

        TARGETS[name].__call__  # noqa: B018 - resolved before the imports inside are instrumented
    folder = Path(tempfile.mkdtemp())

    def one(content: bytes) -> None:
        with contextlib.suppress(LaurierError):
            TARGETS[name](folder, content)

    options = [f"-max_total_time={int(seconds)}", f"-seed={seed % (1 << 31) or 1}", "-timeout=20", "-rss_limit_mb=2048"]
    atheris.Setup([sys.argv[0], *options, "-verbosity=0"], one)
    atheris.Fuzz()


def main() -> int:
    """Fuzzes every target, each in a process of its own; the exit code is the number of those at fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=TARGETS)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        fuzz(given.only, given.seconds, given.seed)
    try:
        import atheris  # noqa: F401, PLC0415
    except ImportError:
        print("fuzzing: atheris is not installed, nothing was fuzzed")
        return 0
    failed = 0
    for name in [given.only] if given.only else TARGETS:
        command = [sys.executable, __file__, "--here", "--only", name, "--seconds", str(given.seconds)]
        done = subprocess.run([*command, "--seed", str(given.seed)], check=False, capture_output=True, text=True)
        failed += done.returncode != 0
        print(f"fuzzing {name}: {'held' if done.returncode == 0 else done.stderr[-1500:]}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
