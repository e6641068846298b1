"""Diagnostics about a passage, in one form: the line, then what was noticed."""

from __future__ import annotations

from laurier.readings import Diagnostic, Severity
from laurier.sources.lines import Piece

_SHOWN = 80


def note(code: str, severity: Severity, piece: Piece, en: str, fr: str) -> Diagnostic:
    """A diagnostic about a piece of the document.

    Args:
        code: short stable name.
        severity: error, warning or info.
        piece: the passage.
        en, fr: what was noticed; `{text}` stands for the passage, shortened.
    """
    span = piece.span()
    shown = piece.text if len(piece.text) <= _SHOWN else piece.text[: _SHOWN - 1] + "…"
    return Diagnostic(
        code,
        severity,
        f"Line {span.first_line}: " + en.replace("{text}", shown) + ".",
        f"Ligne {span.first_line} : " + fr.replace("{text}", shown) + ".",
        span,
    )
