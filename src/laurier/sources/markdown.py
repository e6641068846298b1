"""Markdown: read as lines of text, its marks left aside."""

from __future__ import annotations

import re
from array import array

from laurier.readings import Reading
from laurier.sources import text
from laurier.sources.decoding import decode
from laurier.sources.lines import SourceText
from laurier.sources.manifest import Received

# What is a mark and not a word (CommonMark 0.31: headings, rules, quotes, emphasis, code, links, escapes).
_MARKS = re.compile(
    r"^[ \t]{0,3}#{1,6}(?=[ \t])|[ \t]#+[ \t]*$|^[ \t]{0,3}(?:>[ \t]?)+|^[ \t]*(?:[-*_][ \t]*){3,}$"
    r"|\*{2,3}|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)|`+"
    r"|!?\[(?=[^\[\]\n]{0,500}\]\()|\]\([^()\s]{0,500}(?:[ \t][^()\n]{0,200})?\)|\\(?=[!-/:-@\[-`{-~])",
    re.MULTILINE,
)


def read(received: Received) -> Reading:
    """Reads a Markdown document.

    Raises:
        SourceError: it is not text, or not a document of lines.
    """
    decoded = decode(text.content(received), str(received.path), received.encoding)
    return text.reading(
        received, SourceText(decoded.text, hidden=marks(decoded.text)), "text/markdown", decoded.diagnostics
    )


def marks(markdown: str) -> array[int]:
    """The offsets of the marks of a Markdown text, in order."""
    offsets = array("Q")
    for found in _MARKS.finditer(markdown):
        offsets.extend(range(found.start(), found.end()))
    return offsets
