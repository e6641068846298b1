"""Reader of HTML pages: the words of the page as lines, its tables of laureates as tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree, html

from laurier.errors import SourceError
from laurier.foreign import said
from laurier.readings import Reading
from laurier.sources import text
from laurier.sources.decoding import decode
from laurier.sources.lines import SourceText
from laurier.sources.manifest import Received
from laurier.sources.tables.embedded import best_table

_SKIPPED = frozenset(
    ("script", "style", "noscript", "template", "svg", "nav", "form", "iframe", "object", "head", "aside")
)
_BLOCKS = frozenset(
    ("p", "div", "section", "article", "main", "header", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li")
) | frozenset(("dl", "dt", "dd", "table", "tr", "blockquote", "pre", "figure", "figcaption", "address", "hr", "body"))
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{2,40})", re.IGNORECASE)
_DEEPEST = 2_000


def read(received: Received) -> Reading:
    """Reads an HTML page.

    Raises:
        SourceError: it is not text, or nests too deeply.
    """
    data = text.content(received)
    declared = _DECLARED.search(data[:4096])
    encoding = received.encoding or (declared.group(1).decode("ascii") if declared else "")
    try:
        decoded = decode(data, str(received.path), encoding)
    except SourceError:
        # A page often declares another encoding than its own.
        decoded = decode(data, str(received.path), received.encoding)
    page = _page(received, decoded.text)
    table = best_table(received, _tables(page), "text/html", decoded.diagnostics)
    if table is not None:
        return table
    return text.reading(received, SourceText("".join(_lines(page))), "text/html", decoded.diagnostics)


def _page(received: Received, source: str) -> etree._Element:
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        page = html.document_fromstring(source.replace("\x00", " ") or "<p></p>", parser=parser)
    except (etree.LxmlError, ValueError, RecursionError) as error:
        told = said(error)
        raise SourceError(
            f"{received.path} is not an HTML page ({told.en}): save it again from a browser.",
            f"{received.path} n'est pas une page HTML ({told.fr}) : enregistrez-la de nouveau depuis un navigateur.",
            path=str(received.path),
        ) from error
    main = page.xpath("//main | //*[@role='main']")
    return main[0] if len(main) == 1 and len("".join(main[0].itertext()).strip()) > 200 else page


def _lines(page: etree._Element) -> Iterator[str]:
    """The words of a page: a block begins a new line after a blank one, a list item begins with a dash."""
    line: list[str] = []
    skipped = 0
    for event, element in etree.iterwalk(page, events=("start", "end")):
        name = element.tag if isinstance(element.tag, str) else ""
        if name in _SKIPPED:
            skipped += 1 if event == "start" else -1
        elif not skipped and _breaks(name, event):
            yield from _flushed(line, blank=name not in ("br", "li", "dd", "dt", "tr"))
        if event == "start" and not skipped:
            line.append({"li": "- ", "dd": ""}.get(name, ""))
            line.append(element.text or "")
        if event == "end" and not skipped and element is not page:
            if name in ("td", "th"):
                line.append(" ")
            if name == "dt":
                line.append(" : ")
            line.append(element.tail or "")
    yield from _flushed(line, blank=False)


def _breaks(name: str, event: str) -> bool:
    """Whether a line ends here; a term and its description make one line, as a label and its value."""
    if name in ("br", "dt"):
        return event == "start"
    return event == "end" if name == "dd" else name in _BLOCKS


def _flushed(line: list[str], blank: bool) -> Iterator[str]:
    words = " ".join("".join(line).split())
    line.clear()
    if words and words != "-":
        yield words + "\n"
        if blank:
            yield "\n"
    elif blank:
        yield "\n"


def _tables(page: etree._Element) -> Iterator[Sequence[Sequence[str]]]:
    for table in page.iter("table"):
        if table.find(".//table") is not None:
            continue  # a table of layout
        yield [list(_cells(row)) for row in table.iter("tr")]


def _cells(row: etree._Element) -> Iterator[str]:
    for cell in row:
        if cell.tag in ("td", "th"):
            yield " ".join(" ".join(cell.itertext()).split())
            across = cell.get("colspan", "1")
            for _ in range(1, min(int(across), 100) if across.isascii() and across.isdigit() else 1):
                yield ""
