"""Hostile clients of a real server: each attack is answered in 4xx or 503, or cut, and the next visitor is served."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from estate import Estate
from server import Server

SETTINGS = """
[limits]
query_seconds = 2.0
query_memory_mb = 256
queue = 4
"""
GET = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


@pytest.fixture(scope="module")
def server(built_estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    twin = built_estate.copied(tmp_path_factory.mktemp("clients") / "estate")
    with Server(twin, settings=SETTINGS) as running:
        yield running


@pytest.fixture(autouse=True)
def still_serving(server: Server) -> Iterator[None]:
    yield
    start = time.monotonic()
    assert server.get("/fr/")[0] == 200
    assert server.get("/readyz")[0] == 200
    assert time.monotonic() - start < 20
    assert "Traceback" not in server.log()


def status(answer: bytes) -> int:
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    return int(found[1]) if found else 0


HEADS = {
    "a header of 200 KB": GET + b"X-A: " + b"a" * 200_000 + b"\r\n\r\n",
    "20,000 headers": GET + b"".join(b"X-%d: a\r\n" % n for n in range(20_000)) + b"\r\n",
    "an address of 100 KB": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00" + b"\x00" * 200 + b"\r\n\r\n",
    "HTTP/2 without agreement": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a header without colon": GET + b"nonsense\r\n\r\n",
    "a NUL in a header": GET + b"X: a\x00b\r\n\r\n",
    "a space before the colon": GET + b"X : a\r\n\r\n",
    "two lengths": b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
    "a length below zero": b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "a chunk that is none": b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n\r\n",
}


@pytest.mark.parametrize("name", HEADS)
def test_a_malformed_request_is_refused(server: Server, name: str) -> None:
    assert status(server.raw(HEADS[name])) in (0, 400, 404, 408, 411, 413, 414, 431, 501, 505)


def test_a_smuggled_request_is_not_answered_twice(server: Server) -> None:
    sent = (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 4\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
    )
    assert b"laurier_" not in server.raw(sent, 3)


def test_long_bodies_and_queries_are_refused_before_they_are_read(server: Server) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    head += b"Content-Length: 999999999\r\n\r\n"
    with socket.create_connection((server.host, server.port), timeout=10) as connection:
        connection.sendall(head + b"x" * 1000)
        assert status(connection.recv(4096)) == 413
    body = b"SELECT * {" + b" " * 300_000 + b"}"
    answer = server.client.post("/sparql", content=body, headers={"content-type": "application/sparql-query"})
    assert answer.status_code == 413
    many = "&".join(f"a{n}=1" for n in range(2000))
    assert server.get(f"/sparql?{many}")[0] in (400, 414)


QUERIES = {
    "nested": "SELECT * {" + "(" * 3000,
    "a cross product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "a memory bomb": "SELECT ?x { BIND(REPLACE('aaaaaaaaaa','a','aaaaaaaaaa') AS ?a) "
    + " ".join(
        f"BIND(CONCAT(?{c}{',?' + c if c else ''},?{c},?{c},?{c},?{c},?{c},?{c}) AS ?{d})"
        for c, d in zip("abcdefghijkl", "bcdefghijklx", strict=True)
    )
    + "}",
    "a service": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "a service in escapes": "SELECT * { \\u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "an update": "LOAD <http://127.0.0.1:1/>",
    "a regular expression": "SELECT * { ?s ?p ?o FILTER regex(str(?o), '(((((a+)+)+)+)+)+$') } LIMIT 1",
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_costly_or_forbidden_query_is_bounded(server: Server, name: str) -> None:
    start = time.monotonic()
    answer = server.client.get("/sparql", params={"query": QUERIES[name]})
    assert time.monotonic() - start < 30
    assert answer.status_code in (200, 400, 403, 413, 503, 504, 507)
    if name != "a regular expression":
        assert answer.status_code != 200
    if answer.status_code == 503:
        assert answer.headers["retry-after"]


def test_nothing_is_fetched_for_a_client(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.5)
        there = f"http://127.0.0.1:{canary.getsockname()[1]}/x"
        for query in (
            f"SELECT * FROM <{there}> {{ ?s ?p ?o }}",
            f"SELECT * FROM NAMED <{there}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
            f"SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ SERVICE SILENT <{there}> {{ ?s ?p ?o }} }}",
            f"LOAD <{there}>",
            f"ASK {{ GRAPH <{there}> {{ ?s ?p ?o }} }}",
        ):
            server.client.get("/sparql", params={"query": query, "default-graph-uri": there})
            server.client.post("/sparql", data={"query": query, "named-graph-uri": there})
        for path in (
            f"/rdf-graph-store?graph={there}",
            f"/fr/laureats?q={there}",
            f"/id/{there}",
            f"/doc/laureat/{there}",
        ):
            server.get(path)
        with pytest.raises(TimeoutError):
            canary.accept()


def test_a_flood_is_answered_or_told_to_come_back(server: Server) -> None:
    answers: list[int] = []
    retry: list[bool] = []

    def ask(number: int) -> None:
        query = f"SELECT (COUNT(*) AS ?n{number}) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }}"
        answer = server.client.get("/sparql", params={"query": query})
        answers.append(answer.status_code)
        retry.append(answer.status_code != 503 or "retry-after" in answer.headers)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    start = time.monotonic()
    assert server.get("/fr/")[0] == 200  # a page does not wait for queries
    assert time.monotonic() - start < 10
    for thread in threads:
        thread.join()
    assert set(answers) <= {503, 504}
    assert 503 in answers
    assert all(retry)


def test_silent_and_slow_connections_are_closed(server: Server) -> None:
    connections = []
    for number in range(120):
        connection = socket.create_connection((server.host, server.port))
        connection.sendall(
            (b"", GET[:20], GET + b"X: ", b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na")[number % 4]
        )
        connections.append(connection)
    assert server.get("/fr/")[0] == 200
    deadline = time.monotonic() + 60
    for connection in connections:
        connection.settimeout(max(0.1, deadline - time.monotonic()))
        while connection.recv(4096):
            pass
        connection.close()


def test_one_address_has_so_many_connections_and_no_more(built_estate: Estate, tmp_path: Path) -> None:
    few = "[limits]\nclient_connections = 8\n"
    with Server(built_estate.copied(tmp_path / "estate"), settings=few) as server:
        held = [socket.create_connection((server.host, server.port)) for _ in range(7)]  # and the one of `server`
        assert server.get("/healthz")[0] == 200
        refused = server.raw(GET + b"\r\n")
        assert status(refused) == 503
        assert b"retry-after: 1\r\n" in refused
        assert server.get("/fr/")[0] == 200
        for connection in held:
            connection.close()
        server.until(lambda: status(server.raw(GET + b"\r\n")) in (200, 303, 302, 307), 20)


def test_a_client_that_closes_half_is_still_answered(server: Server) -> None:
    answer = server.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", half_close=True)
    assert status(answer) in (0, 200)


FIELDS = {
    "Accept": ("*/*;q=", ",,,;", "text/turtle;q=nan", "text/html;" * 500, "a" * 8000, "\x01", "text/turtle;q=1;q=0"),
    "Accept-Language": ("*;q=x", "fr" * 4000, "-,-", "fr;q=" + "9" * 500),
    "Accept-Encoding": ("gzip;q=", "*;q=0", "identity;q=0, *;q=0", "br" * 3000),
    "Range": (
        "bytes=",
        "bytes=-",
        "bytes=9-1",
        "bytes=0-" + "9" * 400,
        "bytes=" + "0-0," * 2000,
        "lines=1-2",
        "bytes=-0",
    ),
    "If-None-Match": ('"', "W/", "*", '"a",' * 2000),
    "If-Modified-Since": ("yesterday", "Sat, 99 Foo 99999 99:99:99 GMT", "0" * 4000),
    "If-Range": ("W/x", '"', "yesterday"),
    "Content-Type": ("\x7f", "text/html; charset=" + "x" * 500),
    "X-Request-Id": ("a b", "<script>", "é"),
}


@pytest.mark.parametrize("field", FIELDS)
def test_malformed_fields_are_answered(server: Server, field: str) -> None:
    for value in FIELDS[field]:
        for path in (b"/fr/", b"/dumps/ensemble.nq", b"/catalogue", b"/sparql?query=ASK%20%7B%7D"):
            sent = b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s: %s\r\n\r\n" % (
                path,
                field.encode(),
                value.encode(),
            )
            assert status(server.raw(sent)) in (0, 200, 206, 304, 400, 406, 416, 431), (path, value[:50])


PATHS = (
    "/..%2f..%2f..%2fetc/passwd", "/static/..%2f..%2fapp.py", "/static/../app.py", "/static/%2e%2e/app.py",
    "/dumps/../manifest.json", "/dumps/..%2fmanifest.json", "/dumps/%2e%2e%2fentities.sqlite", "/dumps//etc/passwd",
    "/dumps/ensemble.nq%00.txt", "/static/site.css%00", "/doc/laureat/%00", "/id/%ff%fe", "/doc/a%0d%0aX-Injected:%201",
    "/fr/..%5c..%5c", "//evil.example/", "/\\evil.example/", "/%2f%2fevil.example", "/fr//evil.example/..",
    "/.git/config", "/graph/..%2f..%2fx", "/fr/texte/..%2f..%2fetc%2fpasswd", "/fr/source/..%2f..%2fmanifest.json",
    "/" + "a/" * 4000,
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_out_or_elsewhere(server: Server, path: str) -> None:
    answer = server.raw(b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % path.encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert status(answer) in (301, 303, 400, 404, 406, 410, 414, 431)
    assert b"\r\nx-injected" not in head.lower()
    assert b"root:" not in body
    assert b"import " not in body
    for location in re.findall(rb"(?im)^location: (.*)\r?$", head):
        assert location.startswith(b"/"), location
        assert not location.startswith((b"//", b"/\\")), location


def test_the_host_of_the_client_decides_nothing(server: Server) -> None:
    for host in ("evil.example", "evil.example:99999", '"><script>', "a" * 2000, "[::1"):
        for path in ("/fr/", "/catalogue", "/id/programme/pic", "/sitemap.xml", "/robots.txt", "/nowhere"):
            sent = (
                f"GET {path} HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Host: {host}\r\nX-Forwarded-Proto: gopher\r\n"
                f"X-Original-URL: /metrics\r\nForwarded: host={host}\r\nConnection: close\r\n\r\n"
            )
            answer = server.raw(sent.encode())
            assert b"evil.example" not in answer, path
            assert b"gopher" not in answer, path
            assert b"<script>" not in answer, path


def test_what_a_cache_keeps_depends_on_what_it_was_asked(server: Server) -> None:
    for path in ("/id/programme/pic", "/doc/programme/pic", "/catalogue", "/sparql", "/doc/nothing/here"):
        seen: dict[str, tuple[str, bytes]] = {}
        for accept in ("text/html", "text/turtle", "application/ld+json", "image/png"):
            answer = server.client.get(path, headers={"accept": accept, "accept-language": "en"})
            assert "accept" in answer.headers.get("vary", "").lower(), (path, accept)
            tag = answer.headers.get("etag")
            if tag is not None:
                known = seen.setdefault(tag, (accept, answer.content))
                assert known[1] == answer.content, (path, accept)


SCRIPTS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "';alert(1)//",
    "{{7*7}}",
)


@pytest.mark.parametrize("text", SCRIPTS)
def test_no_text_of_a_client_becomes_markup_or_a_link(server: Server, text: str) -> None:
    places = ("/fr/", "/fr/laureats", "/en/laureats", "/fr/recherche", "/fr/sparql", "/en/sparql", "/nowhere")
    for path in places:
        for name in ("q", "query", "territoire", "public", "page", "lang"):
            answer = server.client.get(path, params={name: text}, headers={"accept": "text/html"})
            shown = answer.text
            assert "<script>alert" not in shown
            assert "<img src=x" not in shown
            assert not re.search(r"""(href|src|action)=["']?\s*javascript:""", shown, re.IGNORECASE)
            assert ">49<" not in shown


