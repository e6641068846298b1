"""What an answer takes in memory, however long: a thousand rows and all, as CSV over HTTP, read fast and slowly.

    .venv/bin/python benchmarks/streaming.py --laureates 112000 [--releases DIR]

A laureate has 27 statements, so that 112,000 give three million rows. Memory is the most that a process held (VmHWM of
Linux) while the answer came, which the kernel forgets before each; of workers, the largest.
"""

from __future__ import annotations

import argparse
import http.client
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from os import getloadavg
from pathlib import Path
from urllib.parse import quote

from meter import tree
from servers import free_port, process
from serving import BASE, statements

from laurier.pipeline.wrap import wrapped
from laurier.settings import Settings

_READ = 2**20
_LOOK = 0.1
EVERYTHING = "SELECT * { ?s ?p ?o }"
# What is asked, and the seconds of rest after each MiB, as of a client that is slower than the server.
ASKED = (
    ("a thousand rows", f"{EVERYTHING} LIMIT 1000", 0.0),
    ("all, counted", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", 0.0),
    ("half a million rows", f"{EVERYTHING} LIMIT 500000", 0.0),
    ("all rows", EVERYTHING, 0.0),
    ("all rows, read slowly", EVERYTHING, 0.05),
)
_LIMITS = ("--query-seconds", "3600", "--result-mb", "100000")


@dataclass(slots=True)
class Peak:
    """Most memory held, in MB: by the server itself, and by the largest of its workers."""

    server: float = 0.0
    worker: float = 0.0

    def look(self, server: int) -> None:
        """Takes what processes have held until now."""
        self.server = max(self.server, most_held(server))
        self.worker = max([self.worker, *map(most_held, tree(server)[1:])])


def most_held(pid: int) -> float:
    """The most that a process held, in MB; 0 once it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    return 0.0


@contextmanager
def watched(server: int) -> Iterator[Peak]:
    """The most held meanwhile."""
    for pid in tree(server):
        with suppress(OSError):
            Path(f"/proc/{pid}/clear_refs").write_text("5")
    peak, over = Peak(), threading.Event()

    def look() -> None:
        while not over.wait(_LOOK):
            peak.look(server)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()
        peak.look(server)


def stream(port: int, query: str, pause: float) -> tuple[int, int]:
    """Reads an answer as CSV; lines but the first, and bytes.

    Args:
        port: of the server.
        query: what is asked.
        pause: seconds of rest after each MiB.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", f"/sparql?format=csv&query={quote(query, safe='')}")
    response = connection.getresponse()
    lines = size = 0
    while part := response.read(_READ):
        lines += part.count(b"\r\n")
        size += len(part)
        time.sleep(pause)
    connection.close()
    if response.status != 200:
        raise RuntimeError(f"status {response.status}")
    return lines - 1, size


def main() -> None:
    """Asks for answers of both lengths and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--laureates", type=int, default=112_000)
    parser.add_argument("--releases", type=Path, help="folder of releases to serve instead of invented laureates")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="laurier-bench-")))
        if given.releases is None:
            data = folder / "data.nq"
            with data.open("w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in statements(given.laureates))
            given.releases = stack.enter_context(wrapped(data, Settings(base=BASE)))
        port = free_port()
        began = time.perf_counter()
        serve = [sys.executable, "-c", "from laurier.cli import main; main()", "serve", "--port", str(port), *_LIMITS]
        command = [*serve, "--releases", str(given.releases.resolve()), "--base", BASE]
        server = stack.enter_context(process(command, folder, f"http://127.0.0.1:{port}/readyz"))
        print(f"Ready after {time.perf_counter() - began:.1f} s, load {getloadavg()[0]:.1f}.\n")
        print("| answer | rows | MB | s | server, MB | worker, MB |\n|---|--:|--:|--:|--:|--:|")
        for name, query, pause in ASKED:
            began = time.perf_counter()
            with watched(server) as peak:
                rows, size = stream(port, query, pause)
            seconds = time.perf_counter() - began
            print(
                f"| {name} | {rows:,} | {size / 1e6:.1f} | {seconds:.1f} | {peak.server:.0f} | {peak.worker:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
