"""`laurier synth`: lists of any size, to see how Laurier and an engine bear them."""

from __future__ import annotations

from pathlib import Path

import click

from laurier.cli.root import say
from laurier.errors import UsageError
from laurier.synth import FORMATS, Maker, Material, write, write_source


@click.command()
@click.argument("laureates", type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same bytes.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(FORMATS)),
    default="csv",
    show_default=True,
    help="A list of laureates, the national file of subsidies, or the text of a brochure.",
)
@click.option(
    "--faults", type=click.FloatRange(0, 5), default=1.0, show_default=True, help="Share of faults; 0 for none."
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
@click.option(
    "--source",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder to write as a source that `laurier build` reads, instead of a file.",
)
def synth(laureates: int, seed: int, format_: str, faults: float, output: Path | None, source: Path | None) -> None:
    """Write an invented list of LAUREATES over real territories, with the faults of real lists.

    \b
    Examples:
      laurier synth 1000 -o laureates.csv
      laurier synth 1000000 --seed 7 --format scdl -o subsidies.csv
      laurier synth 60 --format brochure --source data/sources/trial
    """
    if (output is None) == (source is None):
        raise UsageError(
            "Say where the list goes: either a file with --output, or a source folder with --source.",
            "Dites où va la liste : soit un fichier avec --output, soit un dossier de source avec --source.",
        )
    material = Material.load()
    try:
        if source is not None:
            write_source(source, laureates, seed, material, format_, faults)
        elif output is not None:
            write(output, laureates, Maker(seed, material), format_, faults)
    except OSError as error:
        place = source or output
        raise UsageError(
            f"The list cannot be written in {place} ({error.strerror}): give a place where you may write.",
            f"La liste ne peut pas être écrite dans {place} ({error.strerror}) : indiquez un endroit où vous pouvez "
            "écrire.",
        ) from error
    click.echo(
        say(
            f"{laureates} laureates written to {source or output}.",
            f"{laureates} lauréats écrits dans {source or output}.",
        )
    )
