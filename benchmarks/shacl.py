"""SHACL: the fast engine beside pyshacl, on laureates multiplied from the sample of the tests, some of them broken.

    .venv/bin/python benchmarks/shacl.py                          1,000 laureates, both engines, reports compared
    .venv/bin/python benchmarks/shacl.py --sizes 10000 100000     the fast engine alone beyond --reference laureates
    .venv/bin/python benchmarks/shacl.py --sizes 10000 --reference 10000      pyshacl takes a quarter of an hour
    .venv/bin/python benchmarks/shacl.py --sizes 10000 --reference 0 --jena 10000      beside Jena (`jena.py`)

Every run is a process of its own, imports and parsing included; memory is the resident sets of all its processes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

import jena  # noqa: E402
import meter  # noqa: E402
from sample_validation import GRAPH, Statement, statements  # noqa: E402

from laurier import validation  # noqa: E402

BASE = "<https://data.example.org/id/"
_UNCUT = float("inf")
COMMON = ("source", "programme", "appel", "territoire")
INTEGER = "^^<http://www.w3.org/2001/XMLSchema#integer>"


def divided(graph: set[Statement]) -> tuple[list[Statement], list[Statement]]:
    """What all laureates share (documents, calls, territories and what they cite), and what is each one's own."""
    shared = {s for s, _, _ in graph if s[len(BASE) :].split("/", 1)[0] in COMMON}
    while cited := {o for s, _, o in graph if s in shared and o.startswith(BASE)} - shared:
        shared |= cited
    shared |= {s for s, _, _ in graph if f"{s.partition('#')[0]}>" in shared}
    return sorted(s for s in graph if s[0] in shared), sorted(s for s in graph if s[0] not in shared)


def copied(own: list[Statement], number: int) -> Iterator[Statement]:
    """One copy of four laureates, under names of its own."""
    names = {s for s, _, _ in own}
    pattern = re.compile(rf"^({re.escape(BASE)}[^/]+/[^#/>]+)")
    for s, p, o in own:
        yield pattern.sub(rf"\1-{number:07}", s), p, pattern.sub(rf"\1-{number:07}", o) if o in names else o


def broken(copy: list[Statement], chance: random.Random, share: float) -> Iterator[Statement]:
    """A copy in which one of its four laureates may have lost, or got, something."""
    index = chance.randrange(len(copy)) if chance.random() < 4 * share else -1
    for number, (s, p, o) in enumerate(copy):
        if number != index:
            yield s, p, o
        elif chance.random() < 0.5:
            yield s, p, chance.choice(("<urn:x:nowhere>", f'"many"{INTEGER}', '""@fr'))


def write(path: Path, laureates: int, share: float, seed: int) -> int:
    """Writes a graph of so many laureates, sorted; the number of its statements."""
    shared, own = divided(statements())
    chance, count = random.Random(seed), 0
    # sort(1) needs little memory, whatever the size.
    with subprocess.Popen(
        ["sort", "-u", "-S", "25%", "-o", str(path)], stdin=subprocess.PIPE, env={**os.environ, "LC_ALL": "C"}
    ) as sort:
        assert sort.stdin is not None
        copies = (broken(list(copied(own, n)), chance, share) for n in range(laureates // 4))
        for batch in chain([shared], copies):
            lines = [f"{s} {p} {o} {GRAPH} .\n" for s, p, o in batch]
            count += len(lines)
            sort.stdin.write("".join(lines).encode())
    return count


def child(engine: str, path: str, workers: int) -> None:
    """What a measured process does."""
    report = validation.validate(Path(path), engine=engine, workers=workers)  # type: ignore[arg-type]
    results = (one.result for one in report.traced)
    told = Counter(repr((r.focus, r.path, r.component, r.value, r.severity, r.messages)) for r in results)
    print(json.dumps({"engine": report.engine, "counts": report.counts, "digest": sorted(told.items())}))


def rows(
    sizes: Iterable[int], reference: int, java: int, share: float, seed: int, workers: int, folder: Path
) -> Iterator[str]:
    """The lines of the table."""
    yield "| laureates | statements | engine | seconds | CPU seconds | laureates a second | peak MB | results | ratio |"
    yield "|---:|---:|---|---:|---:|---:|---:|---:|---|"
    line = "| {:,} | {:,} | {} | {:.1f} | {:.1f} | {:,.0f} | {:,.0f} | {:,} | {} |"
    for size in sizes:
        path = folder / "laureates.nq"
        count = write(path, size, share, seed)
        this = [sys.executable, __file__, "--child", "{}", str(path), "--workers", str(workers)]
        cost = meter.run([part.format("fast") for part in this], _UNCUT)
        fast = json.loads(cost.output)
        assert fast["engine"] == "fast"
        found = sum(fast["counts"].values())  # type: ignore[attr-defined]
        yield line.format(size, count, "fast", cost.clock, cost.processor, size / cost.clock, cost.memory, found, "")
        if size <= reference:
            slow = meter.run([part.format("reference") for part in this], _UNCUT)
            same = "same report" if json.loads(slow.output)["digest"] == fast["digest"] else "REPORTS DIFFER"
            ratio = f"{slow.clock / cost.clock:.0f} times ({slow.processor / cost.processor:.0f} in CPU), {same}"
            figures = (slow.clock, slow.processor, size / slow.clock, slow.memory, found)
            yield line.format(size, count, "pyshacl", *figures, ratio)
        if size <= java:
            triples = folder / "laureates.nt"
            with path.open(encoding="utf-8") as quads, triples.open("w", encoding="utf-8") as plain:
                plain.writelines(f"{quad.rpartition(' <')[0]} .\n" for quad in quads)
            version, command = jena.command(triples, folder / "jena")
            triples.unlink()
            other = meter.run(command, _UNCUT)
            results = other.output.count(b"sh:resultSeverity")
            ratio = f"{other.clock / cost.clock:.0f} times ({other.processor / cost.processor:.1f} in CPU)"
            figures = (other.clock, other.processor, size / other.clock, other.memory, results)
            yield line.format(size, count, version.partition(",")[0], *figures, ratio)
        path.unlink()


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000])
    parser.add_argument("--reference", type=int, default=1000, help="the largest size that pyshacl validates")
    parser.add_argument("--jena", type=int, default=0, help="the largest size that Jena validates")
    parser.add_argument("--share", type=float, default=0.02, help="of laureates that are broken")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--folder", type=Path, help="where the graphs are written")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        child(*chosen.child, chosen.workers)
        return
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        for row in rows(
            chosen.sizes, chosen.reference, chosen.jena, chosen.share, chosen.seed, chosen.workers, Path(folder)
        ):
            print(row, flush=True)


if __name__ == "__main__":
    main()
