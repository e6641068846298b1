"""Periods of validity and lineage of the territorial units, worked out from yearly states and INSEE's history.

Only the rebuild of the gazetteer uses this module; at run time the lineage is read from `lineage.tsv`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

Value = TypeVar("Value")
Row = tuple[str, ...]
Key = tuple[str, str]

#: Types of INSEE's history -> kinds. COMP ("commune périmée") is no unit, only a step to its successor.
_HISTORY_KINDS = {"COM": "commune", "COMD": "commune-deleguee", "COMA": "commune-associee"}
_OVERSEAS = ("97", "98")
#: The events keep the wording of INSEE, with this one for a new code without any other change.
RECODED = "changement de code"
MERGED = "fusion"
RESTORED = "rétablissement"
MOVED = "recomposition"


@dataclass(frozen=True, slots=True)
class Seen:
    """A commune, déléguée, associée or arrondissement as one vintage shows it."""

    name: str
    departement: str
    parent: str
    population: str
    postal: str
    former: tuple[str, ...]


def departement_of(code: str) -> str:
    """The département that the code of a commune begins with."""
    return code[:3] if code.startswith(_OVERSEAS) else code[:2]


def runs(states: Mapping[int, Value], years: Sequence[int], first: int) -> Iterator[tuple[Value, str, str]]:
    """Joins equal states of following vintages into periods (start included, end excluded; empty = open).

    A change is dated 1 January of the first vintage that shows it.
    """
    current: tuple[Value, str] | None = None
    for year in (y for y in years if y >= first):
        state = states.get(year)
        if current is not None and (state is None or state != current[0]):
            yield (*current, f"{year}-01-01")
            current = None
        if state is not None and current is None:
            current = (state, "" if year == first else f"{year}-01-01")
    if current is not None:
        yield (*current, "")


def commune_rows(observed: Mapping[int, Mapping[Key, Seen]], history: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Every name that a commune or a part of one has borne, with its period, population and postal codes."""
    years = sorted(observed)
    before: dict[Key, list[tuple[str, str, str, str]]] = {}
    begun: dict[Key, tuple[str, str]] = {}
    for event in history:
        if event["type"] not in _HISTORY_KINDS:
            continue
        key = (_HISTORY_KINDS[event["type"]], event["code"])
        start = event.get("dateDebut", "")
        if "dateFin" in event:
            before.setdefault(key, []).append((event["nom"], start, event["dateFin"], _pole(event)))
        else:
            begun[key] = (event["nom"], start)
    rows: list[Row] = []
    for key in sorted({*before, *(key for seen in observed.values() for key in seen)}):
        kind, code = key
        of_key = {year: seen[key] for year, seen in observed.items() if key in seen}
        states = {year: (seen.name, seen.departement, seen.parent) for year, seen in of_key.items()}
        periods = [(name, start, end, departement_of(code), parent) for name, start, end, parent in before.get(key, ())]
        for (name, departement, parent), start, end in runs(states, years, years[0]):
            since = begun.get(key, ("", ""))
            known = since[1] if not start and since[0] == name else start
            periods.append((name, known, end, departement, parent))
        latest = of_key[max(of_key)] if of_key else None
        for name, start, end, departement, parent in _joined(periods):
            tail = (latest.population, latest.postal) if latest and latest.name == name else ("", "")
            rows.append((kind, code, name, start, end, departement, parent, *tail))
    return rows


def _joined(periods: list[tuple[str, str, str, str, str]]) -> list[tuple[str, str, str, str, str]]:
    """Joins periods of one name that touch each other (INSEE cuts them at every event)."""
    joined: list[tuple[str, str, str, str, str]] = []
    for period in sorted(periods, key=lambda p: p[1]):
        last = joined[-1] if joined else None
        if last and (last[0], last[3], last[4]) == (period[0], period[3], period[4]) and last[2] == period[1] != "":
            joined[-1] = (last[0], last[1], period[2], last[3], last[4])
        else:
            joined.append(period)
    return joined


def _code(identifier: str) -> str:
    """`COM-27049@2016-01-01` -> `27049`."""
    return identifier.partition("-")[2].partition("@")[0]


def _pole(event: Mapping[str, Any]) -> str:
    return _code(event["pole"]) if "pole" in event else ""


def commune_events(observed: Mapping[int, Mapping[Key, Seen]], history: Iterable[Mapping[str, Any]]) -> list[Row]:
    """What each commune became, when its code did not simply go on."""
    entries = list(history)
    by_id = {entry["id"]: entry for entry in entries}
    found: set[Row] = set()
    for entry in entries:
        if entry["type"] == "COM" and "successeur" in entry:
            after = by_id.get(entry["successeur"])
            target = "" if after is None else (entry_code if (entry_code := _pole(after)) else after["code"])
            if target and target != entry["code"]:
                day = entry["dateFin"]
                found.add(("commune", entry["code"], day, day, entry["raisonFin"], "commune", target, ""))
        if entry["type"] == "COM" and entry.get("raisonDebut") in ("dé-fusion", RESTORED) and "predecesseur" in entry:
            mother = _pole(by_id.get(entry["predecesseur"], {}))
            if mother and mother != entry["code"]:
                day = entry["dateDebut"]
                found.add(("commune", mother, day, day, RESTORED, "commune", entry["code"], "part"))
    years = sorted(observed)
    for earlier, later in pairwise(years):
        found.update(_between(observed[earlier], observed[later], f"{earlier}-01-01", f"{later}-01-01"))
    return sorted(found)


def _between(earlier: Mapping[Key, Seen], later: Mapping[Key, Seen], after: str, by: str) -> Iterator[Row]:
    heirs = {old: code for (kind, code), seen in later.items() if kind == "commune" for old in seen.former}
    for kind, code in earlier:
        if kind == "commune" and ("commune", code) not in later:
            heir = heirs[code]
            recoded = ("commune", heir) not in earlier and earlier[kind, code].name == later["commune", heir].name
            yield "commune", code, after, by, RECODED if recoded else MERGED, "commune", heir, ""
    for kind, code in later:
        if kind == "commune" and ("commune", code) not in earlier:
            mothers = {
                seen.parent
                for (part, part_code), seen in earlier.items()
                if part_code == code and part in ("commune-deleguee", "commune-associee") and seen.parent != code
            }
            for mother in sorted(mother for mother in mothers if ("commune", mother) in later):
                yield "commune", mother, after, by, RESTORED, "commune", code, "part"


def epci_events(vintages: Mapping[int, Sequence[Mapping[str, Any]]]) -> list[Row]:
    """Where the communes of a dissolved EPCI went, with the share of its communes (`12/15`)."""
    rows: list[Row] = []
    years = sorted(vintages)
    members = {
        year: {entry["code"]: {m["code"] for m in entry["membres"]} for entry in entries}
        for year, entries in vintages.items()
    }
    for earlier, later in pairwise(years):
        host = {commune: code for code, communes in members[later].items() for commune in communes}
        for code in sorted(members[earlier].keys() - members[later].keys()):
            left = members[earlier][code]
            went = Counter(host[commune] for commune in left if commune in host)
            event = MERGED if len(went) == 1 else MOVED
            for heir, count in sorted(went.items()):
                share = f"{count}/{len(left)}"
                rows.append(("epci", code, f"{earlier}-01-01", f"{later}-01-01", event, "epci", heir, share))
    return rows
