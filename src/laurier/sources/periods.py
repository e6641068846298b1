"""When a project runs: its period and its duration, from its labelled lines and its prose."""

from __future__ import annotations

import re

from laurier.readings import Diagnostic
from laurier.records import Duration, Period
from laurier.sources import dates, numbers
from laurier.sources.drafts import Draft
from laurier.sources.lines import Piece
from laurier.sources.notes import note

_PROJECT_LASTS = re.compile(r"\b(?:projet|action)\b[^.;:,]{0,30}\bduree\b")
_REASONS = {
    "no-date": ("no date was understood in", "aucune date n'a été comprise dans"),
    "several-dates": ("several dates are printed in", "plusieurs dates sont imprimées dans"),
    "end-only": ("only an end is printed in", "seule une fin est imprimée dans"),
    "impossible-date": ("the date does not exist or lacks its year in", "la date n'existe pas ou n'a pas d'année dans"),
    "end-before-start": ("the end is before the start in", "la fin précède le début dans"),
    "unlikely-year": ("the year is unlikely in", "l'année est invraisemblable dans"),
}


def period(made: Draft) -> Period | None:
    """The period of a project; what is not understood is told and kept apart."""
    found: Period | None = None
    for name in ("period", "start"):
        piece = made.first(name)
        if piece is not None and found is None:
            found = _read_period(made, piece)
    end = made.first("end")
    if end is None:
        return found
    finish = _read_period(made, end)
    start = made.first("start") or made.first("period")
    if finish is None or found is None or start is None or found.end_latest is not None:
        return found
    both = dates.with_end(found, finish, _through(start, end).passage())
    if both is None:
        made.notes.append(_unread_date(end, "end-before-start"))
    return both or found


def _through(start: Piece, end: Piece) -> Piece:
    """The words from a start to the end printed next to it; the start alone when they are not neighbours."""
    near = start.begins[0] < end.begins[0] < start.begins[0] + 200
    return start.source.piece(start.begins[0], end.ends[-1]) if near else start


def _read_period(made: Draft, piece: Piece) -> Period | None:
    found, reason = dates.period(piece)
    if reason:
        made.notes.append(_unread_date(piece, reason))
        if found is None:
            made.other.append(("date", piece))
    return found


def _unread_date(piece: Piece, reason: str) -> Diagnostic:
    en, fr = _REASONS[reason]
    return note("unread-date", "warning", piece, en + " « {text} »", fr + " « {text} »")


def duration(made: Draft) -> Duration | None:
    """The duration of a project; what is not understood is told and kept apart."""
    labelled = made.first("duration")
    if labelled is not None:
        found = numbers.duration(labelled, labelled=True)
        if found is None:
            made.notes.append(
                note(
                    "unread-duration",
                    "warning",
                    labelled,
                    "no duration was understood in « {text} »",
                    "aucune durée n'a été comprise dans « {text} »",
                )
            )
            made.other.append(("durée", labelled))
        return found
    # In prose a duration may be that of a course or of a stay: it must be said to be the project's.
    prose = [piece for piece in made.paragraphs if _PROJECT_LASTS.search(piece.folded)]
    for piece in (*made.pieces("public"), *made.pieces("period"), *made.pieces("start"), *prose):
        found = numbers.duration(piece)
        if found is not None:
            return found
    return None
