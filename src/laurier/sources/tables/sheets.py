"""What the sheets of every spreadsheet have in common: merged cells, and the sheet that was asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from laurier.errors import SourceError

_TALLEST = 5_000


@dataclass(frozen=True, slots=True)
class Merge:
    """Cells that share the value of the first: rows and columns from 1, both included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


def filled(rows: Iterable[Sequence[str]], merges: Sequence[Merge]) -> Iterator[Sequence[str]]:
    """The rows with the value of cells merged downwards written in each of them.

    Cells merged sideways keep their value in the first: a title over a table is no value of every column.
    """
    tall: dict[int, list[Merge]] = defaultdict(list)
    for merge in merges:
        if merge.first_column == merge.last_column and 0 < merge.last_row - merge.first_row < _TALLEST:
            tall[merge.first_row].append(merge)
    open_now: list[tuple[Merge, str]] = []
    for number, row in enumerate(rows, start=1):
        cells = list(row)
        open_now = [(merge, value) for merge, value in open_now if merge.last_row >= number]
        for merge, value in open_now:
            at = merge.first_column - 1
            cells.extend([""] * (at + 1 - len(cells)))
            cells[at] = cells[at] or value
        for merge in tall.get(number, ()):
            at = merge.first_column - 1
            if at < len(cells) and cells[at]:
                open_now.append((merge, cells[at]))
        yield cells


def not_found(path: Path, wanted: str, names: Sequence[str]) -> SourceError:
    """The sheet asked for is not there."""
    known = ", ".join(f"« {name} »" for name in names[:20]) or "none"
    return SourceError(
        f"{path} has no sheet '{wanted}'; its sheets are {known}: correct sheet under [options] in source.toml.",
        f"{path} n'a pas de feuille « {wanted} » ; ses feuilles sont {known} : corrigez sheet sous [options].",
        path=str(path),
    )
