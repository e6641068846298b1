"""Reader of DOCX documents: paragraphs as lines, tables of laureates as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from laurier.readings import Reading
from laurier.sources import text
from laurier.sources.lines import SourceText
from laurier.sources.manifest import Received
from laurier.sources.tables import archive
from laurier.sources.tables.embedded import best_table

_MEDIA = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADINGS = ("heading", "titre", "title")


def read(received: Received) -> Reading:
    """Reads a DOCX document.

    Raises:
        SourceError: it is damaged, or would unpack to too much.
    """
    with archive.opened(received.path) as zipped, zipped.open("word/document.xml") as file:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        body = etree.parse(file, parser).getroot().find(f"{_W}body")
    if body is None:
        return text.reading(received, SourceText(""), _MEDIA)
    table = best_table(received, (_cells(table) for table in body.iter(f"{_W}tbl")), _MEDIA)
    if table is not None:
        return table
    lines, pages = [], []
    page = 1
    paged = body.find(f".//{_W}lastRenderedPageBreak") is not None
    for block in body:
        for line, breaks in _lines(block):
            page += breaks
            lines.append(line)
            pages.append(page)
    source = SourceText("".join(line + "\n" for line in lines), pages=tuple(pages) if paged else ())
    return text.reading(received, source, _MEDIA)


def _lines(block: etree._Element) -> Iterator[tuple[str, int]]:
    """The lines of a paragraph or a table, each with the page breaks before it; a paragraph ends with a blank line."""
    if block.tag == f"{_W}p":
        breaks = sum(1 for _ in block.iter(f"{_W}lastRenderedPageBreak"))
        listed = _is_item(block)
        parts = _words(block).split("\n")
        for at, part in enumerate(parts):
            yield ("- " + part if listed and at == 0 and part.strip() else part), breaks if at == 0 else 0
        if not listed:
            yield "", 0
    elif block.tag == f"{_W}tbl":
        for row in _cells(block):
            filled = [cell for cell in row if cell]
            # A table of two columns is often a form: label and value.
            yield (" : " if len(row) == 2 and not row[0].endswith(":") else " ").join(filled), 0
        yield "", 0
    elif block.tag == f"{_W}sdt":
        for inner in block.iterchildren(f"{_W}sdtContent"):
            for child in inner:
                yield from _lines(child)


def _is_item(paragraph: etree._Element) -> bool:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    named = (style.get(f"{_W}val", "") if style is not None else "").lower()
    numbered = paragraph.find(f"{_W}pPr/{_W}numPr") is not None
    return numbered and not named.startswith(_HEADINGS)


def _words(element: etree._Element) -> str:
    parts: list[str] = []
    for node in element.iter():
        if node.tag == f"{_W}t":
            parts.append(node.text or "")
        elif node.tag == f"{_W}tab":
            parts.append("\t" if node.getparent().tag == f"{_W}r" else "")
        elif node.tag in (f"{_W}br", f"{_W}cr"):
            parts.append("\n")
        elif node.tag == f"{_W}noBreakHyphen":
            parts.append("-")
    return "".join(parts)


def _cells(table: etree._Element) -> Sequence[Sequence[str]]:
    rows: list[list[str]] = []
    above: list[str] = []
    for row in table.iterchildren(f"{_W}tr"):
        cells: list[str] = []
        for cell in row.iterchildren(f"{_W}tc"):
            words = " ".join(" ".join(_words(p) for p in cell.iterchildren(f"{_W}p")).split())
            merged = cell.find(f"{_W}tcPr/{_W}vMerge")
            if merged is not None and merged.get(f"{_W}val") != "restart" and not words and len(cells) < len(above):
                words = above[len(cells)]
            across = cell.find(f"{_W}tcPr/{_W}gridSpan")
            cells.append(words)
            width = across.get(f"{_W}val", "1") if across is not None else "1"
            cells.extend([""] * (min(int(width), 100) - 1 if width.isascii() and width.isdigit() else 0))
        rows.append(cells)
        above = cells
    return rows
