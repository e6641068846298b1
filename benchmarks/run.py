"""`make bench`: the straight line, the engines and their peers on synthetic lists, as one Markdown table and a plot.

    python benchmarks/run.py [--sizes 1000,10000] [--seed 1] [--folder DIR] [--out TABLE.md] [--plot GROWTH.svg]

Every peer is started here, on loopback, and stopped; one that is not installed is said absent. Laurier and its peer
run in turn on the same data, so that ratios hold on a machine that does other work; seconds are those of the clock.
"""

from __future__ import annotations

import argparse
import asyncio
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

import pyshacl
import rdflib
import servers
from feed import Feed
from plot import growth
from questions import Question, questions

from laurier import files, formats, synth, validation
from laurier.formats import Choice
from laurier.pipeline import build as line
from laurier.settings import Limits, Settings
from laurier.snapshot.opened import Snapshot, current
from laurier.store import Query, Store
from laurier.store.embedded import EmbeddedStore
from laurier.store.engines import Credentials
from laurier.store.push import push
from laurier.store.remote import RemoteStore
from laurier.store.sets import Names
from laurier.store.writing import Writer

_JSON = Choice(formats.SPARQL_JSON, formats.SPARQL_JSON.content_type)
_GRAPH = Choice(formats.N_TRIPLES, formats.N_TRIPLES.content_type)
_TIMES = 5
# The naive peers are asked up to this size only: past it one question takes them minutes.
_NAIVE = 1_000


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: a measure of Laurier, beside that of a peer where there is one.

    Attributes:
        size: laureates.
        measure: what is measured, with its unit.
        ours: Laurier.
        peer: name of the peer, empty for none.
        theirs: the peer; None when it was not run.
    """

    size: int
    measure: str
    ours: float
    peer: str = ""
    theirs: float | None = None


def main() -> None:
    """Runs everything and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", default="1000")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to work; kept (default: a temporary folder)")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--plot", type=Path)
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    material = synth.Material.load()
    with tempfile.TemporaryDirectory(prefix="laurier-bench-") as temporary:
        folder = given.folder or Path(temporary)
        figures = []
        for size in sizes:
            for figure in measured(folder / str(size), size, given.seed, material):
                figures.append(figure)
                theirs = "" if figure.theirs is None else f"; {figure.peer}: {figure.theirs:.2f}"
                print(f"{figure.size} {figure.measure}: {figure.ours:.2f}{theirs}", file=sys.stderr, flush=True)
    table = "\n".join(lines(figures))
    print(table)
    if given.out:
        given.out.write_text(table + "\n", encoding="utf-8")
    if given.plot and len(sizes) > 1:
        built = [(f.measure, f.size, f.ours) for f in figures if f.measure.startswith(("build", "push", "SHACL"))]
        given.plot.write_text(growth(built), encoding="utf-8")


