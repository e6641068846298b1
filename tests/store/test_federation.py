"""SERVICE, off by default; for the hosts listed, evaluated apart and joined."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from laurier.errors import QueryError, QueryRefused, QueryTimeout
from laurier.settings import Limits
from laurier.store.embedded import EmbeddedStore
from tests.store.conftest import asked, whole
from tests.web.conftest import Server, running

DATA = """
<http://example.org/thing/1> <http://elsewhere.example/colour> "bleu"@fr <urn:g> .
<http://example.org/thing/2> <http://elsewhere.example/size> "2.5"^^<http://www.w3.org/2001/XMLSchema#decimal> <urn:g> .
<http://example.org/thing/2> <http://elsewhere.example/part> _:b <urn:g> .
_:b <http://elsewhere.example/colour> "a \\"quoted\\" \\\\ one" <urn:g> .
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Another endpoint, which is one of ours."""
    path = tmp_path_factory.mktemp("elsewhere") / "data.nq"
    path.write_text(DATA.lstrip(), encoding="utf-8")
    with running("--data", str(path)) as server:
        yield server


def answers(folder: Path, text: str, *allowed: str, seconds: float = 20) -> list[dict[str, dict[str, str]]]:
    async def main() -> bytes:
        limits = Limits(query_seconds=seconds)
        store = EmbeddedStore(
            folder, "http://example.org/", union=True, limits=limits, workers=1, service_allow=allowed
        )
        store.open()
        try:
            return await whole(store, asked(text))
        finally:
            await store.close()

    found: list[dict[str, dict[str, str]]] = json.loads(asyncio.run(main()))["results"]["bindings"]
    return found


def test_the_solutions_are_joined(folder: Path, elsewhere: Server) -> None:
    endpoint, host = f"{elsewhere.url}/sparql", f"127.0.0.1:{elsewhere.port}"
    text = f"""PREFIX e: <http://elsewhere.example/> PREFIX there: <{elsewhere.url}/>
    SELECT * {{ ?thing <http://example.org/name> ?name . SERVICE <{endpoint}> {{ ?thing e:colour ?colour }} }}"""
    (row,) = answers(folder, text, host)
    assert (row["name"]["value"], row["colour"]) == (
        "Lauréat 1",
        {"type": "literal", "value": "bleu", "xml:lang": "fr"},
    )
    by_name = text.replace(f"<{endpoint}>", "there:sparql")
    assert answers(folder, by_name, host) == [row]
    optional = f"""SELECT ?thing ?size {{ VALUES ?thing {{ <http://example.org/thing/1> <http://example.org/thing/2> }}
    OPTIONAL {{ SERVICE <{endpoint}> {{ ?thing <http://elsewhere.example/size> ?size }} }} }} ORDER BY ?thing"""
    rows = answers(folder, optional, host)
    assert [row.get("size", {}).get("value") for row in rows] == [None, "2.5"]
    quoted = (
        f"SELECT ?c {{ SERVICE <{endpoint}> {{ ?b <http://elsewhere.example/colour> ?c FILTER(STRLEN(?c) > 5) }} }}"
    )
    assert [row["c"]["value"] for row in answers(folder, quoted, host)] == ['a "quoted" \\ one']
    constant = f"SELECT ?x {{ BIND(1 AS ?x) SERVICE <{endpoint}> {{ <http://example.org/thing/1> ?p ?o }} }}"
    assert len(answers(folder, constant, host)) == 1


def test_only_listed_hosts_are_called(folder: Path, elsewhere: Server) -> None:
    clause = "SELECT * {{ SERVICE <{}> {{ ?s ?p ?o }} }}"
    for endpoint, allowed in (
        (f"{elsewhere.url}/sparql", ()),
        (f"{elsewhere.url}/sparql", ("example.org",)),
        (f"{elsewhere.url}/sparql", ("127.0.0.1",)),  # the port is not that of the scheme, and not listed
        ("file:///etc/passwd", ("example.org", "")),
        (f"http://example.org@127.0.0.1:{elsewhere.port}/sparql", ("example.org",)),
        (f"http://example.org:x@127.0.0.1:{elsewhere.port}/", (f"127.0.0.1:{elsewhere.port}",)),
    ):
        with pytest.raises(QueryRefused):
            answers(folder, clause.format(endpoint), *allowed)
    with pytest.raises(QueryRefused, match="by an IRI"):
        answers(folder, "SELECT * { ?s ?p ?g SERVICE ?g { ?a ?b ?c } }", "example.org")


def test_a_name_that_leads_to_a_private_address_is_not_followed(folder: Path, elsewhere: Server) -> None:
    host = f"localhost:{elsewhere.port}"
    text = f"SELECT * {{ SERVICE <http://{host}/sparql> {{ ?s ?p ?o }} }}"
    with pytest.raises(QueryError, match="no public address"):
        answers(folder, text, host)
    assert answers(folder, text, host, f"127.0.0.1:{elsewhere.port}")


def test_failures_are_told_or_silent(folder: Path, elsewhere: Server) -> None:
    host = f"127.0.0.1:{elsewhere.port}"
    clause = "SELECT * {{ BIND(1 AS ?x) SERVICE {} <{}> {{ ?s ?p ?o }} }}"
    for path in ("/nothing", "/fr/"):
        endpoint = f"{elsewhere.url}{path}"
        with pytest.raises(QueryError, match=r"failed|did not answer"):
            answers(folder, clause.format("", endpoint), host)
        assert len(answers(folder, clause.format("SILENT", endpoint), host)) == 1
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, never answers
        port = silent.getsockname()[1]
        with pytest.raises(QueryTimeout):
            answers(folder, clause.format("", f"http://127.0.0.1:{port}/"), f"127.0.0.1:{port}", seconds=1)


def test_an_update_smuggled_beside_a_clause_is_refused(folder: Path, elsewhere: Server) -> None:
    host = f"127.0.0.1:{elsewhere.port}"
    hidden = f"PREFIX : <{elsewhere.url}/> SELECT * {{ SERVICE:sparql{{ ?s ?p ?o }} }}"
    with pytest.raises(QueryRefused):
        answers(folder, hidden, host)
