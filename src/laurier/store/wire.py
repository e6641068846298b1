"""The frames between the server and a worker process: a header of six bytes, then the payload.

The length comes first, so that a reader never guesses; a stream that ends without a `LAST` or `FAILED` frame was cut.
"""

from __future__ import annotations

import json
import struct
from typing import Any

from laurier import errors
from laurier.errors import QueryError

HEADER = struct.Struct(">IBB")  # payload length, frame, note

# Frames.
START, QUERY, READY, PART, LAST, FAILED = range(6)
# Notes: the kind of result, plus RETIRING when the worker ends after this frame, plus CHANGING when a query whose
# tokens it was the first to read calls a function whose value changes.
KINDS = ("solutions", "boolean", "graph")
RETIRING, CHANGING = 0x80, 0x40

#: Bytes of an answer that a worker gathers before it sends the first of them. Until then the status can change.
PART_BYTES = 64 * 1024


def pack(frame: int, payload: bytes = b"", note: int = 0) -> bytes:
    """A frame, ready to send."""
    return HEADER.pack(len(payload), frame, note) + payload


def pack_json(frame: int, value: dict[str, Any]) -> bytes:
    """A frame whose payload is a JSON object."""
    return pack(frame, json.dumps(value).encode())


def pack_error(error: QueryError, note: int = 0) -> bytes:
    """A `FAILED` frame."""
    told = {"class": type(error).__name__, "en": error.en, "fr": error.fr, "line": error.line, "column": error.column}
    return pack(FAILED, json.dumps(told).encode(), note)


def unpack_error(payload: bytes) -> QueryError:
    """The error of a `FAILED` frame."""
    told = json.loads(payload)
    kind = getattr(errors, told["class"])
    assert issubclass(kind, QueryError)
    error: QueryError = kind(told["en"], told["fr"], line=told["line"], column=told["column"])
    return error
