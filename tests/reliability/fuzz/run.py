"""Fuzzes every reader with atheris (coverage-guided), each for some seconds: a fault is any exception but a sentence.

    make fuzz
    python tests/reliability/fuzz/run.py [--seconds 60] [--seed N] [--only decisions] [--input FILE]

An input at fault is kept in `.cache/fuzz`; `--input` gives it to its target again. Where atheris is not installed this
says so and ends with exit code 0: the property tests cover the same readers.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import seeds

KEPT = Path(__file__).resolve().parents[3] / ".cache" / "fuzz"
#: Longest time of one input in seconds, and most memory in MiB.
LONGEST, MEMORY = 30, 2048
_TOML = b'file = "a.txt"\ntitle = "T"\n[programme]\nkey = "p"\ntitle = "P"\n'
Target = Callable[[Path, bytes], None]


def _source(folder: Path, name: str, content: bytes, **others: bytes) -> None:
    from laurier.sources import registry  # noqa: PLC0415 - imported under instrumentation

    for old in folder.iterdir():
        old.unlink()
    (folder / "source.toml").write_bytes(_TOML.replace(b"a.txt", name.encode()))
    (folder / name).write_bytes(content)
    for other, text in others.items():
        (folder / other.replace("__", ".")).write_bytes(text)
    reading = registry.read(folder)
    for _ in reading.awards:
        pass
    reading.load_text()
    for _ in reading.rejects():
        pass


def _document(name: str) -> Target:
    return lambda folder, content: _source(folder, name, content)


def _packed(name: str, member: str) -> Target:
    """The content as one file of an archive that is right otherwise: its bytes do not hide behind a checksum."""
    whole = io.BytesIO(next(s for s in seeds.SEEDS["archive"] if s[:1].decode() == name[2])[1:])

    def target(folder: Path, content: bytes) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(whole) as right, zipfile.ZipFile(out, "w") as made:
            for other in right.namelist():
                made.writestr(other, content if other == member else right.read(other))
        _source(folder, name, out.getvalue())

    return target


def _archive(folder: Path, content: bytes) -> None:
    suffix = {b"d": "docx", b"x": "xlsx", b"o": "ods"}.get(content[:1], "xlsx")
    _source(folder, f"a.{suffix}", content[1:])


def _csvw(folder: Path, content: bytes) -> None:
    _source(folder, "a.csv", seeds.SEEDS["csv"][0], **{"a__csv-metadata__json": content})


def _carriers(folder: Path, content: bytes) -> None:
    _source(folder, "a.txt", seeds.SEEDS["text"][0], carriers__toml=content)


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


def _wording() -> Target:
    from laurier.reconcile.gazetteer import Gazetteer  # noqa: PLC0415
    from laurier.reconcile.territory import Context, link  # noqa: PLC0415

    gazetteer = Gazetteer.load()

    def target(folder: Path, content: bytes) -> None:
        text = content.decode("utf-8", "replace")
        for segment in link(text, Context(region="28"), gazetteer):
            assert segment.text == text[segment.start : segment.end]

    return target


def _query(folder: Path, content: bytes) -> None:
    from laurier.settings import Limits  # noqa: PLC0415
    from laurier.store.preflight import check  # noqa: PLC0415

    check(content.decode("utf-8", "replace"), Limits())


def _accept(folder: Path, content: bytes) -> None:
    from laurier import formats, negotiation  # noqa: PLC0415

    field = content.decode("latin-1")
    negotiation.weighted(field)
    negotiation.negotiate(field, formats.FORMATS)


def _rdf(folder: Path, content: bytes) -> None:
    import pyoxigraph as ox  # noqa: PLC0415

    from laurier.pipeline import parsing  # noqa: PLC0415

    suffix = {b"t": "ttl", b"x": "rdf", b"j": "jsonld", b"n": "nq", b"g": "trig"}.get(content[:1], "ttl")
    path = folder / f"a.{suffix}"
    path.write_bytes(content[1:])
    format_ = ox.RdfFormat.from_extension(suffix)
    assert format_ is not None
    for line in parsing.statements(path, format_, "https://a.example/"):
        assert line.endswith(" .")


#: What makes the target; made once, before the first input.
TARGETS: dict[str, Callable[[], Target]] = {
    "text": lambda: _document("a.txt"),
    "markdown": lambda: _document("a.md"),
    "html": lambda: _document("a.html"),
    "docx": lambda: _packed("a.docx", seeds.DOCUMENT),
    "pdf": lambda: _document("a.pdf"),
    "csv": lambda: _document("a.csv"),
    "csvw": lambda: _csvw,
    "json": lambda: _document("a.json"),
    "jsonl": lambda: _document("a.jsonl"),
    "xlsx": lambda: _packed("a.xlsx", "xl/worksheets/sheet1.xml"),
    "ods": lambda: _packed("a.ods", "content.xml"),
    "archive": lambda: _archive,
    "source.toml": lambda: _manifest,
    "carriers.toml": lambda: _carriers,
    "decisions": lambda: _decisions,
    "ledger": lambda: _ledger,
    "settings": lambda: _settings,
    "release": lambda: _release,
    "wording": _wording,
    "query": lambda: _query,
    "accept": lambda: _accept,
    "rdf": lambda: _rdf,
}


def fuzz(name: str, seconds: float, seed: int) -> None:
    """Fuzzes one target in this process; it ends the process."""
    import atheris  # noqa: PLC0415 - optional

    with tempfile.TemporaryDirectory() as work, tempfile.TemporaryDirectory() as corpus:
        folder = Path(work)
        with atheris.instrument_imports(include=["laurier"]):
            one = _one(name, folder)
            for number, content in enumerate(seeds.SEEDS[name]):
                one(content)  # imports what the target needs
                (Path(corpus) / str(number)).write_bytes(content)
        KEPT.mkdir(parents=True, exist_ok=True)
        options = [f"-max_total_time={int(seconds)}", f"-seed={seed % (1 << 31) or 1}", f"-timeout={LONGEST}"]
        options += [
            f"-rss_limit_mb={MEMORY}",
            f"-artifact_prefix={KEPT}/{name}-",
            "-max_len=20000",
            "-print_final_stats=1",
        ]
        atheris.Setup([sys.argv[0], *options, corpus], one)
        atheris.Fuzz()


def _one(name: str, folder: Path) -> Callable[[bytes], None]:
    from laurier.errors import LaurierError  # noqa: PLC0415

    target = TARGETS[name]()

    def one(content: bytes) -> None:
        with contextlib.suppress(LaurierError):
            target(folder, content)

    return one


def main() -> int:
    """Fuzzes every target, each in a process of its own; the exit code is the number of those at fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=TARGETS)
    parser.add_argument("--input", type=Path, help="give this file to the target named with --only, once")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.input:
        with tempfile.TemporaryDirectory() as work:
            _one(given.only, Path(work))(given.input.read_bytes())
        return 0
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
        said = (done.stdout + done.stderr).splitlines()
        runs = next((line.split()[-1] for line in said if "number_of_executed_units" in line), "?")
        held = done.returncode == 0
        failed += not held
        print(f"fuzzing {name}: {runs} inputs, {'held' if held else 'FAILED'}", flush=True)
        if not held:
            print(done.stdout[-3000:], done.stderr[-1000:], sep="\n", flush=True)
    return failed


if __name__ == "__main__":
    os.nice(5)
    sys.exit(main())
