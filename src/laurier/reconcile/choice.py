"""The choice between units that bear one name: what the context supports, or none with the candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from laurier.reconcile.gazetteer import FIRST_VINTAGE, GROUPS, PARTS, Entry, Gazetteer, in_force
from laurier.reconcile.standing import age, lies_in, regions_of

#: A commune outside the région of the document is taken only with this many inhabitants...
LARGE = 50_000
#: ... or this many, when nothing else in France is called so or nearly so.
KNOWN = 10_000
#: A homonym this many times larger than every other is what a writer without context means.
DOMINANT = 20
#: With more homonyms than that, size alone settles nothing (Saint-Paul).
FEW = 3
#: Below this size a commune is not what is meant by the name of a département.
SMALL_TOWN = 5_000
#: A homonym elsewhere this many times larger than the one in the région of the document is as likely meant, since about
#: one place in fifty of a regional document lies elsewhere.
ELSEWHERE = 50
#: Confidence, in hundredths, of a name that nothing announces.
UNANNOUNCED = 95
#: From this size a name is taken as printed although another is one slip away: in the région, and in France.
ROBUST, ROBUST_ANYWHERE = 2_000, 10_000

_COMMUNES = ("commune", *PARTS)
#: Kinds that one name may denote, likeliest first. A département and a commune of one name exclude each other (Mayenne)
#: unless an article tells them apart ("la Mayenne").
_RANK = {"region": 0, "departement": 2, "commune": 2, "arrondissement-municipal": 3, "epci": 4, "ept": 4}
_RANK |= {"commune-deleguee": 5, "commune-associee": 5}


@dataclass(frozen=True, slots=True)
class Scope:
    """What is known about where a name is to be looked for.

    Attributes:
        day: day of the project, ISO, empty when unknown.
        departement: code of the département that the source gives for this very name; the unit must lie in it.
        kind: kind that the source gives for this very name.
        region: région of the document; a preference, not a filter.
        departements, epcis: what the names beside it lie in; preferences, stronger than the région.
    """

    day: str = ""
    departement: str = ""
    kind: str = ""
    region: str = ""
    departements: frozenset[str] = frozenset()
    epcis: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """The outcome for one name.

    Attributes:
        position: row of the gazetteer, None when nothing is chosen.
        method: key of how the name was matched, or why it was not (see `evidence.METHODS`).
        ground: what settled the choice (see `evidence.GROUNDS`).
        confidence: in hundredths; ordinal, not a probability.
        candidates: rows considered, best first.
    """

    position: int | None
    method: str
    ground: str = ""
    confidence: int = 0
    candidates: tuple[int, ...] = ()


NONE = Choice(None, "none")


def choose(
    gazetteer: Gazetteer,
    positions: Sequence[int],
    scope: Scope,
    base: int,
    method: str,
    article: bool = False,
) -> Choice:
    """The one unit among rows that the context supports.

    Args:
        gazetteer: the units.
        positions: rows that bear the name.
        scope: the context.
        base: confidence of the method, in hundredths.
        method: how the rows were found.
        article: the name was written with an article, as a département is.
    """
    if not positions:
        return NONE
    if scope.departement:
        inside = [p for p in positions if lies_in(gazetteer, gazetteer.entries[p], (scope.departement,))]
        if not inside:
            return Choice(None, "elsewhere", candidates=tuple(dict.fromkeys(positions))[:8])
        positions = inside
    leading = _leading(gazetteer, positions, scope, article)
    if scope.region and not scope.departement and len(positions) > 1:
        leading = _at_home(gazetteer, leading, positions, scope, article)
    if len(leading) == 1:
        return _single(gazetteer, leading[0], positions, scope, base, method)
    return _among(gazetteer, leading, scope, base, method)


def _at_home(
    gazetteer: Gazetteer, leading: list[int], positions: Sequence[int], scope: Scope, article: bool
) -> list[int]:
    """The former name of an EPCI of the région comes before a name in force elsewhere (CC des 4 rivières, in Bray)."""

    def inside(position: int) -> bool:
        return scope.region in regions_of(gazetteer, gazetteer.entries[position])

    def former(position: int) -> bool:
        entry = gazetteer.entries[position]
        return entry.kind in GROUPS and age(gazetteer, entry, scope.day) == 1

    if any(inside(position) for position in leading):
        return leading
    home = [p for p in positions if former(p) and inside(p)]
    return _leading(gazetteer, home, scope, article) if home else leading


def _leading(gazetteer: Gazetteer, positions: Sequence[int], scope: Scope, article: bool) -> list[int]:
    """One row for each unit of the best rank: in force first, then by kind."""
    if len(positions) == 1:
        return list(positions)
    ranked: dict[tuple[str, str], tuple[tuple[int, int], int]] = {}
    for position in positions:
        entry = gazetteer.entries[position]
        rank = (age(gazetteer, entry, scope.day), _RANK[entry.kind])
        if article and entry.kind == "departement":
            rank = (rank[0], 1)
        key = (entry.kind, entry.code)
        if key not in ranked or rank < ranked[key][0]:
            ranked[key] = (rank, position)
    best = min(rank for rank, _ in ranked.values())
    best = _departement_or_commune(gazetteer, ranked, best, scope)
    leading = [position for rank, position in ranked.values() if rank == best]
    if best[0] == 2 and len(leading) > 1:
        return _heirs(gazetteer, leading)
    return leading


def _departement_or_commune(
    gazetteer: Gazetteer,
    ranked: dict[tuple[str, str], tuple[tuple[int, int], int]],
    best: tuple[int, int],
    scope: Scope,
) -> tuple[int, int]:
    """Tells a département from a commune of its name by changing the rank of the other (in place).

    Paris is the commune, for it is the only one of its département; a small commune is not what a document means that
    says Landes or Corrèze without more. The larger ones (Mayenne, Vienne) stay undecided.
    """
    if best[1] != _RANK["departement"]:
        return best
    tied = {key: position for key, (rank, position) in ranked.items() if rank == best}
    lower = (best[0], best[1] + 1)
    for kind, code in [key for key in tied if key[0] == "departement"]:
        rows = [gazetteer.entries[p] for p in gazetteer.in_departement.get(code, ())]
        communes = {row.code for row in rows if row.kind == "commune" and not row.end}
        if len(communes) == 1 and ("commune", *communes) in tied:
            ranked[kind, code] = (lower, tied[kind, code])
        elif scope.region and not scope.departement and gazetteer.region_of(code) == scope.region:
            for key, position in tied.items():
                if key[0] == "commune" and _population(gazetteer.entries[position]) < SMALL_TOWN:
                    ranked[key] = (lower, position)
    return best


def _heirs(gazetteer: Gazetteer, positions: list[int]) -> list[int]:
    """Old codes of one and the same place count once (Seine 78 -> 92): the row that lasted longest."""
    by_end = sorted(positions, key=lambda p: gazetteer.entries[p].end, reverse=True)
    found: dict[tuple[str, ...], int] = {}
    for position in by_end:
        entry = gazetteer.entries[position]
        today = tuple(unit.code for unit in gazetteer.today(entry.kind, entry.code)) or (entry.code,)
        found.setdefault(today, position)
    return list(found.values())


def beside(gazetteer: Gazetteer, entry: Entry, scope: Scope) -> bool:
    """Whether a commune belongs to the EPCI of the names beside it."""
    hosts = gazetteer.perimeters.host.get(entry.parent if entry.kind in PARTS else entry.code, ())
    return any(host in scope.epcis for host in hosts)


def _population(entry: Entry) -> int:
    return int(entry.population or 0)


def _single(
    gazetteer: Gazetteer, position: int, positions: Sequence[int], scope: Scope, base: int, method: str
) -> Choice:
    entry = gazetteer.entries[position]
    others = tuple(dict.fromkeys((position, *positions))) if len(positions) > 1 else (position,)
    if scope.departement:
        return Choice(position, method, "departement", base, others)
    away = entry.kind in GROUPS and scope.region and scope.region not in regions_of(gazetteer, entry)
    announced = method == "exact" and base > UNANNOUNCED  # "CC du Pays de Bray", not a mere "Pays de Bray"
    if away and not announced and (_population(entry) < LARGE or method == "generic"):
        return Choice(None, "elsewhere", candidates=others)
    if entry.kind not in _COMMUNES:
        home = scope.region and len(others) > 1 and scope.region in regions_of(gazetteer, entry)
        return Choice(position, method, "region" if home else "unique", base, others)
    if scope.departements and lies_in(gazetteer, entry, scope.departements):
        return Choice(position, method, "neighbours", base, others)
    if not _sure(gazetteer, entry, positions, scope):
        return Choice(None, "near", candidates=others)
    if not scope.region:
        return Choice(position, method, "unique", base - 3, others)
    if scope.region in regions_of(gazetteer, entry):
        return Choice(position, method, "region", base, others)
    population = _population(entry)
    if population >= LARGE or (population >= KNOWN and not entry.near and len(others) == 1):
        return Choice(position, method, "population", base - 5, others)
    return Choice(None, "elsewhere", candidates=others)


def _sure(gazetteer: Gazetteer, entry: Entry, positions: Sequence[int], scope: Scope) -> bool:
    """Whether a commune may be taken by its région, or by its name alone.

    Not when it is so small that another name one slip away is as likely, when a much larger commune bears the longer
    name, when a part of another commune bears the same name, or when it was gone before the first vintage.
    """
    inside = bool(scope.region) and scope.region in regions_of(gazetteer, entry)
    if entry.end and entry.end <= f"{FIRST_VINTAGE}-01-01" and not (scope.day and in_force(entry, scope.day)):
        latest = gazetteer.entries[gazetteer.by_unit[entry.kind, entry.code][-1]]
        return inside and not latest.end and _population(latest) >= ROBUST  # a former name of a town (Cherbourg)
    levels = "rR" if inside else "rRnN"
    if any(level in entry.near for level in levels if level.isupper()):
        return False
    if _population(entry) >= (ROBUST if inside else ROBUST_ANYWHERE):
        return True
    if any(level in entry.near for level in levels):
        return False
    place = entry.parent or entry.code
    for other in (gazetteer.entries[p] for p in positions):
        if other.kind in PARTS and not other.end and place not in (other.parent, other.code):
            return False
    return True


def _among(gazetteer: Gazetteer, positions: Sequence[int], scope: Scope, base: int, method: str) -> Choice:
    """Homonyms of one rank: settled by the names beside it, the région, or by size; else left open."""
    entries = gazetteer.entries
    ordered = tuple(sorted(positions, key=lambda p: (-_population(entries[p]), entries[p].code)))
    near = [p for p in ordered if beside(gazetteer, entries[p], scope)]
    if len(near) == 1:
        return Choice(near[0], method, "neighbours", base - 3, ordered)
    if scope.departements:
        found = [p for p in ordered if lies_in(gazetteer, entries[p], scope.departements)]
        if len(found) == 1:
            return Choice(found[0], method, "neighbours", base - 5, ordered)
    if scope.region:
        inside = [p for p in ordered if scope.region in regions_of(gazetteer, entries[p])]
        if len(inside) == 1:
            return _inside(gazetteer, inside[0], ordered, scope, base, method)
        if len(inside) > 1:
            return Choice(None, "homonyms", candidates=tuple(inside))
    largest, second = _population(entries[ordered[0]]), _population(entries[ordered[1]])
    if len(ordered) <= FEW and largest >= LARGE and largest >= DOMINANT * max(second, 1) and not scope.departement:
        return Choice(ordered[0], method, "population", base - 10, ordered)
    return Choice(None, "homonyms", candidates=ordered)


def _inside(
    gazetteer: Gazetteer, position: int, ordered: tuple[int, ...], scope: Scope, base: int, method: str
) -> Choice:
    """The only homonym inside the région, unless a city elsewhere or another name nearby is as likely meant."""
    entry, first = gazetteer.entries[position], gazetteer.entries[ordered[0]]
    if entry.kind in _COMMUNES:
        if _population(first) >= ELSEWHERE * max(_population(entry), 20):
            return Choice(None, "homonyms", candidates=ordered)
        if not _sure(gazetteer, entry, ordered, scope):
            return Choice(None, "near", candidates=ordered)
    return Choice(position, method, "region", base - 5, ordered)
