"""Approximate matching of a misspelt name, only inside a context and only when one unit stands alone.

A name is taken when it is one slip away (two in a long name) from the name of one place of the context and every other
place, in use or not, is at least two slips farther: a slip more or less cannot then turn one into the other. The
thresholds are checked by `benchmarks/territories.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from laurier.reconcile import names
from laurier.reconcile.choice import Choice, Scope, age, beside
from laurier.reconcile.designation import BODY, FORM_WORDS, designation
from laurier.reconcile.gazetteer import GROUPS, PARTS, Gazetteer
from laurier.reconcile.nameindex import core

#: Letters a key must have to bear one slip, two slips, three slips.
ONE, TWO, THREE = 5, 9, 24
#: Slips between the best name and every other.
APART = 2
#: Letters that must be left of a name cut short, and of the name of an EPCI; more where no département is known.
CUT, GROUP_CUT, GROUP_CUT_ANYWHERE = 10, 8, 14
#: In a whole région, letters that a key must have.
REGION_ONE = 7
_LINKS = ("sur", "en", "sous", "les", "aux", "au", "de", "d", "du", "des")
#: Announcements that are also the first word of names (Bourg-de-Sirod, Ville-d'Avray).
_NAMING = ("bourg", "village", "ville")


def approximate(gazetteer: Gazetteer, parts: Sequence[str], scope: Scope, before: Choice) -> Choice:
    """The one unit of the context whose name is nearly that, or `before` when none stands alone."""
    announced = designation(list(parts))
    rest = announced.parts if announced.kind and announced.kind != BODY else tuple(parts)
    if announced.kind == BODY or not rest or stray(rest[0]):
        return before
    if announced.kind in ("departement", "region"):
        return _large(gazetteer, announced.kind, rest) or before
    group = announced.kind in GROUPS or scope.kind in GROUPS or not FORM_WORDS.isdisjoint(parts)
    if group:
        return _group(gazetteer, rest, scope) or before
    if scope.kind not in ("", "commune", *PARTS):
        return before
    if announced.form in _NAMING:
        whole = _commune(gazetteer, parts, scope, before)
        if whole is not None:
            return whole
    return _commune(gazetteer, rest, scope, before) or before


def stray(word: str) -> bool:
    """What is left of a broken announcement ("xC de", "C de") in front of a name."""
    return len(word) < 3 and word.isalpha() and word not in names.SMALL


def _large(gazetteer: Gazetteer, kind: str, parts: Sequence[str]) -> Choice | None:
    """A département or région that was announced as one."""
    rows = [p for p in gazetteer.large if gazetteer.entries[p].kind == kind]
    found = _alone(gazetteer, names.loose(parts), rows)
    return Choice(found[0], "approximate", "unique", 85, (found[0],)) if found else None


def _commune(gazetteer: Gazetteer, parts: Sequence[str], scope: Scope, before: Choice) -> Choice | None:
    key = names.loose(parts)
    given = frozenset((scope.departement,)) if scope.departement else scope.departements
    if given:
        ground = "departement" if scope.departement else "neighbours"
        positions = _of_departements(gazetteer, given)
        found = _alone(gazetteer, key, positions)
        if found is not None:
            return Choice(found[0], "approximate", ground, 85 - 4 * found[1], (found[0],))
        cut = _cut(gazetteer, key, positions) if len(key) >= CUT else None
        if cut is not None:
            return Choice(cut, "cut", ground, 82, (cut,))
    if scope.epcis:
        bare = _bare(gazetteer, parts, scope)
        if bare is not None:
            return Choice(bare, "suffix", "neighbours", 80, (bare,))
    alone = scope.region and not scope.departement and not before.candidates
    if alone and len(key) >= REGION_ONE:
        found = _alone(gazetteer, key, _of_departements(gazetteer, gazetteer.departements_of(scope.region)))
        if found is not None and found[1] <= 1 and _only_one(gazetteer, found[0]):
            return Choice(found[0], "approximate", "region", 78, (found[0],))
    return None


def _of_departements(gazetteer: Gazetteer, codes: frozenset[str]) -> list[int]:
    return [position for code in sorted(codes) for position in gazetteer.in_departement.get(code, ())]


def _place(gazetteer: Gazetteer, position: int) -> str:
    entry = gazetteer.entries[position]
    return entry.parent if entry.kind in PARTS else entry.code


def _alone(gazetteer: Gazetteer, key: str, positions: Sequence[int]) -> tuple[int, int] | None:
    """The row nearest to a key and its number of slips, when every other place is farther."""
    bound = 3 if len(key) >= THREE else 2 if len(key) >= TWO else 1 if len(key) >= ONE else 0
    if not bound:
        return None
    keys = [gazetteer.index.keys[position] for position in positions]
    if names.LOST in key:
        return _lost(gazetteer, key, keys, positions)
    found = extract(key, keys, scorer=OSA.distance, score_cutoff=bound + APART - 1, limit=None)
    if not found or found[0][1] > bound:
        return None
    nearest = [(slips, positions[index]) for _, slips, index in found]
    best = nearest[0][0]
    position = min((age(gazetteer, gazetteer.entries[p], ""), p) for slips, p in nearest if slips == best)[1]
    entry = gazetteer.entries[position]
    if age(gazetteer, entry, "") > 1:
        return None
    same = _place(gazetteer, position)
    for slips, other in nearest:
        if slips < best + APART and not _same_place(gazetteer, same, other):
            return None
    if any(k.startswith(key) and not _same_place(gazetteer, same, p) for k, p in zip(keys, positions, strict=True)):
        return None
    return position, int(best)


def _only_one(gazetteer: Gazetteer, position: int) -> bool:
    """Whether no other place of France is called so, or one slip away from it."""
    key = names.exact(names.words(gazetteer.entries[position].name))
    same = _place(gazetteer, position)
    rows = gazetteer.index.exact.get(key, ())
    return not gazetteer.entries[position].near and all(_place(gazetteer, row) == same for row in rows)


def _lost(gazetteer: Gazetteer, key: str, keys: Sequence[str], positions: Sequence[int]) -> tuple[int, int] | None:
    """The one place whose name has a letter where a wrong encoding destroyed one."""
    pattern = re.compile(re.escape(key).replace(re.escape(names.LOST), "[a-z]{1,2}"))
    found = [p for p, k in zip(positions, keys, strict=True) if pattern.fullmatch(k)]
    alive = [p for p in found if age(gazetteer, gazetteer.entries[p], "") <= 1]
    if not alive or len({_place(gazetteer, p) for p in found}) != 1:
        return None
    return min(alive, key=lambda p: age(gazetteer, gazetteer.entries[p], "")), 1


def _same_place(gazetteer: Gazetteer, place: str, position: int) -> bool:
    """Whether a row names that place: the unit, a part of it, or an old commune that it took in under that name."""
    return _place(gazetteer, position) == place


def _cut(gazetteer: Gazetteer, key: str, positions: Sequence[int]) -> int | None:
    """The one place whose name goes on where a cut field stops."""
    keys = [gazetteer.index.keys[p] for p in positions]
    found = [p for p, k in zip(positions, keys, strict=True) if k.startswith(key)]
    if extract(key, [k for k in keys if not k.startswith(key)], scorer=OSA.distance, score_cutoff=APART, limit=1):
        return None
    alive = [p for p in found if age(gazetteer, gazetteer.entries[p], "") == 0]
    places = {_place(gazetteer, p) for p in found}
    return alive[0] if len(places) == 1 and alive else None


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


# ------------------------------------------------------------------ EPCI


def _group(gazetteer: Gazetteer, parts: Sequence[str], scope: Scope) -> Choice | None:
    key = core(parts)
    given = frozenset((scope.departement,)) if scope.departement else frozenset()
    chosen = [
        (p, k)
        for p, k in gazetteer.groups
        if not given or not gazetteer.reach(gazetteer.entries[p].code).isdisjoint(given)
    ]
    bound = 3 if len(key) >= THREE else 2 if len(key) >= TWO + 2 else 1 if len(key) >= ONE + 2 else 0
    if not bound:
        return None
    ground = "departement" if given else "unique"
    found = extract(key, [k for _, k in chosen], scorer=OSA.distance, score_cutoff=bound + APART - 1, limit=None)
    if found and found[0][1] <= bound:
        best = found[0][1]
        near = [(slips, chosen[index][0]) for _, slips, index in found]
        position = min((age(gazetteer, gazetteer.entries[p], scope.day), p) for slips, p in near if slips == best)[1]
        code = gazetteer.entries[position].code
        longer = {gazetteer.entries[p].code for p, k in chosen if k.startswith(key)}
        if longer <= {code} and all(slips >= best + APART or gazetteer.entries[p].code == code for slips, p in near):
            return Choice(position, "approximate", ground, 88 - 3 * int(best), (position,))
        return None
    return _group_cut(gazetteer, key, chosen, ground, scope)


def _group_cut(
    gazetteer: Gazetteer, key: str, chosen: Sequence[tuple[int, str]], ground: str, scope: Scope
) -> Choice | None:
    if len(key) < (GROUP_CUT if ground == "departement" else GROUP_CUT_ANYWHERE):
        return None
    longer = [p for p, k in chosen if k.startswith(key)]
    codes = {gazetteer.entries[p].code for p in longer}
    if len(codes) != 1:
        return None
    position = min((age(gazetteer, gazetteer.entries[p], scope.day), p) for p in longer)[1]
    return Choice(position, "cut", ground, 80, (position,))
