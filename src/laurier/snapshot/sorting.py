"""Canonical N-Quads of any size: lines gathered in any order, sorted and made distinct on disk."""

from __future__ import annotations

import hashlib
import heapq
import pickle
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar

from laurier.quads import split
from laurier.snapshot.packing import text_of

T = TypeVar("T")


class Sorter:
    """Gathers lines, spilling sorted runs to a folder, and writes them sorted and distinct.

    Args:
        folder: where runs are written; they are removed at the end.
        run: lines held in memory at most.
    """

    def __init__(self, folder: Path, run: int = 1_000_000) -> None:
        self._folder = folder
        self._run = run
        self._held: list[str] = []
        self._runs: list[Path] = []

    def add(self, lines: Iterable[str]) -> None:
        """Gathers lines without line feeds."""
        self._held.extend(lines)
        if len(self._held) >= self._run:
            self._spill()

    def _spill(self) -> None:
        path = self._folder / f".run-{len(self._runs)}"
        with path.open("wb") as file:
            file.writelines(self._sorted())
        self._runs.append(path)

    def _sorted(self) -> list[bytes]:
        """The lines held, which are then forgotten, in the order of their bytes: in UTF-8 that of code points."""
        found = sorted({f"{line}\n".encode() for line in self._held})
        self._held.clear()
        return found

    def write(self, path: Path) -> tuple[dict[str, int], str, int]:
        """Writes all lines, sorted by code point, each once, and forgets them.

        Returns:
            The number of lines by graph IRI (empty for the default graph), the SHA-256 of the file, and how many lines
            repeat a triple in another graph.
        """
        counts: dict[bytes, int] = {}
        digest = hashlib.sha256()
        with ExitStack() as stack, path.open("wb") as out:
            runs: list[Iterable[bytes]] = [stack.enter_context(run.open("rb")) for run in self._runs]
            runs.append(self._sorted())
            before, triple, repeated = b"", b"", 0
            for line in heapq.merge(*runs) if len(runs) > 1 else runs[0]:
                if line == before:
                    continue
                before = line
                out.write(line)
                digest.update(line)
                cut = _triple_length(line)
                graph = line[cut + 2 : -4]
                counts[graph] = counts.get(graph, 0) + 1
                if triple == line[:cut]:
                    repeated += 1
                triple = line[:cut]
        for run in self._runs:
            run.unlink()
        self._runs.clear()
        return {graph.decode(): count for graph, count in counts.items()}, digest.hexdigest(), repeated


def _triple_length(line: bytes) -> int:
    """Where the graph of a line begins, at the space before it; a line that ends otherwise is taken apart."""
    start = line.rfind(b" <")
    # What follows the last space may be the object, or the end of a text with an IRI for a datatype.
    if line.endswith(b"> .\n") and b'"' not in line[start:] and line.count(b" ", 0, start + 2) > 2:
        return start
    graph = split(line.decode())[3]
    return len(line) - 3 - (len(graph.encode()) + 1 if graph else 0)


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
