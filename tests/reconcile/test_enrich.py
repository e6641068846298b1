"""URIs asked from a local stand-in of INSEE's endpoint: kept when there is one, never when in doubt."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest
from building import ROOT, copied, silent
from click.testing import CliRunner

from laurier.cli import main
from laurier.errors import ReconcileError
from laurier.pipeline.build import build
from laurier.reconcile import enrich
from laurier.reconcile.references import ADDED, References
from laurier.settings import Settings
from laurier.snapshot.opened import current

ROUEN = "http://id.insee.fr/geo/commune/a5bd0d70-4c31-4b5c-9cbb-8c0fb4f0a9a1"
COTENTIN = "http://id.insee.fr/geo/intercommunalite/831d6a01-86d0-4bdb-8d2e-0d2a4b6f0f11"
DATA = f"""
@prefix igeo: <http://rdf.insee.fr/def/geo#> .
<{ROUEN}> a igeo:Commune ; igeo:codeINSEE "76540" .
<{COTENTIN}> a igeo:Intercommunalite ; igeo:codeINSEE "200067205" .
<http://id.insee.fr/geo/commune/11111111-1111-1111-1111-111111111111> a igeo:Commune ; igeo:codeINSEE "14118" .
<http://id.insee.fr/geo/commune/22222222-2222-2222-2222-222222222222> a igeo:Commune ; igeo:codeINSEE "14118" .
<http://id.insee.fr/geo/commune/33333333-3333-3333-3333-333333333333> a igeo:Commune ; igeo:codeINSEE "76351" .
<http://event> igeo:suppression <http://id.insee.fr/geo/commune/33333333-3333-3333-3333-333333333333> .
<javascript:alert(1)> a igeo:Commune ; igeo:codeINSEE "76217" .
"""


class Stand(BaseHTTPRequestHandler):
    """Answers SPARQL queries from DATA."""

    store = ox.Store()
    broken = b""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        found = self.store.query(parse_qs(body.decode())["query"][0])
        assert isinstance(found, ox.QuerySolutions)
        answer = self.broken or found.serialize(format=ox.QueryResultsFormat.JSON)
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.end_headers()
        self.wfile.write(answer or b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[str]:
    Stand.store = ox.Store()
    Stand.store.load(DATA, format=ox.RdfFormat.TURTLE)
    Stand.broken = b""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stand)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sparql"
    server.shutdown()
    thread.join()
    server.server_close()


UNITS = [("commune", code) for code in ("76540", "14118", "76351", "76217", "99999")] + [("epci", "200067205")]


def test_one_uri_in_force_is_kept_and_nothing_else(endpoint: str) -> None:
    assert list(enrich.fetch(UNITS, endpoint)) == [("commune", "76540", ROUEN), ("epci", "200067205", COTENTIN)]


@pytest.mark.parametrize("answer", [b"<html>", b"{}", b"[]", json.dumps({"results": {"bindings": [1]}}).encode()])
def test_another_answer_is_told(endpoint: str, answer: bytes) -> None:
    Stand.broken = answer
    with pytest.raises(ReconcileError, match="did not answer as expected"):
        list(enrich.fetch(UNITS, endpoint))


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/", "http://[", "ftp://x/"])
def test_no_answer_is_told(address: str) -> None:
    with pytest.raises(ReconcileError, match="check the address"):
        list(enrich.fetch(UNITS, address))


def test_what_was_found_is_in_the_next_build(endpoint: str, tmp_path: Path) -> None:
    data, releases = copied(ROOT / "data", tmp_path / "data"), tmp_path / "r"
    settings = Settings(data=data, releases=releases)
    build(settings, silent)
    words = ["enrich", "--data", str(data), "--releases", str(releases), "--endpoint", endpoint]
    result = CliRunner().invoke(main, words, env={"LAURIER_LANG": "en"})
    assert result.exit_code == 0, result.output
    assert result.output.startswith("2 of ")
    build(settings, silent)
    snapshot = current(releases)
    rouen = snapshot.entities.entity("https://data.example.org/id/territoire/commune/76540")
    snapshot.entities.close()
    assert rouen is not None
    assert f"sameAs> <{ROUEN}>" in rouen.ntriples.decode()


def test_the_shipped_uris_stay_beside_the_added_ones(tmp_path: Path) -> None:
    enrich.write(tmp_path / ADDED, [("region", "28", "http://id.insee.fr/geo/region/x"), ("commune", "1", "u")])
    both = References(added=tmp_path / ADDED)
    assert both.insee("commune", "1") == ("u",)
    assert both.european("region", "28") == References().european("region", "28") != ()
    (tmp_path / ADDED).write_text("kind\tcode\ncommune\t1\n", encoding="utf-8")
    with pytest.raises(ReconcileError, match=ADDED):
        References(added=tmp_path / ADDED)
