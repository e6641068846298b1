"""Rows of the flat view as compact bytes: what the search index keeps of each laureate."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import zstandard

from laurier.flat import Labelled, Place, Row

_COMPRESSOR = zstandard.ZstdCompressor(level=3)
_DECOMPRESSOR = zstandard.ZstdDecompressor()


def pack(row: Row) -> bytes:
    """A row as bytes; `unpack` gives it back equal."""
    values = [_plain(getattr(row, name)) for name in Row.__slots__]
    return _COMPRESSOR.compress(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode())


def unpack(packed: bytes) -> Row:
    """The row that `pack` was given."""
    values = dict(zip(Row.__slots__, json.loads(_DECOMPRESSOR.decompress(packed)), strict=True))
    for name in ("call", "programme"):
        values[name] = Labelled(*values[name])
    for name in ("carriers", "publics"):
        values[name] = tuple(Labelled(*entry) for entry in values[name])
    values["places"] = tuple(Place(*entry) for entry in values["places"])
    for name in ("within", "publics_within"):
        values[name] = tuple(values[name])
    for name in ("start", "end"):
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    values["amount"] = Decimal(values["amount"]) if values["amount"] is not None else None
    return Row(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, Labelled | Place):
        return [getattr(value, name) for name in type(value).__slots__]
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
