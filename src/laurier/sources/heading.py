"""A printed heading divided into carrier and title: how sure the division is and why; none without evidence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from laurier.sources.layout import key
from laurier.sources.lines import Piece, fold

_WORDS = Path(__file__).parent / "organisations.toml"
#: Under this confidence a division goes on the review list.
SURE = Decimal("0.9")
#: Under this one no division is proposed.
_PROPOSED = 0.5
_LOOSE = frozenset(
    (
        "le",
        "la",
        "les",
        "l",
        "un",
        "une",
        "des",
        "du",
        "de",
        "d",
        "et",
        "a",
        "au",
        "aux",
        "en",
        "dans",
        "pour",
        "par",
        "sur",
        "avec",
        "ou",
    )
)
_SEPARATOR = re.compile(r"\s+[–—|-]\s+|\s*:\s+|\s+/\s+")
_PROJECT = re.compile(
    r"(?:projet|dispositif|action|programme|demarche|parcours|experimentation)s?\s+(?:intitulee?\s+|nommee?\s+|denommee?\s+)?$"
)
_CARRIED = re.compile(
    r"(?:porte|porteur|portee|portes|mis en oeuvre|mise en oeuvre|pilote|pilotee|propose|realise)e?s? (?:par|est)\s+"
    r"(?:l'association\s+|la structure\s+|le groupement\s+|la |le |les |l')?$"
)


@dataclass(frozen=True, slots=True)
class Known:
    """A carrier that a person has listed.

    Attributes:
        name: as printed in headings.
        doubtful: the person is not sure; the division still goes on the review list.
    """

    name: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What may corroborate a division.

    Attributes:
        paragraphs: prose of the laureate.
        territory: the wording of its territory.
        objective: prose of its call.
        known: carriers listed by a person.
    """

    paragraphs: Sequence[Piece] = ()
    territory: Piece | None = None
    objective: Sequence[Piece] = ()
    known: Sequence[Known] = ()


@dataclass(frozen=True, slots=True)
class Division:
    """A heading divided.

    Attributes:
        carrier: the part that names the organisation, None when nothing tells it from the title.
        title: the rest, or the whole heading.
        confidence: 0 to 1; an order of sureness, not a probability.
        en, fr: what speaks for the division.
    """

    carrier: Piece | None
    title: Piece
    confidence: Decimal
    en: str
    fr: str


@dataclass(frozen=True, slots=True)
class _Clue:
    weight: float
    en: str
    fr: str


def divide(heading: Piece, context: Context, breaks: Sequence[int] = ()) -> Division:
    """Divides a heading.

    Args:
        heading: the whole printed heading.
        context: what may corroborate.
        breaks: where, in its text, a printed line ended.
    """
    listed = _listed(heading, context.known)
    if listed is not None:
        return listed
    cuts = [found.start() for found in re.finditer(r"(?<= )\S", heading.text)]
    candidates = [_weighed(heading, cut, context, breaks) for cut in cuts]
    possible = sorted((c for c in candidates if c is not None), key=lambda c: -c[0])
    if not possible or possible[0][0] < _PROPOSED:
        return _undivided(heading)
    weight, cut, clues = possible[0]
    rival = possible[1][0] if len(possible) > 1 else 0.0
    if rival > weight - 0.05:
        weight -= 0.2
        clues = [*clues, _Clue(0, "another division is as likely", "une autre division est aussi vraisemblable")]
    if weight < _PROPOSED:
        return _undivided(heading)
    carrier, title = _sides(heading, cut)
    confidence = Decimal(str(round(min(weight, 0.98), 2)))
    return Division(carrier, title, confidence, "; ".join(c.en for c in clues), " ; ".join(c.fr for c in clues))


def _undivided(heading: Piece) -> Division:
    return Division(
        None,
        heading,
        Decimal(0),
        "nothing in the document tells the carrier from the title",
        "rien dans le document ne distingue le porteur du titre",
    )


def _sides(heading: Piece, cut: int) -> tuple[Piece, Piece]:
    carrier, title = heading.cut(0, cut).trim("–—|:/-"), heading.cut(cut)
    lead = re.match(r"^[–—|:/-]\s+", title.text)
    title = title.cut(lead.end()) if lead else title
    if title.text.startswith("«") and title.text.endswith("»") and title.text.count("«") == 1:
        title = title.cut(1, len(title.text) - 1)
    return carrier, title


