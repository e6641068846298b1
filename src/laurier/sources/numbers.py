"""Figures in French wording: counts, sums of money, durations."""

from __future__ import annotations

import re
from decimal import Decimal

from laurier.records import Amount, Count, Duration, Passage
from laurier.sources.layout import Layout, key
from laurier.sources.lines import Piece, fold

_GROUPED = r"\d{1,3}(?:[ .]\d{3})+(?:,\d{1,2})?|\d+(?:[.,]\d+)?"
_AMOUNT = re.compile(
    rf"(?<![\d,.])(?P<number>{_GROUPED})\s*(?P<scale>milliards?|millions?|md|m|k)?\s*(?:d'|de\s)?\s*"
    r"(?P<currency>€|euros?\b|eur\b)(?P<tail>.*)$"
)
_FIRST_SIGN = re.compile(rf"(?:€|eur)\s*(?P<number>{_GROUPED})(?P<tail>.*)$")
_SCALES = {"milliard": 10**9, "md": 10**9, "million": 10**6, "m": 10**6, "k": 10**3}
_FOR = re.compile(
    r"\bpour\s+(?:(?:la|le|les)\s+|l')?(?P<name>[^,;()]{2,80}?)(?=\s+(?:en|pour|au titre)\b|\s*[,;.()]|\s*$)"
)
_YEAR = re.compile(r"\b(?:en|annee|au titre de|au titre de l'annee|pour)\s+((?:19|20)\d{2})\b")
_LASTING = re.compile(
    r"\b(?:durees?(?:\s+\w+)?\s*(?:de|:|d'environ)?|pendant|sur une periode de)\s*"
    r"(\d{1,3}|un|une|deux|trois|quatre|cinq)\s*"
    r"(ans?|annees?|mois|semaines?|jours?)\b(\s+et\s+demie?)?"
)
_BARE_LASTING = re.compile(
    r"^(?:de\s+)?(\d{1,3}|un|une|deux|trois|quatre|cinq)\s*(ans?|annees?|mois|semaines?|jours?)\b(\s+et\s+demie?)?"
)
_UNITS = {"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5}
_PEOPLE_NUMBER = re.compile(
    r"(?<![\d,.%/^-])(\d{1,3}(?:[ .]\d{3})+|\d{1,6})\s+([^\W\d_][\w-]*)(?:\s+([^\W\d_][\w-]*))?"
)


def number(printed: str) -> Decimal:
    """The value of a printed number: spaces and points group thousands, the comma is decimal.

    >>> number("3 135 740,50")
    Decimal('3135740.50')
    """
    compact = printed.replace(" ", "")
    if "," in compact:
        return Decimal(compact.replace(".", "").replace(",", "."))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", compact):
        return Decimal(compact.replace(".", ""))
    return Decimal(compact)


def amount(value: Piece, whole: Piece, label: str | None) -> Amount | None:
    """The sum that a line states, with the territory and the year it is for.

    Args:
        value: the words that hold the sum.
        whole: the whole line, which is quoted.
        label: the printed label.
    """
    folded = value.folded
    found = _AMOUNT.search(folded) or _FIRST_SIGN.search(folded)
    if found is None:
        return None
    scale = (found.groupdict().get("scale") or "").rstrip("s")
    total = number(found.group("number")) * _SCALES.get(scale, 1)
    tail_start = found.start("tail")
    territory: Passage | None = None
    named = _FOR.search(folded, tail_start)
    if named and not named.group("name").strip().isdigit():
        territory = value.cut(named.start("name"), named.end("name")).passage()
    year = (
        _YEAR.search(folded, tail_start)
        or _YEAR.search(folded)
        or re.search(r"\b((?:19|20)\d{2})\b", fold(label or ""))
    )
    whole_euros = total.to_integral_value()
    total = whole_euros if total == whole_euros else total
    return Amount(total, "EUR", whole.span(), territory, int(year.group(1)) if year else None, label)


def duration(piece: Piece, labelled: bool = False) -> Duration | None:
    """The duration that the words state ("d'une durée de 3 ans"), in the canonical form of XML Schema.

    Args:
        piece: the words.
        labelled: True when the label already says that this is a duration.
    """
    folded = piece.folded
    found = _LASTING.search(folded) or (_BARE_LASTING.search(folded) if labelled else None)
    if found is None:
        return None
    figure, unit, half = found.groups()
    amount_of = _UNITS.get(figure) or int(figure)
    if half:
        if not unit.startswith("an"):
            return None
        amount_of, unit = 12 * amount_of + 6, "mois"
    return Duration(_canonical(amount_of, unit), piece.cut(found.start(1), found.end()).span())


def _canonical(figure: int, unit: str) -> str:
    if unit.startswith("an"):
        return f"P{figure}Y"
    if unit == "mois":
        years, months = divmod(figure, 12)
        return "P" + (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
    return f"P{figure * 7 if unit.startswith('semaine') else figure}D"


def counts_of_people(piece: Piece, layout: Layout) -> list[tuple[Count, bool]]:
    """The numbers of people in a wording, each with whether it is said to be the whole ("200 bénéficiaires")."""
    found: list[tuple[Count, bool]] = []
    for match in _PEOPLE_NUMBER.finditer(piece.folded):
        nouns = [key(word) for word in match.groups()[1:] if word]
        at = next((n for n, noun in enumerate(nouns) if noun in layout.people), None)
        if at is None:
            continue
        span = piece.cut(match.start(1), match.end(2 + at)).span()
        found.append((Count(int(number(match.group(1))), span), nouns[at] == "beneficiaire"))
    return found


def bare_counts(piece: Piece) -> list[Count]:
    """The whole numbers of a value whose label already says what is counted."""
    found = re.finditer(r"(?<![\d,.%/^-])(\d{1,3}(?:[ .]\d{3})+|\d{1,6})(?![\d%]|\s*%)", piece.folded)
    return [Count(int(number(m.group(1))), piece.cut(m.start(1), m.end(1)).span()) for m in found]
