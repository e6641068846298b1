"""Documents that a release holds ready in Turtle, answered by one look-up: only the name of the thing is filled in.

Requests negotiate in few ways, and the fields of the answers to those that negotiate alike differ in the name of the
thing alone, so that they are made once, by the very code that answers in full.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from laurier import formats
from laurier.web import compression, documents
from laurier.web.cache import Cache
from laurier.web.edition import Edition
from laurier.web.instant import Key, Ready
from laurier.web.problems import Problem
from laurier.web.reply import Delivery
from laurier.web.request import Message, Request

_MOST_PATTERNS = 512
ROUTE = "/doc/{kind}/{key}"
# A name that needs no decoding; no document is called so in the patterns.
_URL = re.compile(rb"/doc/([A-Za-z0-9/_-]+)(?:\.([a-z0-9]+))?\Z")
_NAME = b"~name~"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """An answer, cut where the name of the thing stands.

    Attributes:
        head: status line and fields, but for the length.
        opening: what the body has before the document that is held.
        coding: of the body; empty for none.
    """

    head: tuple[bytes, ...]
    opening: tuple[bytes, ...]
    coding: str


class Prepared:
    """The documents of one release that are held ready.

    Args:
        edition: the release.
        delivery: says which fields an answer has.
    """

    def __init__(self, edition: Edition, delivery: Delivery) -> None:
        self.edition = edition
        self._delivery = delivery
        self._patterns: Cache[_Pattern | None] = Cache(_MOST_PATTERNS, 1)
        self._things = f"{edition.base}id/"

    def find(self, key: Key) -> Ready | None:
        """The answer to a GET, or None when it has to be made."""
        match = _URL.match(key[0])
        if match is None:
            return None
        name, suffix = match[1], match[2]
        pattern = self._pattern(suffix, key)
        if pattern is None:
            return None
        iri = self._things + name.decode()
        text = self.edition.documents.turtle(iri)
        if text is None or (suffix and self.edition.entities.known(f"{iri}.{suffix.decode()}")):
            return None  # something may be called so, suffix included
        body = name.join(pattern.opening) + text
        if pattern.coding:
            body = compression.compress(pattern.coding, body)
        head = b"%scontent-length: %d\r\n" % (name.join(pattern.head), len(body))
        return Ready(head, body, ROUTE)

    def _pattern(self, suffix: bytes | None, key: Key) -> _Pattern | None:
        negotiation = (suffix, *key[1:])
        if negotiation not in self._patterns:
            self._patterns.put(negotiation, self._made(suffix, key), 1)
        return self._patterns.get(negotiation)

    def _made(self, suffix: bytes | None, key: Key) -> _Pattern | None:
        form = formats.by_suffix(suffix.decode(), formats.PAGES) if suffix else None
        if suffix and form is None:
            return None
        named = zip((b"accept", b"accept-encoding", b"accept-language"), key[1:], strict=True)
        scope = {
            "method": "GET",
            "raw_path": b"/doc/" + _NAME,
            "headers": [(field, value) for field, value in named if value is not None],
        }
        request, name = Request(scope, _no_body), _NAME.decode()
        try:
            reply = documents.opening(request, self.edition, self._things + name, f"/doc/{name}", form)
            made = self._delivery.frame(request, reply) if reply is not None else None
        except Problem:
            return None  # told in full
        if reply is None or made is None or not isinstance(reply.body, bytes):
            return None
        fields, coding = made
        head, opening = Ready.head_of(fields), reply.body
        return _Pattern(tuple(head.split(_NAME)), tuple(opening.split(_NAME)), coding)


async def _no_body() -> Message:
    return {"type": "http.request"}
