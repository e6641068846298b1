"""Links the wording of a territory to units of the gazetteer, with evidence, or abstains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from laurier.reconcile import evidence, names
from laurier.reconcile.choice import Scope
from laurier.reconcile.designation import BODY
from laurier.reconcile.gazetteer import GROUPS, PARTS, Gazetteer, Unit
from laurier.reconcile.mention import again, read
from laurier.reconcile.phrase import Place, departement_named
from laurier.reconcile.resolve import resolve

#: A choice below this confidence (hundredths) is not taken.
ACCEPTED = 75
#: Names of one record that point to one département, from which on they are its context.
VOTES = 2


@dataclass(frozen=True, slots=True)
class Context:
    """What is known around a mention.

    Attributes:
        region: INSEE code of the région of the document, None or empty for none.
        on: a day of the project or of the document; decides the vintage.
        others: other territory wordings or names of the same record.
        departements: codes of départements known for the record.
        carrier: name of the carrier; when it names a commune or an EPCI, its perimeter is context.
        departement: code, name or postal code that the source gives for this very mention (a column of a table); one
            that says nothing ("?") is as none.
        kind: kind that the source gives for this very mention.
    """

    region: str | None = None
    on: date | None = None
    others: tuple[str, ...] = ()
    departements: tuple[str, ...] = ()
    carrier: str = ""
    departement: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a place: a line of `data/decisions/territories.csv`.

    Attributes:
        date: ISO day of the decision.
        who, why: as they chose to write it.
        mention: the whole wording it is about; empty for every wording in which the place stands.
        place: the part of the wording; empty for the whole.
        source: key of the document; empty for every one.
        unit: `KIND/CODE`, or `aucune` when the words name no unit.
        status: key of the link scheme, empty to follow from the unit.
    """

    date: str
    who: str
    why: str
    mention: str
    place: str
    source: str
    unit: str
    status: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """One place of a mention.

    Attributes:
        text: exact substring that names the place; equals `mention[start:end]`.
        start, end: its code-point offsets in the mention, half-open.
        status: key of the link scheme: exact, partie-de, historique, ambigu, usage, non-rapproche.
        unit: the unit it was linked to; None for ambigu, usage, non-rapproche.
        qualifier: what the source adds to the name, verbatim ("dans les zones rurales").
        method: how it was matched or why not (see `evidence.METHODS`).
        evidence: why, in words (en, fr).
        confidence: 0 to 1; ordinal, hand-set and checked by the benchmark, not a probability.
        candidates: units considered and not taken, best first.
        decided: the decision of a person that stands in place of what the machine found.
    """

    text: str
    start: int
    end: int
    status: str
    unit: Unit | None
    qualifier: str | None
    method: str
    evidence: tuple[str, str]
    confidence: Decimal
    candidates: tuple[Unit, ...] = ()
    decided: Decision | None = None

    @property
    def evidence_en(self) -> str:
        """The evidence in English."""
        return self.evidence[0]

    @property
    def evidence_fr(self) -> str:
        """The evidence in French."""
        return self.evidence[1]


def link(mention: str, context: Context, gazetteer: Gazetteer) -> tuple[Segment, ...]:
    """The places that a mention names, in order; pure qualifiers yield no segment.

    Args:
        mention: the wording of the source, untouched.
        context: what is known around it.
        gazetteer: the units of every vintage.
    """
    scope = Scope(
        day=context.on.isoformat() if context.on else "",
        departement=departement_named(gazetteer, context.departement) if context.departement else "",
        kind=context.kind,
        region=context.region or "",
        departements=frozenset(context.departements),
    )
    if context.others or context.carrier:
        scope = _widened(gazetteer, scope, context)
    places = read(gazetteer, mention, scope)
    if any(place.choice.position is None for place in places):
        wider = _beside(gazetteer, places, scope)
        places = [again(gazetteer, mention, place, wider) for place in places]
    return tuple(_told(gazetteer, mention, place, scope) for place in places)


def _widened(gazetteer: Gazetteer, scope: Scope, context: Context) -> Scope:
    """The scope with what the other names and the carrier's name say."""
    free = replace(scope, departement="", kind="")
    found = [place for other in context.others for place in read(gazetteer, other, free)]
    choices = [place.choice for place in found]
    if context.carrier:
        choices.append(resolve(gazetteer, names.words(context.carrier), free))
    return _with(gazetteer, scope, [choice.position for choice in choices if choice.position is not None])


def _beside(gazetteer: Gazetteer, places: Sequence[Place], scope: Scope) -> Scope:
    """The scope with what the places found so far lie in, and the département that several others point to."""
    found = [place.choice.position for place in places if place.choice.position is not None]
    open_ = [place.choice for place in places if place.choice.position is None]
    votes = Counter(
        gazetteer.entries[choice.candidates[0]].departement
        for choice in open_
        if choice.method == "elsewhere" and len(choice.candidates) == 1
    )
    shared = {departement for departement, count in votes.items() if count >= VOTES and departement}
    wider = _with(gazetteer, scope, found)
    return replace(wider, departements=wider.departements | shared)


def _with(gazetteer: Gazetteer, scope: Scope, positions: Sequence[int]) -> Scope:
    departements, epcis = set(scope.departements), set(scope.epcis)
    for position in positions:
        entry = gazetteer.entries[position]
        if entry.kind == "departement":
            departements.add(entry.code)
        elif entry.kind in GROUPS:
            departements |= gazetteer.perimeters.reach(entry.code)
            epcis.add(entry.code)
        elif entry.departement:
            departements.add(entry.departement)
            epcis.update(gazetteer.perimeters.host.get(entry.parent if entry.kind in PARTS else entry.code, ()))
    return replace(scope, departements=frozenset(departements), epcis=frozenset(epcis))


def _told(gazetteer: Gazetteer, mention: str, place: Place, scope: Scope) -> Segment:
    """The place as a segment, with its evidence in words."""
    day = date.fromisoformat(scope.day) if scope.day else None
    choice = place.choice
    taken = choice.position if choice.position is not None and choice.confidence >= ACCEPTED else None
    unit = gazetteer.describe(taken, day) if taken is not None else None
    others = tuple(gazetteer.describe(p, day) for p in choice.candidates[:8] if p != taken)
    return Segment(
        text=mention[place.phrase.start : place.phrase.end],
        start=place.phrase.start,
        end=place.phrase.end,
        status=_status(place, unit, scope),
        unit=unit,
        qualifier=place.qualifier,
        method=choice.method,
        evidence=evidence.words(choice, unit, others, _renamed(gazetteer, unit)),
        confidence=Decimal(choice.confidence if unit else 0) / 100,
        candidates=others,
    )


def _renamed(gazetteer: Gazetteer, unit: Unit | None) -> Unit | None:
    """The same unit under the name that it took later."""
    if unit is None or not unit.end or unit.became:
        return None
    now = gazetteer.unit(unit.kind, unit.code)
    return now if now is not None and now.name != unit.name else None


def _status(place: Place, unit: Unit | None, scope: Scope) -> str:
    if unit is None:
        if place.status == "usage":
            return "usage"
        return "ambigu" if place.choice.candidates and place.choice.method != BODY else "non-rapproche"
    if place.status:
        return place.status
    gone = bool(unit.became) and unit.end != "" and (not scope.day or unit.end <= scope.day)
    return "historique" if gone else "exact"
