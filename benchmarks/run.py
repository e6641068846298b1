"""`make bench`: Laurier and its peers on synthetic lists, as one Markdown table of ratios and a plot of the growth.

    python benchmarks/run.py [--sizes 1000,10000] [--seed 1] [--limit 120] [--out TABLE.md] [--plot GROWTH.svg]

Every peer is started here, on loopback, and stopped; one that is not installed is said absent. Seconds and
milliseconds are of processor (`meter.py`). A peer's measure is cut at `--limit` seconds of it, a request at half of
that by the clock, and the table says so.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import tempfile
from dataclasses import replace
from itertools import islice
from pathlib import Path

import asking
import offline
import servers
from peers import SITES, TURTLE, Given, laurier
from plot import growth
from questions import questions
from table import COLUMNS, OURS, Row, Value, markdown, slopes

from laurier import synth
from laurier.snapshot.opened import Snapshot, current

_THINGS, _FILES = 3_000, 200
_NAIVE = "rdflib + pyshacl"
_TOOLS = Path(__file__).resolve().parents[1] / ".cache" / "bench"
_DRAWN = ("build: whole, s", "build: most memory, MB", "SHACL: the release, s", offline.PUSHED.format("Oxigraph"),
          asking.ENTITY, asking.SEARCH, asking.FACETS, asking.MEMORY)  # fmt: skip


def main() -> None:
    """Measures every size, prints the table and writes it with the plot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,10000")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=120.0, help="seconds past which a peer's measure is cut")
    parser.add_argument("--folder", type=Path, help="where to work; kept (default: a temporary folder)")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--plot", type=Path)
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    material, rows, said = synth.Material.load(), list[Row](), dict[str, str]()
    with tempfile.TemporaryDirectory(prefix="laurier-bench-") as temporary:
        folder = given.folder or Path(temporary)
        for size in sizes:
            rows += measured(folder / str(size), size, given.seed, given.limit, material, said)
            table = "\n".join([*markdown(rows, said), *_grown(rows)]) + "\n"
            if given.out:  # after each size, so that a long run that is stopped leaves what it found
                given.out.write_text(table, encoding="utf-8")
    print(table)
    if given.plot and len(sizes) > 1:
        drawn = [(row.measure, row.size, row.cells[OURS]) for row in rows if row.measure in _DRAWN]
        given.plot.write_text(growth((m, s, v) for m, s, v in drawn if isinstance(v, float)), encoding="utf-8")


def measured(
    folder: Path, size: int, seed: int, limit: float, material: synth.Material, said: dict[str, str]
) -> list[Row]:
    """The lines of one size; fills in what each column is, or why it is absent."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rows = list(offline.built(folder, size, seed, material))
    snapshot = current(folder / "releases")
    _tell(size, "built")
    data = offline.plain(snapshot, folder / "data.nq")
    naive, alone = offline.naive(data, limit), offline.loaded(folder, data, limit)
    rows[0].cells |= {_NAIVE: naive["build"], "Oxigraph": alone}
    triples = offline.union(data, folder / "union.nt")
    row, said["Jena"] = offline.checked(folder, data, triples, size, limit)
    row.cells[_NAIVE] = naive["shacl"]
    rows.append(row)
    _tell(size, "checked")
    beside: dict[str, Value] = {_NAIVE: naive["load"], "Oxigraph": alone}
    with contextlib.suppress(servers.AbsentError), servers.oxigraph(folder / "pushed" / "store") as engine:
        rows.append(offline.pushed(snapshot, engine, size, limit, beside))
    with contextlib.ExitStack() as stack:
        filled = None
        with contextlib.suppress(servers.AbsentError):
            filled = stack.enter_context(servers.virtuoso(folder / "virtuoso", buffers=170_000, rows=1_000_000))
            row = offline.pushed(snapshot, filled, size, limit, beside)
            rows.append(row)
            filled = filled if isinstance(row.cells[OURS], float) else None
        _tell(size, "loaded")
        rows += asked(Given(snapshot, triples, folder, _TOOLS, {}, limit, filled), size, limit / 2, said)
    return rows


def asked(given: Given, size: int, limit: float, said: dict[str, str]) -> list[Row]:
    """What the sites cost for what users ask."""
    snapshot = given.snapshot
    things = list(islice(_things(snapshot), _THINGS))
    with laurier(given) as site:
        files = {iri: asking.told(site, site.entity(iri), TURTLE, limit) for iri in things[:_FILES]}
    found: dict[str, dict[str, Value]] = {}
    for name, start in SITES.items():
        of = replace(given, files=files)
        try:
            # Few files, served many times over: for a server of files there is no first time.
            asked_for = things[:_FILES] * 100 if name == "nginx" else things
            version, found[name] = asking.answers(start, of, asked_for, questions(), limit)
            said[name] = said.get(name) or version
        except (servers.AbsentError, RuntimeError) as absent:
            if name == OURS:
                raise
            before = f"{said[name]}; " if said.get(name) else ""
            said[name], found[name] = f"{before}absent at {size:,} laureates: {_reason(absent)}", {}
        _tell(size, name)
    rows = [Row(size, measure) for measure in found[OURS]]
    for row in rows:
        for name in COLUMNS:
            if name in found:
                row.cells[name] = found[name].get(row.measure, "absent" if not found[name] else "")
    return rows


def _reason(fault: Exception) -> str:
    """Why a peer is absent: a sentence of ours, or the line of its own words that names the error."""
    lines = str(fault).splitlines()
    return next((line.strip() for line in lines if line.startswith(("Error:", "error:"))), lines[0])


def _things(snapshot: Snapshot):  # type: ignore[no-untyped-def]
    for kind in ("laureat", "projet", "porteur"):
        found = snapshot.entities.following(f"{snapshot.base}id/{kind}/", limit=_THINGS)
        yield from (iri for iri in found if "#" not in iri)


def _grown(rows: list[Row]) -> list[str]:
    """The growth of each measure of Laurier, as lines of the table."""
    found = sorted(slopes(rows), key=lambda pair: -pair[1])
    if not found:
        return []
    head = [
        "",
        "### Growth of Laurier's figures",
        "",
        "Exponent between the smallest and the largest size; 1 is linear.",
        "",
    ]
    return [*head, "| measure | exponent |", "|---|--:|", *(f"| {measure} | {slope:.2f} |" for measure, slope in found)]


def _tell(size: int, what: str) -> None:
    print(f"{size:,}: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
