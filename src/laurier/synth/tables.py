"""Synthetic laureates as tables: a list of laureates with every column, and the SCDL file of subsidies.

The faults are those of real files: cells left empty in many ways, identifiers that a spreadsheet has turned into
numbers or cut, amounts and dates written as people write them, several dates in a cell, rows printed twice.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date
from io import StringIO

from laurier.synth.chance import Chance
from laurier.synth.laureates import Laureate, Maker
from laurier.synth.organisations import keyed
from laurier.synth.spelling import empty, misspelt

#: Columns of the list of laureates, in the words that such lists use.
COLUMNS = (
    "Référence",
    "Appel à projets",
    "Année",
    "Porteur",
    "SIRET",
    "RNA",
    "Commune du siège",
    "Intitulé du projet",
    "Description",
    "Territoire d'intervention",
    "Public visé",
    "Nombre de bénéficiaires attendus",
    "Durée",
    "Date de début",
    "Date de fin",
    "Statut",
    "Montant accordé",
    "Résultats",
)
#: Columns of "Données essentielles des conventions de subvention", Socle commun des données locales, version 2.1.
SCDL = (
    "nomAttribuant",
    "idAttribuant",
    "dateConvention",
    "referenceDecision",
    "nomBeneficiaire",
    "idBeneficiaire",
    "rnaBeneficiaire",
    "objet",
    "montant",
    "nature",
    "conditionsVersement",
    "datesPeriodeVersement",
    "idRAE",
    "notificationUE",
    "pourcentageSubvention",
    "dispositifAide",
)
_BATCH = 2_000
_KEPT = 64
_TWICE = 0.004
_MONTHS = ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
_STATUS = {"en-cours": "En cours de réalisation", "realise": "Réalisé", "": ""}

Row = list[str]


def laureates(n: int, maker: Maker, faults: float = 1.0) -> Iterator[str]:
    """Yields the text of a list of `n` laureates, header first, separated by semicolons.

    Args:
        n: rows.
        maker: of laureates, not used before.
        faults: 0 for a clean list, 1 for the share of faults seen in real lists.
    """
    return _written(n, maker, COLUMNS, _laureate, ";", faults)


def subsidies(n: int, maker: Maker, faults: float = 1.0) -> Iterator[str]:
    """Yields the text of an SCDL file of `n` subsidies, header first, separated by commas (see `laureates`)."""
    return _written(n, maker, SCDL, _subsidy, ",", faults)


def _written(
    n: int,
    maker: Maker,
    columns: tuple[str, ...],
    row_of: Callable[[Laureate, Chance, float], Row],
    separator: str,
    faults: float,
) -> Iterator[str]:
    buffer = StringIO()
    write = csv.writer(buffer, delimiter=separator, lineterminator="\n").writerow
    write(columns)
    chance = maker.chance
    before: deque[Row] = deque(maxlen=_KEPT)
    for number in range(1, n + 1):
        if before and chance.often(_TWICE * faults):
            row = _again(chance.pick(before), chance)
        else:
            row = row_of(maker.laureate(maker.call()), chance, faults)
            before.append(row)
        write(row)
        if number % _BATCH == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _again(row: Row, chance: Chance) -> Row:
    """A row printed twice, half of the time with one word written otherwise."""
    if chance.often(0.5):
        return row
    # Any cell but the reference (or the date), which says that it is the same.
    at = 2 + chance.below(len(row) - 2)
    return [*row[:at], misspelt(row[at], chance) if row[at] else "", *row[at + 1 :]]


def _laureate(laureate: Laureate, chance: Chance, faults: float) -> Row:
    call, carrier = laureate.call, laureate.carrier
    title = f"{call.title} ({call.acronym})" if call.acronym and chance.often(0.5) else call.title
    description = " ".join(laureate.sentences)
    if laureate.items:
        description = "\n".join((description, laureate.introduction, *(f"- {item}" for item in laureate.items)))
    row = [
        f"{call.programme[0].upper()}-{call.year}-{laureate.number + 1:07d}",
        title,
        str(call.year),
        carrier.name,
        carrier.siret,
        carrier.rna,
        carrier.seat.name,
        laureate.title,
        description,
        laureate.territory,
        laureate.public,
        str(laureate.beneficiaries or ""),
        f"{laureate.months} mois" if laureate.months else "",
        _day(laureate.start, chance, faults),
        _day(laureate.end, chance, faults),
        _STATUS[laureate.status],
        _money(laureate.amount, chance, faults),
        _results(laureate.results),
    ]
    if faults:
        _spoil(row, chance, faults, identifier=4, names=(3, 6, 7, 9, 9, 9, 10), empties=(4, 6, 8, 9, 10, 13, 16))
    return row


def _subsidy(laureate: Laureate, chance: Chance, faults: float) -> Row:
    call, carrier = laureate.call, laureate.carrier
    start = laureate.start or date(call.year, 1, 1)
    end = laureate.end or date(start.year + 1, 12, 31)
    dates = f"{start.isoformat()}/{end.isoformat()}"
    if chance.often(0.01 * faults):
        dates = ", ".join(f"{month:02d}/{start.year}" for month in (3, 6, 9, 10, 12))
    grantor = keyed(f"{keyed(f'23{call.region.code}0000')}0001")  # invented, like every number here
    row = [
        f"Région {call.region.name}",
        grantor,
        start.isoformat(),
        f"{call.year}-{call.programme[0].upper()}-{laureate.number + 1:07d}",
        carrier.name,
        carrier.siret,
        carrier.rna,
        f"{laureate.title} – {laureate.territory}",
        _money(laureate.amount or 100_000, chance, faults),
        "aide en numéraire" if chance.often(0.9) else "aide en nature",
        "unique" if chance.often(0.6) else "échelonné",
        dates,
        "",
        "oui" if chance.often(0.02) else "non",
        f"{chance.between(10, 100) / 100:.2f}",
        call.title,
    ]
    if faults:
        _spoil(row, chance, faults, identifier=5, names=(4, 7), empties=(3, 5, 6, 9, 11, 14))
    return row


def _spoil(
    row: Row, chance: Chance, faults: float, identifier: int, names: tuple[int, ...], empties: tuple[int, ...]
) -> None:
    """Makes the faults of a row in place."""
    draw = chance.random() / faults
    if draw < 0.06:
        at = chance.pick(names)
        if row[at]:
            row[at] = misspelt(row[at], chance)
    elif draw < 0.09:
        row[chance.pick(empties)] = empty(chance)
    elif draw < 0.12:
        siret = row[identifier]
        row[identifier] = f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"
    elif draw < 0.125:
        row[identifier] = _broken(row[identifier], chance)
    elif draw < 0.127:
        row[chance.pick(empties)] = "#REF!"


def _broken(siret: str, chance: Chance) -> str:
    """A SIRET as spreadsheets and people break it: scientific notation, lost digits, a wrong key."""
    draw = chance.random()
    if draw < 0.5:
        return f"{siret[0]},{siret[1:5]}E+13"
    return siret[: chance.between(8, 13)] if draw < 0.8 else siret[:-1] + str((int(siret[-1]) + 1) % 10)


def _day(day: date | None, chance: Chance, faults: float) -> str:
    if day is None:
        return ""
    draw = chance.random()
    if draw >= 0.12 * faults:
        return day.isoformat()
    if draw < 0.08 * faults:
        return f"{day.day:02d}/{day.month:02d}/{day.year}"
    return f"{_MONTHS[day.month - 1]} {day.year}"


def _money(cents: int | None, chance: Chance, faults: float) -> str:
    if cents is None:
        return ""
    euros, rest = divmod(cents, 100)
    draw = chance.random()
    if draw >= 0.15 * faults:
        return str(euros) if not rest else f"{euros}.{rest:02d}"
    grouped = f"{euros:,}".replace(",", "\N{NO-BREAK SPACE}" if draw < 0.03 * faults else " ")
    return f"{grouped},{rest:02d} €" if draw < 0.1 * faults else grouped


def _results(results: tuple[int, int, int] | None) -> str:
    return f"{results[0]} CDI et {results[1]} CDD sur {results[2]} participants" if results else ""
