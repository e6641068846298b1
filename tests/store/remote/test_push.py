"""A push: killed and resumed, switched in one step under readers, the old set gone, every refusal a sentence."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import servers
from click.testing import CliRunner
from sample_engines import ignore, writer
from sample_release import BASE, lines

from laurier import quads
from laurier.cli.root import main
from laurier.errors import DataRefused, QueryBusy, SnapshotError, UsageError
from laurier.settings import Limits
from laurier.snapshot.manifest import Manifest
from laurier.snapshot.opened import Snapshot
from laurier.store import push as pushing
from laurier.store import sets
from laurier.store.engines import Credentials
from laurier.store.push import push
from laurier.store.remote import RemoteStore
from laurier.store.sets import Names
from laurier.store.writing import Writer

GRAPH = f"{BASE}graph/"


def made(folder: Path, release: str, *, extra: int = 0, union: bool = True, more: tuple[str, ...] = ()) -> Snapshot:
    """A release of two sources that share statements, with as many further ones as wanted."""
    folder.mkdir(parents=True)
    further = [
        quads.statement(
            f"<{BASE}id/projet/p{number:06d}>", f"<{BASE}version>", quads.text(release), f"<{GRAPH}autre-liste>"
        )
        for number in range(extra)
    ]
    content = quads.canonical([*lines(), *further, *more])
    (folder / "data.nq").write_text("".join(f"{line}\n" for line in content), encoding="utf-8")
    blank = f"<{BASE}catalogue> <{BASE}temporal> _:periode <{GRAPH}catalogue> ."
    start = f'_:periode <{BASE}start> "2020-01-01"^^<{quads.XSD}date> <{GRAPH}catalogue> .'
    (folder / "catalogue.nq").write_text(f"{blank}\n{start}\n", encoding="utf-8")
    manifest = Manifest(hash=release, base=BASE, version="0", published="2026-01-01T00:00:00Z", union=union)
    return Snapshot(folder, manifest)


def known(to: Writer) -> sets.Registry:
    return sets.registry(BASE, to.select(sets.reading(BASE)))


def graphs(running: servers.Running) -> dict[str, int]:
    """Every graph of an instance that the engine holds, with its statements."""
    query = (
        f"SELECT ?g (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), '{GRAPH}')) }} GROUP BY ?g"
    )
    answer = httpx.post(running.query, data={"query": query}, headers={"Accept": "application/sparql-results+json"})
    rows = answer.json()["results"]["bindings"]
    return {row["g"]["value"].removeprefix(GRAPH): int(row["n"]["value"]) for row in rows}


@pytest.fixture
def to(engine):
    with writer(engine) as one:
        yield one
        for found in known(one).sets.values():
            for graph in {*found.named, *found.default, Names(BASE, found.release).inside}:
                one.drop(graph)
        one.drop(f"{GRAPH}releases")


def test_a_release_becomes_current_and_the_one_before_is_dropped(engine, to, tmp_path):
    first, second = made(tmp_path / "1", "1" * 16), made(tmp_path / "2", "2" * 16, extra=5)
    assert push(first, to, ignore, grace=0).dropped == ()
    done = push(second, to, ignore, grace=0)
    assert done.release == "2" * 16
    assert done.dropped == ("1" * 16,)
    assert known(to).served.release == "2" * 16
    held = graphs(engine)
    assert not [name for name in held if name.startswith("1")]
    wanted = {}
    for line in [*lines(), *(tmp_path / "2" / "data.nq").read_text(encoding="utf-8").splitlines()]:
        wanted.setdefault(quads.split(line)[3][1:-1].removeprefix(GRAPH), set()).add(line)
    for name, content in wanted.items():
        assert held[f"{'2' * 16}/{name}"] == len(content), name
    assert not [name for name in held if "probe" in name]


def test_a_release_that_is_there_is_not_sent_again(to, tmp_path):
    first, second = made(tmp_path / "1", "1" * 16), made(tmp_path / "2", "2" * 16)
    push(first, to, ignore, grace=0)
    assert push(second, to, ignore, keep=True).dropped == ()
    assert push(second, to, ignore, keep=True).sent == 0
    back = push(first, to, ignore, keep=True)
    assert back.sent == 0
    assert known(to).current == ("1" * 16,)


def test_blank_nodes_of_the_catalogue_stay_one_thing_when_sent_twice(to, tmp_path):
    release = made(tmp_path / "1", "1" * 16)
    push(release, to, ignore, grace=0)
    to.update(sets.close(Names(BASE, "1" * 16)))
    to.update(sets.advance(Names(BASE, "1" * 16), 0))
    push(release, to, ignore, grace=0)
    assert to.count(f"{GRAPH}{'1' * 16}/catalogue") == 2


def test_what_the_engine_lost_is_noticed_and_nothing_is_switched(to, tmp_path, monkeypatch):
    push(made(tmp_path / "1", "1" * 16), to, ignore, grace=0)
    monkeypatch.setattr(pushing, "STEP", 5)
    whole, sent = to.add, []

    def lossy(graph, statements):
        sent.append(graph)
        whole(graph, statements[:-1] if len(sent) == 6 else statements)

    monkeypatch.setattr(to, "add", lossy)
    with pytest.raises(DataRefused, match="nothing was switched"):
        push(made(tmp_path / "2", "2" * 16), to, ignore, grace=0)
    assert known(to).current == ("1" * 16,)
    monkeypatch.setattr(to, "add", whole)
    assert (
        push(Snapshot(tmp_path / "2", replace(made(tmp_path / "3", "2" * 16).manifest)), to, ignore, grace=0).sent > 0
    )
    assert known(to).served.release == "2" * 16


KILLED = """
    import sys
    from pathlib import Path
    sys.path[:0] = {path!r}
    from test_push import Writer, Credentials, Manifest, Snapshot, BASE, pushing
    pushing.STEP = 40
    manifest = Manifest(hash={release!r}, base=BASE, version="0", published="2026-01-01T00:00:00Z")
    with Writer({query!r}, Credentials({user!r}, {password!r})) as to:
        print("go", flush=True)
        pushing.push(Snapshot(Path({folder!r}), manifest), to, lambda *a: print(*a, flush=True), grace=0.2)
