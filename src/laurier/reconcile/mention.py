"""Reads the wording of a territory into the places that it names, with the gazetteer in hand.

The whole is tried first, then phrases joined where a name itself holds a separator, then phrases, then what stands
between "et"; words that say where inside a place are kept as its qualifier.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from laurier.reconcile import names, segmentation
from laurier.reconcile.approximate import approximate, stray
from laurier.reconcile.choice import NONE, Choice, Scope
from laurier.reconcile.designation import BODY, designation
from laurier.reconcile.gazetteer import GROUPS, Gazetteer
from laurier.reconcile.nameindex import bag
from laurier.reconcile.resolve import resolve
from laurier.reconcile.segmentation import Phrase

_CODE = re.compile(r"\(?(2[ABab]|\d{2,3}|\d{5})\)?\s*[-–:]?\s+(?=\D)|\s+[-–]?\s*\(?(2[ABab]|\d{2,3}|\d{5})\)?\Z")
_GLUED = re.compile(r"\d(?=[^\W\d])")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ARTICLES = frozenset(("le", "la", "les", "l"))
_JOINED = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A phrase with what it was found to name.

    Attributes:
        phrase: where it stands in the mention.
        choice: the unit chosen, or why none was.
        status: key of the link scheme that the wording itself imposes (`partie-de`, `usage`), else empty.
        qualifier: what the source adds to the name, verbatim.
    """

    phrase: Phrase
    choice: Choice
    status: str = ""
    qualifier: str | None = None


def read(gazetteer: Gazetteer, mention: str, scope: Scope) -> list[Place]:
    """The places of a mention in order."""
    whole = segmentation.trimmed(mention, 0, len(mention))
    if whole is None:
        return []
    place = _named(gazetteer, mention, whole, scope)
    if place is not None:
        return [place]
    if scope.kind or _announces_group(mention):
        place = _nearly(gazetteer, mention, whole, scope)
        if place is not None:
            return [place]
    if scope.kind:  # a cell that holds one name is not divided
        return [_restricted(gazetteer, mention, whole, scope) or _left(gazetteer, mention, whole, scope)]
    pieces = segmentation.phrases(mention)
    places: list[Place] = []
    while pieces:
        size, joined = _joined(gazetteer, mention, pieces, scope)
        if joined is not None:
            places.append(joined)
        else:
            _phrase(gazetteer, mention, pieces[0], scope, places)
        pieces = pieces[size:]
    if places and places[0].choice.position is None and stray(names.words(mention)[0]):
        return [_left(gazetteer, mention, whole, scope)]
    if _announces_group(mention) and not _list_of_groups(mention, places):
        return [_left(gazetteer, mention, whole, scope)]
    if len(places) == 2 and any(_bare_body(mention, place) for place in places):
        return [Place(whole, Choice(None, BODY))]
    return places


def _list_of_groups(mention: str, places: Sequence[Place]) -> bool:
    """Whether what follows "CC A, ..." is a list rather than the rest of a name that was not recognised."""
    rest = places[1:]
    return all(place.choice.position is not None for place in rest) or any(
        _announces_group(mention[place.phrase.start : place.phrase.end]) for place in rest
    )


def _bare_body(mention: str, place: Place) -> bool:
    """A phrase that is nothing but the name of a body: "Ville de Caen - CCAS"."""
    announced = designation(names.words(mention[place.phrase.start : place.phrase.end]))
    return announced.kind == BODY and not announced.parts


def _announces_group(text: str) -> bool:
    return designation(names.words(text)).kind in GROUPS


def _joined(gazetteer: Gazetteer, mention: str, pieces: Sequence[Phrase], scope: Scope) -> tuple[int, Place | None]:
    """A name that itself holds separators: how many pieces it takes, and what it names."""
    for size in range(min(_JOINED, len(pieces)), 1, -1):
        phrase = Phrase(pieces[0].start, pieces[size - 1].end)
        text = mention[phrase.start : phrase.end]
        if "," in text or ";" in text or "\n" in text:
            choice = resolve(gazetteer, names.words(text), scope)
            official = gazetteer.entries[choice.position].name if choice.position is not None else ""
            if "," in official or "/" in official:
                return size, Place(phrase, choice)
            continue
        choice = resolve(gazetteer, names.words(text), scope)
        if choice.position is not None or choice.candidates:
            return size, Place(phrase, choice)
    linked = 1
    while linked < len(pieces) and segmentation.dangles(mention, pieces, linked):
        linked += 1
    if linked > 1:
        phrase = Phrase(pieces[0].start, pieces[linked - 1].end)
        return linked, _left(gazetteer, mention, phrase, scope)
    head = mention[pieces[0].start : pieces[0].end]
    if len(pieces) > 1 and "," not in mention and _announces_group(head):
        if _named(gazetteer, mention, pieces[0], scope) is None:
            phrase = Phrase(pieces[0].start, pieces[-1].end)
            return len(pieces), _left(gazetteer, mention, phrase, scope)
    return 1, None


