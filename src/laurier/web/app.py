"""The web application: FastAPI holds the table of routes and documents it; requests go to their handlers directly.

FastAPI's own matching, dependencies and responses cost more than the look-up that they would serve, so that a route is
looked up by the first segment of its path, and its handler is a plain function from a request to a reply.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from laurier import __version__
from laurier.errors import QueryError
from laurier.settings import Settings
from laurier.web import html, operations, resources
from laurier.web.cache import Cache
from laurier.web.edition import Edition
from laurier.web.following import Following
from laurier.web.instant import Finder, Key, Ready, negotiation_of
from laurier.web.observation import Observation
from laurier.web.prepared import Prepared
from laurier.web.problems import Problem, bad_method, of_query
from laurier.web.reply import Cut, Delivery, Keep, Reply
from laurier.web.request import Receive, Request, Scope, Send
from laurier.web.watch import Gone

_log = logging.getLogger("laurier.web")
_PACKED_BYTES, _LARGEST_PACKED = 16 * 2**20, 2**20
_LONGEST_URL = 16 * 1024
_READ = ("GET", "HEAD", "OPTIONS")
_PREFLIGHT_HEADERS = (
    "Accept, Accept-Language, Content-Type, If-None-Match, If-Modified-Since, If-Range, Range, X-Request-Id"
)


class Application(FastAPI):
    """One site. Its lifespan opens the current release and follows the next ones."""

    def __init__(self, settings: Settings, theme: Path | None = None) -> None:
        super().__init__(
            title=settings.title_en,
            version=__version__,
            docs_url=None,
            redoc_url=None,
            lifespan=self._lifespan,
        )
        self.settings = settings
        self.following = Following(settings, theme)
        self.observation = Observation(settings.access_log)
        self._delivery = Delivery(Cache(_PACKED_BYTES, _LARGEST_PACKED))
        self._handlers = operations.register(self)
        # The access log has a line for every request, which only a request that is made can write.
        self._instantly = not settings.access_log
        self._prepared: Prepared | None = None
        mine = os.urandom(6).hex()
        self._ids = (f"{mine}-{number:x}" for number in count(1))

    @property
    def instant(self) -> Finder | None:
        """Finds the replies that a connection can write by itself; None when each request has to be made."""
        if not self._instantly:
            return None
        return Finder(self._ready, self.observation, lambda: next(self._ids))

    def _ready(self, key: Key) -> Ready | None:
        """A reply kept ready, or a document that the release holds ready."""
        edition = self.following.edition
        ready = edition.instant.find(key)
        if ready is not None:
            return ready
        made = self._prepared_by(edition).find(key)
        # One that is asked for once, as by a harvester, would only push out others.
        return edition.instant.keep(key, made) if made is not None and edition.instant.asked_before(key) else made

    def _prepared_by(self, edition: Edition) -> Prepared:
        if self._prepared is None or self._prepared.edition is not edition:
            self._prepared = Prepared(edition, self._delivery)
        return self._prepared

    @asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        await self.following.open()
        try:
            yield
        finally:
            await self.following.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request (ASGI)."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        request.id = _known_id(request) or next(self._ids)
        started = time.perf_counter()
        observation = self.observation
        observation.in_flight += 1
        status, size, release = 500, 0, ""
        try:
            with self.following.held() as edition:
                release = edition.snapshot.hash
                status, size = await self._answer(request, edition, scope, receive, send)
        except Gone:
            status = 499
        except Cut as cut:
            observation.cut += 1
            _log.warning("response %s cut: %s", request.id, cut)
            _abort(scope)
        finally:
            observation.in_flight -= 1
            observation.done(request, status, size, time.perf_counter() - started, release)

    async def _answer(
        self, request: Request, edition: Edition, scope: Scope, receive: Receive, send: Send
    ) -> tuple[int, int]:
        begun = False

        async def tell(message: Any) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            reply = await self._reply(request, edition)
            return await self._delivery.send(request, reply, tell, self._keeper(request, edition))
        except (Gone, Cut):
            raise
        except Problem as problem:
            told = problem
        except QueryError as error:
            told = of_query(error)
        except Exception:
            _log.exception("request %s failed: %s %s", request.id, request.method, request.path)
            told = Problem(500, "The server failed to answer.", "Le serveur n'a pas su répondre.")
        if begun:
            raise Cut(told.en)
        reply = await html.problem(request, edition, told)
        reply.compress = False
        return await self._delivery.send(request, reply, send)

    async def _reply(self, request: Request, edition: Edition) -> Reply:
        if len(request.path) + len(request.query) > _LONGEST_URL:
            raise Problem(
                414,
                f"The address is longer than {_LONGEST_URL // 1024} KiB: send a long query by POST.",
                f"L'adresse dépasse {_LONGEST_URL // 1024} Kio : envoyez une longue requête par POST.",
            )
        found = self._find(request)
        allowed = found.methods if found is not None else _READ
        if request.method == "OPTIONS":
            return _options(allowed)
        if request.method not in allowed:
            raise bad_method(allowed)
        if found is not None:
            request.route = found.route
            return await found.handler(request, edition)
        request.route = "/{path}"
        return await resources.in_place(request, edition)

    def _keeper(self, request: Request, edition: Edition) -> Keep | None:
        if not self._instantly:
            return None
        negotiation = negotiation_of(request.scope["headers"])
        if negotiation is None:
            return None
        key = (request.scope["raw_path"] + (b"?" + request.query if request.query else b""), *negotiation)
        return lambda fields, body: edition.instant.keep(key, Ready(Ready.head_of(fields), body, request.route))

    def _find(self, request: Request) -> operations.Operation | None:
        path = request.path
        exact = self._handlers.get(path)
        if exact is not None:
            return exact
        end = path.find("/", 1)
        if end > 0:
            return self._handlers.get(path[: end + 1])
        for mark in ".-":
            at = path.find(mark, 1)
            found = self._handlers.get(path[: at + 1]) if at > 0 else None
            if found is not None:
                return found
        return None


def create_app(settings: Settings, theme: Path | None = None) -> Application:
    """The application of a site.

    Args:
        settings: where the releases are, and what a client may ask.
        theme: a folder whose templates and static files come before ours.
    """
    return Application(settings, theme)


def _options(allowed: tuple[str, ...]) -> Reply:
    """The answer to OPTIONS, a CORS preflight included (Fetch section 3.2)."""
    names = ", ".join(allowed)
    return Reply(
        status=204,
        headers=[
            ("allow", names),
            ("access-control-allow-methods", names),
            ("access-control-allow-headers", _PREFLIGHT_HEADERS),
            ("access-control-max-age", "86400"),
        ],
        cache="",
    )


def _known_id(request: Request) -> str:
    given = request.header(b"x-request-id")
    if given and len(given) <= 64 and given.isascii() and given.replace("-", "").isalnum():
        return given
    return ""


def _abort(scope: Scope) -> None:
    """Cuts the connection: a truncated response must not look like a whole one."""
    abort = scope.get("extensions", {}).get("laurier.abort")
    if abort is None:
        raise ConnectionAbortedError("the response was cut")
    abort()
