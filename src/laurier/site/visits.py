"""Asking the web application for an address without a network: the export holds the very bytes that it serves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from laurier.settings import Settings
from laurier.web.app import Application


@dataclass(frozen=True, slots=True)
class Answer:
    """What the application answered: status, fields by lower-case name, body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Visitor:
    """Visits one application."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def get(self, address: str, accept: str = "*/*", language: str = "fr") -> Answer:
        """The answer to a GET.

        Args:
            address: path and query, percent-encoded.
            accept: the Accept field.
            language: the Accept-Language field.
        """
        path, _, query = address.partition("?")
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [
                (b"accept", accept.encode()),
                (b"accept-language", language.encode()),
                (b"accept-encoding", b"identity"),
            ],
            "client": ("127.0.0.1", 0),
            "server": ("127.0.0.1", 80),
        }
        status, fields, parts = 500, list[tuple[bytes, bytes]](), list[bytes]()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            nonlocal status, fields
            if message["type"] == "http.response.start":
                status, fields = message["status"], message["headers"]
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))

        await self.application(scope, receive, send)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in fields}
        return Answer(status, headers, b"".join(parts))


@asynccontextmanager
async def visitor(settings: Settings, theme: Path | None) -> AsyncIterator[Visitor]:
    """A visitor of the current release.

    Raises:
        SnapshotError: there is no release.
    """
    application = Application(settings, theme)
    async with application.router.lifespan_context(application):
        yield Visitor(application)
