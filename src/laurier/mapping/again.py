"""A project that a second document presents: what it says again, what it adds, and what it says otherwise.

A project has one heading, one status, one period; the first document states them. What a later document says otherwise
is kept with its own passage, as a note under the name of the property, and listed for review.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from laurier.records import Award, Passage

#: Properties that have one value, with the fields of an award that hold it.
FIELDS = {
    "lau:verbatim": "heading",
    "dcterms:description": "description",
    "adms:status": "status",
    "lau:expectedBeneficiaries": "beneficiaries",
    "lau:plannedDuration": "duration",
    "lau:period": "period",
}


@dataclass(frozen=True, slots=True)
class Stated:
    """What the first document states of a project, as far as a later one may contradict it.

    Attributes:
        source: key of that document.
        call: key of the call in which it was selected there.
        heading: its printed heading.
        confidence, evidence: of the division of that heading.
        digests: one for each property of `FIELDS`, in order; 0 where nothing is stated.
    """

    source: str
    call: str
    heading: str
    confidence: Decimal
    evidence: tuple[str, str]
    digests: tuple[int, ...]


def stated(source: str, call: str, award: Award) -> Stated:
    """What an award states."""
    digests = tuple(_digest(passage) for passage in _values(award))
    return Stated(source, call, award.heading.value, award.split_confidence, award.split_evidence, digests)


def again(award: Award, before: Stated, label: Callable[[str], str]) -> tuple[Award, tuple[str, ...]]:
    """An award without what contradicts the first document, those values kept as notes.

    Args:
        award: what the later document says.
        before: what the first one states.
        label: gives the French name of a property.

    Returns:
        The award to state, and the properties (compact IRIs) on which the documents differ.
    """
    changes: dict[str, object] = {}
    notes: list[tuple[str, Passage]] = []
    differ: list[str] = []
    for (name, field), old, passage in zip(FIELDS.items(), before.digests, _values(award), strict=True):
        if passage is None or old in (0, _digest(passage)):
            continue
        differ.append(name)
        notes.append((label(name), passage))
        changes[field] = () if field == "description" else None
    # The heading, its division and their confidence are those of the first document.
    changes["heading"] = replace(award.heading, value=before.heading)
    changes |= {"split_confidence": before.confidence, "split_evidence": before.evidence}
    changes["other"] = (*award.other, *notes)
    return replace(award, **changes), tuple(differ)  # type: ignore[arg-type]


def _values(award: Award) -> Iterator[Passage | None]:
    """The value of each property of `FIELDS` as words, with its passage."""
    yield award.heading
    prose = "\n\n".join(paragraph.value for paragraph in award.description)
    yield Passage(prose, award.description[0].span) if award.description else None
    yield Passage(*award.status) if award.status else None
    count, duration = award.beneficiaries, award.duration
    yield Passage(str(count.value), count.span) if count else None
    yield Passage(duration.value, duration.span) if duration else None
    yield award.period.verbatim if award.period else None


def _digest(passage: Passage | None) -> int:
    if passage is None:
        return 0
    return int.from_bytes(hashlib.blake2b(passage.value.encode(), digest_size=8).digest()) or 1
