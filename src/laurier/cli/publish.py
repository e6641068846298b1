"""`laurier build`, `check` and `serve`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import click

from laurier.cli.root import folders, language, progress, releases_option, say, settings_of
from laurier.errors import SnapshotError
from laurier.settings import Limits, Settings

_base = click.option("--base", help="Base IRI of the instance, such as https://data.example.org/.")


@click.command()
@folders
@_base
@click.pass_context
def build(ctx: click.Context, data: Path | None, releases: Path | None, base: str | None) -> None:
    """Read every source, check the graph, publish a release.

    \b
    Nothing changes when a source cannot be read or the graph breaks its shapes.
    Examples:
      laurier build
      laurier build --base https://laureats.example.fr/ --releases /srv/laurier
    """
    _build(settings_of(ctx, data=data, releases=releases, base=base))


def _build(settings: Settings) -> None:
    from laurier.pipeline.build import build as run

    with progress() as tell:
        outcome = run(settings, tell)
    for sentence in outcome.summary(language()):
        click.echo(sentence)


@click.command()
@folders
@_base
@click.pass_context
def check(ctx: click.Context, data: Path | None, releases: Path | None, base: str | None) -> None:
    """Read every source and check the graph, without publishing.

    \b
    Examples:
      laurier check
      laurier check --data other-data
    """
    from laurier.pipeline.build import build as run

    with progress() as tell:
        outcome = run(settings_of(ctx, data=data, releases=releases, base=base), tell, dry=True)
    for sentence in [*outcome.findings(language()), *outcome.summary(language())]:
        click.echo(sentence)


def _limits(command: Callable[..., Any]) -> Callable[..., Any]:
    """An option for each of `Limits`."""
    for limit in reversed(fields(Limits)):
        seconds = isinstance(limit.default, float)
        kind = click.FloatRange(min=0, min_open=True) if seconds else click.IntRange(min=1)
        option = f"--{limit.name.replace('_', '-')}"
        told = f"{limit.name} of [limits] in the settings (default: {limit.default:g})."
        command = click.option(option, type=kind, help=told)(command)
    return command


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True),
    help="An RDF file to serve as it is, without a build; or, with --build, the folder of the sources.",
)
@releases_option
@click.option("--build", "build_first", is_flag=True, help="Build first when there is no release for this base IRI.")
@_base
@click.option("--host", help="Address to listen on (default: 127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (default: 8000).")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that answer queries (default: 2).")
@click.option(
    "--store", metavar="URL", help="Answer SPARQL from an engine that `laurier push` filled (docs/engines.md)."
)
@click.option("--store-user", envvar="LAURIER_STORE_USER", help="Who reads there.")
@click.option("--store-password", envvar="LAURIER_STORE_PASSWORD", help="Their password.")
@click.option("--store-token", envvar="LAURIER_STORE_TOKEN", help="Or a bearer token.")
@click.option(
    "--theme",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder whose templates and static files come before ours (docs/theme.md).",
)
@_limits
@click.pass_context
def serve(
    ctx: click.Context,
    /,
    data: Path | None,
    releases: Path | None,
    build_first: bool,
    base: str | None,
    host: str | None,
    port: int | None,
    workers: int | None,
    store: str | None,
    store_user: str | None,
    store_password: str | None,
    store_token: str | None,
    theme: Path | None,
    **limits: float | None,
) -> None:
    """Serve the current release, and follow the next ones as they are published.

    Each option may come from the environment, as LAURIER_SERVE_PORT for --port.

    \b
    Examples:
      laurier serve --port 8080
      laurier serve --build --base https://laureats.example.fr/
      laurier serve --data graph.nq
      laurier serve --store http://127.0.0.1:7878/query
    """
    from laurier.web.serving import serve as run

    rdf = data if data is not None and data.is_file() else None
    folder = data if rdf is None else None
    settings = settings_of(
        ctx,
        data=folder,
        releases=releases,
        base=base,
        host=host,
        port=port,
        workers=workers,
        store=store,
        store_user=store_user,
        store_password=store_password,
        store_token=store_token,
    )
    given: dict[str, Any] = {name: value for name, value in limits.items() if value is not None}
    settings = replace(settings, limits=replace(settings.limits, **given))
    if rdf is not None:
        from laurier.pipeline.wrap import base_of, wrapped

        with wrapped(rdf, settings) as at:
            there = base_of(at, settings)
            if there:
                click.echo(
                    say(
                        f"No IRI of {rdf} begins with the base {settings.base}: for a page at each, add --base {there}",
                        f"Aucune IRI de {rdf} ne commence par la base {settings.base} : pour que chacune ait sa page, "
                        f"ajoutez --base {there}",
                    ),
                    err=True,
                )
            run(replace(settings, releases=at, store=""), theme=theme)
        return
    if build_first and not _is_built(settings, base):
        _build(settings)
    run(settings, theme=theme)


def _is_built(settings: Settings, base: str | None) -> bool:
    from laurier.snapshot.opened import current

    try:
        built = current(settings.releases).base
    except SnapshotError:
        return False
    return base is None or built == settings.base
