"""Realistic misspellings of official names, one function a kind; each returns None where it changes nothing."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable

Kind = Callable[[str, random.Random], str | None]

_KEYS = ["azertyuiop", "qsdfghjklm", "wxcvbn"]
_OCR = [("rn", "m"), ("m", "rn"), ("l", "1"), ("i", "l"), ("o", "0"), ("e", "c"), ("cl", "d"), ("u", "n"), ("h", "b")]
_FORMS = {
    "CC": (
        "communauté de communes",
        "COMMUNAUTE DE COMMUNES",
        "Com Com",
        "COMCOM",
        "CTE DE COMMUNES",
        "COMM DE COMMUNES",
        "CDC",
        "C.C.",
        "Communauté de communes (CC)",
        "CTE COM",
        "COMMUNAUTE COMMUNES",
    ),
    "CA": (
        "communauté d'agglomération",
        "COMMUNAUTE D'AGGLOMERATION",
        "COMMUNAUTE D AGGLOMERATION",
        "Agglo",
        "Agglomération",
        "CTE D'AGGLOMERATION",
        "COM D'AGGLO",
        "C.A.",
        "Communauté d'agglo",
        "CTE AGGLO",
    ),
    "CU": ("communauté urbaine", "COMMUNAUTE URBAINE", "C.U.", "CTE URBAINE"),
}


def plain(text: str) -> str:
    """Without accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def upper(name: str, _: random.Random) -> str | None:
    return plain(name.replace("œ", "oe").replace("Œ", "OE")).upper()


def accents_lost(name: str, _: random.Random) -> str | None:
    return plain(name.replace("œ", "oe").replace("Œ", "OE"))


def accents_wrong(name: str, r: random.Random) -> str | None:
    spots = [i for i, c in enumerate(name) if c in "eéèêëàâaîïoôuûçc"]
    if not spots:
        return None
    i = r.choice(spots)
    others = {"e": "éèê", "a": "àâ", "i": "îï", "o": "ô", "u": "ûù", "c": "ç"}[plain(name[i])]
    return name[:i] + r.choice(others) + name[i + 1 :]


def hyphens_lost(name: str, _: random.Random) -> str | None:
    return name.replace("-", " ")


def hyphens_added(name: str, _: random.Random) -> str | None:
    return name.replace(" ", "-").replace("'", "-")


def saint(name: str, r: random.Random) -> str | None:
    return re.sub(r"\bSaint(e?)(s?)\b", lambda m: r.choice(("St", "ST", "St.")) + m[1] + m[2], name)


def article_lost(name: str, _: random.Random) -> str | None:
    return re.sub(r"\A(Le |La |Les |L['’])|(?<=-)(la|le|les|de|du|des)-", "", name)


def article_inverted(name: str, _: random.Random) -> str | None:
    found = re.match(r"(Le|La|Les|L['’])\s?(.+)", name)
    return f"{found[2]} ({found[1]})".upper() if found else None


def glued(name: str, r: random.Random) -> str | None:
    spots = [i for i, c in enumerate(name) if c in " -"]
    if not spots:
        return None
    i = r.choice(spots)
    return name[:i] + name[i + 1 :]


def split(name: str, r: random.Random) -> str | None:
    i = r.randrange(2, len(name) - 1) if len(name) > 4 else 0
    return f"{name[:i]} {name[i:]}" if i and name[i - 1].isalpha() and name[i].isalpha() else None


def apostrophe(name: str, r: random.Random) -> str | None:
    return re.sub("['’]", lambda _: r.choice(("", " ", "`", "´")), name)


def _spots(name: str) -> list[int]:
    return [i for i, c in enumerate(name) if c.isalpha()]


def letter_lost(name: str, r: random.Random) -> str | None:
    i = r.choice(_spots(name))
    return name[:i] + name[i + 1 :]


def letter_doubled(name: str, r: random.Random) -> str | None:
    i = r.choice(_spots(name))
    return name[:i] + name[i] + name[i:]


def letters_swapped(name: str, r: random.Random) -> str | None:
    spots = [i for i in _spots(name)[:-1] if name[i + 1].isalpha() and name[i] != name[i + 1]]
    if not spots:
        return None
    i = r.choice(spots)
    return name[:i] + name[i + 1] + name[i] + name[i + 2 :]


def letter_replaced(name: str, r: random.Random) -> str | None:
    i = r.choice(_spots(name))
    letter = plain(name[i]).lower()[:1]
    row = next((row for row in _KEYS if letter and letter in row), None)
    if row is None:
        return None
    at = row.index(letter)
    return name[:i] + r.choice([row[k] for k in (at - 1, at + 1) if 0 <= k < len(row)]) + name[i + 1 :]


