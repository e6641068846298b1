"""The pages of one release: the table of their addresses, and the page of every thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

from laurier.errors import Language
from laurier.geometry import kept
from laurier.geometry.kept import Contours
from laurier.iri import Minter
from laurier.settings import Settings
from laurier.snapshot.opened import Snapshot
from laurier.snapshot.places import NAME as PLACES
from laurier.snapshot.places import PlaceIndex
from laurier.snapshot.search import Request, Search
from laurier.snapshot.search_index import NAME, ORDERS
from laurier.snapshot.search_values import Value
from laurier.vocabulary import Vocabulary
from laurier.web.pages import maps
from laurier.web.pages.addresses import COMMUNE, ELSEWHERE, LISTS, Addresses, web_address
from laurier.web.pages.cards import Dealer
from laurier.web.pages.changes import News, recent
from laurier.web.pages.citing import Citer
from laurier.web.pages.covers import Covers
from laurier.web.pages.exports import Exports
from laurier.web.pages.figures import Chart, chart
from laurier.web.pages.layout import Layout
from laurier.web.pages.lists import Lists, Params, numbered, request
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
_MOST_ROWS = 150
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
        self._contours = Contours(snapshot.file(kept.FOLDER))
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
        self.sparql_elsewhere = self._queries.elsewhere
        self._reference = Reference(
            snapshot, vocabulary, self._addresses, self._renderer, self._strings, citer.text_address
        )
        self._things = Things(
            snapshot, vocabulary, self.search, self._contours, layout, cards, citer, self._addresses, self._renderer,
            self._strings,
        )  # fmt: skip
        self.entity = self._things.page
        places = snapshot.file(PLACES)
        # A file of RDF that is served as it is has no index of places.
        self._places = PlaceIndex(places) if places.is_file() else None
        self._covers = Covers(self._places, self.search, self._addresses, self._renderer, self._strings)
        self.export = Exports(self.search, self._places, self._contours.shape, self._covers).export
        self._lists = Lists(self.search, self._addresses, self._renderer, self._strings)
        self.static = self._renderer.static
        self._table: dict[str, Callable[[Language, Params], Rendered]] = {
            "": lambda language, params: self.home(language),
            "laureats": self._lists.laureates,
            **{path: partial(self._values, path) for path, facet in LISTS.items() if facet},
            COMMUNE: self._covers.page,
            "carte": self.map,
            "sparql": lambda language, params: self.sparql(language, dict(params).get("query", "")),
            "changements": self._changes,
            "donnees": lambda language, params: self._reference.downloads(language),
            "qualite": lambda language, params: self._reference.quality(language),
            "ontologie": lambda language, params: self._reference.ontology(language),
            "plan": lambda language, params: self._plan(language),
            **{path: partial(self._prose, path) for path in PROSE},
        }

    def close(self) -> None:
        """Frees the files opened for these pages; the release is its owner's to close."""
        self.search.close()
        if self._places is not None:
            self._places.close()

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
        notes, outlines = maps.owed(self._contours)
        shown = {
            "contours": notes,
            "outlines": outlines,
            "contact": contact,
            "contact_href": contact if web_address(contact) else f"mailto:{quote(contact, safe='@+._-')}",
            "publisher_iri": publisher if web_address(publisher) else "",
            "base": self._snapshot.base,
            "sample": sample.laureate.partition("/id/")[2] if sample else "laureat/…",
            "orders": ORDERS,
        }
        return self._renderer.render("prose.html", language, path, self._strings.say(language, path), shown)

    def _changes(self, language: Language, params: Params) -> Rendered:
        number = request(params)[1]
        issues, last = recent(self._snapshot, language, number)

        def address(news: News) -> str:
            """Where a change leads; a thing that is no more leads nowhere."""
            if news.kind == "deleted":
                return ""
            dataset = news.of.removeprefix(self._snapshot.base)
            if dataset.startswith("dataset/"):
                return f"/{dataset}"
            return self._addresses.of(news.of, language) or ""

        def href(page: str, code: Language = language) -> str:
            return self._addresses.page(code, "changements", page=page)

        shown = {"issues": issues, "address": address, **numbered(number, last, href)}
        title = self._strings.say(language, "changements") + (f" – {number}" if number > 1 else "")
        return self._renderer.render(
            "changes.html", language, "changements", title, shown,
            here=lambda code: href(str(number) if number > 1 else "", code),
        )  # fmt: skip

    def _plan(self, language: Language) -> Rendered:
        pages = [path for path in self._table if path not in ("", "plan")]
        shown = {"pages": pages, "sources": self.search.values.page("source", limit=_MOST_SOURCES)[1]}
        return self._renderer.render("plan.html", language, "plan", self._strings.say(language, "plan"), shown)

    def map(self, language: Language, params: Params = ()) -> Rendered:
        """The map of one kind of territory (`nature`), and the figures."""
        kinds = maps.kinds(self._contours)
        asked = dict(params).get("nature", "")
        kind = asked if asked in kinds else maps.DEPARTEMENT
        total, territories = self.search.values.page("territoire", limit=maps.MOST, kind=kind)
        title = self._strings.say(language, f"map_{kind}")
        path = {"nature": kind} if asked in kinds else {}
        shown = {
            "map": maps.drawn(self._contours, kind, territories),
            "heading": title,
            "kinds": kinds,
            "kind": kind,
            "total": total,
            "by_territory": self._values_chart(
                language, title, "territory_column", territories[:_MOST_ROWS], "territoire"
            ),
            "by_public": self._chart(language, "by_public", "public_column", "public"),
            "by_year": self._chart(language, "by_year", "year_column", "annee"),
            "by_call": self._chart(language, "by_call", "call_column", "appel"),
        }
        return self._renderer.render(
            "map.html", language, "carte", title if path else self._strings.say(language, "carte"), shown,
            here=lambda code: self._addresses.page(code, "carte", **path),
        )  # fmt: skip

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
        _, values = self.search.values.page(facet, limit=_MOST_ROWS, kind=kind)
        if facet == "annee":
            values = sorted(values, key=lambda value: value.key)
        return self._values_chart(language, self._strings.say(language, title), column, values, facet)

    def _values_chart(self, language: Language, title: str, column: str, values: Iterable[Value], facet: str) -> Chart:
        return chart(title, self._strings.say(language, column), values, facet, language, self._addresses)
