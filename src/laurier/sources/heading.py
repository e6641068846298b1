"""A printed heading divided into carrier and title: how sure the division is and why; none without evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from laurier.sources.corroboration import LOOSE, Clue, norm, of_body, of_carrier, of_title
from laurier.sources.division import MARKS, Division, Known, after, listed, said, unquoted
from laurier.sources.lines import Piece

#: Under this confidence a division goes on the review list.
SURE = Decimal("0.9")
#: Under this one no division is proposed.
_PROPOSED = 0.5
_SEPARATOR = re.compile(r"\s+[–—|-]\s+|\s*:\s+|\s+/\s+")


@dataclass(frozen=True, slots=True)
class Convention:
    """How the headings of a document are composed.

    Attributes:
        separated: True when nearly all print a separator ("A – B"), False when nearly none does, None when unclear.
        title_first: the part after the separator is the organisation.
        two_lines: nearly all are printed on two lines.
    """

    separated: bool | None = None
    title_first: bool = False
    two_lines: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What may corroborate a division.

    Attributes:
        paragraphs: prose of the laureate.
        territory: the wording of its territory.
        objective: prose of its call.
        known: carriers listed by a person.
        convention: of the document.
    """

    paragraphs: Sequence[Piece] = ()
    territory: Piece | None = None
    objective: Sequence[Piece] = ()
    known: Sequence[Known] = ()
    convention: Convention = Convention()


@dataclass(frozen=True, slots=True)
class _Candidate:
    carrier: Piece
    title: Piece
    longer_carrier: str = ""
    longer_title: str = ""
    following: str = ""
    printed: Clue | None = None


def convention(headings: Sequence[Piece], breaks: Sequence[Sequence[int]]) -> Convention:
    """How the headings of a document are composed; nothing is said of fewer than three.

    Args:
        headings: the whole headings.
        breaks: where, in each, a printed line ended.
    """
    sides = [_around(heading) for heading in headings]
    parted = [side for side in sides if side is not None]
    if len(headings) < 3:
        return Convention()
    left = sum(of_body(carrier.text, "", None) is not None for carrier, _ in parted)
    right = sum(of_body(title.text, "", None) is not None for _, title in parted)
    title_first = right >= 2 and right > 3 * left
    two_lines = sum(len(places) == 1 for places in breaks) >= 0.8 * len(headings)
    if len(parted) >= 0.8 * len(headings):
        return Convention(True, title_first, two_lines)
    return Convention(False if len(parted) < 0.3 * len(headings) else None, title_first, two_lines)


def _around(heading: Piece) -> tuple[Piece, Piece] | None:
    """The two sides of the only separator of a heading."""
    found = list(_SEPARATOR.finditer(heading.text))
    if len(found) != 1 or not found[0].start():
        return None
    first, second = heading.cut(0, found[0].start()), heading.cut(found[0].end())
    return (first, second) if first and second else None


def divide(heading: Piece, context: Context, breaks: Sequence[int] = ()) -> Division:
    """Divides a heading.

    Args:
        heading: the whole printed heading.
        context: what may corroborate.
        breaks: where, in its text, a printed line ended.
    """
    told = listed(heading, context.known) or said(heading)
    if told is not None:
        return told
    weighed = [(*_weigh(candidate, heading, context), candidate) for candidate in _candidates(heading, context, breaks)]
    possible = sorted(weighed, key=lambda entry: -entry[0])
    if not possible:
        return _undivided(heading)
    weight, clues, chosen = possible[0]
    if len(possible) > 1 and possible[1][0] > weight - 0.05:
        weight -= 0.2
        clues = [*clues, Clue(0, "another division is as likely", "une autre division est aussi vraisemblable")]
    if weight < _PROPOSED:
        return _undivided(heading)
    confidence = Decimal(str(round(min(weight, 0.98), 2)))
    return Division(
        chosen.carrier,
        unquoted(chosen.title),
        confidence,
        "; ".join(clue.en for clue in clues),
        " ; ".join(clue.fr for clue in clues),
    )


