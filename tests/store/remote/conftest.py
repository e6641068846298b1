"""Engines started for the whole run, and the release that is pushed into each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import pytest
import servers
from sample_engines import ignore, writer

from laurier.snapshot.opened import Snapshot
from laurier.store.push import push

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, T]], T]


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One event loop for every store of the run, as in a server."""
    running = asyncio.new_event_loop()
    yield running
    running.run_until_complete(running.shutdown_asyncgens())
    running.close()


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Running]:
    try:
        with servers.oxigraph(tmp_path_factory.mktemp("oxigraph") / "store") as running:
            yield running
    except servers.AbsentError as absent:
        pytest.skip(str(absent))


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Running]:
    try:
        with servers.virtuoso(tmp_path_factory.mktemp("virtuoso"), rows=2_000, seconds=20) as running:
            yield running
    except servers.AbsentError as absent:
        pytest.skip(str(absent))


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def engine(request: pytest.FixtureRequest) -> servers.Running:
    """Each engine in turn."""
    running: servers.Running = request.getfixturevalue(request.param)
    return running


@pytest.fixture(scope="module")
def pushed(engine: servers.Running, release: Snapshot) -> servers.Running:
    """An engine that holds the release of the first brochure."""
    with writer(engine) as to:
        push(release, to, ignore, grace=0)
    return engine
