"""`laurier query`, `reconcile`, `covers` and `bench`: questions to the graph and to the gazetteer."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from laurier.cli.root import language, releases_option, say, settings_of
from laurier.errors import UsageError
from laurier.foreign import said

if TYPE_CHECKING:
    from laurier.reconcile.territory import Segment


@click.command()
@releases_option
@click.option(
    "--file", "-f", "path", type=click.Path(path_type=Path, dir_okay=False), help="Read the query from a file."
)
@click.option(
    "--format", "name", default="csv", show_default=True, help="csv, tsv, json, xml; turtle, json-ld… for graphs."
)
@click.argument("text", required=False)
@click.pass_context
def query(ctx: click.Context, releases: Path | None, path: Path | None, name: str, text: str | None) -> None:
    """Answer a SPARQL query from the current release; the usual prefixes are known.

    \b
    Examples:
      laurier query 'SELECT ?title { ?l a lau:Laureate ; dcterms:title ?title }'
      laurier query -f question.rq --format json
      echo 'ASK { ?p lau:public pub:refugies }' | laurier query
    """
    from laurier.store.direct import answer

    if text is None:
        text = _read(path) if path is not None else sys.stdin.read()
    for block in answer(settings_of(ctx, releases=releases), text, name):
        sys.stdout.buffer.write(block)
    sys.stdout.buffer.flush()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The query file {path} cannot be read ({said(error).en}): give a UTF-8 file.",
            f"Le fichier de requête {path} ne peut pas être lu ({said(error).fr}) : donnez un fichier UTF-8.",
            path=str(path),
        ) from error


@click.command()
@click.option("--region", default="", help="INSEE code of the région of the document.")
@click.option("--departement", default="", help="INSEE code of the département of the name.")
@click.option("--kind", default="", help="commune, epci, departement, region…, when it is known.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="A day of the project; decides the vintage.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.argument("name")
def reconcile(name: str, region: str, departement: str, kind: str, day: object, as_json: bool) -> None:
    """Say which territories a wording names, and why, or that nothing is certain.

    \b
    Examples:
      laurier reconcile 'CA du Cotentin' --region 28
      laurier reconcile 'Rouen/Elbeuf, Dieppe et Le Havre' --region 28
      laurier reconcile 'Vernon' --departement 27 --json
    """
    from datetime import datetime

    from laurier.reconcile.gazetteer import Gazetteer
    from laurier.reconcile.territory import Context, link

    on = day.date() if isinstance(day, datetime) else None
    segments = link(name, Context(region=region, departement=departement, kind=kind, on=on), Gazetteer.load())
    if as_json:
        click.echo(json.dumps([_table(segment) for segment in segments], ensure_ascii=False, indent=2))
        return
    if not segments:
        click.echo(say(f"“{name}” names no territory.", f"« {name} » ne nomme aucun territoire."))
    for segment in segments:
        click.echo(_sentence(segment))


def _table(segment: Segment) -> dict[str, object]:
    unit = segment.unit
    return {
        "text": segment.text,
        "start": segment.start,
        "end": segment.end,
        "status": segment.status,
        "kind": unit.kind if unit else None,
        "code": unit.code if unit else None,
        "name": unit.name if unit else None,
        "vintage": unit.vintage if unit else None,
        "qualifier": segment.qualifier,
        "method": segment.method,
        "confidence": float(segment.confidence),
        "evidence": segment.evidence[language() == "fr"],
        "candidates": [{"kind": c.kind, "code": c.code, "name": c.name} for c in segment.candidates],
    }


def _sentence(segment: Segment) -> str:
    from laurier.vocabulary import CODE, Vocabulary

    status = Vocabulary().label(f"{CODE}{segment.status}", language()) or segment.status
    unit = segment.unit
    target = f"{unit.kind} {unit.code} {unit.name} ({unit.vintage})" if unit else "—"
    reason = segment.evidence[language() == "fr"]
    rest = f" [{segment.qualifier}]" if segment.qualifier else ""
    return f"{segment.text}{rest} → {target} ; {status}, {segment.confidence} : {reason}"


@click.command()
@releases_option
@click.option("--kind", help="commune, epci, departement, region… when a code or name has several meanings.")
@click.option("--csv", "as_csv", is_flag=True, help="Answer in CSV.")
@click.argument("place")
@click.pass_context
def covers(ctx: click.Context, releases: Path | None, kind: str | None, as_csv: bool, place: str) -> None:
    """Say which laureates cover a commune, given by name, old name, postal code or INSEE code, and why.

    \b
    Examples:
      laurier covers 76540
      laurier covers 'Le Havre' --csv
      laurier covers 200023414
    """
    from laurier.snapshot import search_index, tables
    from laurier.snapshot.covering import reason
    from laurier.snapshot.lists import Covering, covering
    from laurier.snapshot.opened import current
    from laurier.snapshot.places import NAME, PlaceIndex
    from laurier.snapshot.search import Search

    snapshot = current(settings_of(ctx, releases=releases).releases)
    index = PlaceIndex(snapshot.file(NAME))
    meant = [f for f in index.coded(place) or index.find(place) if kind in (None, f.kind)]
    if not meant:
        raise UsageError(
            f"No place is called “{place}”: give a name, an INSEE code or a postal code.",
            f"Aucun lieu ne s'appelle « {place} » : donnez un nom, un code Insee ou un code postal.",
        )
    chosen, *others = meant
    postal = [f for f in index.postal(place) if kind in (None, f.kind)]
    found = index.covers(chosen.kind, chosen.code)
    if as_csv:
        search = Search(snapshot.file(search_index.NAME))
        rows = ((cover, search.row(cover.laureate)) for cover in found)
        listed = (Covering(chosen, cover, row) for cover, row in rows if row is not None)
        for block in tables.csv_lines(covering(language()), listed):
            click.echo(block, nl=False)
        return
    click.echo(f"{chosen.name} ({chosen.kind} {chosen.code}{f', {chosen.within}' if chosen.within else ''})")
    if postal and chosen.code == place:
        others = postal
        click.echo(
            say(
                f"{place} was read as the INSEE code of {chosen.name}; it is also a postal code.",
                f"{place} a été lu comme le code Insee de {chosen.name} ; c'est aussi un code postal.",
            )
        )
    for cover in found:
        click.echo(f"- {cover.title} <{cover.laureate}> : {reason(chosen, cover, language())}")
    if not found:
        click.echo(say("No laureate covers it.", "Aucun lauréat ne le couvre."))
    if others:
        names = ", ".join(f"{o.name} ({o.kind} {o.code})" for o in others[:5])
        click.echo(say(f"Also possible: {names}.", f"Autres lieux possibles : {names}."))


@click.group()
def bench() -> None:
    """Measure what Laurier does on your own data.

    \b
    Example:
      laurier bench territories names.csv
    """


@bench.command()
@click.option("--blind", is_flag=True, help="Do not tell the kind of each name to the matcher.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def territories(file: Path, blind: bool) -> None:
    """Link every name of a CSV (name, kind, département, expected code) and count what is right, wrong, abstained.

    \b
    Example:
      laurier bench territories names.csv --blind
    """
    from laurier.reconcile.accuracy import bench as measured

    report = measured(file, hint=not blind)
    for line in report.lines():
        click.echo(line)
    for case, code in report.shown:
        click.echo(say(f"wrong: {case} was linked to {code}", f"faux : {case} a été rapproché de {code}"))
