"""Reads the wording of a territory into the places that it names, with the gazetteer in hand.

The whole is tried first, then phrases joined where a name itself holds a separator, then phrases, then what stands
between "et"; words that say where inside a place are kept as its qualifier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from laurier.reconcile import names, phrase, segmentation
from laurier.reconcile.approximate import approximate, stray
from laurier.reconcile.choice import Choice, Scope
from laurier.reconcile.designation import BODY, designation
from laurier.reconcile.gazetteer import GROUPS, Gazetteer
from laurier.reconcile.phrase import Place, text_of
from laurier.reconcile.resolve import resolve
from laurier.reconcile.segmentation import Phrase
from laurier.reconcile.standing import lies_in

_JOINED = 5
#: Inhabitants from which a commune is believed although what stands beside it is not understood.
_KNOWN = 10_000


def read(gazetteer: Gazetteer, mention: str, scope: Scope) -> list[Place]:
    """The places of a mention in order."""
    whole = segmentation.trimmed(mention, 0, len(mention))
    if whole is None:
        return []
    place = phrase.named(gazetteer, mention, whole, scope)
    if place is not None:
        return _spelt_out(gazetteer, mention, place, scope)
    choice = resolve(gazetteer, names.words(text_of(mention, whole)), scope)
    if choice.position is None and choice.candidates and choice.method != BODY:
        return [Place(whole, choice)]  # the name is right, which unit is open
    if scope.kind or _announces_group(mention):
        place = phrase.nearly(gazetteer, mention, whole, scope)
        if place is not None:
            return [place]
    if scope.kind:  # a cell that holds one declared name is neither divided nor read as a part ("PORT DE ROUEN")
        return [phrase.left(gazetteer, mention, whole, scope)]
    return (
        _codes(gazetteer, mention)
        or _own_region(mention, whole, gazetteer, scope)
        or _divided(gazetteer, mention, whole, scope)
    )


def _codes(gazetteer: Gazetteer, mention: str) -> list[Place]:
    """`93, 94 et 95`: codes of départements and nothing else."""
    listed = segmentation.codes(mention)
    rows = [gazetteer.by_unit.get(("departement", text_of(mention, code).upper())) for code in listed]
    if not all(rows):
        return []
    return [
        Place(code, Choice(row[0], "code", "unique", 93, (row[0],)))
        for code, row in zip(listed, rows, strict=True)
        if row is not None
    ]


def _own_region(mention: str, whole: Phrase, gazetteer: Gazetteer, scope: Scope) -> list[Place]:
    """`Ensemble du territoire régional`: the région of the document, not named."""
    parts = set(names.words(mention))
    if not scope.region or parts.isdisjoint(("region", "regional", "regionale")) or not phrase.generic(mention):
        return []
    row = gazetteer.by_unit.get(("region", scope.region), [None])[0]
    return [Place(whole, Choice(row, "context", "region", 80, (row,)))] if row is not None else []


def _divided(gazetteer: Gazetteer, mention: str, whole: Phrase, scope: Scope) -> list[Place]:
    pieces = segmentation.phrases(mention)
    places: list[Place] = []
    index = 0
    while index < len(pieces):
        size, joined = _joined(gazetteer, mention, pieces[index : index + _JOINED], scope)
        if joined is not None:
            places.append(joined)
        else:
            _phrase(gazetteer, mention, pieces[index], scope, places)
        index += size
    if _misread(mention, places):
        return [phrase.left(gazetteer, mention, whole, scope)]
    if len(places) == 2 and any(_bare_body(mention, place) for place in places):
        return [Place(whole, Choice(None, BODY))]
    return _narrowed(gazetteer, mention, places)


def _misread(mention: str, places: Sequence[Place]) -> bool:
    """Whether the commas stand inside one name that was not recognised: a broken "CC de", or an EPCI and leftovers."""
    if not places:
        return False
    if places[0].choice.position is None and stray(*names.words(mention)[:1]):
        return True
    rest = places[1:]
    return (
        places[0].choice.method != "exact"
        and _announces_group(mention)
        and any(place.choice.position is None for place in rest)
        and not any(_announces_group(text_of(mention, place.phrase)) for place in rest)
    )


def _narrowed(gazetteer: Gazetteer, mention: str, places: list[Place]) -> list[Place]:
    """`Département de l'Hérault : Béziers, Sète`: what a colon spells out is a part of the first place."""
    first = places[0] if places else None
    if first is None or first.choice.position is None or len(places) < 2 or first.status:
        return places
    between = mention[first.phrase.end : places[1].phrase.start]
    entry = gazetteer.entries[first.choice.position]
    if ":" not in between or entry.kind not in ("departement", "region", "epci"):
        return places
    positions = [place.choice.position for place in places[1:]]
    inside = (
        frozenset((entry.code,)) if entry.kind == "departement" else frozenset(gazetteer.departements_of(entry.code))
    )
    inside = gazetteer.perimeters.reach(entry.code) if entry.kind in GROUPS else inside
    if all(p is not None and lies_in(gazetteer, gazetteer.entries[p], inside) for p in positions):
        rest = mention[places[1].phrase.start :].strip()
        return [replace(first, status="partie-de", qualifier=rest), *places[1:]]
    return places


def _bare_body(mention: str, place: Place) -> bool:
    """A phrase that is nothing but the name of a body: "Ville de Caen - CCAS"."""
    announced = designation(names.words(text_of(mention, place.phrase)))
    return announced.kind == BODY and not announced.parts


def _announces_group(text: str) -> bool:
    return designation(names.words(text[: phrase.LONGEST])).kind in GROUPS


def _joined(gazetteer: Gazetteer, mention: str, pieces: Sequence[Phrase], scope: Scope) -> tuple[int, Place | None]:
    """A name that itself holds separators: how many pieces it takes, and what it names."""
    for size in range(len(pieces), 1, -1):
        stretch = Phrase(pieces[0].start, pieces[size - 1].end)
        text = text_of(mention, stretch)
        if len(text) > phrase.LONGEST:
            continue
        choice = resolve(gazetteer, names.words(text), scope)
        if "," in text or ";" in text or "\n" in text:
            official = gazetteer.entries[choice.position].name if choice.position is not None else ""
            if "," in official or "/" in official:
                return size, Place(stretch, choice)
        elif choice.method != "article" and (choice.position is not None or choice.candidates):
            return size, Place(stretch, choice)
    linked = 1
    while linked < len(pieces) and segmentation.dangles(mention, pieces, linked):
        linked += 1
    if linked > 1:
        return linked, phrase.left(gazetteer, mention, Phrase(pieces[0].start, pieces[linked - 1].end), scope)
    broken = len(pieces) > 1 and "," not in mention and _announces_group(text_of(mention, pieces[0]))
    if broken and phrase.named(gazetteer, mention, pieces[0], scope) is None:
        stretch = Phrase(pieces[0].start, pieces[-1].end)
        return len(pieces), phrase.left(gazetteer, mention, stretch, scope)
    return 1, None


def _phrase(gazetteer: Gazetteer, mention: str, piece: Phrase, scope: Scope, places: list[Place]) -> None:
    """Reads one phrase and adds its places; a pure qualifier goes to the place before it."""
    text = text_of(mention, piece)
    again_ = phrase.ordinal(gazetteer, mention, piece, places[-1] if places else None)
    if again_ is not None:
        places.append(again_)
        return
    if text[:1].isupper() and not text.isupper():
        whole = phrase.named(gazetteer, mention, piece, scope)
        if whole is not None and whole.choice.method == "exact" and whole.choice.position is not None:
            places.append(whole)  # "Est Ensemble" is a name although its words are common
            return
    if phrase.generic(text) or (places and segmentation.opens_restriction(text)):
        _qualify(mention, piece, places)
        return
    found = phrase.named(gazetteer, mention, piece, scope) or phrase.restricted(gazetteer, mention, piece, scope)
    if found is None and (scope.departement or _announces_group(text)):
        found = phrase.nearly(gazetteer, mention, piece, scope)
    if found is not None:
        places.extend(_spelt_out(gazetteer, mention, found, scope))
        return
    parts = segmentation.conjuncts(mention, piece)
    if len(parts) > 1 and _divisible(gazetteer, mention, piece, parts, scope):
        for part in parts:
            _phrase(gazetteer, mention, part, scope, places)
        return
    written = phrase.together(gazetteer, mention, piece, scope)
    places.extend(written or [phrase.left(gazetteer, mention, piece, scope)])


def _spelt_out(gazetteer: Gazetteer, mention: str, place: Place, scope: Scope) -> list[Place]:
    """A place with those that its brackets spell out: `Lot-et-Garonne (Agen, Marmande)`."""
    if place.inside is None or place.choice.position is None:
        return [place]
    entry = gazetteer.entries[place.choice.position]
    if entry.kind != "departement":
        return [place]
    within = frozenset((entry.code,))
    inner = read(gazetteer, text_of(mention, place.inside), replace(scope, departements=within))
    rows = [one.choice.position for one in inner]
    if not inner or not all(row is not None and lies_in(gazetteer, gazetteer.entries[row], within) for row in rows):
        return [place]
    if segmentation.opens_restriction(text_of(mention, place.inside)):
        return [place]
    offset = place.inside.start
    moved = (Phrase(one.phrase.start + offset, one.phrase.end + offset) for one in inner)
    return [place, *(replace(one, phrase=where, inside=None) for one, where in zip(inner, moved, strict=True))]


def _divisible(gazetteer: Gazetteer, mention: str, piece: Phrase, parts: Sequence[Phrase], scope: Scope) -> bool:
    """Whether "et" stands between two places rather than inside one name."""
    if resolve(gazetteer, names.words(text_of(mention, piece)), scope).method in ("homonyms", "near", "elsewhere"):
        return False
    found = [phrase.named(gazetteer, mention, part, scope) for part in parts]
    announced = [designation(names.words(text_of(mention, part))).kind for part in parts]
    if announced[0] in GROUPS:
        return all(announced) or all(place is not None and place.choice.method == "exact" for place in found)
    first = found[0].choice.position if found[0] is not None else None
    if first is not None and not announced[0]:
        entry = gazetteer.entries[first]
        if entry.kind in ("departement", "region") or int(entry.population or 0) >= _KNOWN:
            return True
    return all(
        place is not None or _tellable(gazetteer, mention, part, scope)
        for place, part in zip(found, parts, strict=True)
    )


def _tellable(gazetteer: Gazetteer, mention: str, part: Phrase, scope: Scope) -> bool:
    """Whether a part of a phrase is something of its own: several units of that name, an area, common words."""
    if phrase.generic(text_of(mention, part)) or phrase.restricted(gazetteer, mention, part, scope):
        return True
    rest = phrase.left(gazetteer, mention, part, scope)
    return (
        bool(rest.choice.candidates) or rest.status == "usage" or bool(phrase.nearly(gazetteer, mention, part, scope))
    )


def _qualify(mention: str, piece: Phrase, places: list[Place]) -> None:
    """Adds a phrase to the qualifier of the place before it."""
    if not places:
        return
    last = places[-1]
    begin = piece.start if last.qualifier is None else mention.find(last.qualifier, last.phrase.end)
    begin = piece.start if begin < 0 else begin
    status = "partie-de" if last.choice.position is not None else last.status
    places[-1] = replace(last, qualifier=mention[begin : piece.end], status=status)


def again(gazetteer: Gazetteer, mention: str, place: Place, scope: Scope) -> Place:
    """A second look at what was left open, with the places beside it as context."""
    if place.choice.position is not None or place.choice.method == BODY:
        return place
    text = text_of(mention, place.phrase)
    if len(text) > phrase.LONGEST:
        return place
    parts = names.words(text)
    choice = resolve(gazetteer, parts, scope)
    if choice.position is None and place.status != "usage":
        choice = approximate(gazetteer, parts, scope, choice)
    if choice.position is None:
        return place
    return replace(place, choice=choice, status="" if place.status == "usage" else place.status)
