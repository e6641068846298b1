"""One name and its context -> one unit of the gazetteer, or none: the rows that bear the name, best method first.

Exact keys only; `approximate` looks further. Where two units remain, `choice` hands back both and takes neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from laurier.reconcile import names
from laurier.reconcile.choice import NONE, UNANNOUNCED, Choice, Scope, choose
from laurier.reconcile.designation import BODY, FORM_WORDS, Designation, designation, without_office
from laurier.reconcile.gazetteer import GROUPS, PARTS, Gazetteer
from laurier.reconcile.nameindex import GENERIC, bag

_COMMUNES = frozenset(("commune", *PARTS))
#: Kinds that an announcement or a column may mean.
ALLOWED = {
    "commune": _COMMUNES,
    "commune-deleguee": frozenset(("commune-deleguee", "commune-associee", "commune")),
    "commune-associee": frozenset(("commune-deleguee", "commune-associee", "commune")),
    "arrondissement-municipal": frozenset(("arrondissement-municipal",)),
    "epci": frozenset(GROUPS),
    "ept": frozenset(GROUPS),
    "departement": frozenset(("departement",)),
    "region": frozenset(("region",)),
}
_ARTICLES = frozenset(("le", "la", "l", "les"))
_CONTRACTED = _ARTICLES | {"du", "des"}
_OPEN = ("homonyms", "near")
_ACRONYMS = ("cc", "ca", "cu")


def resolve(gazetteer: Gazetteer, parts: Sequence[str], scope: Scope) -> Choice:
    """The unit that canonical words name.

    The whole is tried before what follows an announcement, since names such as Ville-d'Avray or École-Valentin begin
    like one. The first method that leads to a unit wins; otherwise the first that had candidates tells why.
    """
    if not parts:
        return NONE
    announced = designation(list(parts))
    article = parts[0] in _CONTRACTED and not announced.kind
    best = NONE
    for method, base, positions in _tiers(gazetteer, parts, announced, scope):
        choice = choose(gazetteer, positions, scope, base, method, article)
        if choice.position is not None:
            if (names.exact(parts), choice.position) in gazetteer.index.aliases:
                return replace(choice, method="alias")
            return choice
        if method == "exact" and choice.method in _OPEN:
            return choice  # the name is right and means several units: a looser reading would only guess
        if best is NONE or not best.candidates:
            best = choice
    if announced.kind == BODY:
        return Choice(None, BODY, candidates=best.candidates)
    return best


def _tiers(
    gazetteer: Gazetteer, parts: Sequence[str], announced: Designation, scope: Scope
) -> Iterator[tuple[str, int, list[int]]]:
    """Method, base confidence in hundredths and rows, best method first."""
    index = gazetteer.index
    wanted = ALLOWED.get(scope.kind)
    whole = _kept(gazetteer, index.exact.get(names.exact(parts)), wanted)
    if parts[0] in _ARTICLES and len(parts) > 1:  # "la Creuse" is the département rather than the commune La Creuse
        whole = whole + _kept(gazetteer, index.exact.get(names.exact(parts[1:])), _under_article(wanted))
    if whole:
        yield "exact", 99 if scope.kind else UNANNOUNCED, whole
    kind = announced.kind
    if kind and kind != BODY:
        yield from _announced(gazetteer, announced, wanted, scope)
    if kind in ("", "commune") and parts[-1] not in names.SMALL:
        yield (
            "article",
            93,
            _same_article(gazetteer, parts, _kept(gazetteer, index.loose.get(names.loose(parts)), wanted)),
        )
    elif not kind and parts[-1] in _ARTICLES and len(parts) > 1:  # "HAVRE LE"
        yield "article", 93, _kept(gazetteer, index.exact.get(parts[-1] + names.exact(parts[:-1])), wanted)
    if not kind and (scope.kind in GROUPS or not FORM_WORDS.isdisjoint(parts)):
        yield from _groups(gazetteer, parts, ALLOWED["epci"], scope)
    if not kind and len(parts) == 1:
        yield "acronym", 90, _kept(gazetteer, index.acronym.get(parts[0]), wanted)
    if kind == "commune" and announced.parts:
        again = designation(list(announced.parts))  # "mairie de la commune de"
        if again.kind == "commune":
            yield from _announced(gazetteer, again, wanted, scope)
    bare = without_office(parts)
    if bare is not None and kind != BODY:
        yield from _tiers(gazetteer, bare, designation(bare), scope)
    glued = _unglued(parts) if not kind else None
    if glued is not None:
        yield from _groups(gazetteer, glued, ALLOWED["epci"], scope)


def _under_article(wanted: frozenset[str] | None) -> frozenset[str]:
    return ALLOWED["departement"] if wanted is None else ALLOWED["departement"] & wanted


def _announced(
    gazetteer: Gazetteer, announced: Designation, wanted: frozenset[str] | None, scope: Scope
) -> Iterator[tuple[str, int, list[int]]]:
    """What follows "Ville de", "CC du", "département de l'"."""
    index, kind, rest = gazetteer.index, announced.kind, announced.parts
    typed = ALLOWED[kind] if wanted is None else ALLOWED[kind] & wanted
    if not rest:
        return
    if announced.article:
        yield "exact", 99, _kept(gazetteer, index.exact.get(announced.article + names.exact(rest)), typed)
    yield "exact", 99, _kept(gazetteer, index.exact.get(names.exact(rest)), typed)
    if kind in GROUPS:
        yield from _groups(gazetteer, rest, typed, scope)
    elif kind == "departement" and len(rest) == 1:
        yield "code", 97, gazetteer.by_unit.get(("departement", names.digits(rest[0]).upper().zfill(2)), [])
    if rest[-1] not in names.SMALL:
        yield "article", 97, _same_article(gazetteer, rest, _kept(gazetteer, index.loose.get(names.loose(rest)), typed))


def _groups(
    gazetteer: Gazetteer, parts: Sequence[str], allowed: frozenset[str], scope: Scope
) -> Iterator[tuple[str, int, list[int]]]:
    """EPCI by their telling words; generic words may be dropped only where the context narrows the field."""
    index = gazetteer.index
    told = bag(parts)
    if told:
        yield "form", 93, _kept(gazetteer, index.bag.get(told), allowed)
    short = bag(parts, GENERIC)
    if short and (scope.departement or scope.departements or (scope.region and short == told)):
        yield "generic", 85, _kept(gazetteer, index.short.get(short), allowed)
    if len(parts) == 1:
        yield "acronym", 93, _kept(gazetteer, index.acronym.get(parts[0]), allowed)
    elif len(parts) > 2:  # "MEL Métropole Européenne de Lille"
        for acronym, rest in ((parts[0], parts[1:]), (parts[-1], parts[:-1])):
            yield "form", 90, _abbreviated(gazetteer, acronym, _kept(gazetteer, index.bag.get(bag(rest)), allowed))


def _abbreviated(gazetteer: Gazetteer, acronym: str, positions: list[int]) -> list[int]:
    """Rows in whose name the letters of an acronym are initials, in order."""
    found = []
    for position in positions:
        initials = iter(word[0] for word in names.words(gazetteer.entries[position].name))
        if all(letter in initials for letter in acronym):
            found.append(position)
    return found


def _unglued(parts: Sequence[str]) -> list[str] | None:
    """`CCNièvre et Somme`: the form stuck to the name."""
    first = parts[0]
    if first[:2] in _ACRONYMS and len(first) > 4 and len(parts) > 1:
        return [first[2:], *parts[1:]]
    return None


def _same_article(gazetteer: Gazetteer, parts: Sequence[str], positions: list[int]) -> list[int]:
    """Rows whose name does not lack or change the article that was written: nobody writes "la Tours" for Tours."""
    if parts[0] not in _ARTICLES:
        return positions
    entries = gazetteer.entries
    return [
        position
        for position in positions
        if entries[position].kind not in _COMMUNES or names.words(entries[position].name)[0] == parts[0]
    ]


def _kept(gazetteer: Gazetteer, positions: list[int] | None, allowed: frozenset[str] | None) -> list[int]:
    if positions is None:
        return []
    if allowed is None:
        return positions
    entries = gazetteer.entries
    return [position for position in positions if entries[position].kind in allowed]