def _listed(heading: Piece, known: Iterable[Known]) -> Division | None:
    """The division by the longest listed carrier that begins, or ends, the heading."""
    for entry in sorted(known, key=lambda entry: -len(entry.name)):
        wanted, folded = fold(entry.name), heading.folded
        if folded.startswith(wanted + " "):
            cut = len(wanted) + 1
            carrier, title = _sides(heading, cut)
            where = ("first", "au début")
        elif folded.endswith(" " + wanted):
            carrier, title = (
                heading.cut(len(folded) - len(wanted)),
                heading.cut(0, len(folded) - len(wanted)).trim("–—|:/-"),
            )
            where = ("last", "à la fin")
        else:
            continue
        if not title:
            continue
        doubt = (", with a doubt", ", avec un doute") if entry.doubtful else ("", "")
        return Division(
            carrier,
            title,
            Decimal("0.7") if entry.doubtful else Decimal("0.95"),
            f"the list of carriers knows « {entry.name} », printed {where[0]}{doubt[0]}",
            f"la liste des porteurs connaît « {entry.name} », imprimé {where[1]}{doubt[1]}",
        )
    return None


def _weighed(
    heading: Piece, cut: int, context: Context, breaks: Sequence[int]
) -> tuple[float, int, list[_Clue]] | None:
    carrier, title = _sides(heading, cut)
    tokens = [key(word) for word in re.findall(r"[^\W_]+", fold(carrier.text))]
    if not tokens or not title or tokens[-1] in _LOOSE or not _norm(title.text):
        return None
    clues = [
        clue for clue in (_printed_apart(heading, cut, breaks), *_of_carrier(carrier, heading, cut, context)) if clue
    ]
    of_carrier = bool(clues)
    clues += [clue for clue in (_of_title(title, heading, cut, context),) if clue]
    if not clues:
        return None
    doubt = 1.0
    for clue in clues:
        doubt *= 1 - clue.weight
    weight = 1 - doubt
    if not of_carrier and len(tokens) > 3:
        # A long phrase that nothing shows to be an organisation may itself be a title.
        weight -= 0.15
        clues.append(
            _Clue(0, "nothing shows that the rest is an organisation", "rien ne montre que le reste est un organisme")
        )
    if re.match(r"(\S+) \1\b", heading.folded):
        weight = min(weight, 0.6)
        clues.append(
            _Clue(0, "the heading begins with the same word twice", "le titre commence deux fois par le même mot")
        )
    return weight, cut, clues


def _printed_apart(heading: Piece, cut: int, breaks: Sequence[int]) -> _Clue | None:
    if any(0 <= cut - at <= 1 for at in breaks):
        return _Clue(0.7, "the two are printed on two lines", "les deux sont imprimés sur deux lignes")
    if any(found.end() == cut for found in _SEPARATOR.finditer(heading.text)):
        first = next(found.end() for found in _SEPARATOR.finditer(heading.text))
        weight = 0.8 if first == cut else 0.5
        return _Clue(weight, "a separator is printed between them", "un séparateur est imprimé entre les deux")
    if heading.text[cut] == "«" and heading.text.endswith("»"):
        return _Clue(0.8, "the title is printed in quotation marks", "le titre est imprimé entre guillemets")
    return None


def _norm(text: str) -> str:
    """Words for corroboration: brackets inside words dropped, no accent, no plural mark."""
    found = re.findall(r"[^\W_]+", re.sub(r"[\[\]()]", "", fold(text)))
    return " ".join(word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in found)


def _of_carrier(carrier: Piece, heading: Piece, cut: int, context: Context) -> list[_Clue]:
    """What speaks for the carrier; one that only begins a longer one found in the text does not count."""
    clues: list[_Clue] = []
    wanted = _norm(carrier.text)
    longer = _norm(heading.text[: heading.text.find(" ", cut)]) if " " in heading.text[cut:] else ""
    for paragraph in context.paragraphs:
        if longer != wanted and longer and _carried(paragraph, longer, carrier.text):
            return clues
        clue = _carried(paragraph, wanted, carrier.text)
        if clue:
            clues.append(clue)
            break
    body = _body(wanted, context)
    if body is not None:
        clues.append(body)
    return clues


