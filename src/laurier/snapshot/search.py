"""Asks the search index of a release: words and facets in, one page of rows with counts out."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

from pyroaring import FrozenBitMap

from laurier.flat import Row
from laurier.iri import Minter
from laurier.snapshot.facets import FACETS, NESTED, key_of
from laurier.snapshot.rows import unpack
from laurier.snapshot.search_index import ORDERS
from laurier.snapshot.search_values import SHOWN, Reader, Texts, Value, Values, blob
from laurier.snapshot.words import expression

#: The default order when no word is asked for.
DEFAULT_ORDER = "titre"
#: Up to so many hits are ranked by relevance; beyond, ranking would cost more than it tells.
_RANKED = 20_000
# Of a facet that is not nested, at most so many values are offered, the commonest first.
_OFFERED = 25
# When at most so many rows are found, the values of the first ones are looked at.
_FEW, _LOOKED_AT = 2_000, 60
# Up to so many rows are sorted by their ranks; beyond, the whole order is walked.
_SPARSE = 50_000


@dataclass(frozen=True, slots=True)
class Request:
    """What a list is asked.

    Attributes:
        text: words, every one of which must be found.
        chosen: the values chosen in each facet; one of them is enough, and every facet counts.
        order: a name of `ORDERS`, or empty for relevance, then title.
        offset, limit: the page of rows.
    """

    text: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: str = ""
    offset: int = 0
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of rows with its counts.

    Attributes:
        total: number of rows found.
        rows: the page.
        facets: for each facet, the values to offer with their counts: what each alone would give beside what is
            chosen in the other facets.
        chosen: the chosen values, named; a key that no row has is given back as its own label.
        relaxed: for an empty answer, what dropping each chosen value (or the words, facet `q`) would give.
    """

    total: int
    rows: tuple[Row, ...]
    facets: Mapping[str, tuple[Value, ...]]
    chosen: tuple[Value, ...]
    relaxed: tuple[Value, ...] = ()


