"""Reader of XLSX workbooks: one sheet, row by row, values as they are shown."""

from __future__ import annotations

import datetime
import re
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import range_boundaries

from laurier.errors import SourceError
from laurier.readings import Reading
from laurier.sources.manifest import Received
from laurier.sources.tables import archive, profile
from laurier.sources.tables.grid import rendered, rendition
from laurier.sources.tables.headings import HEADING_WITHIN
from laurier.sources.tables.reading import reading
from laurier.sources.tables.sheets import Merge, filled, not_found

_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z]+\d+:[A-Z]+\d+)"')


def read(received: Received) -> Reading:
    """Reads an XLSX workbook.

    Raises:
        SourceError: it is damaged, or no sheet is a table of laureates.
    """
    with archive.opened(received.path):
        sheet = _sheet(received)
    merges = _merges(received.path, sheet)

    def rows() -> Iterator[Sequence[str]]:
        return filled(_rows(received.path, sheet), merges)

    return reading(received, lambda: rendered(rows()), _MEDIA, lambda: rendition(rendered(rows())))


def _open(path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that it leaves aside
            return openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except SourceError:
        raise
    except Exception as error:  # openpyxl raises errors of every kind on damaged files
        raise archive.damaged(path, error) from error


def _sheet(received: Received) -> str:
    """The sheet that holds the list: the one declared, or the first whose heading is understood."""
    book = _open(received.path)
    try:
        names: list[str] = [sheet.title for sheet in book.worksheets]
    finally:
        book.close()
    wanted = str(received.options.get("sheet") or "")
    if wanted:
        if wanted not in names:
            raise not_found(received.path, wanted, names)
        return wanted
    own = profile.declared(received.columns)
    for name in names:
        for at, cells in enumerate(_rows(received.path, name)):
            if at >= HEADING_WITHIN:
                break
            if profile.recognise(cells, own) is not None:
                return name
    if not names:
        raise not_found(received.path, "", names)
    return names[0]


def _rows(path: Path, name: str) -> Iterator[Sequence[str]]:
    book = _open(path)
    try:
        sheet = book[name]
        sheet.reset_dimensions()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for cells in sheet.iter_rows(values_only=True):
                yield _trimmed([shown(value) for value in cells])
    except SourceError:
        raise
    except Exception as error:
        raise archive.damaged(path, error) from error
    finally:
        book.close()


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def shown(value: object) -> str:
    """The value of a cell as text: dates in ISO form, whole numbers without decimals."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _merges(path: Path, name: str) -> tuple[Merge, ...]:
    """The merged cells of a sheet, which openpyxl leaves out when it streams."""
    book = _open(path)
    try:
        part = book[name]._worksheet_path.lstrip("/")
    finally:
        book.close()
    found: list[Merge] = []
    with archive.opened(path) as zipped, zipped.open(part) as file:
        held = b""
        while piece := file.read(1 << 20):
            held = held[-200:] + piece
            for match in _MERGED.finditer(held):
                left, top, right, bottom = range_boundaries(match.group(1).decode())
                found.append(Merge(top or 0, bottom or 0, left or 0, right or 0))
    return tuple(dict.fromkeys(found))
