"""A response before it is sent, and its delivery: conditions, ranges, codings, common fields, HEAD, a cut in the open.

RFC 9110 sections 8.8 (validators), 13 (conditions), 14 (ranges), 15; the strong ETag of a representation is the
release, the variant and the coding.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from pathlib import Path

from laurier.errors import QueryError
from laurier.web import compression
from laurier.web.cache import Cache
from laurier.web.conditions import OUTSIDE, parse_range, still_valid, unchanged
from laurier.web.problems import Problem
from laurier.web.request import Request, Send

_READ = 256 * 1024
#: Longest stream gathered for a client of HTTP/1.0, which has no way to see a cut.
_OLD_CLIENT_BYTES = 8 * 1024 * 1024

_CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_EXPOSED = "ETag, Link, Location, Content-Location, Content-Language, Last-Modified, Retry-After, X-Request-Id"
_COMMON: tuple[tuple[bytes, bytes], ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED.encode()),
    (b"content-security-policy", _CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)


@dataclass(slots=True)
class Reply:
    """A response.

    Attributes:
        body: the bytes, a stream of them, or a file.
        content_type: empty when there is no body.
        status: HTTP status.
        headers: further fields.
        tag: names the representation within the server, codings aside; empty for no ETag.
        weak: the tag is that of a weak validator.
        modified: Last-Modified, in seconds since 1970; 0 for none.
        vary: fields that the choice depends on, codings aside.
        cache: Cache-Control.
        compress: a coding may be applied.
        ready: it may be kept ready to be written when the same request comes again.
        end: called once the response is over, however it ended.
    """

    body: bytes | AsyncIterator[bytes] | Path = b""
    content_type: str = ""
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)
    tag: str = ""
    weak: bool = False
    modified: float = 0
    vary: tuple[str, ...] = ()
    cache: str = "public, max-age=300"
    compress: bool = True
    ready: bool = True
    end: Callable[[], None] | None = None


Keep = Callable[[list[tuple[bytes, bytes]], bytes], object]


class Cut(Exception):
    """A response that had begun cannot be completed; the connection must be cut so that the client sees it."""


class Delivery:
    """Sends replies.

    Args:
        packed: keeps compressed bodies by address and ETag.
    """

    def __init__(self, packed: Cache[bytes]) -> None:
        self._packed = packed

    async def send(self, request: Request, reply: Reply, send: Send, keep: Keep | None = None) -> tuple[int, int]:
        """Sends a reply to the client of a request.

        Args:
            request: whose client waits.
            reply: what it gets.
            send: the ASGI channel.
            keep: given what was sent when the same request may get the same again.

        Returns:
            The status sent, and the number of bytes of its body.

        Raises:
            Cut: the body broke in the middle.
        """
        try:
            if isinstance(reply.body, Path):
                return await self._file(request, reply, reply.body, send)
            coding = self._coding(request, reply)
            etag = _etag(reply, coding)
            if reply.status == 200 and unchanged(request, etag, reply.modified):
                return await _head_only(request, reply, 304, _fields(request, reply, etag, ""), send)
            if isinstance(reply.body, bytes):
                return await self._whole(request, reply, reply.body, coding, etag, send, keep)
            return await self._stream(request, reply, reply.body, coding, etag, send)
        finally:
            if reply.end is not None:
                reply.end()

    def frame(self, request: Request, reply: Reply) -> tuple[list[tuple[bytes, bytes]], str]:
        """The fields of the whole reply to a GET without conditions, but for its length, and its coding.

        Raises:
            Problem: no coding is acceptable.
        """
        coding = self._coding(request, reply)
        return _fields(request, reply, _etag(reply, coding), coding), coding

    def _coding(self, request: Request, reply: Reply) -> str:
        if not reply.compress or not reply.content_type:
            return ""
        coding = compression.choose(request.header(b"accept-encoding"))
        if coding is None:
            if reply.status != 200:
                return ""
            raise Problem(
                406,
                f"No content coding is acceptable: accept identity or one of {', '.join(compression.CODINGS)}.",
                f"Aucun codage n'est acceptable : acceptez identity ou l'un de {', '.join(compression.CODINGS)}.",
            )
        small = isinstance(reply.body, bytes) and len(reply.body) < compression.SMALLEST
        return "" if coding == "identity" or small else coding

    async def _whole(
        self,
        request: Request,
        reply: Reply,
        body: bytes,
        coding: str,
        etag: str,
        send: Send,
        keep: Keep | None = None,
    ) -> tuple[int, int]:
        if coding:
            # An ETag tells the representations of one address apart, not those of two addresses.
            key = (request.path, request.query, etag)
            packed = self._packed.get(key) if etag and not reply.weak else None
            if packed is None:
                packed = await compression.compress_aside(coding, body)
                if etag and not reply.weak:
                    self._packed.put(key, packed, len(packed) + len(request.path) + len(request.query))
            body = packed
        fields = _fields(request, reply, etag, coding)
        if reply.status not in (204, 304):
            fields.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": reply.status, "headers": fields})
        await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})
        if keep is not None and reply.ready and etag and reply.status == 200 and request.method == "GET":
            keep(fields, body)
        return reply.status, len(body)

    async def _stream(
        self, request: Request, reply: Reply, parts: AsyncIterator[bytes], coding: str, etag: str, send: Send
    ) -> tuple[int, int]:
        fields = _fields(request, reply, etag, coding)
        if request.method == "HEAD":
            return await _head_only(request, reply, reply.status, fields, send)
        if request.http_version == "1.0":
            return await self._gathered(request, reply, parts, coding, etag, send)
        if coding:
            parts = compression.compressed(coding, parts)
        size = 0
        await send({"type": "http.response.start", "status": reply.status, "headers": fields})
        try:
            async for part in parts:
                size += len(part)
                await send({"type": "http.response.body", "body": part, "more_body": True})
        except (QueryError, OSError) as error:
            raise Cut(str(error)) from error
        await send({"type": "http.response.body", "body": b""})
        return reply.status, size

    async def _gathered(
        self, request: Request, reply: Reply, parts: AsyncIterator[bytes], coding: str, etag: str, send: Send
    ) -> tuple[int, int]:
        whole, size = [], 0
        async for part in parts:
            size += len(part)
            if size > _OLD_CLIENT_BYTES:
                raise Problem(
                    505,
                    "The response is too long for HTTP/1.0: use HTTP/1.1.",
                    "La réponse est trop longue pour HTTP/1.0 : utilisez HTTP/1.1.",
                )
            whole.append(part)
        return await self._whole(request, reply, b"".join(whole), coding, etag, send)

    async def _file(self, request: Request, reply: Reply, path: Path, send: Send) -> tuple[int, int]:
        size = path.stat().st_size
        etag = _etag(reply, "")
        fields = _fields(request, reply, etag, "")
        fields.append((b"accept-ranges", b"bytes"))
        if unchanged(request, etag, reply.modified):
            return await _head_only(request, reply, 304, fields, send)
        start, stop, status = 0, size, 200
        wanted = request.header(b"range") if request.method == "GET" else None
        if wanted is not None and still_valid(request, etag, reply.modified):
            span = parse_range(wanted, size)
            if span is OUTSIDE:
                raise Problem(
                    416,
                    f"The range lies outside of the {size} bytes of the file: ask for less.",
                    f"L'intervalle sort des {size} octets du fichier : demandez moins.",
                    headers={"content-range": f"bytes */{size}"},
                )
            if span is not None:
                start, stop = span
                status = 206
                fields.append((b"content-range", f"bytes {start}-{stop - 1}/{size}".encode()))
        fields.append((b"content-length", str(stop - start).encode()))
        await send({"type": "http.response.start", "status": status, "headers": fields})
        if request.method != "HEAD":
            await _pour(path, start, stop, send)
        else:
            await send({"type": "http.response.body", "body": b""})
        return status, stop - start


def short_digest(text: str) -> str:
    """Names a variant in an ETag, the same in every process."""
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=10).hexdigest()


async def _pour(path: Path, start: int, stop: int, send: Send) -> None:
    with path.open("rb") as file:
        file.seek(start)
        left = stop - start
        while left > 0:
            part = await asyncio.to_thread(file.read, min(_READ, left)) if left > _READ else file.read(left)
            if not part:
                raise Cut(f"{path.name} has become shorter")
            left -= len(part)
            await send({"type": "http.response.body", "body": part, "more_body": left > 0})
        if stop == start:
            await send({"type": "http.response.body", "body": b""})


async def _head_only(
    request: Request, reply: Reply, status: int, fields: list[tuple[bytes, bytes]], send: Send
) -> tuple[int, int]:
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": b""})
    return status, 0


def _etag(reply: Reply, coding: str) -> str:
    if not reply.tag:
        return ""
    quoted = f'"{reply.tag}-{coding}"' if coding else f'"{reply.tag}"'
    return f"W/{quoted}" if reply.weak else quoted


def _fields(request: Request, reply: Reply, etag: str, coding: str) -> list[tuple[bytes, bytes]]:
    fields = [*_COMMON, (b"x-request-id", request.id.encode("latin-1"))]
    if reply.content_type:
        fields.append((b"content-type", reply.content_type.encode()))
    if etag:
        fields.append((b"etag", etag.encode("latin-1")))
    if reply.modified:
        fields.append((b"last-modified", _http_date(int(reply.modified))))
    vary = reply.vary + (("Accept-Encoding",) if reply.compress and reply.content_type else ())
    if vary:
        fields.append((b"vary", ", ".join(vary).encode()))
    if coding:
        fields.append((b"content-encoding", coding.encode()))
    if reply.cache:
        fields.append((b"cache-control", reply.cache.encode()))
    fields.extend((name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers)
    return fields


@lru_cache(maxsize=256)
def _http_date(seconds: int) -> bytes:
    return formatdate(seconds, usegmt=True).encode()