def test_an_injected_query_is_only_text(server: Server) -> None:
    every = '") } UNION { ?s ?p ?o } #'
    for path in ("/fr/laureats", "/fr/recherche", "/fr/territoires"):
        answer = server.client.get(path, params={"q": every})
        assert answer.status_code in (200, 400, 404)
    for query in ('"', "*", "a* OR", "NEAR(a b", "'; DROP TABLE x; --", "(" * 500, "a" * 5000, "\x00", "\u202e"):
        answer = server.client.get("/fr/laureats", params={"q": query})
        assert answer.status_code in (200, 400, 414), (query[:20], answer.status_code)


def test_every_answer_carries_the_fields_that_protect_its_reader(server: Server) -> None:
    for path in ("/fr/", "/catalogue", "/sparql?query=ASK%7B%7D", "/dumps/ensemble.nq", "/nowhere", "/static/site.css"):
        _, fields, _ = server.get(path)
        policy = fields["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert fields["x-content-type-options"] == "nosniff"
        assert fields["referrer-policy"]
        assert fields["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in fields
        assert "set-cookie" not in fields
        assert "server" not in fields


def test_nothing_can_be_written(server: Server) -> None:
    for method in ("PUT", "DELETE", "PATCH", "POST", "TRACE", "CONNECT", "PROPFIND"):
        sent = (
            f"{method} /rdf-graph-store?default HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
        assert status(server.raw(sent.encode())) in (400, 403, 405, 501)


def test_a_server_without_rights_serves_a_release_that_nobody_may_write(server: Server, tmp_path: Path) -> None:
    twin = server.estate.copied(tmp_path / "twin")
    for path in [twin.folder, *twin.folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o555 if path.is_dir() else 0o444)
    with Server(twin, plain=True) as restricted:
        assert restricted.get("/fr/")[0] == 200
        assert restricted.get("/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D")[0] == 200
        assert restricted.get("/dumps/ensemble.nq")[0] == 200
        assert restricted.get("/fr/laureats?q=jeunes")[0] == 200
        own = Path(f"/proc/{restricted.process.pid}/status").read_text(encoding="ascii")
        assert re.search(r"^CapEff:\s+0+$", own, re.MULTILINE)
    twin.whole()
