"""What one phrase of a wording names: a unit as a whole, a part of one, several written together, or none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from laurier.reconcile import names, segmentation
from laurier.reconcile.approximate import approximate
from laurier.reconcile.choice import NONE, ROBUST, Choice, Scope
from laurier.reconcile.gazetteer import GROUPS, Gazetteer
from laurier.reconcile.nameindex import bag
from laurier.reconcile.resolve import resolve
from laurier.reconcile.segmentation import Phrase

_CODE_FIRST = re.compile(r"\(?(2[ABab]|\d{2,3}|\d{5})\)?\s*[-–:]?\s+(?=\D)")
_CODE_LAST = re.compile(r"\s[-–]?\s*\(?(2[ABab]|\d{2,3}|\d{5})\)?\Z")
_CODE_ALONE = re.compile(r"(2[AB]|\d{1,3})(?:\Z|[-–:(])")  # "76", "1", "76 - Seine-Maritime"
_GLUED = re.compile(r"\d(?=[^\W\d])")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_COUNT = re.compile(r"\d+ (?:départements?|communes?|EPCI|intercommunalités?|régions?)\Z", re.IGNORECASE)
_ORDINAL = re.compile(r"(\d{1,2}) ?(?:er|e|è|ème|eme)(?: arrondissements?)?\Z", re.IGNORECASE)
_ARTICLES = frozenset(("le", "la", "les", "l"))
_FORMER = frozenset(("ex", "ancien", "ancienne", "anciennement"))
#: A longer phrase is prose, not a name.
LONGEST = 160
#: Names that a hyphen may join in one list ("Lille-Roubaix-Tourcoing").
_MOST = 6


@dataclass(frozen=True, slots=True)
class Place:
    """A phrase with what it was found to name.

    Attributes:
        phrase: where it stands in the mention.
        choice: the unit chosen, or why none was.
        status: key of the link scheme that the wording itself imposes (`partie-de`, `usage`), else empty.
        qualifier: what the source adds to the name, verbatim.
        inside: places that a bracket after the name spells out.
    """

    phrase: Phrase
    choice: Choice
    status: str = ""
    qualifier: str | None = None
    inside: Phrase | None = None


def text_of(mention: str, phrase: Phrase) -> str:
    """The words of a phrase as printed."""
    return mention[phrase.start : phrase.end]


def named(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> Place | None:
    """A phrase that names one unit as a whole, perhaps with a code, brackets or a stray digit."""
    parts = names.words(text_of(mention, phrase))
    choice = resolve(gazetteer, parts[1:] if parts[:1] and parts[0] in _FORMER else parts, scope)
    if choice.position is not None:
        if choice.method == "article" and "et" in parts:
            official = names.words(gazetteer.entries[choice.position].name)
            if "et" not in official:  # "Nord et Pas-de-Calais" are two départements
                return None
        return Place(phrase, choice)
    return _with_brackets(gazetteer, mention, phrase, scope) or _with_code(gazetteer, mention, phrase, scope)


def nearly(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> Place | None:
    """A phrase that misspells the name of one unit of the context."""
    choice = approximate(gazetteer, names.words(text_of(mention, phrase)), scope, NONE)
    return Place(phrase, choice) if choice.position is not None else None


def _with_brackets(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> Place | None:
    """`Charleval (27)`, `Havre (Le)`, `CA Porte de l'Isère (CAPI)`, `Caen (centre-ville)`."""
    text = text_of(mention, phrase)
    split = segmentation.bracketed(text)
    if split is None:
        return None
    name, inside = split
    words = names.words(inside)
    if names.exact(words) in _ARTICLES:
        choice = resolve(gazetteer, [*words, *names.words(name)], scope)
        return Place(phrase, choice) if choice.position is not None else None
    departement = departement_named(gazetteer, inside)
    choice = resolve(gazetteer, names.words(name), replace(scope, departement=departement) if departement else scope)
    acronym = " " not in inside and sum(letter.isupper() or letter.isdigit() for letter in inside) > 1
    if choice.position is None and acronym and "," not in name:
        choice = resolve(gazetteer, words, replace(scope, kind="epci"))
        return Place(phrase, choice) if choice.method in ("acronym", "exact") and choice.position is not None else None
    if choice.position is None:
        return None
    if departement or acronym or not inside:
        return Place(phrase, choice)
    start = mention.index(inside, phrase.start + len(name))
    head = Phrase(phrase.start, phrase.start + len(name.rstrip()))
    status = "" if _COUNT.match(inside) else "partie-de"
    return Place(head, choice, status, inside, Phrase(start, start + len(inside)))


def _with_code(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> Place | None:
    """`27 Eure`, `Vernon 27`, `76600 Le Havre`, `2Ile de France`: a code beside the name, a digit stuck to it."""
    text = text_of(mention, phrase)
    first = _CODE_FIRST.match(text)
    found = first or _CODE_LAST.search(text)
    if found:
        code = departement_named(gazetteer, found[1])
        rest = text[found.end() :] if first else text[: found.start()]
        single = not any(letter.isdigit() or letter == "(" for letter in rest)
        choice = resolve(gazetteer, names.words(rest), replace(scope, departement=code)) if code and single else NONE
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
    if ("departement", text) in gazetteer.by_unit:
        return text
    plain = text.strip().upper().replace(" ", "")
    before = _CODE_ALONE.match(plain)
    coded = before[1].zfill(2) if before else plain
    if ("departement", coded) in gazetteer.by_unit:
        return coded
    if plain.isdigit() and len(plain) == 5:
        communes = gazetteer.by_postal.get(plain) or ([plain] if ("commune", plain) in gazetteer.by_unit else [])
        found = {gazetteer.departement_of(commune) for commune in communes}
        return found.pop() if len(found) == 1 else ""
    choice = resolve(gazetteer, names.words(text), Scope(kind="departement"))
    return gazetteer.entries[choice.position].code if choice.position is not None else ""


def generic(text: str) -> bool:
    """Whether a phrase holds common words only, so that it names no place of its own."""
    parts = names.words(text)
    loose = [part for part in parts if part not in names.SMALL and not names.digits(part).isdigit()]
    if not loose:
        return True
    common = segmentation.QUALIFIERS | segmentation.PART_WORDS
    capital = text[:1].isupper() and not text.isupper()
    if all(part in common for part in loose) and (not capital or len(loose) > 1):
        return True
    opens = text[:1].islower() and parts[0] in segmentation.QUALIFIERS
    return opens and len(parts) >= 4 and not {"dont", "qui", "ou", "est"}.isdisjoint(parts)


def restricted(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> Place | None:
    """A unit cut by the compass, with a restriction after it or with a lead before it."""
    text = text_of(mention, phrase)
    if len(text) > LONGEST:
        return None
    cut_out = _compass(gazetteer, mention, phrase, scope)
    if cut_out is not None:
        return cut_out
    for cut in segmentation.restrictions(text):
        head = segmentation.trimmed(mention, phrase.start, phrase.start + cut)
        place = named(gazetteer, mention, head, scope) if head else None
        if place is not None:
            return replace(place, status="partie-de", qualifier=text[cut:].strip())
    led = segmentation.lead(text)
    if led is None:
        return None
    length, part = led
    rest = segmentation.trimmed(mention, phrase.start + length, phrase.end)
    place = named(gazetteer, mention, rest, scope) if rest else None
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
    place = named(gazetteer, mention, inner, replace(scope, kind=scope.kind or "departement"))
    place = place or named(gazetteer, mention, inner, scope)
    if place is None or place.choice.position is None:
        return None
    before, after = mention[phrase.start : inner.start].strip(), mention[inner.end : phrase.end].strip()
    choice = replace(place.choice, confidence=place.choice.confidence - 5)
    return replace(place, choice=choice, status="partie-de", qualifier=before or after)


def together(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> list[Place]:
    """Several names that only a hyphen or nothing separates; empty when it is not certain."""
    if len(text_of(mention, phrase)) > LONGEST:
        return []
    return _hyphened(gazetteer, mention, phrase, scope) or _sequence(gazetteer, mention, phrase, scope)


def _hyphened(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> list[Place]:
    """`Lille-Roubaix-Tourcoing`, `Drôme-Ardèche`: known towns of the région, or départements, and nothing else."""
    cuts = [i for i in range(phrase.start, phrase.end) if mention[i] == "-"]
    if not cuts or len(cuts) > _MOST:
        return []
    covers = _covers(gazetteer, mention, phrase.start, phrase.end, cuts, scope)
    return covers[0] if len(covers) == 1 else []


def _covers(
    gazetteer: Gazetteer, mention: str, start: int, end: int, cuts: Sequence[int], scope: Scope
) -> list[list[Place]]:
    """Every way to read the stretch as two names or more joined by hyphens (the rest of one, when it is shorter)."""
    found: list[list[Place]] = []
    for index, cut in enumerate(cuts):
        head = _known(gazetteer, mention, Phrase(start, cut), scope)
        if head is None:
            continue
        tail = _known(gazetteer, mention, Phrase(cut + 1, end), scope)
        if tail is not None:
            found.append([head, tail])
        found.extend([head, *rest] for rest in _covers(gazetteer, mention, cut + 1, end, cuts[index + 1 :], scope))
    return found


def _known(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> Place | None:
    choice = resolve(gazetteer, names.words(text_of(mention, phrase)), scope)
    if choice.position is None or choice.method != "exact":
        return None
    entry = gazetteer.entries[choice.position]
    sure = entry.kind in ("departement", "region") or (entry.kind == "commune" and int(entry.population or 0) >= ROBUST)
    return Place(phrase, replace(choice, method="sequence", confidence=80)) if sure else None


def _sequence(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> list[Place]:
    """`Caen Vallée Orne Odon`: a town and an EPCI of its département written one after the other."""
    spans = [(m.start(), m.end()) for m in _WORD.finditer(mention, phrase.start, phrase.end)]
    found: list[list[Place]] = []
    for cut in range(1, len(spans) - 1):
        head, tail = Phrase(phrase.start, spans[cut - 1][1]), Phrase(spans[cut][0], phrase.end)
        first = _known(gazetteer, mention, head, replace(scope, kind="commune"))
        if first is None or first.choice.position is None:
            continue
        near = replace(scope, kind="epci", departement=gazetteer.entries[first.choice.position].departement)
        parts = names.words(text_of(mention, tail))
        second = resolve(gazetteer, parts, near)
        if second.position is not None and len(bag(parts).split()) > 1:
            found.append([first, Place(tail, replace(second, method="sequence", confidence=80))])
    return found[0] if len(found) == 1 else []


def ordinal(gazetteer: Gazetteer, mention: str, phrase: Phrase, before: Place | None) -> Place | None:
    """`19e` after `Paris 18e`: another arrondissement of the same city."""
    found = _ORDINAL.match(text_of(mention, phrase))
    if found is None or before is None or before.choice.position is None:
        return None
    entry = gazetteer.entries[before.choice.position]
    if entry.kind != "arrondissement-municipal":
        return None
    city = gazetteer.unit("commune", entry.parent)
    assert city is not None
    choice = resolve(gazetteer, names.words(f"{city.name} {found[1]}"), Scope(kind="arrondissement-municipal"))
    return Place(phrase, choice) if choice.position is not None else None


def left(gazetteer: Gazetteer, mention: str, phrase: Phrase, scope: Scope) -> Place:
    """What is left: the name of an area without a unit, or a name that was not found."""
    parts = names.words(text_of(mention, phrase))
    choice = resolve(gazetteer, parts, scope)
    if choice.position is None and choice.method == "none" and not segmentation.AREA_WORDS.isdisjoint(parts):
        return Place(phrase, replace(choice, method="area"), "usage")
    return Place(phrase, choice)


def is_group(gazetteer: Gazetteer, place: Place) -> bool:
    """Whether a place was linked to an EPCI or EPT."""
    return place.choice.position is not None and gazetteer.entries[place.choice.position].kind in GROUPS
