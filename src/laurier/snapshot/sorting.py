"""Canonical N-Quads of any size: lines gathered in any order, sorted and made distinct on disk.

Sorted runs are written as lines come, by any number of processes. Merging takes the lines of one range of subjects out
of every run and sorts them, which is fast on what is nearly sorted; a range is as large as memory allows.
"""

from __future__ import annotations

import hashlib
import pickle
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from operator import eq, itemgetter, methodcaller
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar

from laurier.quads import split
from laurier.snapshot.packing import text_of

T = TypeVar("T")

# Lines between two marks of a run; a range takes up to so many too many of every run.
_STRIDE = 1_000


@dataclass(frozen=True, slots=True)
class Run:
    """A file of sorted distinct lines.

    Attributes:
        path: the file.
        lines: how many there are.
        marks: every so many lines, the subject of a line, and where in the file the line starts.
    """

    path: Path
    lines: int
    marks: tuple[tuple[bytes, int], ...]


def write_run(path: Path, lines: Iterable[str]) -> Run:
    """Sorts lines (without line feeds) in the order of their bytes, in UTF-8 that of code points, and writes them."""
    found = sorted({f"{line}\n".encode() for line in lines})
    marks, offset = [], 0
    with path.open("wb") as file:
        for start in range(0, len(found), _STRIDE):
            marks.append((_subject(found[start]), offset))
            piece = b"".join(found[start : start + _STRIDE])
            offset += len(piece)
            file.write(piece)
    return Run(path, len(found), tuple(marks))


class Sorter:
    """Gathers lines, spilling sorted runs to a folder, and writes them sorted and distinct.

    Args:
        folder: where runs are written; they are removed at the end.
        run: lines held in memory at most, but for those of one subject and a thousand of every run.
    """

    def __init__(self, folder: Path, run: int = 250_000) -> None:
        self._folder = folder
        self._run = run
        self._held: list[str] = []
        self._runs: list[Run] = []

    def add(self, lines: Iterable[str]) -> None:
        """Gathers lines without line feeds."""
        self._held.extend(lines)
        if len(self._held) >= self._run:
            self._spill()

    def take(self, run: Run) -> None:
        """Gathers a run that another process wrote; its file is removed at the end."""
        self._runs.append(run)

    def _spill(self) -> None:
        self._runs.append(write_run(self._folder / f".run-{len(self._runs)}", self._held))
        self._held.clear()

    def write(self, path: Path) -> tuple[dict[str, int], str, int]:
        """Writes all lines, sorted by code point, each once, and forgets them.

        Returns:
            The number of lines by graph IRI (empty for the default graph), the SHA-256 of the file, and how many lines
            repeat a triple in another graph.
        """
        self._spill()
        counts: Counter[bytes] = Counter()
        digest = hashlib.sha256()
        repeated = 0
        with path.open("wb") as out:
            for lines in self._ranges():
                found, again = _counted(lines)
                counts += found
                repeated += again
                text = b"".join(lines)
                out.write(text)
                digest.update(text)
        for run in self._runs:
            run.path.unlink()
        self._runs.clear()
        return {graph.decode(): count for graph, count in counts.items()}, digest.hexdigest(), repeated

    def _ranges(self) -> Iterator[list[bytes]]:
        """The lines, distinct, range after range."""
        marks = sorted(subject for run in self._runs for subject, _ in run.marks)
        bounds = list(dict.fromkeys(marks[:: max(1, self._run // _STRIDE)]))[1:]
        at = [0] * len(self._runs)
        for bound in (*bounds, None):
            lines: list[bytes] = []
            for number, run in enumerate(self._runs):
                found = _taken(run, at[number], bound)
                at[number] += sum(map(len, found))
                lines += found
            # The runs follow each other in the list: sorting merges them.
            lines.sort()
            yield list(dict.fromkeys(lines))


def _taken(run: Run, start: int, bound: bytes | None) -> list[bytes]:
    """The lines of a run from an offset to the first whose subject is not below a bound."""
    end = -1
    if bound is not None:
        after = bisect_left(run.marks, (bound, 0))
        end = run.marks[after][1] if after < len(run.marks) else -1
    with run.path.open("rb") as file:
        file.seek(start)
        lines = file.read(end - start if end >= 0 else -1).splitlines(keepends=True)
    return lines if bound is None else lines[: bisect_left(lines, bound)]


def _subject(line: bytes) -> bytes:
    """The subject of a line and the space after it, which no other subject begins with."""
    return line[: line.index(b" ") + 1]


def _counted(lines: list[bytes]) -> tuple[Counter[bytes], int]:
    """How many sorted distinct lines each graph has, and how many repeat a triple in another graph."""
    ends = list(map(itemgetter(2), map(methodcaller("rpartition", b" <"), lines)))
    counts = Counter(ends)
    plain = [line for line in lines if b'"' not in line]
    # What follows the last space and bracket is the graph, unless it is the object or stands in a text.
    if all(end.endswith(b"> .\n") and b'"' not in end for end in counts) and all(
        map(eq, map(methodcaller("count", b" "), plain), [4] * len(plain))
    ):
        named = Counter({end[:-4]: count for end, count in counts.items()})
        if len(named) < 2:
            return named, 0
        triples = [line[: -len(end)] for line, end in zip(lines, ends, strict=True)]
    else:
        parts = [split(line.decode()) for line in lines]
        named = Counter(part[3][1:-1].encode() for part in parts)
        triples = [" ".join(part[:3]).encode() for part in parts]
    return named, sum(map(eq, triples, islice(triples, 1, None)))


def lines_of(path: Path) -> Iterator[str]:
    """The lines of a file, compressed or not, without their line feeds, one at a time."""
    with text_of(path) as file:
        for line in file:
            yield line[:-1] if line.endswith("\n") else line


class Spool(Generic[T]):
    """Objects written once to a file and read back as often as needed, one at a time, by any process.

    The file holds pickled frozen records of this program, lives in the staging folder and is removed before sealing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self.count = 0

    def append(self, item: T) -> None:
        """Adds an object at the end."""
        if self._file is None:
            self._file = self._path.open("ab")
        pickle.dump(item, self._file, protocol=pickle.HIGHEST_PROTOCOL)
        self.count += 1

    def extend(self, pickled: bytes, count: int) -> None:
        """Adds objects that another process pickled, one after the other."""
        if self._file is None:
            self._file = self._path.open("ab")
        self._file.write(pickled)
        self.count += count

    def close(self) -> None:
        """Writes out what was added; more may be added later."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __iter__(self) -> Iterator[T]:
        self.close()
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            while file.peek(1):
                yield pickle.load(file)  # noqa: S301 - written by this very program, in its own staging folder

    def remove(self) -> None:
        """Deletes the file."""
        self.close()
        self._path.unlink(missing_ok=True)
