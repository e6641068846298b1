"""The table of the benchmark: one line a measure, one column a site or tool, ratios, machine and versions."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from math import log10
from pathlib import Path

#: A figure, or the words that stand for it: absent, cut, refused.
Value = float | str
OURS = "Laurier"
COLUMNS = (
    OURS,
    "rdflib + pyshacl",
    "Jena",
    "rdflib-endpoint",
    "Oxigraph",
    "Trifid",
    "Virtuoso",
    "Laurier on Virtuoso",
    "nginx",
)


@dataclass(slots=True)
class Row:
    """A measure at a size; less is better in all of them.

    Attributes:
        size: laureates.
        measure: what is measured, with its unit.
        cells: figures by column.
    """

    size: int
    measure: str
    cells: dict[str, Value] = field(default_factory=dict)


def markdown(rows: Iterable[Row], said: dict[str, str]) -> Iterator[str]:
    """The lines of the table, one part a size.

    Args:
        rows: in their order.
        said: version of each column, or why it is absent.
    """
    yield (
        f"{_machine()}. Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in ("laurier", "pyoxigraph", "rdflib", "pyshacl"))
        + ". "
        + " ".join(f"{column}: {words}." for column, words in said.items())
    )
    yield ""
    size = 0
    for row in rows:
        if row.size != size:
            size = row.size
            yield ""
            yield f"### {size:,} laureates"
            yield ""
            yield f"| measure | {' | '.join(COLUMNS)} |"
            yield f"|---|{'--:|' * len(COLUMNS)}"
        ours = row.cells.get(OURS)
        yield f"| {row.measure} | {' | '.join(_cell(row.cells.get(column, ''), ours) for column in COLUMNS)} |"


def slopes(rows: Iterable[Row]) -> Iterator[tuple[str, float]]:
    """The exponent of the growth of each measure of Laurier, from the smallest to the largest size: 1 is linear."""
    found: dict[str, dict[int, float]] = {}
    for row in rows:
        ours = row.cells.get(OURS)
        if isinstance(ours, float) and ours > 0:
            found.setdefault(row.measure, {})[row.size] = ours
    for measure, values in found.items():
        low, high = min(values), max(values)
        if low < high:
            yield measure, log10(values[high] / values[low]) / log10(high / low)


def _cell(value: Value, ours: Value | None) -> str:
    if isinstance(value, str):
        return value
    shown = f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
    if value is ours or not isinstance(ours, float) or ours <= 0:
        return shown
    ratio = value / ours
    return f"{shown} (×{ratio:,.0f})" if ratio >= 10 else f"{shown} (×{ratio:.2g})"


def _machine() -> str:
    named = Path("/proc/cpuinfo")
    lines = named.read_text().splitlines() if named.exists() else []
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB, {platform.system()} {platform.release()}"
