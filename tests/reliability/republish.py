"""Publishes again and again under a mixed load: no failed answer, no answer of two releases, everything freed.

    python tests/reliability/republish.py --switches 50 --seconds 3600 --pause 0.2

Clients ask for what exists in every release: things in several forms, pages, the catalogue, dumps, queries; some ask
again with the ETag they hold. After each switch the former release must be closed. Memory and open files are sampled,
and told with their slopes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, linear_regression

import httpx
from estate import Estate
from server import Server

_QUERY = "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c ORDER BY ?c"
_TEXT = "SELECT ?t { GRAPH ?g { ?s <http://purl.org/dc/terms/title> ?t } } ORDER BY ?t LIMIT 200"
_JSON = "application/sparql-results+json"
Asked = tuple[str, str]
#: What is asked beside the things: addresses with what they accept.
PATHS: tuple[Asked, ...] = (
    ("/catalogue", "text/turtle"),
    ("/catalogue", "application/ld+json"),
    ("/fr/", "text/html"),
    ("/fr/laureats", "text/html"),
    ("/laureats.csv", "*/*"),
    ("/fr/laureats?q=insertion", "text/html"),
    ("/dumps/ensemble.nq", "*/*"),
    ("/dumps/ensemble.csv", "*/*"),
    (f"/sparql?{httpx.QueryParams(query=_QUERY)}", _JSON),
    (f"/sparql?{httpx.QueryParams(query=_TEXT)}", "text/csv"),
)


@dataclass(slots=True)
class Load:
    """What the clients saw.

    Attributes:
        statuses: answers by status.
        bodies: for each address and ETag, the digest of the body; two digests are a mixed answer.
        faults: what went wrong.
        slowest: longest answer, in seconds.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    bodies: dict[tuple[str, str], str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0
    over: bool = False

    @property
    def requests(self) -> int:
        """Answers in all."""
        return sum(self.statuses.values())


def client(server: Server, load: Load, asked: tuple[Asked, ...], pause: float, chance: random.Random) -> None:
    """Asks one thing after the other until the load is over, with pauses of `pause` seconds on average."""
    held: dict[Asked, str] = {}
    with httpx.Client(base_url=f"http://{server.host}:{server.port}", timeout=60, trust_env=False) as own:
        while not load.over:
            time.sleep(chance.uniform(0, 2 * pause))
            choice = chance.choice(asked)
            path, accept = choice
            fields = {"accept": accept}
            if choice in held and chance.random() < 0.2:
                fields["if-none-match"] = held[choice]
            start = time.monotonic()
            try:
                answer = own.get(path, headers=fields)
            except httpx.HTTPError as error:
                load.faults.append(f"{path}: {error!r}")
                continue
            load.slowest = max(load.slowest, time.monotonic() - start)
            load.statuses[answer.status_code] += 1
            tag = answer.headers.get("etag")
            if answer.status_code == 304:
                if tag != held[choice]:
                    load.faults.append(f"{path}: 304 for another ETag than the one asked with")
                continue
            if answer.status_code not in (200, 303):
                load.faults.append(f"{path}: {answer.status_code} {answer.text[:200]}")
                continue
            digest = hashlib.sha256(answer.content).hexdigest()
            # A weak tag promises the same solutions, a strong one the same bytes; here both give the same bytes.
            if tag:
                held[choice] = tag
                if load.bodies.setdefault((path, tag), digest) != digest:
                    load.faults.append(f"{path}: one ETag, two bodies")


@dataclass(frozen=True, slots=True)
class Sample:
    """The server at an instant.

    Attributes:
        seconds: since the start of the load.
        resident: memory of the server in RAM, bytes.
        private: the part of it that is no file.
        workers: private memory of its query workers, bytes.
        files: descriptors open, workers included.
    """

    seconds: float
    resident: int
    private: int
    workers: int
    files: int


class Watch(threading.Thread):
    """Samples a server at an interval until it is stopped."""

    def __init__(self, server: Server, every: float) -> None:
        super().__init__()
        self._server = server
        self._every = every
        self._start = time.monotonic()
        self.samples: list[Sample] = []
        self.stopped = threading.Event()

    def run(self) -> None:
        """Samples."""
        while not self.stopped.wait(self._every):
            server = self._server
            self.samples.append(
                Sample(
                    time.monotonic() - self._start,
                    server.memory(),
                    private(server.process.pid),
                    sum(private(pid) for pid in server.workers()),
                    len(server.open_files()),
                )
            )

    def settled(self) -> list[Sample]:
        """The samples after the first quarter of the time, in which caches fill."""
        return self.samples[len(self.samples) // 4 :]

    def __str__(self) -> str:
        first, last = self.settled()[0], self.settled()[-1]
        told = [
            f"{name} {getattr(first, name) >> shift} to {getattr(last, name) >> shift}{unit} "
            f"({slope(self.settled(), name) * 3600 / (1 << shift):+.1f}{unit} an hour)"
            for name, shift, unit in (
                ("resident", 20, " MiB"),
                ("private", 20, " MiB"),
                ("workers", 20, " MiB"),
                ("files", 0, ""),
            )
        ]
        return f"from the {first.seconds:.0f}th to the {last.seconds:.0f}th second: {', '.join(told)}"


def private(pid: int) -> int:
    """Memory of a process that is no file, in bytes; 0 once it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("RssAnon:"))


def slope(samples: list[Sample], name: str) -> float:
    """What a value grows by in a second, by least squares."""
    seconds = [sample.seconds for sample in samples]
    values = [float(getattr(sample, name)) for sample in samples]
    return linear_regression(seconds, values).slope if len(samples) > 1 else 0.0


def run(
    estate: Estate,
    switches: int,
    seconds: float,
    clients: int,
    chance: random.Random,
    releases: int = 4,
    pause: float = 0.0,
) -> tuple[Load, str]:
    """Switches between some releases while clients ask, then looks at what is left.

    Raises:
        AssertionError: a request failed or mixed releases, a release stayed open, or memory grew.
    """
    names, alive = [], []
    for number in range(releases):
        estate.alter(number)
        assert estate.run("build").code == 0
        names.append(estate.current)
        alive.append({thing for thing, state in estate.minted().items() if state == "live"})
    asked = PATHS + tuple(_things(set.intersection(*alive)))
    with Server(estate) as server:
        load = Load()
        threads = [
            threading.Thread(target=client, args=(server, load, asked, pause, random.Random(chance.random())))
            for _ in range(clients)
        ]
        watch = Watch(server, min(10.0, seconds / 40))
        for thread in (*threads, watch):
            thread.start()
        begun = time.monotonic()
        try:
            for number in range(switches):
                time.sleep(max(0.0, begun + seconds * (number + 1) / (switches + 1) - time.monotonic()))
                name = names[number % len(names)]
                done = estate.run("rollback", "--to", name)
                assert done.code == 0, done
                server.until(lambda name=name: server.ready()["release"] == name, 60)
                server.until(lambda name=name: _open(server, estate) <= {name}, 60)
            time.sleep(max(0.0, begun + seconds - time.monotonic()))
        finally:
            load.over = True
            watch.stopped.set()
            for thread in (*threads, watch):
                thread.join()
        assert not load.faults, load.faults[:5]
        told = (
            f"{switches} switches in {time.monotonic() - begun:.0f} s, {load.requests} answers "
            f"({', '.join(f'{count} of {status}' for status, count in sorted(load.statuses.items()))}), 0 failed, "
            f"0 mixed, slowest {load.slowest:.1f} s, the former release closed after each switch; {watch}"
        )
        # The allocator keeps some; a leak of a release at each switch would double this many times.
        settled = watch.settled()
        half = len(settled) // 2
        growth = fmean(s.private for s in settled[half:]) / fmean(s.private for s in settled[:half]) - 1
        assert growth < 0.25, f"memory grew by {growth:.0%}: {told}"
        return load, told


def _things(alive: set[tuple[str, str]]) -> Iterator[Asked]:
    """What is asked of the things that every release has."""
    for kind, key in sorted(alive):
        yield f"/id/{kind}/{key}", "text/turtle"
        yield f"/doc/{kind}/{key}", "text/html"
        yield f"/doc/{kind}/{key}.ttl", "*/*"
        yield f"/doc/{kind}/{key}", "application/ld+json"


def _open(server: Server, estate: Estate) -> set[str]:
    """The releases of which the server or its workers hold a file open."""
    root = str(estate.releases.resolve())
    return {Path(path).relative_to(root).parts[0] for path in server.open_files() if path.startswith(f"{root}/")}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--switches", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--pause", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    given = parser.parse_args()
    print(f"republish: seed {given.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        estate = Estate.made(Path(folder) / "estate")
        chance = random.Random(given.seed)
        told = run(estate, given.switches, given.seconds, given.clients, chance, pause=given.pause)[1]
        print(f"republish: {told}")


if __name__ == "__main__":
    os.nice(5)
    sys.exit(main())
