"""Characters: bytes to text, text to lines, and clean pieces of text that remember where each character came from."""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from laurier.records import Passage, Span

_BREAK = re.compile(r"\r\n|\n|\r")
# What a clean piece never holds: odd spaces, doubled spaces, invisible marks, ligatures of print.
_ODD = re.compile(r"[^\S ]| {2}|[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufb00-\ufb06]")
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff")
_LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}
_FOLDED = {
    "’": "'",
    "‘": "'",
    "ʼ": "'",
    "`": "'",
    "´": "'",
    "′": "'",
    "‐": "-",
    "‑": "-",
    "−": "-",
    "œ": "o",
    "Œ": "o",
    "æ": "a",
    "Æ": "a",
    "：": ":",
    "∶": ":",
}


def _folding() -> dict[int, str]:
    """Each Latin letter to its plain lower case, one character for one; other scripts are left as they are."""
    table = {}
    for code in (*range(0x41, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0].lower()
        table[code] = base if len(base) == 1 else chr(code)
    return table | {ord(character): plain for character, plain in _FOLDED.items()}


_FOLDING = _folding()


def fold(text: str) -> str:
    """Lower case without accents, apostrophes and hyphens made plain: same length, for matching only.

    >>> fold("L’ÉCHEC")
    "l'echec"
    """
    return text.translate(_FOLDING)


def words(text: str) -> str:
    """The folded words of a text joined by single spaces: two wordings with the same words are the same.

    >>> words("100 % inclusion") == words("100% Inclusion")
    True
    """
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


@dataclass(frozen=True)
class SourceText:
    """The reading text of a document.

    Attributes:
        text: the text as decoded (or the rendition of a PDF, a DOCX, an HTML page).
        pages: for each line, the page it is printed on; empty for a text without pages.
        hidden: offsets, in order, of characters that are marks and not words (the `**` of Markdown).
        wrapped: lines that go on the line before, when the geometry of the page tells; None when nothing does.
        base, before: for an excerpt of a longer text, the offset of its first character and the lines before it.
        cell: for an excerpt that is the cell of a table, the heading of its column.
    """

    text: str
    pages: tuple[int, ...] = ()
    hidden: Sequence[int] = ()
    wrapped: frozenset[int] | None = None
    base: int = 0
    before: int = 0
    cell: str | None = None

    @cached_property
    def _starts(self) -> Sequence[int]:
        starts = array("Q", [0])
        starts.extend(found.end() for found in _BREAK.finditer(self.text))
        return starts

    def span(self, start: int, end: int) -> Span:
        """The passage between two offsets, with its lines and page."""
        first, last = self.line_at(start), self.line_at(max(start, end - 1))
        page = self.pages[first - 1] if first <= len(self.pages) else None
        return Span(start, end, first, last, self.text[start - self.base : end - self.base], page, self.cell)

    def line_at(self, offset: int) -> int:
        """The line, counted from 1, in which an offset lies."""
        return self.before + bisect_right(self._starts, offset - self.base)

    def extents(self) -> Iterator[tuple[int, int, int]]:
        """Every line of a whole text: its number, where it starts, where it ends without its line break."""
        for number, start in enumerate(self._starts, start=1):
            end = self._starts[number] if number < len(self._starts) else len(self.text)
            while end > start and self.text[end - 1] in "\r\n":
                end -= 1
            yield number, start, end

    def lines(self) -> Iterator[Piece]:
        """Every line, clean; a blank line gives an empty piece."""
        for _, start, end in self.extents():
            yield self.piece(start, end)

    def whole(self) -> Piece:
        """The clean piece of all of it."""
        return self.piece(self.base, self.base + len(self.text))

    def piece(self, start: int, end: int) -> Piece:
        """The clean piece of text between two offsets."""
        raw = self.text[start - self.base : end - self.base]
        marks = self.hidden[bisect_left(self.hidden, start) : bisect_left(self.hidden, end)]
        if marks:
            return _clean(self, start, raw, frozenset(marks))
        if not _ODD.search(raw) and unicodedata.is_normalized("NFC", raw):
            return Piece(self, raw, range(start, end), range(start + 1, end + 1)).strip()
        return _clean(self, start, raw, frozenset())


def _clean(source: SourceText, start: int, raw: str, marks: frozenset[int]) -> Piece:
    text: list[str] = []
    begins, ends = array("Q"), array("Q")
    at = 0
    while at < len(raw):
        beyond = at + 1
        while beyond < len(raw) and unicodedata.combining(raw[beyond]):
            beyond += 1
        cluster = raw[at:beyond]
        if start + at in marks:
            clean = ""
        elif cluster.isspace():
            clean = "" if text and text[-1] == " " else " "
        elif cluster in _INVISIBLE:
            clean = ""
        else:
            clean = _LIGATURES.get(cluster) or unicodedata.normalize("NFC", cluster)
        for character in clean:
            text.append(character)
            begins.append(start + at)
            ends.append(start + beyond)
        at = beyond
    return Piece(source, "".join(text), begins, ends).strip()


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of clean text: NFC, single spaces, no invisible mark; each character knows its place in the source.

    Attributes:
        source: the text it was taken from.
        text: the clean text.
        begins, ends: for each clean character, where the characters it stands for begin and end in the source.
    """

    source: SourceText
    text: str
    begins: Sequence[int]
    ends: Sequence[int]

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def folded(self) -> str:
        """The text for matching; same length, so that a match can be cut out."""
        return fold(self.text)

    @property
    def line(self) -> int:
        """The line on which it begins, counted from 1."""
        return self.span().first_line

    def cut(self, start: int, end: int | None = None) -> Piece:
        """A part of the piece, without the spaces around it."""
        stop = len(self.text) if end is None else end
        while start < stop and self.text[start] == " ":
            start += 1
        while stop > start and self.text[stop - 1] == " ":
            stop -= 1
        return Piece(self.source, self.text[start:stop], self.begins[start:stop], self.ends[start:stop])

    def strip(self) -> Piece:
        """The piece without the spaces around it."""
        if self.text.strip(" ") == self.text:
            return self
        return self.cut(0)

    def trim(self, characters: str) -> Piece:
        """The piece without these characters, and spaces, at its end."""
        return self.cut(0, len(self.text.rstrip(characters + " ")))

    def join(self, other: Piece, separator: str = " ", drop: int = 0) -> Piece:
        """The two pieces as one wording; `drop` characters of the end of the first are left out (a hyphen)."""
        if not self.text:
            return other
        stop = len(self.text) - drop
        text = self.text[:stop] + separator + other.text
        begins, ends = array("Q", self.begins[:stop]), array("Q", self.ends[:stop])
        for _ in separator:
            begins.append(self.ends[-1])
            ends.append(other.begins[0])
        begins.extend(other.begins)
        ends.extend(other.ends)
        return Piece(self.source, text, begins, ends)

    def span(self) -> Span:
        """Its passage in the source, from its first character to its last."""
        if not self.text:
            at = self.begins[0] if len(self.begins) else 0
            return self.source.span(at, at)
        return self.source.span(self.begins[0], self.ends[-1])

    def passage(self) -> Passage:
        """Its words with their passage."""
        return Passage(self.text, self.span())
