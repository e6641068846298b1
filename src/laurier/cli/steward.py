"""`laurier init`, `review`, `decide` and `merge`: what a person starts, confirms or decides."""

from __future__ import annotations

import getpass
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from laurier.cli.root import folders, language, progress, say, settings_of
from laurier.counts import counted
from laurier.errors import SnapshotError, UsageError

if TYPE_CHECKING:
    from laurier.reconcile.gazetteer import Gazetteer
    from laurier.reconcile.territory import Decision
    from laurier.settings import Settings


@click.command()
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of the sources (default: data).")
@click.argument("document", type=click.Path(path_type=Path, exists=True))
@click.pass_context
def init(ctx: click.Context, data: Path | None, document: Path) -> None:
    """Make a source of a document: a folder, a first source.toml, and what was understood so far.

    \b
    Reads txt, md, html, docx, pdf, csv, tsv, xlsx, ods and json. A document that cannot be read makes no source.
    Exit code 1 also when no laureate was found: source.toml is there to complete.
    Examples:
      laurier init laureats-bretagne.pdf
      laurier init data/sources/subventions-2024
    """
    from laurier.reconcile.gazetteer import Gazetteer
    from laurier.sources import starter

    gazetteer = Gazetteer.load()
    codes = [code for kind, code in gazetteer.by_unit if kind == "region"]
    units = (gazetteer.unit("region", code) for code in codes)
    regions = {unit.name: unit.code for unit in units if unit is not None and not unit.end}
    started = starter.init(document, settings_of(ctx, data=data).data, regions)
    for line in started.lines(language()):
        click.echo(line)
    if not started.awards:
        ctx.exit(1)


@click.command()
@folders
@click.option("--check", "anew", is_flag=True, help="Read the sources as they are now, as `laurier check` does.")
@click.option("--source", help="Only this source (the name of its folder).")
@click.option("--code", help="Only this kind of thing: territory, public, heading-division…")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_context
def review(
    ctx: click.Context,
    data: Path | None,
    releases: Path | None,
    anew: bool,
    source: str | None,
    code: str | None,
    as_json: bool,
) -> None:
    """List what was not understood or should be confirmed, with its line and the candidates.

    \b
    It is the list of the current release; with --check, that of the sources as they are now, before a build.
    Examples:
      laurier review
      laurier review --check --source laureats
      laurier review --code territory --json
    """
    settings = settings_of(ctx, data=data, releases=releases)
    known, items = _anew(settings) if anew else _published(settings)
    if source and source not in known:
        raise UsageError(*_unknown(source, known, anew))
    chosen = [i for i in items if source in (None, i["source"]) and code in (None, i["code"])]
    if as_json:
        click.echo(json.dumps(chosen, ensure_ascii=False, indent=2))
        return
    for item in chosen:
        click.echo(_sentence(item))
    count = len(chosen)
    click.echo(say(counted(count, "point(s) to review.", "en"), counted(count, "point(s) à relire.", "fr")))


def _published(settings: Settings) -> tuple[list[str], list[dict[str, Any]]]:
    """The sources of the current release, and what they left to look at."""
    from laurier.snapshot.opened import current

    try:
        release = current(settings.releases)
    except SnapshotError as error:
        raise SnapshotError(
            f"{error.en} Before a build, `laurier review --check` lists what the sources leave to confirm.",
            f"{error.fr} Avant une publication, `laurier review --check` liste ce que les sources laissent à "
            "confirmer.",
        ) from error
    table = json.loads(release.file("review.json").read_bytes())
    items: list[dict[str, Any]] = [item for entry in table["sources"] for item in entry["items"]]
    return [entry["key"] for entry in table["sources"]], items + table.get("items", [])


def _anew(settings: Settings) -> tuple[list[str], list[dict[str, Any]]]:
    """The same of the sources as they are now."""
    from laurier.pipeline.build import build

    with progress() as tell:
        outcome = build(settings, tell, dry=True)
    return [review.key for review in outcome.reviews], [item.table() for item in outcome.to_review()]


def _unknown(source: str, known: list[str], anew: bool) -> tuple[str, str]:
    names = ", ".join(known)
    if anew:
        return (
            f"There is no source {source!r}: give the name of its folder, one of {names}.",
            f"Il n'y a pas de source {source!r} : donnez le nom de son dossier, l'un de {names}.",
        )
    return (
        f"The current release has no source {source!r}, only {names}: for one that is not published yet, add --check.",
        f"La version en service n'a pas de source {source!r}, seulement {names} : pour une source qui n'est pas encore "
        "publiée, ajoutez --check.",
    )


