"""Folding of French place names: what two spellings of one name have in common.

`words` gives the canonical words of a text; `exact` and `loose` the two keys under which names are compared. A key has
no spaces, so that a hyphen, an apostrophe or a space lost, added or exchanged makes no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

#: Words that writers drop, add or contract ("du Havre", "Havre (Le)", "Saint-Pierre lès Elbeuf").
SMALL = frozenset(("le", "la", "les", "l", "de", "du", "des", "d", "et", "au", "aux"))

_SAME = {
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
    "stes": "saintes",
    "lez": "les",
    "2": "deux",
    "3": "trois",
    "4": "quatre",
    "5": "cinq",
    "6": "six",
    "7": "sept",
    "8": "huit",
    "9": "neuf",
    "10": "dix",
    "11": "onze",
    "12": "douze",
    "gd": "grand",
    "gde": "grande",
    "mt": "mont",
    "nd": "notredame",
}
_DIGITS = {word: number for number, word in _SAME.items() if number.isdigit()}
_ORDINAL = re.compile(r"(\d+)(?:er|ere|re|e|eme|ieme|nd|nde)\Z")
_UPON = re.compile(r"\bs/(?=[\s-]*\w)", re.IGNORECASE)
_UNDER = re.compile(r"\bss/(?=[\s-]*\w)", re.IGNORECASE)
_LOST = re.compile("[ÃÂ]\ufffd|(?<=\\w)[?\ufffd]+|[?\ufffd]+(?=\\w)")
#: What a letter that a wrong encoding destroyed becomes in a key.
LOST = "?"
_PRIVATE = "\ue000"
_MOJIBAKE = re.compile("[ÃÂ][\u0080-\u00bf\u0152-\u2122]")


def _table() -> dict[int, str]:
    """Letters to lower-case ASCII, marks to nothing, everything else to a space; only what Latin text holds."""
    table: dict[int, str] = {}
    for code in (*range(0x250), *range(0x2000, 0x2070), 0x20AC, 0x2122, 0x2212, 0xFFFD):
        character = chr(code)
        plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode().lower()
        table[code] = plain if plain.isalnum() else " "
    table |= dict.fromkeys(range(0x300, 0x370), "")
    table |= {ord(_PRIVATE): LOST}
    table |= {ord(c): "oe" for c in "œŒ"} | {ord(c): "ae" for c in "æÆ"} | {ord("ß"): "ss", ord("&"): " et "}
    table |= {ord(c): "" for c in "\u00ad\u200b\u200c\u200d\u2060\ufeff"}  # soft hyphen and invisible marks
    return table


_TABLE = _table()


def repaired(text: str) -> str:
    """Undoes UTF-8 read as Windows-1252 ("Ã‰vreux"); other text comes back as it is."""
    if not _MOJIBAKE.search(text):
        return text
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return text


def words(text: str) -> list[str]:
    """The canonical words of a text: lower-case ASCII, St as saint, numerals in letters, `s/` as sur.

    A letter destroyed by a wrong encoding ("Andr?") stays in its word as `?`.

    >>> words("S^te-Adresse s/ Œuvre, 2ème")
    ['s', 'te', 'adresse', 'sur', 'oeuvre', 'deux']
    """
    if "/" in text:
        text = _UNDER.sub("sous ", _UPON.sub("sur ", text))
    if "Ã" in text or "Â" in text:
        text = repaired(text)
    if "?" in text or "\ufffd" in text:
        text = _LOST.sub(_PRIVATE, text)
    plain = text.translate(_TABLE)
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", text).translate(_TABLE).lower()
    found = plain.split()
    for position, word in enumerate(found):
        if word in _SAME:
            found[position] = _SAME[word]
        elif word[0].isdigit() and (ordinal := _ORDINAL.match(word)):
            found[position] = _SAME.get(ordinal[1], ordinal[1])
    return found


def exact(parts: Sequence[str]) -> str:
    """The key of all the words."""
    return "".join(parts)


def loose(parts: Sequence[str]) -> str:
    """The key of the words that carry the name, without articles and prepositions that vary."""
    return "".join([part for part in parts if part not in SMALL]) or "".join(parts)


def digits(word: str) -> str:
    """A canonical word as a number in digits where it is one ("douze" -> "12")."""
    return _DIGITS.get(word, word)
