"""The words of a text as the search index knows them: folded, and reachable from any of their inflected forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o", "ł": "l"})
_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
_SHORT = 3
_LONGEST = 64
_MOST_WORDS = 24

# Words that say nothing of a project, in the two languages of the site; a query made of them alone keeps them.
_STOP = frozenset(
    re.findall(
        r"\w+",
        """
        a au aux avec ce ces cet cette d dans de des du elle en est et eux il ils je l la le les leur leurs lui mais
        me meme mes n ne nos notre nous on ou par pas pour qu que qui s sa sans se ses si son sont sur ta te tes toi ton
        tu un une vos votre vous y of the and in on at to for by with from is are an""",
    )
)


def fold(text: str) -> str:
    """Lower case without accents: `Échec` and `ECHEC` are one.

    >>> fold("Œuvre à l'ÉCHEC")
    "oeuvre a l'echec"
    """
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES).casefold())
    return _MARKS.sub("", plain)


def words(text: str) -> Iterator[str]:
    """The folded words of a text, in order."""
    for found in _WORD.finditer(fold(text)):
        yield found.group()[:_LONGEST]


def indexed(text: str) -> str:
    """The words to index, with the stem of those whose stem is not their beginning (`régionaux` -> `regional`)."""
    # Words come again and again: each spelling is folded once. Composed letters keep a word in one piece.
    return " ".join(map(_indexed, _WORD.findall(unicodedata.normalize("NFC", text))))


@lru_cache(maxsize=200_000)
def _indexed(spelling: str) -> str:
    return " ".join(entry for word in words(spelling) for entry in _entries(word))


def expression(text: str) -> str:
    """The FTS5 expression of what a person typed: every word, in any inflection, or as a beginning.

    Empty when the text holds no word.
    """
    found = list(dict.fromkeys(words(text)))[:_MOST_WORDS]
    telling = [word for word in found if word not in _STOP] or found
    return " AND ".join(f"({' OR '.join(_alternatives(word))})" for word in telling)


def _alternatives(word: str) -> Iterator[str]:
    # Words are letters and digits alone, so quoting them is enough to keep them from being FTS5 operators.
    yield f'"{word}"*' if len(word) > _SHORT else f'"{word}"'
    for stem in dict.fromkeys((_stem(word), word.rstrip("sx"))):
        if stem and stem != word:
            yield f'"{stem}"*' if len(stem) > _SHORT else f'"{stem}"'


def _entries(word: str) -> tuple[str, ...]:
    stem = _stem(word)
    return (word,) if word.startswith(stem) else (word, stem)


_FRENCH = snowballstemmer.stemmer("french")


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    return str(_FRENCH.stemWord(word)) if len(word) > _SHORT and word.isalpha() else word