class Search:
    """The search index of one release.

    Attributes:
        values: the values of its facets.
        texts: the reading texts of its sources.
        size: the number of its rows.
    """

    def __init__(self, path: Path) -> None:
        self._reader = Reader(path)
        self.values = Values(self._reader)
        self.texts = Texts(self._reader)
        self.size = int(self._reader.meta("rows"))
        self._key_of = key_of(Minter(self._reader.meta("base")))
        self._everything = FrozenBitMap(range(self.size))
        self._matching = lru_cache(maxsize=128)(self._read_matching)
        self._order = lru_cache(maxsize=8)(self._read_order)
        self._ranks = lru_cache(maxsize=8)(self._read_ranks)
        self._ranked = lru_cache(maxsize=32)(self._read_ranked)
        self._row = lru_cache(maxsize=1_000)(self._read_row)

    def close(self) -> None:
        """Frees the file; no thread may use it any more."""
        self._reader.close()

    def ask(self, request: Request, facets: Iterable[str] | None = None) -> Answer:
        """Answers a request, with the counts of the facets named, or of all."""
        parts = self._parts(request)
        found = self._meet(parts.values())
        rows = tuple(self._page(found, request)) if request.limit else ()
        offered = {
            f.name: self._offer(f.name, request, parts, found) for f in FACETS if facets is None or f.name in facets
        }
        chosen = tuple(self._named(facet, key) for facet, keys in request.chosen.items() for key in keys)
        relaxed = () if found or not parts else tuple(self._relax(request, parts))
        return Answer(len(found), rows, offered, chosen, relaxed)

    def count(self, request: Request) -> int:
        """The number of rows found."""
        return len(self._meet(self._parts(request).values()))

    def each(self, request: Request) -> Iterator[Row]:
        """Every row found, in order, one at a time (offset and limit are not used)."""
        found = self._meet(self._parts(request).values())
        for number in self._in_order(found, request):
            yield self._read_row(number)

    def row(self, laureate: str) -> Row | None:
        """The row of a laureate by its IRI."""
        found = self._reader.one("SELECT data FROM row WHERE iri = ?", laureate)
        return unpack(blob(found[0])) if found else None

    def first(self, facet: str, key: str) -> Row:
        """The first laureate that has a value of a facet.

        Raises:
            KeyError: none has it.
        """
        rows = self.values.rows_of(facet, key)
        if not rows:
            raise KeyError(key)
        return self._row(rows.min())

    def _read_row(self, number: int) -> Row:
        found = self._reader.one("SELECT data FROM row WHERE id = ?", number)
        assert found is not None, number
        return unpack(blob(found[0]))

    def _parts(self, request: Request) -> dict[str, FrozenBitMap]:
        """The rows that each condition alone leaves."""
        parts: dict[str, FrozenBitMap] = {}
        if request.text.strip():
            parts["q"] = self._matching(expression(request.text))
        for facet, keys in request.chosen.items():
            if keys:
                parts[facet] = _join([self.values.rows_of(facet, key) for key in keys])
        return parts

    def _page(self, found: FrozenBitMap, request: Request) -> Iterator[Row]:
        for number in islice(self._in_order(found, request), request.offset, request.offset + request.limit):
            yield self._row(number)

    def _in_order(self, found: FrozenBitMap, request: Request) -> Iterator[int]:
        order = request.order
        if not order and request.text.strip():
            # Without words in the text there is no expression to rank by.
            words = expression(request.text)
            if words and len(self._matching(words)) <= _RANKED:
                yield from (number for number in self._ranked(words) if number in found)
                return
        name = order if order in ORDERS else DEFAULT_ORDER
        if len(found) * 20 < self.size and len(found) < _SPARSE:
            yield from sorted(found, key=self._ranks(name).__getitem__)
        else:
            yield from (number for number in self._order(name) if number in found)

    def _read_ranked(self, words: str) -> array[int]:
        rows = self._reader.all(
            "SELECT rowid FROM word WHERE word MATCH ? ORDER BY bm25(word, 8, 5, 4, 4, 1), rowid", words
        )
        return array("I", (int(str(row[0])) for row in rows))

    def _read_matching(self, words: str) -> FrozenBitMap:
        if not words:
            return FrozenBitMap()
        rows = self._reader.all("SELECT rowid FROM word WHERE word MATCH ?", words)
        return FrozenBitMap(int(str(row[0])) for row in rows)

    def _read_order(self, name: str) -> array[int]:
        return self._numbers("SELECT ids FROM sorted WHERE name = ?", name)

    def _read_ranks(self, name: str) -> array[int]:
        return self._numbers("SELECT ranks FROM sorted WHERE name = ?", name)

    def _numbers(self, sql: str, name: str) -> array[int]:
        found = self._reader.one(sql, name)
        numbers = array("I")
        numbers.frombytes(blob(found[0]) if found else b"")
        return numbers

    def _meet(self, parts: Iterable[FrozenBitMap]) -> FrozenBitMap:
        found = sorted(parts, key=len)
        return FrozenBitMap.intersection(*found) if found else self._everything

    def _named(self, facet: str, key: str) -> Value:
        return self.values.value(facet, key) or Value(facet, key, "", key, key, "", 0)

    def _offer(
        self, facet: str, request: Request, parts: Mapping[str, FrozenBitMap], found: FrozenBitMap
    ) -> tuple[Value, ...]:
        base = found if facet not in parts else self._meet([p for n, p in parts.items() if n != facet])
        picked = request.chosen.get(facet, ())
        counted = []
        for key in self._candidates(facet, picked, base):
            count = self.values.rows_of(facet, key).intersection_cardinality(base)
            if count or key in picked:
                counted.append((-count, self._named(facet, key)))
        counted.sort(key=lambda entry: (entry[0], entry[1].label_fr))
        most = SHOWN if facet in NESTED else _OFFERED
        shown = (entry for position, entry in enumerate(counted) if position < most or entry[1].key in picked)
        return tuple(replace(value, count=-count) for count, value in shown)

    def _candidates(self, facet: str, chosen: tuple[str, ...], base: FrozenBitMap) -> Iterable[str]:
        if facet == "territoire":
            return self._unfolded(dict.fromkeys(chosen), base)
        keys = dict.fromkeys((*chosen, *self.values.commonest(facet, SHOWN)))
        if self.values.sizes().get(facet, 0) > SHOWN and len(base) <= _FEW:
            # The commonest values of all may have none of few rows: those of the rows themselves are added.
            values = next(f.values for f in FACETS if f.name == facet)
            for number in islice(base, _LOOKED_AT):
                keys.update(dict.fromkeys(key for key, _ in values(self._row(number), self._key_of)))
        return keys

    def _unfolded(self, chosen: Mapping[str, None], base: FrozenBitMap) -> dict[str, None]:
        """Territories from the top; what is under one is shown when it is chosen, holds a chosen one, or is alone."""
        shown: dict[str, None] = dict(chosen)
        open_ones = set(chosen).union(*(self.values.above("territoire", key) for key in chosen))
        opened: set[str] = set()
        waiting = [""]
        while waiting and len(shown) < SHOWN:
            parent = waiting.pop()
            opened.add(parent)
            under = [k for k in self.values.child_keys("territoire", parent)
                     if k in open_ones or not self.values.rows_of("territoire", k).isdisjoint(base)]  # fmt: skip
            shown.update(dict.fromkeys(under))
            waiting += [k for k in under if (k in open_ones or len(under) == 1) and k not in opened]
        return shown

    def _relax(self, request: Request, parts: Mapping[str, FrozenBitMap]) -> Iterator[Value]:
        """What dropping each condition of an empty answer would give, the most fruitful first."""
        found = []
        for name in parts:
            rest = [part for other, part in parts.items() if other != name]
            if name == "q":
                found.append(Value("q", request.text, "", request.text, request.text, "", len(self._meet(rest))))
                continue
            for key in request.chosen[name]:
                others = [self.values.rows_of(name, kept) for kept in request.chosen[name] if kept != key]
                left = self._meet([*rest, *([_join(others)] if others else [])])
                found.append(replace(self._named(name, key), count=len(left)))
        yield from sorted((value for value in found if value.count), key=lambda v: -v.count)


def _join(parts: list[FrozenBitMap]) -> FrozenBitMap:
    return FrozenBitMap.union(*parts)
