"""Every list as data: laureates as CSV, JSON-LD, GeoJSON and Parquet; the values of facets as CSV and JSON-LD."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from laurier import formats
from laurier.formats import Format
from laurier.snapshot import table_files, tables
from laurier.snapshot.search import Search
from laurier.snapshot.search_values import Value
from laurier.vocabulary import PREFIXES
from laurier.web.pages.addresses import LISTS
from laurier.web.pages.lists import LAUREATE_FORMS, VALUE_FORMS, Params, request, value_request

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


def export(search: Search, kind: str, suffix: str, params: Params) -> Export | None:
    """A list as data, asked with the parameters of its page; None for an unknown list or form."""
    offers = LAUREATE_FORMS if kind == "laureats" else VALUE_FORMS if LISTS.get(kind) else ()
    form = formats.by_suffix(suffix, offers)
    if form is None:
        return None
    blocks = _laureates(search, form, params) if kind == "laureats" else _values(search, kind, form, params)
    return Export(form, blocks, f"{kind}.{form.suffix}")


def _laureates(search: Search, form: Format, params: Params) -> Iterator[bytes]:
    rows = search.each(request(params)[0])
    if form is formats.PARQUET:
        # Parquet ends with its index: it is written aside whole, then sent.
        with tempfile.TemporaryDirectory(prefix="laurier-") as folder:
            path = Path(folder) / "laureats.parquet"
            table_files.parquet(rows, path)
            with path.open("rb") as file:
                while block := file.read(_BLOCK):
                    yield block
        return
    writers = {
        formats.CSV.name: tables.csv_lines,
        formats.JSON_LD.name: tables.jsonld_lines,
        formats.GEOJSON.name: tables.geojson_lines,
    }
    yield from tables.chunks(writers[form.name](rows))


def _values(search: Search, kind: str, form: Format, params: Params) -> Iterator[bytes]:
    lines = _csv(search, kind, params) if form is formats.CSV else _jsonld(search, kind, params)
    yield from tables.chunks(lines)


def _each(search: Search, kind: str, params: Params) -> Iterator[Value]:
    asked = value_request(search, kind, params)
    offset = 0
    while True:
        _, found = search.values.page(LISTS[kind], asked.text, asked.order, offset, _PAGE, asked.kind)
        yield from found
        offset += _PAGE
        if len(found) < _PAGE:
            return


def _csv(search: Search, kind: str, params: Params) -> Iterator[str]:
    yield tables.csv_record(["cle", "uri", "libelle_fr", "libelle_en", "nature", "laureats", "dans"])
    for value in _each(search, kind, params):
        cells = [value.key, value.iri, value.label_fr, value.label_en, value.kind, str(value.count)]
        yield tables.csv_record([tables.guarded(cell) for cell in [*cells, tables.SEPARATOR.join(value.parents)]])


def _jsonld(search: Search, kind: str, params: Params) -> Iterator[str]:
    context = {
        "rdfs": PREFIXES["rdfs"],
        "dcterms": PREFIXES["dcterms"],
        "label": {"@id": "rdfs:label", "@container": "@language"},
        "identifier": "dcterms:identifier",
    }
    nodes = (
        json.dumps(
            {"@id": v.iri, "identifier": v.key, "label": {"fr": v.label_fr, "en": v.label_en}},
            ensure_ascii=False,
        )
        for v in _each(search, kind, params)
        if v.iri
    )
    yield from tables.enclosed(f'{{"@context":{json.dumps(context)},"@graph":[\n', nodes, "\n]}\n")
