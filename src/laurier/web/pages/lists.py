"""The list pages: what an address asks of the search index, and the answer laid out with its facets and links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from urllib.parse import urlencode

from laurier import formats
from laurier.errors import Language
from laurier.formats import Format
from laurier.snapshot.search import Answer, Request, Search
from laurier.snapshot.search_index import ORDERS
from laurier.snapshot.search_values import Value
from laurier.web.pages.addresses import COMMUNE, LISTS, Addresses
from laurier.web.pages.rendering import Rendered, Renderer
from laurier.web.pages.strings import Strings
from laurier.web.pages.trees import Branch, tree

Params = Sequence[tuple[str, str]]

_OPEN = 2
_NESTED = frozenset({"public", "territoire"})
#: What a value of each facet is, in addresses.
ACCEPTED = {
    "public": "key of a public, those inside it included",
    "territoire": "kind and code, all that is inside included",
    "appel": "key of a call",
    "programme": "key of a programme",
    "statut": "key of a status",
    "annee": "year",
    "porteur": "key of a carrier",
    "source": "key of a source document",
    "lieu": "kind and code of the territory that the project names",
}
# The facets of the form, in order; the first are open.
_OFFERED = tuple(name for name in ACCEPTED if name != "lieu")
_PAGE = 20
_VALUES_PAGE = 50
_LONGEST_TEXT = 300
_MOST_CHOSEN = 50
_MOST_PAGES = 1_000_000
#: The forms in which a list can be had; GeoJSON is for those whose items are somewhere.
FORMS = (formats.CSV, formats.JSON_LD, formats.GEOJSON, formats.PARQUET)
_LOCATED = frozenset({"laureats", "territoires", COMMUNE})
#: The lists that can be had as data: the pages of lists, and what covers a place.
EXPORTED = (*LISTS, COMMUNE)


def forms(kind: str) -> tuple[Format, ...]:
    """The forms in which a list can be had as data; none for an unknown list."""
    if kind in _LOCATED:
        return FORMS
    return tuple(form for form in FORMS if form is not formats.GEOJSON) if kind in EXPORTED else ()


def known(kind: str) -> tuple[str, ...]:
    """The names of the parameters of a list that can be had as data."""
    if kind == COMMUNE:
        return ("q", "unite")
    return ("q", "nature", "tri", "page") if LISTS[kind] else ("q", *ACCEPTED, "tri", "page")


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its words."""

    href: str
    label: str
    type: str = ""
    facet: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """A facet as the form shows it."""

    name: str
    title: str
    hint: str
    open: bool
    chosen: int
    roots: tuple[Branch, ...]


def request(params: Params) -> tuple[Request, int]:
    """What an address asks, and the number of the page; what is not understood is left out."""
    text, order, page = "", "", 1
    chosen: dict[str, dict[str, None]] = {}
    for name, value in params:
        if name == "q":
            text = " ".join(value.split())[:_LONGEST_TEXT]
        elif name == "tri" and value in ORDERS:
            order = value
        elif name == "page" and value.isascii() and value.isdigit() and len(value) <= len(str(_MOST_PAGES)):
            page = max(int(value), 1)
        elif name in ACCEPTED and value and sum(map(len, chosen.values())) < _MOST_CHOSEN:
            chosen.setdefault(name, {})[value] = None
    asked = {name: tuple(keys) for name, keys in chosen.items()}
    return Request(text, asked, order, (page - 1) * _PAGE, _PAGE), page


@dataclass(frozen=True, slots=True)
class ValueRequest:
    """What a list of values is asked: words of the label, order (`n` or `sort`), kind of territory."""

    text: str
    order: str
    kind: str


def value_request(search: Search, path: str, params: Params) -> ValueRequest:
    """What the address of a list of values asks; what is not understood is left out."""
    given = dict(params)
    text = " ".join(given.get("q", "").split())[:_LONGEST_TEXT]
    kinds = dict(search.values.kinds(LISTS[path]))
    kind = given.get("nature", "")
    return ValueRequest(text, "sort" if given.get("tri") == "sort" else "n", kind if kind in kinds else "")


def parameters(asked: Request, **changes: str) -> list[tuple[str, str]]:
    """The parameters of an address that asks the same, with changes (an empty value removes one)."""
    pairs = [("q", asked.text)] if asked.text else []
    pairs += [(facet, key) for facet, keys in asked.chosen.items() for key in keys]
    pairs += [("tri", asked.order)] if asked.order else []
    kept = [(name, value) for name, value in pairs if name not in changes]
    return kept + [(name, value) for name, value in changes.items() if value]


def without(asked: Request, facet: str, key: str) -> list[tuple[str, str]]:
    """The parameters of an address that asks the same but for one condition."""
    if facet == "q":
        return parameters(asked, q="")
    return [(name, value) for name, value in parameters(asked) if (name, value) != (facet, key)]


