"""Reader of ODS spreadsheets: one sheet, row by row, values as they are stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lxml import etree

from laurier.readings import Reading
from laurier.sources.manifest import Received
from laurier.sources.tables import archive, profile
from laurier.sources.tables.grid import MOST_COLUMNS, rendered, rendition
from laurier.sources.tables.headings import HEADING_WITHIN
from laurier.sources.tables.reading import reading
from laurier.sources.tables.sheets import Merge, filled, not_found

_MEDIA = "application/vnd.oasis.opendocument.spreadsheet"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
#: Blank rows repeated to fill the sheet are no rows of the list.
_MOST_REPEATED = 1_000


def read(received: Received) -> Reading:
    """Reads an ODS spreadsheet.

    Raises:
        SourceError: it is damaged, or no sheet is a table of laureates.
    """
    sheet = _sheet(received)
    merges = tuple(merge for _, found in _parsed(received.path, sheet) for merge in found)

    def rows() -> Iterator[Sequence[str]]:
        return filled((cells for cells, _ in _parsed(received.path, sheet)), merges)

    return reading(received, lambda: rendered(rows()), _MEDIA, lambda: rendition(rendered(rows())))


def _sheet(received: Received) -> str:
    names = _names(received.path)
    wanted = received.options.get("sheet")
    if wanted or not names:
        if wanted not in names:
            raise not_found(received.path, str(wanted or ""), names)
        return str(wanted)
    own = profile.declared(received.columns)
    for name in names:
        for at, (cells, _) in enumerate(_parsed(received.path, name)):
            if at >= HEADING_WITHIN:
                break
            if profile.recognise(cells, own) is not None:
                return name
    return names[0]


def _names(path: Path) -> list[str]:
    found: list[str] = []
    with archive.opened(path) as zipped, zipped.open("content.xml") as file:
        events = etree.iterparse(
            file, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        for event, element in events:
            if event == "start" and element.tag == f"{_TABLE}table":
                found.append(element.get(f"{_TABLE}name", ""))
            elif event == "end" and element.tag == f"{_TABLE}table-row":
                archive.forget(element)
    return found


def _parsed(path: Path, sheet: str) -> Iterator[tuple[Sequence[str], Sequence[Merge]]]:
    """The rows of a sheet, with the merges that begin in each."""
    number = 0
    here = False
    with archive.opened(path) as zipped, zipped.open("content.xml") as file:
        events = etree.iterparse(
            file, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        for event, element in events:
            if element.tag == f"{_TABLE}table":
                here = event == "start" and element.get(f"{_TABLE}name", "") == sheet
            elif event == "end" and element.tag == f"{_TABLE}table-row":
                if here:
                    cells, merges = _row(element, number + 1)
                    times = _times(element, "number-rows-repeated")
                    times = times if cells else min(times, _MOST_REPEATED)
                    for _ in range(min(times, 1_100_000)):
                        number += 1
                        yield cells, merges
                        merges = []
                archive.forget(element)


def _times(element: etree._Element, name: str) -> int:
    value = element.get(f"{_TABLE}{name}", "1")
    return int(value) if value.isdigit() and len(value) < 9 else 1


def _row(element: etree._Element, number: int) -> tuple[list[str], list[Merge]]:
    cells: list[str] = []
    merges: list[Merge] = []
    for cell in element:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        times = min(_times(cell, "number-columns-repeated"), MOST_COLUMNS + 1)
        down, across = _times(cell, "number-rows-spanned"), _times(cell, "number-columns-spanned")
        at = len(cells) + 1
        if down > 1:
            merges.append(Merge(number, number + down - 1, at, at + across - 1))
        if len(cells) <= MOST_COLUMNS:
            cells.extend([_value(cell)] * times)
    while cells and not cells[-1]:
        cells.pop()
    return cells, merges


def _value(cell: etree._Element) -> str:
    kind = cell.get(f"{_OFFICE}value-type", "")
    if kind == "date":
        return str(cell.get(f"{_OFFICE}date-value", ""))[:10]
    if kind in ("float", "currency"):
        return _number(str(cell.get(f"{_OFFICE}value", "")))
    return "\n".join("".join(paragraph.itertext()) for paragraph in cell.iter(f"{_TEXT}p"))


def _number(value: str) -> str:
    return value[:-2] if value.endswith(".0") else value
