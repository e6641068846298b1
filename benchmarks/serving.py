"""Requests a second and per second of processor: Laurier, with `oxigraph serve` and nginx beside it, on the same data.

    .venv/bin/python benchmarks/serving.py --laureates 20000 --seconds 5

Needs `wrk` and `nginx` (Debian packages) and `oxigraph` (PyPI); a peer that is missing is left out. The machine is
shared by the client, so that requests per second of processor of the server is the figure to compare. "Asked the first
time" is a list of different queries, each asked once; "asked again" is five of them, over and over, which Laurier keeps
and oxigraph does not.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from os import getloadavg
from pathlib import Path
from urllib.parse import quote

from meter import memory, processor
from servers import AbsentError, oxigraph, process

from laurier.pipeline.wrap import wrapped
from laurier.settings import Settings
from laurier.snapshot.opened import current

BASE = "https://data.example.org/"
LAU = "https://w3id.org/laurier/ns#"
# Seconds for which each server is asked before it is measured, and then left alone.
WARM, CALM = 2, 2
CLIENTS = 8
MANY = 1000  # paths from which a list is meant to be asked once


def statements(laureates: int, seed: int = 1) -> Iterator[str]:
    """About 27 statements a laureate: itself, its project, its carrier and a passage."""
    rng = random.Random(seed)
    a = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    label = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    for number in range(100):
        yield f'<{BASE}id/territoire/t{number}> {label} "Territoire {number}"@fr <{BASE}graph/source-0> .'
        yield f'<{BASE}id/public-vise/p{number % 20}> {label} "Public {number % 20}"@fr <{BASE}graph/source-0> .'
    for number in range(laureates):
        me, project, carrier, passage = (
            f"{BASE}id/{kind}/{number}" for kind in ("laureat", "projet", "porteur", "extrait")
        )
        graph = f"<{BASE}graph/source-{number % 3}>"
        lines = [
            f"<{me}> {a} <{LAU}Laureate>",
            f'<{me}> <http://purl.org/dc/terms/title> "Projet d\'insertion numéro {number}"@fr',
            f"<{me}> <{LAU}project> <{project}>",
            f"<{me}> <{LAU}carrier> <{carrier}>",
            f"<{me}> <http://www.w3.org/ns/prov#wasDerivedFrom> <{passage}>",
            f"<{project}> {a} <{LAU}Project>",
            f'<{project}> <http://purl.org/dc/terms/title> "Insertion {number}"@fr',
            f'<{project}> <http://purl.org/dc/terms/description> "{"Un accompagnement vers l’emploi. " * 6}"@fr',
            f'<{project}> <{LAU}budget> "{rng.randrange(10**4, 10**6)}"^^<http://www.w3.org/2001/XMLSchema#integer>',
            f"<{project}> <{LAU}public> <{BASE}id/public-vise/p{rng.randrange(20)}>",
            f"<{project}> <{LAU}territory> <{BASE}id/territoire/t{rng.randrange(100)}>",
            f"<{carrier}> {a} <{LAU}Carrier>",
            f'<{carrier}> {label} "Association {number}"@fr',
            f"<{passage}> {a} <{LAU}Excerpt>",
            f"<{passage}> <http://www.w3.org/ns/oa#hasSelector> <{passage}#citation>",
            f"<{passage}#citation> {a} <http://www.w3.org/ns/oa#TextQuoteSelector>",
            f'<{passage}#citation> <http://www.w3.org/ns/oa#exact> "{"Le projet lauréat numéro " * 8}{number}"',
        ]
        lines += [f'<{me}> <{LAU}fact{n}> "valeur {rng.randrange(10**6)}"@fr' for n in range(10)]
        yield from (f"{line} {graph} ." for line in lines)


@dataclass(slots=True)
class Kind:
    """A kind of request.

    Attributes:
        paths: a file of them, one a line.
        different: how many there are.
        accept: what is accepted.
        asked: how many requests were sent.
    """

    paths: Path
    different: int
    accept: str
    asked: int = 0


class Bench:
    """Servers asked by `wrk`, and what they gave, as the rows of a table.

    Args:
        folder: for lists of paths and scripts.
        seconds: that each measure lasts.
    """

    def __init__(self, folder: Path, seconds: int) -> None:
        self._folder = folder
        self._seconds = seconds
        self._kinds: dict[str, Kind] = {}

    def kind(self, name: str, paths: Sequence[str], accept: str) -> str:
        """A list of paths and what is accepted there."""
        path = self._folder / f"{len(self._kinds)}.paths"
        path.write_text("\n".join(paths) + "\n")
        self._kinds[name] = Kind(path, len(paths), accept)
        return name

    def load(self, row: str, kind: str, pid: int, url: str, times: int = 1) -> float:
        """Runs `wrk`; prints and returns requests per second of processor.

        Raises:
            RuntimeError: an answer was not 2xx or 3xx.
        """
        # What is measured is the pace, not how it is found: processes move between lanes, caches fill.
        self._wrk(kind, url, WARM)
        time.sleep(CALM)
        before = processor(pid)
        requests, clock, errors = self._wrk(kind, url, self._seconds * times)
        used = processor(pid) - before
        if errors:
            raise RuntimeError(f"{row}: {errors} of {requests} requests failed")
        known, asked = self._kinds[kind].different, self._kinds[kind].asked
        note = "" if known < MANY or asked <= known else f"the last {asked - known} were asked before"
        print(f"| {row} | {requests / clock:,.0f} | {requests / used:,.0f} | {note} |", flush=True)
        return requests / used

    def _wrk(self, name: str, url: str, seconds: int) -> tuple[int, float, int]:
        """Requests, seconds and errors; the paths come in turn, and go on where they were left."""
        kind = self._kinds[name]
        script = self._folder / "paths.lua"
        script.write_text(
            f'local p = {{}} for line in io.lines("{kind.paths}") do p[#p+1] = line end\n'
            f"local n = {kind.asked}\n"
            'request = function() n = n + 1 return wrk.format("GET", p[((n - 1) % #p) + 1]) end\n'
            'done = function(s) print("total", s.requests, s.duration / 1e6, s.errors.status) end\n'
        )
        command = [
            "wrk",
            "-t1",
            f"-c{CLIENTS}",
            f"-d{seconds}s",
            "-s",
            str(script),
            "-H",
            f"Accept: {kind.accept}",
            url,
        ]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        _, requests, clock, errors = next(line for line in said.splitlines() if line.startswith("total")).split()
        kind.asked += int(requests) + CLIENTS  # those under way at the end were sent too
        return int(requests), float(clock), int(errors)


def queries(things: Sequence[str]) -> dict[str, list[str]]:
    """Texts of queries, every one different: look-ups of things, and passes over all."""
    group = f"SELECT ?t (COUNT(*) AS ?n) {{ ?p <{LAU}territory> ?t ; <{LAU}public> ?q }} GROUP BY ?t"
    return {
        "look-up": [
            quote(f"SELECT ?p ?o {{ <{things[number % len(things)]}> ?p ?o }} #{number}", safe="")
            for number in range(200_000)
        ],
        "GROUP BY": [quote(f"{group} #{number}", safe="") for number in range(10_000)],
    }


def main() -> None:
    """Runs every measure and prints the ratios that the project promises."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--laureates", type=int, default=20_000)
    parser.add_argument("--seconds", type=int, default=5)
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="laurier-bench-")))
        data = folder / "data.nq"
        with data.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in statements(given.laureates))
        releases = stack.enter_context(wrapped(data, Settings(base=BASE)))
        store = current(releases).file("store")
        began = time.perf_counter()
        command = [sys.executable, "-c", "from laurier.cli import main; main()", "serve", "--port", "8799"]
        ours = stack.enter_context(
            process([*command, "--releases", str(releases), "--base", BASE], folder, "http://127.0.0.1:8799/readyz")
        )
        print(
            f"{given.laureates} laureates, ready after {time.perf_counter() - began:.2f} s, load {getloadavg()[0]:.1f}"
        )
        numbers = random.Random(2).sample(range(given.laureates), given.laureates)
        things = [f"{BASE}id/laureat/{number}" for number in numbers]
        texts = queries(things)
        url, json_, turtle = "http://127.0.0.1:8799", "application/sparql-results+json", "text/turtle"
        bench = Bench(folder, given.seconds)
        print("\n| | requests/s | per second of processor | |\n|---|--:|--:|---|")
        documents = [f"/doc/laureat/{number}" for number in numbers]
        made = bench.load("document in Turtle, each one once", bench.kind("docs", documents, turtle), ours, url)
        kept = bench.load("the same document again", bench.kind("doc", documents[:1], turtle), ours, url)
        rates: dict[str, tuple[float, float]] = {}
        for name, asked in texts.items():
            times = 1 if name == "look-up" else 2
            paths = [f"/sparql?query={text}" for text in asked]
            first = bench.load(f"{name}, asked the first time", bench.kind(name, paths, json_), ours, url, times)
            again = bench.load(f"{name}, asked again", bench.kind(f"{name} again", paths[:5], json_), ours, url)
            rates[name] = first, again
        print(f"\nmemory of all its processes: {memory(ours):.0f} MB\n")
        ratios: list[tuple[str, float, str]] = []
        with suppress(AbsentError):
            peer = stack.enter_context(oxigraph(store, union=True, read_only=True))
            at = peer.query.removesuffix("/query")
            described = [f"/query?query={quote(f'DESCRIBE <{thing}>', safe='')}" for thing in things]
            theirs = bench.load("oxigraph DESCRIBE", bench.kind("describe", described, turtle), peer.process, at)
            ratios.append(("document made / DESCRIBE of oxigraph", made / theirs, "5"))
            for name, asked in texts.items():
                times = 1 if name == "look-up" else 2
                paths = [f"/query?query={text}" for text in asked]
                theirs = bench.load(f"oxigraph {name}", bench.kind(f"o{name}", paths, json_), peer.process, at, times)
                promised = "1.0" if name == "look-up" else "0.9"
                for way, rate in zip(("asked the first time", "asked again"), rates[name], strict=True):
                    ratios.append((f"{name}, {way} / oxigraph", rate / theirs, promised))
        if shutil.which("nginx"):
            limit = bench.load(
                "nginx, the same bytes as a file", *beside(stack, folder, bench, f"{url}{documents[0]}.ttl")
            )
            ratios.append(("document kept / nginx", kept / limit, "0.25"))
        print("\n| ratio, by processor time | | promised |\n|---|--:|--:|")
        for name, ratio, promised in ratios:
            print(f"| {name} | {ratio:.2f} | {promised} |")


def beside(stack: ExitStack, folder: Path, bench: Bench, document: str) -> tuple[str, int, str]:
    """An nginx that serves one document as a file: the kind of request, its process, its address."""
    (folder / "www").mkdir()
    with urllib.request.urlopen(document) as answered:
        (folder / "www" / "one.ttl").write_bytes(answered.read())
    folder.chmod(0o755)
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log /dev/null; user root;\n"
        "events { worker_connections 256; }\n"
        f"http {{ access_log off; server {{ listen 127.0.0.1:8797; root {folder}/www; }} }}\n"
    )
    pid = stack.enter_context(
        process(["nginx", "-c", str(folder / "nginx.conf")], folder, "http://127.0.0.1:8797/one.ttl")
    )
    return bench.kind("file", ["/one.ttl"], "text/turtle"), pid, "http://127.0.0.1:8797"


if __name__ == "__main__":
    main()
