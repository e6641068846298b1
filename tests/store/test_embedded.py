"""Queries in worker processes: answers, refusals, kills, lanes, and nothing left behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from laurier.errors import (
    QueryBusy,
    QueryError,
    QueryExhausted,
    QueryRefused,
    QueryTimeout,
    QueryTooLarge,
    QueryUnacceptable,
)
from laurier.settings import Limits
from laurier.store.embedded import EmbeddedStore
from tests.store.conftest import CSV, RDF_XML, SPARQL_XML, THINGS, asked, whole

Run = Callable[..., Any]

CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o . ?p ?q ?r }"
EVERYTHING = "SELECT ?s ?p ?o ?t { ?s ?p ?o . ?t ?q ?u }"
DOUBLING = (
    'SELECT ?x { BIND("aaaaaaaaaaaaaaaa" AS ?a0) '
    + "".join(f"BIND(CONCAT(?a{n}, ?a{n}) AS ?a{n + 1}) " for n in range(32))
    + "BIND(STRLEN(?a32) AS ?x) }"
)


def rows(body: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(body)["results"]["bindings"]
    return found


def processes(store: EmbeddedStore) -> list[int]:
    return [worker.pid for lane in store.pool.lanes for worker in (*lane.idle, *lane.busy, *lane.starting)]


def test_tags_and_datatypes_are_kept(with_store: Run) -> None:
    async def work(store: EmbeddedStore) -> None:
        body = await whole(store, asked("SELECT ?o { <http://example.org/thing/7> ?p ?o FILTER(isLiteral(?o)) }"))
        found = {row["o"]["value"]: row["o"] for row in rows(body)}
        assert found["Lauréat 7"]["xml:lang"] == "fr"
        assert found["7"]["datatype"] == "http://www.w3.org/2001/XMLSchema#integer"

    with_store(work)


def test_each_kind_says_its_kind(with_store: Run) -> None:
    async def work(store: EmbeddedStore) -> None:
        for text, kind in (
            ("ASK {}", "boolean"),
            ("SELECT * {}", "solutions"),
            ("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 3", "graph"),
            ("DESCRIBE <http://example.org/thing/1>", "graph"),
        ):
            answer = await store.query(asked(text))
            assert answer.kind == kind
            assert answer.whole

    with_store(work)


def test_the_dataset_of_a_query(with_store: Run) -> None:
    zero, one = "http://example.org/graph/0", "http://example.org/graph/1"
    count = "SELECT (COUNT(*) AS ?n) {} { ?s <http://example.org/rank> ?o }"

    async def work(store: EmbeddedStore) -> None:
        async def counted(clauses: str, pattern: str = "?s <http://example.org/rank> ?o", **dataset: Any) -> int:
            text = f"SELECT (COUNT(*) AS ?n) {clauses} {{ {pattern} }}"
            return int(rows(await whole(store, asked(text, **dataset)))[0]["n"]["value"])

        graph = "GRAPH ?g { ?s <http://example.org/rank> ?o }"
        assert await counted("") == THINGS
        assert await counted("", graph) == THINGS
        # FROM restricts, although the default graph is the union otherwise
        assert await counted(f"FROM <{zero}>") == THINGS / 2
        assert await counted(f"FROM <{zero}> FROM <{one}>") == THINGS
        assert await counted(f"FROM <{zero}>", graph) == 0
        assert await counted(f"FROM NAMED <{zero}>", graph) == THINGS / 2
        assert await counted(f"FROM NAMED <{zero}>") == 0
        # the protocol's parameters come before FROM
        assert await counted(f"FROM <{zero}>", default_graphs=("http://example.org/none",)) == 0
        assert await counted("", default_graphs=(zero,)) == THINGS / 2
        assert await counted("", graph, default_graphs=(zero,)) == 0
        assert await counted("", graph, named_graphs=(one,)) == THINGS / 2
        assert await counted("", named_graphs=(one,)) == 0
        with pytest.raises(QueryError, match="not an absolute IRI"):
            await counted("", default_graphs=("relative",))

    assert count
    with_store(work)


def test_without_union_the_default_graph_is_its_own(with_store: Run) -> None:
    async def work(store: EmbeddedStore) -> None:
        assert rows(await whole(store, asked("SELECT * { ?s ?p ?o }"))) == []

    with_store(work, union=False)


@pytest.mark.parametrize(
    ("text", "line", "column", "token"),
    [
        ("SELECT * WHRE {}", 1, 10, "'WHRE'"),
        ("SELECT (foo(1) AS ?é)\n {}", 1, 9, "'foo'"),
        ('SELECT *\n{ "é" é @', 2, 7, "'é'"),
        ("SELECT * {", 1, 11, "too early"),
        ("SELECT * {\n  ?s ?p ?o ;;; ?q }\n}", 2, 19, "'}'"),
        ("PREFIX a: <b:c>\nSELECT * { ?s ex:b 1 }", 2, 15, "'ex:b'"),
        ("SELECT ?a (COUNT(*) AS ?n) { ?a ?b ?c }", 1, 40, "unbound"),
        ("", 1, 1, "too early"),
    ],
)
def test_a_syntax_error_says_where_and_what(with_store: Run, text: str, line: int, column: int, token: str) -> None:
    async def work(store: EmbeddedStore) -> None:
        with pytest.raises(QueryError) as caught:
            await store.query(asked(text))
        assert (caught.value.line, caught.value.column) == (line, column)
        assert token in caught.value.en

    with_store(work)


def test_what_is_refused_is_refused_in_sentences(with_store: Run) -> None:
    async def work(store: EmbeddedStore) -> None:
        for text, kind, said in (
            ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", QueryRefused, "SERVICE is not allowed"),
            ("INSERT DATA { <a:b> <a:c> 1 }", QueryRefused, "is an update"),
            ("SELECT (<http://x/f>(1) AS ?x) {}", QueryError, "not supported"),
            ("ASK {" + "{" * 3000 + "}" * 3000 + "}", QueryTooLarge, "nest deeper"),
        ):
            with pytest.raises(kind, match=said):
                await store.query(asked(text))
        with pytest.raises(QueryUnacceptable):
            await store.query(asked("SELECT * {}", None))
        with pytest.raises(QueryUnacceptable):
            await store.query(asked("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1", graph=None))

    with_store(work)


def test_a_long_query_is_refused_and_answered_as_a_short_one_is(with_store: Run) -> None:
    """Its tokens are read by the worker, not by the server, where they would hold up everyone."""
    before, after = "# " + "é" * 10_000 + "\n", "\n# " + "x" * 20_000
    name = "?s <http://example.org/name> ?name"

    async def work(store: EmbeddedStore) -> None:
        for text, error in (
            ("INSERT DATA { <a:b> <a:c> <a:d> }", QueryRefused),
            ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", QueryRefused),
            ("SELECT * { \\u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", QueryRefused),
            ("ASK " + "{" * 3000 + "}" * 3000, QueryTooLarge),
            ("ASK { ?s ?p '''open }", QueryError),
            ("ASK {}" + " " * 300_000, QueryTooLarge),
        ):
            with pytest.raises(error):
                await store.query(asked(before + text + after))
        with pytest.raises(QueryError) as wrong:
            await store.query(asked(before + "SELECT * {\n ?s ?p } LIMT 1" + after))
        assert wrong.value.line == 3
        count = f"SELECT (COUNT(*) AS ?n) %s {{ {name} }}"
        for dataset, found in (("", THINGS), ("FROM <http://example.org/graph/0>", THINGS // 2), ("FROM <urn:x>", 0)):
            answer = rows(await whole(store, asked(before + count % dataset + after)))
            assert answer[0]["n"]["value"] == str(found)
        assert (await store.query(asked(before + "ASK {}" + after))).repeatable
        assert not (await store.query(asked(before + "SELECT (now() AS ?n) {}" + after))).repeatable

    with_store(work)


def test_xml_is_well_formed_or_refused(with_store: Run) -> None:
    odd = "<http://example.org/odd>"

    async def work(store: EmbeddedStore) -> None:
        text = f"SELECT ?o {{ {odd} <http://example.org/text> ?o }}"
        assert b"a&#xD;b" in await whole(store, asked(text, SPARQL_XML))
        with pytest.raises(QueryUnacceptable, match="control character"):
            await store.query(asked(f"SELECT ?o {{ {odd} <http://example.org/control> ?o }}", SPARQL_XML))
        body = await whole(store, asked(f"CONSTRUCT WHERE {{ {odd} <http://example.org/text> ?o }}", graph=RDF_XML))
        assert b"a&#xD;b" in body
        with pytest.raises(QueryUnacceptable, match="no XML name"):
            await store.query(asked(f"CONSTRUCT WHERE {{ {odd} <http://example.org/123> ?o }}", graph=RDF_XML))

    with_store(work)


def test_a_slow_query_is_stopped_and_its_worker_replaced(with_store: Run) -> None:
    async def work(store: EmbeddedStore) -> None:
        await whole(store, asked("ASK {}"))
        before = set(processes(store))
        with pytest.raises(QueryTimeout, match=r"longer than 1 seconds"):
            await store.query(asked(CROSS, seconds=1))
        await _settled(store)
        after = set(processes(store))
        assert len(after) == len(before)
        assert before - after
        assert all(not Path(f"/proc/{pid}").exists() for pid in before - after)
        assert await whole(store, asked("ASK {}"))

    with_store(work)


def test_a_query_that_fills_memory_is_stopped(with_store: Run) -> None:
    async def work(store: EmbeddedStore) -> None:
        with pytest.raises(QueryExhausted, match="more memory"):
            await store.query(asked(DOUBLING))
        assert await whole(store, asked("ASK {}"))

    with_store(work, Limits(query_seconds=60, query_memory_mb=256))


def test_a_result_over_the_limit_is_never_whole(with_store: Run) -> None:
    async def work(store: EmbeddedStore) -> None:
        with pytest.raises(QueryExhausted, match="longer than 1 MiB"):
            await whole(store, asked(EVERYTHING + " LIMIT 100000", CSV))

    with_store(work, Limits(query_seconds=60, result_mb=1))


def test_a_long_answer_streams_and_holds_little(with_store: Run) -> None:
    async def work(store: EmbeddedStore) -> None:
        answer = await store.query(asked(EVERYTHING + " LIMIT 200000", CSV))
        assert answer.whole is None
        size = lines = 0
        most = 0
        async for part in answer:
            size += len(part)
            lines += part.count(b"\n")
            most = max(most, answer.held)
            if size < 2_000_000:
                await asyncio.sleep(0.005)  # a slow client
        assert lines == 200_001
        assert size > 10_000_000
        assert most < 3_000_000

    with_store(work, Limits(query_seconds=60))


def test_a_client_that_leaves_frees_the_worker(with_store: Run) -> None:
    async def work(store: EmbeddedStore) -> None:
        task = asyncio.ensure_future(store.query(asked(CROSS)))
        while not store.pool.running:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)  # it has moved to the slow lane
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert store.pool.running == 0
        # while it streams
        answer = await store.query(asked(EVERYTHING, CSV))
        async for _ in answer:
            break
        answer.cancel()
        assert store.pool.running == 0
        with pytest.raises(QueryError, match="went away"):
            async for _ in answer:
                pass
        await _settled(store)
        assert all(not lane.busy for lane in store.pool.lanes)

    with_store(work)


def test_light_queries_pass_fifty_heavy_ones(with_store: Run) -> None:
    async def work(store: EmbeddedStore) -> None:
        light = "SELECT ?p ?o {{ <http://example.org/thing/{}> ?p ?o }}"
        for number in range(5):
            await whole(store, asked(light.format(number)))
        heavy = [asyncio.ensure_future(store.query(asked(f"{CROSS} LIMIT {number + 1}"))) for number in range(90)]
        await asyncio.sleep(1)
        for number in range(100):
            assert len(rows(await whole(store, asked(light.format(number))))) == 3
        assert len(store.pool.slow.busy) <= store.pool.slow.slots  # one may be between two queries
        outcomes = await asyncio.gather(*heavy, return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} <= {QueryTimeout, QueryBusy, QueryExhausted}
        assert sum(isinstance(outcome, QueryBusy) for outcome in outcomes) >= 90 - 2 * 32 - 8
        await _settled(store)
        assert await whole(store, asked("ASK {}"))

    with_store(work, Limits(query_seconds=4))


def test_the_slow_lane_keeps_its_size_while_its_workers_start(with_store: Run) -> None:
    """Queries may move to it with their workers before its own are there: those are then too many."""

    async def work(store: EmbeddedStore) -> None:
        await whole(store, asked("ASK {}"))
        await _settled(store)
        slow = store.pool.slow
        for worker in list(slow.idle):
            os.kill(worker.pid, signal.SIGKILL)
        while len(slow.starting) < slow.slots:
            await asyncio.sleep(0.001)
        late = [worker.pid for worker in slow.starting]
        for pid in late:
            os.kill(pid, signal.SIGSTOP)
        heavy = [asyncio.ensure_future(store.query(asked(f"{CROSS} LIMIT {number + 1}"))) for number in range(12)]
        while len(slow.busy) < slow.slots:
            await asyncio.sleep(0.01)
        for pid in late:
            os.kill(pid, signal.SIGCONT)
        while slow.starting:
            await asyncio.sleep(0.01)
            assert len(slow.busy) <= slow.slots
        assert len(slow.busy) == slow.slots
        for worker in slow.busy:  # those that moved there too
            threads = map(int, os.listdir(f"/proc/{worker.pid}/task"))
            assert {os.getpriority(os.PRIO_PROCESS, thread) for thread in threads} == {slow.niceness}
        for task in heavy:
            task.cancel()
        await asyncio.gather(*heavy, return_exceptions=True)
        await _settled(store)

    with_store(work, Limits(query_seconds=60))


def test_a_light_query_on_a_busy_machine_is_not_taken_for_a_heavy_one(with_store: Run) -> None:
    async def work(store: EmbeddedStore) -> None:
        await _settled(store)
        heavy = [asyncio.ensure_future(store.query(asked(f"{CROSS} # {number}"))) for number in range(2)]
        while len(store.pool.slow.busy) < 2:
            await asyncio.sleep(0.05)
        while not store.pool.trial.idle:
            await asyncio.sleep(0.05)
        stopped = [worker.pid for worker in store.pool.trial.idle]
        for pid in stopped:  # other processes have the machine for a while
            os.kill(pid, signal.SIGSTOP)
        light = asyncio.ensure_future(whole(store, asked("SELECT ?o { <http://example.org/thing/9> ?p ?o }")))
        await asyncio.sleep(0.4)
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
        await asyncio.wait_for(light, 5)
        for task in heavy:
            task.cancel()
        await asyncio.gather(*heavy, return_exceptions=True)

    with_store(work, Limits(query_seconds=20))


def test_a_shape_that_is_slow_again_and_again_is_not_tried_among_the_light(with_store: Run) -> None:
    """Queries that differ in a constant would otherwise each cost a trial, and a worker when it ends."""

    async def work(store: EmbeddedStore) -> None:
        await _settled(store)
        for number in range(3):
            with pytest.raises(QueryTimeout):
                await store.query(asked(f"{CROSS} LIMIT {number + 1}", seconds=0.5))
        await _settled(store)
        heavy = asyncio.ensure_future(store.query(asked(f"{CROSS} LIMIT 4")))
        await asyncio.sleep(0)
        assert len(store.pool.slow.busy) == 1
        assert not store.pool.trial.busy
        heavy.cancel()
        await asyncio.gather(heavy, return_exceptions=True)
        # one that is quick after all opens the quick lane to its like
        await _settled(store)
        small = "SELECT * {{ <http://example.org/{}> ?p ?a . ?s ?q ?b . ?t ?r ?c . ?u ?v ?d }} ORDER BY ?a ?b ?c ?d"
        for name in ("thing/1", "thing/2", "thing/3"):
            with pytest.raises(QueryTimeout):
                await store.query(asked(small.format(name), seconds=0.5))
        await _settled(store)
        for name in ("none", "nothing"):
            assert not rows(await whole(store, asked(small.format(name))))
        light = asyncio.ensure_future(store.query(asked(small.format("nowhere"))))
        await asyncio.sleep(0)
        assert len(store.pool.quick.busy) == 1
        await light

    with_store(work, Limits(query_seconds=20))


def test_a_new_query_passes_those_whose_like_were_slow_while_they_waited(with_store: Run) -> None:
    async def work(store: EmbeddedStore) -> None:
        await _settled(store)
        heavy = [asyncio.ensure_future(store.query(asked(f"{CROSS} LIMIT {number + 1}"))) for number in range(30)]
        await asyncio.sleep(0)
        light = asyncio.ensure_future(whole(store, asked("SELECT ?s { ?s <http://example.org/rank> 7 }")))
        await asyncio.sleep(0)
        assert store.pool.trial.waiting[-1].query.text.startswith("SELECT ?s")
        await light
        assert store.pool.crew.kills["demoted"] <= 4  # of the thirty that came before it
        for task in heavy:
            task.cancel()
        await asyncio.gather(*heavy, return_exceptions=True)

    with_store(work, Limits(query_seconds=20, queue=40))


def test_when_too_many_wait_those_whose_like_were_slow_give_way_to_a_new_query(with_store: Run) -> None:
    async def work(store: EmbeddedStore) -> None:
        await _settled(store)
        with pytest.raises(QueryTimeout):
            await store.query(asked(f"{CROSS} LIMIT 1", seconds=0.3))
        await _settled(store)
        heavy = [asyncio.ensure_future(store.query(asked(f"{CROSS} LIMIT {number + 2}"))) for number in range(8)]
        await asyncio.sleep(0)
        assert len(store.pool.trial.waiting) == store.limits.queue
        assert rows(await whole(store, asked("SELECT ?s { ?s <http://example.org/rank> 7 }")))
        assert store.pool.outcomes["busy"] >= 1
        for task in heavy:
            task.cancel()
        await asyncio.gather(*heavy, return_exceptions=True)

    with_store(work, Limits(query_seconds=20, queue=4))


def test_what_had_a_long_answer_streams_from_the_beginning(with_store: Run) -> None:
    async def work(store: EmbeddedStore) -> None:
        for number in range(2):
            await _settled(store)
            answer = asyncio.ensure_future(store.query(asked(EVERYTHING, CSV)))
            await asyncio.sleep(0)
            assert len(store.pool.slow.busy) == number
            (await answer).cancel()

    with_store(work)


def test_a_worker_killed_from_outside_is_replaced(with_store: Run) -> None:
    async def work(store: EmbeddedStore) -> None:
        await whole(store, asked("ASK {}"))
        await _settled(store)
        killed = processes(store)
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        while set(killed) & set(processes(store)):
            await asyncio.sleep(0.01)
        assert await whole(store, asked("ASK { ?s ?p ?o }"))

    with_store(work)


def test_closing_ends_every_process_and_query(with_store: Run) -> None:
    pids: list[int] = []

    async def work(store: EmbeddedStore) -> None:
        task = asyncio.ensure_future(store.query(asked(CROSS)))
        while not store.pool.running:
            await asyncio.sleep(0.01)
        pids.extend(processes(store))
        await store.close()
        with pytest.raises(QueryBusy):
            await task

    with_store(work)
    assert pids
    assert all(not Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_store_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    async def main() -> None:
        store = EmbeddedStore(tmp_path / "none", "http://x/", union=True, limits=Limits(), workers=1)
        store.open()
        try:
            with pytest.raises(QueryError, match="ended"):
                await asyncio.wait_for(store.query(asked("ASK {}")), 20)
        finally:
            await store.close()

    asyncio.run(main())


async def _settled(store: EmbeddedStore) -> None:
    """Waits until every worker is idle and those that left are reaped."""
    for _ in range(3000):
        if store.pool.crew.settled:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the pool does not settle")