def _sentence(item: dict[str, Any]) -> str:
    where = str(item["source"])
    text = str(item["fr" if language() == "fr" else "en"])
    # What a reader noticed says its line itself.
    if "first_line" in item and not text.startswith(("Line ", "Ligne ")):
        where += say(f", line {item['first_line']}", f", ligne {item['first_line']}")
    return f"{where} [{item['code']}]{say(':', ' :')} {text}" if where else text


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of the decisions (default: data)."
)
@click.option("--who", help="Who decides (default: the name of the account).")
@click.option("--why", required=True, help="Why, in a few words; it is published.")
@click.option("--source", default="", help="Only for this source; else for every one.")
@click.option("--mention", default="", help="Only inside this whole wording; else wherever the place is named.")
@click.option("--status", default="", help="exact, partie-de, historique, usage or non-rapproche; else it follows.")
@click.option("--unseen", is_flag=True, help="Keep it though no source has these words yet.")
@click.argument("place")
@click.argument("unit")
@click.pass_context
def decide(
    ctx: click.Context,
    data: Path | None,
    who: str | None,
    why: str,
    source: str,
    mention: str,
    status: str,
    unseen: bool,
    place: str,
    unit: str,
) -> None:
    """Decide what a wording stands for: UNIT is KIND/CODE, or `aucune` when it names no unit.

    \b
    The decision is kept in data/decisions/territories.csv, wins over the machine at every build, and is published
    with its author, its date and its reason. Words that no source has are refused, with those that look like them.
    Examples:
      laurier decide 'Bassin de Thau' epci/200066355 --status partie-de --why 'autour de Sète'
      laurier decide 'Centre Manche' aucune --why "zone d'usage"
    """
    from laurier.reconcile.decisions import FOLDER, NO_UNIT, Decisions
    from laurier.reconcile.gazetteer import Gazetteer
    from laurier.reconcile.territory import Decision

    gazetteer = Gazetteer.load()
    kind, _, code = unit.partition("/")
    if unit != NO_UNIT and gazetteer.unit(kind, code) is None:
        raise UsageError(
            f"The gazetteer has no unit {unit!r}: give KIND/CODE such as commune/76540, or {NO_UNIT}.",
            f"Le référentiel n'a pas d'unité {unit!r} : donnez NATURE/CODE, par exemple commune/76540, ou {NO_UNIT}.",
        )
    folder = settings_of(ctx, data=data).data
    decisions = Decisions.read(folder / FOLDER)
    today = date.today().isoformat()
    decision = Decision(today, who or getpass.getuser(), why, mention, place, source, unit, status)
    if not unseen:
        _seen(decision, folder, gazetteer)
    decisions.append(decision)
    click.echo(
        say(
            f"Decided: “{place}” is {unit}; run `laurier build` to publish it.",
            f"Décidé : « {place} » est {unit} ; lancez `laurier build` pour le publier.",
        )
    )


def _seen(decision: Decision, data: Path, gazetteer: Gazetteer) -> None:
    """Refuses a decision whose words stand in no source; says when that cannot be known."""
    from laurier.pipeline import wordings
    from laurier.pipeline.stages import READING

    with progress() as tell:
        found = wordings.search(decision, data, gazetteer, lambda count: tell(READING, count, None))
    if found.found:
        return
    if found.unread:
        for error in found.unread:
            click.echo(error.say(language()), err=True)
        click.echo(
            say("So the words were not looked for there.", "Les mots n'y ont donc pas été cherchés."),
            err=True,
        )  # fmt: skip
        return
    words = decision.place or decision.mention
    if not found.sources:
        raise UsageError(
            f"There is no source {decision.source!r} in {data / 'sources'}: give the name of its folder.",
            f"Il n'y a pas de source {decision.source!r} dans {data / 'sources'} : donnez le nom de son dossier.",
        )
    near = found.nearest(decision)
    en = f"; the nearest wordings are {', '.join(f'“{text}”' for text in near)}" if near else ""
    fr = f" ; les plus proches sont {', '.join(f'« {text} »' for text in near)}" if near else ""
    raise UsageError(
        f"No source has a place “{words}” to decide about{en}: give its words as the source prints them, the whole "
        "wording too with --mention when they are a part of it, or keep the decision for later with --unseen.",
        f"Aucune source n'a de lieu « {words} » à décider{fr} : donnez ses mots tels que la source les imprime, et le "
        "texte entier avec --mention s'ils n'en sont qu'une partie, ou gardez la décision pour plus tard avec "
        "--unseen.",
    )


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of the registry (default: data)."
)
@click.argument("carrier")
@click.argument("into")
@click.pass_context
def merge(ctx: click.Context, data: Path | None, carrier: str, into: str) -> None:
    """Make one carrier of two: the address of the first leads to the second (301) from the next build on.

    \b
    CARRIER and INTO are keys, as in the address …/id/porteur/KEY; the registry remembers the merger.
    Example:
      laurier merge media-formation-rouen media-formation
    """
    from laurier.reconcile.identity import NAME, Ledger

    ledger = Ledger.read(settings_of(ctx, data=data).data / NAME)
    ledger.merge("porteur", carrier, into)
    ledger.save()
    click.echo(
        say(
            f"Merged: {carrier} leads to {into}; run `laurier build` to publish it.",
            f"Fusionné : {carrier} mène à {into} ; lancez `laurier build` pour le publier.",
        )
    )
