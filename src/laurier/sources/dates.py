"""Printed dates to periods: bounds that the precision allows, and the EDTF form (ISO 8601-2)."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from laurier.records import Passage, Period
from laurier.sources.lines import Piece

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("janvier", "janv", "jan"),
            ("fevrier", "fevr", "fev"),
            ("mars",),
            ("avril", "avr"),
            ("mai",),
            ("juin",),
            ("juillet", "juil"),
            ("aout",),
            ("septembre", "sept"),
            ("octobre", "oct"),
            ("novembre", "nov"),
            ("decembre", "dec"),
        ),
        start=1,
    )
    for name in names
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ORDER = (
    r"(?:1|2|3|4|premier|second|deuxieme|troisieme|quatrieme|dernier)\s?(?:er|ere|nd|nde|eme|e|\^?\{(?:er|eme|e|nd)\})?"
)
_YEAR = r"(?:19|20)\d{2}"
_ATOM = re.compile(
    rf"(?P<iso>\b{_YEAR}-(?:0[1-9]|1[0-2])(?:-[0-3]\d)?\b)"
    rf"|(?P<figures>\b(?:[0-3]?\d[/.-])?[01]?\d[/.-]{_YEAR}\b)"
    rf"|(?P<part>\b(?P<order>{_ORDER})\s*(?P<unit>semestre|trimestre)(?:\s*(?:de\s+)?(?:l'annee\s+)?(?P<part_year>{_YEAR}))?)"
    rf"|(?P<short>\b(?P<letter>[st])(?P<which>[1-4])\s*[-/]?\s*(?P<short_year>{_YEAR})\b)"
    rf"|(?P<named>\b(?:(?P<day>[0-3]?\d)(?:er)?\s+)?(?P<month>{_MONTH})\b\.?(?:\s*(?P<month_year>{_YEAR})\b)?)"
    rf"|(?P<year>\b{_YEAR}\b)"
)
_BETWEEN = re.compile(
    r"^\s*(?:a|au|et|jusqu'(?:a|en|au)(?: la)?(?: fin)?|-|–|—|/|>|→|a fin|a la fin)?\s*(?:fin|debut)?\s*$"
)
_ONLY_END = re.compile(r"\b(?:jusqu'|avant|fin prevue|echeance)\S*\s*(?:a|au|en|le|fin)?\s*$")
_ORDERS = {"premier": 1, "second": 2, "deuxieme": 2, "troisieme": 3, "quatrieme": 4}
# EDTF level 2 (ISO 8601-2:2019, 4.8): 33 to 36 are the quarters, 40 and 41 the halves of a year.
_QUARTER, _HALF = 32, 39
# A day in full, in words or figures, or the last of two.
_DAY = (
    rf"(?:du (?:[0-3]?\d(?:er)?)(?: (?:{_MONTH}))?(?: {_YEAR})? au )?"
    rf"(?:[0-3]?\d(?:er)? (?:{_MONTH})\.? {_YEAR}|[0-3]?\d[/.-][01]?\d[/.-]{_YEAR}|{_YEAR}-[01]\d-[0-3]\d)"
)
_WEEKDAY = r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) )?"
_DATED = r"(?:(?:fait|publiee?|parue?|diffusee?|mise? a jour|actualisee?|signee?) )?"
_DATELINE = re.compile(rf"^{_DATED}(?:(?:a )?[a-z][a-z' .-]{{1,48}}?, (?=le ))?(?:le )?{_WEEKDAY}{_DAY}\.?$")
_PLACED = re.compile(rf"^{_DATED}(?:a )?[a-z][a-z' .-]{{1,48}}?(?:,| [–—-]) (?:le )?{_WEEKDAY}{_DAY}\.?$")
_RANK = ("jour", "mois", "trimestre", "semestre", "annee")


@dataclass(frozen=True, slots=True)
class Moment:
    """A printed date: its precision, first and last possible day, EDTF form."""

    precision: str
    earliest: date
    latest: date
    edtf: str


@dataclass(frozen=True, slots=True)
class _Atom:
    start: int
    end: int
    parts: dict[str, str | None]


def period(piece: Piece) -> tuple[Period | None, str]:
    """The period that the words state, and a reason when they are not understood or only in part ("" otherwise)."""
    wording = piece.trim(".")
    folded = wording.folded
    atoms = [_Atom(m.start(), m.end(), m.groupdict()) for m in _ATOM.finditer(folded)]
    if not atoms:
        return None, "no-date"
    if len(atoms) > 1 and not _BETWEEN.match(folded[atoms[0].end : atoms[1].start]):
        return None, "several-dates"
    if len(atoms) > 2:
        return None, "several-dates"
    if len(atoms) == 1 and _ONLY_END.search(folded[: atoms[0].start]):
        return None, "end-only"
    return _period(wording, atoms)


def is_dateline(line: Piece, under_title: bool = False) -> bool:
    """Whether a line only says where and when a document was issued ("Rouen, le 12 mars 2026").

    Under a title, a place before a bare day is enough; elsewhere "Insertion, 12 mars 2026" may be a title. A month
    alone is none: it may tell a call from the same call in another month.
    """
    folded = line.folded
    return bool(_DATELINE.match(folded) or (under_title and _PLACED.match(folded)))


def _period(wording: Piece, atoms: list[_Atom]) -> tuple[Period | None, str]:
    last = _moment(atoms[-1].parts, None)
    if last is None:
        return None, "impossible-date"
    if len(atoms) == 1:
        return (
            Period(wording.passage(), last.precision, last.earliest, last.latest, last.edtf),
            _plausible(last),
        )
    first = _moment(atoms[0].parts, last.earliest.year)
    if first is None:
        return None, "impossible-date"
    if first.earliest > last.latest:
        return None, "end-before-start"
    precision = max(first.precision, last.precision, key=_RANK.index)
    found = Period(
        wording.passage(),
        precision,
        first.earliest,
        first.latest,
        interval(first, last),
        last.earliest,
        last.latest,
    )
    return found, _plausible(first) or _plausible(last)


def with_end(start: Period, end: Period, wording: Passage) -> Period | None:
    """One period out of a start and an end printed apart; None when the end is before the start."""
    if start.start_earliest > end.start_latest:
        return None
    first = Moment(start.precision, start.start_earliest, start.start_latest, start.edtf)
    last = Moment(end.precision, end.start_earliest, end.start_latest, end.edtf)
    return Period(
        wording,
        max(first.precision, last.precision, key=_RANK.index),
        first.earliest,
        first.latest,
        interval(first, last),
        last.earliest,
        last.latest,
    )


def interval(first: Moment, last: Moment) -> str:
    """The EDTF interval; a half-year or a quarter cannot stand in one, so its months do."""
    parts = []
    for moment, day in ((first, first.earliest), (last, last.latest)):
        plain = moment.precision in ("jour", "mois", "annee")
        parts.append(moment.edtf if plain else f"{day.year:04d}-{day.month:02d}")
    return "/".join(parts)


def day(value: date) -> Moment:
    """A day as a printed date."""
    return Moment("jour", value, value, value.isoformat())


def plausible(value: date) -> bool:
    """Whether a list of laureates may hold this date."""
    return 1980 <= value.year <= 2060


def _plausible(moment: Moment) -> str:
    return "" if plausible(moment.earliest) else "unlikely-year"


def _moment(parts: dict[str, str | None], year: int | None) -> Moment | None:
    try:
        return _read(parts, year)
    except ValueError:
        return None


def _read(parts: dict[str, str | None], year: int | None) -> Moment | None:
    if parts["iso"]:
        figures = [int(figure) for figure in parts["iso"].split("-")]
        return _of(figures[0], figures[1], figures[2] if len(figures) == 3 else None)
    if parts["figures"]:
        figures = [int(figure) for figure in re.split(r"[/.-]", parts["figures"])]
        return _of(figures[-1], figures[-2], figures[0] if len(figures) == 3 else None)
    if parts["part"]:
        order = re.sub(r"[^a-z0-9].*|(?<=\d)\D.*", "", parts["order"] or "")
        which = 99 if order.startswith("dernier") else _ORDERS.get(order) or int(order[0])
        return _part(parts["unit"] or "", which, int(parts["part_year"] or year or 0))
    if parts["short"]:
        unit = "semestre" if parts["letter"] == "s" else "trimestre"
        return _part(unit, int(parts["which"] or 0), int(parts["short_year"] or 0))
    if parts["named"]:
        printed = int(parts["month_year"] or year or 0)
        return _of(printed, _MONTHS[parts["month"] or ""], int(parts["day"]) if parts["day"] else None)
    printed = int(parts["year"] or 0)
    return Moment("annee", date(printed, 1, 1), date(printed, 12, 31), f"{printed:04d}")


def _of(year: int, month: int, in_month: int | None) -> Moment:
    if in_month is not None:
        return day(date(year, month, in_month))
    last = monthrange(year, month)[1] if year else 0
    return Moment("mois", date(year, month, 1), date(year, month, last), f"{year:04d}-{month:02d}")


def _part(unit: str, which: int, year: int) -> Moment | None:
    parts = 2 if unit == "semestre" else 4
    which = parts if which == 99 else which
    if not 1 <= which <= parts:
        return None
    months = 12 // parts
    first, last = (which - 1) * months + 1, which * months
    code = (_HALF if parts == 2 else _QUARTER) + which
    return Moment(unit, date(year, first, 1), date(year, last, monthrange(year, last)[1]), f"{year:04d}-{code}")