def letter_added(name: str, r: random.Random) -> str | None:
    i = r.choice(_spots(name))
    return name[:i] + r.choice("aeiourstnlmpchv") + name[i:]


def two_letters(name: str, r: random.Random) -> str | None:
    once = r.choice((letter_lost, letter_replaced, letters_swapped))(name, r)
    return r.choice((letter_lost, letter_doubled, letter_replaced))(once, r) if once and len(once) > 6 else None


def ocr(name: str, r: random.Random) -> str | None:
    pairs = [(a, b) for a, b in _OCR if a in name]
    if not pairs:
        return None
    a, b = r.choice(pairs)
    return name.replace(a, b, 1)


def les(name: str, r: random.Random) -> str | None:
    return re.sub(
        r"(?<=-)(lès|lez|les)(?=-)", lambda m: r.choice([v for v in ("lès", "lez", "les") if v != m[1]]), name
    )


def upon(name: str, r: random.Random) -> str | None:
    return re.sub(
        r"-(sur|sous)-", lambda m: r.choice((" s/ ", " s/", "-s/-") if m[1] == "sur" else (" ss/ ", " ss/")), name
    )


def truncated(name: str, r: random.Random) -> str | None:
    return name[: -r.randrange(1, 5)] if len(name) > 12 else None


def plural(name: str, r: random.Random) -> str | None:
    spots = [m.end() for m in re.finditer(r"[^\W\d_]{4,}", name)]
    if not spots:
        return None
    i = r.choice(spots)
    return name[: i - 1] + name[i:] if name[i - 1] == "s" else name[:i] + "s" + name[i:]


def mojibake(name: str, _: random.Random) -> str | None:
    return None if name.isascii() else name.encode().decode("cp1252", "replace")


def lost_character(name: str, _: random.Random) -> str | None:
    return None if name.isascii() else "".join(c if c.isascii() else "?" for c in name)


def decomposed(name: str, _: random.Random) -> str | None:
    return unicodedata.normalize("NFD", name)


def spaces(name: str, _: random.Random) -> str | None:
    return "  " + name.replace(" ", "  ").replace("-", " - ") + " "


def announced(name: str, r: random.Random) -> str | None:
    word = r.choice(("Commune", "Ville", "COMMUNE", "Mairie", "VILLE", "MAIRIE", "Commune nouvelle"))
    for article, contracted in (("Le ", "du "), ("Les ", "des "), ("La ", "de la "), ("L'", "de l'")):
        if name.startswith(article):
            return f"{word} {contracted}{name[len(article) :]}"
    return f"{word} {'d' + chr(39) if plain(name)[0] in 'AEIOUH' else 'de '}{name}"


def announced_upper(name: str, r: random.Random) -> str | None:
    said = announced(name, r)
    return said and plain(said).upper()


def suffix_lost(name: str, _: random.Random) -> str | None:
    cut = re.sub(r"-(sur|sous|en|lès|les|lez|aux?|d')-.+\Z", "", name)
    return cut


def form(name: str, r: random.Random) -> str | None:
    short, _, rest = name.partition(" ")
    return f"{r.choice(_FORMS[short])} {rest}" if short in _FORMS else None


def form_wrong(name: str, r: random.Random) -> str | None:
    short, _, rest = name.partition(" ")
    return f"{r.choice([f for f in _FORMS if f != short])} {rest}" if short in _FORMS else None


def form_upper(name: str, r: random.Random) -> str | None:
    said = form(name, r)
    return said and plain(said).upper()


def form_article(name: str, _: random.Random) -> str | None:
    return re.sub(r"\A(CC|CA|CU) (du |de la |de l'|des |de |d')", r"\1 ", name)


COMMUNES: dict[str, Kind] = {
    one.__name__: one
    for one in (
        upper, accents_lost, accents_wrong, hyphens_lost, hyphens_added, saint, article_lost, article_inverted, glued,
        split, apostrophe, letter_lost, letter_doubled, letters_swapped, letter_replaced, letter_added, two_letters,
        ocr, les, upon, truncated, plural, mojibake, lost_character, decomposed, spaces, announced, announced_upper,
        suffix_lost,
    )
}  # fmt: skip
EPCI: dict[str, Kind] = {
    **{
        one.__name__: one
        for one in (
            upper, accents_lost, hyphens_lost, saint, glued, apostrophe, letter_lost, letter_doubled, letters_swapped,
            letter_replaced, two_letters, truncated, plural, mojibake, spaces, form, form_wrong, form_upper,
            form_article,
        )
    },
}  # fmt: skip
