"""The names of the gazetteer under the keys by which they are looked up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from laurier.reconcile import names
from laurier.reconcile.designation import FORM_WORDS, designation
from laurier.reconcile.tables import GROUPS, Entry

_ARRONDISSEMENT = re.compile(r"(.+) (\d+)(?:er|e) Arrondissement\Z")
#: Words that come and go in the names of EPCI without telling one from another ("CC du Pays de X", "CC de X").
GENERIC = frozenset(("pays", "canton", "region", "territoire", "territoires"))


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Key -> positions of rows.

    Attributes:
        keys: position -> key by which approximate matching compares.
        exact: all the words.
        loose: without small words.
        bag: EPCI only: the words that tell it apart, in any order and number.
        short: EPCI only: the bag without generic words.
        acronym: EPCI only: printed acronyms, to be read only when they stand alone.
        aliases: (exact key, position) of names that are kept by hand.
    """

    keys: list[str] = field(default_factory=list)
    exact: dict[str, list[int]] = field(default_factory=dict)
    loose: dict[str, list[int]] = field(default_factory=dict)
    bag: dict[str, list[int]] = field(default_factory=dict)
    short: dict[str, list[int]] = field(default_factory=dict)
    acronym: dict[str, list[int]] = field(default_factory=dict)
    aliases: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> NameIndex:
        """The index of rows, in their order."""
        made = cls()
        for position, entry in enumerate(entries):
            made.add(entry.kind, entry.name, position)
        return made

    def alias(self, name: str, position: int) -> None:
        """Adds a name kept by hand: as it stands, and for an EPCI under other words of form."""
        parts = names.words(name)
        self._key(parts, position)
        self.aliases.add((names.exact(parts), position))
        if FORM_WORDS.isdisjoint(parts):
            return
        _put(self.bag, bag(parts), position)

    def add(self, kind: str, name: str, position: int) -> None:
        """Adds the name of a row."""
        parts = names.words(name)
        if kind in GROUPS:
            key = self._group(parts, name, position)
        else:
            key = self._key(parts, position)
            if name.endswith(")"):
                self._key(names.words(name.partition("(")[0]), position)
            elif kind == "arrondissement-municipal" and (found := _ARRONDISSEMENT.match(name)):
                city, number = names.words(found[1]), names.words(found[2])
                self._key([*city, *number], position)
                self._key([*number, "arrondissement", "de", *city], position)
        self.keys.append(key)

    def _key(self, parts: Sequence[str], position: int) -> str:
        loose = names.loose(parts)
        _put(self.exact, names.exact(parts), position)
        _put(self.loose, loose, position)
        return loose

    def _group(self, parts: list[str], name: str, position: int) -> str:
        rest = list(designation(parts).parts) if parts[0] in ("cc", "ca", "cu") else parts
        main, opened, inside = name.partition("(")
        if opened:
            self._key(rest, position)
            acronym = names.words(inside)
            _put(self.acronym, names.exact(acronym), position)
            rest = rest[: len(rest) - len(acronym)] if main else rest
        key = self._key(rest, position)
        telling = [part for part in rest if part not in FORM_WORDS and part not in names.SMALL]
        if len(telling) > 1:
            _put(self.loose, "".join(telling), position)
        told = bag(rest)
        if told:
            _put(self.bag, told, position)
        told = bag(rest, GENERIC)
        if told:
            _put(self.short, told, position)
        return key


def bag(parts: Iterable[str], without: frozenset[str] = frozenset()) -> str:
    """The distinct telling words of an EPCI name, singular, sorted: words of form and small words left out."""
    told = {
        part[:-1] if len(part) > 3 and part[-1] in "sx" else part
        for part in parts
        if part not in FORM_WORDS and part not in names.SMALL and part not in without
    }
    return " ".join(sorted(told))


def core(parts: Iterable[str]) -> str:
    """The telling words of an EPCI name in their order, as approximate matching compares them."""
    return names.loose([part for part in parts if part not in FORM_WORDS])


def _put(index: dict[str, list[int]], key: str, position: int) -> None:
    found = index.get(key)
    if found is None:
        index[key] = [position]
    elif found[-1] != position:
        found.append(position)