def _carried(paragraph: Piece, wanted: str, shown: str) -> _Clue | None:
    folded = paragraph.folded
    for found in re.finditer(_pattern(wanted), folded):
        before, text = folded[: found.start()], paragraph.text[found.start() : found.end()]
        if _CARRIED.search(before):
            return _Clue(0.97, f"the text says « porté par » {shown}", f"le texte dit « porté par » {shown}")
        if before.endswith("(") and re.search(r"\bport\w+ par\b", before):
            return _Clue(0.97, f"the text says « porté par … ({shown}) »", f"le texte dit « porté par … ({shown}) »")
        if text[:1].isupper() and (
            not before or before.endswith((". ", "reseau ", "association ", "la ", "le ", "l'", "les "))
        ):
            return _Clue(0.9, f"the text names {shown}", f"le texte nomme {shown}")
    return None


def _pattern(wanted: str) -> str:
    """A pattern of folded text that matches the words whatever stands between them, in singular or plural."""
    return r"(?<![^\W_])" + r"[\W_]+".join(re.escape(word) + "[sx]?" for word in wanted.split()) + r"(?![^\W_])"


def _body(wanted: str, context: Context) -> _Clue | None:
    kinds, acronyms = _organisation_words()
    if wanted in acronyms:
        return _Clue(0.9, f"{wanted.upper()} is a kind of organisation", f"{wanted.upper()} est un type d'organisme")
    kind = next((k for k in kinds if wanted == k or wanted.startswith(k + " ")), None)
    if kind is None:
        return None
    rest = [word for word in wanted[len(kind) :].split() if word not in _LOOSE]
    place = _norm(context.territory.text).split() if context.territory else []
    if rest and all(word in place for word in rest):
        return _Clue(
            0.92,
            "it begins with a kind of organisation and ends with the place of the project",
            "il commence par un type d'organisme et finit par le lieu du projet",
        )
    return _Clue(0.5, "it begins with a kind of organisation", "il commence par un type d'organisme") if rest else None


@lru_cache(maxsize=1)
def _organisation_words() -> tuple[tuple[str, ...], frozenset[str]]:
    table = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    kinds = sorted((_norm(kind) for kind in table["kinds"]), key=len, reverse=True)
    return tuple(kinds), frozenset(_norm(acronym) for acronym in table["acronyms"])


def _of_title(title: Piece, heading: Piece, cut: int, context: Context) -> _Clue | None:
    """What speaks for the title; a title that is only the end of a longer one found in the text does not count."""
    wanted = _norm(title.text)
    longer = _norm(heading.text[heading.text.rfind(" ", 0, cut - 1) + 1 :]) if " " in heading.text[: cut - 1] else ""
    for paragraph in context.paragraphs:
        folded = paragraph.folded
        if longer and re.search(_pattern(longer), re.sub(r"[\[\]()]", "", folded)):
            return None
        clue = _title_in(paragraph.text, folded, wanted, title.text)
        if clue:
            return clue
    if wanted.count(" ") >= 2:
        for paragraph in context.objective:
            folded = re.sub(r"[\[\]()]", "", paragraph.folded)
            if longer and re.search(_pattern(longer), folded):
                return None
            if re.search(_pattern(wanted), folded):
                return _Clue(
                    0.9, "the title repeats the words of the call", "le titre reprend les mots de l'appel à projets"
                )
    return None


def _title_in(text: str, folded: str, wanted: str, shown: str) -> _Clue | None:
    kept = [at for at, character in enumerate(text) if character not in "[]()"]
    bare = "".join(folded[at] for at in kept)
    for found in re.finditer(_pattern(wanted), bare):
        before = re.sub(r"[«\"“\s]+$", " ", bare[: found.start()])
        at = kept[found.start()]
        if (
            _PROJECT.search(before)
            or not before.strip()
            or re.search(r"[.:]\s+(?:le |la |les |l')?$|^(?:le |la |les |l')$", before)
        ):
            return _Clue(0.93, f"the text speaks of the project « {shown} »", f"le texte parle du projet « {shown} »")
        if text[at].isupper():
            return _Clue(0.8, f"the text names « {shown} »", f"le texte nomme « {shown} »")
    first = wanted.split(maxsplit=1)[0]
    if len(first) > 2 and re.search(rf"\({re.escape(first)}\)", folded):
        return _Clue(0.85, f"the text expands « {shown} »", f"le texte développe « {shown} »")
    return None
