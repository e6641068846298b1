"""The pages of one release: the table of their addresses, and the page of every thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from laurier import formats
from laurier.errors import Language
from laurier.iri import Minter
from laurier.settings import Settings
from laurier.snapshot.opened import Snapshot
from laurier.snapshot.search import Request, Search
from laurier.snapshot.search_index import NAME, ORDERS
from laurier.vocabulary import PREFIXES, Vocabulary
from laurier.web.pages.addresses import FACET_OF_KIND, LISTS, Addresses, web_address
from laurier.web.pages.cards import Card, Dealer, Shown, merged
from laurier.web.pages.description import Description, Text
from laurier.web.pages.exports import Export, export
from laurier.web.pages.figures import Chart, chart
from laurier.web.pages.layout import Layout
from laurier.web.pages.lists import Link, Lists, Params
from laurier.web.pages.maps import departements
from laurier.web.pages.queries import Queries
from laurier.web.pages.reference import Reference
from laurier.web.pages.rendering import Rendered, Renderer
from laurier.web.pages.strings import Strings
from laurier.web.pages.texts import Texts

_LAU = PREFIXES["lau"]
_SKOS = PREFIXES["skos"]
#: Pages of prose; each is a template in each language.
PROSE = ("api", "a-propos", "mentions-legales", "accessibilite")
_SHOWN_LAUREATES = 10
_MOST_SOURCES = 500
_MOST_DEPARTEMENTS = 150
_SHOWN_LINKS = 25
_LONGEST_NUMBER = 9
# Statements that the page of the other end shows by itself.
_OBVIOUS = frozenset({f"{PREFIXES['oa']}hasSource", f"{_LAU}call", f"{_LAU}carrier", f"{_LAU}programme"})
_NAMING = frozenset({f"{_SKOS}prefLabel", f"{PREFIXES['dcterms']}title"})
_RDF = (formats.TURTLE, formats.JSON_LD, formats.RDF_XML, formats.N_TRIPLES)


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
        self._cards = Dealer(vocabulary, layout, self._addresses, self.search, self._strings, settings.contact)
        self._layout = layout
        self._renderer = Renderer(snapshot.manifest, settings, self._addresses, self._strings, theme)
        self._texts = Texts(self.search, snapshot.entities, self._addresses, self._renderer, self._strings)
        self._queries = Queries(vocabulary, settings, self._addresses, self._renderer, self._strings)
        self.sparql = self._queries.page
        self._reference = Reference(
            snapshot, vocabulary, self._addresses, self._renderer, self._strings, self._cards.text_address
        )
        self._lists = Lists(self.search, self._addresses, self._renderer, self._strings)
        self.static = self._renderer.static
        self._table: dict[str, Callable[[Language, Params], Rendered]] = {
            "": lambda language, params: self.home(language),
            "laureats": self._lists.laureates,
            **{path: partial(self._values, path) for path, facet in LISTS.items() if facet},
            "carte": lambda language, params: self.map(language),
            "sparql": lambda language, params: self.sparql(language, dict(params).get("query", "")),
            "donnees": lambda language, params: self._reference.downloads(language),
            "qualite": lambda language, params: self._reference.quality(language),
            "ontologie": lambda language, params: self._reference.ontology(language),
            "plan": lambda language, params: self._plan(language),
            **{path: partial(self._prose, path) for path in PROSE},
        }

    # ------------------------------------------------------------------ addresses
    def page(self, language: Language, path: str, params: Params = ()) -> Rendered | None:
        """The page at `/<language>/<path>`, or None where there is none."""
        found = self._table.get(path)
        if found is not None:
            return found(language, params)
        head, _, rest = path.partition("/")
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

    # ------------------------------------------------------------------ things
    def entity(self, iri: str, language: Language) -> Rendered | None:
        """The page of a thing, or None when nothing is stated of it."""
        found = self._addresses.split(iri)
        if found is None:
            return None
        kind, key, _ = found
        description = self._describe(iri, kind)
        if description is None:
            return None
        card = self._cards.card(description, language)
        project = self._project(description, language) if kind == "laureat" else None
        if project is not None:
            card = merged(card, project, f"{_LAU}project")
        facet = FACET_OF_KIND.get(kind, "")
        links, more = ([], 0) if kind in ("laureat", "extrait") or facet else self._incoming(iri, language)
        path = f"doc/{kind}/{key}"
        # Many communes share a name: their code tells them apart.
        name = f"{card.title.value} ({key.rpartition('/')[2]})" if kind == "territoire" else card.title.value
        title = f"{name} – {card.kinds[0]}" if card.kinds else name
        shown = {
            "card": card,
            "project": self._addresses.of(project.iri, language) if project else None,
            "citations": card.citations,
            "crumbs": self._crumbs(kind, key, card, language),
            "alternates": () if kind == "public" else tuple(self._alternates(kind, key)),
            "links": links,
            "links_more": more,
            "text_href": self._text_href(kind, key, language),
            "report": self._cards.report(iri, "", language),
            "section": f"{kind}s",
            "status": lambda code: self._vocabulary.label(PREFIXES["code"] + code, language) or code,
            **self._laureates(facet, key, language),
            **self._inside(facet, key),
        }
        return self._renderer.render("entity.html", language, path, title, shown)

    def _describe(self, iri: str, kind: str) -> Description | None:
        if kind == "public":
            return _concept(self._vocabulary, iri)
        found = self._snapshot.entities.entity(iri)
        return Description(iri, found.ntriples) if found else None

    def _project(self, laureate: Description, language: Language) -> Card | None:
        for iri in laureate.links(laureate.iri, f"{_LAU}project"):
            found = self._snapshot.entities.entity(iri)
            if found:
                return self._cards.card(Description(iri, found.ntriples), language)
        return None

    def _crumbs(self, kind: str, key: str, card: Card, language: Language) -> list[tuple[str | None, str]]:
        path = f"{kind}s"
        steps: list[tuple[str | None, str]] = []
        if path in LISTS:
            steps.append((self._addresses.page(language, path), self._strings.say(language, path)))
        return [*steps, (None, card.title.value)]

    def _alternates(self, kind: str, key: str) -> Iterator[Link]:
        base = self._addresses.page("fr", f"doc/{kind}/{key}").removeprefix("/fr")
        for entry in _RDF:
            yield Link(f"{base}.{entry.suffix}", entry.label, entry.media_type)

    def _text_href(self, kind: str, key: str, language: Language) -> str:
        if kind != "source" or self.search.texts.page_of(key, 0) is None:
            return ""
        return self._addresses.page(language, f"texte/{key}")

    def _laureates(self, facet: str, key: str, language: Language) -> dict[str, object]:
        if not facet:
            return {"laureates": None, "covering": None}
        answer = self.search.ask(Request(chosen={facet: (key,)}, limit=_SHOWN_LAUREATES), facets=())
        href = self._addresses.page(language, "laureats", **{facet: key})
        shown = {"rows": answer.rows, "total": answer.total, "href": href} if answer.total else None
        return {"laureates": shown, "covering": self._covering(key, language) if facet == "territoire" else None}

    def _covering(self, key: str, language: Language) -> dict[str, object] | None:
        keys = (key, *self.search.values.above("territoire", key))
        total = self.search.count(Request(chosen={"lieu": keys}))
        href = self._addresses.page(language, "laureats", lieu=keys)
        return {"total": total, "href": href} if total and len(keys) > 1 else None

    def _inside(self, facet: str, key: str) -> dict[str, object]:
        nested = facet in ("territoire", "public")
        children = self.search.values.children(facet, key) if nested else []
        return {"children": children, "children_title": "inside" if facet == "territoire" else "narrower"}

    def _incoming(self, iri: str, language: Language) -> tuple[list[Shown], int]:
        total, found = self._snapshot.entities.incoming(iri, limit=_SHOWN_LINKS)
        shown = []
        for link in found:
            if link.predicate in _OBVIOUS:
                continue
            name = self._layout.name(None, link.predicate, language)
            label = Description(link.subject, link.labels.encode()).label(link.subject, language)
            text = label or Text(link.subject)
            shown.append(Shown(text.value, text.language, self._addresses.of(link.subject, language), name))
        return shown, max(total - len(found), 0)


def _concept(vocabulary: Vocabulary, iri: str) -> Description | None:
    """The description of a concept, which lies in the vocabulary rather than among the laureates."""
    about = [t for t in vocabulary.triples if getattr(t.subject, "value", "") == iri]
    named = {t.object.value for t in about if isinstance(t.object, ox.NamedNode)}
    labels = [
        t for t in vocabulary.triples if getattr(t.subject, "value", "") in named and t.predicate.value in _NAMING
    ]
    lines = "\n".join(f"{t} ." for t in (*about, *labels))
    return Description(iri, lines.encode()) if about else None
