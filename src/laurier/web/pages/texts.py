"""The page of a source text: paragraphs with the passages that the graph cites, each leading to what it supports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from laurier.errors import Language
from laurier.snapshot.entities import Entities
from laurier.snapshot.search import Search
from laurier.snapshot.search_values import TextPage
from laurier.web.pages.addresses import Addresses
from laurier.web.pages.description import Description
from laurier.web.pages.rendering import Rendered, Renderer
from laurier.web.pages.strings import Strings

# A page of 300 lines of prose is under 40,000 characters; lines without end must not make a page without end.
_LONGEST = 250_000
_PARAGRAPH = re.compile(r"(?:[^\r\n]*\S[^\r\n]*(?:\r\n|\r|\n|\Z))+")
_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Note:
    """What a passage supports: where it leads, what it is called, what kind of thing it is."""

    href: str
    label: str
    lang: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters.

    Attributes:
        text: the characters.
        note: what the innermost passage around them supports, None outside of any.
        anchor: identifier of that passage where it begins here, else empty.
        marks: identifiers of the other passages that begin here.
    """

    text: str
    note: Note | None
    anchor: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph.

    Attributes:
        line: number of its first line.
        anchor: identifier of the longest passage that begins with it and goes beyond it, else empty.
        pieces: its characters.
        notes: what its passages support, each once.
    """

    line: int
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
        by_place: dict[tuple[int, int], list[str]] = {}
        for passage in page.passages:
            by_place.setdefault((passage.start - page.start, passage.end - page.start), []).append(passage.subject)
        line, read = page.first_line, 0
        for found in _PARAGRAPH.finditer(text):
            start, end = found.span()
            line += len(_BREAK.findall(text, read, start))
            yield _block(text, start, end, line, by_place, notes, page.start)
            line += len(_BREAK.findall(text, start, end))
            read = end

    def _note(self, subject: str, language: Language) -> Note:
        whole = subject.partition("#")[0]
        label = Description(whole, self._entities.labels(whole).encode()).label(whole, language)
        split = self._addresses.split(whole)
        words = label.value if label else (split[1] if split else whole)
        lang = label.language if label and label.language != language else ""
        return Note(self._addresses.of(subject, language) or "", words, lang)


def _block(
    text: str,
    start: int,
    end: int,
    line: int,
    by_place: dict[tuple[int, int], list[str]],
    notes: dict[str, Note],
    offset: int,
) -> Block:
    here = sorted((p for p in by_place if p[0] < end and p[1] > start), key=lambda p: (p[0], -p[1]))
    stop = start + len(text[start:end].rstrip())
    cuts = sorted({start, stop, *(b for place in here for b in place if start < b < stop)})
    beyond = [p for p in here if p[0] == start and p[1] > end]
    anchor = _anchor(beyond[0], offset) if beyond else ""
    pieces = []
    for left, right in pairwise(cuts):
        around = [p for p in here if p[0] <= left and p[1] >= right]
        # A passage that goes beyond the paragraph is a frame, not a phrase: it is not highlighted here.
        inner = min((p for p in around if p[1] <= end and p[0] >= start), key=lambda p: p[1] - p[0], default=None)
        begins = [p for p in here if p[0] == left]
        marks = tuple(_anchor(p, offset) for p in begins if p != inner and _anchor(p, offset) != anchor)
        note = notes[by_place[inner][0]] if inner else None
        own = _anchor(inner, offset) if inner and inner[0] == left else ""
        pieces.append(Piece(text[left:right], note, own, marks))
    told: dict[str, Note] = {}
    for place in here:
        if place[0] >= start:
            for subject in by_place[place]:
                told.setdefault(notes[subject].href.partition("#")[0], notes[subject])
    return Block(line, anchor, tuple(pieces), tuple(told.values()))


def _anchor(place: tuple[int, int], offset: int) -> str:
    return f"c{place[0] + offset}-{place[1] + offset}"
