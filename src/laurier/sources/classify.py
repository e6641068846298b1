"""What kind of line this is: call heading, count, status, number, label, list item, heading or prose."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Literal

from laurier.sources.dates import is_dateline
from laurier.sources.layout import ARTICLES, Layout, key
from laurier.sources.lines import Piece, fold

Kind = Literal["opener", "count", "status", "number", "label", "item", "heading", "text", "furniture"]

_BULLET = re.compile(r"^(?:[-–—+•▪●◦‣∙·*➢➤✓✔❖■□►▶○]|o(?= ))\s*(?=\S)")
_NUMBER = re.compile(r"^(?:n°|no|#)?\s*(\d{1,3})\s*[.)°]?$")
_GLUED = re.compile(r"^(?:n° ?|no |#)?(\d{1,3})(?:\s*[.)°]\s*|\s*[-–—]\s+|\s+)(?=\S)")
_LABEL = re.compile(r"^([^:]{2,60}?)\s*:\s*")
_DASHED = re.compile(r"^([^:–—]{4,40}?)\s*[–—=]\s*|^([^:]{4,40}?)\s*;\s*")
_PAGE = re.compile(r"^(?:page|p\.)\s*\d+(?:\s*(?:/|sur|de)\s*\d+)?$|^\d+\s*/\s*\d+$|^[-–—]\s*\d+\s*[-–—]$")
_COUNT = re.compile(r"^(?:les |nos |ses )?(\d{1,4}|[a-z-]+) (?:nouveaux? |nouvelles? |premiers? |autres? )?(.+)$")
_COUNTED = re.compile(r"^(?:nombre (?:de |d'))?(.+?)\s*[:(]\s*(\d{1,4})\)?$")
_NUMERALS = (
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
)
_PLAIN_STARTS = ARTICLES | {
    "ce",
    "cet",
    "cette",
    "ces",
    "il",
    "elle",
    "ils",
    "elles",
    "on",
    "nous",
    "vous",
    "en",
    "dans",
    "pour",
    "par",
    "avec",
    "sur",
    "afin",
    "ainsi",
    "et",
    "ou",
    "mais",
    "si",
    "comme",
    "selon",
    "notre",
    "nos",
    "leur",
    "leurs",
    "son",
    "sa",
    "ses",
    "chaque",
    "tout",
    "toute",
    "tous",
    "y",
    "a",
    "cela",
}
#: What makes a count of "Sept projets ont été sélectionnés", in the form of layout keys.
_CHOSEN = (
    "ont ete retenu",
    "ont ete selectionne",
    "ont ete designe",
    "sont laureat",
    "sont retenu",
    "laureat",
    "retenu",
)
_LONGEST_COUNT = 90
_LONGEST_OPENER = 150
_LONGEST_BARE = 600


@dataclass(frozen=True, slots=True)
class Block:
    """A logical line and what it is.

    Attributes:
        kind: what it is.
        piece: its text, without the symbols printed before it.
        value: what follows the label, the bullet or the number.
        name: field of a label ("" when unknown), key of a status.
        label: the printed label.
        number: of a number, a glued number or a count.
        gap: a blank line stands before it.
        exact: False when the label is spelt otherwise than declared.
        breaks: where, in the text of `piece`, a printed line ended.
        whole: the piece with the symbols printed before it.
    """

    kind: Kind
    piece: Piece
    value: Piece
    gap: bool
    whole: Piece
    name: str = ""
    label: str = ""
    number: int | None = None
    exact: bool = True
    breaks: tuple[int, ...] = field(default=())

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.whole.line


def is_heading(text: str) -> bool:
    """Whether a line is printed in capitals, as the headings of laureates are."""
    letters = [character for character in text if character.isalpha()]
    if len(letters) < 2 or len(text) > 300:
        return False
    upper = sum(character.isupper() for character in letters)
    if upper < 0.7 * len(letters):
        return False
    return not text.endswith(".") or text.endswith("...") or upper == len(letters)


def classify(whole: Piece, layout: Layout, gap: bool) -> Block:
    """The kind of a line."""
    piece = _undecorated(whole)
    found = _structural(whole, piece, layout, gap)
    if found is not None:
        return found
    bullet = _BULLET.match(whole.text)
    if bullet:
        return Block("item", whole, whole.cut(bullet.end()), gap, whole)
    number = _NUMBER.match(piece.folded)
    if number:
        return Block("number", piece, piece, gap, whole, number=int(number.group(1)))
    label = _label(whole, piece, layout, gap)
    if label is not None:
        return label
    if is_heading(piece.text) and not is_dateline(piece):
        return Block("heading", piece, piece, gap, whole)
    return Block("text", whole, whole, gap, whole)


def glued_number(block: Block) -> tuple[int, Piece] | None:
    """The number printed on the line of a heading, and the heading without it."""
    found = _GLUED.match(block.piece.folded)
    if found is None:
        return None
    return int(found.group(1)), block.piece.cut(found.end())


def _undecorated(piece: Piece) -> Piece:
    """The piece without emoji, bullets and currency signs before its first word."""
    start = 0
    for character in piece.text:
        category = unicodedata.category(character)
        if not (category[0] == "S" or category in ("Cn", "Co", "Mn", "Zs", "Pd") or character in "•▪●◦*·➢"):
            break
        start += 1
    return piece.cut(start) if 0 < start < len(piece.text) else piece


def _structural(whole: Piece, piece: Piece, layout: Layout, gap: bool) -> Block | None:
    folded = piece.folded
    if _PAGE.match(folded):
        return Block("furniture", piece, piece, gap, whole)
    count = _count(folded, layout) if len(folded) <= _LONGEST_COUNT else None
    if count is not None:
        return Block("count", piece, piece, gap, whole, number=count)
    if len(folded) <= _LONGEST_COUNT:
        status = layout.statuses.get(key(folded))
        if status is not None:
            return Block("status", piece, piece, gap, whole, name=status)
    if len(folded) <= _LONGEST_OPENER and not piece.text.endswith(".") and piece.text[:1].isupper():
        spelt = key(folded)
        for opener in layout.openers:
            # An acronym stands alone, as it is: "Les Amis de" opens no AMI.
            printed = " " in opener or re.match(rf"{re.escape(opener)}\b", folded)
            if printed and (spelt == opener or spelt.startswith(opener + " ")):
                return Block("opener", piece, _after_words(piece, len(opener.split())), gap, whole)
    return None


def _after_words(piece: Piece, count: int) -> Piece:
    found = list(re.finditer(r"[^\W_]+", piece.text))[:count]
    end = found[-1].end()
    rest = re.match(r"[\s:–—-]*", piece.text[end:])
    return piece.cut(end + (rest.end() if rest else 0))


def _count(folded: str, layout: Layout) -> int | None:
    spelt = _COUNTED.match(folded)
    if spelt and key(spelt.group(1)) in layout.counts:
        return int(spelt.group(2))
    said = _COUNT.match(folded)
    if said is None:
        return None
    number, rest = said.groups()
    found = re.findall(r"[^\W_]+", rest)
    for length in (3, 2, 1):
        noun = key(" ".join(found[:length]))
        # "3 projets" alone is a count; "3 projets pilotes en Normandie" is prose.
        chosen = key(" ".join(found[1:4])).startswith(_CHOSEN)
        if noun in layout.counts and (noun != "projet" or len(found) == 1 or chosen):
            if number.isdigit():
                return int(number)
            return _NUMERALS.index(number) + 1 if number in _NUMERALS else None
    return None


def _label(whole: Piece, piece: Piece, layout: Layout, gap: bool) -> Block | None:
    text = piece.text
    found = _LABEL.match(piece.folded)
    if found:
        spelt, value = text[: found.end(1)], piece.cut(found.end())
        known = layout.field(spelt)
        if known is not None:
            return Block("label", piece, value, gap, whole, known[0], spelt, exact=known[1])
        # A heading in capitals may hold a colon ("BALISE : RÉUSSIR L'AGRICULTURE"); an unknown label is not one.
        if value and _like_label(spelt) and not (is_heading(text) and is_heading(value.text)):
            return Block("label", piece, value, gap, whole, "", spelt, exact=False)
        return None
    dashed = _DASHED.match(text)
    if dashed:
        spelt = dashed.group(1) or dashed.group(2)
        known = layout.field(spelt)
        if known is not None and known[1] and spelt[:1].isupper():
            return Block("label", piece, piece.cut(dashed.end()), gap, whole, known[0], spelt, exact=False)
    if key(text) in layout.labels and len(text) <= 40 and text[:1].isupper():
        return Block("label", piece, piece.cut(len(text)), gap, whole, layout.labels[key(text)], text)
    return _bare(whole, piece, layout, gap)


def _bare(whole: Piece, piece: Piece, layout: Layout, gap: bool) -> Block | None:
    """A label whose colon was lost: only the anchor, and labels of several words, are beyond doubt."""
    found = list(re.finditer(r"[^\W_]+", piece.text[:60]))
    sentence = piece.text.endswith((".", "!", "?"))
    for length in (4, 3, 2, 1):
        if length >= len(found) or not piece.text[:1].isupper():
            continue
        spelt = piece.text[: found[length - 1].end()]
        name = layout.labels.get(key(spelt))
        # "Le projet, porté par X, dure 24 mois." is prose, whatever it begins with.
        beyond_doubt = (length > 2 and not sentence) or name == layout.anchor
        if name is not None and beyond_doubt and len(piece.text) <= _LONGEST_BARE:
            return Block("label", piece, piece.cut(len(spelt)), gap, whole, name, spelt, exact=False)
    return None


def _like_label(text: str) -> bool:
    """Whether the words before a colon read as a label ("Partenaires", "Nature de l'action") and not as a sentence."""
    found = fold(text).replace("'", " ").split()
    return text[:1].isupper() and 1 <= len(found) <= 5 and found[0] not in _PLAIN_STARTS
