"""Approximate matching of a misspelt name, only inside a context and only when one unit stands alone.

A name is taken when it is one slip away (two in a long name) from the name of one place of the context and every other
place, in use or not, is at least two slips farther: a slip more or less cannot then turn one into the other. The
thresholds are checked by `benchmarks/territories.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from laurier.reconcile import names
from laurier.reconcile.choice import Choice, Scope, beside
from laurier.reconcile.circle import Circle
from laurier.reconcile.designation import BODY, FORM_WORDS, designation
from laurier.reconcile.gazetteer import GROUPS, PARTS, Gazetteer, day_of
from laurier.reconcile.nameindex import core
from laurier.reconcile.standing import age, regions_of

#: Letters a key must have to bear one slip, two slips, three slips.
ONE, TWO, THREE = 5, 9, 24
GROUP_ONE, GROUP_TWO = 7, 11
#: Slips between the best name and every other.
APART = 2
#: Letters that must be left of a name cut short, and of the name of an EPCI; more where no département is known.
CUT, GROUP_CUT, GROUP_CUT_ANYWHERE = 10, 8, 14
#: In a whole région, letters that a key must have.
REGION_ONE = 7
_LINKS = ("sur", "en", "sous", "les", "aux", "au", "de", "d", "du", "des")
#: Announcements that are also the first word of names (Bourg-de-Sirod, Ville-d'Avray).
_URBAN = ("CA", "CU", "METRO", "MET69")
_NAMING = ("bourg", "village", "ville")


def approximate(gazetteer: Gazetteer, parts: Sequence[str], scope: Scope, before: Choice) -> Choice:
    """The one unit of the context whose name is nearly that, or `before` when none stands alone."""
    announced = designation(list(parts))
    rest = announced.parts if announced.kind and announced.kind != BODY else tuple(parts)
    if announced.kind == BODY or not rest or stray(rest[0]):
        return before
    if announced.kind in ("departement", "region"):
        return _large(gazetteer, announced.kind, rest) or before
    if announced.kind in GROUPS or scope.kind in GROUPS or not FORM_WORDS.isdisjoint(parts):
        return _group(gazetteer, rest, scope) or before
    if scope.kind not in ("", "commune", *PARTS):
        return before
    if announced.form in _NAMING:
        whole = _commune(gazetteer, parts, scope, before)
        if whole is not None:
            return whole
    return _commune(gazetteer, rest, scope, before) or before


def stray(word: str = "") -> bool:
    """What is left of a broken announcement ("xC de", "C de") in front of a name."""
    return 0 < len(word) < 3 and word.isalpha() and word not in names.SMALL


def _large(gazetteer: Gazetteer, kind: str, parts: Sequence[str]) -> Choice | None:
    """A département or région that was announced as one."""
    rows = [p for p in gazetteer.large if gazetteer.entries[p].kind == kind]
    found = _alone(gazetteer, names.loose(parts), Circle.of((gazetteer.index.keys[p], p) for p in rows))
    return Choice(found[0], "approximate", "unique", 85, (found[0],)) if found else None


def _commune(gazetteer: Gazetteer, parts: Sequence[str], scope: Scope, before: Choice) -> Choice | None:
    key = names.loose(parts)
    given = frozenset((scope.departement,)) if scope.departement else scope.departements
    if given:
        ground = "departement" if scope.departement else "neighbours"
        circle = gazetteer.communes_in(given)
        found = _alone(gazetteer, key, circle)
        if found is not None:
            return Choice(found[0], "approximate", ground, 85 - 4 * found[1], (found[0],))
        cut = _cut(gazetteer, key, circle)
        if cut is not None:
            return Choice(cut, "cut", ground, 82, (cut,))
    if scope.epcis:
        bare = _bare(gazetteer, parts, scope)
        if bare is not None:
            return Choice(bare, "suffix", "neighbours", 80, (bare,))
    if scope.region and not scope.departement and not before.candidates and len(key) >= REGION_ONE:
        found = _alone(gazetteer, key, gazetteer.communes_in(gazetteer.departements_of(scope.region)))
        if found is not None and found[1] <= 1 and _only_one(gazetteer, found[0]):
            return Choice(found[0], "approximate", "region", 78, (found[0],))
    return None


def _place(gazetteer: Gazetteer, position: int) -> str:
    """The commune that a row names or names a part of, else the unit itself."""
    entry = gazetteer.entries[position]
    return entry.parent if entry.kind in PARTS else entry.code


def _latest(gazetteer: Gazetteer, positions: Iterable[int], day: str = "") -> int:
    """The row in force, or the least outdated."""
    return min(positions, key=lambda p: (age(gazetteer, gazetteer.entries[p], day), p))


def _alone(gazetteer: Gazetteer, key: str, circle: Circle) -> tuple[int, int] | None:
    """The row nearest to a key and its number of slips, when every other place is farther."""
    if names.LOST in key:
        return _lost(gazetteer, key, circle)
    bound = 3 if len(key) >= THREE else 2 if len(key) >= TWO else 1 if len(key) >= ONE else 0
    near = circle.within(key, bound + APART - 1) if bound else []
    if not near or near[0][0] > bound:
        return None
    best = near[0][0]
    if best == 0:  # the name is right: what exact matching left open is not for a guess
        return None
    position = _latest(gazetteer, (p for slips, p in near if slips == best))
    if age(gazetteer, gazetteer.entries[position], "") > 1:
        return None
    place = _place(gazetteer, position)
    rivals = [p for slips, p in near if slips < best + APART] + circle.starting(key)
    return (position, best) if all(_place(gazetteer, rival) == place for rival in rivals) else None


def _only_one(gazetteer: Gazetteer, position: int) -> bool:
    """Whether no other place of France is called so, or one slip away from it."""
    key = names.exact(names.words(gazetteer.entries[position].name))
    place = _place(gazetteer, position)
    rows = gazetteer.index.exact.get(key, ())
    return not gazetteer.entries[position].near and all(_place(gazetteer, row) == place for row in rows)


def _lost(gazetteer: Gazetteer, key: str, circle: Circle) -> tuple[int, int] | None:
    """The one place whose name has a letter where a wrong encoding destroyed one."""
    pattern = re.compile(re.escape(key).replace(re.escape(names.LOST), "[a-z]{1,2}"))
    found = [p for p, k in zip(circle.positions, circle.keys, strict=True) if pattern.fullmatch(k)]
    if len({_place(gazetteer, p) for p in found}) != 1:
        return None
    position = _latest(gazetteer, found)
    return (position, 1) if age(gazetteer, gazetteer.entries[position], "") <= 1 else None


def _cut(gazetteer: Gazetteer, key: str, circle: Circle) -> int | None:
    """The one place whose name goes on where a cut field stops, when no other name is near."""
    longer = circle.starting(key) if len(key) >= CUT else []
    places = {_place(gazetteer, p) for p in longer}
    if len(places) != 1 or any(_place(gazetteer, p) not in places for _, p in circle.within(key, APART)):
        return None
    position = _latest(gazetteer, longer)
    return position if age(gazetteer, gazetteer.entries[position], "") == 0 else None


def _bare(gazetteer: Gazetteer, parts: Sequence[str], scope: Scope) -> int | None:
    """`Elbeuf-sur-Seine` for Elbeuf: a river or a place added, when one commune beside it bears the bare name."""
    for cut, part in enumerate(parts):
        if cut and part in _LINKS:
            rows = gazetteer.index.exact.get(names.exact(parts[:cut]), ())
            near = [
                p
                for p in rows
                if gazetteer.entries[p].kind == "commune"
                and not gazetteer.entries[p].end
                and beside(gazetteer, gazetteer.entries[p], scope)
            ]
            if len(near) == 1:
                return near[0]
    return None


def _group(gazetteer: Gazetteer, parts: Sequence[str], scope: Scope) -> Choice | None:
    """An EPCI or EPT: few, with long names, so that they can be told apart even without a département."""
    key = core(parts)
    given = frozenset((scope.departement,)) if scope.departement else frozenset()
    ground = "departement" if given else "unique"
    area = given or (gazetteer.departements_of(scope.region) if scope.region else given)
    circle = gazetteer.groups_in(given)
    longer = circle.starting(key)
    bound = 3 if len(key) >= THREE else 2 if len(key) >= GROUP_TWO else 1 if len(key) >= GROUP_ONE else 0
    near = circle.within(key, bound + APART - 1) if bound else []
    if near and near[0][0] <= bound:
        best = near[0][0]
        position = _latest(gazetteer, (p for slips, p in near if slips == best), scope.day)
        if best == 0 or not _at_home(gazetteer, position, scope):
            return None
        rivals = [p for slips, p in near if slips < best + APART] + longer
        if all(gazetteer.entries[p].code == gazetteer.entries[position].code for p in rivals):
            return Choice(position, "approximate", ground, 88 - 3 * best, (position,))
        return None
    named = _named_after(gazetteer, parts, scope, gazetteer.groups_in(area)) if area else None
    if named is not None:
        return Choice(named, "seat", ground, 80, (named,))
    if len(key) < (GROUP_CUT if given else GROUP_CUT_ANYWHERE) or len({gazetteer.entries[p].code for p in longer}) != 1:
        return None
    position = _latest(gazetteer, longer, scope.day)
    if not _at_home(gazetteer, position, scope) or _merged(
        gazetteer, core(names.words(gazetteer.entries[position].name))[len(key) :]
    ):
        return None
    return Choice(position, "cut", ground, 80, (position,))


def _at_home(gazetteer: Gazetteer, position: int, scope: Scope) -> bool:
    """Whether an EPCI lies in the région of the document, where there is one."""
    return not scope.region or scope.region in regions_of(gazetteer, gazetteer.entries[position])


def _merged(gazetteer: Gazetteer, rest: str) -> bool:
    """Whether what follows in the longer name is a commune: a merger, as in Pays de Honfleur-Beuzeville."""
    return any(gazetteer.entries[p].kind == "commune" for p in gazetteer.index.exact.get(rest, ()))


def _named_after(gazetteer: Gazetteer, parts: Sequence[str], scope: Scope, circle: Circle) -> int | None:
    """`Métropole de Nice`, `CA de Blois`: the one agglomeration of the département whose name holds that member.

    Communautés de communes are left out: too many older ones bore the name of their seat.
    """
    told = [part for part in parts if part not in FORM_WORDS]
    communes = {gazetteer.entries[p].code for p in gazetteer.index.exact.get(names.exact(told), ())}
    found = {}
    for position in circle.positions:
        entry = gazetteer.entries[position]
        words = names.words(entry.name)
        if entry.form in _URBAN and not entry.end and set(told) <= set(words):
            rest = [word for word in words if word not in told and word not in FORM_WORDS and word not in names.SMALL]
            within = not communes.isdisjoint(gazetteer.perimeters.members(entry.code, scope.day or day_of(None)))
            if within and not any(_merged(gazetteer, word) for word in (*rest, "".join(rest))):
                found[entry.code] = position
    return found.popitem()[1] if len(found) == 1 else None
