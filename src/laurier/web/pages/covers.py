"""The page “which projects cover my commune?”: a place found by name or code, and why each project covers it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from laurier.errors import Language
from laurier.flat import Row
from laurier.snapshot.covering import reason
from laurier.snapshot.lists import Covering
from laurier.snapshot.places import Found, PlaceIndex
from laurier.snapshot.search import Search
from laurier.snapshot.words import fold
from laurier.web.pages import typography
from laurier.web.pages.addresses import COMMUNE, Addresses
from laurier.web.pages.lists import Params, exports
from laurier.web.pages.rendering import Rendered, Renderer
from laurier.web.pages.strings import Strings

_SHOWN = 50
_OFFERED = 20
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """A place that a question may mean: where it leads, its name, what it is."""

    href: str
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Covered:
    """A project that covers a place, and why."""

    row: Row
    reason: str


class Covers:
    """Makes that page."""

    def __init__(
        self, places: PlaceIndex | None, search: Search, addresses: Addresses, renderer: Renderer, strings: Strings
    ) -> None:
        self._places = places
        self._search = search
        self._addresses = addresses
        self._renderer = renderer
        self._strings = strings

    def page(self, language: Language, params: Params, path: str = COMMUNE) -> Rendered:
        """The page for a question `q`, or for a unit `unite` given as `kind/code`.

        Args:
            language: of the page.
            params: of the address.
            path: of the page, where the question is in it rather than in the parameters.
        """
        text, unit, found, chosen = self._asked(params)
        say = self._strings.say
        name = _called(chosen) if chosen else ""
        heading = say(language, "commune_of", place=name) if chosen else say(language, "commune_label")
        covers = self._places.covers(chosen.kind, chosen.code) if self._places and chosen else []
        postal = self._places.postal(text) if self._places else []
        others = [other for other in (postal or found[:_OFFERED]) if other != chosen]
        rows = [(self._search.row(cover.laureate), cover) for cover in covers[:_SHOWN]]
        shown = {
            "heading": heading,
            "text": text or (chosen.name if chosen else ""),
            "asked": bool(text or unit),
            "chosen": chosen,
            "total": len(covers),
            "more": len(covers) > _SHOWN,
            "shown": _SHOWN,
            "covers": [
                Covered(row, typography.typeset(reason(chosen, cover, language), language))
                for row, cover in rows
                if row is not None and chosen is not None
            ],
            "others": [self._choice(other, language) for other in others],
            "read_as": _read_as(text, chosen, postal),
            "postal": len(postal),
            "exports": exports(COMMUNE, [("unite", f"{chosen.kind}/{chosen.code}")] if chosen else []),
            "territory": self._territory(chosen, language),
            "status": lambda key: self._label(key, language),
        }
        asked = [("q", text), ("unite", unit)] if path == COMMUNE else []
        title = f"{heading} – {text or unit}" if (text or unit) and not chosen else heading
        return self._renderer.render(
            "commune.html", language, path, title, shown,
            here=lambda code: self._addresses.page(code, path, **dict(asked)),
        )  # fmt: skip

    def listed(self, params: Params) -> tuple[Found | None, Iterator[Covering]]:
        """The place that is meant and all that covers it; None where no place, or more than one, is meant."""
        *_, chosen = self._asked(params)
        return chosen, self._each(chosen) if chosen else iter(())

    def _each(self, place: Found) -> Iterator[Covering]:
        for cover in self._places.covers(place.kind, place.code) if self._places else ():
            row = self._search.row(cover.laureate)
            if row is not None:
                yield Covering(place, cover, row)

    def _asked(self, params: Params) -> tuple[str, str, list[Found], Found | None]:
        given = dict(params)
        text = " ".join(given.get("q", "").split())[:_LONGEST]
        unit = given.get("unite", "")[:_LONGEST]
        found = self._found(text, unit)
        return text, unit, found, found[0] if unit and found else self._only(text, found)

    def _found(self, text: str, unit: str) -> list[Found]:
        if self._places is None:
            return []
        if unit:
            kind, _, code = unit.partition("/")
            found = self._places.unit(kind, code)
            return [found] if found else []
        return self._places.find(text, _OFFERED) if text else []

    def _only(self, text: str, found: list[Found]) -> Found | None:
        """The one place that a question means; None when a reader must choose."""
        # A code of INSEE may be the postal code of other communes: who types five digits of a code means that code.
        coded = [place for place in found if place.code == text.upper()]
        named = [place for place in found if fold(place.name) == fold(text)]
        exact = coded or named or found
        return exact[0] if len(exact) == 1 else None

    def _choice(self, found: Found, language: Language) -> Choice:
        href = self._addresses.page(language, COMMUNE, unite=f"{found.kind}/{found.code}")
        kind = f"kind_{found.kind}"
        return Choice(href, _called(found), self._strings.say(language, kind) if kind in self._strings else found.kind)

    def _territory(self, chosen: Found | None, language: Language) -> str:
        if chosen is None or self._search.values.value("territoire", f"{chosen.kind}/{chosen.code}") is None:
            return ""
        return self._addresses.page(language, f"doc/territoire/{chosen.kind}/{chosen.code}")

    def _label(self, key: str, language: Language) -> str:
        value = self._search.values.value("statut", key)
        return value.label(language) if value else key


def _read_as(text: str, chosen: Found | None, postal: list[Found]) -> str:
    """How five digits were taken: as `both`, a code of INSEE that is a postal code too, or as a `postal` code alone."""
    if chosen is None or not postal:
        return ""
    return "both" if chosen.code == text else "postal"


def _called(found: Found) -> str:
    return f"{found.name} ({found.within})" if found.within and found.within != found.name else found.name
