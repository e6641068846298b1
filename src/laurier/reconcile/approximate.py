"""Approximate matching of a misspelt name, only among the units of the context and only when one stands alone."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from laurier.reconcile import names
from laurier.reconcile.designation import BODY, designation
from laurier.reconcile.gazetteer import Gazetteer
from laurier.reconcile.resolve import Choice, Scope

#: Likeness (hundredths) below which two spellings are not the same name.
LIKENESS = 88
#: The next best name must be this far behind.
MARGIN = 4


def approximate(gazetteer: Gazetteer, parts: Sequence[str], scope: Scope, before: Choice) -> Choice:
    """The one commune of the context whose name is nearly that, or `before`.

    The communes of the EPCI named beside it come first, then those of its départements.
    """
    announced = designation(list(parts))
    if announced.kind == BODY or announced.kind in ("epci", "ept", "departement", "region"):
        return before
    rest = announced.parts or tuple(parts)
    key = names.loose(rest)
    for ground, positions in _circles(gazetteer, scope):
        found = _nearest(gazetteer, key, positions)
        if found is not None:
            return Choice(found[0], "approximate", ground, found[1], (found[0],))
        shorter = _shortened(gazetteer, rest, positions) if ground == "neighbours" else None
        if shorter is not None:
            return Choice(shorter, "suffix", ground, 80, (shorter,))
    return before


def _circles(gazetteer: Gazetteer, scope: Scope) -> list[tuple[str, list[int]]]:
    near: list[int] = []
    for code in scope.epcis:
        for commune in gazetteer.members(code, scope.day or None):
            near.extend(p for p in gazetteer.by_unit.get(("commune", commune), ()) if not gazetteer.entries[p].end)
    circles = [("neighbours", near)] if near else []
    departements = {scope.departement} if scope.departement else set(scope.departements)
    for departement in sorted(departements):
        positions = [
            p
            for p in gazetteer.in_departement.get(departement, ())
            if gazetteer.entries[p].kind == "commune" and not gazetteer.entries[p].end
        ]
        circles.append(("departement", positions))
    return circles


def _nearest(gazetteer: Gazetteer, key: str, positions: Sequence[int]) -> tuple[int, int] | None:
    scored: list[tuple[float, int]] = []
    for position in positions:
        other = names.loose(names.words(gazetteer.entries[position].name))
        likeness = ratio(key, other)
        if likeness >= LIKENESS - MARGIN:
            scored.append((likeness, position))
    scored.sort(reverse=True)
    if not scored or scored[0][0] < LIKENESS or (len(scored) > 1 and scored[0][0] - scored[1][0] < MARGIN):
        return None
    other = names.loose(names.words(gazetteer.entries[scored[0][1]].name))
    if OSA.distance(key, other) > 2:
        return None
    return scored[0][1], 78


def _shortened(gazetteer: Gazetteer, parts: Sequence[str], positions: Sequence[int]) -> int | None:
    """`Elbeuf-sur-Seine` for Elbeuf: a river or a place added, when one commune beside it bears the bare name."""
    for cut, part in enumerate(parts):
        if cut and part in ("sur", "en", "sous", "les"):
            bare = names.exact(parts[:cut])
            found = [p for p in positions if names.exact(names.words(gazetteer.entries[p].name)) == bare]
            if len(found) == 1:
                return found[0]
    return None
