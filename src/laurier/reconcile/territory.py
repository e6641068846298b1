"""Links the wording of a territory to units of the gazetteer, with evidence, or abstains."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from laurier.reconcile import evidence, names, segmentation
from laurier.reconcile.approximate import approximate
from laurier.reconcile.designation import designation
from laurier.reconcile.gazetteer import GROUPS, PARTS, Gazetteer, Unit
from laurier.reconcile.resolve import NONE, Choice, Scope, reach, region_of, resolve
from laurier.reconcile.segmentation import Phrase

#: A choice below this confidence (hundredths) is not taken.
ACCEPTED = 75
_CODE = re.compile(r"\(?(2[ABab]|\d{2,3})\)?\s*[-–:]?\s+(?=\D)|\s+[-–]?\s*\(?(2[ABab]|\d{2,3})\)?\Z")
_GLUED = re.compile(r"\d(?=[^\W\d])")
_JOINED_PHRASES = 4


@dataclass(frozen=True, slots=True)
class Context:
    """What is known around a mention.

    Attributes:
        region: INSEE code of the région of the document, None or empty for none.
        on: a day of the project or of the document; decides the vintage.
        others: other territory wordings or names of the same record.
        departements: codes of départements known for the record.
        carrier: name of the carrier; when it names a commune or an EPCI, its perimeter is context.
        departement: code of the département that the source gives for this very mention (a column of a table).
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


@dataclass(frozen=True, slots=True)
class _Place:
    """A phrase with its choice, before it is told in words."""

    phrase: Phrase
    choice: Choice
    status: str = ""
    qualifier: str | None = None
    near: bool = True


def link(mention: str, context: Context, gazetteer: Gazetteer) -> tuple[Segment, ...]:
    """The places that a mention names, in order; pure qualifiers yield no segment.

    Args:
        mention: the wording of the source, untouched.
        context: what is known around it.
        gazetteer: the units of every vintage.
    """
    scope = Scope(
        day=context.on.isoformat() if context.on else "",
        departement=context.departement,
        kind=context.kind,
        region=context.region or "",
        departements=frozenset(context.departements),
    )
    scope = _widened(gazetteer, scope, context)
    places = _read(gazetteer, mention, scope)
    if any(place.choice.position is None for place in places):
        beside = _beside(gazetteer, places, scope)
        places = [_again(gazetteer, mention, place, beside) for place in places]
    return tuple(_told(gazetteer, mention, place, scope) for place in places)


def _widened(gazetteer: Gazetteer, scope: Scope, context: Context) -> Scope:
    """The scope with what the other names and the carrier's name say."""
    found: list[_Place] = []
    for other in context.others:
        found.extend(_read(gazetteer, other, scope))
    if context.carrier:
        choice = resolve(gazetteer, names.words(context.carrier), replace(scope, departement="", kind=""))
        found.append(_Place(Phrase(0, 0), choice))
    return _beside(gazetteer, found, scope) if found else scope


def _beside(gazetteer: Gazetteer, places: Sequence[_Place], scope: Scope) -> Scope:
    """The scope with the départements and EPCI of the places found so far."""
    departements, epcis = set(scope.departements), set(scope.epcis)
    for place in places:
        if place.choice.position is None:
            continue
        entry = gazetteer.entries[place.choice.position]
        if entry.kind == "departement":
            departements.add(entry.code)
        elif entry.kind in GROUPS:
            departements |= reach(gazetteer, entry.code)
            epcis.add(entry.code)
        elif entry.departement:
            departements.add(entry.departement)
            epcis.update(gazetteer.host.get(entry.parent if entry.kind in PARTS else entry.code, ())[:1])
    return replace(scope, departements=frozenset(departements), epcis=frozenset(epcis))


# --------------------------------------------------------------- reading


def _read(gazetteer: Gazetteer, mention: str, scope: Scope) -> list[_Place]:
    """Divides a mention with the gazetteer in hand."""
    whole = segmentation.trimmed(mention, 0, len(mention))
    if whole is None:
        return []
    direct = _named(gazetteer, mention, whole, scope)
    if direct is not None:
        return [direct]
    pieces = segmentation.phrases(mention)
    places: list[_Place] = []
    index = 0
    while index < len(pieces):
        for size in range(min(_JOINED_PHRASES, len(pieces) - index), 1, -1):
            joined = Phrase(pieces[index].start, pieces[index + size - 1].end)
            place = _whole_name(gazetteer, mention, joined, scope)
            if place is not None:
                places.append(place)
                index += size
                break
        else:
            _phrase(gazetteer, mention, pieces[index], scope, places)
            index += 1
    return places


