"""Division of the wording of a territory into the phrases that may each name one place.

Offsets are code points of the wording. Nothing is looked up here: the caller tries the whole, then joins or divides
phrases with the gazetteer in hand, since a name may itself hold "et", a comma, a hyphen or a slash.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from laurier.reconcile import names


def _set(text: str) -> frozenset[str]:
    """The words of a list kept readable."""
    return frozenset(text.split())


_SEPARATOR = re.compile(r"(?:[,;:\n\r\t|•·▪●◦+]|\s[-–—−/]\s|[–—]|/|\s-(?=\w)|(?<=\w)-\s|\.\s(?=[A-ZÀ-Ý]))[\s,;:•·▪●-]*")
_AND = re.compile(r"\s+(?:et(?:\s+(?:de\s+la|de\s+l['’]|des|du|de|d['’]))?|&|ainsi\s+que|puis|ou)\s+", re.IGNORECASE)
_EDGE = " \t\r\n\u00a0\u202f.,;:•·▪●-–—"

#: Words that only link the words of a name, or open one.
_LINKS = names.SMALL | _set("saint sainte saints saintes sur sous en a")
#: Parts of the compass and of a unit: with a unit's name they denote a part of it.
PART_WORDS = _set(
    """
    nord sud est ouest centre nordest nordouest sudest sudouest centreville hypercentre intramuros haut haute
    bas basse septentrional meridional oriental occidental central centrale
    """
)
#: Words that, before "de", announce a unit rather than take a part of it.
_WHOLE = _set("ville villes commune communes departement departements region bourg")
#: Words of customary areas, which have no exact unit.
AREA_WORDS = _set(
    """
    bassin bassins pays vallee vallees val littoral cote presquile arrondissement arrondissements canton
    cantons zone zones
    """
)
#: Common words that say where inside a place, not which place.
QUALIFIERS = _set(
    """
    gare gares port ports centre centres ville villes hyper centreville quartier quartiers prioritaire
    prioritaires politique qpv zrr zone zones rurale rurales rural ruraux urbaine urbaines urbain urbains
    secteur secteurs commune communes dont proportion jeunes neet superieure qui comprennent environs alentours
    peripherie banlieue intra muros hors sauf notamment prioritairement ensemble territoire territoires
    territoriale population publics departement departements region national nationale france entiere
    metropolitaine tout toute toutes tous reste proximite rayon autour partie parties limitrophes limitrophe
    voisines voisine campagne plateau bourg bourgs faubourg hameau hameaux rue rues place gens voyage lieu
    lieux dit site sites cite cites ensembles rive rives droite gauche versant regional regionale echelle
    """
)
#: Openers of a restriction that follows a name.
_RESTRICTION = re.compile(
    r"\s+(?:(?P<strong>dans|hors|sauf|excepté|notamment|en\s+particulier|principalement|prioritairement|et\s+ses|et\s+son"
    r"|et\s+sa|et\s+leurs?|et\s+alentours|et\s+environs|intra[- ]muros)"
    r"|centre(?:-ville)?|hyper|quartiers?|secteurs?|gare|port|zones?|QPV|ZRR|nord|sud|est|ouest|rural|rurale|rive)\b",
    re.IGNORECASE,
)
_OF = re.compile(r"\s(?:de\s+la|de\s+l['’]|des|du|de|d['’])\s*(?=\S)", re.IGNORECASE)
_LEAD_WHOLE = re.compile(
    r"(?:(?:sur|dans|pour)\s+)?(?:(?:tout(?:e|es)?|tous)\s+)?(?:(?:les?|la|l['’])\s*)?(?:(?:ensemble|totalité|intégralité"
    r"|territoires?|périmètres?|échelle)\s+(?:de\s+la|de\s+l['’]\s*|des|du|de|d['’]\s*)\s*)"
    r"(?:(?:territoires?|périmètres?)\s+(?:de\s+la|de\s+l['’]\s*|des|du|de|d['’]\s*)\s*)?",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"(?:dans|hors|sauf|excepté|notamment|principalement|prioritairement|dont|y\s+compris)\b", re.IGNORECASE
)
_CODES = re.compile(
    r"\s*(?P<said>d[ée]p(?:artements?|ts?|t)?\.?\s*:?\s*)?(?P<list>(?:\d{2,3}|2[AB])(?:\s*(?:,|;|/|et|-|&)\s*(?:\d{2,3}|2[AB]))*)\s*\Z",
    re.IGNORECASE,
)
_CODE = re.compile(r"2[AB]|\d{2,3}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of the wording without its surrounding spaces and punctuation."""

    start: int
    end: int