def _undivided(heading: Piece) -> Division:
    return Division(
        None,
        heading,
        Decimal(0),
        "nothing in the document tells the carrier from the title",
        "rien dans le document ne distingue le porteur du titre",
    )


def _candidates(heading: Piece, context: Context, breaks: Sequence[int]) -> list[_Candidate]:
    """The divisions worth weighing: at the separators where there are any, else before every word."""
    separators = list(_SEPARATOR.finditer(heading.text))
    if separators and context.convention.separated is not False:
        return [c for found in separators for c in _at_separator(heading, found, len(separators), context.convention)]
    made: list[_Candidate] = []
    for found in re.finditer(r"(?<= )\S+", heading.text):
        cut = found.start()
        carrier, title = heading.cut(0, cut).trim(MARKS), after(heading, cut)
        last = norm(carrier.text).split()[-1:]
        if not last or last[0] in LOOSE or not norm(title.text):
            continue
        before = heading.text.rfind(" ", 0, cut - 1) + 1
        made.append(
            _Candidate(
                carrier,
                title,
                heading.text[: found.end()],
                heading.text[before:] if before else "",
                found.group(),
                _printed_apart(heading, cut, breaks, separators, context.convention),
            )
        )
    return made


def _at_separator(heading: Piece, found: re.Match[str], count: int, usual: Convention) -> list[_Candidate]:
    first, second = heading.cut(0, found.start()), heading.cut(found.end())
    if not first or not second:
        return []
    weight = 0.8 if count == 1 else 0.6
    if usual.separated and count == 1:
        weight = 0.9
    clue = Clue(weight, "a separator is printed between them", "un séparateur est imprimé entre les deux")
    last, first_word = second.text, first.text
    if usual.title_first or (
        of_body(last, "", None) is not None and of_body(first_word, "", None) is None and usual.separated is None
    ):
        return [_Candidate(second, first, printed=clue)]
    return [_Candidate(first, second, printed=clue)]


def _printed_apart(
    heading: Piece, cut: int, breaks: Sequence[int], separators: Sequence[re.Match[str]], usual: Convention
) -> Clue | None:
    if any(0 <= cut - at <= 1 for at in breaks):
        weight = 0.9 if usual.two_lines and len(breaks) == 1 else 0.7
        return Clue(weight, "the two are printed on two lines", "les deux sont imprimés sur deux lignes")
    if any(found.end() == cut for found in separators):
        return Clue(0.5, "a separator is printed between them", "un séparateur est imprimé entre les deux")
    if heading.text[cut] == "«" and heading.text.endswith("»"):
        return Clue(0.8, "the title is printed in quotation marks", "le titre est imprimé entre guillemets")
    return None


def _weigh(candidate: _Candidate, heading: Piece, context: Context) -> tuple[float, list[Clue]]:
    carrier, title = candidate.carrier.text, candidate.title.text
    of_organisation = [
        clue
        for clue in (
            candidate.printed,
            of_carrier(carrier, candidate.longer_carrier, context.paragraphs),
            of_body(carrier, candidate.following, context.territory),
        )
        if clue
    ]
    spoken = of_title(title, candidate.longer_title, context.paragraphs, context.objective)
    clues = [*of_organisation, *([spoken] if spoken else [])]
    doubt = 1.0
    for clue in clues:
        doubt *= 1 - clue.weight
    weight = 1 - doubt
    if clues and not of_organisation and norm(carrier).count(" ") > 2:
        # A long phrase that nothing shows to be an organisation may itself be a title.
        weight -= 0.15
        clues.append(
            Clue(0, "nothing shows that the rest is an organisation", "rien ne montre que le reste est un organisme")
        )
    if re.match(r"(\S+) \1\b", heading.folded):
        weight = min(weight, 0.6)
        clues.append(
            Clue(0, "the heading begins with the same word twice", "le titre commence deux fois par le même mot")
        )
    return weight, clues
