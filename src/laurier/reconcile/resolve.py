"""One name and its context -> one unit of the gazetteer, or none: candidates by tier, then the choice between them.

Never guesses: where two units remain, both are handed back and neither is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from laurier.reconcile import names
from laurier.reconcile.designation import BODY, FORM_WORDS, Designation, designation
from laurier.reconcile.nameindex import bag
from laurier.reconcile.gazetteer import FIRST_VINTAGE, GROUPS, PARTS, Entry, Gazetteer, in_force

#: A commune outside the context is accepted only when it has at least this many inhabitants.
LARGE = 50_000
#: A homonym this many times larger than every other is what a writer without context means.
DOMINANT = 20
#: A commune below this size does not win by its region alone against a large city of the same name.
SMALL_TOWN = 5_000

_COMMUNES = ("commune", *PARTS)
_ALLOWED = {
    "commune": frozenset(_COMMUNES),
    "commune-deleguee": frozenset(("commune-deleguee", "commune-associee", "commune")),
    "commune-associee": frozenset(("commune-deleguee", "commune-associee", "commune")),
    "arrondissement-municipal": frozenset(("arrondissement-municipal",)),
    "epci": frozenset(GROUPS),
    "ept": frozenset(GROUPS),
    "departement": frozenset(("departement",)),
    "region": frozenset(("region",)),
}
#: Kinds that one name may denote, likeliest first. A département and a commune of one name exclude each other (Mayenne)
#: unless an article tells them apart ("la Mayenne").
_RANK = {"region": 0, "departement": 2, "commune": 2, "arrondissement-municipal": 3, "epci": 4, "ept": 4}
_RANK |= {"commune-deleguee": 5, "commune-associee": 5}
_ARTICLES = frozenset(("le", "la", "l", "les", "du", "des"))
_METROPOLE = frozenset(("metropole", "eurometropole"))


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
        method: key of how the name was matched (`exact`, `article`, `form`, `approximate`, ...), or why it was not
            (`none`, `homonyms`, `elsewhere`, `body`).
        ground: what settled the choice (`unique`, `departement`, `neighbours`, `region`, `population`).
        confidence: in hundredths; ordinal, not a probability.
        candidates: rows considered, best first.
    """

    position: int | None
    method: str
    ground: str = ""
    confidence: int = 0
    candidates: tuple[int, ...] = ()


NONE = Choice(None, "none")


def resolve(gazetteer: Gazetteer, parts: Sequence[str], scope: Scope) -> Choice:
    """The unit that canonical words name, by exact keys only."""
    if not parts:
        return NONE
    announced = designation(list(parts))
    best = NONE
    for method, base, positions in _tiers(gazetteer, parts, announced, scope):
        choice = choose(gazetteer, positions, scope, base, method, _article(parts, announced))
        if choice.position is not None:
            return choice
        if best is NONE:
            best = choice
    if announced.kind == BODY and best.position is None:
        return Choice(None, BODY, candidates=best.candidates)
    return best


def _article(parts: Sequence[str], announced: Designation) -> bool:
    return parts[0] in _ARTICLES and not announced.kind


def _tiers(
    gazetteer: Gazetteer, parts: Sequence[str], announced: Designation, scope: Scope
) -> Iterable[tuple[str, int, list[int]]]:
    """Method, base confidence and rows, best method first."""
    wanted = _ALLOWED.get(scope.kind)
    whole = _kept(gazetteer, gazetteer.index.exact.get(names.exact(parts)), wanted)
    if whole:
        yield "exact", 95 if not scope.kind else 99, whole
    kind = announced.kind
    if kind and kind != BODY and announced.parts:
        typed = _ALLOWED[kind] if wanted is None else _ALLOWED[kind] & wanted
        rest = announced.parts
        if announced.article:
            yield "exact", 99, _kept(gazetteer, gazetteer.index.exact.get(announced.article + names.exact(rest)), typed)
        yield "exact", 99, _kept(gazetteer, gazetteer.index.exact.get(names.exact(rest)), typed)
        yield "article", 97, _kept(gazetteer, gazetteer.index.loose.get(names.loose(rest)), typed)
        if kind in GROUPS:
            yield from _forms(gazetteer, rest, typed)
    yield "article", 93, _kept(gazetteer, gazetteer.index.loose.get(names.loose(parts)), wanted)
    if not kind and (scope.kind in GROUPS or not FORM_WORDS.isdisjoint(parts)):
        yield from _forms(gazetteer, parts, _ALLOWED["epci"] if wanted is None else wanted)


