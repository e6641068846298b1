"""The page of a source text: paragraphs with the passages that the graph cites, each leading to what it supports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from laurier.errors import Language
from laurier.snapshot.entities import Entities
from laurier.snapshot.search import Search
from laurier.snapshot.search_values import TextPage
from laurier.web.pages import typography
from laurier.web.pages.addresses import Addresses
from laurier.web.pages.description import Description
from laurier.web.pages.rendering import Rendered, Renderer
from laurier.web.pages.strings import Strings

# A page of 300 lines of prose is under 40,000 characters; lines without end must not make a page without end.
_LONGEST = 250_000
# A longer run of lines without a blank one is a table or a list: each of its lines stands alone.
_MOST_LINES = 8
_AIMED_AT = 12
_PARAGRAPH = re.compile(r"(?:[^\r\n]*\S[^\r\n]*(?:\r\n|\r|\n|\Z))+")
_BREAK = re.compile(r"\r\n|\r|\n")


#: Start and end of a passage in the text of the page, in code points.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Note:
    """What a passage supports: where it leads, what it is called, what kind of thing it is."""

    href: str
    label: str
    lang: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters, or where a passage opens or closes.

    Attributes:
        kind: `text`, `open`, `close`, or `begin` for a passage that begins here and goes beyond the paragraph.
        text: the characters.
        note: what the innermost passage around them supports, None outside of any.
        anchor: identifier of the passage.
    """

    kind: str
    text: str = ""
    note: Note | None = None
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or one line of a long run of lines.

    Attributes:
        lines: numbers of its lines.
        anchor: identifier of the longest passage that begins with it and goes beyond it, else empty.
        pieces: its characters.
        notes: what its passages support, each once.
    """

    lines: range
    anchor: str
    pieces: tuple[Piece, ...]
    notes: tuple[Note, ...]


class Texts:
    """Makes the pages of source texts."""

    def __init__(
        self,
        search: Search,
        entities: Entities,
        addresses: Addresses,
        renderer: Renderer,
        strings: Strings,
    ) -> None:
        self._search = search
        self._entities = entities
        self._addresses = addresses
        self._renderer = renderer
        self._strings = strings

    def page(self, language: Language, key: str, number: int) -> Rendered | None:
        """A page of the text of a source, or None when there is no such page."""
        found = self._search.texts.page(key, number)
        if found is None:
            return None
        iri = self._addresses.minter.thing("source", key)
        label = Description(iri, self._entities.labels(iri).encode()).label(iri, language)
        name = label.value if label else key
        title = self._strings.say(language, "text_title", title=name)
        path = f"texte/{key}" + (f"/{number}" if number > 1 else "")
        href = f"texte/{key}"
        shown = {
            "heading": title,
            "source": self._addresses.of(iri, language),
            "source_title": name,
            "blocks": tuple(self._blocks(found, language)),
            "cut": len(found.text) > _LONGEST,
            "this_page": number,
            "last_page": found.pages,
            "previous": self._href(language, href, number - 1) if number > 1 else "",
            "next": self._href(language, href, number + 1) if number < found.pages else "",
            "section": "sources",
        }
        numbered = f"{title} – {number}" if number > 1 else title
        return self._renderer.render("text.html", language, path, numbered, shown)

    def _href(self, language: Language, path: str, number: int) -> str:
        return self._addresses.page(language, f"{path}/{number}" if number > 1 else path)

    def _blocks(self, page: TextPage, language: Language) -> Iterator[Block]:
        text = page.text[:_LONGEST]
        notes = {subject: self._note(subject, language) for subject in dict.fromkeys(p.subject for p in page.passages)}
        by_place: dict[Place, list[str]] = {}
        for passage in page.passages:
            by_place.setdefault((passage.start - page.start, passage.end - page.start), []).append(passage.subject)
        told: frozenset[Note] = frozenset()
        for start, end, lines in _paragraphs(text, page.first_line):
            block = _block(text, start, end, lines, by_place, notes, page.start)
            fresh = tuple(note for note in block.notes if note not in told)
            told = told | set(block.notes) if not block.anchor else frozenset(block.notes)
            yield replace(block, notes=fresh)

    def _note(self, subject: str, language: Language) -> Note:
        whole = subject.partition("#")[0]
        label = Description(whole, self._entities.labels(whole).encode()).label(whole, language)
        split = self._addresses.split(whole)
        words = label.value if label else (split[1] if split else whole)
        lang = label.language if label and label.language != language else ""
        words = typography.typeset(words, lang or language)
        return Note(self._addresses.of(subject, language) or "", words, lang)


def _paragraphs(text: str, line: int) -> Iterator[tuple[int, int, range]]:
    """Start, end and line numbers of each paragraph; the rows of a table or the lines of a list stand alone."""
    read = 0
    for found in _PARAGRAPH.finditer(text):
        line += len(_BREAK.findall(text, read, found.start()))
        cuts = [found.start(), *(found.start() + m.end() for m in _BREAK.finditer(found.group()))]
        read = found.end()
        if cuts[-1] != read:
            cuts.append(read)
        count = len(cuts) - 1
        if count > _MOST_LINES:
            yield from ((a, b, range(line + n, line + n + 1)) for n, (a, b) in enumerate(pairwise(cuts)))
        else:
            yield found.start(), read, range(line, line + count)
        line += len(_BREAK.findall(found.group()))


def _block(
    text: str, start: int, end: int, lines: range, by_place: dict[Place, list[str]], notes: dict[str, Note], offset: int
) -> Block:
    stop = start + len(text[start:end].rstrip())
    here = sorted((p for p in by_place if start <= p[0] < stop), key=lambda p: (p[0], -p[1]))
    first = next((p for p in here if p[0] == start and p[1] > end), None)
    weaver = _Weaver(text, start)
    for place in here:
        if place[1] <= end:
            weaver.enter(place, notes[by_place[place][0]], _anchor(place, offset))
        elif place != first:
            # A passage that goes beyond the paragraph is a frame, not a phrase: it has a place, but no highlight.
            weaver.mark(place, _anchor(place, offset))
    weaver.until(stop)
    told: dict[str, Note] = {}
    for place in here:
        for subject in by_place[place]:
            note = notes[subject]
            told.setdefault(note.label, replace(note, href=note.href.partition("#")[0]))
    return Block(lines, _anchor(first, offset) if first else "", tuple(_linked(weaver.pieces)), tuple(told.values()))


def _linked(pieces: list[Piece]) -> Iterator[Piece]:
    """The pieces, of which the scraps left between two passages are no links: they are too small to aim at."""
    around = [Piece("begin"), *pieces, Piece("begin")]
    for before, piece, after in zip(around, pieces, around[2:], strict=False):
        whole = before.kind == "open" and after.kind == "close"
        scrap = piece.note is not None and not whole and len(piece.text.strip()) < _AIMED_AT
        yield replace(piece, note=None) if scrap else piece


class _Weaver:
    """Weaves passages into a run of text: they nest, and one that crosses the end of another ends with it."""

    def __init__(self, text: str, start: int) -> None:
        self.pieces: list[Piece] = []
        self._text = text
        self._at = start
        self._open: list[tuple[int, Note]] = []

    def enter(self, place: Place, note: Note, anchor: str) -> None:
        """Opens a passage; passages come by start, the longest first."""
        self.until(place[0])
        end = min(place[1], self._open[-1][0]) if self._open else place[1]
        self._open.append((end, note))
        self.pieces.append(Piece("open", anchor=anchor))

    def mark(self, place: Place, anchor: str) -> None:
        """Marks where a passage begins."""
        self.until(place[0])
        self.pieces.append(Piece("begin", anchor=anchor))

    def until(self, stop: int) -> None:
        """Writes the text up to an offset, and closes what ends before it."""
        while self._open and self._open[-1][0] <= stop:
            self._write(self._open[-1][0])
            self._open.pop()
            self.pieces.append(Piece("close"))
        self._write(stop)

    def _write(self, stop: int) -> None:
        if stop > self._at:
            note = self._open[-1][1] if self._open else None
            self.pieces.append(Piece("text", self._text[self._at : stop], note))
            self._at = stop


def _anchor(place: Place, offset: int) -> str:
    return f"c{place[0] + offset}-{place[1] + offset}"
