"""Carriers that may be one organisation: proposed with evidence, merged by a person or by equal identifiers only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz import fuzz

from laurier.reconcile.identity import Entry

#: Above this similarity of names (0 to 100, words in any order) two carriers are proposed as one.
ALIKE = 92.0
#: Carriers compared with each other at most in one group of names that begin alike.
_GROUP = 400
_SMALL_WORDS = frozenset(["de", "du", "des", "la", "le", "les", "l", "d", "et", "a", "au", "aux", "en", "pour"])


@dataclass(frozen=True, slots=True)
class Pair:
    """Two carriers that may be one.

    Attributes:
        kept, other: their entries in the ledger, the older first.
        en, fr: why they may be one.
    """

    kept: Entry
    other: Entry
    en: str
    fr: str


def pairs(carriers: Iterable[Entry]) -> Iterator[Pair]:
    """The pairs of carriers that may be one organisation, in the order of the ledger.

    Names are compared only inside groups that share their first letters, so that the work grows with the number of
    carriers and not with its square.
    """
    groups: dict[str, list[Entry]] = defaultdict(list)
    initials: dict[str, list[Entry]] = defaultdict(list)
    for entry in carriers:
        words = _telling(entry)
        if words and not entry.fingerprint.isdigit():
            groups[min(words)[:4]].append(entry)
            initials["".join(word[0] for word in words) if len(words) > 2 else words[0]].append(entry)
    told: set[tuple[str, str]] = set()
    for group in groups.values():
        for one, two in combinations(group[:_GROUP], 2):
            names = _telling(one), _telling(two)
            score = fuzz.token_sort_ratio(" ".join(names[0]), " ".join(names[1]))
            if score >= ALIKE and _numbers(names[0]) == _numbers(names[1]):
                told.add((one.key, two.key))
                yield Pair(one, two, f"names {score:.0f} % alike", f"noms semblables à {score:.0f} %")
    for letters, group in initials.items():
        short = [e for e in group if e.fingerprint == letters]
        for one, two in ((s, e) for s in short for e in group if e is not s):
            if (one.key, two.key) not in told and len(letters) > 2:
                yield Pair(
                    one, two, f"“{letters.upper()}” are its initials", f"« {letters.upper()} » en sont les initiales"
                )


def _telling(entry: Entry) -> list[str]:
    return [word for word in entry.fingerprint.replace("|", "-").split("-") if word not in _SMALL_WORDS]


def _numbers(words: list[str]) -> list[str]:
    """The numbers of a name: “Lycée 1” is not “Lycée 2”."""
    return [word for word in words if word.isdigit()]
