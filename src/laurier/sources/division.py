"""A heading divided by what is said: carriers that a person lists, and headings that say who carries the project."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from laurier.sources.corroboration import of_body
from laurier.sources.lines import Piece, fold

#: What may stand between a carrier and a title.
MARKS = "–—|:/-"
# "porté par l'association", "(projet piloté par la", in folded text: what stands between a title and its carrier.
_BY = re.compile(
    r"[ ,;–—-]+[(]?(?:projet )?(?:portee?s?|pilotee?s?|mis(?:e|es)? en oe?uvre) par "
    r"(?:(?:l'association|l'organisme|la structure|le groupement) (?!d[eu]s? |d'|pour )|le |la |les |l')?"
)
_BY_END = re.compile(_BY.pattern + r"\Z")


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


def listed(heading: Piece, known: Iterable[Known]) -> Division | None:
    """The division by the longest listed carrier that begins, or ends, the heading."""
    for entry in sorted(known, key=lambda entry: -len(entry.name)):
        wanted, folded = fold(entry.name), heading.folded
        if folded.startswith(wanted + " "):
            carrier, title = heading.cut(0, len(wanted)), after(heading, len(wanted))
            where = ("first", "au début")
        elif folded.endswith(" " + wanted):
            start = len(folded) - len(wanted)
            before = _BY_END.sub("", folded[:start])
            carrier, title = heading.cut(start), heading.cut(0, len(before)).trim(MARKS)
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


def said(heading: Piece) -> Division | None:
    """The division of a heading that says itself who carries the project ("MOUSSES porté par le GRETA de Lorient")."""
    found = list(_BY.finditer(heading.folded))
    if len(found) != 1:
        return None
    title, carrier = heading.cut(0, found[0].start()).trim(MARKS), heading.cut(found[0].end())
    if "(" in found[0].group() and carrier.text.endswith(")"):
        carrier = carrier.cut(0, len(carrier.text) - 1)
    # "porté par les habitants" names no organisation.
    if not title or not carrier or not (carrier.text[0].isupper() or of_body(carrier.text, "", None)):
        return None
    return Division(
        carrier,
        unquoted(title),
        Decimal("0.95"),
        "the heading says « porté par »",
        "le titre dit « porté par »",
    )


def after(heading: Piece, at: int) -> Piece:
    """What follows in a heading, without the mark that begins it."""
    rest = heading.cut(at)
    mark = re.match(rf"^[{MARKS}]\s+", rest.text)
    return rest.cut(mark.end()) if mark else rest


def unquoted(title: Piece) -> Piece:
    """A title without the quotation marks around it."""
    whole = title.text.startswith("«") and title.text.endswith("»") and title.text.count("«") == 1
    return title.cut(1, len(title.text) - 1) if whole else title
