"""Replies kept ready to be written: what the same request got a moment ago from the same release.

A release never changes, so that the same address with the same negotiation fields has the same answer. It is written
from the connection itself, before a request, a task and a reply are made, which cost ten times more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from laurier.web.cache import Cache, Doorkeeper
from laurier.web.observation import Observation

_BYTES, _LARGEST = 24 * 2**20, 256 * 2**10
_LONGEST_URL, _LONGEST_NEGOTIATION = 1024, 1024
_HEAD_BYTES, _LARGEST_HEAD = 2**19, 4096

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

#: What a request accepts: Accept, Accept-Encoding, Accept-Language.
Negotiation = tuple[bytes | None, bytes | None, bytes | None]
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

    @staticmethod
    def head_of(told: Fields) -> bytes:
        """The status line and fields of a whole answer."""
        return b"HTTP/1.1 200 OK\r\n" + b"".join(
            name + b": " + value + b"\r\n" for name, value in told if name != b"x-request-id"
        )


class Instant:
    """The replies of one release that are kept ready."""

    def __init__(self) -> None:
        self._kept: Cache[Ready] = Cache(_BYTES, _LARGEST)
        self._asked = Doorkeeper()

    def find(self, key: Key) -> Ready | None:
        """The reply to a request, or None when it has to be made."""
        return self._kept.get(key)

    def asked_before(self, key: Key) -> bool:
        """Whether a request came lately; it has now."""
        return self._asked.knows(key)

    def keep(self, key: Key, ready: Ready) -> Ready:
        """Keeps a reply that the same request may have again, and gives it."""
        self._kept.put(key, ready, len(ready.head) + len(ready.body) + len(key[0]))
        return ready


def negotiation_of(fields: Fields) -> Negotiation | None:
    """What a GET without a body is told apart by, but for its address; None when its answer depends on more."""
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
    if len(accept or b"") + len(encoding or b"") + len(language or b"") > _LONGEST_NEGOTIATION:
        return None
    return accept, encoding, language


class Finder:
    """What a connection asks: the reply kept, and the id of this request.

    Clients send the same fields again and again, so that fields that a parser has read once are known by their bytes.

    Args:
        look_up: gives the reply of the release that is served now.
        observation: counts the request.
        ids: gives the next request id.
    """

    def __init__(
        self, look_up: Callable[[Key], Ready | None], observation: Observation, ids: Callable[[], str]
    ) -> None:
        self._look_up = look_up
        self._observation = observation
        self._ids = ids
        self._heads: Cache[Negotiation] = Cache(_HEAD_BYTES, _LARGEST_HEAD)

    def find(self, url: bytes, negotiation: Negotiation) -> tuple[Ready, bytes] | None:
        """The reply to a GET of an address, with the id of the request; None when it has to be made."""
        if len(url) > _LONGEST_URL:
            return None
        started = time.perf_counter()
        ready = self._look_up((url, *negotiation))
        if ready is None:
            return None
        self._observation.count_at_once(ready.route, time.perf_counter() - started)
        return ready, self._ids().encode()

    def learn(self, head: bytes, negotiation: Negotiation) -> None:
        """Remembers what a parser found in the lines of a head after the first."""
        self._heads.put(head, negotiation, len(head))

    def known(self, head: bytes) -> Negotiation | None:
        """What such lines say, or None when no parser has read them yet."""
        return self._heads.get(head)
