"""The sorted lines of one laureate to an award: every labelled value read, what is not understood told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from laurier.records import Amount, Award, Count, Duration, Organisation, Passage, Period, Result, Span
from laurier.sources import numbers
from laurier.sources.acronyms import expansion
from laurier.sources.classify import Block
from laurier.sources.division import Division
from laurier.sources.drafts import Draft, whole
from laurier.sources.heading import Context, divide
from laurier.sources.layout import Layout
from laurier.sources.lines import Piece, words
from laurier.sources.notes import note
from laurier.sources.people import people, results
from laurier.sources.periods import duration, period
from laurier.sources.segment import breaks_of


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
    wording = made.pieces("public")
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
        public=whole(wording).passage() if wording else None,
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


def _extent(made: Draft) -> Span:
    blocks = [*([made.part.ordinal] if made.part.ordinal else []), *made.part.blocks]
    spans = [block.whole.span() for block in blocks]
    source = blocks[0].whole.source
    return source.span(min(span.start for span in spans), max(span.end for span in spans))


def _heading(made: Draft, about: Context) -> tuple[Piece | None, Division | None]:
    heads = [block.piece for block in made.part.blocks[: made.part.heads]]
    printed = whole(heads) if heads else None
    carrier, title = made.first("carrier"), made.first("title")
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
    context = replace(about, paragraphs=made.paragraphs, territory=made.first("territory"))
    return printed, divide(printed, context, breaks)


def _carriers(made: Draft, division: Division, prose: Sequence[Piece]) -> tuple[Organisation, ...]:
    pieces = made.pieces("carrier") or ([division.carrier] if division.carrier else [])
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
        piece = made.first(name)
        if piece is not None:
            setattr(values, name, take(piece))
    values.period = period(made)
    values.duration = duration(made)
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
    piece = made.first("beneficiaries")
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
