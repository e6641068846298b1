"""The server as a process: hostile clients and queries, a switch of release, logs, and its end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from laurier.pipeline.outcome import Outcome
from laurier.settings import Settings
from laurier.snapshot import manifest as manifests
from laurier.snapshot import publish
from tests.web.conftest import LAUREATE, Server, running

CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o . ?p ?q ?r }"
PAGES = (f"/doc/{LAUREATE}", "/catalogue", "/fr/", "/healthz")
BOMBS = [
    CROSS,
    "SELECT (GROUP_CONCAT(CONCAT(STR(?s), STR(?o2))) AS ?x) { ?s ?p ?o . ?s2 ?p2 ?o2 }",
    "SELECT * { ?a (<urn:a>|!<urn:b>)* ?b . ?b (<urn:a>|!<urn:b>)* ?c . ?c (<urn:a>|!<urn:b>)* ?d }",
    'SELECT * { ?s ?p ?o . ?a ?b ?c FILTER(REGEX(CONCAT(STR(?o), STR(?c)), "(x+x+)+y|(a*)*b")) } ORDER BY ?o ?c',
    "ASK { FILTER(" + "+".join(["1"] * 20_000) + " > 1) }",
    "SELECT * {" + " ".join(f"?a{n} ?b{n} ?a{n + 1} ." for n in range(400)) + "}",
    'SELECT ?x { BIND("aaaaaaaaaaaaaaaa" AS ?a0) '
    + "".join(f"BIND(CONCAT(?a{n}, ?a{n}) AS ?a{n + 1}) " for n in range(36))
    + "BIND(STRLEN(?a36) AS ?x) }",
]


def running_with(settings: Path, log: Path, *more: str) -> contextlib.AbstractContextManager[Server]:
    """A server with a settings file."""
    command = [sys.executable, "-c", "from laurier.cli import main; main()", "--config", str(settings)]
    return running(*more, log=log, command=command)


def raw(server: Server, sent: bytes, seconds: float = 20) -> bytes:
    """What the server answers to some bytes until it closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=seconds) as connection:
        connection.sendall(sent)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
        return b"".join(parts)