def _whole_name(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> _Place | None:
    """A name that itself holds a separator: only if the official name holds one too."""
    choice = resolve(gazetteer, names.words(mention[phrase.start : phrase.end]), scope)
    if choice.position is None:
        return None
    official = gazetteer.entries[choice.position].name
    return _Place(phrase, choice) if any(mark in official for mark in (" - ", "/", ",", " – ", " et ")) else None


def _named(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> _Place | None:
    """A phrase that names one unit as a whole, perhaps with a code, brackets or a stray digit."""
    text = mention[phrase.start : phrase.end]
    choice = resolve(gazetteer, names.words(text), scope)
    if choice.position is not None:
        return _Place(phrase, choice)
    return _with_brackets(gazetteer, mention, phrase, scope) or _with_code(gazetteer, mention, phrase, scope)


def _with_brackets(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> _Place | None:
    text = mention[phrase.start : phrase.end]
    split = segmentation.bracketed(text)
    if split is None:
        return None
    name, inside = split
    departement = _departement(gazetteer, inside)
    inner = replace(scope, departement=departement) if departement else scope
    choice = resolve(gazetteer, names.words(name), inner)
    if choice.position is None:
        return None
    if departement:
        return _Place(phrase, choice)
    if names.exact(names.words(inside)).upper() == inside and len(inside) <= 8:
        return _Place(phrase, choice)  # an acronym of the name
    named = Phrase(phrase.start, phrase.start + len(name.rstrip()))
    return _Place(named, choice, "partie-de", inside or None)


def _with_code(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> _Place | None:
    """`27 Eure`, `Vernon 27`, `2Ile de France`: a code beside the name, or a digit stuck to it."""
    text = mention[phrase.start : phrase.end]
    found = _CODE.search(text)
    if found:
        code = _departement(gazetteer, found[1] or found[2])
        rest = text[found.end() :] if found[1] and found.start() == 0 else text[: found.start()]
        choice = resolve(gazetteer, names.words(rest), replace(scope, departement=code)) if code else NONE
        if choice.position is not None:
            return _Place(phrase, choice)
    if _GLUED.match(text) and not text[1:2].isdigit():
        choice = resolve(gazetteer, names.words(text[1:]), scope)
        if choice.position is not None:
            inner = Phrase(phrase.start + 1, phrase.end)
            return _Place(inner, replace(choice, method="digit", confidence=choice.confidence - 5))
    return None


def _departement(gazetteer: Gazetteer, text: str) -> str:
    """Code of the département that a code, postal code or name stands for, empty for none."""
    plain = text.strip().upper().replace(" ", "")
    if ("departement", plain) in gazetteer.by_unit:
        return plain
    if plain.isdigit() and len(plain) == 5:
        communes = gazetteer.by_postal.get(plain) or ([plain] if ("commune", plain) in gazetteer.by_unit else [])
        found = {gazetteer.departement_of(commune) for commune in communes}
        return found.pop() if len(found) == 1 else ""
    choice = resolve(gazetteer, names.words(text), Scope(kind="departement"))
    return gazetteer.entries[choice.position].code if choice.position is not None else ""


def _phrase(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope, places: list[_Place]) -> None:
    """Reads one phrase and adds its places; a pure qualifier goes to the place before it."""
    text = mention[phrase.start : phrase.end]
    if not _generic(text, places):
        found = _named(gazetteer, mention, phrase, scope) or _restricted(gazetteer, mention, phrase, scope)
        if found is not None:
            places.append(found)
            return
        parts = segmentation.conjuncts(mention, phrase)
        if len(parts) > 1:
            for part in parts:
                _phrase(gazetteer, mention, part, scope, places)
            return
        places.append(_customary(gazetteer, mention, phrase, scope))
        return
    if places and places[-1].near:
        last = places[-1]
        begin = phrase.start if last.qualifier is None else mention.index(last.qualifier, last.phrase.end)
        status = "partie-de" if last.choice.position is not None else last.status
        places[-1] = replace(last, qualifier=mention[begin : phrase.end], status=status)


def _generic(text: str, places: Sequence[_Place]) -> bool:
    """Whether a phrase holds common words only, so that it names no place of its own."""
    parts = names.words(text)
    loose = [part for part in parts if part not in names.SMALL and not part.isdigit()]
    if not loose:
        return True
    known = all(part in segmentation.QUALIFIERS for part in loose)
    if known and designation(parts).kind and len(loose) > 1:
        return True
    capital = text[:1].isupper() and not text.isupper()
    return (known and not capital) or _prose(text)


def _prose(text: str) -> bool:
    """A clause rather than a name: it opens in lower case with a common word and goes on for several words."""
    parts = names.words(text)
    opens = text[:1].islower() and parts[0] in segmentation.QUALIFIERS
    return opens and len(parts) >= 4 and bool({"dont", "qui", "ou", "est"} & set(parts))


def _restricted(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> _Place | None:
    """A unit cut by the compass, with a restriction after it or with a lead before it."""
    text = mention[phrase.start : phrase.end]
    cut_out = _part(gazetteer, mention, phrase, scope)
    if cut_out is not None:
        return cut_out
    for cut in segmentation.restriction(text):
        head = segmentation.trimmed(mention, phrase.start, phrase.start + cut)
        place = _named(gazetteer, mention, head, scope) if head else None
        if place is not None:
            tail = mention[phrase.start + cut : phrase.end].strip()
            return replace(place, status="partie-de", qualifier=tail)
    led = segmentation.lead(text)
    if led is not None:
        length, part = led
        rest = segmentation.trimmed(mention, phrase.start + length, phrase.end)
        place = _named(gazetteer, mention, rest, scope) if rest else None
        if place is not None and part:
            return replace(place, status="partie-de", qualifier=text[:length].strip())
        if place is not None:
            return place
    return None


def _part(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> _Place | None:
    """`Centre Manche`, `Nord Est Vendée`, `Métropole Dijonnaise Est`: a unit cut by words of the compass."""
    spans = [(m.start(), m.end()) for m in re.finditer(r"[^\W_]+(?:['’][^\W_]+)*", mention[phrase.start : phrase.end])]
    folded = [names.exact(names.words(mention[phrase.start + a : phrase.start + b])) for a, b in spans]
    lead, tail = 0, len(spans)
    while lead < tail and folded[lead] in segmentation.PART_WORDS:
        lead += 1
    while tail > lead and folded[tail - 1] in segmentation.PART_WORDS:
        tail -= 1
    if lead == tail or (lead == 0 and tail == len(spans)):
        return None
    inner = Phrase(phrase.start + spans[lead][0], phrase.start + spans[tail - 1][1])
    place = _named(gazetteer, mention, inner, scope)
    if place is None or place.choice.position is None:
        return None
    before = mention[phrase.start : inner.start].strip()
    after = mention[inner.end : phrase.end].strip()
    choice = replace(place.choice, confidence=place.choice.confidence - 5)
    return replace(place, choice=choice, status="partie-de", qualifier=before or after)


def _customary(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> _Place:
    """What is left: the name of an area without a unit, or a name that was not found."""
    parts = names.words(mention[phrase.start : phrase.end])
    choice = resolve(gazetteer, parts, scope)
    if choice.method in ("none", "elsewhere") and not segmentation.AREA_WORDS.isdisjoint(parts):
        return _Place(phrase, replace(choice, method="area"), "usage")
    return _Place(phrase, choice)


def _again(gazetteer: Gazetteer, mention: str, place: _Place, scope: Scope) -> _Place:
    """A second look at what was left open, with the places beside it as context."""
    if place.choice.position is not None:
        return place
    text = mention[place.phrase.start : place.phrase.end]
    parts = names.words(text)
    choice = resolve(gazetteer, parts, scope)
    if choice.position is None and place.status != "usage":
        choice = approximate(gazetteer, parts, scope, choice)
    if choice.position is None:
        return place
    return replace(place, choice=choice, status="" if place.status == "usage" else place.status)


# --------------------------------------------------------------- telling


def _told(gazetteer: Gazetteer, mention: str, place: _Place, scope: Scope) -> Segment:
    """The place as a segment, with its evidence in words."""
    day = date.fromisoformat(scope.day) if scope.day else None
    choice = place.choice
    taken = choice.position if choice.position is not None and choice.confidence >= ACCEPTED else None
    unit = gazetteer.describe(taken, day) if taken is not None else None
    status = _status(place, unit, scope)
    others = tuple(gazetteer.describe(p, day) for p in choice.candidates[:8] if p != taken)
    return Segment(
        text=mention[place.phrase.start : place.phrase.end],
        start=place.phrase.start,
        end=place.phrase.end,
        status=status,
        unit=unit,
        qualifier=place.qualifier,
        method=choice.method,
        evidence=evidence.words(choice, unit, others, scope, gazetteer),
        confidence=Decimal(choice.confidence if unit else 0) / 100,
        candidates=others,
    )


def _status(place: _Place, unit: Unit | None, scope: Scope) -> str:
    if unit is None:
        if place.status == "usage":
            return "usage"
        return "ambigu" if place.choice.candidates and place.choice.method != "body" else "non-rapproche"
    if place.status:
        return place.status
    gone = bool(unit.became) and unit.end != "" and (not scope.day or unit.end <= scope.day)
    return "historique" if gone else "exact"


__all__ = ["Context", "Segment", "link", "region_of"]
