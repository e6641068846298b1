"""The pages of laureates of the current release: processor time cold and kept, and bytes to a browser.

    .venv/bin/python benchmarks/pages.py [--releases DIR] [--pages 200]

The application is asked in this process. Cold is the first time that a page is made by a warm process; again is the
same request from what is kept; bytes are those of gzip. The peer is what no page can do without: the look-up of the
description that it shows. Times are milliseconds of processor, of all threads.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import time
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import quote

from laurier.settings import Settings
from laurier.site.visits import Visitor, visitor

BUDGET_COLD, BUDGET_KEPT, BUDGET_BYTES = 15.0, 1.0, 50_000
AGAIN = 20


async def measured(releases: Path, most: int) -> None:
    async with visitor(Settings(releases=releases), None) as visits:
        with visits.application.following.held() as edition:
            prefix = f"{edition.base}id/laureat/"
            iris = [iri for iri in edition.entities.following(prefix, "", most * 20) if "#" not in iri][:most]
            addresses = ["/doc/laureat/" + quote(iri.removeprefix(prefix), safe="/-._~") for iri in iris]
            # Templates and connections are ready in a server that runs.
            await visits.get("/fr/", "text/html")
            await visits.get("/fr" + addresses[0], "text/html")
            begun = time.process_time()
            for iri in iris:
                edition.entities.entity(iri)
            lookup = (time.process_time() - begun) * 1e3 / len(iris)
        cold, kept, sizes = [], [], []
        for address in addresses:
            for language in ("fr", "en"):
                page = f"/{language}{address}"
                took, body = await timed(visits, page, 1)
                cold.append(took)
                sizes.append(len(gzip.compress(body, 6)))
                kept.append((await timed(visits, page, AGAIN))[0])
        style = await visits.get("/static/site.css")
        other = len(gzip.compress(style.body, 6))
    told("cold, ms", cold, BUDGET_COLD)
    told("again, ms", kept, BUDGET_KEPT)
    told("bytes, style sheet included", [size + other for size in sizes], BUDGET_BYTES)
    print(f"peer, look-up of the description: {lookup:.2f} ms, x{median(cold) / lookup:.0f}")


async def timed(visits: Visitor, address: str, times: int) -> tuple[float, bytes]:
    begun = time.process_time()
    for _ in range(times):
        answer = await visits.get(address, "text/html")
    assert answer.status == 200, address
    return (time.process_time() - begun) * 1e3 / times, answer.body


def told(what: str, values: list[float] | list[int], budget: float) -> None:
    cut = quantiles(values, n=100)
    print(f"{what:30} {len(values)} pages: median {median(values):.2f}, 99th {cut[98]:.2f}, most {max(values):.2f}, "
          f"budget {budget:g}")  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--releases", type=Path, default=Path("releases"))
    options.add_argument("--pages", type=int, default=200)
    given = options.parse_args()
    asyncio.run(measured(given.releases, given.pages))


if __name__ == "__main__":
    main()
