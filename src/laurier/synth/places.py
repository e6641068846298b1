"""Real territorial units to write about, drawn so that towns come up more often than hamlets."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from laurier.reconcile.gazetteer import Entry, Gazetteer
from laurier.synth.chance import Chance

_VOWELS = frozenset("AEIOUYÀÂÉÈÊËÎÏÔÖÛÜŒÆH")


class Spot(NamedTuple):
    """A unit and what a writer needs to name it.

    Attributes:
        kind, code: of the gazetteer.
        name: official name.
        of: the name with its preposition (`du Havre`, `d'Évreux`).
        departement: code, empty for a région or an EPCI that crosses a boundary.
        region: code of the région, empty where there is none.
        postal: a postal code, empty where unknown.
    """

    kind: str
    code: str
    name: str
    of: str
    departement: str
    region: str
    postal: str


@dataclass(frozen=True, slots=True)
class Pool:
    """Spots with the running sum of their weights."""

    spots: tuple[Spot, ...]
    sums: tuple[float, ...]

    def draw(self, chance: Chance) -> Spot:
        """One spot, by weight."""
        return self.spots[bisect(self.sums, chance.random() * self.sums[-1])]


@dataclass(frozen=True, slots=True)
class Places:
    """The units of the last vintage, and the communes that are no more, by région.

    Attributes:
        regions: the régions, by the number of their inhabitants.
        communes, groups, departements, former: by code of région; `former` holds old communes and déléguées.
    """

    regions: Pool
    communes: Mapping[str, Pool]
    groups: Mapping[str, Pool]
    departements: Mapping[str, Pool]
    former: Mapping[str, Pool]


def load(gazetteer: Gazetteer, prepositions: Mapping[str, list[str]]) -> Places:
    """Gathers the units of a gazetteer that lie in one région.

    Args:
        gazetteer: the tables.
        prepositions: codes of départements by their preposition.
    """
    before = {code: words for words, codes in prepositions.items() for code in codes}
    found: dict[str, dict[str, list[tuple[Spot, float]]]] = {name: {} for name in _BUCKETS.values()}
    found["former"] = {}
    for position, entry in enumerate(gazetteer.entries):
        bucket = _bucket(entry)
        if not bucket:
            continue
        spot = _spot(gazetteer, position, entry, before)
        if spot.region:
            found[bucket].setdefault(spot.region, []).append((spot, float(entry.population or 200) ** 0.5))
    pools = {name: {region: _pool(rows) for region, rows in found[name].items()} for name in found}
    regions = [
        (spot, pools["communes"][code].sums[-1]) for code in pools["communes"] for spot in pools["regions"][code].spots
    ]
    return Places(
        regions=_pool(regions),
        communes=pools["communes"],
        groups=pools["groups"],
        departements=pools["departements"],
        former=pools["former"],
    )


_BUCKETS = {"region": "regions", "departement": "departements", "epci": "groups", "commune": "communes"}


def _bucket(entry: Entry) -> str:
    """Where a row goes: what is in force, old communes since 2016, or nowhere."""
    if entry.kind == "commune-deleguee" or (entry.kind == "commune" and entry.end >= "2016-01-01"):
        return "former"
    if entry.end or (entry.kind == "region" and len(entry.code) != 2):
        return ""
    return _BUCKETS.get(entry.kind, "")


def _spot(gazetteer: Gazetteer, position: int, entry: Entry, before: Mapping[str, str]) -> Spot:
    unit = gazetteer.describe(position)
    departement = unit.departements[0] if len(unit.departements) == 1 else ""
    of = _of(entry.name) if entry.kind != "departement" else before.get(entry.code, "de ") + entry.name
    postal = entry.postal.split(" ", 1)[0]
    return Spot(entry.kind, entry.code, entry.name, of, departement, unit.region, postal)


def _of(name: str) -> str:
    """A name of town with its preposition: du Havre, des Andelys, d'Évreux, de La Rochelle."""
    if name.startswith("Le "):
        return f"du {name[3:]}"
    if name.startswith("Les "):
        return f"des {name[4:]}"
    return f"d'{name}" if name[0] in _VOWELS else f"de {name}"


def _pool(rows: Iterable[tuple[Spot, float]]) -> Pool:
    kept = list(rows)
    return Pool(tuple(spot for spot, _ in kept), tuple(accumulate(weight for _, weight in kept)))
