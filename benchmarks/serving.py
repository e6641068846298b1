"""Requests a second and per second of processor: Laurier, with `oxigraph serve` and nginx beside it, on the same data.

    .venv/bin/python benchmarks/serving.py --laureates 20000 --seconds 5

Needs `wrk` and `nginx` (Debian packages) and `oxigraph` (PyPI) on the PATH; a peer that is missing is left out. The
machine is shared by the client, so that requests per second of processor of the server is the figure to compare.
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
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

from meter import memory, processor
from servers import process

from laurier.pipeline.wrap import wrapped
from laurier.settings import Settings
from laurier.snapshot.opened import current

BASE = "https://data.example.org/"
LAU = "https://w3id.org/laurier/ns#"


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


def load(name: str, pid: int, url: str, paths: Path, accept: str, seconds: int, folder: Path) -> float:
    """Runs wrk over a list of paths; prints and returns requests per second of processor."""
    script = folder / "paths.lua"
    script.write_text(
        f'local p = {{}} for line in io.lines("{paths}") do p[#p+1] = line end\n'
        "local n = math.random(#p)\n"
        'request = function() n = n + 1 return wrk.format("GET", p[(n % #p) + 1]) end\n'
        'done = function(s) io.write("total ", s.requests, " ", s.duration / 1e6, " ", s.errors.status, "\\n") end\n'
    )
    before = processor(pid)
    command = ["wrk", "-t1", "-c8", f"-d{seconds}s", "-s", str(script), "-H", f"Accept: {accept}", url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    used = processor(pid) - before
    _, requests, duration, errors = next(line for line in said.splitlines() if line.startswith("total")).split()
    rate = float(requests) / used
    print(f"{name:44} {float(requests) / float(duration):9.0f} /s {rate:9.0f} /s of processor  {errors} errors")
    return rate


def listed(folder: Path, name: str, paths: list[str]) -> Path:
    """A file of paths for wrk."""
    path = folder / name
    path.write_text("\n".join(paths) + "\n")
    return path


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
        print(f"{given.laureates} laureates; ready after {time.perf_counter() - began:.2f} s")
        numbers = random.Random(2).sample(range(given.laureates), given.laureates)
        things = [f"{BASE}id/laureat/{number}" for number in numbers]
        lookups = [quote(f"SELECT ?p ?o {{ <{thing}> ?p ?o }}", safe="") for thing in things]
        heavy = [
            quote(
                f"SELECT ?t (COUNT(*) AS ?n) {{ ?p <{LAU}territory> ?t ; <{LAU}public> ?q }} GROUP BY ?t #{n}", safe=""
            )
            for n in range(10_000)
        ]
        docs = listed(folder, "docs", [f"/doc/laureat/{number}" for number in numbers])
        one = listed(folder, "one", [f"/doc/laureat/{numbers[0]}"])
        url, json_, turtle = "http://127.0.0.1:8799", "application/sparql-results+json", "text/turtle"
        fresh = load("entity, each one once", ours, url, docs, turtle, given.seconds, folder)
        cached = load("entity, the same again", ours, url, one, turtle, given.seconds, folder)
        small = load(
            "SPARQL look-up", ours, url, listed(folder, "s", [f"/sparql?query={q}" for q in lookups]), json_,
            given.seconds, folder,
        )  # fmt: skip
        large = load(
            "SPARQL GROUP BY", ours, url, listed(folder, "h", [f"/sparql?query={q}" for q in heavy]), json_,
            given.seconds * 2, folder,
        )  # fmt: skip
        print(f"memory of all its processes: {memory(ours):.0f} MB")
        if shutil.which("oxigraph"):
            peer = stack.enter_context(
                process(
                    ["oxigraph", "serve-read-only", "--location", str(store), "--bind", "127.0.0.1:8798",
                     "--union-default-graph"], folder, "http://127.0.0.1:8798/",
                )
            )  # fmt: skip
            at = "http://127.0.0.1:8798"
            described = [f"/query?query={quote(f'DESCRIBE <{thing}>', safe='')}" for thing in things]
            theirs = load("oxigraph DESCRIBE", peer, at, listed(folder, "d", described), turtle, given.seconds, folder)
            their_small = load(
                "oxigraph look-up", peer, at, listed(folder, "os", [f"/query?query={q}" for q in lookups]), json_,
                given.seconds, folder,
            )  # fmt: skip
            their_large = load(
                "oxigraph GROUP BY", peer, at, listed(folder, "oh", [f"/query?query={q}" for q in heavy]), json_,
                given.seconds * 2, folder,
            )  # fmt: skip
            print(f"entity / oxigraph: {fresh / theirs:.2f} (promised: 5)")
            print(f"look-up / oxigraph: {small / their_small:.2f} (promised: 1.0)")
            print(f"GROUP BY / oxigraph: {large / their_large:.2f} (promised: 0.9)")
        if shutil.which("nginx"):
            (folder / "www").mkdir()
            request = urllib.request.Request(f"{url}/doc/laureat/{numbers[0]}.ttl")
            with urllib.request.urlopen(request) as answered:
                (folder / "www" / "one.ttl").write_bytes(answered.read())
            folder.chmod(0o755)
            (folder / "nginx.conf").write_text(
                f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log /dev/null; user root;\n"
                "events { worker_connections 256; }\n"
                f"http {{ access_log off; server {{ listen 127.0.0.1:8797; root {folder}/www; }} }}\n"
            )
            static = stack.enter_context(
                process(["nginx", "-c", str(folder / "nginx.conf")], folder, "http://127.0.0.1:8797/one.ttl")
            )
            limit = load(
                "nginx, the same bytes as a file", static, "http://127.0.0.1:8797",
                listed(folder, "n", ["/one.ttl"]), turtle, given.seconds, folder,
            )  # fmt: skip
            print(f"entity kept / nginx: {cached / limit:.2f} (promised: 0.25)")


if __name__ == "__main__":
    main()
