"""The nginx configuration of the documentation, in front of a running server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.web import nginx
from tests.web.conftest import LAUREATE, Server


@pytest.fixture
def proxied(site: Server, tmp_path: Path) -> Iterator[str]:
    """The address of nginx, started with the documented server block."""
    with nginx.documented(0, {"127.0.0.1:8000": site.url[7:]}, tmp_path) as address:
        yield address


@nginx.needed
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