def trimmed(text: str, start: int, end: int) -> Phrase | None:
    """The stretch without spaces and stray punctuation at its edges, None when nothing is left."""
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    return Phrase(start, end) if start < end else None


def phrases(text: str) -> list[Phrase]:
    """The stretches between commas, spaced dashes, slashes, bullets and line ends; brackets are kept whole.

    >>> [ "Rouen/Elbeuf, Dieppe"[p.start:p.end] for p in phrases("Rouen/Elbeuf, Dieppe") ]
    ['Rouen', 'Elbeuf', 'Dieppe']
    """
    return _divided(text, 0, len(text), _SEPARATOR)


def conjuncts(text: str, phrase: Phrase) -> list[Phrase]:
    """The stretches of a phrase between "et", "&", "ainsi que"."""
    return _divided(text, phrase.start, phrase.end, _AND)


def _divided(text: str, start: int, end: int, separator: re.Pattern[str]) -> list[Phrase]:
    found: list[Phrase | None] = []
    here = seen = start
    closing = text.rfind(")", start, end)
    opened = 0
    for match in separator.finditer(text, start, end):
        opened += text.count("(", seen, match.start()) - text.count(")", seen, match.start())
        seen = match.start()
        if opened > 0 and match.end() <= closing:
            continue  # inside brackets
        found.append(trimmed(text, here, match.start()))
        here = match.end()
    found.append(trimmed(text, here, end))
    return [phrase for phrase in found if phrase is not None]


def bracketed(text: str) -> tuple[str, str] | None:
    """`Charleval (27)` -> (`Charleval`, `27`); None when the text does not end in its only brackets."""
    stripped = text.rstrip()
    opening = stripped.find("(")
    if opening < 1 or not stripped.endswith(")") or stripped.find("(", opening + 1) != -1:
        return None
    return text[:opening].rstrip(), stripped[opening + 1 : -1].strip()


def codes(text: str) -> list[Phrase]:
    """The codes of a wording that is nothing but codes of départements, at least two of them or announced as such."""
    found = _CODES.match(text)
    if found is None:
        return []
    listed = [Phrase(match.start(), match.end()) for match in _CODE.finditer(text, found.start("list"))]
    return listed if found["said"] or len(listed) > 1 else []


def opens_restriction(text: str) -> bool:
    """Whether a phrase only restricts the place before it ("hors métropole")."""
    return _OPENS.match(text) is not None


def restrictions(text: str) -> list[int]:
    """Positions at which a restriction may begin ("dans les zones rurales"), the last first.

    Words that also stand inside names (nord, port, gare) open one only when nothing but such words follows.
    """
    found = []
    for match in _RESTRICTION.finditer(text):
        strong = match.lastgroup == "strong"
        if strong or all(part in QUALIFIERS | PART_WORDS | names.SMALL for part in names.words(text[match.start() :])):
            found.append(match.start())
    return found[::-1]


def dangles(text: str, pieces: Sequence[Phrase], index: int) -> bool:
    """Whether a piece goes on with the one before it: one of them is a mere link or "Saint" ("Aubigny - aux - K.")."""
    return any(
        all(part in _LINKS for part in names.words(text[piece.start : piece.end]))
        for piece in pieces[index - 1 : index + 1]
    )


def lead(text: str) -> tuple[int, bool] | None:
    """Length of a lead such as "centre-ville de " and whether it takes only a part of what follows."""
    whole = _LEAD_WHOLE.match(text)
    if whole and whole.end() < len(text):
        return whole.end(), False
    for match in _OF.finditer(text):
        before = [part for part in names.words(text[: match.start()]) if part not in names.SMALL]
        if not before or not all(part in QUALIFIERS | PART_WORDS for part in before):
            return None
        if not any(part in _WHOLE for part in before):
            return match.end(), True
    return None
