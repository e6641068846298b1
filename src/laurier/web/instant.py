"""Replies kept ready to be written: what the same request got a moment ago from the same release.

A release never changes, so that the same address with the same negotiation fields has the same answer. It is written
from the connection itself, before a request, a task and a reply are made, which cost ten times more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from laurier.web.cache import Cache
from laurier.web.observation import Observation

_BYTES, _LARGEST = 24 * 2**20, 256 * 2**10
_KEY_LIMIT = 2048

Fields = Iterable[tuple[bytes, bytes]]
# Requests with one of these are answered in full: they depend on more, or carry a body.
_SPECIAL = frozenset(
    {
        b"if-none-match",
        b"if-modified-since",
        b"if-match",
        b"if-unmodified-since",
        b"if-range",
        b"range",
        b"content-length",
        b"transfer-encoding",
        b"expect",
        b"upgrade",
        b"x-request-id",
    }
)

Key = tuple[bytes, bytes | None, bytes | None, bytes | None]


@dataclass(frozen=True, slots=True)
class Ready:
    """A response but for what changes each time (date, request id, connection).

    Attributes:
        head: status line and fields.
        body: the bytes after them.
        route: names it in metrics.
    """

    head: bytes
    body: bytes
    route: str


class Instant:
    """The replies of one release that are kept ready."""

    def __init__(self) -> None:
        self._kept: Cache[Ready] = Cache(_BYTES, _LARGEST)

    def find(self, key: Key) -> Ready | None:
        """The reply to a request, or None when it has to be made."""
        return self._kept.get(key)

    def keep(self, key: Key, route: str, told: Fields, body: bytes) -> Ready:
        """Keeps a reply that the same request may have again, and gives it."""
        head = b"HTTP/1.1 200 OK\r\n" + b"".join(
            name + b": " + value + b"\r\n" for name, value in told if name != b"x-request-id"
        )
        ready = Ready(head, body, route)
        self._kept.put(key, ready, len(head) + len(body) + len(key[0]))
        return ready


def key_of(url: bytes, fields: Fields) -> Key | None:
    """What a GET without a body is told apart by; None when its answer depends on more."""
    accept = encoding = language = None
    for name, value in fields:
        if name in _SPECIAL:
            return None
        if name == b"accept":
            if accept is not None:
                return None  # several lines: rare enough to be answered in full
            accept = value
        elif name == b"accept-encoding":
            encoding = value
        elif name == b"accept-language":
            language = value
    if len(url) + len(accept or b"") + len(encoding or b"") + len(language or b"") > _KEY_LIMIT:
        return None
    return url, accept, encoding, language


Finder = Callable[[bytes, Fields], "tuple[Ready, bytes] | None"]


def finder(
    look_up: Callable[[bytes, Fields], Ready | None], observation: Observation, ids: Callable[[], str]
) -> Finder:
    """What a connection asks: the reply kept, and the id of this request.

    Args:
        look_up: gives the reply of the release that is served now.
        observation: counts the request.
        ids: gives the next request id.
    """

    def find(url: bytes, fields: Fields) -> tuple[Ready, bytes] | None:
        started = time.perf_counter()
        ready = look_up(url, fields)
        if ready is None:
            return None
        observation.count("GET", ready.route, 200, time.perf_counter() - started)
        return ready, ids().encode()

    return find
