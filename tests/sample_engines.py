"""Writing to the engines of `servers`, for several test folders."""

from __future__ import annotations

import servers

from laurier.store.engines import Credentials
from laurier.store.writing import Writer


def writer(running: servers.Running, **addresses: str) -> Writer:
    """A writer to an engine, as its user."""
    return Writer(running.query, Credentials(running.user, running.password), **addresses)


def ignore(*_: object) -> None:
    """A progress that nobody watches."""
