"""What in a document speaks for a wording being the name of an organisation, or the title of a project."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from laurier.sources.lines import Piece, fold

_WORDS = Path(__file__).parent / "organisations.toml"
#: Small words, which neither end the name of an organisation nor begin the rest of one.
LOOSE = frozenset(
    ("le", "la", "les", "l", "un", "une", "des", "du", "de", "d", "et", "ou", "a", "au", "aux", "en", "dans", "pour")
)
_PROJECT = re.compile(
    r"(?:projet|dispositif|action|programme|demarche|parcours|experimentation)s?\s+"
    r"(?:intitulee?\s+|nommee?\s+|denommee?\s+)?$"
)
_CARRIED = re.compile(
    r"(?:porte|porteur|portee|portes|mis en oeuvre|mise en oeuvre|pilote|pilotee|propose|realise)e?s? (?:par|est)\s+"
    r"(?:l'association\s+|la structure\s+|le groupement\s+|la |le |les |l')?$"
)
_SUBJECT = (". ", "reseau ", "association ", "la ", "le ", "l'", "les ")
_SENTENCE_START = re.compile(r"[.:]\s+(?:le |la |les |l')?$|^(?:le |la |les |l')$")


@dataclass(frozen=True, slots=True)
class Clue:
    """A reason, with its weight between 0 and 1 (0 for a remark)."""

    weight: float
    en: str
    fr: str


def norm(text: str) -> str:
    """Words for corroboration: brackets inside words dropped, no accent, no plural mark."""
    found = re.findall(r"[^\W_]+", re.sub(r"[\[\]()]", "", fold(text)))
    return " ".join(word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in found)


def of_carrier(name: str, longer: str, paragraphs: Sequence[Piece]) -> Clue | None:
    """The text names the organisation; a name that only begins a longer one found there does not count.

    Args:
        name: the wording.
        longer: the wording with the word that follows it in the heading, empty when nothing follows.
        paragraphs: the prose of the laureate.
    """
    for paragraph in paragraphs:
        if longer and _named(paragraph, norm(longer), name):
            return None
        clue = _named(paragraph, norm(name), name)
        if clue:
            return clue
    return None


def _named(paragraph: Piece, wanted: str, shown: str) -> Clue | None:
    folded = paragraph.folded
    for found in re.finditer(_pattern(wanted), folded):
        before, text = folded[: found.start()], paragraph.text[found.start() : found.end()]
        if _CARRIED.search(before):
            return Clue(0.97, f"the text says « porté par » {shown}", f"le texte dit « porté par » {shown}")
        if before.endswith("(") and re.search(r"\bport\w+ par\b", before):
            return Clue(0.97, f"the text says « porté par … ({shown}) »", f"le texte dit « porté par … ({shown}) »")
        if text[:1].isupper() and (not before or before.endswith(_SUBJECT)):
            return Clue(0.9, f"the text names {shown}", f"le texte nomme {shown}")
    return None


def _pattern(wanted: str) -> str:
    """A pattern of folded text that matches the words whatever stands between them, in singular or plural."""
    return r"(?<![^\W_])" + r"[\W_]+".join(re.escape(word) + "[sx]?" for word in wanted.split()) + r"(?![^\W_])"


def of_body(name: str, following: str, territory: Piece | None) -> Clue | None:
    """The name begins with a kind of organisation ("Mission locale"), or is the acronym of one.

    Args:
        name: the wording.
        following: the word that follows it in the heading.
        territory: the wording of the territory of the laureate: a kind and its place make a whole name.
    """
    wanted = norm(name)
    kinds, acronyms = _organisation_words()
    if wanted in acronyms and norm(following) not in LOOSE:
        return Clue(0.9, f"{wanted.upper()} is a kind of organisation", f"{wanted.upper()} est un type d'organisme")
    first = wanted.split(maxsplit=1)[0]
    kind = next((k for k in kinds if wanted == k or wanted.startswith(k + " ")), first if first in acronyms else None)
    if kind is None:
        return None
    rest = [word for word in wanted[len(kind) :].split() if word not in LOOSE]
    place = norm(territory.text).split() if territory else []
    if rest and all(word in place for word in rest):
        return Clue(
            0.92,
            "it begins with a kind of organisation and ends with the place of the project",
            "il commence par un type d'organisme et finit par le lieu du projet",
        )
    return Clue(0.5, "it begins with a kind of organisation", "il commence par un type d'organisme") if rest else None


@lru_cache(maxsize=1)
def _organisation_words() -> tuple[tuple[str, ...], frozenset[str]]:
    table = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    kinds = sorted((norm(kind) for kind in table["kinds"]), key=len, reverse=True)
    return tuple(kinds), frozenset(norm(acronym) for acronym in table["acronyms"])


def of_title(title: str, longer: str, paragraphs: Sequence[Piece], objective: Sequence[Piece]) -> Clue | None:
    """The text speaks of the project by this title; the end of a longer title found there does not count.

    Args:
        title: the wording.
        longer: the wording with the word that stands before it in the heading, empty when none does.
        paragraphs: the prose of the laureate.
        objective: the prose of its call.
    """
    wanted, before = norm(title), norm(longer)
    for paragraph in paragraphs:
        kept = [at for at, character in enumerate(paragraph.text) if character not in "[]()"]
        folded = paragraph.folded
        bare = "".join(folded[at] for at in kept)
        if before and re.search(_pattern(before), bare):
            return None
        clue = _spoken_of(paragraph, bare, kept, wanted, title)
        if clue:
            return clue
    if wanted.count(" ") >= 2:
        for paragraph in objective:
            bare = re.sub(r"[\[\]()]", "", paragraph.folded)
            if before and re.search(_pattern(before), bare):
                return None
            if re.search(_pattern(wanted), bare):
                return Clue(
                    0.9, "the title repeats the words of the call", "le titre reprend les mots de l'appel à projets"
                )
    return None


def _spoken_of(paragraph: Piece, bare: str, kept: Sequence[int], wanted: str, shown: str) -> Clue | None:
    for found in re.finditer(_pattern(wanted), bare):
        before = re.sub(r"[«\"“\s]+$", " ", bare[: found.start()])
        if _PROJECT.search(before) or not before.strip() or _SENTENCE_START.search(before):
            return Clue(0.93, f"the text speaks of the project « {shown} »", f"le texte parle du projet « {shown} »")
        if paragraph.text[kept[found.start()]].isupper():
            return Clue(0.8, f"the text names « {shown} »", f"le texte nomme « {shown} »")
    first = wanted.split(maxsplit=1)[0]
    if len(first) > 2 and re.search(rf"\({re.escape(first)}\)", paragraph.folded):
        return Clue(0.85, f"the text expands « {shown} »", f"le texte développe « {shown} »")
    return None
