"""The pages of one release: the table of their addresses, and the page of every thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

from laurier import formats
from laurier.errors import Language
from laurier.iri import Minter
from laurier.settings import Settings
from laurier.snapshot.opened import Snapshot
from laurier.snapshot.search import Request, Search
from laurier.snapshot.search_index import NAME, ORDERS
from laurier.vocabulary import Vocabulary
from laurier.web.pages.addresses import COMMUNE, ELSEWHERE, LISTS, Addresses, web_address
from laurier.web.pages.cards import Dealer
from laurier.web.pages.citing import Citer
from laurier.web.pages.covers import Covers
from laurier.web.pages.exports import Export, export
from laurier.web.pages.figures import Chart, chart
from laurier.web.pages.layout import Layout
from laurier.web.pages.lists import Lists, Params
from laurier.web.pages.maps import departements
from laurier.web.pages.printing import Printer
from laurier.web.pages.queries import Queries
from laurier.web.pages.reference import Reference
from laurier.web.pages.rendering import Rendered, Renderer
from laurier.web.pages.strings import Strings
from laurier.web.pages.texts import Texts
from laurier.web.pages.things import Things

#: Pages of prose; each is a template in each language.
PROSE = ("api", "a-propos", "mentions-legales", "accessibilite")
_MOST_SOURCES = 500
_MOST_DEPARTEMENTS = 150
_LONGEST_NUMBER = 9


class Pages:
    """Makes every page of one release.

    Raises:
        UsageError: the theme cannot be used.
    """

    def __init__(
        self, snapshot: Snapshot, settings: Settings, vocabulary: Vocabulary, theme: Path | None = None
    ) -> None:
        self._snapshot = snapshot
        self._settings = settings
        self._vocabulary = vocabulary
        self._strings = Strings()
        self._addresses = Addresses(Minter(snapshot.base))
        self.search = Search(snapshot.file(NAME))
        layout = Layout(vocabulary)
        citer = Citer(self._addresses, self.search, self._strings, settings.contact)
        printer = Printer(vocabulary, self._addresses, self._strings)
        cards = Dealer(vocabulary, layout, self._addresses, printer, citer)
        self._renderer = Renderer(snapshot.manifest, settings, self._addresses, self._strings, theme)
        self._texts = Texts(self.search, snapshot.entities, self._addresses, self._renderer, self._strings)
        self._queries = Queries(vocabulary, settings, self._addresses, self._renderer, self._strings)
        self.sparql = self._queries.page
        self._reference = Reference(
            snapshot, vocabulary, self._addresses, self._renderer, self._strings, citer.text_address
        )
        self._things = Things(
            snapshot, vocabulary, self.search, layout, cards, citer, self._addresses, self._renderer, self._strings
        )
        self.entity = self._things.page
        self._covers = Covers(snapshot, self.search, self._addresses, self._renderer, self._strings)
        self._lists = Lists(self.search, self._addresses, self._renderer, self._strings)
        self.static = self._renderer.static
        self._table: dict[str, Callable[[Language, Params], Rendered]] = {
            "": lambda language, params: self.home(language),
            "laureats": self._lists.laureates,
            **{path: partial(self._values, path) for path, facet in LISTS.items() if facet},
            COMMUNE: self._covers.page,
            "carte": lambda language, params: self.map(language),
            "sparql": lambda language, params: self.sparql(language, dict(params).get("query", "")),
            "donnees": lambda language, params: self._reference.downloads(language),
            "qualite": lambda language, params: self._reference.quality(language),
            "ontologie": lambda language, params: self._reference.ontology(language),
            "plan": lambda language, params: self._plan(language),
            **{path: partial(self._prose, path) for path in PROSE},
        }

    def close(self) -> None:
        """Frees the files opened for these pages; the release is its owner's to close."""
        self.search.close()
        self._covers.close()

    # ------------------------------------------------------------------ addresses
    def page(self, language: Language, path: str, params: Params = ()) -> Rendered | None:
        """The page at `/<language>/<path>`, or None where there is none."""
        found = self._table.get(path)
        if found is not None:
            return found(language, params)
        head, _, rest = path.partition("/")
        if path == ELSEWHERE:
            return self.entity(dict(params).get("iri", ""), language)
        if head == "territoire" and rest:
            return self._covers.page(language, [("q", rest)], path)
        if head == "doc":
            kind, _, key = rest.partition("/")
            iri = self._addresses.iri(kind, key)
            return self.entity(iri, language) if iri else None
        if head == "texte":
            key, _, number = rest.rpartition("/")
            if key and number.isascii() and number.isdigit() and len(number) < _LONGEST_NUMBER:
                return self._texts.page(language, key, int(number)) if int(number) > 1 else None
            return self._texts.page(language, rest, 1)
        return None

    def addresses(self, language: Language) -> Iterator[str]:
        """The path of every page that has no parameters, things included."""
        yield from (self._addresses.page(language, path) for path in self._table)

    def export(self, kind: str, suffix: str, params: Params = ()) -> Export | None:
        """The list at `/<kind>.<suffix>` as data, or None where there is none."""
        if (kind, suffix) == (COMMUNE, formats.CSV.suffix):
            return self._covers.export(params)
        return export(self.search, kind, suffix, params)

    def problem(self, status: int, title: str, detail: str, language: Language) -> Rendered:
        """The page of an error."""
        return self._renderer.render(
            "problem.html", language, "", title, {"detail": detail, "status": status}, http_status=status
        )

    def _values(self, path: str, language: Language, params: Params) -> Rendered:
        return self._lists.values(language, path, params)

    def _prose(self, path: str, language: Language, params: Params) -> Rendered:
        contact = self._settings.contact
        publisher = self._settings.publisher_iri
        sample = next(iter(self.search.ask(Request(limit=1), facets=()).rows), None)
        shown = {
            "contact": contact,
            "contact_href": contact if web_address(contact) else f"mailto:{quote(contact, safe='@+._-')}",
            "publisher_iri": publisher if web_address(publisher) else "",
            "base": self._snapshot.base,
            "sample": sample.laureate.partition("/id/")[2] if sample else "laureat/…",
            "orders": ORDERS,
        }
        return self._renderer.render("prose.html", language, path, self._strings.say(language, path), shown)

    def _plan(self, language: Language) -> Rendered:
        pages = [path for path in self._table if path not in ("", "plan")]
        shown = {"pages": pages, "sources": self.search.values.page("source", limit=_MOST_SOURCES)[1]}
        return self._renderer.render("plan.html", language, "plan", self._strings.say(language, "plan"), shown)

    def map(self, language: Language) -> Rendered:
        """The map and the figures."""
        _, territories = self.search.values.page("territoire", limit=_MOST_DEPARTEMENTS, kind="departement")
        shown = {
            "map": departements(territories),
            "by_territory": self._chart(language, "by_territory", "territory_column", "territoire", "departement"),
            "by_public": self._chart(language, "by_public", "public_column", "public"),
            "by_year": self._chart(language, "by_year", "year_column", "annee"),
            "by_call": self._chart(language, "by_call", "call_column", "appel"),
        }
        return self._renderer.render("map.html", language, "carte", self._strings.say(language, "carte"), shown)

    # ------------------------------------------------------------------ home
    def home(self, language: Language) -> Rendered:
        """The home page."""
        say = self._strings.say
        sizes = self.search.values.sizes()
        figures = [("laureats", self.search.size)]
        figures += [(path, sizes.get(facet, 0)) for path, facet in LISTS.items() if facet and path != "programmes"]
        shown = {
            "description": say(language, "hero_text"),
            "figures": figures,
            "by_public": self._chart(language, "by_public", "public_column", "public"),
            "by_territory": self._chart(language, "by_territory", "territory_column", "territoire", "departement"),
            "sources": self.search.values.page("source", limit=20)[1],
        }
        return self._renderer.render("home.html", language, "", self._renderer.site_title(language), shown)

    def _chart(self, language: Language, title: str, column: str, facet: str, kind: str = "") -> Chart:
        _, values = self.search.values.page(facet, limit=_MOST_DEPARTEMENTS, kind=kind)
        if facet == "annee":
            values = sorted(values, key=lambda value: value.key)
        say = self._strings.say
        return chart(say(language, title), say(language, column), values, facet, language, self._addresses)