def _forms(gazetteer: Gazetteer, parts: Sequence[str], allowed: frozenset[str]) -> Iterable[tuple[str, int, list[int]]]:
    core = [part for part in parts if part not in FORM_WORDS]
    if core:
        yield "form", 93, _kept(gazetteer, gazetteer.index.bag.get(bag(core)), allowed)


def _kept(gazetteer: Gazetteer, positions: list[int] | None, allowed: frozenset[str] | None) -> list[int]:
    if positions is None:
        return []
    if allowed is None:
        return positions
    entries = gazetteer.entries
    return [position for position in positions if entries[position].kind in allowed]


def choose(
    gazetteer: Gazetteer,
    positions: Sequence[int],
    scope: Scope,
    base: int,
    method: str,
    article: bool = False,
) -> Choice:
    """The one unit among rows that the context supports, or none with the candidates."""
    if not positions:
        return NONE
    if scope.departement:
        positions = [p for p in positions if lies_in(gazetteer, gazetteer.entries[p], (scope.departement,))]
        if not positions:
            return Choice(None, "elsewhere")
    leading = _leading(gazetteer, positions, scope, article)
    if len(leading) == 1:
        return _single(gazetteer, leading[0], positions, scope, base, method)
    return _among(gazetteer, leading, scope, base, method)


def _leading(gazetteer: Gazetteer, positions: Sequence[int], scope: Scope, article: bool) -> list[int]:
    """One row for each unit of the best rank: in force first, then by kind."""
    ranked: dict[tuple[str, str], tuple[tuple[int, int], int]] = {}
    for position in positions:
        entry = gazetteer.entries[position]
        rank = (_age(gazetteer, entry, scope.day), _RANK[entry.kind])
        if article and entry.kind == "departement":
            rank = (rank[0], 1)
        key = (entry.kind, entry.code)
        if key not in ranked or rank < ranked[key][0]:
            ranked[key] = (rank, position)
    best = min(rank for rank, _ in ranked.values())
    leading = [position for rank, position in ranked.values() if rank == best]
    if best[0] == 2 and len(leading) > 1:
        return _heirs(gazetteer, leading)
    return leading


def _heirs(gazetteer: Gazetteer, positions: list[int]) -> list[int]:
    """Old codes of one and the same place count once (Seine 78 -> 92): the row that lasted longest."""
    by_end = sorted(positions, key=lambda p: gazetteer.entries[p].end, reverse=True)
    found: dict[tuple[str, ...], int] = {}
    for position in by_end:
        entry = gazetteer.entries[position]
        today = tuple(unit.code for unit in gazetteer.today(entry.kind, entry.code)) or (entry.code,)
        found.setdefault(today, position)
    return list(found.values())


def _age(gazetteer: Gazetteer, entry: Entry, day: str) -> int:
    """0 in force that day, 1 former name or later name of a unit in force, 2 a unit that is no more or not yet."""
    if day and day >= f"{FIRST_VINTAGE}-01-01":
        if in_force(entry, day):
            return 0
    elif not entry.end:
        return 0
    rows = gazetteer.by_unit[entry.kind, entry.code]
    alive = any(not gazetteer.entries[row].end for row in rows)
    return 1 if alive else 2


