"""Validates a graph against its SHACL shapes: a fast exact engine, pyshacl as the reference, and a readable report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from laurier import files
from laurier.validation import engine as fast
from laurier.validation import reference
from laurier.validation.report import Report, in_order
from laurier.validation.shape import CannotCompile
from laurier.validation.shapes import names
from laurier.vocabulary import Vocabulary

__all__ = ["Report", "validate"]


def validate(
    path: Path,
    *,
    shapes: Sequence[Path] = (),
    background: Sequence[Path] = (),
    engine: Literal["fast", "reference"] = "fast",
    workers: int = 0,
    scratch: Path | None = None,
) -> Report:
    """Validates a sorted N-Quads file.

    The graph validated is the union of the named graphs of the file and of the background.

    Args:
        path: the file, canonical and sorted by bytes.
        shapes: the shape files; those of the package if none are given.
        background: Turtle files that belong to the graph; the ontology and schemes of the package if none are given.
        engine: `fast` checks any size within bounded memory and hands to pyshacl what it cannot compile; `reference`
            is pyshacl alone, for small graphs.
        workers: processes; 0 chooses.
        scratch: where temporary files may lie; they take about a fifth of the size of the file.

    Raises:
        DataRefused: the file is not sorted N-Quads, or pyshacl fails.
    """
    chosen = tuple(shapes) or tuple(sorted(files.folder("shapes").glob("*.ttl")))
    behind = tuple(background) or tuple(sorted(files.folder("ontology").glob("*.ttl")))
    reason = ""
    if engine == "fast":
        try:
            traced = fast.results(path, chosen, behind, workers=workers, scratch=scratch)
            return Report(in_order(traced), names(chosen), Vocabulary())
        except CannotCompile as error:
            reason = str(error)
    traced = fast.traced(path, behind, reference.results(path, chosen, behind))
    return Report(in_order(traced), names(chosen), Vocabulary(), "reference", reason)
