"""From the format that an engine writes well to the one that a client asked for, as the bytes pass by."""

from __future__ import annotations

import io
from collections.abc import Callable

import pyoxigraph as ox

from laurier.errors import QueryError
from laurier.formats import GRAPHS, Format
from laurier.store import refusals

_NOT_IN_XML = bytes(code for code in range(0x20) if code not in (0x09, 0x0A, 0x0D))
_BLOCK = 64 * 1024


class _Source(io.RawIOBase):
    """A file over a function that gives the next block, empty at the end."""

    def __init__(self, take: Callable[[], bytes]) -> None:
        super().__init__()
        self._take = take
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        if not self._left:
            self._left = self._take()
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


class _Sink(io.RawIOBase):
    """A file over a function that takes blocks."""

    def __init__(self, give: Callable[[bytes], None], xml: bool) -> None:
        super().__init__()
        self._give = give
        self._xml = xml
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        # XML 1.0 has no form for most controls (section 2.2), and a bare carriage return is read as a line feed (2.11).
        if self._xml and data.translate(None, _NOT_IN_XML) != data:
            raise refusals.not_in_xml()
        self._held += data.replace(b"\r", b"&#xD;") if self._xml else data
        if len(self._held) >= _BLOCK:
            self.flush()
        return len(data)

    def flush(self) -> None:
        if self._held:
            self._give(bytes(self._held))
            self._held.clear()


def convert(take: Callable[[], bytes], written: Format, wanted: Format, give: Callable[[bytes], None]) -> None:
    """Reads an answer in one format and writes it in another, in constant memory.

    Args:
        take: gives the next block of the answer, empty at its end.
        written: its format.
        wanted: the format to write.
        give: takes the blocks written.

    Raises:
        QueryError: the answer is not of its format, or XML cannot hold it.
    """
    source = io.BufferedReader(_Source(take), _BLOCK)
    sink = _Sink(give, xml=wanted.media_type.endswith("+xml"))
    try:
        if written in GRAPHS:
            triples = (quad.triple for quad in ox.parse(source, ox.RdfFormat.from_media_type(written.media_type)))
            ox.serialize(triples, sink, ox.RdfFormat.from_media_type(wanted.media_type))  # type: ignore[arg-type]
        else:
            results = ox.parse_query_results(source, ox.QueryResultsFormat.from_media_type(written.media_type))
            target = ox.QueryResultsFormat.from_media_type(wanted.media_type)
            results.serialize(sink, target)  # type: ignore[arg-type]
        sink.flush()
    except (SyntaxError, ValueError) as problem:
        raise QueryError(
            f"The engine's answer is not {written.label} ({problem}): try again, or see the engine's log.",
            f"La réponse du moteur n'est pas du {written.label} ({problem}) : réessayez, ou voyez le journal du "
            "moteur.",
        ) from problem