def lies_in(gazetteer: Gazetteer, entry: Entry, departements: Iterable[str]) -> bool:
    """Whether a unit is, lies in or reaches into one of the départements."""
    if entry.departement:
        return entry.departement in departements
    if entry.kind == "departement":
        return entry.code in departements
    if entry.kind == "region":
        return any(gazetteer.region_of(departement) == entry.code for departement in departements)
    return not set(departements).isdisjoint(reach(gazetteer, entry.code))


def reach(gazetteer: Gazetteer, epci: str) -> set[str]:
    """The départements that an EPCI ever reached into."""
    return {
        gazetteer.departement_of(commune)
        for _start, _end, communes in gazetteer.memberships.get(epci, ())
        for commune in communes.split()
    }


def region_of(gazetteer: Gazetteer, entry: Entry) -> set[str]:
    """The régions that a unit lies in."""
    if entry.kind == "region":
        return {entry.code}
    if entry.kind == "departement":
        return {entry.parent}
    if entry.departement:
        return {gazetteer.region_of(entry.departement)}
    return {gazetteer.region_of(departement) for departement in reach(gazetteer, entry.code)}


def _neighbours(gazetteer: Gazetteer, entry: Entry, scope: Scope) -> bool:
    """Whether a commune belongs to the EPCI of the names beside it."""
    hosts = gazetteer.host.get(entry.parent if entry.kind in PARTS else entry.code, ())
    return any(host in scope.epcis for host in hosts)


def _population(entry: Entry) -> int:
    return int(entry.population or 0)


def _single(
    gazetteer: Gazetteer, position: int, positions: Sequence[int], scope: Scope, base: int, method: str
) -> Choice:
    entry = gazetteer.entries[position]
    others = tuple(dict.fromkeys((position, *positions)))
    if scope.departement:
        return Choice(position, method, "departement", base, others)
    if entry.kind not in _COMMUNES:
        return Choice(position, method, "unique", base, others)
    if scope.departements and lies_in(gazetteer, entry, scope.departements):
        return Choice(position, method, "neighbours", base, others)
    if not scope.region:
        return Choice(position, method, "unique", base - 3, others)
    if scope.region in region_of(gazetteer, entry):
        return Choice(position, method, "region", base, others)
    if _population(entry) >= LARGE:
        return Choice(position, method, "population", base - 5, others)
    return Choice(None, "elsewhere", candidates=others)


def _among(gazetteer: Gazetteer, positions: Sequence[int], scope: Scope, base: int, method: str) -> Choice:
    """Homonyms of one rank: settled by the names beside it, the région, or by size; else left open."""
    entries = gazetteer.entries
    ordered = tuple(sorted(positions, key=lambda p: (-_population(entries[p]), entries[p].code)))
    largest = _population(entries[ordered[0]])
    near = [p for p in ordered if _neighbours(gazetteer, entries[p], scope)]
    if len(near) == 1:
        return Choice(near[0], method, "neighbours", base - 3, ordered)
    if scope.departements:
        beside = [p for p in ordered if lies_in(gazetteer, entries[p], scope.departements)]
        if len(beside) == 1:
            return Choice(beside[0], method, "neighbours", base - 5, ordered)
    if scope.region:
        inside = [p for p in ordered if scope.region in region_of(gazetteer, entries[p])]
        if len(inside) == 1:
            small = entries[inside[0]].kind in _COMMUNES and _population(entries[inside[0]]) < SMALL_TOWN
            if small and inside[0] != ordered[0] and largest >= LARGE:
                return Choice(None, "homonyms", candidates=ordered)
            return Choice(inside[0], method, "region", base - 5, ordered)
        if len(inside) > 1:
            return Choice(None, "homonyms", candidates=tuple(inside))
    second = _population(entries[ordered[1]])
    if largest >= LARGE and largest >= DOMINANT * max(second, 1) and not scope.departement:
        return Choice(ordered[0], method, "population", base - 10, ordered)
    return Choice(None, "homonyms", candidates=ordered)


def narrowed(scope: Scope, departement: str) -> Scope:
    """The same scope for a name that the source places in a département."""
    return replace(scope, departement=departement)
