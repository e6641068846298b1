"""Which names of communes are one slip away from the name of another: computed once, when the gazetteer is rebuilt.

A name read without its département may be another one misspelt, cut short or left without its suffix. The column
`near` of `communes.tsv` says how far the nearest such name is: `r` in the same région, `n` elsewhere in France, and the
capital where a much larger commune bears the longer name (Sotteville in the Manche, Sotteville-lès-Rouen).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from rapidfuzz.distance import OSA

from laurier.reconcile import names

Row = tuple[str, ...]

#: Names out of use before the first vintage are neither protected nor confused with.
_SINCE = "2019-01-01"
_LINKS = frozenset(("sur", "sous", "en", "les", "le", "la", "l", "aux", "au", "de", "d", "du", "des", "saint", "et"))
#: Letters that a name may lose at its end in a cut field.
_CUT = 4
#: A longer name is the likelier one when its commune is this many times larger and has this many inhabitants.
_TIMES, _INHABITANTS = 5, 5000


def with_nearness(rows: Sequence[Row], regions: Mapping[str, str]) -> list[Row]:
    """The rows of `communes.tsv` with the column `near` added.

    Args:
        rows: kind, code, name, start, end, departement, parent, population, postal.
        regions: région of each département.
    """
    used = [index for index, row in enumerate(rows) if not row[4] or row[4] > _SINCE]
    spelt: dict[int, list[str]] = {index: names.words(rows[index][2]) for index in used}
    by_key: dict[str, list[int]] = defaultdict(list)
    for index in used:
        for key in {names.exact(spelt[index]), names.loose(spelt[index])}:
            by_key[key].append(index)
    levels: dict[int, set[str]] = defaultdict(set)
    for one, other in _pairs(by_key):
        for index in by_key[one]:
            for rival in by_key[other]:
                _note(levels, rows, regions, index, rival, strong=False)
    for index, rival in _longer(used, spelt):
        populous = _population(rows[rival]) >= max(_INHABITANTS, _TIMES * _population(rows[index]))
        if populous:
            _note(levels, rows, regions, index, rival, strong=True)
    return [(*row, _worst(levels.get(index, set()))) for index, row in enumerate(rows)]


def _pairs(keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Ordered pairs (name, other) of keys one edit apart, or where the other goes on for a few letters more."""
    variants: dict[str, set[str]] = defaultdict(set)
    ordered = sorted(keys)
    for key in ordered:
        for cut in {key, *(key[:i] + key[i + 1 :] for i in range(len(key)))}:
            variants[cut].add(key)
    found = set()
    for group in variants.values():
        for one, other in combinations(sorted(group), 2):
            if OSA.distance(one, other, score_cutoff=1) <= 1:
                found |= {(one, other), (other, one)}
    for position, key in enumerate(ordered):
        for other in ordered[position + 1 :]:
            if not other.startswith(key):
                break
            if len(other) - len(key) <= _CUT:
                found.add((key, other))
    yield from sorted(found)


def _longer(used: Sequence[int], spelt: Mapping[int, list[str]]) -> Iterator[tuple[int, int]]:
    """Pairs (name, same name with a suffix): `Elbeuf`, `Elbeuf-en-Bray`."""
    by_words: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index in used:
        by_words[tuple(spelt[index])].append(index)
    for index in used:
        parts = tuple(spelt[index])
        for cut in range(1, len(parts)):
            if parts[cut] in _LINKS:
                for shorter in by_words.get(parts[:cut], ()):
                    yield shorter, index


def _population(row: Row) -> int:
    return int(row[7] or 0)


def _place(row: Row) -> str:
    return row[6] or row[1]


def _note(
    levels: dict[int, set[str]],
    rows: Sequence[Row],
    regions: Mapping[str, str],
    index: int,
    rival: int,
    *,
    strong: bool,
) -> None:
    if _place(rows[index]) == _place(rows[rival]) or rows[index][1] == rows[rival][1]:
        return
    same = regions.get(rows[index][5]) == regions.get(rows[rival][5])
    level = "r" if same else "n"
    levels[index].add(level.upper() if strong else level)


def _worst(levels: set[str]) -> str:
    return "".join(level for level in "RrNn" if level in levels)
