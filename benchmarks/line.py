"""The straight line, several times: from a CSV to a published release, beside `oxigraph load` of the same statements.

python benchmarks/line.py [--laureates 10000] [--runs 3] [--seed 1] [--folder FOLDER]

Each run starts from nothing but the list (no registry of keys, no release) and its release is deleted after, so that
the disk holds one. The last is loaded by `oxigraph load` into a store of its own. Prints the release that each run
made, the clock and the processor by stage, the most memory that all processes held together, and the ratio to the load.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import meter
import offline
import servers

from laurier import synth
from laurier.snapshot.opened import current


def main() -> None:
    """Builds so many times, then loads."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--laureates", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where there is room (default: the folder of temporary files)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="laurier-line-", dir=given.folder) as temporary:
        folder = Path(temporary)
        synth.write_source(folder / "data" / "sources" / "essai", given.laureates, given.seed, synth.Material.load())
        made = set()
        for run in range(1, given.runs + 1):
            (folder / "data" / "registry.csv").unlink(missing_ok=True)
            shutil.rmtree(folder / "releases", ignore_errors=True)
            cost = meter.run(offline.script("building.py", str(folder)), float("inf"))
            told = json.loads(cost.output)
            made.add(told["release"])
            print(
                f"run {run}: release {told['release']}, {told['statements']:,} statements, {cost.clock:.0f} s by the "
                f"clock, {cost.processor:.0f} s of processor, {cost.memory:,.0f} MB at most",
                flush=True,
            )
            stages = ", ".join(f"{name} {clock:.0f} ({used:.0f})" for name, (clock, used) in told["stages"].items())
            print(f"  clock (processor) of each stage, s: {stages}", flush=True)
        print(f"releases that differ: {len(made) - 1}")
        _loaded(folder, cost)
    sys.exit(len(made) > 1)


def _loaded(folder: Path, built: meter.Cost) -> None:
    """Loads the statements of the release, and compares."""
    snapshot = current(folder / "releases")
    quads = offline.plain(snapshot, folder / "data.nq")
    release = sum(path.stat().st_size for path in snapshot.folder.rglob("*") if path.is_file())
    print(f"release {release / 1e6:,.0f} MB on disk, statements alone {quads.stat().st_size / 1e6:,.0f} MB plain")
    shutil.rmtree(folder / "releases")
    try:
        command = [servers.oxigraph_binary(), "load", "-l", str(folder / "loaded"), "-f", str(quads)]
    except servers.AbsentError as absent:
        print(absent)
        return
    load = meter.run(command, float("inf"))
    clock, processor = built.clock / load.clock, built.processor / load.processor
    print(
        f"oxigraph load: {load.clock:.0f} s by the clock, {load.processor:.0f} s of processor, {load.memory:,.0f} MB; "
        f"the last build takes {clock:.1f} times its clock and {processor:.1f} times its processor"
    )


if __name__ == "__main__":
    main()
