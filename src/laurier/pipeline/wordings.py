"""The wordings of territories that sources hold: where they stand, what the machine finds in them, and whether a
decision of a person would find its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from rapidfuzz import fuzz, process

from laurier.errors import DataRefused
from laurier.readings import Reading
from laurier.reconcile import located, names
from laurier.reconcile.decisions import Decisions, pieces
from laurier.reconcile.gazetteer import Gazetteer
from laurier.reconcile.territory import Context, Decision, Segment, link
from laurier.records import Award, Passage
from laurier.sources import registry

#: Wordings named to somebody whose own stand nowhere, and how like they must be (0 to 100).
NEAREST, LIKE = 3, 60


def territory(award: Award) -> Passage | None:
    """Where a laureate acts, as the source prints it; a row may place its project by a code alone."""
    codes = (passage for kind, passage in award.located if kind == located.CODE)
    return award.territory if award.territory is not None else next(codes, None)


def places(
    wording: str, region: str, gazetteer: Gazetteer, award: Award | None = None
) -> tuple[tuple[Segment, ...], date | None]:
    """What the machine finds in a wording, and the day whose vintage counts.

    Args:
        wording: as the source prints it.
        region: INSEE code of the région that its document is about, empty for none.
        gazetteer: every unit.
        award: the laureate whose territory it is; none for a seat or for the budget of a call.
    """
    printed = [(kind, passage.value) for kind, passage in award.located] if award else []
    context = Context(
        region=region,
        on=award.period.start_earliest if award and award.period else None,
        carrier=" ".join(o.name for o in award.carriers) if award else "",
        departement=located.departement(printed, gazetteer) if printed else "",
    )
    coded = located.by_code(wording, printed, gazetteer, context.on) if printed else None
    return ((coded,) if coded is not None else link(wording, context, gazetteer)), context.on


@dataclass(slots=True)
class Search:
    """Whether a decision finds words to apply to, in sources that are read until it does.

    Attributes:
        found: it does.
        sources: keys of the sources that were read.
        unread: why the others could not be.
        wordings: what was read, when nothing was found.
    """

    found: bool = False
    sources: list[str] = field(default_factory=list)
    unread: list[DataRefused] = field(default_factory=list)
    wordings: dict[str, None] = field(default_factory=dict)

    def nearest(self, decision: Decision) -> list[str]:
        """The wordings read, or pieces of them, that look most like the words of a decision, best first."""
        whole = decision.mention and decision.mention not in self.wordings
        known = {text[start:end]: None for text in self.wordings for start, end in pieces(text)} | self.wordings
        found = process.extract(
            decision.mention if whole or not decision.place else decision.place,
            list(known),
            scorer=fuzz.ratio,
            processor=_folded,
            limit=NEAREST,
            score_cutoff=LIKE,
        )
        return [text for text, _, _ in found]


def search(decision: Decision, data: Path, gazetteer: Gazetteer, advance: Callable[[int], None]) -> Search:
    """Looks for what a decision is about in the sources.

    Args:
        decision: of a person.
        data: folder of the sources.
        gazetteer: every unit.
        advance: told how many wordings were looked at.
    """
    result = Search()
    try:
        folders = registry.folders(data)
    except DataRefused as error:
        result.unread.append(error)
        return result
    for folder in folders:
        try:
            reading = registry.read(folder)
            if decision.source not in ("", reading.document.key):
                continue
            result.sources.append(reading.document.key)
            for passage, award in _passages(reading):
                result.wordings[passage.value] = None
                advance(len(result.wordings))
                if _applies(decision, passage.value, reading, gazetteer, award):
                    result.found = True
                    return result
        except DataRefused as error:
            result.unread.append(error)
    return result


def _folded(text: str) -> str:
    return " ".join(names.words(text))


def _passages(reading: Reading) -> Iterator[tuple[Passage, Award | None]]:
    for award in reading.awards:
        acts = territory(award)
        if acts is not None:
            yield acts, award
        if award.seat is not None:
            yield award.seat, None
    for call in reading.calls:  # known once the document is read to its end
        yield from ((part.territory, None) for part in call.budget if part.territory is not None)


def _applies(decision: Decision, wording: str, reading: Reading, gazetteer: Gazetteer, award: Award | None) -> bool:
    if not {*names.words(decision.place)} <= {*names.words(wording)}:
        return False  # linking takes longer
    segments, on = places(wording, reading.document.region, gazetteer, award)
    alone = Decisions(Path(), [decision])
    alone.apply(wording, reading.document.key, segments, gazetteer, on)
    return bool(alone.used)