def _named(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> Place | None:
    """A phrase that names one unit as a whole, perhaps with a code, brackets or a stray digit."""
    text = mention[phrase.start : phrase.end]
    choice = resolve(gazetteer, names.words(text), scope)
    if choice.position is not None:
        return Place(phrase, choice)
    return _with_brackets(gazetteer, mention, phrase, scope) or _with_code(gazetteer, mention, phrase, scope)


def _nearly(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> Place | None:
    parts = names.words(mention[phrase.start : phrase.end])
    choice = approximate(gazetteer, parts, scope, NONE)
    return Place(phrase, choice) if choice.position is not None else None


def _with_brackets(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> Place | None:
    """`Charleval (27)`, `Havre (Le)`, `CA Porte de l'Isère (CAPI)`, `Caen (centre-ville)`."""
    text = mention[phrase.start : phrase.end]
    split = segmentation.bracketed(text)
    if split is None:
        return None
    name, inside = split
    words = names.words(inside)
    if names.exact(words) in _ARTICLES:
        choice = resolve(gazetteer, [*words, *names.words(name)], scope)
        return Place(phrase, choice) if choice.position is not None else None
    departement = departement_named(gazetteer, inside)
    inner = replace(scope, departement=departement) if departement else scope
    choice = resolve(gazetteer, names.words(name), inner)
    if choice.position is None:
        return None
    if departement or (inside.isupper() and " " not in inside) or not inside:
        return Place(phrase, choice)
    return Place(Phrase(phrase.start, phrase.start + len(name.rstrip())), choice, "partie-de", inside)


def _with_code(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> Place | None:
    """`27 Eure`, `Vernon 27`, `76600 Le Havre`, `2Ile de France`: a code beside the name, a digit stuck to it."""
    text = mention[phrase.start : phrase.end]
    if not any(character.isdigit() for character in text):
        return None
    found = _CODE.search(text)
    if found:
        code = departement_named(gazetteer, found[1] or found[2])
        rest = text[found.end() :] if found[1] and found.start() == 0 else text[: found.start()]
        choice = resolve(gazetteer, names.words(rest), replace(scope, departement=code)) if code else NONE
        if choice.position is not None:
            return Place(phrase, choice)
    if _GLUED.match(text):
        choice = resolve(gazetteer, names.words(text[1:]), scope)
        if choice.position is not None:
            inner = Phrase(phrase.start + 1, phrase.end)
            return Place(inner, replace(choice, method="digit", confidence=choice.confidence - 5))
    return None


def departement_named(gazetteer: Gazetteer, text: str) -> str:
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


def _phrase(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope, places: list[Place]) -> None:
    """Reads one phrase and adds its places; a pure qualifier goes to the place before it."""
    text = mention[phrase.start : phrase.end]
    if _generic(text):
        _qualify(mention, phrase, places)
        return
    found = _named(gazetteer, mention, phrase, scope) or _restricted(gazetteer, mention, phrase, scope)
    if found is None and (scope.departement or _announces_group(text)):
        found = _nearly(gazetteer, mention, phrase, scope)
    if found is not None:
        places.append(found)
        return
    parts = segmentation.conjuncts(mention, phrase)
    if len(parts) > 1 and _divisible(gazetteer, mention, phrase, parts, scope):
        for part in parts:
            _phrase(gazetteer, mention, part, scope, places)
        return
    places.extend(_sequence(gazetteer, mention, phrase, scope) or [_left(gazetteer, mention, phrase, scope)])


def _sequence(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> list[Place]:
    """`Caen Vallée Orne Odon`: a town and an EPCI of its département written one after the other."""
    spans = [(m.start(), m.end()) for m in _WORD.finditer(mention, phrase.start, phrase.end)]
    found: list[list[Place]] = []
    for cut in range(1, len(spans) - 1):
        head, tail = Phrase(phrase.start, spans[cut - 1][1]), Phrase(spans[cut][0], phrase.end)
        first = resolve(gazetteer, names.words(mention[head.start : head.end]), replace(scope, kind="commune"))
        if first.position is None or first.method != "exact":
            continue
        near = replace(scope, kind="epci", departement=gazetteer.entries[first.position].departement)
        parts = names.words(mention[tail.start : tail.end])
        second = resolve(gazetteer, parts, near)
        if second.position is not None and len(bag(parts).split()) > 1:
            pair = ((head, first), (tail, second))
            found.append([Place(place, replace(choice, method="sequence", confidence=80)) for place, choice in pair])
    return found[0] if len(found) == 1 else []


def _divisible(gazetteer: Gazetteer, mention: str, phrase: Phrase, parts: Sequence[Phrase], scope: Scope) -> bool:
    """Whether "et" stands between two places rather than inside one name."""
    text = mention[phrase.start : phrase.end]
    if resolve(gazetteer, names.words(text), scope).candidates:
        return False
    announced = [designation(names.words(mention[part.start : part.end])).kind for part in parts]
    if announced[0] in GROUPS:
        return all(kind for kind in announced)
    return all(_tellable(gazetteer, mention, part, scope) for part in parts)


def _tellable(gazetteer: Gazetteer, mention: str, part: Phrase, scope: Scope) -> bool:
    """Whether a part of a phrase is something of its own: a place, several of that name, an area, common words."""
    text = mention[part.start : part.end]
    if _generic(text) or _named(gazetteer, mention, part, scope) or _restricted(gazetteer, mention, part, scope):
        return True
    left = _left(gazetteer, mention, part, scope)
    return bool(left.choice.candidates) or left.status == "usage" or bool(_nearly(gazetteer, mention, part, scope))


def _qualify(mention: str, phrase: Phrase, places: list[Place]) -> None:
    """Adds a phrase to the qualifier of the place before it."""
    if not places:
        return
    last = places[-1]
    begin = phrase.start if last.qualifier is None else mention.index(last.qualifier, last.phrase.end)
    status = "partie-de" if last.choice.position is not None else last.status
    places[-1] = replace(last, qualifier=mention[begin : phrase.end], status=status)


def _generic(text: str) -> bool:
    """Whether a phrase holds common words only, so that it names no place of its own."""
    parts = names.words(text)
    loose = [part for part in parts if part not in names.SMALL and not names.digits(part).isdigit()]
    if not loose:
        return True
    known = all(part in segmentation.QUALIFIERS for part in loose)
    capital = text[:1].isupper() and not text.isupper()
    if known and (not capital or len(loose) > 1):
        return True
    opens = text[:1].islower() and parts[0] in segmentation.QUALIFIERS
    return opens and len(parts) >= 4 and not {"dont", "qui", "ou", "est"}.isdisjoint(parts)


def _restricted(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> Place | None:
    """A unit cut by the compass, with a restriction after it or with a lead before it."""
    text = mention[phrase.start : phrase.end]
    cut_out = _compass(gazetteer, mention, phrase, scope)
    if cut_out is not None:
        return cut_out
    for cut in segmentation.restrictions(text):
        head = segmentation.trimmed(mention, phrase.start, phrase.start + cut)
        place = _named(gazetteer, mention, head, scope) if head else None
        if place is not None:
            tail = mention[phrase.start + cut : phrase.end].strip()
            return replace(place, status="partie-de", qualifier=tail)
    led = segmentation.lead(text)
    if led is None:
        return None
    length, part = led
    rest = segmentation.trimmed(mention, phrase.start + length, phrase.end)
    place = _named(gazetteer, mention, rest, scope) if rest else None
    if place is not None and part:
        return replace(place, status="partie-de", qualifier=text[:length].strip())
    return place


def _compass(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> Place | None:
    """`Centre Manche`, `Nord Est Vendée`, `Métropole Dijonnaise Est`: a unit cut by words of the compass."""
    spans = [(m.start(), m.end()) for m in _WORD.finditer(mention, phrase.start, phrase.end)]
    folded = [names.exact(names.words(mention[a:b])) for a, b in spans]
    first, last = 0, len(spans)
    while first < last and folded[first] in segmentation.PART_WORDS:
        first += 1
    while last > first and folded[last - 1] in segmentation.PART_WORDS:
        last -= 1
    if first == last or (first == 0 and last == len(spans)):
        return None
    inner = Phrase(spans[first][0], spans[last - 1][1])
    place = _named(gazetteer, mention, inner, scope)
    if place is None or place.choice.position is None:
        return None
    before, after = mention[phrase.start : inner.start].strip(), mention[inner.end : phrase.end].strip()
    choice = replace(place.choice, confidence=place.choice.confidence - 5)
    return replace(place, choice=choice, status="partie-de", qualifier=before or after)


def _left(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> Place:
    """What is left: the name of an area without a unit, or a name that was not found."""
    parts = names.words(mention[phrase.start : phrase.end])
    choice = resolve(gazetteer, parts, scope)
    if choice.position is None and choice.method == "none" and not segmentation.AREA_WORDS.isdisjoint(parts):
        return Place(phrase, replace(choice, method="area"), "usage")
    return Place(phrase, choice)


def again(gazetteer: Gazetteer, mention: str, place: Place, scope: Scope) -> Place:
    """A second look at what was left open, with the places beside it as context."""
    if place.choice.position is not None or place.choice.method == BODY:
        return place
    parts = names.words(mention[place.phrase.start : place.phrase.end])
    choice = resolve(gazetteer, parts, scope)
    if choice.position is None and place.status != "usage":
        choice = approximate(gazetteer, parts, scope, choice)
    if choice.position is None:
        return place
    return replace(place, choice=choice, status="" if place.status == "usage" else place.status)
