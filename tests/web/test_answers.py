"""Answers to queries that are kept: those asked again, exactly what they were, and within their memory."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from laurier.errors import QueryError
from laurier.formats import CSV, SPARQL_JSON, TURTLE, Choice, Format
from laurier.pipeline.outcome import Outcome
from laurier.settings import Limits, Settings
from laurier.snapshot.opened import current
from laurier.store import Query
from laurier.store.embedded import EmbeddedStore
from laurier.web.answers import Answers
from laurier.web.cache import Doorkeeper
from tests.web.conftest import Server

TITLE = "http://purl.org/dc/terms/title"
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o . ?p ?q ?r }"
DIRECT = {"content-type": "application/sparql-query"}


def asked(text: str, form: Format = SPARQL_JSON, **more: object) -> Query:
    return Query(text, Choice(form, form.content_type), Choice(TURTLE, TURTLE.content_type), **more)  # type: ignore[arg-type]


def titles(number: int) -> str:
    return f"SELECT ?t{number} {{ ?s <{TITLE}> ?t{number} }} LIMIT 3"


@contextlib.asynccontextmanager
async def opened(built: tuple[Settings, Outcome], limit: int = 2**20) -> AsyncIterator[Answers]:
    snapshot = current(built[0].releases)
    store = EmbeddedStore(snapshot.file("store"), snapshot.base, union=True, limits=Limits(query_seconds=10), workers=2)
    store.open()
    try:
        yield Answers(store, limit)
    finally:
        await store.close()
        snapshot.close()


def test_what_is_asked_again_is_evaluated_twice_at_most(built: tuple[Settings, Outcome]) -> None:
    async def main() -> None:
        async with opened(built) as answers:
            bodies = [(await answers.of(asked(titles(0)))).whole for _ in range(5)]
            assert bodies == bodies[:1] * 5
            assert answers.came == {"store": 2, "memory": 3, "shared": 0}

    asyncio.run(main())


def test_each_form_and_dataset_has_its_own(built: tuple[Settings, Outcome]) -> None:
    async def main() -> None:
        async with opened(built) as answers:
            other = "https://data.example.org/graph/ontology"
            queries = [
                asked(titles(0)),
                asked(titles(0), CSV),
                asked(titles(0), default_graphs=(other,)),
                asked(titles(0), named_graphs=(other,)),
                asked(titles(0) + " "),
            ]
            first = [(await answers.of(query)).whole for query in queries]
            assert len(set(first)) >= 3
            for _ in range(2):
                assert [(await answers.of(query)).whole for query in queries] == first
            found = await answers.of(asked(titles(0), CSV))
            assert (found.kind, found.content_type) == ("solutions", CSV.content_type)
            assert answers.came["memory"] == len(queries) + 1

    asyncio.run(main())


def test_different_queries_push_out_none_that_is_repeated(built: tuple[Settings, Outcome]) -> None:
    async def main() -> None:
        async with opened(built, limit=4096) as answers:
            for _ in range(2):
                await answers.of(asked(titles(0)))
            held = answers.held
            assert 0 < held <= 4096
            for number in range(1, 60):
                await answers.of(asked(titles(number)))
            assert answers.held == held
            await answers.of(asked(titles(0)))
            assert answers.came["memory"] == 1
            for number in range(1, 60):  # the second time
                await answers.of(asked(titles(number)))
                assert answers.held <= 4096
            assert answers.came["memory"] == 1

    asyncio.run(main())


@pytest.mark.parametrize("call", ["RAND()", "UUID()", "STRUUID()", "NOW()", "BNODE()"])
def test_what_changes_is_never_kept(built: tuple[Settings, Outcome], call: str) -> None:
    async def main() -> None:
        async with opened(built) as answers:
            bodies = {(await answers.of(asked(f"SELECT ({call} AS ?x) {{}}"))).whole for _ in range(4)}
            assert len(bodies) == 4
            assert answers.held == 0

    asyncio.run(main())


def test_errors_are_not_kept(built: tuple[Settings, Outcome]) -> None:
    async def main() -> None:
        async with opened(built) as answers:
            for _ in range(3):
                with pytest.raises(QueryError):
                    await answers.of(asked("SELECT * {"))
            assert answers.came["store"] == 3
            assert answers.held == 0

    asyncio.run(main())


def test_those_asked_together_are_evaluated_once_even_when_the_first_client_leaves(
    built: tuple[Settings, Outcome],
) -> None:
    async def main() -> None:
        async with opened(built) as answers:
            some = await asyncio.gather(*(answers.of(asked(titles(0))) for _ in range(8)))
            assert len({answer.whole for answer in some}) == 1
            assert answers.came == {"store": 1, "shared": 7, "memory": 0}
            slow = [asyncio.ensure_future(answers.of(asked(CROSS, seconds=1.0))) for _ in range(3)]
            await asyncio.sleep(0.3)
            slow[1].cancel()
            for task in (slow[0], slow[2]):
                with pytest.raises(QueryError, match="longer than 1 seconds"):
                    await task
            assert answers.came["shared"] == 8
            first, second = (asyncio.ensure_future(answers.of(asked(titles(1)))) for _ in range(2))
            await asyncio.sleep(0)
            first.cancel()
            assert (await second).whole

    asyncio.run(main())


def test_the_doorkeeper_knows_what_came_lately_and_forgets_the_rest() -> None:
    door = Doorkeeper()
    assert [door.knows((b"a", None)), door.knows((b"b", None)), door.knows((b"a", None))] == [False, False, True]
    assert not any(door.knows(f"other {number}") for number in range(200_000))
    assert not door.knows((b"a", None))


def count(server: Server, name: str) -> int:
    found = re.search(rf"^laurier_{re.escape(name)} (\d+)$", httpx.get(server.url + "/metrics").text, re.MULTILINE)
    return int(found[1]) if found else 0


def test_over_http_only_what_was_kept_is_ready_to_be_written(site: Server) -> None:
    query = {"query": f"{titles(7)} # over HTTP"}
    ready, memory = 'requests_at_once_total{route="/sparql"}', 'answers_total{origin="memory"}'
    before = count(site, ready), count(site, memory)
    with httpx.Client(base_url=site.url) as client:
        answers = [client.get("/sparql", params=query) for _ in range(4)]
        assert count(site, memory) == before[1] + 1  # the third, which the connection then writes by itself
        assert count(site, ready) == before[0] + 1
        head = client.head("/sparql", params=query)
        post = client.post("/sparql", content=query["query"], headers=DIRECT)
        same = client.get("/sparql", params=query, headers={"if-none-match": answers[0].headers["etag"]})
        packed = [client.get("/sparql", params=query, headers={"accept-encoding": "br"}) for _ in range(2)]
        page = client.get("/sparql", params=query, headers={"accept": "text/html"})
    own = {"date", "x-request-id"}
    told = [{name: value for name, value in each.headers.items() if name not in own} for each in (*answers, head)]
    assert told == told[:1] * 5
    assert {each.content for each in (*answers, post, *packed)} == {answers[0].content}
    assert (same.status_code, same.content, head.content) == (304, b"", b"")
    assert page.headers["etag"] != told[0]["etag"]
    assert count(site, memory) == before[1] + 6


def test_over_http_a_hundred_of_the_same_cost_one(site: Server) -> None:
    parameters = {"query": f"{CROSS} # a hundred", "timeout": "1"}
    before = count(site, 'queries_total{outcome="timeout"}')
    with ThreadPoolExecutor(50) as pool:
        statuses = list(
            pool.map(lambda _: httpx.get(site.url + "/sparql", params=parameters, timeout=60).status_code, range(50))
        )
    assert set(statuses) == {504}
    assert count(site, 'queries_total{outcome="timeout"}') <= before + 3
