"""`laurier verify`, `rollback` and `diff`: releases as they lie on disk."""

from __future__ import annotations

from pathlib import Path

import click

from laurier.cli.root import language, releases_option, say, settings_of
from laurier.snapshot import opened


@click.command()
@releases_option
@click.argument("release", required=False)
@click.pass_context
def verify(ctx: click.Context, releases: Path | None, release: str | None) -> None:
    """Read every file of a release again and compare it with its manifest.

    \b
    Examples:
      laurier verify
      laurier verify 3f2a9c0d1e5b7a86
    """
    folder = settings_of(ctx, releases=releases).releases
    snapshot = opened.Snapshot.open(folder / release) if release else opened.current(folder)
    snapshot.verify()
    count = len(snapshot.manifest.files)
    click.echo(
        say(
            f"Release {snapshot.hash} is whole: {count} files, {snapshot.manifest.quads} statements.",
            f"La version {snapshot.hash} est entière : {count} fichiers, {snapshot.manifest.quads} déclarations.",
        )
    )


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
