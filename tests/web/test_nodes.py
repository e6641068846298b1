"""Two servers behind the documented nginx: alike to clients, and one may die, restart or lag without a request lost."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import signal
import threading
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import servers
from sample_engines import ignore, writer

from laurier.settings import Settings
from laurier.snapshot import publish
from laurier.snapshot.opened import Snapshot
from laurier.store.push import push
from tests.web import nginx
from tests.web.conftest import LAUREATE, Server, running

pytestmark = nginx.needed

QUERY = "SELECT ?s ?v { ?s <https://w3id.org/laurier/ns#verbatim> ?v } ORDER BY ?s ?v"
PATHS = (
    f"/doc/{LAUREATE}.ttl",
    f"/doc/{LAUREATE}.html",
    "/fr/laureats?q=cuisine",
    "/catalogue",
    f"/sparql?query={quote(QUERY)}&format=csv",
)


_PAUSE = 0.02  # so that six clients leave the servers some of the machine


class Readers:
    """Clients that do not stop asking nginx, and what they were told.

    Attributes:
        statuses: of all answers.
        bodies: digests of the bodies by address and ETag.
        lost: requests that got no answer, or another than 200.
        cut: answers that had begun when their node was killed, which nginx cannot ask of the other.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.statuses: dict[int, int] = defaultdict(int)
        self.bodies: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.lost: list[str] = []
        self.cut: list[str] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(path,)) for path in PATHS]
        self._threads.append(threading.Thread(target=self._post))

    def __enter__(self) -> Readers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _read(self, path: str) -> None:
        with httpx.Client(base_url=self.address, timeout=30) as client:
            while not self._over.is_set():
                self._told(path, lambda: client.get(path))
                time.sleep(_PAUSE)

    def _post(self) -> None:
        with httpx.Client(base_url=self.address, timeout=30) as client:
            number = 0
            while not self._over.is_set():
                number += 1
                query = f"{QUERY} # {number}"
                self._told("", lambda query=query: client.post("/sparql", data={"query": query}))
                time.sleep(_PAUSE)

    def _told(self, path: str, ask) -> None:  # type: ignore[no-untyped-def]
        try:
            answer = ask()
        except httpx.RemoteProtocolError as error:
            self.cut.append(f"{path}: {error!r}")
            return
        except httpx.HTTPError as error:
            self.lost.append(f"{path}: {error!r}")
            return
        self.statuses[answer.status_code] += 1
        if answer.status_code != 200:
            self.lost.append(f"{path}: {answer.status_code} {answer.text[:200]}")
        if path:
            self.bodies[path, answer.headers["etag"]].add(hashlib.sha256(answer.content).hexdigest())

    def check(self) -> None:
        """Nothing was lost, and an ETag names one body."""
        assert not self.lost, self.lost[:5]
        assert len(self.cut) <= len(self._threads), self.cut  # one at most of each, when the node is killed
        assert set(self.statuses) == {200}
        assert all(len(digests) == 1 for digests in self.bodies.values())


class Nodes:
    """Two servers on the same releases, and nginx before them.

    Attributes:
        servers: those that run now.
        address: of nginx.
    """

    def __init__(self, releases: Path, folder: Path, *more: str) -> None:
        self._arguments = ("--releases", str(releases), *more)
        self._folder = folder
        self._stack = ExitStack()
        self.servers: list[Server] = []
        self.address = ""

    def __enter__(self) -> Nodes:
        with contextlib.ExitStack() as stack:
            self.servers = [stack.enter_context(running(*self._arguments)) for _ in range(2)]
            documented = {"127.0.0.1:8000": self.servers[0].url[7:], "127.0.0.1:8001": self.servers[1].url[7:]}
            self.address = stack.enter_context(nginx.documented(1, documented, self._folder))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def end(self, number: int, how: signal.Signals) -> None:
        """Ends a node and waits for it."""
        process = self.servers[number].process
        process.send_signal(how)
        process.wait(30)

    def again(self, number: int) -> None:
        """Starts a node that ended, where it was."""
        port = str(self.servers[number].port)
        self.servers[number] = self._stack.enter_context(running(*self._arguments, "--port", port))

    def until(self, release: str) -> None:
        """Waits until both serve a release."""
        for server in self.servers:
            for _ in range(300):
                if httpx.get(server.url + "/readyz").json()["release"] == release:
                    break
                time.sleep(0.1)
            else:
                raise AssertionError(f"{server.url} does not serve {release}")


@pytest.fixture
def releases(twice: tuple[Settings, Snapshot], tmp_path: Path) -> Path:
    """A folder with two releases, of which the first is current."""
    folder = tmp_path / "releases"
    settings, second = twice
    shutil.copytree(settings.releases, folder, symlinks=True)
    publish.switch(folder, second.manifest.previous)
    return folder


def alike(nodes: Nodes) -> None:
    """Both nodes give the same bytes and validators, and know each other's ETags."""
    one, other = nodes.servers
    for path in PATHS:
        here, there = httpx.get(one.url + path), httpx.get(other.url + path)
        assert here.content == there.content
        for name in ("etag", "last-modified", "vary", "cache-control", "link"):
            assert here.headers.get(name) == there.headers.get(name), (path, name)
        known = {"if-none-match": here.headers["etag"]}
        assert httpx.get(other.url + path, headers=known).status_code == 304
        assert httpx.get(nodes.address + path, headers=known).status_code == 304


def test_two_nodes_on_one_folder(releases: Path, twice: tuple[Settings, Snapshot], tmp_path: Path) -> None:
    first, second = twice[1].manifest.previous, twice[1].hash
    with Nodes(releases, tmp_path) as nodes:
        alike(nodes)
        with Readers(nodes.address) as readers:
            time.sleep(0.5)
            publish.switch(releases, second)
            nodes.until(second)
            publish.switch(releases, first)
            nodes.until(first)
            for number, how in ((0, signal.SIGKILL), (1, signal.SIGTERM), (0, signal.SIGTERM)):
                nodes.end(number, how)
                time.sleep(0.5)
                nodes.again(number)
                time.sleep(0.5)
        readers.check()
        assert len({etag for path, etag in readers.bodies if path == PATHS[0]}) == 2
        alike(nodes)


@pytest.mark.parametrize("start", [servers.oxigraph, servers.virtuoso], ids=["Oxigraph", "Virtuoso"])
def test_two_nodes_on_one_engine(start, releases: Path, twice: tuple[Settings, Snapshot], tmp_path: Path) -> None:
    first, second = (Snapshot.open(releases / name) for name in (twice[1].manifest.previous, twice[1].hash))
    try:
        with start(tmp_path / "engine" / "store") as filled, writer(filled) as to:
            push(first, to, ignore, grace=0)
            with Nodes(releases, tmp_path, "--store", filled.query) as nodes:
                alike(nodes)
                with Readers(nodes.address) as readers:
                    publish.switch(releases, second.hash)
                    push(second, to, ignore, grace=5)
                    nodes.until(second.hash)
                    for number, how in ((0, signal.SIGKILL), (1, signal.SIGTERM)):
                        nodes.end(number, how)
                        time.sleep(0.5)
                        nodes.again(number)
                readers.check()
                assert len({etag for path, etag in readers.bodies if path == PATHS[-1]}) == 2
                alike(nodes)
    except servers.AbsentError as absent:
        pytest.skip(str(absent))
