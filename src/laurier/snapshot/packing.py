"""Compressed files of a release: gzip without a time or a name, so that the bytes depend on the content alone.

Compression leaves the interpreter free, so it is done beside the work that makes the texts.
"""

from __future__ import annotations

import gzip
import shutil
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from laurier import formats

# On N-Quads nearly twice as fast as level 4, for files 8 % larger.
_LEVEL = 1
_BLOCK = 1 << 20
# A compressor holds about 300 kB and a file; a file whose compressor was closed goes on with a new member (RFC 1952
# section 2.2).
_MOST_OPEN = 64
# Texts waiting for a compressor that is slower than what makes them.
_MOST_WAITING = 16


def packed(name: str) -> str:
    """The name of the compressed form of a file.

    >>> packed("data.nq")
    'data.nq.gz'
    """
    return f"{name}.{formats.GZIP.suffix}"


def stored(path: Path) -> Path:
    """Where the text of a file lies: in the file, or compressed beside where it would be."""
    beside = path.with_name(packed(path.name))
    return beside if beside.is_file() and not path.is_file() else path


@contextmanager
def text_of(path: Path) -> Iterator[TextIO]:
    """Opens a file (UTF-8) for reading, compressed or not (see `stored`)."""
    found = stored(path)
    if found == path:
        with path.open(encoding="utf-8", newline="\n") as plain:
            yield plain
    else:
        with gzip.open(found, "rt", encoding="utf-8", newline="\n") as text:
            yield text


def pack(source: Path, target: Path) -> None:
    """Compresses a file."""
    target.unlink(missing_ok=True)
    with source.open("rb") as plain, _Member(target) as file:
        shutil.copyfileobj(plain, file, _BLOCK)


class Packed:
    """Compressed files of one folder, being written piece by piece."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: OrderedDict[str, gzip.GzipFile] = OrderedDict()
        # One thread for the pieces, in their order, and one for whole files.
        self._pieces, self._copies = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        self._waiting: list[Future[None]] = []
        self._copied: list[Future[None]] = []

    def append(self, name: str, text: str) -> None:
        """Adds a text at the end of a file."""
        self._waiting.append(self._pieces.submit(self._write, name, text))
        while len(self._waiting) > _MOST_WAITING:
            self._waiting.pop(0).result()

    def copy(self, source: Path, name: str) -> None:
        """Makes a file of another one, meanwhile."""
        self._copied.append(self._copies.submit(pack, source, self._folder / name))

    def _write(self, name: str, text: str) -> None:
        file = self._open.pop(name, None)
        if file is None:
            while len(self._open) >= _MOST_OPEN:
                self._open.popitem(last=False)[1].close()
            file = _Member(self._folder / name)
        self._open[name] = file
        file.write(text.encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if kind is None:
                for done in (*self._waiting, *self._copied):
                    done.result()
        finally:
            self._pieces.shutdown(cancel_futures=True)
            self._copies.shutdown(cancel_futures=True)
            for file in self._open.values():
                file.close()


class _Member(gzip.GzipFile):
    """A member being added to a file, which is closed with it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")
        # A path would put its name in the header.
        super().__init__(filename="", mode="ab", compresslevel=_LEVEL, fileobj=self._file, mtime=0)

    def close(self) -> None:
        """Ends the member."""
        super().close()
        self._file.close()
