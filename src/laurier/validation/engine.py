"""Runs the passes of the fast engine over a file, in one process or in several, within bounded memory."""

from __future__ import annotations

import gc
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from pathlib import Path

from laurier import processes
from laurier.validation import audit, passes
from laurier.validation.audit import Star
from laurier.validation.exact import Result
from laurier.validation.ground import Background, Ground
from laurier.validation.passes import AUDITED, FileGraph, Outbox, Sweep
from laurier.validation.shapes import read
from laurier.validation.sorted_file import Statements, stream
from laurier.validation.trace import Traced, trace

#: A file below this size is validated in the calling process: starting others would take longer.
_ALONE = 48 << 20
_PART = 1 << 30


@dataclass(frozen=True, slots=True)
class Task:
    """What is validated, as every process is told.

    Attributes:
        path: a sorted N-Quads file.
        shapes, background: Turtle files.
        stars: what the SPARQL constraints of the shapes match.
        folder: an empty folder for the rows that pass from one pass to the next.
        parts: into how many parts those are spread.
    """

    path: Path
    shapes: tuple[Path, ...]
    background: tuple[Path, ...]
    stars: tuple[Star, ...]
    folder: Path
    parts: int


def results(
    path: Path, shapes: Sequence[Path], background: Sequence[Path], *, workers: int = 0, scratch: Path | None = None
) -> list[Traced]:
    """The validation results of a file, each traced to its passage; their order depends on file and shapes alone.

    Args:
        path: a sorted N-Quads file.
        shapes: the shape files.
        background: Turtle files whose triples belong to the graph.
        workers: processes; 0 chooses.
        scratch: where temporary files may lie; they take about a fifth of the size of the file.

    Raises:
        CannotCompile: only the reference engine can judge these shapes or this file.
        DataRefused: the file is not sorted N-Quads.
    """
    size = path.stat().st_size
    workers = workers or (1 if size < _ALONE else processes.cores())
    stars = audit.stars_of(audit.audits_of(read(shapes)))
    with tempfile.TemporaryDirectory(prefix="laurier-shacl-", dir=scratch) as folder:
        task = Task(path, tuple(shapes), tuple(background), stars, Path(folder), size // _PART + 1)
        with processes.pool(workers, _calm) as pool:
            return list(_run(task, pool, workers, size))


def traced(path: Path, background: Sequence[Path], found: Iterable[Result]) -> list[Traced]:
    """Traces the results of another engine.

    Raises:
        DataRefused: the file is not sorted N-Quads.
    """
    with _graph(path, Background(background)) as graph:
        return [trace(result, graph) for result in found]


@contextmanager
def _graph(path: Path, background: Background) -> Iterator[FileGraph]:
    graph = FileGraph(path, background)
    try:
        yield graph
    finally:
        graph.close()


def _calm() -> None:
    # Millions of short-lived lists, none in a cycle: the default thresholds would double the time.
    gc.set_threshold(500_000, 50, 100)


@lru_cache(maxsize=1)
def _ground(task: Task) -> Ground:
    return Ground(task.shapes, task.background, task.stars)


def _run(task: Task, pool: Executor, workers: int, size: int) -> Iterator[Traced]:
    pieces = workers if workers == 1 else workers * 4
    ends = [size * piece // pieces for piece in range(pieces + 1)]
    suspects = array("q")
    for swept in [pool.submit(_sweep, task, start, end) for start, end in pairwise(ends)]:
        suspects.extend(swept.result())
    for step in (_answer, _join):
        for found in [pool.submit(step, task, part) for part in range(task.parts)]:
            suspects.extend(found.result())
    codes = array("q", sorted(set(suspects)))
    share = max(1, -(-len(codes) // pieces))
    batches = [codes[at : at + share] for at in range(0, len(codes), share)]
    judged = [pool.submit(_evaluate, task, batch) for batch in batches]
    for batch in [*judged, pool.submit(_whole, task)]:
        yield from batch.result()


@lru_cache(maxsize=1)
def _settled(task: Task) -> tuple[dict[bytes, bytes], list[Statements]]:
    return passes.settle(_ground(task), task.path)


def _sweep(task: Task, start: int, end: int) -> array[int]:
    """Screens a range of the file; the first range also takes the nodes that only the background has."""
    out = Outbox(task.folder, f"{start:020}", task.parts)
    facts, absent = _settled(task)
    sweep = Sweep(_ground(task), out, facts)
    sweep.over(chain(absent if start == 0 else (), stream(task.path, start, end)))
    out.flush()
    return sweep.suspects


def _answer(task: Task, part: int) -> array[int]:
    return passes.answer(_ground(task), task.folder, part, Outbox(task.folder, f"answers-{part}", task.parts))


def _join(task: Task, part: int) -> array[int]:
    return passes.join(task.folder, part)


def _evaluate(task: Task, codes: array[int]) -> list[Traced]:
    ground = _ground(task)
    with _graph(task.path, ground.background) as graph:
        return [trace(result, graph) for result in passes.evaluate(ground, graph, codes)]


def _whole(task: Task) -> list[Traced]:
    """The results at named nodes, and those of the queries over the whole graph."""
    ground = _ground(task)
    set_aside = sorted(task.folder.glob(f"{AUDITED}.*"))
    with _graph(task.path, ground.background) as graph:
        found = chain(passes.evaluate_named(ground, graph), audit.run(ground.audits, set_aside))
        return [trace(result, graph) for result in found]
