"""The process that evaluates queries, one at a time, on a store opened read-only; it can be killed at any moment.

It is started with the number of an open socket, over which it receives the frames of `wire`.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import socket
import threading
import time
from typing import Any, BinaryIO, NoReturn

import pyoxigraph as ox

from laurier.errors import QueryError
from laurier.settings import Limits
from laurier.store import refusals, sandbox, syntax, wire
from laurier.store.preflight import check

# The engine recurses over the query: with the 8 MiB of a main thread, 24 KB of `1+1+1…` end it.
_STACK_BYTES = 256 * 2**20
# A worker that a query left fat is replaced.
_FAT_BYTES = 160 * 2**20
_SLOW_SECONDS = 0.05


def main(descriptor: int) -> NoReturn:
    """Runs until the server closes the socket."""
    channel = socket.socket(fileno=descriptor)
    incoming = channel.makefile("rb")
    frame, payload = _receive(incoming)
    assert frame == wire.START
    start = json.loads(payload)
    confined = sandbox.confine()
    store = ox.Store.read_only(start["folder"])
    threading.stack_size(_STACK_BYTES)
    thread = threading.Thread(target=_serve, args=(channel, incoming, store, start, confined))
    thread.start()
    thread.join()
    os._exit(0)


def _serve(channel: socket.socket, incoming: BinaryIO, store: ox.Store, start: dict[str, Any], confined: bool) -> None:
    sandbox.limit_memory(start["memory_mb"])
    with contextlib.suppress(OSError, EOFError):
        channel.sendall(wire.pack_json(wire.READY, {"confined": confined}))
        while True:
            _, payload = _receive(incoming)
            _answer(channel, store, json.loads(payload), start["result_mb"] * 2**20)


def _receive(incoming: BinaryIO) -> tuple[int, bytes]:
    length, frame, _ = wire.HEADER.unpack(_exactly(incoming, wire.HEADER.size))
    return frame, _exactly(incoming, length)


def _exactly(incoming: BinaryIO, size: int) -> bytes:
    found = incoming.read(size)
    if len(found) < size:
        raise EOFError
    return found


class _Sink(io.RawIOBase):
    """Gathers what the engine writes into frames.

    Nothing is sent before the first frame is full or the answer whole: until then an error can still set the status.
    """

    def __init__(self, channel: socket.socket, limit: int) -> None:
        super().__init__()
        self.channel = channel
        self.limit = limit
        self.note = 0
        self.pending = bytearray()
        self.written = 0
        self.refusal: QueryError | None = None
        self.hard_for_xml = False
        self.tail = b""

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        self.written += len(data)
        if self.written > self.limit:
            self.refusal = refusals.too_long(self.limit)
            raise OSError(self.refusal.en)
        if self.hard_for_xml:
            self.pending += self._for_xml(data)
        else:
            self.pending += data
        if len(self.pending) >= wire.PART_BYTES:
            self.channel.sendall(wire.pack(wire.PART, bytes(self.pending), self.note))
            self.pending = bytearray()
        return len(data)

    def _for_xml(self, data: bytes) -> bytes:
        # The engine writes every character as it is; XML 1.0 (section 2.2) has no form for most controls, and a
        # parser turns a bare carriage return into a line feed (section 2.11).
        seen = self.tail + data
        self.tail = data[-len(_NO_NAME) :]
        if _NOT_XML.search(seen):
            self.refusal = refusals.not_in_xml()
            raise OSError(self.refusal.en)
        return data.replace(b"\r", b"&#xD;")


# What the engine writes for a property that ends in no XML name.
_NO_NAME = b"<oxprefix: "
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]|" + _NO_NAME)


def _answer(channel: socket.socket, store: ox.Store, request: dict[str, Any], limit: int) -> None:
    sink = _Sink(channel, limit)
    started = time.monotonic()
    error: QueryError | None = None
    retiring = False
    try:
        _evaluate(store, request, sink)
    except (BrokenPipeError, ConnectionError):
        raise
    except SyntaxError as problem:
        error = syntax.explain(request["text"], str(problem), lambda text: _report(store, text, request["base"]))
    except QueryError as problem:
        error = problem
    except MemoryError:
        error, retiring = refusals.out_of_memory(), True
    except Exception as problem:  # the engine's errors have no common class
        error = sink.refusal or refusals.of_the_engine(problem)
    except BaseException as problem:  # a panic of the engine derives from BaseException
        error, retiring = refusals.of_the_engine(problem), True
    if time.monotonic() - started > _SLOW_SECONDS:
        retiring = retiring or sandbox.resident_bytes() > _FAT_BYTES
    note = wire.RETIRING if retiring else 0
    if error is not None:
        channel.sendall(wire.pack_error(error, note))
    else:
        channel.sendall(wire.pack(wire.LAST, bytes(sink.pending), sink.note | note))
    if retiring:
        os._exit(0)


def _evaluate(store: ox.Store, request: dict[str, Any], sink: _Sink) -> None:
    default_graphs: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [*map(_graph, request["default_graphs"])]
    named_graphs: list[ox.NamedNode | ox.BlankNode] = [*map(_graph, request["named_graphs"])]
    dataset_given = bool(default_graphs or named_graphs)
    changing = 0
    if request["unread"]:
        found = check(request["text"], Limits(query_depth=request["depth"], query_kb=len(request["text"])))
        if found.service:
            raise refusals.no_service()
        request["union"] = request["union"] and not found.dataset
        changing = 0 if found.repeatable else wire.CHANGING
    results = store.query(
        request["text"],
        base_iri=request["base"],
        use_default_graph_as_union=request["union"] and not dataset_given,
        default_graph=default_graphs if dataset_given else None,
        named_graphs=named_graphs if dataset_given else None,
    )
    if isinstance(results, ox.QueryTriples):
        sink.note = wire.KINDS.index("graph") | changing
        graph_format = ox.RdfFormat.from_media_type(request["graph"] or "")
        if graph_format is None:
            raise refusals.no_format("a graph", "un graphe")
        sink.hard_for_xml = graph_format == ox.RdfFormat.RDF_XML
        results.serialize(sink, graph_format)  # type: ignore[arg-type]
        return
    boolean = isinstance(results, ox.QueryBoolean)
    sink.note = wire.KINDS.index("boolean" if boolean else "solutions") | changing
    result_format = ox.QueryResultsFormat.from_media_type(request["results"] or "")
    if result_format is None:
        raise refusals.no_format(*(("a boolean", "un booléen") if boolean else ("a table", "un tableau")))
    sink.hard_for_xml = result_format == ox.QueryResultsFormat.XML
    results.serialize(sink, result_format)  # type: ignore[arg-type]


def _graph(name: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(name)
    except ValueError:
        raise refusals.no_graph_name(name) from None


def _report(store: ox.Store, text: str, base: str) -> str:
    try:
        store.query(text, base_iri=base)
    except SyntaxError as problem:
        return str(problem)
    return ""
