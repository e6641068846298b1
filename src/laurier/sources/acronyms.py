"""Long forms that a text gives of an acronym, before or after it, in brackets or by initials."""

from __future__ import annotations

import re
from collections.abc import Iterable

from laurier.sources.layout import ARTICLES
from laurier.sources.lines import Piece, fold

_SMALL = ARTICLES | {"et", "a", "au", "aux", "en", "dans", "pour", "par", "sur", "avec", "vers", "ou", "the", "of"}
_TOKEN = re.compile(r"[^\W_]+")


def expansion(name: str, paragraphs: Iterable[Piece]) -> Piece | None:
    """The long form of an acronym, if a paragraph gives it.

    >>> # "la CALMEC (Caen La Mer Emploi et Compétences)", "la Maison de l'Emploi … (MEF)"
    """
    found = re.match(r"[^\W\d_]{2,12}\b", name)
    if found is None:
        return None
    acronym = fold(found.group())
    for paragraph in paragraphs:
        for long_form in (_after(acronym, paragraph), _before(acronym, paragraph), _spelt(acronym, paragraph)):
            if long_form is not None:
                return long_form
    return None


def _after(acronym: str, paragraph: Piece) -> Piece | None:
    """`CALMEC (Caen La Mer Emploi et Compétences)`."""
    for found in re.finditer(rf"(?<![^\W_]){re.escape(acronym)}\s*\(([^()]{{4,150}})\)", paragraph.folded):
        inside = paragraph.cut(found.start(1), found.end(1))
        if _initials_fit(acronym, inside.folded):
            return inside
    return None


def _before(acronym: str, paragraph: Piece) -> Piece | None:
    """`la Maison de l'Emploi et de la Formation du Cotentin (MEF)`: the words back to the one that begins it."""
    for found in re.finditer(rf"\(\s*{re.escape(acronym)}\s*\)", paragraph.folded):
        tokens = list(_TOKEN.finditer(paragraph.text, 0, found.start()))
        chosen: int | None = None
        for token in reversed(tokens[-20:]):
            text = token.group()
            if fold(text) not in _SMALL and not text[0].isupper():
                break
            between = paragraph.text[token.end() : found.start()]
            if re.search(r"[.;:!?()]", between):
                break
            if text[0].isupper() and fold(text)[0] == acronym[0]:
                long_form = paragraph.folded[token.start() : found.start()]
                if _initials_fit(acronym, long_form):
                    chosen = token.start()
        if chosen is not None:
            return paragraph.cut(chosen, found.start())
    return None


def _spelt(acronym: str, paragraph: Piece) -> Piece | None:
    """`AGIR`: a run of capitalised words whose initials spell it, for acronyms of four letters at least."""
    if len(acronym) < 4:
        return None
    tokens = list(_TOKEN.finditer(paragraph.text))
    for at, token in enumerate(tokens):
        if not token.group()[0].isupper() or fold(token.group())[0] != acronym[0] or fold(token.group()) == acronym:
            continue
        letters, end = "", at
        for later in tokens[at:]:
            text = later.group()
            if re.search(r"[.;:!?,()«»]", paragraph.text[tokens[end].end() : later.start()]):
                break
            if text[0].isupper():
                letters += fold(text)[0]
                end = tokens.index(later)
            elif fold(text) not in _SMALL:
                break
            if len(letters) == len(acronym) + 1:
                break
        if letters[: len(acronym)] == acronym:
            return paragraph.cut(token.start(), tokens[end].end())
    return None


def _initials_fit(acronym: str, long_form: str) -> bool:
    """Whether the letters of the acronym are found in order, each at the start of a word or inside the word before."""
    tokens = [token for token in _TOKEN.findall(long_form) if token]
    if not tokens or tokens[0][0] != acronym[0]:
        return False
    initials = [token[0] for token in tokens]
    place = 0
    for letter in acronym:
        while place < len(initials) and initials[place] != letter:
            place += 1
        if place == len(initials):
            return _letters_fit(acronym, tokens)
        place += 1
    return True


def _letters_fit(acronym: str, tokens: list[str]) -> bool:
    """A looser fit ("CALMEC" of "Caen La Mer Emploi et Compétences"): every letter in order, most of them initials."""
    text = " ".join(tokens)
    place, initials = 0, 0
    for letter in acronym:
        at = text.find(" " + letter, max(0, place - 1))
        inside = text.find(letter, place)
        if place == 0 and text[0] == letter:
            place, initials = 1, initials + 1
        elif at >= 0 and (inside < 0 or at <= inside + 12):
            place, initials = at + 2, initials + 1
        elif inside >= 0:
            place = inside + 1
        else:
            return False
    return initials * 2 >= len(acronym)
