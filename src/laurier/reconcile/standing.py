"""When and where a row of the gazetteer stands: in force or gone, in which départements and régions."""

from __future__ import annotations

from collections.abc import Iterable

from laurier.reconcile.gazetteer import Entry, Gazetteer, in_force


def age(gazetteer: Gazetteer, entry: Entry, day: str) -> int:
    """0 in force that day, 1 former name or later name of a unit in force, 2 a unit that is no more or not yet."""
    if in_force(entry, day) if day else not entry.end:
        return 0
    rows = gazetteer.by_unit[entry.kind, entry.code]
    return 1 if any(not gazetteer.entries[row].end for row in rows) else 2


def lies_in(gazetteer: Gazetteer, entry: Entry, departements: Iterable[str]) -> bool:
    """Whether a unit is, lies in or reaches into one of the départements."""
    if entry.departement:
        return entry.departement in departements
    if entry.kind == "departement":
        return entry.code in departements
    if entry.kind == "region":
        return any(gazetteer.region_of(departement) == entry.code for departement in departements)
    return not gazetteer.perimeters.reach(entry.code).isdisjoint(departements)


def regions_of(gazetteer: Gazetteer, entry: Entry) -> set[str]:
    """The régions that a unit lies in."""
    if entry.kind == "region":
        return {entry.code}
    if entry.kind == "departement":
        return {entry.parent}
    if entry.departement:
        return {gazetteer.region_of(entry.departement)}
    return {gazetteer.region_of(departement) for departement in gazetteer.perimeters.reach(entry.code)}
