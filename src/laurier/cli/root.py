"""The command `laurier`: its options, its commands by name, and how errors and progress are told."""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from laurier import __version__
from laurier.errors import Language, LaurierError
from laurier.settings import Settings, load

if TYPE_CHECKING:
    from laurier.pipeline.stages import Progress, Stage

#: The module of each command: it is imported when the command runs, so that `laurier --help` waits for no engine.
COMMANDS = {
    "init": "steward",
    "build": "publish",
    "check": "publish",
    "review": "steward",
    "decide": "steward",
    "merge": "steward",
    "enrich": "territories",
    "geometry": "territories",
    "serve": "publish",
    "export": "portals",
    "push": "scale",
    "verify": "releases",
    "rollback": "releases",
    "diff": "releases",
    "query": "ask",
    "covers": "ask",
    "reconcile": "ask",
    "check-harvest": "portals",
    "synth": "scale",
    "bench": "ask",
}


def language() -> Language:
    """The language of the person, from LAURIER_LANG or the locale; English where neither says French."""
    for name in ("LAURIER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "fr" if value.lower().startswith("fr") else "en"
    return "en"


def say(en: str, fr: str) -> str:
    """The sentence in the language of the person."""
    return fr if language() == "fr" else en


class _Laurier(click.Group):
    """A group whose errors are sentences: exit code 1 for refused data, 2 for a wrong use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"laurier.cli.{COMMANDS[cmd_name]}")
        command = getattr(module, cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LaurierError as error:
            click.echo(error.say(language()), err=True)
            ctx.exit(error.exit_code)
        except MemoryError:
            click.echo(
                say(
                    "There is not enough memory: free some, or give the account more; nothing was published.",
                    "Il n'y a pas assez de mémoire : libérez-en, ou donnez-en plus au compte ; rien n'a été publié.",
                ),
                err=True,
            )
            ctx.exit(1)
        except BrokenPipeError:
            # The reader of a pipe went away (`laurier query … | head`): that is no fault.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except KeyboardInterrupt:
            click.echo(say("Interrupted; nothing was published.", "Interrompu ; rien n'a été publié."), err=True)
            ctx.exit(130)


@click.group(cls=_Laurier, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "LAURIER"})
@click.version_option(__version__, prog_name="laurier")
@click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), help="Settings file (default: laurier.toml)."
)
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """Turns the lists of laureates of French public calls for projects into linked data, and publishes it.

    \b
    Examples:
      laurier build                 read data/sources, check, publish a release
      laurier serve                 serve the current release at http://127.0.0.1:8000
      laurier query 'SELECT (COUNT(*) AS ?n) { ?l a lau:Laureate }'
      laurier reconcile 'CA du Cotentin' --region 28
    """
    ctx.obj = config


def settings_of(ctx: click.Context, **overrides: Any) -> Settings:
    """The settings of the file given to `laurier`, with what the command was given on top."""
    return load(ctx.obj, **overrides)


def folders(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options `--data` and `--releases` to a command."""
    for name, text in (
        ("--releases", "Folder of the releases (default: releases)."),
        ("--data", "Folder of the sources, the decisions and the registry (default: data)."),
    ):
        command = click.option(name, type=click.Path(path_type=Path, file_okay=False), help=text)(command)
    return command


releases_option = click.option(
    "--releases",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the releases (default: releases).",
)


def pace(done: int, total: int | None, began: float) -> str:
    """How many a second, and how long the rest will take at that rate; nothing before a second has passed."""
    passed = time.monotonic() - began
    if not done or passed < 1:
        return ""
    told = [f"{done / passed:.0f}/s"] if done > passed else []
    if total:
        left = timedelta(seconds=round(passed * max(total - done, 0) / done))
        told.append(say(f"{left} left", f"encore {left}"))
    return f" ({', '.join(told)})" if told else ""


@contextmanager
def progress() -> Iterator[Progress]:
    """A line that says what is being done, how fast, and how long it will still take; silent without a terminal."""
    shown = sys.stderr.isatty()
    last: Stage | None = None
    began = 0.0

    def tell(stage: Stage, done: int, total: int | None) -> None:
        nonlocal last, began
        if not shown:
            return
        if last is not None and last != stage:
            click.echo("", err=True)
        if last != stage:
            last, began = stage, time.monotonic()
        figure = f" {done}/{total}" if total else (f" {done}" if done else "")
        click.echo(f"\r\033[K{stage.say(language())}{figure}{pace(done, total, began)}…", nl=False, err=True)

    try:
        yield tell
    finally:
        if last is not None:
            click.echo("", err=True)
