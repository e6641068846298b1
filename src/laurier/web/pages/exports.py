"""Every list as data: CSV, JSON-LD and Parquet, and GeoJSON for those whose items are somewhere."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from laurier import formats
from laurier.flat import Place
from laurier.formats import Format
from laurier.geometry.shapes import Outlines
from laurier.snapshot import table_files, tables
from laurier.snapshot.columns import Item
from laurier.snapshot.lists import LAUREATES, VALUES, Listed, covering
from laurier.snapshot.places import PlaceIndex
from laurier.snapshot.search import Search
from laurier.snapshot.search_values import Value
from laurier.snapshot.tables import Table
from laurier.web.pages.addresses import COMMUNE, LISTS
from laurier.web.pages.covers import Covers
from laurier.web.pages.lists import Params, forms, request, value_request

_BLOCK = 1 << 18
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Export:
    """A list as data.

    Attributes:
        format: its form.
        blocks: its bytes, made as they are read.
        name: of the file to save.
    """

    format: Format
    blocks: Iterator[bytes]
    name: str


class Exports:
    """Makes the lists of one release as data.

    Args:
        search: its index.
        places: its index of places, if it has one.
        outlines: its contours.
        covers: what the page of a place is asked.
    """

    def __init__(self, search: Search, places: PlaceIndex | None, outlines: Outlines, covers: Covers) -> None:
        self._search = search
        self._places = places
        self._outlines = outlines
        self._covers = covers

    def export(self, kind: str, suffix: str, params: Params) -> Export | None:
        """A list, asked with the parameters of its page; None for an unknown list or form, or no place."""
        form = formats.by_suffix(suffix, forms(kind))
        if form is None:
            return None
        if kind == COMMUNE:
            place, found = self._covers.listed(params)
            if place is None:
                return None
            return Export(form, self._written(covering("fr"), found, form), f"{kind}-{place.code}.{form.suffix}")
        if LISTS[kind]:
            blocks = self._written(VALUES, self._values(kind, params), form)
        else:
            blocks = self._written(LAUREATES, self._search.each(request(params)[0]), form)
        return Export(form, blocks, f"{kind}.{form.suffix}")

    def _written(self, table: Table[Item], items: Iterable[Item], form: Format) -> Iterator[bytes]:
        if form is formats.PARQUET:
            return _parquet(table, items)
        if form is formats.GEOJSON:
            return tables.chunks(tables.geojson_lines(table, items, self._outlines))
        return tables.chunks((tables.csv_lines if form is formats.CSV else tables.jsonld_lines)(table, items))

    def _values(self, kind: str, params: Params) -> Iterator[Listed]:
        asked = value_request(self._search, kind, params)
        offset = 0
        while True:
            _, found = self._search.values.page(LISTS[kind], asked.text, asked.order, offset, _PAGE, asked.kind)
            yield from map(self._listed, found)
            offset += _PAGE
            if len(found) < _PAGE:
                return

    def _listed(self, value: Value) -> Listed:
        first = self._search.first(value.facet, value.key)
        if value.facet != "territoire":
            return Listed(value, first)
        kind, _, code = value.key.partition("/")
        longitude, latitude = self._places.centre(kind, code) if self._places else (None, None)
        return Listed(value, first, Place(value.iri, kind, code, value.label_fr, "", longitude, latitude))


def _parquet(table: Table[Item], items: Iterable[Item]) -> Iterator[bytes]:
    # Parquet ends with its index: it is written aside whole, then sent.
    with tempfile.TemporaryDirectory(prefix="laurier-") as folder:
        path = Path(folder) / "list.parquet"
        table_files.parquet(table, items, path)
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                yield block
