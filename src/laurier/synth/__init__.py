"""Synthetic lists of laureates, of any size: for benchmarks and tests.

Organisations, projects and sums are invented; territories and publics are real. Memory does not grow with the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from laurier.synth.brochures import brochure, region
from laurier.synth.laureates import Laureate, Maker, generate
from laurier.synth.material import Material
from laurier.synth.tables import laureates, subsidies

__all__ = ["FORMATS", "Laureate", "Maker", "Material", "generate", "write", "write_source"]

#: How a list can be written: a number of laureates, their maker and the share of faults give pieces of text.
FORMATS: dict[str, Callable[[int, Maker, float], Iterator[str]]] = {
    "csv": laureates,
    "scdl": subsidies,
    "brochure": brochure,
}


def write(path: Path, n: int, maker: Maker, format_: str = "csv", faults: float = 1.0) -> None:
    """Writes a list of `n` laureates to a file, in UTF-8; the same bytes for the same seed, on every machine.

    Args:
        path: the file; what was there is replaced once the new list is whole.
        n: laureates.
        maker: of laureates, not used before.
        format_: a key of `FORMATS`.
        faults: 0 for a clean list, 1 for the share of faults seen in real lists.

    Raises:
        OSError: the file cannot be written.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            for piece in FORMATS[format_](n, maker, faults):
                file.write(piece)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_source(
    folder: Path, n: int, seed: int, material: Material, format_: str = "csv", faults: float = 1.0
) -> None:
    """Writes a source folder that `laurier build` reads: a list as `write` makes it, and its `source.toml`.

    Raises:
        OSError: the folder or a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"laureates{'.txt' if format_ == 'brochure' else '.csv'}"
    write(folder / name, n, Maker(seed, material), format_, faults)
    lines = [
        "# A synthetic list: nothing in it is real but the territories.",
        f'file = "{name}"',
        f'title = "Liste synthétique de {n} lauréats (graine {seed})"',
        'publisher = "Laurier"',
    ]
    if format_ == "brochure":
        lines.append(f'region = "{region(Maker(seed, material))}"')
    lines += ["", "[programme]", 'key = "essai"', 'title = "Programme d\'essai"', 'title_en = "Trial programme"']
    (folder / "source.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
