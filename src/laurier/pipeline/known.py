"""The units of the gazetteer as the index of places takes them in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from laurier.reconcile.gazetteer import PARTS, Entry, Gazetteer
from laurier.reconcile.references import References
from laurier.snapshot.places import Known

_SAINT = re.compile(r"\bSaint(e)?(?=[- ])")


def known(gazetteer: Gazetteer, references: References) -> Iterator[Known]:
    """Every unit with all its names, where it is, and what contained it in any vintage."""
    for (kind, code), positions in gazetteer.by_unit.items():
        entries = [gazetteer.entries[position] for position in positions]
        last = entries[-1]
        postal = {word for entry in entries for word in entry.postal.split()}
        names = {entry.name for entry in entries}
        spellings = names | {_SAINT.sub(_shortened, name) for name in names} | {code} | postal
        point = references.point(kind, code)
        yield Known(
            kind=kind,
            code=code,
            name=last.name,
            spellings=tuple(sorted(spellings)),
            within=_departements(gazetteer, kind, code),
            population=int(last.population or 0),
            current=not last.end,
            containers=tuple(sorted(_containers(gazetteer, last))),
            longitude=point.longitude if point else None,
            latitude=point.latitude if point else None,
        )


def _shortened(match: re.Match[str]) -> str:
    return "St" if match[1] is None else "Ste"


def _departements(gazetteer: Gazetteer, kind: str, code: str) -> str:
    unit = gazetteer.unit(kind, code)
    if unit is None or kind in ("departement", "region"):
        return ""
    found = (gazetteer.unit("departement", departement) for departement in unit.departements)
    return ", ".join(departement.name for departement in found if departement is not None)


def _containers(gazetteer: Gazetteer, entry: Entry) -> set[tuple[str, str, str, str]]:
    found: set[tuple[str, str, str, str]] = set()
    commune = entry.code if entry.kind == "commune" else entry.parent if entry.kind in PARTS else ""
    if entry.kind in PARTS and commune:
        found.add(("commune", commune, "", ""))
    for group in gazetteer.perimeters.host.get(commune, ()):
        kind = next((k for k in ("ept", "epci") if (k, group) in gazetteer.by_unit), "epci")
        for since, until, members in gazetteer.perimeters.periods[group]:
            if commune in members.split():
                found.add((kind, group, since, until))
    unit = gazetteer.unit(entry.kind, entry.code)
    if unit is not None:
        if entry.kind != "departement":
            found.update(("departement", departement, "", "") for departement in unit.departements)
        if entry.kind != "region" and unit.region:
            found.add(("region", unit.region, "", ""))
    # A commune that was merged is covered by what covers its successor.
    if entry.kind == "commune" and entry.end:
        for now in gazetteer.today("commune", entry.code):
            if now.kind == "commune":
                found.add(("commune", now.code, "", ""))
    return found
