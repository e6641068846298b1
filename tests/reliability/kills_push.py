"""A push into a real engine, killed between two of its requests or at any instant; see `kills.py`.

The engine is `oxigraph serve`. Half of the kills are made by a gate that stands between the push and the engine: just
before the engine sees the n-th request, or just after it has answered it and the push does not know.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from estate import ROOT, Estate, ended
from killing import Tally, told

from laurier.errors import LaurierError
from laurier.snapshot.opened import current
from laurier.store import sets

sys.path.append(str(ROOT / "benchmarks"))
import servers

#: Seconds that an old set stays; a reader that took longer was not promised anything.
GRACE = 0.5


class Gate(ThreadingHTTPServer):
    """Passes the requests of a push on to its engine, and kills the push at the n-th.

    Attributes:
        requests: those passed on so far.
        at: number of the request at which to kill; 0 for never.
        after: kill once the engine has answered, not before it is asked.
        doomed: the process to kill.
    """

    daemon_threads = True

    def __init__(self, engine: servers.Running) -> None:
        super().__init__((servers.HOST, 0), _Passing)
        parts = urlsplit(engine.query)
        self.to = httpx.Client(base_url=f"{parts.scheme}://{parts.netloc}", timeout=300, trust_env=False)
        self.query = f"http://{servers.HOST}:{self.server_port}{parts.path}"
        self.requests = self.at = self.doomed = 0
        self.after = False

    def arm(self, at: int = 0, *, after: bool = False) -> None:
        """Starts to count again."""
        self.requests, self.at, self.after = 0, at, after

    def kill(self) -> None:
        """Kills the push."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.doomed, signal.SIGKILL)

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing: the push that was killed left its connections."""


class _Passing(BaseHTTPRequestHandler):
    server: Gate
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        gate = self.server
        gate.requests += 1
        here = gate.requests == gate.at
        if here and not gate.after:
            gate.kill()
            self.close_connection = True
            return
        kept = {name: self.headers[name] for name in ("content-type", "accept") if name in self.headers}
        answer = gate.to.post(self.path, content=body, headers=kept)
        if here:
            gate.kill()
        with contextlib.suppress(OSError):  # nobody is there any more
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(answer.content)))
            self.send_header("Content-Type", answer.headers.get("content-type", "text/plain"))
            self.end_headers()
            self.wfile.write(answer.content)

    def version_string(self) -> str:
        return "Oxigraph"

    def log_request(self, *_: object) -> None:
        """Says nothing."""


class Reader(threading.Thread):
    """Reads the set that is current, again and again, and notes what is no whole release.

    Args:
        engine: where to read.
        base: base IRI of the instance.
        whole: for each release, its statements by graph.
    """

    def __init__(self, engine: servers.Running, base: str, whole: dict[str, dict[str, int]]) -> None:
        super().__init__()
        self.engine, self.base, self.whole = engine, base, whole
        self.over = threading.Event()
        self.reads = 0
        self.faults: list[str] = []

    def run(self) -> None:
        """Reads until it is over."""
        while not self.over.is_set():
            start = time.monotonic()
            try:
                fault = self.look()
            except (httpx.HTTPError, LaurierError) as error:
                fault = repr(error)
            if time.monotonic() - start < GRACE:
                self.reads += 1
                self.faults += [fault] if fault else []
            self.over.wait(0.05)

    def look(self) -> str:
        """What is wrong with what a reader sees now; empty for nothing."""
        served = sets.registry(self.base, select(self.engine, sets.reading(self.base))).served
        if served is None:
            return "no whole release is current"
        seen = counts(self.engine, served.named)
        wanted = self.whole[served.release]
        return "" if seen == wanted else f"release {served.release}: {seen} for {wanted}"


def select(engine: servers.Running, query: str, **dataset: list[str]) -> bytes:
    """The answer to a query, in SPARQL JSON."""
    headers = {"Accept": "application/sparql-results+json"}
    answer = httpx.post(engine.query, data={"query": query, **dataset}, headers=headers, timeout=60, trust_env=False)
    return answer.raise_for_status().content


def counts(engine: servers.Running, named: list[str] | None = None) -> dict[str, int]:
    """Statements by graph, of the graphs named or of all."""
    dataset = {"named-graph-uri": named} if named is not None else {}
    answer = select(engine, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g", **dataset)
    rows = httpx.Response(200, content=answer).json()["results"]["bindings"]
    return {row["g"]["value"]: int(row["n"]["value"]) for row in rows}


def push(estate: Estate, rounds: int, chance: random.Random) -> Tally:
    """A push of another release than the current one, killed; readers see one release whole, the next push completes.

    The next push is of the release that was being pushed or, one time in three, of the one before. Nothing of the other
    may be left in the engine then.
    """
    tally = Tally()
    with (
        tempfile.TemporaryDirectory() as folder,
        servers.oxigraph(Path(folder) / "store") as engine,
        _gate(engine) as to,
    ):
        base = current(estate.releases).base
        pair = [path.name for path in estate.releases.iterdir() if path.is_dir() and not path.is_symlink()]
        whole: dict[str, dict[str, int]] = {}
        for release in pair:
            to.arm()
            start = time.monotonic()
            assert (done := estate.run(*_words(to, release))).code == 0, done
            lasted, requests = time.monotonic() - start, to.requests
            whole[release] = _alone(engine, base, release)
        old = pair[-1]
        for number in range(rounds):
            if number and number % 20 == 0:
                print(f"{number} of {rounds} kills held", flush=True)
            new = (set(pair) - {old}).pop()
            at, after = (chance.randint(1, requests), chance.random() < 0.5) if number % 2 == 0 else (0, False)
            seconds = chance.uniform(0.3, lasted * 1.05)
            moment = f"request {at}, {'answered' if after else 'not sent'}" if at else f"{seconds:.2f} s"
            with told(f"push killed at {moment}"):
                reader = Reader(engine, base, whole)
                reader.start()
                try:
                    to.arm(at, after=after)
                    process = estate.start(*_words(to, new))
                    to.doomed = process.pid
                    if not at:
                        threading.Timer(seconds, process.send_signal, (signal.SIGKILL,)).start()
                    code = ended(process).code
                    assert code in (0, -signal.SIGKILL), code
                    assert not reader.look()
                    to.arm()
                    after_kill = sets.registry(base, select(engine, sets.reading(base))).current
                    tally.counts["switched" if after_kill == (new,) else "not switched"] += 1
                    old = new if chance.random() < 2 / 3 else old
                    done = estate.run(*_words(to, old))
                    assert done.code == 0, done
                finally:
                    reader.over.set()
                    reader.join()
                assert not reader.faults, reader.faults[:3]
                assert _alone(engine, base, old) == whole[old]
                tally.counts["looks of readers"] += reader.reads
            tally.rounds += 1
    return tally


def _words(to: Gate, release: str) -> tuple[str, ...]:
    return ("push", "--to", to.query, "--release", release, "--grace", str(GRACE))


def _alone(engine: servers.Running, base: str, release: str) -> dict[str, int]:
    """The statements by graph of the one release that the engine holds."""
    names = sets.Names(base, release)
    found = counts(engine)
    assert found.pop(names.registry[1:-1]) > 0
    strange = [graph for graph in found if not graph.startswith(names.inside)]
    assert not strange, f"left in the engine: {strange}"
    known = sets.registry(base, select(engine, sets.reading(base)))
    assert (list(known.sets), known.current) == ([release], (release,))
    return found


@contextlib.contextmanager
def _gate(engine: servers.Running) -> Iterator[Gate]:
    with Gate(engine) as gate:
        thread = threading.Thread(target=gate.serve_forever)
        thread.start()
        try:
            yield gate
        finally:
            gate.shutdown()
            thread.join()
            gate.to.close()
