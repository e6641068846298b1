"""`laurier enrich` and `geometry`: what an operator fetches or gives about territories."""

from __future__ import annotations

import re
from pathlib import Path

import click

from laurier.catalogue.authority import OPEN_LICENCE
from laurier.cli.root import folders, say, settings_of
from laurier.counts import counted
from laurier.errors import UsageError
from laurier.geometry.kept import GRIDS


@click.command()
@folders
@click.option("--endpoint", help="SPARQL endpoint to ask (default: INSEE's public one).")
@click.pass_context
def enrich(ctx: click.Context, data: Path | None, releases: Path | None, endpoint: str | None) -> None:
    """Ask INSEE for the URIs of the territories of the current release; the next build states them.

    \b
    This is the only command that asks another server something. What is found goes to data/insee-uris.tsv.
    Examples:
      laurier enrich
      laurier enrich --endpoint http://127.0.0.1:3030/insee/sparql
    """
    from laurier.iri import Minter
    from laurier.reconcile import enrich as insee
    from laurier.reconcile.references import ADDED
    from laurier.snapshot.opened import current

    settings = settings_of(ctx, data=data, releases=releases)
    snapshot = current(settings.releases)
    prefix = Minter(snapshot.base).thing("territoire", "")
    wanted: list[tuple[str, str]] = []
    last = ""
    while found := snapshot.entities.following(prefix, last, 5_000):
        last = found[-1]
        named = (iri[len(prefix) :].partition("/") for iri in found)
        wanted += [(kind, code) for kind, _, code in named if code]
    rows = list(insee.fetch(wanted, endpoint or insee.ENDPOINT))
    count = insee.write(settings.data / ADDED, rows)
    click.echo(
        say(
            f"{count} of {counted(len(wanted), 'territor(y|ies)', 'en')} found at INSEE: run "
            "`laurier build` to publish.",
            f"{counted(count, 'territoire(s) trouvé(s)', 'fr')} à l'Insee, sur {len(wanted)} : lancez `laurier build` "
            "pour publier.",
        )
    )


@click.command()
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of the data (default: data).")
@click.option("--kind", type=click.Choice(list(GRIDS)), help="Kind of territory, when the file does not tell it.")
@click.option("--source", default="", help="Who drew the contours; it is published (default: the name of the file).")
@click.option("--licence", default=OPEN_LICENCE, help="IRI of their licence (default: Licence Ouverte 2.0).")
@click.option("--vintage", default="", help="Year of the units (default: the one in the name of the file).")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_context
def geometry(
    ctx: click.Context, data: Path | None, kind: str | None, source: str, licence: str, vintage: str, file: Path
) -> None:
    """Import contours of communes, EPCI, départements or régions from a GeoJSON file in WGS 84.

    \b
    They are generalised and kept in data/geometry, in place of those of the same kind; the next build publishes them:
    map, pages of territories, catalogue, GeoJSON.
    Examples:
      laurier geometry communes-2026-100m.geojson --source 'IGN, ADMIN EXPRESS, Etalab'
      laurier geometry COMMUNE.geojson --vintage 2026
    """
    from laurier.reconcile.contours import import_
    from laurier.reconcile.gazetteer import Gazetteer

    if not re.fullmatch(r"https?://[^\s<>\"{}|^`\\\\]+", licence):
        raise UsageError(
            f"The licence {licence!r} is not an http IRI: give the address of the licence.",
            f"La licence {licence!r} n'est pas une IRI http : donnez l'adresse de la licence.",
        )
    if vintage and not re.fullmatch(r"(19|20)\d\d", vintage):
        raise UsageError(
            f"The vintage {vintage!r} is not a year: write 2026.",
            f"Le millésime {vintage!r} n'est pas une année : écrivez 2026.",
        )
    found = import_(
        file, settings_of(ctx, data=data).data, Gazetteer.load(), kind=kind or "", source=source, licence=licence,
        vintage=vintage,
    )  # fmt: skip
    note = found.note
    click.echo(
        say(
            f"{counted(note.count, f'contour(s) of kind {note.kind}', 'en')} "
            f"({note.credit}): run `laurier build` to publish {'it' if note.count == 1 else 'them'}.",
            f"{counted(note.count, f'contour(s) de nature {note.kind}', 'fr')} "
            f"({note.credit}) : lancez `laurier build` pour {'le' if note.count < 2 else 'les'} publier.",
        )
    )
    for en, fr in found.left_out():
        click.echo(say(en, fr), err=True)
