"""`laurier verify`, `rollback` and `diff`: releases as they lie on disk."""

from __future__ import annotations

from pathlib import Path

import click

from laurier.cli.root import language, releases_option, say, settings_of
from laurier.counts import counted
from laurier.snapshot import opened


@click.command()
@releases_option
@click.option("--all", "everything", is_flag=True, help="Every release of the folder; exit code 1 when one is damaged.")
@click.argument("release", required=False)
@click.pass_context
def verify(ctx: click.Context, releases: Path | None, everything: bool, release: str | None) -> None:
    """Read every file of a release again and compare it with its manifest.

    \b
    Examples:
      laurier verify
      laurier verify --all
      laurier verify 3f2a9c0d1e5b7a86
    """
    folder = settings_of(ctx, releases=releases).releases
    if everything:
        _verify_all(ctx, folder)
        return
    snapshot = opened.Snapshot.open(folder / release) if release else opened.current(folder)
    snapshot.verify()
    count = len(snapshot.manifest.files)
    files = counted(count, say("file(s)", "fichier(s)"), language())
    stated = counted(snapshot.manifest.quads, say("statement(s)", "déclaration(s)"), language())
    click.echo(
        say(
            f"Release {snapshot.hash} is whole: {files}, {stated}.",
            f"La version {snapshot.hash} est entière : {files}, {stated}.",
        )
    )


def _verify_all(ctx: click.Context, folder: Path) -> None:
    now = opened.current_name(folder)
    damaged = False
    for found in opened.examine(folder):
        damaged = damaged or bool(found.fault)
        notes = [found.manifest.published] if found.manifest else []
        notes += [say("served", "en service")] if found.name == now else []
        told = f" ({', '.join(notes)})" if notes else ""
        if found.fault:
            click.echo(
                say(f"{found.name}{told}: damaged, {found.fault}", f"{found.name}{told} : abîmée, {found.fault}")
            )
        else:
            click.echo(say(f"{found.name}{told}: whole", f"{found.name}{told} : entière"))
    if damaged:
        ctx.exit(1)


@click.command()
@releases_option
@click.option("--to", help="Release to go back to (default: the one before).")
@click.pass_context
def rollback(ctx: click.Context, releases: Path | None, to: str | None) -> None:
    """Serve an earlier release again, once proven whole.

    \b
    Examples:
      laurier rollback
      laurier rollback --to 3f2a9c0d1e5b7a86
    """
    manifest = opened.rollback(settings_of(ctx, releases=releases).releases, to)
    click.echo(
        say(
            f"Release {manifest.hash}, published {manifest.published}, is served again.",
            f"La version {manifest.hash}, publiée le {manifest.published}, est de nouveau servie.",
        )
    )


@click.command()
@releases_option
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.pass_context
def diff(ctx: click.Context, releases: Path | None, old: str | None, new: str | None) -> None:
    """Say in sentences what changed between two releases (default: the one before, and the current one).

    \b
    Examples:
      laurier diff
      laurier diff 3f2a9c0d1e5b7a86 9b1c2d3e4f5a6b7c
    """
    from laurier.snapshot.difference import difference, sentences

    folder = settings_of(ctx, releases=releases).releases
    after = opened.Snapshot.open(folder / new) if new else opened.current(folder)
    before_name = old or after.manifest.previous
    if not before_name:
        click.echo(
            say("There is no earlier release to compare with.", "Il n'y a pas de version antérieure à comparer.")
        )
        return
    changes = difference(opened.Snapshot.open(folder / before_name), after)
    for sentence in sentences(changes, language()):
        click.echo(sentence)
