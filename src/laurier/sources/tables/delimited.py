"""CSV and TSV as they are found: any separator, stray quotes, rows over several lines; streamed, with offsets."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from laurier.errors import SourceError
from laurier.sources.decoding import CONTROLS
from laurier.sources.tables.grid import MOST_COLUMNS, Row

SEPARATORS = (";", ",", "\t", "|")
#: A row may be this long, in characters, and go over this many lines.
_LONGEST = 1_000_000
_MOST_LINES = 200
_SAMPLE_ROWS = 60


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a delimited file is written.

    Attributes:
        encoding: codec.
        separator: between cells.
        mark: True when the file begins with a byte order mark.
    """

    encoding: str
    separator: str
    mark: bool = False


class _Lines:
    """The lines of a file with their offsets; lines read ahead can be given back."""

    def __init__(self, path: Path, dialect: Dialect) -> None:
        self._path = path
        errors = "laurier-windows-1252" if dialect.encoding == "utf-8" else "strict"
        self._file = path.open(encoding=dialect.encoding, errors=errors, newline="")
        if dialect.mark:
            self._file.read(1)
        self._back: deque[str] = deque()

    def close(self) -> None:
        self._file.close()

    def next(self) -> str:
        if self._back:
            return self._back.popleft()
        line = self._file.readline(_LONGEST)
        if len(line) >= _LONGEST and not line.endswith(("\n", "\r")):
            raise SourceError(
                f"{self._path} has a line of more than {_LONGEST} characters: it is not a table of rows.",
                f"{self._path} a une ligne de plus de {_LONGEST} caractères : ce n'est pas un tableau en lignes.",
                path=str(self._path),
            )
        return CONTROLS.sub(" ", line) if CONTROLS.search(line) else line

    def give_back(self, lines: list[str]) -> None:
        self._back.extendleft(reversed(lines))


def rows(path: Path, dialect: Dialect) -> Iterator[Row]:
    """The rows of a file, in constant memory.

    Raises:
        SourceError: a line is not that of a table, or the file cannot be decoded.
    """
    lines = _Lines(path, dialect)
    number, offset = 1, 0
    try:
        while line := lines.next():
            row, taken = _row(line, lines, dialect.separator, number, offset)
            if len(row.cells) > MOST_COLUMNS:
                raise SourceError(
                    f"{path}: line {number} has {len(row.cells)} columns: declare its separator in source.toml.",
                    f"{path} : la ligne {number} a {len(row.cells)} colonnes : déclarez son séparateur.",
                    path=str(path),
                    line=number,
                )
            yield row
            number += taken[0]
            offset += taken[1]
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{path}: after line {number} a byte cannot be read as {dialect.encoding}: save the file as UTF-8.",
            f"{path} : après la ligne {number}, un octet ne peut pas être lu en {dialect.encoding} : "
            "enregistrez le fichier en UTF-8.",
            path=str(path),
            line=number,
        ) from error
    finally:
        lines.close()


def _row(line: str, lines: _Lines, separator: str, number: int, offset: int) -> tuple[Row, tuple[int, int]]:
    body = line.rstrip("\r\n")
    if '"' not in body:
        cells = body.split(separator)
        return Row(number, number, offset, body, cells, _begins(cells), cells), (1, len(line))
    text, taken = line, [line]
    while (found := _quoted(text.rstrip("\r\n"), separator)) is None:
        more = lines.next() if len(taken) < _MOST_LINES and len(text) < _LONGEST else ""
        if not more:
            # The quote never closes: it is a character like another, and the next lines are rows of their own.
            lines.give_back(taken[1:])
            cells = body.split(separator)
            return Row(number, number, offset, body, cells, _begins(cells), cells, "lone-quote"), (1, len(line))
        taken.append(more)
        text += more
    body = text.rstrip("\r\n")
    cells, begins, raws = found
    return Row(number, number + len(taken) - 1, offset, body, cells, begins, raws), (len(taken), len(text))


def _begins(cells: list[str]) -> list[int]:
    begins, at = [], 0
    for cell in cells:
        begins.append(at)
        at += len(cell) + 1
    return begins


def _quoted(text: str, separator: str) -> tuple[list[str], list[int], list[str]] | None:
    """The cells of a row that holds quotes; None when a quote is still open at its end (RFC 4180, section 2)."""
    cells: list[str] = []
    begins: list[int] = []
    raws: list[str] = []
    at = 0
    while True:
        lead = at
        while text[lead : lead + 1] == " ":
            lead += 1
        if text[lead : lead + 1] == '"':
            end = _closing(text, lead + 1, separator)
            if end is None:
                return None
            raw = text[lead + 1 : end]
            begins.append(lead + 1)
            raws.append(raw)
            cells.append(raw.replace('""', '"'))
            at = text.find(separator, end + 1)
        else:
            end = text.find(separator, at)
            raw = text[at:] if end < 0 else text[at:end]
            begins.append(at)
            raws.append(raw)
            cells.append(raw)
            at = end
        if at < 0:
            return cells, begins, raws
        at += 1


def _closing(text: str, at: int, separator: str) -> int | None:
    """The quote that closes a cell: the first one, not doubled, that a separator or the end follows."""
    while True:
        quote = text.find('"', at)
        if quote < 0:
            return None
        if text[quote + 1 : quote + 2] == '"':
            at = quote + 2
            continue
        rest = quote + 1
        while text[rest : rest + 1] == " ":
            rest += 1
        if rest >= len(text) or text[rest] == separator or text[rest] in "\r\n":
            return quote
        # A quote inside a quoted cell, not doubled: `"Le "Bureau" mobile";` is read as it is meant.
        at = quote + 1


def separator(sample: str, score: dict[str, int]) -> str:
    """The separator of a file.

    Args:
        sample: its beginning.
        score: how many columns a profile knows of the best heading, under each separator.
    """
    first = re.match(r"sep=(.)\r?\n", sample)
    if first:
        return first.group(1)
    known = max(score, key=lambda mark: score[mark], default=";")
    if score.get(known):
        return known
    try:
        return csv.Sniffer().sniff(sample[:20_000], "".join(SEPARATORS)).delimiter
    except csv.Error:
        return max(SEPARATORS, key=sample.count)


def sample_rows(sample: str, mark: str) -> list[list[str]]:
    """The first rows of a sample under a separator, to look for the heading."""
    found = []
    for line in sample.splitlines()[:_SAMPLE_ROWS]:
        cut = _quoted(line, mark) if '"' in line else (line.split(mark), [], [])
        found.append(cut[0] if cut else line.split(mark))
    return found
