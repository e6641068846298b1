"""`laurier synth` and `push`: lists of any size, and releases in an engine beyond one machine."""

from __future__ import annotations

from pathlib import Path

import click

from laurier.cli.root import progress, releases_option, say, settings_of
from laurier.counts import counted
from laurier.errors import UsageError
from laurier.foreign import said
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
            f"The list cannot be written in {place} ({said(error).en}): give a place where you may write.",
            f"La liste ne peut pas être écrite dans {place} ({said(error).fr}) : indiquez un endroit où vous pouvez "
            "écrire.",
        ) from error
    click.echo(
        say(
            f"{counted(laureates, 'laureate(s)', 'en')} written to {source or output}.",
            f"{counted(laureates, 'lauréat(s) écrit(s)', 'fr')} dans {source or output}.",
        )
    )


@click.command()
@click.option("--to", "query", required=True, metavar="URL", help="Address of the SPARQL queries of the engine.")
@click.option("--update", default="", metavar="URL", help="Address of its updates, where it is not the usual one.")
@click.option("--graphs", default="", metavar="URL", help="Address of its graph store, or - to use updates alone.")
@releases_option
@click.option("--release", help="Release to push (default: the current one).")
@click.option("--grace", default=60.0, show_default=True, type=click.FloatRange(0), help="Seconds the old set stays.")
@click.option("--keep", is_flag=True, help="Leave the sets of earlier releases where they are.")
@click.option("--user", default="", envvar="LAURIER_STORE_USER", show_envvar=True, help="Who writes.")
@click.option("--password", default="", envvar="LAURIER_STORE_PASSWORD", show_envvar=True, help="Their password.")
@click.option("--token", default="", envvar="LAURIER_STORE_TOKEN", show_envvar=True, help="Or a bearer token.")
@click.pass_context
def push(
    ctx: click.Context,
    query: str,
    update: str,
    graphs: str,
    releases: Path | None,
    release: str | None,
    grace: float,
    keep: bool,
    user: str,
    password: str,
    token: str,
) -> None:
    """Put a release into an existing SPARQL engine, beside the one that is there, then switch to it.

    \b
    A push that was interrupted goes on where it was: run the same command again.
    Examples:
      laurier push --to http://127.0.0.1:7878/query
      laurier push --to https://data.example.org/sparql --update https://data.example.org/sparql-auth
    """
    from laurier.pipeline.stages import PUSHING
    from laurier.snapshot import opened
    from laurier.store.engines import Credentials
    from laurier.store.push import push as run
    from laurier.store.writing import Writer

    folder = settings_of(ctx, releases=releases).releases
    snapshot = opened.Snapshot.open(folder / release) if release else opened.current(folder)
    with Writer(query, Credentials(user, password, token), update, graphs) as to, progress() as tell:
        done = run(snapshot, to, lambda count, total: tell(PUSHING, count, total), grace=grace, keep=keep)
    dropped = ", ".join(done.dropped)
    click.echo(
        say(
            f"Release {done.release} is current at {query}: {counted(done.triples, 'statement(s)', 'en')}, "
            f"{counted(done.sent, 'line(s) sent', 'en')}" + (f"; {dropped} was removed." if dropped else "."),
            f"La version {done.release} est en service à {query} : {counted(done.triples, 'déclaration(s)', 'fr')}, "
            f"{counted(done.sent, 'ligne(s) envoyée(s)', 'fr')}" + (f" ; {dropped} a été retirée." if dropped else "."),
        )
    )
