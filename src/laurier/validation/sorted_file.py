"""A sorted N-Quads file read two ways: as a stream of nodes, and by looking a subject up.

The graph that is validated is the union of its named graphs. Canonical N-Quads is sorted by its UTF-8 bytes, so the
lines of a subject stand together and a subject is found by bisection: nothing of the file stays in memory.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, NamedTuple

from laurier.errors import DataRefused

_BLOCK = 1 << 15
_LINE = re.compile(
    rb'(?:<[^<>" ]*>|_:[^ ]+) <[^<>" ]*> (?:<[^<>" ]*>|_:[^ ]+|".*"[^" ]*)( (?:<[^<>" ]*>|_:[^ ]+))? \.\n?'
)
_DEFAULT = b" .\n"


class Statements(NamedTuple):
    """The statements of one subject, in the order of the file: parallel lists, without repetition.

    Attributes:
        subject: the subject.
        predicates, objects: one entry for each statement.
        offset: where the first line begins in the file, in bytes.
    """

    subject: bytes
    predicates: list[bytes]
    objects: list[bytes]
    offset: int


def stream(path: Path, start: int = 0, end: int | None = None) -> Iterator[Statements]:
    """The nodes whose first line begins in `[start, end)`, in bytes.

    Raises:
        DataRefused: the file is not sorted, or not canonical N-Quads.
    """
    with path.open("rb", buffering=1 << 20) as file:
        offset, subject = _first_new_subject(file, start) if start else (0, b"")
        yield from _nodes(file, path, offset, subject, end)


def _first_new_subject(file: BinaryIO, start: int) -> tuple[int, bytes]:
    """The first line at or after `start` whose subject is not that of the line before; and that subject."""
    # One byte earlier, so that a line that begins exactly at `start` counts.
    file.seek(start - 1)
    offset = start - 1 + len(file.readline())
    file.seek(_line_before(file, offset))
    before = file.readline().split(b" ", 1)[0]
    for line in file:
        if line.split(b" ", 1)[0] != before:
            break
        offset += len(line)
    file.seek(offset)
    return offset, before


def _line_before(file: BinaryIO, offset: int) -> int:
    """Where the line that ends at `offset` begins."""
    size = _BLOCK
    while True:
        begin = max(0, offset - size)
        file.seek(begin)
        found = file.read(offset - begin - 1).rfind(b"\n")
        if found >= 0 or begin == 0:
            return begin + found + 1
        size *= 4


def _nodes(lines: Iterable[bytes], path: Path, offset: int, before: bytes, end: int | None) -> Iterator[Statements]:
    subject, begin, suffix, cut = before, offset, _DEFAULT, 0
    several = False
    predicates: list[bytes] = []
    objects: list[bytes] = []
    for line in lines:
        try:
            own, predicate, rest = line.split(b" ", 2)
        except ValueError as error:
            raise _malformed(path, offset) from error
        if own != subject:
            if predicates:
                yield Statements(subject, predicates, objects, begin)
            if own < subject:
                raise _unsorted(path, offset)
            if end is not None and offset >= end:
                return
            subject, begin, predicates, objects = own, offset, [], []
        if suffix is _DEFAULT or not rest.endswith(suffix):
            several = cut != 0
            suffix = _suffix(path, line, offset)
            cut = -len(suffix)
        value = rest[:cut]
        offset += len(line)
        # The same triple in two graphs stands on neighbouring lines.
        if several and predicates and predicates[-1] == predicate and objects[-1] == value:
            continue
        predicates.append(predicate)
        objects.append(value)
    if predicates:
        yield Statements(subject, predicates, objects, begin)


def _suffix(path: Path, line: bytes, offset: int) -> bytes:
    """What follows the object on a line: the graph, if any, the full stop and the line feed."""
    match = _LINE.fullmatch(line)
    if match is None:
        raise _malformed(path, offset)
    if match[1] is None:
        return _DEFAULT if line.endswith(_DEFAULT) else b" ."
    return match[1] + line[match.end(1) :]


def _malformed(path: Path, offset: int) -> DataRefused:
    return DataRefused(
        f"{path}: the line at byte {offset} is not canonical N-Quads: write the file with Laurier.",
        f"{path} : la ligne à l'octet {offset} n'est pas du N-Quads canonique : écrivez le fichier avec Laurier.",
        path=str(path),
    )


def _unsorted(path: Path, offset: int) -> DataRefused:
    return DataRefused(
        f"{path}: the line at byte {offset} is out of order: sort the lines by their bytes (LC_ALL=C sort -u).",
        f"{path} : la ligne à l'octet {offset} n'est pas à sa place : triez les lignes par octets (LC_ALL=C sort -u).",
        path=str(path),
    )


class SortedFile:
    """Looks subjects up in a sorted file; close it after use."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = os.open(path, os.O_RDONLY)
        self._blocks = max(1, -(-path.stat().st_size // _BLOCK))
        self._first = lru_cache(maxsize=1 << 16)(self._first_subject)

    def close(self) -> None:
        """Releases the file."""
        os.close(self._descriptor)

    def find(self, subject: bytes) -> Statements | None:
        """The statements of a subject, or None if it has none."""
        low, high = 0, self._blocks
        while high - low > 1:
            middle = (low + high) // 2
            if self._first(middle) < subject:
                low = middle
            else:
                high = middle
        return self._scan(low * _BLOCK, subject + b" ")

    def at(self, offset: int) -> Statements:
        """The statements whose first line begins at an offset."""
        line = self._read(offset, 4 * _BLOCK)
        found = self._scan(offset, line[: line.index(b" ") + 1])
        assert found is not None
        return found

    def _read(self, offset: int, size: int) -> bytes:
        return os.pread(self._descriptor, size, offset)

    def _first_subject(self, block: int) -> bytes:
        """The subject of the first line that begins in a block or after it; greater than all if there is none."""
        begin, size = block * _BLOCK, 4096
        while True:
            # One byte earlier, so that a line that begins exactly at the block counts.
            text = self._read(max(0, begin - 1), size)
            start = text.find(b"\n") + 1 if begin else 0
            stop = text.find(b" ", start)
            if (start or not begin) and stop >= 0:
                return text[start:stop]
            if len(text) < size:
                return b"\xff"
            size *= 8

    def _scan(self, begin: int, key: bytes) -> Statements | None:
        size = 3 * _BLOCK
        while True:
            text = self._read(begin, size)
            whole = len(text) < size
            start = 0 if text.startswith(key) else text.find(b"\n" + key) + 1
            if start or text.startswith(key):
                stop = start
                while text.startswith(key, stop):
                    stop = text.find(b"\n", stop) + 1 or len(text)
                # What follows must be long enough to tell that it is another subject.
                if whole or len(text) - stop >= len(key):
                    lines = io.BytesIO(text[start:stop])
                    return next(_nodes(lines, self._path, begin + start, b"", None))
            elif whole or _last_line(text) > key:
                return None
            size *= 4


def _last_line(text: bytes) -> bytes:
    """The last line of which both ends are seen, empty if there is none."""
    end = text.rfind(b"\n")
    before = text.rfind(b"\n", 0, max(end, 0))
    return text[before + 1 : end] if before >= 0 else b""