"""


def test_a_push_killed_at_any_moment_goes_on_where_it_was(engine, to, tmp_path):
    old = made(tmp_path / "1", "1" * 16)
    push(old, to, ignore, grace=0)
    new = made(tmp_path / "2", "2" * 16, extra=400)
    script = textwrap.dedent(
        KILLED.format(
            path=[str(Path(__file__).parent), *sys.path],
            release="2" * 16,
            folder=str(new.folder),
            query=engine.query,
            user=engine.user,
            password=engine.password,
        )
    )
    sent = []
    for steps in (1, 3, 6, 10, 12, 13, 14):
        before = known(to)
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        out = process.stdout
        for _ in range(steps + 1 - len(sent)):
            if not out.readline():
                break
        process.send_signal(signal.SIGKILL)
        process.wait()
        out.close()
        after = known(to)
        # Whatever was served is whole: the old set, or the new one.
        assert after.served is not None
        if after.served.release == "1" * 16:
            assert to.count(f"{GRAPH}{'1' * 16}/autre-liste") == sum("/autre-liste>" in line for line in lines())
            if "2" * 16 in before.sets:
                assert after.sets["2" * 16].position >= before.sets["2" * 16].position
    done = push(new, to, ignore, grace=0)
    assert known(to).served.release == "2" * 16
    assert to.count(f"{GRAPH}{'2' * 16}/autre-liste") == 400 + sum("/autre-liste>" in line for line in lines())
    assert done.sent < 460, "it started again from the beginning"
    assert not [name for name in graphs(engine) if name.startswith("1")]


def test_a_set_whose_removal_was_killed_is_pushed_again_at_the_first_try(engine, to, tmp_path, monkeypatch):
    first, second = made(tmp_path / "1", "1" * 16, extra=30), made(tmp_path / "2", "2" * 16)
    push(first, to, ignore, grace=0)
    whole, left = to.drop, iter(range(5))  # three graphs of the trial, then one of the old set

    def killed(graph):
        if next(left) == 4:
            raise KeyboardInterrupt
        whole(graph)

    monkeypatch.setattr(to, "drop", killed)
    with pytest.raises(KeyboardInterrupt):
        push(second, to, ignore, grace=0)
    monkeypatch.setattr(to, "drop", whole)
    assert known(to).served.release == "2" * 16
    assert push(first, to, ignore, grace=0).dropped == ("2" * 16,)
    assert known(to).served.release == "1" * 16
    assert to.count(f"{GRAPH}{'1' * 16}/autre-liste") == 30 + sum("/autre-liste>" in line for line in lines())


def test_what_a_push_tried_before_it_was_killed_goes_with_its_set(engine, to, tmp_path):
    given_up = Names(BASE, "1" * 16)
    to.update(sets.declare(given_up, []))
    to.add(given_up.probes[1], [f"<{BASE}a> <{BASE}b> <{BASE}c> ."])
    assert push(made(tmp_path / "2", "2" * 16), to, ignore, grace=0).dropped == ("1" * 16,)
    assert not [name for name in graphs(engine) if name.startswith("1")]


def test_of_two_positions_the_lower_one_counts():
    node = f"{GRAPH}releases#{'1' * 16}"
    for values in (("0", "40"), ("40", "0")):
        rows = [
            {"s": {"value": node}, "p": {"value": "https://schema.org/position"}, "o": {"value": value}}
            for value in values
        ]
        found = sets.registry(BASE, json.dumps({"results": {"bindings": rows}}).encode())
        assert found.sets["1" * 16].position == 0


def test_readers_never_see_a_mixture_while_releases_follow_each_other(engine, to, tmp_path):
    releases = [made(tmp_path / str(number), str(number) * 16, extra=60) for number in range(1, 5)]
    push(releases[0], to, ignore, grace=0)
    over, seen, faults = threading.Event(), set(), []

    def read():
        with writer(engine) as reader:
            while not over.is_set():
                served = known(reader).served
                if served is None:
                    faults.append("no release")
                    continue
                data = {
                    "query": f"SELECT ?v (COUNT(*) AS ?n) {{ ?s <{BASE}version> ?v }} GROUP BY ?v",
                    "default-graph-uri": served.default,
                }
                rows = httpx.post(engine.query, data=data, headers={"Accept": "text/csv"}).text.split()[1:]
                values = [row.replace('"', "").split(",") for row in rows]
                if values != [[served.release, "60"]]:
                    faults.append(f"{served.release}: {values}")
                seen.add(served.release)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        for release in releases[1:]:
            push(release, to, ignore, grace=1.0)
    finally:
        over.set()
        thread.join()
    assert not faults
    assert len(seen) >= 3


def test_statements_of_two_graphs_count_once_in_the_default_graph(engine, to, tmp_path):
    push(made(tmp_path / "1", "1" * 16), to, ignore, grace=0)
    distinct = {line.rpartition(" <")[0] for line in lines()}
    assert len(distinct) < len(lines())
    data = {"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "default-graph-uri": known(to).served.default}
    answer = httpx.post(engine.query, data=data, headers={"Accept": "text/csv"}).text.split()
    assert int(answer[1]) == len(distinct) + 2


def test_an_update_alone_is_enough_where_there_is_no_graph_store(engine, tmp_path):
    release = made(tmp_path / "1", "3" * 16, extra=1500)
    with writer(engine, graphs="-") as to:
        assert to.endpoint.graphs == ""
        push(release, to, ignore, grace=0)
        assert to.count(f"{GRAPH}{'3' * 16}/autre-liste") >= 1500
        to.drop(f"{GRAPH}releases")
        for name in graphs(engine):
            to.drop(f"{GRAPH}{name}")


def test_a_graph_of_another_instance_is_refused(to, tmp_path):
    foreign = "<http://a.example/s> <http://a.example/p> <http://a.example/o> <http://a.example/g> ."
    with pytest.raises(SnapshotError, match=r"a\.example/g"):
        push(made(tmp_path / "1", "4" * 16, more=(foreign,)), to, ignore, grace=0)
    assert "4" * 16 not in known(to).sets


def test_a_wrong_password_or_address_is_a_sentence(virtuoso):
    with (
        Writer(virtuoso.query, Credentials("dba", "wrong")) as to,
        pytest.raises(UsageError, match="LAURIER_STORE_USER"),
    ):
        to.update("DROP SILENT GRAPH <http://x.example/>")
    for url in ("ftp://127.0.0.1/sparql", "sparql", "http://me:secret@127.0.0.1/sparql"):
        with pytest.raises(UsageError) as refused:
            Writer(url, Credentials())
        assert "secret" not in refused.value.en


def test_an_engine_that_does_not_answer_is_told_after_a_few_tries(monkeypatch):
    monkeypatch.setattr("laurier.store.writing._PAUSE", 0.001)
    started = time.monotonic()
    with pytest.raises(DataRefused, match="does not answer"):
        Writer(f"http://127.0.0.1:{servers.free_port()}/sparql", Credentials())
    assert time.monotonic() - started < 5
    assert os.getpid()


def test_the_command_pushes_the_current_release_and_says_so(engine, to, tmp_path):
    release = made(tmp_path / "1", "5" * 16)
    releases = tmp_path / "releases"
    releases.mkdir()
    release.folder.rename(releases / ("5" * 16))
    (releases / ("5" * 16) / "manifest.json").write_bytes(release.manifest.to_json())
    (releases / "current").symlink_to("5" * 16)
    arguments = ["push", "--to", engine.query, "--releases", str(releases), "--grace", "0"]
    environment = {"LAURIER_STORE_USER": engine.user, "LAURIER_STORE_PASSWORD": engine.password, "LAURIER_LANG": "en"}
    told = CliRunner().invoke(main, arguments, env=environment, catch_exceptions=False)
    assert told.exit_code == 0, told.output
    assert f"Release {'5' * 16} is current" in told.output
    assert known(to).served.release == "5" * 16
    wrong = CliRunner().invoke(main, [*arguments[:2], "http://127.0.0.1:9/", *arguments[3:], "--release", "no"])
    assert wrong.exit_code == 1
    assert "Traceback" not in wrong.output


def test_a_store_waits_for_a_release_that_is_on_its_way(engine, to, tmp_path, loop):
    first, second = made(tmp_path / "1", "1" * 16), made(tmp_path / "2", "2" * 16)

    async def run():
        store = RemoteStore(engine.query, Names(BASE, "2" * 16), Limits())
        try:
            with pytest.raises(QueryBusy, match="laurier push"):
                await store.until_ready()
            await asyncio.to_thread(push, first, to, ignore, grace=0)
            waiting = asyncio.create_task(store.until_ready())
            await asyncio.sleep(2.5)
            assert not waiting.done()
            await asyncio.to_thread(push, second, to, ignore, grace=0)
            await asyncio.wait_for(waiting, 20)
        finally:
            await store.close()

    loop.run_until_complete(run())
