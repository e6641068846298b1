"""`laurier check-harvest` and `export`: what portals make of a catalogue, and the site as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from laurier.cli.root import language, releases_option, say, settings_of
from laurier.counts import counted

if TYPE_CHECKING:
    from laurier.catalogue.harvest.check import HarvestReport


@click.command(name="check-harvest")
@click.argument("catalogue")
@click.option("--links/--no-links", default=True, help="Ask every file address with HEAD, as data.europa.eu does.")
@click.option("--details", is_flag=True, help="Show also each field that a portal keeps, with its value.")
@click.pass_context
def check_harvest(ctx: click.Context, catalogue: str, links: bool, details: bool) -> None:
    """Say what data.gouv.fr, CKAN and data.europa.eu would keep, lose or refuse of a DCAT CATALOGUE, and why.

    CATALOGUE is an address or a file of RDF, of any publisher. Exit code 1 when a portal refuses something.

    \b
    Examples:
      laurier check-harvest http://127.0.0.1:8000/catalogue
      laurier check-harvest catalogue.rdf --no-links
    """
    from laurier.catalogue.harvest.check import PORTALS
    from laurier.catalogue.harvest.check import check_harvest as check

    report = check(catalogue, links=links)
    for portal in PORTALS:
        _told(report, portal, details)
    if any(verdict.refused for verdict in report.verdicts):
        ctx.exit(1)


def _told(report: HarvestReport, portal: str, details: bool) -> None:
    verdicts = report.of(portal)
    things = [v for v in verdicts if v.kept]
    taken = [v for v in things if not v.refused]
    scores = sorted(v.points for v in verdicts if v.points is not None)
    score = f" ({scores[0]}–{scores[-1]} / 405)" if scores else ""
    click.echo(
        say(
            f"{portal}: {len(taken)} of {counted(len(things), 'dataset(s) and service(s)', 'en')} taken{score}",
            f"{portal} : {counted(len(taken), '(jeu|jeux) de données et service(s) repris', 'fr')} sur "
            f"{len(things)}{score}",
        )
    )
    for verdict in verdicts:
        if details and verdict.kept:
            click.echo(f"  {verdict.subject}")
            for name, value in verdict.kept.items():
                click.echo(f"    {name} = {value}")
        for reasons, title in ((verdict.refused, say("refused", "refusé")), (verdict.lost, say("lost", "perdu"))):
            for reason in reasons:
                click.echo(f"  {title}: {verdict.subject}: {reason.about}: {reason.say(language())}")


@click.command()
@releases_option
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--theme", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Folder of a theme.")
@click.option("--sparql", default="", help="Address of a SPARQL endpoint that /sparql leads to (default: none).")
@click.option("--filters/--no-filters", default=True, help="Write also every list with one filter (default: yes).")
@click.pass_context
def export(
    ctx: click.Context, folder: Path, releases: Path | None, theme: Path | None, sparql: str, filters: bool
) -> None:
    """Write the current release in FOLDER as a static site: pages, every representation, catalogue, dumps, feed.

    FOLDER/public is what a web server shows; FOLDER/nginx holds the rules that make it negotiate.

    \b
    Examples:
      laurier export site
      laurier export /srv/laureats --sparql https://sparql.example.fr/query
    """
    from laurier.site.export import export as write

    settings = settings_of(ctx, releases=releases)
    found = write(settings, folder, theme, sparql, filters=filters)
    count, size, left = found.files, found.size // 1_000_000, found.left_out
    click.echo(
        say(
            f"{counted(count, 'file(s)', 'en')} ({size} MB) in {folder}; "
            f"{counted(left, 'address(es) (needs|need)', 'en')} a server.",
            f"{counted(count, 'fichier(s)', 'fr')} ({size} Mo) dans {folder} ; "
            f"{counted(left, 'adresse(s) demande(nt)', 'fr')} un serveur.",
        )
    )
