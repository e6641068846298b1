"""The sorted lines of one laureate to an award: every labelled value read, what is not understood told."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from laurier.readings import Diagnostic
from laurier.records import Amount, Award, Count, Duration, Organisation, Passage, Period, Result, Span
from laurier.sources import dates, numbers
from laurier.sources.acronyms import expansion
from laurier.sources.classify import Block
from laurier.sources.drafts import Draft
from laurier.sources.heading import Context, Division, divide
from laurier.sources.layout import Layout
from laurier.sources.lines import Piece, words
from laurier.sources.notes import note
from laurier.sources.people import people, results
from laurier.sources.segment import breaks_of

_PROJECT_LASTS = re.compile(r"\b(?:projet|action)\b[^.;:,]{0,30}\bduree\b")


@dataclass(slots=True)
class _Values:
    territory: Passage | None = None
    seat: Passage | None = None
    reference: Passage | None = None
    period: Period | None = None
    duration: Duration | None = None
    beneficiaries: Count | None = None
    amounts: tuple[Amount, ...] = ()
    results: tuple[Result, ...] = ()


def award(made: Draft, layout: Layout, call: str, status: Block | None, about: Context) -> Award | None:
    """The award of a draft; None when neither a heading nor labels name what was selected.

    Args:
        made: the sorted lines; what is noticed is added to its notes.
        layout: the words of the layout.
        call: key of the call.
        status: the status line that holds here.
        about: what the document and its call say, to corroborate the division of the heading.
    """
    heading, division = _heading(made, about)
    if heading is None or division is None:
        return None
    values = _values(made, layout)
    wording = _pieces(made, "public")
    public = people(wording, layout)
    if wording and public.doubtful:
        made.notes.append(
            note(
                "several-counts",
                "warning",
                wording[0],
                "several numbers of people are printed and none is said to be the whole; none was kept",
                "plusieurs nombres de personnes sont imprimés et aucun n'est donné pour le total ; "
                "aucun n'a été retenu",
            )
        )
    prose = [*made.paragraphs, *(intro for intro, _ in made.items if intro is not None)]
    return Award(
        call=call,
        heading=heading.passage(),
        span=_extent(made),
        carriers=_carriers(made, division, prose),
        title=division.title.passage(),
        title_expansion=_expanded(division.title, prose),
        split_confidence=division.confidence,
        split_evidence=(division.en, division.fr),
        ordinal=made.part.ordinal.number if made.part.ordinal else None,
        status=(status.name, status.whole.span()) if status is not None else None,
        territory=values.territory,
        seat=values.seat,
        description=tuple(piece.passage() for piece in made.paragraphs),
        items=tuple((intro.passage() if intro else None, item.passage()) for intro, item in made.items),
        public=_whole(wording).passage() if wording else None,
        targets=public.targets if wording else (),
        beneficiaries=values.beneficiaries or (public.beneficiaries if wording else None),
        duration=values.duration,
        period=values.period,
        results=values.results,
        amounts=values.amounts,
        reference=values.reference,
        other=tuple((label, piece.passage()) for label, piece in made.other if piece),
        doubtful=any(found.severity != "info" for found in made.notes),
    )


def _whole(pieces: Sequence[Piece]) -> Piece:
    whole = pieces[0]
    for piece in pieces[1:]:
        whole = whole.join(piece)
    return whole


def _pieces(made: Draft, name: str) -> list[Piece]:
    return [piece for _, pieces, _ in made.labels.get(name, ()) for piece in pieces]


def _first(made: Draft, name: str) -> Piece | None:
    pieces = _pieces(made, name)
    return _whole(pieces) if pieces else None


def _extent(made: Draft) -> Span:
    blocks = [*([made.part.ordinal] if made.part.ordinal else []), *made.part.blocks]
    spans = [block.whole.span() for block in blocks]
    source = blocks[0].whole.source
    return source.span(min(span.start for span in spans), max(span.end for span in spans))


def _heading(made: Draft, about: Context) -> tuple[Piece | None, Division | None]:
    heads = [block.piece for block in made.part.blocks[: made.part.heads]]
    printed = _whole(heads) if heads else None
    carrier, title = _first(made, "carrier"), _first(made, "title")
    sure = Decimal(1)
    if carrier is not None:
        heading = printed or title
        if heading is None:
            return carrier, Division(carrier, carrier, Decimal(0), "no title is printed", "aucun titre n'est imprimé")
        rest = title or heading
        return heading, Division(
            carrier, rest, sure, "the carrier is printed under its label", "le porteur est imprimé sous son libellé"
        )
    if printed is None:
        return title, Division(
            None, title, Decimal(0), "no carrier is printed", "aucun porteur n'est imprimé"
        ) if title else None
    if title is not None and words(title.text) != words(printed.text):
        return printed, Division(
            printed,
            title,
            Decimal("0.9"),
            "the title is printed under its label",
            "le titre est imprimé sous son libellé",
        )
    breaks = breaks_of(made.part)
    context = replace(about, paragraphs=made.paragraphs, territory=_first(made, "territory"))
    return printed, divide(printed, context, breaks)


def _carriers(made: Draft, division: Division, prose: Sequence[Piece]) -> tuple[Organisation, ...]:
    pieces = _pieces(made, "carrier") or ([division.carrier] if division.carrier else [])
    found: list[Organisation] = []
    for piece in pieces:
        for name in _names(piece):
            long_form = expansion(name.text, prose)
            found.append(Organisation(name.text, name.span(), long_form.passage() if long_form else None))
    return tuple(found)


def _names(piece: Piece) -> list[Piece]:
    """The organisations of a wording: only a semicolon or a slash between spaces is sure to separate two."""
    out, start = [], 0
    text = piece.text
    for at, character in enumerate(text):
        if character == ";" or (character == "/" and text[at - 1 : at] == " " and text[at + 1 : at + 2] == " "):
            out.append(piece.cut(start, at))
            start = at + 1
    out.append(piece.cut(start).trim("."))
    return [name for name in out if name]


def _expanded(title: Piece, prose: Sequence[Piece]) -> Passage | None:
    long_form = expansion(title.text, prose)
    return long_form.passage() if long_form else None


def _values(made: Draft, layout: Layout) -> _Values:
    values = _Values()
    for name, take in _PLAIN.items():
        piece = _first(made, name)
        if piece is not None:
            setattr(values, name, take(piece))
    values.period = _period(made)
    values.duration = _duration(made)
    values.amounts = tuple(_amounts(made))
    values.beneficiaries = _beneficiaries(made, layout)
    values.results = tuple(
        result for piece in (*made.paragraphs, *(item for _, item in made.items)) for result in results(piece, layout)
    )
    return values


_PLAIN: dict[str, Callable[[Piece], Passage]] = {
    "territory": lambda piece: piece.trim(".").passage(),
    "seat": lambda piece: piece.trim(".").passage(),
    "reference": lambda piece: piece.trim(".").passage(),
}

_REASONS = {
    "no-date": ("no date was understood in", "aucune date n'a été comprise dans"),
    "several-dates": ("several dates are printed in", "plusieurs dates sont imprimées dans"),
    "end-only": ("only an end is printed in", "seule une fin est imprimée dans"),
    "impossible-date": ("the date does not exist or lacks its year in", "la date n'existe pas ou n'a pas d'année dans"),
    "end-before-start": ("the end is before the start in", "la fin précède le début dans"),
    "unlikely-year": ("the year is unlikely in", "l'année est invraisemblable dans"),
}


def _period(made: Draft) -> Period | None:
    found: Period | None = None
    for name in ("period", "start"):
        piece = _first(made, name)
        if piece is not None and found is None:
            found = _read_period(made, piece)
    end = _first(made, "end")
    if end is None:
        return found
    finish = _read_period(made, end)
    start = _first(made, "start") or _first(made, "period")
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


def _duration(made: Draft) -> Duration | None:
    labelled = _first(made, "duration")
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
    for piece in (*_pieces(made, "public"), *_pieces(made, "period"), *_pieces(made, "start"), *prose):
        found = numbers.duration(piece)
        if found is not None:
            return found
    return None


def _amounts(made: Draft) -> list[Amount]:
    found: list[Amount] = []
    for label, pieces, block in made.labels.get("amount", ()):
        amount = numbers.amount(pieces[0], block.piece, label)
        if amount is not None:
            found.append(amount)
            continue
        made.notes.append(
            note(
                "unread-amount",
                "warning",
                block.piece,
                "no sum of money was understood in « {text} »",
                "aucun montant n'a été compris dans « {text} »",
            )
        )
        made.other.append((label, pieces[0]))
    return found


def _beneficiaries(made: Draft, layout: Layout) -> Count | None:
    piece = _first(made, "beneficiaries")
    if piece is None:
        return None
    counts = [count for count, _ in numbers.counts_of_people(piece, layout)] or numbers.bare_counts(piece)
    if len(counts) == 1:
        return counts[0]
    made.notes.append(
        note(
            "unread-count",
            "warning",
            piece,
            "no single number of people was understood in « {text} »",
            "aucun nombre unique de personnes n'a été compris dans « {text} »",
        )
    )
    made.other.append(("bénéficiaires", piece))
    return None
