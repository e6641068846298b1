"""A client's connection: what uvicorn leaves open is closed here, so that slow or silent clients cost nothing.

uvicorn (0.54) has no time limit for heads and bodies, none for a client that stops reading, and none for the size of
a head: 300 half-open connections stay 300.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from laurier.web.instant import Finder, Negotiation, negotiation_of

#: Seconds for a request's head, for its body, and without any progress of a client that should read.
HEAD_SECONDS, BODY_SECONDS, STALL_SECONDS = 10.0, 30.0, 30.0
# An address that every parser reads alike.
_URL = re.compile(rb"/[!-\"$-~]*\Z")
_FIRST, _LAST = b"GET ", b" HTTP/1.1"
_END = b"\r\n\r\n"
#: Longest head of a request, in bytes.
HEAD_BYTES = 32 * 1024
#: Connections open at the same time, of all clients (of one: `Limits.client_connections`).
MOST_CONNECTIONS = 2048


class Connection(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 connection with limits."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._timer: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._in_head = False
        self._most: int = self.app.settings.limits.client_connections
        self._instant: Finder | None = getattr(self.app, "instant", None)
        self._answered = False
        self._whole = b""  # what came at once, when it may be one whole head
        self._last = 0.0  # when a request was last answered without the parser

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client connects."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
            return
        if len(self.connections) > self._most and self._siblings() > self._most:
            self._refuse(503)
            return
        self._in_head = True
        self._set(HEAD_SECONDS)

    def _siblings(self) -> int:
        """The connections from the same address, this one included."""
        own = self.client[0] if self.client else ""
        clients = [getattr(one, "client", None) for one in self.connections]
        return sum(client is not None and client[0] == own for client in clients)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is over."""
        self._unset()
        self._unstall()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """The client sends."""
        whole = data.endswith(_END) and not self._head_bytes and self._in_head
        if whole and self._answer_unparsed(data):
            return
        self._whole = data if whole else b""
        if self._in_head:
            self._head_bytes += len(data)
            if self._timer is None:
                self._set(HEAD_SECONDS)
        try:
            super().data_received(data)
        except Exception:  # whatever the parser makes of hostile bytes, the answer is 400
            self._refuse(400)
            return
        if self._in_head and self._head_bytes > HEAD_BYTES:
            self._refuse(431)

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self.scope["extensions"] = {"laurier.abort": self._abort}  # type: ignore[dict-item]

    def on_headers_complete(self) -> None:
        """A head is whole; its body may follow."""
        too_long = self._head_bytes > HEAD_BYTES and self._head_length() > HEAD_BYTES  # the first may count a body
        self._in_head = False
        self._head_bytes = 0
        if too_long:
            self._refuse(431)
            raise ValueError("head too long")
        self._answered = self._answer_at_once()
        if self._answered:
            return
        super().on_headers_complete()
        self._set(BODY_SECONDS)

    def _head_length(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _answer_unparsed(self, data: bytes) -> bool:
        """Answers a head whose lines but the first are those of one that was parsed before."""
        first, _, rest = data.partition(b"\r\n")
        if self._instant is None or not (first.startswith(_FIRST) and first.endswith(_LAST)) or self._busy():
            return False
        negotiation = self._instant.known(rest)
        url = first[len(_FIRST) : -len(_LAST)]
        if negotiation is None or not _URL.match(url) or not self._answer(url, negotiation):
            return False
        if self._timer is not None:
            self._unset()
        self._last = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._wait_for_next(self.timeout_keep_alive)
        return True

    def _answer_at_once(self) -> bool:
        """Writes a reply that is kept ready, if nothing is under way before it."""
        if self._instant is None or self._busy() or self.parser.get_method() != b"GET":
            return False
        if self.parser.get_http_version() != "1.1" or not self.parser.should_keep_alive():
            return False
        negotiation = negotiation_of(self.headers)
        if negotiation is None or not self._answer(self.url, negotiation):
            return False
        first, _, rest = self._whole.partition(b"\r\n")
        if first == _FIRST + self.url + _LAST and rest.find(_END) == len(rest) - len(_END):
            self._instant.learn(rest, negotiation)
        return True

    def _busy(self) -> bool:
        return (
            (self.cycle is not None and not self.cycle.response_complete)
            or bool(self.pipeline)
            or self.flow.write_paused
        )

    def _answer(self, url: bytes, negotiation: Negotiation) -> bool:
        found = self._instant.find(url, negotiation) if self._instant is not None else None
        if found is None:
            return False
        ready, request_id = found
        fields = b"".join(name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers)
        self.transport.write(b"".join((ready.head, fields, b"x-request-id: ", request_id, _END, ready.body)))
        self.server_state.total_requests += 1
        return True

    def _wait_for_next(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        """The client has asked nothing for long; what was answered without the parser left the timer as it was."""
        left = self._last + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._wait_for_next(left)
        else:
            super().timeout_keep_alive_handler()

    def on_message_complete(self) -> None:
        """A request is whole."""
        self._unset()
        self._in_head = True
        if not self._answered:
            super().on_message_complete()
            return
        self._unset_keepalive_if_required()
        self._wait_for_next(self.timeout_keep_alive)

    def pause_writing(self) -> None:
        """The client reads more slowly than we write."""
        super().pause_writing()
        if self._stall is None:
            self._stall = self.loop.call_later(STALL_SECONDS, self._abort)

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._unstall()
        super().resume_writing()

    def _set(self, seconds: float) -> None:
        self._unset()
        self._timer = self.loop.call_later(seconds, self._timed_out)

    def _unset(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _unstall(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _timed_out(self) -> None:
        self._timer = None
        silent = self._in_head and not self._head_bytes
        if self.transport.is_closing():
            return
        if silent or (self.cycle is not None and self.cycle.response_started):
            self.transport.close()
        else:
            self._refuse(408)

    def _refuse(self, status: int) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        again = b"retry-after: 1\r\n" if status == 503 else b""
        head = b"content-length: 0\r\nconnection: close\r\n\r\n"
        self.transport.write(STATUS_LINE[status] + again + head)
        self.transport.close()

    def _abort(self) -> None:
        if self.transport is not None:
            self.transport.abort()
