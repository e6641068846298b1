"""Publishes again and again under a mixed load: no failed answer, no answer of two releases, everything freed.

python tests/reliability/republish.py --switches 50 --seconds 300
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
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from estate import Estate
from server import Server

_QUERY = "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c ORDER BY ?c"
_TEXT = "SELECT ?t { GRAPH ?g { ?s <http://purl.org/dc/terms/title> ?t } } ORDER BY ?t LIMIT 200"
PATHS = (
    ("/doc/programme/pic.ttl", {}),
    ("/doc/programme/pic", {"accept": "text/html"}),
    ("/id/programme/pic", {}),
    ("/catalogue", {"accept": "text/turtle"}),
    ("/fr/", {}),
    ("/fr/laureats", {}),
    ("/dumps/ensemble.nq", {}),
    ("/dumps/ensemble.csv", {}),
    (f"/sparql?{httpx.QueryParams(query=_QUERY)}", {"accept": "application/sparql-results+json"}),
    (f"/sparql?{httpx.QueryParams(query=_TEXT)}", {"accept": "text/csv"}),
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


def client(server: Server, load: Load, chance: random.Random) -> None:
    """Asks one thing after the other until the load is over."""
    with httpx.Client(base_url=f"http://{server.host}:{server.port}", timeout=60, trust_env=False) as own:
        while not load.over:
            path, fields = chance.choice(PATHS)
            start = time.monotonic()
            try:
                answer = own.get(path, headers=fields)
            except httpx.HTTPError as error:
                load.faults.append(f"{path}: {error!r}")
                continue
            load.slowest = max(load.slowest, time.monotonic() - start)
            load.statuses[answer.status_code] += 1
            if answer.status_code not in (200, 303):
                load.faults.append(f"{path}: {answer.status_code} {answer.text[:200]}")
                continue
            tag = answer.headers.get("etag")
            digest = hashlib.sha256(answer.content).hexdigest()
            # A weak tag promises the same solutions, a strong one the same bytes; here both give the same bytes.
            if tag and load.bodies.setdefault((path, tag), digest) != digest:
                load.faults.append(f"{path}: one ETag, two bodies")


def run(
    estate: Estate, switches: int, seconds: float, clients: int, chance: random.Random, releases: int = 4
) -> tuple[Load, str]:
    """Switches between some releases while clients ask, then looks at what is left.

    Raises:
        AssertionError: a request failed or mixed releases, a release stayed open, or memory grew.
    """
    names = []
    for number in range(releases):
        estate.alter(number)
        assert estate.run("build").code == 0
        names.append(estate.current)
    with Server(estate) as server:
        load = Load()
        threads = [
            threading.Thread(target=client, args=(server, load, random.Random(chance.random()))) for _ in range(clients)
        ]
        for thread in threads:
            thread.start()
        memory = []
        try:
            for number in range(switches):
                name = names[number % len(names)]
                done = estate.run("rollback", "--to", name)
                assert done.code == 0, done
                server.until(lambda name=name: server.ready()["release"] == name, 60)
                time.sleep(max(0.0, seconds / switches - 1))
                memory.append(server.memory())
        finally:
            load.over = True
            for thread in threads:
                thread.join()
        assert not load.faults, load.faults[:5]
        server.until(lambda: _open(server, estate) <= {server.ready()["release"]}, 60)
        quarter = max(1, len(memory) // 4)
        first, last = sum(memory[quarter : 2 * quarter]) / quarter, sum(memory[-quarter:]) / quarter
        growth = last / first - 1
        # The allocator keeps some; a leak of a release at each switch would double this many times.
        assert growth < 0.25, f"memory grew by {growth:.0%}: {[m >> 20 for m in memory]} MiB"
        told = (
            f"{switches} switches, {load.requests} answers, 0 failed, 0 mixed, slowest {load.slowest:.1f} s, "
            f"memory {memory[quarter] >> 20} to {memory[-1] >> 20} MiB, {len(names) - 1} old releases freed"
        )
        return load, told


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
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    given = parser.parse_args()
    print(f"republish: seed {given.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        estate = Estate.made(Path(folder) / "estate")
        chance = random.Random(given.seed)
        print(f"republish: {run(estate, given.switches, given.seconds, given.clients, chance)[1]}")


if __name__ == "__main__":
    os.nice(5)
    sys.exit(main())
