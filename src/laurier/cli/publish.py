"""`laurier build`, `check` and `serve`."""

from __future__ import annotations

from pathlib import Path

import click

from laurier.cli.root import folders, language, progress, releases_option, settings_of
from laurier.errors import SnapshotError
from laurier.settings import Settings

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


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True),
    help="An RDF file to serve as it is, without a build; or, with --build, the folder of the sources.",
)
@releases_option
@click.option("--build", "build_first", is_flag=True, help="Build first when there is no release for this base IRI.")
@_base
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on.")
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
@click.pass_context
def serve(
    ctx: click.Context,
    data: Path | None,
    releases: Path | None,
    build_first: bool,
    base: str | None,
    host: str,
    port: int,
    workers: int | None,
    store: str | None,
    store_user: str | None,
    store_password: str | None,
    store_token: str | None,
    theme: Path | None,
) -> None:
    """Serve the current release, and follow the next ones as they are published.

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
    engine = {
        "store": store,
        "store_user": store_user,
        "store_password": store_password,
        "store_token": store_token,
    }
    settings = settings_of(ctx, data=folder, releases=releases, base=base, workers=workers, **engine)
    if rdf is not None:
        from laurier.pipeline.wrap import wrapped

        with wrapped(rdf, settings) as at:
            run(settings_of(ctx, releases=at, base=base, workers=workers), host=host, port=port, theme=theme)
        return
    if build_first and not _is_built(settings, base):
        _build(settings)
    run(settings, host=host, port=port, theme=theme)


def _is_built(settings: Settings, base: str | None) -> bool:
    from laurier.snapshot.opened import current

    try:
        built = current(settings.releases).base
    except SnapshotError:
        return False
    return base is None or built == settings.base
