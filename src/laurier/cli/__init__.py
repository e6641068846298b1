"""The command line: the only place that prints and that reads the environment."""

from laurier.cli.root import main

__all__ = ["main"]