@pytest.fixture(scope="module")
def limited(built: tuple[Settings, Outcome], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A settings file with small limits, beside the releases."""
    folder = tmp_path_factory.mktemp("limited")
    (folder / "laurier.toml").write_text(
        f'releases = "{built[0].releases}"\naccess_log = true\nslow_query_seconds = 1.0\n'
        "[limits]\nquery_seconds = 3\nquery_memory_mb = 256\n"
    )
    return Settings(releases=folder)


def test_bombs_leave_everything_else_alive(built: tuple[Settings, Outcome], tmp_path: Path) -> None:
    async def main(server: Server) -> None:
        light = f"SELECT ?p ?o {{ <{server.base}id/{LAUREATE}> ?p ?o }}"
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
            for path in PAGES:
                assert (await client.get(path)).status_code == 200
            assert (await client.get("/sparql", params={"query": light})).status_code == 200
            before = set(server.workers())
            bombs = [
                asyncio.ensure_future(client.post("/sparql", data={"query": f"{BOMBS[n % len(BOMBS)]} # {n}"}))
                for n in range(50)
            ]
            await asyncio.sleep(0.5)
            rounds = 0
            while not all(bomb.done() for bomb in bombs):
                for path in PAGES:
                    assert (await client.get(path)).status_code == 200
                answered = await client.get("/sparql", params={"query": f"{light} # {rounds}"})
                assert answered.status_code == 200
                rounds += 1
            assert rounds > 1  # without lanes the first waits for the last bomb
            statuses = {(await bomb).status_code for bomb in bombs}
            assert statuses <= {200, 400, 413, 503, 504, 507}
            assert statuses & {504, 507, 503}
            refused = [bomb.result() for bomb in bombs if bomb.result().status_code in (503, 504)]
            assert all(int(response.headers["retry-after"]) > 0 for response in refused)
            ready = await client.get("/readyz")
            assert ready.status_code == 200
            await asyncio.sleep(2)
            assert len(server.workers()) == len(before)

    settings = tmp_path / "laurier.toml"
    settings.write_text(f'releases = "{built[0].releases}"\n[limits]\nquery_seconds = 2\nquery_memory_mb = 256\n')
    log = tmp_path / "log"
    with running_with(settings, log) as server:
        asyncio.run(main(server))
    assert "Traceback" not in log.read_text()


def test_a_cut_answer_is_never_a_whole_one(built: tuple[Settings, Outcome], tmp_path: Path) -> None:
    settings = tmp_path / "laurier.toml"
    settings.write_text(f'releases = "{built[0].releases}"\n[limits]\nresult_mb = 4\n')
    query = "SELECT * { ?s ?p ?o . ?s2 ?p2 ?o2 } LIMIT 500000"
    log = tmp_path / "log"
    with running_with(settings, log) as server:
        parameters = {"query": query, "format": "csv"}
        for coding in ("identity", "gzip"):
            with pytest.raises(httpx.RemoteProtocolError):
                httpx.get(server.url + "/sparql", params=parameters, headers={"accept-encoding": coding}, timeout=60)
        # HTTP/1.0 has no way to show a cut: its client gets an error before the first byte
        old = raw(server, f"GET /sparql?query={quote(query)}&format=csv HTTP/1.0\r\nHost: x\r\n\r\n".encode())
        assert b"200 OK" not in old
        assert "laurier_cut_total 2" in httpx.get(server.url + "/metrics").text
    assert "Traceback" not in log.read_text()


def test_a_long_answer_to_a_client_that_leaves_frees_the_worker(site: Server) -> None:
    query = "SELECT * { ?s ?p ?o . ?s2 ?p2 ?o2 }"
    with httpx.stream("GET", site.url + "/sparql", params={"query": query, "format": "csv"}, timeout=60) as response:
        assert response.status_code == 200
        next(response.iter_raw())
    for _ in range(100):
        if "laurier_queries_running 0" in httpx.get(site.url + "/metrics").text:
            return
        time.sleep(0.05)
    raise AssertionError("the worker goes on for nobody")


def test_half_open_and_silent_clients_are_let_go(site: Server) -> None:
    started = time.monotonic()
    beginnings = {
        "silent": b"",
        "head": b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        "body": b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        b"Content-Length: 50\r\n\r\nASK",
    }
    connections = {}
    for name, sent in beginnings.items():
        connections[name] = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(20)]
        for connection in connections[name]:
            connection.sendall(sent)
    assert httpx.get(site.url + "/healthz").status_code == 200
    for name in ("silent", "head"):
        for connection in connections[name]:
            connection.settimeout(15)
            answered = connection.recv(1000)
            assert answered == b"" or answered.startswith(b"HTTP/1.1 408"), name
            connection.close()
    assert time.monotonic() - started < 15
    for connection in connections["body"]:
        connection.close()
    assert httpx.get(site.url + "/healthz").status_code == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 60_000 + b"\r\nConnection: close\r\n\r\n", b"431"),
        (b"GET /" + b"a" * 60_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"4"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"4"),
        (b"GET http://[/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", b"400"),
        (b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/sparql-query\r\n"
         b"Connection: close\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n", b"200"),
        (b"GET /healthz HTTP/1.0\r\n\r\n", b"200"),
        (b"GET http://evil.example/healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", b"200"),
    ],
)  # fmt: skip
def test_odd_requests(site: Server, sent: bytes, status: bytes) -> None:
    answered = raw(site, sent)
    assert answered.split(b" ", 2)[1].startswith(status), answered[:200]
    assert b"Traceback" not in answered
    assert b"evil.example" not in answered


def test_requests_in_a_row_on_one_connection(site: Server) -> None:
    one = f"GET /doc/{LAUREATE}.nt HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    last = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    expected = httpx.get(f"{site.url}/doc/{LAUREATE}.nt", headers={"accept-encoding": "identity"}).content
    answered = raw(site, one * 5 + b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n" + one * 2 + last)
    assert answered.count(expected) == 7
    assert answered.count(b"HTTP/1.1 200 OK") == 8
    assert answered.count(b"HTTP/1.1 404") == 1
    assert answered.endswith(b'{"status": "ok"}\n')


def test_a_switch_of_release_loses_no_request(built: tuple[Settings, Outcome], tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    shutil.copytree(built[0].releases, releases, symlinks=True)
    first = os.readlink(releases / "current")
    second, damaged = "0" * 16, "f" * 16
    for name in (second, damaged):
        shutil.copytree(releases / first, releases / name)
        renamed = replace(manifests.read(releases / first), hash=name)
        (releases / name / manifests.NAME).write_bytes(renamed.to_json())
    (releases / damaged / "report.json").write_bytes(b"altered")

    async def main(server: Server) -> None:
        seen, statuses, stop = set(), set(), asyncio.Event()

        async def ask(client: httpx.AsyncClient, path: str) -> None:
            while not stop.is_set():
                response = await client.get(path)
                statuses.add(response.status_code)
                if "release" in path or path == "/readyz":
                    seen.add(response.json()["release"])

        query = quote("SELECT (COUNT(*) AS ?n) { ?s ?p ?o } # ") + "{}"
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
            paths = [f"/doc/{LAUREATE}.ttl", "/readyz", "/fr/", *(f"/sparql?query={query.format(n)}" for n in range(3))]
            tasks = [asyncio.ensure_future(ask(client, path)) for path in paths]
            for target in (second, first, second):
                await asyncio.sleep(0.5)
                publish.switch(releases, target)
                for _ in range(100):
                    if (await client.get("/readyz")).json()["release"] == target:
                        break
                    await asyncio.sleep(0.1)
            publish.switch(releases, damaged)
            for _ in range(100):
                ready = (await client.get("/readyz")).json()
                if ready["stale"]:
                    break
                await asyncio.sleep(0.1)
            assert ready["stale"] == damaged
            assert ready["release"] == second
            for _ in range(3):  # what is kept is of this release
                assert (await client.get(paths[3])).headers["etag"].startswith(f'W/"{second}')
            stop.set()
            await asyncio.gather(*tasks)
        assert statuses == {200}
        assert {first, second} <= seen
        await asyncio.sleep(1.5)
        assert len(server.workers()) <= 6  # those of earlier releases are gone

    with running("--releases", str(releases)) as server:
        asyncio.run(main(server))


def test_the_access_log_tells_requests_but_no_person(limited: Settings, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running_with(limited.releases / "laurier.toml", log) as server:
        secret = {"user-agent": "a-person", "x-request-id": "mine-1", "cookie": "secret=1"}
        httpx.get(f"{server.url}/doc/{LAUREATE}.ttl?page=1&private=x", headers=secret)
        httpx.get(server.url + "/sparql", params={"query": CROSS}, timeout=30)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.stdout is not None
        lines = [json.loads(line) for line in server.process.stdout.read().splitlines() if line.startswith("{")]
    line = next(line for line in lines if line["id"] == "mine-1")
    assert line["route"] == "/doc/{kind}/{key}"
    assert line["status"] == 200
    assert line["bytes"] > 0
    written = json.dumps(lines)
    for private in ("a-person", "secret", "private", "127.0.0.1"):
        assert private not in written
    told = log.read_text()
    assert "slow query" in told
    assert "?j ?k ?l" in told


def test_it_stops_when_told_and_finishes_what_is_under_way(built: tuple[Settings, Outcome]) -> None:
    async def main(server: Server) -> None:
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
            query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?c ?d ?e . ?f ?g ?a }"
            task = asyncio.ensure_future(client.get("/sparql", params={"query": query}))
            await asyncio.sleep(0.2)
            server.process.send_signal(signal.SIGTERM)
            assert (await task).status_code in (200, 504)

    with running("--releases", str(built[0].releases)) as server:
        workers = server.workers()
        asyncio.run(main(server))
        assert server.process.wait(30) == 0
        assert all(not Path(f"/proc/{pid}").exists() for pid in workers)


def test_workers_do_not_outlive_a_killed_server(built: tuple[Settings, Outcome]) -> None:
    with running("--releases", str(built[0].releases)) as server:
        workers = server.workers()
        assert workers
        server.process.kill()
        server.process.wait()
        for _ in range(100):
            if not any(Path(f"/proc/{pid}/cmdline").exists() for pid in workers):
                return
            time.sleep(0.05)
        raise AssertionError("workers outlive their server")


def test_a_second_signal_ends_it_at_once_without_a_trace(built: tuple[Settings, Outcome], tmp_path: Path) -> None:
    log = tmp_path / "log"
    with (
        running("--releases", str(built[0].releases), log=log) as server,
        contextlib.suppress(httpx.TransportError),
        ThreadPoolExecutor() as threads,
    ):
        heavy = threads.submit(httpx.get, server.url + "/sparql", params={"query": CROSS}, timeout=60)
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(5) == 0
        heavy.result()
    assert "Traceback" not in log.read_text()


def test_limits_come_from_the_command_line_and_the_environment(
    built: tuple[Settings, Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAURIER_SERVE_QUERY_SECONDS", "1.5")
    monkeypatch.setenv("LAURIER_SERVE_QUERY_DEPTH", "50")
    with running("--releases", str(built[0].releases), "--query-depth", "20") as server:
        assert server.process.stdout is not None
        assert "workers" in server.process.stdout.readline()
        told = server.process.stdout.readline()
        assert "query_seconds 1.5" in told
        assert "query_depth 20" in told
        deep = httpx.get(server.url + "/sparql", params={"query": "ASK " + "{" * 30 + "}" * 30})
        assert deep.status_code == 413
        slow = httpx.get(server.url + "/sparql", params={"query": CROSS}, timeout=30)
        assert slow.status_code in (504, 507)
        assert "1.5 seconds" in slow.json()["detail"] or slow.status_code == 507


def test_an_address_in_use_is_told_in_a_sentence(site: Server, built: tuple[Settings, Outcome]) -> None:
    command = [sys.executable, "-c", "from laurier.cli import main; main()", "serve", "--port", str(site.port)]
    done = subprocess.run(
        [*command, "--releases", str(built[0].releases)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert str(site.port) in done.stderr
    assert "Traceback" not in done.stderr
