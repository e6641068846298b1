"""The nginx configuration of the documentation, in front of a running server."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.web.conftest import LAUREATE, Server

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def proxied(site: Server, tmp_path: Path) -> Iterator[str]:
    """The address of nginx, started with the documented server block."""
    found = re.search(r"```nginx\n(.*?)```", (ROOT / "docs" / "running.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    block = found[1].replace("listen 8080", f"listen 127.0.0.1:{port}").replace("127.0.0.1:8000", site.url[7:])
    conf = tmp_path / "nginx.conf"
    conf.write_text(
        f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log;\nevents {{}}\n"
        f"http {{ access_log off; client_body_temp_path {tmp_path}/body; proxy_temp_path {tmp_path}/proxy;\n"
        f"fastcgi_temp_path {tmp_path}/f; uwsgi_temp_path {tmp_path}/u; scgi_temp_path {tmp_path}/s;\n{block} }}\n"
    )
    process = subprocess.Popen(["nginx", "-c", str(conf), "-e", str(tmp_path / "error.log")])
    try:
        for _ in range(200):
            try:
                httpx.get(f"http://127.0.0.1:{port}/healthz")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed (apt install nginx-light)")
def test_the_documented_proxy_changes_nothing(proxied: str, site: Server) -> None:
    for path in (f"/doc/{LAUREATE}.ttl", f"/doc/{LAUREATE}.html", "/catalogue", "/dumps/ensemble.nq", "/nothing"):
        through, direct = httpx.get(proxied + path), httpx.get(site.url + path)
        assert through.status_code == direct.status_code
        assert through.content == direct.content
        for name in ("etag", "content-encoding", "vary", "link", "content-type", "last-modified"):
            assert through.headers.get(name) == direct.headers.get(name), (path, name)
    led = httpx.get(f"{proxied}/id/{LAUREATE}", follow_redirects=True)
    assert led.status_code == 200
    assert str(led.url).startswith(proxied)
    part = httpx.get(f"{proxied}/dumps/ensemble.nq", headers={"range": "bytes=5-9"})
    assert (part.status_code, len(part.content)) == (206, 5)
    assert httpx.get(f"{proxied}/metrics").status_code == 403
    query = "SELECT * { ?s ?p ?o . ?s2 ?p2 ?o2 } LIMIT 100000"
    rows = httpx.get(f"{proxied}/sparql", params={"query": query, "format": "csv"}, timeout=60).text.count("\n")
    assert rows >= 100_000
