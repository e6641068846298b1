"""Reading of the tables of `data/gazetteer/`, each row checked for its number of columns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from laurier.errors import ReconcileError
from laurier.foreign import said

#: The kinds of units, larger ones first.
KINDS = (
    "region",
    "departement",
    "epci",
    "ept",
    "commune",
    "commune-deleguee",
    "commune-associee",
    "arrondissement-municipal",
)
GROUPS = ("epci", "ept")
PARTS = ("commune-deleguee", "commune-associee", "arrondissement-municipal")


class Entry(NamedTuple):
    """One name of one unit with its period: a row of a table.

    Attributes:
        kind, code: identify the unit.
        name: official name.
        start, end: ISO dates, start included, end excluded; empty where open or unknown.
        departement: code of the département; empty for régions and EPCI.
        parent: code of the commune that a déléguée, associée or arrondissement is part of; région of a département.
        population: municipal population of the latest vintage that has it, as digits, or empty.
        postal: postal codes, separated by spaces.
        near: how far the nearest name that is one slip away is (see `nearness`).
        form: legal form of an EPCI (CC, CA, CU, METRO, MET69, EPT).
    """

    kind: str
    code: str
    name: str
    start: str
    end: str
    departement: str
    parent: str
    population: str
    postal: str
    near: str
    form: str


class Alias(NamedTuple):
    """Another name of a unit, kept by hand with its source."""

    name: str
    kind: str
    code: str
    start: str
    end: str
    relation: str
    source: str


def rows(folder: Path, name: str, columns: int) -> Iterator[list[str]]:
    """The rows of a table without its header.

    Raises:
        ReconcileError: the table is missing, not UTF-8, or a row has another number of columns.
    """
    path = folder / name
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReconcileError(
            f"The gazetteer table {path} cannot be read ({said(error).en}): rebuild it with data/gazetteer/rebuild.py.",
            f"La table {path} du référentiel est illisible ({said(error).fr}) : reconstruisez-la avec "
            "data/gazetteer/rebuild.py.",
            path=str(path),
        ) from error
    for number, line in enumerate(text.splitlines()[1:], start=2):
        cells = line.split("\t")
        if len(cells) != columns:
            raise ReconcileError(
                f"Line {number} of {path} has {len(cells)} columns instead of {columns}: rebuild or correct the table.",
                f"La ligne {number} de {path} a {len(cells)} colonnes au lieu de {columns} : reconstruisez ou "
                "corrigez la table.",
                path=str(path),
                line=number,
            )
        yield cells


def entries(folder: Path) -> Iterator[Entry]:
    """Every name of every unit: régions, départements, EPCI and EPT, units kept by hand, communes and their parts."""
    for code, name in rows(folder, "regions.tsv", 2):
        yield Entry("region", code, name, "", "", "", "", "", "", "", "")
    for code, name, region in rows(folder, "departements.tsv", 3):
        yield Entry("departement", code, name, "", "", "", region, "", "", "", "")
    for kind, code, form, name, start, end, population in rows(folder, "epci.tsv", 7):
        yield Entry(kind, code, name, start, end, "", "", population, "", "", form)
    for kind, code, name, start, end, departement, _source in rows(folder, "former-units.tsv", 7):
        yield Entry(kind, code, name, start, end, departement, "", "", "", "", "")
    for row in rows(folder, "communes.tsv", 10):
        yield Entry._make([*row, ""])


def aliases(folder: Path) -> Iterator[Alias]:
    """The names kept by hand."""
    return map(Alias._make, rows(folder, "aliases.tsv", 7))