def measured(folder: Path, size: int, seed: int, material: synth.Material) -> Iterator[Figure]:
    """The figures of one size."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield from building(folder, size, seed, material)
    snapshot = current(folder / "releases")
    yield from checking(folder, snapshot, size)
    yield from loading(folder, snapshot, size)
    yield from asking(folder, snapshot, size)


def building(folder: Path, size: int, seed: int, material: synth.Material) -> Iterator[Figure]:
    """The straight line from records to a published release, stage by stage."""
    began = clock()
    written = sum(len(piece) for piece in synth.FORMATS["csv"](size, synth.Maker(seed, material), 1.0))
    yield Figure(size, f"synth: a list as CSV ({written / 1e6:.1f} M characters), s", clock() - began)
    (folder / "data" / "sources" / "essai").mkdir(parents=True)
    (folder / "data" / "decisions").mkdir()
    reading = Feed("essai", size, seed, material).reading
    stages: list[tuple[str, float, float]] = []

    def tell(stage: object, *_: object) -> None:
        said = str(getattr(stage, "en", stage))
        if not stages or stages[-1][0] != said:
            stages.append((said, clock(), processor()))

    with replaced(line, "registry", type("Fed", (), {"read": staticmethod(lambda _: reading())})):
        began = clock()
        settings = Settings(data=folder / "data", releases=folder / "releases")
        outcome = line.build(settings, tell)
        end = ("", clock(), processor())
    for (name, start, used), (_, stop, now) in zip(stages, [*stages[1:], end], strict=True):
        yield Figure(size, f"build: {name[0].lower()}{name[1:]}, s", stop - start)
        yield Figure(size, f"build: {name[0].lower()}{name[1:]}, s of processor", now - used)
    yield Figure(size, "build: statements", outcome.manifest.quads)
    yield Figure(size, "build: whole, s", end[1] - began)
    yield Figure(size, "build: whole, s of processor", end[2] - stages[0][2])
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    below = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    yield Figure(size, "build: peak memory of the process, MB", own)
    yield Figure(size, "build: peak memory of its largest child, MB", below)


def checking(folder: Path, snapshot: Snapshot, size: int) -> Iterator[Figure]:
    """SHACL alone, beside pyshacl over the whole graph."""
    data = snapshot.file("data.nq")
    ours = timed(lambda: validation.validate(data))
    theirs = timed(lambda: naive_shacl(data)) if size <= _NAIVE else None
    yield Figure(size, "SHACL: the release, s", ours, "pyshacl over rdflib", theirs)


def naive_shacl(data: Path) -> None:
    """Everything in one rdflib graph, then pyshacl."""
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data, format="nquads")
    graph = rdflib.Graph()
    for triple in dataset.triples((None, None, None)):
        graph.add(triple)
    shapes = rdflib.Graph()
    for path in sorted(files.folder("shapes").glob("*.ttl")):
        shapes.parse(path)
    pyshacl.validate(graph, shacl_graph=shapes, advanced=True)


def loading(folder: Path, snapshot: Snapshot, size: int) -> Iterator[Figure]:
    """The same statements into a store: our push over HTTP, and the loader of Oxigraph on the file."""
    try:
        binary = servers.oxigraph_binary()
        command = [binary, "load", "-l", str(folder / "loaded"), "-f", str(snapshot.file("data.nq"))]
        theirs = timed(lambda: subprocess.run(command, check=True, capture_output=True))
    except servers.AbsentError:
        theirs = None
    for name, start in ENGINES.items():
        try:
            with start(folder / name) as running:
                yield Figure(
                    size, f"push to {name}, s", timed(lambda: pushed(snapshot, running)), "oxigraph load", theirs
                )
        except servers.AbsentError as absent:
            print(f"{name} is absent: {absent}")


ENGINES: dict[str, Callable[[Path], AbstractContextManager[servers.Running]]] = {
    "Oxigraph": lambda folder: servers.oxigraph(folder / "store"),
    "Virtuoso": lambda folder: servers.virtuoso(folder / "db", buffers=170_000, rows=1_000_000),
}


def pushed(snapshot: Snapshot, running: servers.Running) -> None:
    """Puts a release into an engine."""
    with Writer(running.query, Credentials(running.user, running.password)) as to:
        push(snapshot, to, lambda *_: None, grace=0)


def asking(folder: Path, snapshot: Snapshot, size: int) -> Iterator[Figure]:
    """What users ask: the embedded engine, then the same release in each engine."""
    suite = questions()
    embedded = asyncio.run(answered(lambda: opened(snapshot), suite))
    yield from (Figure(size, f"embedded: {name}, ms", ms) for name, ms in embedded.items())
    names = Names(snapshot.base, snapshot.hash)
    for name, start in ENGINES.items():
        try:
            with start(folder / name) as running:
                remote = asyncio.run(answered(lambda: RemoteStore(running.query, names, Limits()), suite))
        except servers.AbsentError:
            continue
        for question, ms in remote.items():
            yield Figure(size, f"embedded: {question}, ms", embedded[question], f"{name} by serve --store", ms)
    if size <= _NAIVE:
        theirs = rdflib_answers(snapshot, suite)
        for question, ms in theirs.items():
            yield Figure(size, f"embedded: {question}, ms", embedded[question], "rdflib in process", ms)


def opened(snapshot: Snapshot) -> EmbeddedStore:
    """The store of a release."""
    store = EmbeddedStore(
        snapshot.file("store"),
        snapshot.base,
        union=snapshot.manifest.union and not snapshot.manifest.merged,
        limits=Limits(),
        workers=1,
    )
    store.open()
    return store


async def answered(make: Callable[[], Store], suite: list[Question]) -> dict[str, float]:
    """Median milliseconds of each question, from the call to the last byte."""
    store = make()
    await store.until_ready()
    found = {}
    try:
        for question in suite:
            times = []
            for _ in range(_TIMES):
                began = clock()
                answer = await store.query(Query(question.text, _JSON, _GRAPH))
                async for _block in answer:
                    pass
                times.append((clock() - began) * 1000)
            found[question.name] = median(times)
    finally:
        await store.close()
    return found


def rdflib_answers(snapshot: Snapshot, suite: list[Question]) -> dict[str, float]:
    """The same questions to rdflib, which reads the whole file first; each once."""
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(snapshot.file("data.nq"), format="nquads")
    found = {}
    for question in suite:
        if not question.text.lstrip("#").count("DESCRIBE"):  # rdflib describes from one graph only
            found[question.name] = timed(lambda text=question.text: list(dataset.query(text))) * 1000
    return found


def lines(figures: list[Figure]) -> Iterator[str]:
    """The table, with what it was made on."""
    yield f"{platform.machine()}, {platform.system()} {platform.release()}, Python {platform.python_version()}; "
    yield ", ".join(f"{name} {version(name)}" for name in ("laurier", "pyoxigraph", "rdflib", "pyshacl", "httpx")) + "."
    yield ""
    yield "| laureates | measure | Laurier | peer | peer's figure | peer / Laurier |"
    yield "|--:|---|--:|---|--:|--:|"
    for figure in figures:
        theirs = "" if figure.theirs is None else f"{figure.theirs:,.2f}"
        ratio = "" if figure.theirs is None or not figure.ours else f"{figure.theirs / figure.ours:,.1f}"
        yield f"| {figure.size:,} | {figure.measure} | {figure.ours:,.2f} | {figure.peer} | {theirs} | {ratio} |"


def clock() -> float:
    """Seconds of the clock."""
    return time.perf_counter()


def processor() -> float:
    """Seconds of processor of this process and of its ended children."""
    below = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + below.ru_utime + below.ru_stime


def timed(work: Callable[[], object]) -> float:
    """Seconds that some work takes."""
    began = clock()
    work()
    return clock() - began


@contextmanager
def replaced(module: object, name: str, value: object) -> Iterator[None]:
    """Puts another object in the place of an attribute for a while."""
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


if __name__ == "__main__":
    main()
