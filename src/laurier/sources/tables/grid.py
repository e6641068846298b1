"""A row of a table with the place of each cell in the reading text, whatever the format it came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from laurier.records import Span

_BREAK = re.compile(r"\r\n|\n|\r")
#: A table with more columns than this is none.
MOST_COLUMNS = 2_000


@dataclass(slots=True)
class Row:
    """A row.

    Attributes:
        line, last_line: lines of the reading text, counted from 1.
        start: offset of the row in the reading text.
        text: the row as it stands there.
        cells: the values, quotes undone.
        begins: where each cell begins in `text`.
        raws: each cell as it stands in `text`, without its quotes.
        fault: why the row could not be cut into cells ("" when it could).
    """

    line: int
    last_line: int
    start: int
    text: str
    cells: list[str]
    begins: list[int]
    raws: list[str]
    fault: str = ""

    def span(self) -> Span:
        """The passage of the whole row."""
        return Span(self.start, self.start + len(self.text), self.line, self.last_line, self.text)

    def cell(self, at: int, heading: str) -> Span:
        """The passage of a cell, without the spaces around it."""
        raw = bare = self.raws[at]
        begin = self.begins[at]
        if raw and (raw[0].isspace() or raw[-1].isspace()):
            bare = raw.strip()
            begin += len(raw) - len(raw.lstrip()) if bare else 0
        first, last = self.line, self.last_line
        if first != last:
            first = self.line + len(_BREAK.findall(self.text, 0, begin))
            last = first + len(_BREAK.findall(bare))
        return Span(self.start + begin, self.start + begin + len(bare), first, last, bare, None, heading)


def rendered(rows: Iterable[Sequence[str]]) -> Iterator[Row]:
    """Rows of a format that has no text of its own: cells joined by tabs, one row a line.

    A cell's own line breaks and tabs become spaces, so that a line is a row of the sheet.
    """
    start = 0
    for line, values in enumerate(rows, start=1):
        cells = [_flat(value) for value in values]
        begins = []
        at = 0
        for cell in cells:
            begins.append(at)
            at += len(cell) + 1
        text = "\t".join(cells)
        yield Row(line, line, start, text, cells, begins, cells)
        start += len(text) + 1


def rendition(rows: Iterable[Row]) -> Iterator[str]:
    """The reading text of rendered rows, piece by piece."""
    for row in rows:
        yield row.text + "\n"


def _flat(value: str) -> str:
    return value if value.isprintable() else "".join(c if c.isprintable() else " " for c in value)