class Lists:
    """Makes the list pages."""

    def __init__(self, search: Search, addresses: Addresses, renderer: Renderer, strings: Strings) -> None:
        self._search = search
        self._addresses = addresses
        self._renderer = renderer
        self._strings = strings

    def laureates(self, language: Language, params: Params) -> Rendered:
        """The list of laureates, searched and filtered."""
        asked, number = request(params)
        answer = self._search.ask(asked, _OFFERED)
        last = max(ceil(answer.total / _PAGE), 1)
        say = self._strings.say
        chips = tuple(self._chip(asked, value, language) for value in answer.chosen)
        if asked.text:
            words = Value("q", asked.text, "", asked.text, asked.text, "", 0)
            chips = (self._chip(asked, words, language), *chips)
        heading = say(language, "laureats")
        told = ", ".join(chip.label for chip in chips)
        title = f"{heading}{' – ' + told if told else ''}{f' – {number}' if number > 1 else ''}"
        shown = {
            "heading": heading,
            "text": asked.text,
            "order": asked.order,
            "orders": ("", *ORDERS) if asked.text else tuple(ORDERS),
            "total": answer.total,
            "rows": answer.rows,
            "first": asked.offset + 1,
            "chips": chips,
            "wider": tuple(self._wider(asked, answer.total, language)),
            "drops": tuple(self._drop(asked, value, language) for value in answer.relaxed),
            "facets": tuple(self._offers(asked, answer, language)),
            "kept": parameters(asked, q=""),
            "kept_sort": parameters(asked, tri=""),
            "exports": exports("laureats", parameters(asked)),
            "status": lambda key: self._label("statut", key, language),
            **numbered(number, last, lambda n: self._href(language, parameters(asked, page=n))),
        }
        return self._renderer.render(
            "list.html", language, "laureats", title, shown,
            here=lambda code: self._href(code, parameters(asked, page=str(number) if number > 1 else "")),
        )  # fmt: skip

    def _label(self, facet: str, key: str, language: Language) -> str:
        value = self._search.values.value(facet, key)
        return value.label(language) if value else key

    def _href(self, language: Language, pairs: Params, path: str = "laureats") -> str:
        query = urlencode(pairs)
        return self._addresses.page(language, path) + (f"?{query}" if query else "")

    def _chip(self, asked: Request, value: Value, language: Language) -> Link:
        title = self._strings.say(language, f"facet_{value.facet}")
        href = self._href(language, without(asked, value.facet, value.key))
        return Link(href, value.label(language), facet=title, count=value.count)

    def _drop(self, asked: Request, value: Value, language: Language) -> Link:
        href = self._href(language, without(asked, value.facet, value.key))
        return Link(href, value.label(language), count=value.count)

    def _wider(self, asked: Request, total: int, language: Language) -> Iterable[Link]:
        """The publics just above a chosen one, where they find more: a source may name the group in broader words."""
        keys = asked.chosen.get("public", ())
        for key in keys:
            for parent in self._search.values.parents("public", key):
                others = tuple(dict.fromkeys(parent if k == key else k for k in keys))
                wide = replace(asked, chosen={**asked.chosen, "public": others})
                count, value = self._search.count(wide), self._search.values.value("public", parent)
                if count > total and value is not None:
                    yield Link(self._href(language, parameters(wide)), value.label(language), count=count)

    def _offers(self, asked: Request, answer: Answer, language: Language) -> Iterable[Offer]:
        say = self._strings.say
        for position, name in enumerate(_OFFERED):
            values, chosen = answer.facets[name], asked.chosen.get(name, ())
            if not values:
                continue
            if name == "annee":
                values = tuple(sorted(values, key=lambda v: v.key, reverse=True))
                roots = tuple(Branch(v.key, "", v.label(language), v.count, v.key in chosen, ()) for v in values)
            else:
                roots = tree(values, chosen, language)
            hint = say(language, "territory_hint") if name == "territoire" else ""
            yield Offer(
                name, say(language, f"facet_{name}"), hint, bool(chosen) or position < _OPEN, len(chosen), roots
            )

    def values(self, language: Language, path: str, params: Params) -> Rendered:
        """The list of the values of a facet: carriers, calls, programmes, territories, publics, sources."""
        facet = LISTS[path]
        asked = value_request(self._search, path, params)
        text, order, kind = asked.text, asked.order, asked.kind
        _, number = request([(n, v) for n, v in params if n == "page"])
        offset = (number - 1) * _VALUES_PAGE
        total, values = self._search.values.page(facet, text, order, offset, _VALUES_PAGE, kind)
        whole_tree = facet == "public" and not text and order == "n"
        branches = tree(self._search.values.page(facet, limit=500)[1], (), language) if whole_tree else ()
        changes = [("q", text), ("nature", kind), ("tri", order if order != "n" else "")]
        kept = [(name, value) for name, value in changes if value]
        last = max(ceil(total / _VALUES_PAGE), 1)

        def href(n: str, code: Language = language) -> str:
            return self._href(code, [*kept, *([("page", n)] if n else [])], path)

        heading = self._strings.say(language, path)
        told = "".join(f" – {word}" for word in (text, kind, str(number) if number > 1 else "") if word)
        shown = {
            "text": text,
            "order": order,
            "kinds": self._search.values.kinds(facet),
            "kind": kind,
            "total": total,
            "values": values,
            "tree": branches,
            "facet": facet,
            "exports": exports(path, kept),
            **numbered(number, last, href),
        }
        return self._renderer.render(
            "values.html", language, path, heading + told, shown,
            here=lambda code: href(str(number) if number > 1 else "", code),
        )  # fmt: skip


def exports(path: str, pairs: Params) -> tuple[Link, ...]:
    """Links to a list as data, in every form that it can be had in."""
    query = urlencode(pairs)
    suffix = f"?{query}" if query else ""
    return tuple(Link(f"/{path}.{form.suffix}{suffix}", form.label, form.media_type) for form in forms(path))


def numbered(number: int, last: int, href: Callable[[str], str]) -> dict[str, object]:
    """What the template of page numbers is told: this page, the last one, and the addresses of those beside it."""
    return {
        "this_page": number,
        "last_page": last,
        "previous": href(str(min(number - 1, last)) if number > 2 else "") if number > 1 else "",
        "next": href(str(number + 1)) if number < last else "",
    }
