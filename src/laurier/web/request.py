"""An HTTP request as the handlers read it: fields, parameters, body within its limit, and the client going away."""

from __future__ import annotations

import asyncio
import binascii
import re
from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

from laurier import negotiation
from laurier.errors import Language
from laurier.web.problems import Problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

Parameters = list[tuple[str, str]]

_MOST_PARAMETERS = 500
_LONGEST_FIELD = 300
_NO_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class Request:
    """One request.

    Attributes:
        method: in capitals.
        path: as sent, still percent-encoded, without the query.
        query: as sent, without `?`.
        id: names the request in logs and in the response.
    """

    __slots__ = ("_body", "_headers", "_receive", "http_version", "id", "method", "path", "query", "route", "scope")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        raw = scope.get("raw_path")
        self.path: str = raw.decode("latin-1").partition("?")[0] if raw else scope["path"]
        self.query: bytes = scope.get("query_string", b"")
        self.http_version: str = scope.get("http_version", "1.1")
        self.id = ""
        self.route = ""
        self._receive = receive
        self._body: bytes | None = None
        self._headers: dict[bytes, bytes] | None = None

    def header(self, name: bytes) -> str | None:
        """A header field, its lines joined (RFC 9110 section 5.3), or None; `name` in lower case."""
        headers = self._headers
        if headers is None:
            headers = {}
            for field, value in self.scope["headers"]:
                headers[field] = headers[field] + b", " + value if field in headers else value
            self._headers = headers
        found = headers.get(name)
        return found.decode("latin-1") if found is not None else None

    def accept(self, media_type: str, language: Language) -> None:
        """Replaces what the client accepts: an address may stand for one representation."""
        self.header(b"accept")
        assert self._headers is not None
        self._headers[b"accept"] = media_type.encode()
        self._headers[b"accept-language"] = language.encode()

    def parameters(self) -> Parameters:
        """Names and values of the query string.

        Raises:
            Problem: it is not percent-encoded UTF-8, or holds too many parameters.
        """
        return parse_parameters(self.query) if self.query else []

    def language(self, default: Language = "fr") -> Language:
        """The language of people's texts by Accept-Language."""
        accepted = self.header(b"accept-language")
        if accepted is None:
            return default
        return _language(accepted[:_LONGEST_FIELD], default)

    async def body(self, limit: int) -> bytes:
        """The body, read once.

        Args:
            limit: in bytes.

        Raises:
            Problem: it is longer than the limit (413), or the client left (400).
        """
        if self._body is None:
            announced = self.header(b"content-length")
            if announced is not None and announced.isdigit() and int(announced) > limit:
                raise _too_long(limit)
            parts, size = [], 0
            while True:
                message = await self._receive()
                if message["type"] == "http.disconnect":
                    raise Problem(400, "The request was cut.", "La requête a été coupée.")
                part = message.get("body", b"")
                size += len(part)
                if size > limit:
                    raise _too_long(limit)
                parts.append(part)
                if not message.get("more_body", False):
                    break
            self._body = b"".join(parts)
        return self._body

    async def until_gone(self) -> None:
        """Returns when the client has gone away; the body must have been read, or be unread for good."""
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                return
            if not message.get("body") and not message.get("more_body", False):
                await asyncio.sleep(0)


@lru_cache(maxsize=256)
def _language(accepted: str, default: Language) -> Language:
    best: tuple[float, Language] = (0.0, default)
    for entry in negotiation.weighted(accepted):
        tag = entry.value.partition("-")[0]
        for language in ("fr", "en"):
            if tag in (language, "*") and entry.weight > best[0]:
                best = (entry.weight, default if tag == "*" else language)
                break
    return best[1]


def parse_parameters(encoded: bytes) -> Parameters:
    """Reads `application/x-www-form-urlencoded` (WHATWG URL section 5.1), strictly UTF-8.

    Raises:
        Problem: a value is not UTF-8, or there are too many.
    """
    found: Parameters = []
    pieces = encoded.split(b"&", _MOST_PARAMETERS)
    if len(pieces) > _MOST_PARAMETERS:
        raise Problem(
            400,
            f"The request has more than {_MOST_PARAMETERS} parameters: send fewer.",
            f"La requête a plus de {_MOST_PARAMETERS} paramètres : envoyez-en moins.",
        )
    for piece in pieces:
        if not piece:
            continue
        name, _, value = piece.replace(b"+", b" ").partition(b"=")
        found.append((_text(name), _text(value)))
    return found


def _text(encoded: bytes) -> str:
    try:
        return _percent_decoded(encoded).decode("utf-8")
    except UnicodeDecodeError:
        raise Problem(
            400,
            "A parameter is not percent-encoded UTF-8: encode it again.",
            "Un paramètre n'est pas de l'UTF-8 encodé en pourcents : encodez-le de nouveau.",
        ) from None


def _percent_decoded(encoded: bytes) -> bytes:
    if b"%" not in encoded:
        return encoded
    if _NO_ESCAPE.search(encoded):
        return unquote_to_bytes(encoded)
    # Quoted-printable (RFC 2045 section 6.7) is the same code with another sign, and decoded up to forty times faster.
    return binascii.a2b_qp(encoded.replace(b"=", b"=3D").replace(b"%", b"="))


def _too_long(limit: int) -> Problem:
    return Problem(
        413,
        f"The body of the request is longer than {limit // 1024} KiB: send less.",
        f"Le corps de la requête dépasse {limit // 1024} Kio : envoyez-en moins.",
    )
