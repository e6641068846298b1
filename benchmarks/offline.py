"""What is measured of processes that end: the list, the build, SHACL, loading into a store."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import jena
import meter
import servers
from table import OURS, Row, Value

from laurier import synth
from laurier.snapshot.opened import Snapshot
from laurier.snapshot.packing import text_of

_HERE = Path(__file__).parent
_JENA = "Jena"
_PUSH = "from laurier.cli import main; main()"
PUSHED = "load: push into {}, s"


def script(name: str, *words: str) -> list[str]:
    """The command of a script of this folder."""
    return [sys.executable, str(_HERE / name), *words]


def measured(
    command: list[str], limit: float, of: Callable[[meter.Cost], float] = lambda cost: cost.processor
) -> Value:
    """A figure of a process that ends, or the words that stand for it."""
    try:
        return of(meter.run(command, limit))
    except meter.Cut as cut:
        return str(cut)


def built(folder: Path, size: int, seed: int, material: synth.Material) -> Iterator[Row]:
    """A synthetic list as CSV, and its build to a published release; not cut."""
    (folder / "data" / "decisions").mkdir(parents=True)
    synth.write_source(folder / "data" / "sources" / "essai", size, seed, material)
    cost = meter.run(script("building.py", str(folder)), float("inf"))
    told = json.loads(cost.output)
    yield Row(size, "build: whole, s", {OURS: cost.processor})
    for name, (_, seconds) in told["stages"].items():
        yield Row(size, f"build, of which: {name[0].lower()}{name[1:]}, s", {OURS: seconds})
    yield Row(size, "build: most memory, MB", {OURS: cost.memory})
    yield Row(size, "build: statements", {OURS: float(told["statements"])})


def naive(data: Path, limit: float) -> dict[str, Value]:
    """What rdflib and pyshacl need naively to load, to load and validate, and to do that and serialise."""
    try:
        output, said = meter.run(script("naive.py", str(data)), limit).output, ""
    except meter.Cut as cut:
        output, said = cut.output, str(cut)
    done = dict(line.split() for line in output.decode().splitlines())
    return {part: float(done[part]) if part in done else said for part in ("load", "shacl", "build")}


def loaded(folder: Path, data: Path, limit: float) -> Value:
    """`oxigraph load` alone, into a new folder."""
    try:
        binary = servers.oxigraph_binary()
    except servers.AbsentError:
        return "absent"
    return measured([binary, "load", "-l", str(folder / "loaded"), "-f", str(data)], limit)


def plain(snapshot: Snapshot, path: Path) -> Path:
    """Writes the statements of a release, which may be compressed there, as a file of N-Quads."""
    with text_of(snapshot.file("data.nq")) as data, path.open("w", encoding="utf-8") as file:
        shutil.copyfileobj(data, file)
    return path


def union(quads: Path, path: Path) -> Path:
    """Writes the statements of N-Quads once each, as N-Triples."""
    with (
        quads.open("rb") as data,
        subprocess.Popen(
            ["sort", "-u", "-o", str(path)], stdin=subprocess.PIPE, env={**os.environ, "LC_ALL": "C"}
        ) as sort,
    ):
        assert sort.stdin is not None
        sort.stdin.writelines(line.rpartition(b" <")[0] + b" .\n" for line in data)
    return path


def checked(folder: Path, data: Path, triples: Path, size: int, limit: float) -> tuple[Row, str]:
    """SHACL over the release; and what Jena says it is, or why it is absent."""
    row = Row(size, "SHACL: the release, s")
    row.cells[OURS] = measured(script("shacl.py", "--child", "fast", str(data)), limit)
    try:
        version, command = jena.command(triples, folder / "jena")
        row.cells[_JENA] = measured(command, limit)
    except servers.AbsentError as absent:
        version, row.cells[_JENA] = str(absent), "absent"
    return row, version


def pushed(snapshot: Snapshot, engine: servers.Running, size: int, limit: float, beside: dict[str, Value]) -> Row:
    """`laurier push` into an engine: the processor of both."""
    command = [sys.executable, "-c", _PUSH, "push", "--to", engine.query, "--grace", "0"]
    command += ["--releases", str(snapshot.folder.parent)]
    os.environ.update(LAURIER_STORE_USER=engine.user, LAURIER_STORE_PASSWORD=engine.password)
    before = meter.processor(engine.process)
    told = measured(command, limit, lambda cost: cost.processor + meter.processor(engine.process) - before)
    return Row(size, PUSHED.format(engine.name), {OURS: told, **beside})
