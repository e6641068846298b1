"""The cells of a row by the fields of their columns; what is refused in them is told with its line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from laurier.readings import Reject
from laurier.records import Passage, Span
from laurier.sources.lines import Piece, SourceText
from laurier.sources.tables import cells
from laurier.sources.tables.cells import Refusal
from laurier.sources.tables.grid import Row
from laurier.sources.tables.profile import Column, Mapped

_DOUBLED = re.compile(r'""')


@dataclass(slots=True)
class ValueReader:
    """Reads the cells of one table.

    Attributes:
        mapped: the columns.
        columns: the columns by field, in their order.
        rejects: what was refused in the row that was read last.
    """

    mapped: Mapped
    columns: dict[str, list[Column]] = field(default_factory=dict, kw_only=True)
    rejects: list[Reject] = field(default_factory=list, kw_only=True)

    def __post_init__(self) -> None:
        for column in self.mapped.columns:
            self.columns.setdefault(column.field or "other", []).append(column)

    def value(self, row: Row, column: Column) -> str:
        """The value of a cell; nothing for the error of a formula, which is refused."""
        if column.at >= len(row.cells):
            return ""
        value = cells.clean(row.cells[column.at])
        if value.startswith("#"):
            error = cells.spreadsheet_error(value)
            if error is not None:
                self.refuse(row, column, value, error)
                return ""
        return value

    def first(self, row: Row, name: str) -> Passage | None:
        """The first value that a row has for a field."""
        return next(self.every(row, name), None)

    def every(self, row: Row, name: str) -> Iterator[Passage]:
        """Every value that a row has for a field."""
        for column in self.columns.get(name, ()):
            value = self.value(row, column)
            if value:
                yield Passage(value, row.cell(column.at, column.heading))

    def piece(self, row: Row, column: Column) -> Piece:
        """The words of a cell with their places, for the readers of wordings."""
        span = row.cell(column.at, column.heading)
        doubled = [span.start + found.end() - 1 for found in _DOUBLED.finditer(span.exact)]
        excerpt = SourceText(
            span.exact, hidden=doubled, base=span.start, before=span.first_line - 1, cell=column.heading
        )
        return excerpt.whole()

    def refuse(self, row: Row, column: Column, value: str, why: Refusal, kept: bool = True) -> None:
        """Notes a refused value; `kept` when its row is read all the same."""
        span = row.cell(column.at, column.heading) if column.at < len(row.cells) else row.span()
        self.rejects.append(refused(row, column.heading, value, why, kept, span))


def refused(row: Row, heading: str, value: str, why: Refusal, kept: bool, span: Span) -> Reject:
    """A refused value with its line and column in the sentence."""
    shown = value if len(value) <= 60 else value[:59] + "…"
    en, fr = f"Line {row.line}", f"Ligne {row.line}"
    if heading:
        en, fr = f"{en}, column « {heading} »", f"{fr}, colonne « {heading} »"
    en, fr = (f"{en}: « {shown} »", f"{fr} : « {shown} »") if value else (en, fr)
    en, fr = f"{en} {why.en}.", f"{fr} {why.fr}."
    return Reject(why.code, row.line, heading, value, en, fr, kept, span)
