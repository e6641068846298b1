"""Which units the features of a GeoJSON file are, by the codes and names that they bear.

The files of IGN (ADMIN EXPRESS), of Etalab (contours administratifs) and of portals name the code of a unit each in
their own way, and repeat the codes of what contains it. The code is the property whose values tell the features apart
and are units of the gazetteer; names decide between kinds, since the codes of régions are codes of départements too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from laurier.errors import Language, ReconcileError
from laurier.geometry import stream
from laurier.geometry.kept import GRIDS
from laurier.reconcile import names
from laurier.reconcile.gazetteer import Gazetteer

#: Properties that hold the code of one kind, without case and punctuation.
_OWN = {
    "commune": ("inseecom", "codgeo", "codecommune", "comcode", "codeinseecommune", "depcom", "codecom"),
    "epci": ("sirenepci", "codesiren", "siren", "codeepci", "epcicode"),
    "departement": ("inseedep", "codedepartement", "depcode", "codedep", "codedept", "dep"),
    "region": ("inseereg", "coderegion", "regcode", "codereg", "reg"),
}
#: Properties that may hold the code of any kind.
_ANY = ("code", "codeinsee", "insee", "refinsee", "inseecode", "id")
_NAMES = ("nom", "name", "nomofficiel", "libelle", "libgeo", "nomcom", "nomm", "nomdep", "nomreg", "nomepci")
_WIDTH = {"departement": 2, "region": 2, "epci": 9, "ept": 9}
# A property is the code of a kind when so many of the features are known by it and told apart.
_MOST = 0.9


@dataclass(frozen=True, slots=True)
class Reading:
    """How the features of a file are read: the kind of unit, and the property of its code."""

    kind: str
    code: str


def reading_of(path: Path, gazetteer: Gazetteer, kind: str) -> Reading:
    """Finds the kind and the property of the codes, by a first reading of the whole file.

    Args:
        path: a GeoJSON file.
        gazetteer: every unit.
        kind: of the units, empty when the file must tell it.

    Raises:
        ReconcileError: nothing tells them, or the file is not in degrees.
    """
    total = 0
    known: Counter[Reading] = Counter()
    named: Counter[Reading] = Counter()
    apart: dict[Reading, set[str]] = {}
    in_degrees = False
    for feature in stream.features(path):
        total += 1
        in_degrees = in_degrees or _in_degrees(path, feature)
        given = properties(feature)
        written = {names.exact(names.words(str(given[n]))) for n in given if _plain(n) in _NAMES}
        for reading in _readings(given, kind):
            code = code_of(given[reading.code], reading.kind)
            unit = gazetteer.unit(reading.kind, code)
            if unit is not None:
                known[reading] += 1
                named[reading] += names.exact(names.words(unit.name)) in written
                apart.setdefault(reading, set()).add(code)
    if not total:
        refuse(path, "it has no feature", "il n'a pas d'élément")
    fitting = [r for r in known if known[r] >= _MOST * total and len(apart[r]) >= _MOST * known[r]]
    if not fitting:
        refuse(
            path,
            f"no property is the INSEE code (or SIREN) of one kind of territory for nearly all of its {total} "
            f"features, each code once{_nearest(known, apart, 'en')}",
            f"aucune propriété n'est le code INSEE (ou SIREN) d'une nature de territoire pour presque tous ses {total} "
            f"éléments, chaque code une fois{_nearest(known, apart, 'fr')}",
        )
    best = max((named[r], known[r]) for r in fitting)
    chosen = [r for r in fitting if (named[r], known[r]) == best]
    kinds = sorted({r.kind for r in chosen}, key=list(GRIDS).index)
    own = [r for r in chosen if _plain(r.code) in _OWN.get(r.kind, ())]
    if not best[0] and len(kinds) > 1 and not own:
        refuse(
            path,
            f"its codes may be those of several kinds ({', '.join(kinds)}) and no name tells: say which with --kind",
            f"ses codes peuvent être ceux de plusieurs natures ({', '.join(kinds)}), sans nom qui le dise : précisez "
            "--kind",
        )
    # A unit comes with the codes of what contains it, never of what it contains.
    return min(own or chosen, key=lambda r: list(GRIDS).index(r.kind))


def _in_degrees(path: Path, feature: Mapping[str, Any]) -> bool:
    """Whether a feature shows that the file is in degrees; one that shows the contrary is refused before its codes."""
    try:
        stream.polygons(feature.get("geometry"))
    except stream.NotDegrees as error:
        refuse(path, *error.args)
    except ValueError:
        return False
    return True


def _nearest(known: Counter[Reading], apart: Mapping[Reading, set[str]], language: Language) -> str:
    """What the likeliest property falls short of."""
    if not known:
        return ""
    reading, count = known.most_common(1)[0]
    codes = len(apart[reading])
    if language == "fr":
        return f" (la plus proche, « {reading.code} », l'est pour {count}, avec {codes} codes différents)"
    return f" (the nearest, {reading.code!r}, is for {count}, with {codes} different codes)"


def properties(feature: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of a feature, its identifier among them."""
    given = feature.get("properties")
    found = dict(given) if isinstance(given, dict) else {}
    if "id" in feature:
        found.setdefault("id", feature["id"])
    return {name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in found.items()}


def _readings(given: Mapping[str, Any], kind: str) -> Iterator[Reading]:
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, str | int) or len(str(value)[:20]) > 12:
            continue
        plain = _plain(name)
        for own, expected in _OWN.items():
            if plain in expected and kind in ("", own):
                yield Reading(own, name)
        if plain in _ANY:
            yield from (Reading(any_, name) for any_ in GRIDS if kind in ("", any_))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def code_of(value: object, kind: str) -> str:
    """The code that a property holds, as the gazetteer writes it."""
    # Programs that take a code for a number drop its leading zero.
    return str(value).strip().upper().zfill(_WIDTH.get(kind, 5))


def refuse(path: Path, en: str, fr: str) -> NoReturn:
    """Refuses a file of contours for a reason."""
    raise ReconcileError(
        f"The contours of {path} cannot be imported ({en}): correct the file; nothing was written.",
        f"Les contours de {path} ne peuvent pas être importés ({fr}) : corrigez le fichier ; rien n'a été écrit.",
        path=str(path),
    ) from None
