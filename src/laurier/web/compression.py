"""Content codings: the choice by Accept-Encoding, and the compression of whole bodies and of streams."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Protocol

import brotli
import zstandard

from laurier import negotiation

#: Codings in order of preference at equal weight: the fastest first.
CODINGS = ("zstd", "br", "gzip")
#: Below this a coding costs more than it saves, in bytes.
SMALLEST = 1024
_THREAD_BYTES = 128 * 1024
_GZIP_LEVEL, _BROTLI_QUALITY, _ZSTD_LEVEL = 6, 5, 6


class _Coder(Protocol):
    def add(self, data: bytes) -> bytes: ...

    def end(self) -> bytes: ...


class _Gzip:
    def __init__(self) -> None:
        self._stream = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, 31)

    def add(self, data: bytes) -> bytes:
        return self._stream.compress(data)

    def end(self) -> bytes:
        return self._stream.flush()


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Compressor(quality=_BROTLI_QUALITY)

    def add(self, data: bytes) -> bytes:
        return bytes(self._stream.process(data))

    def end(self) -> bytes:
        return bytes(self._stream.finish())


class _Zstd:
    def __init__(self) -> None:
        # RFC 9659: a window of at most 8 MiB in HTTP.
        parameters = zstandard.ZstdCompressionParameters.from_level(_ZSTD_LEVEL, window_log=21)
        self._stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()

    def add(self, data: bytes) -> bytes:
        return self._stream.compress(data)

    def end(self) -> bytes:
        return self._stream.flush()


_CODERS: dict[str, Callable[[], _Coder]] = {"gzip": _Gzip, "br": _Brotli, "zstd": _Zstd}


def choose(accepted: str | None) -> str | None:
    """The coding to use by Accept-Encoding (RFC 9110 section 12.5.3).

    Returns:
        One of `CODINGS`, `identity`, or None when nothing is acceptable.
    """
    if accepted is None:
        return "identity"
    weights = {entry.value: entry.weight for entry in negotiation.weighted(accepted)}
    rest = weights.get("*", 0.0)
    best = ("identity", weights.get("identity", 0.0 if weights.get("*") == 0.0 else 0.0001))
    for coding in CODINGS:
        weight = weights.get(coding, weights.get("x-gzip", rest) if coding == "gzip" else rest)
        if weight > best[1]:
            best = (coding, weight)
    return best[0] if best[1] > 0 else None


def compress(coding: str, body: bytes) -> bytes:
    """A whole body in a coding; the same bytes at every call."""
    coder = _CODERS[coding]()
    return coder.add(body) + coder.end()


async def compress_aside(coding: str, body: bytes) -> bytes:
    """The same without holding up other requests when the body is long."""
    if len(body) < _THREAD_BYTES:
        return compress(coding, body)
    return await asyncio.to_thread(compress, coding, body)


async def compressed(coding: str, parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A stream in a coding; a stream that breaks stays without its end, so that the cut can be seen."""
    coder = _CODERS[coding]()
    async for part in parts:
        packed = await asyncio.to_thread(coder.add, part)
        if packed:
            yield packed
    last = coder.end()
    if last:
        yield last
