"""How long others wait while hostile queries run: p50 and p95 of each kind of request, idle and under each bomb.

    .venv/bin/python benchmarks/bombs.py [--only "250 KB query"] [--releases DIR]

Six minutes for all, of which one builds a release of a thousand laureates.

The bombs come from a process of their own, which throws the next soon after one is over; the probes of each kind come
one at a time. Idle and loaded times alternate, and the samples of all rounds are pooled: the ratio is the figure.
Only a machine that does nothing else tells p95.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

from meter import memory, tree

PORT = 8796
LAURIER = [sys.executable, "-c", "from laurier.cli import main; main()"]
DIRECT = {"Content-Type": "application/sparql-query"}
TITLE = "<http://purl.org/dc/terms/title>"
BOMBS = {
    "product of six patterns": "SELECT (COUNT(*) AS ?n) { " + " . ".join(f"?s{n} ?p{n} ?o{n}" for n in range(6)) + " }",
    "GROUP_CONCAT": "SELECT (GROUP_CONCAT(CONCAT(STR(?s), STR(?o2))) AS ?x) { ?s ?p ?o . ?s2 ?p2 ?o2 }",
    "property paths": "SELECT * { ?a (<urn:a>|!<urn:b>)* ?b . ?b (<urn:a>|!<urn:b>)* ?c . ?c (<urn:a>|!<urn:b>)* ?d }",
    "REGEX": "SELECT * { ?s ?p ?o . ?a ?b ?c "
    'FILTER(REGEX(CONCAT(STR(?o), STR(?c)), "(x+x+)+y|(a*)*b")) } ORDER BY ?o ?c',
    "10 MB query": "ASK { # " + "x" * 10 * 2**20 + "\n}",
    "250 KB query": "ASK { FILTER(?x IN (" + ",".join(map(str, range(40_000))) + ")) }",
    "deep nesting": "ASK " + "{" * 3000 + "}" * 3000,
    "long sum": "ASK { FILTER(" + "+".join(["1"] * 20_000) + " > 1) }",
    "memory": 'SELECT ?x { BIND("aaaaaaaaaaaaaaaa" AS ?a0) '
    + "".join(f"BIND(CONCAT(?a{n}, ?a{n}) AS ?a{n + 1}) " for n in range(36))
    + "BIND(STRLEN(?a36) AS ?x) }",
    "endless answer": "SELECT * { ?s ?p ?o . ?s2 ?p2 ?o2 }",
}
ALL = "fifty of all"
KINDS = ("document kept", "document made", "page", "query, shape known", "query, never seen", "catalogue")
AT_ONCE = 2
PAUSE = 0.2
BETWEEN = 0.05


def throw(at_once: int, names: list[str]) -> None:
    """Keeps some bombs running until killed."""
    os.nice(10)  # those who throw are elsewhere, and take no processor of the server's
    numbers = itertools.count()
    texts = [BOMBS[name].encode() for name in names]

    def thrower() -> None:
        while True:
            number = next(numbers)
            # Each is another text, so that the server knows none of them.
            body = texts[number % len(names)] + b" # %d" % number
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection.request("POST", "/sparql", body, DIRECT)
                response = connection.getresponse()
                while response.read(2**20):
                    pass
            connection.close()
            # One that is refused at once would measure how fast this process can ask.
            time.sleep(PAUSE)

    for _ in range(at_once):
        threading.Thread(target=thrower, daemon=True).start()
    time.sleep(3600)


@contextlib.contextmanager
def thrown(at_once: int, names: list[str]) -> Iterator[None]:
    """Bombs run meanwhile."""
    process = subprocess.Popen([sys.executable, __file__, "--throw", str(at_once), json.dumps(names)])
    try:
        time.sleep(1.5)
        yield
    finally:
        process.kill()
        process.wait()


Probe = Callable[[], tuple[str, str]]


def probes(laureates: list[str], seed: int) -> dict[str, Probe]:
    """What others ask: an address and an Accept of each kind; numbers make texts that were never asked before."""
    rng = random.Random(seed)
    turtle, page, json_ = "text/turtle", "text/html", "application/sparql-results+json"
    fresh, read = (itertools.cycle(rng.sample(laureates, len(laureates))) for _ in range(2))
    numbers = itertools.count(seed * 10**6)

    def unseen() -> str:
        number = next(numbers)
        return f"SELECT ?o{number} {{ <{rng.choice(laureates)}> {TITLE} ?o{number} }}"

    def document(iri: str) -> str:
        return "/doc/" + iri.partition("/id/")[2]

    def query(text: str) -> str:
        return "/sparql?query=" + quote(text, safe="")

    asked: tuple[Probe, ...] = (
        lambda: (document(laureates[0]), turtle),
        lambda: (f"{document(next(fresh))}?page=1&n={next(numbers)}", turtle),
        lambda: (f"{document(next(read))}?n={next(numbers)}", page),
        lambda: (query(f"SELECT ?o {{ <{rng.choice(laureates)}> {TITLE} ?o }} # {next(numbers)}"), json_),
        lambda: (query(unseen()), json_),
        lambda: ("/catalogue", turtle),
    )
    return dict(zip(KINDS, asked, strict=True))


def measured(asked: dict[str, Probe], seconds: float) -> dict[str, list[float]]:
    """Seconds that each request took, kind by kind; a refused one took for ever."""
    found: dict[str, list[float]] = {name: [] for name in asked}
    until = time.perf_counter() + seconds

    def ask(name: str, probe: Probe) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)
        while time.perf_counter() < until:
            path, accept = probe()
            began = time.perf_counter()
            connection.request("GET", path, headers={"Accept": accept})
            response = connection.getresponse()
            response.read()
            found[name].append(time.perf_counter() - began if response.status == 200 else math.inf)
            time.sleep(BETWEEN)
        connection.close()

    threads = [threading.Thread(target=ask, args=each) for each in asked.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@contextlib.contextmanager
def served(laureates: int, releases: Path | None) -> Iterator[subprocess.Popen[bytes]]:
    """A server of a release, which is built from an invented list if none is given."""
    with tempfile.TemporaryDirectory(prefix="laurier-bombs-") as temporary:
        folder = Path(temporary)
        if releases is None:
            releases, data = folder / "releases", folder / "data"
            (data / "sources").mkdir(parents=True)
            synth = [*LAURIER, "synth", str(laureates), "--format", "csv", "--source", str(data / "sources" / "essai")]
            subprocess.run(synth, check=True, capture_output=True)
            build = [*LAURIER, "build", "--data", str(data), "--releases", str(releases)]
            subprocess.run(build, check=True, capture_output=True)
        process = subprocess.Popen([*LAURIER, "serve", "--releases", str(releases), "--port", str(PORT)],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        try:
            for _ in range(300):
                with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz"):
                    break
                time.sleep(0.1)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def known() -> list[str]:
    """IRIs of laureates."""
    query = quote("SELECT ?l { ?l a <https://w3id.org/laurier/ns#Laureate> } ORDER BY ?l")
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/sparql?query={query}&format=csv") as answered:
        return answered.read().decode().split()[1:]


def p(percent: int, samples: list[float]) -> float:
    """A percentile, in milliseconds."""
    return sorted(samples)[min(len(samples) - 1, len(samples) * percent // 100)] * 1000


def main() -> None:
    """Runs every bomb and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--laureates", type=int, default=1000)
    parser.add_argument("--releases", type=Path)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", choices=[*BOMBS, ALL])
    parser.add_argument("--throw", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.throw:
        throw(int(given.throw[0]), json.loads(given.throw[1]))
    cases = {name: [name] for name in BOMBS} | {ALL: list(BOMBS)}
    if given.only:
        cases = {given.only: cases[given.only]}
    with served(given.laureates, given.releases) as server:
        laureates = known()
        seeds = itertools.count()
        measured(probes(laureates, next(seeds)), 3)
        before = {"processes": len(tree(server.pid)), "files": open_files(server.pid), "MB": memory(server.pid)}
        print(f"{len(laureates)} laureates, load {os.getloadavg()[0]:.1f}. Ratios of p95 to idle, and p95 in ms.\n")
        print(f"| bomb | {' | '.join(KINDS)} | refused | load |\n|---|{'--:|' * (len(KINDS) + 2)}")
        table = Table()
        for case, names in cases.items():
            idle: dict[str, list[float]] = {}
            loaded: dict[str, list[float]] = {}
            for _ in range(given.rounds):
                gather(idle, measured(probes(laureates, next(seeds)), given.seconds))
                with thrown(50 if case == ALL else AT_ONCE, names):
                    gather(loaded, measured(probes(laureates, next(seeds)), given.seconds))
                calm(server.pid, before["processes"])
            print(table.row(case, idle, loaded), flush=True)
        print(f"\n{table.summary()}")
        after = {"processes": len(tree(server.pid)), "files": open_files(server.pid), "MB": memory(server.pid)}
        print("Before and after:", ", ".join(f"{name} {before[name]:.0f} {after[name]:.0f}" for name in before))


class Table:
    """What was found, bomb by bomb."""

    def __init__(self) -> None:
        self._idle: dict[str, list[float]] = {}
        self._ratios: dict[int, list[float]] = {50: [], 95: []}
        self._asked = self._refused = 0

    def row(self, case: str, idle: dict[str, list[float]], loaded: dict[str, list[float]]) -> str:
        """A row in Markdown."""
        gather(self._idle, idle)
        for percent, ratios in self._ratios.items():
            ratios += [p(percent, loaded[name]) / p(percent, samples) for name, samples in idle.items()]
        refused = sum(samples.count(math.inf) for samples in loaded.values())
        self._asked += sum(map(len, loaded.values()))
        self._refused += refused
        cells = (f"{p(95, loaded[name]) / p(95, idle[name]):.1f} ({p(95, loaded[name]):.1f})" for name in idle)
        return f"| {case} | {' | '.join(cells)} | {refused} | {os.getloadavg()[0]:.1f} |"

    def summary(self) -> str:
        """What all rows say together."""
        idle = ", ".join(f"{p(50, samples):.1f} and {p(95, samples):.1f}" for samples in self._idle.values())
        high, half = self._ratios[95], max(self._ratios[50])
        within = sum(ratio <= 2 for ratio in high)
        return (
            f"p50 and p95 when idle, in ms: {idle}.\n"
            f"p95 is within twice idle in {within} of {len(high)} pairs, {max(high):.1f} times at most; "
            f"p50 is {half:.1f} times idle at most. {self._refused} of {self._asked} were refused."
        )


def gather(into: dict[str, list[float]], more: dict[str, list[float]]) -> None:
    """Pools samples."""
    for name, samples in more.items():
        into.setdefault(name, []).extend(samples)


def calm(pid: int, processes: float) -> None:
    """Waits until nothing runs and every worker is back."""
    for _ in range(600):
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/metrics") as answered:
            quiet = b"laurier_queries_running 0" in answered.read()
        if quiet and len(tree(pid)) == processes:
            break
        time.sleep(0.1)
    time.sleep(0.5)


def open_files(pid: int) -> int:
    """Descriptors of a process."""
    return len(os.listdir(f"/proc/{pid}/fd"))


if __name__ == "__main__":
    main()
