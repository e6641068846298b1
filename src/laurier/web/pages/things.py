"""The page of a thing: what is stated of it, with its evidence, its laureates, its history and what points at it."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from laurier import formats
from laurier.catalogue import schema_org
from laurier.errors import Language
from laurier.geometry.kept import Contours
from laurier.snapshot.opened import Snapshot
from laurier.snapshot.search import Request, Search
from laurier.vocabulary import PREFIXES, Vocabulary
from laurier.web.pages.addresses import COMMUNE, ELSEWHERE, FACET_OF_KIND, LISTS, Addresses
from laurier.web.pages.cards import Card, Dealer, merged
from laurier.web.pages.changes import past
from laurier.web.pages.citing import Citer
from laurier.web.pages.description import Description, Text
from laurier.web.pages.layout import Layout
from laurier.web.pages.lists import Link
from laurier.web.pages.maps import Map, contour
from laurier.web.pages.printing import Shown
from laurier.web.pages.rendering import Rendered, Renderer
from laurier.web.pages.strings import Strings

_LAU = PREFIXES["lau"]
_SKOS = PREFIXES["skos"]
_SHOWN_LAUREATES = 10
_SHOWN_LINKS = 25
# Statements that the page of the other end shows by itself.
_OBVIOUS = frozenset({f"{PREFIXES['oa']}hasSource", f"{_LAU}call", f"{_LAU}carrier", f"{_LAU}programme"})
_NAMING = frozenset({f"{_SKOS}prefLabel", f"{PREFIXES['dcterms']}title"})
_RDF = (formats.TURTLE, formats.JSON_LD, formats.RDF_XML, formats.N_TRIPLES)


class Things:
    """Makes the pages of things."""

    def __init__(
        self,
        snapshot: Snapshot,
        vocabulary: Vocabulary,
        search: Search,
        contours: Contours,
        layout: Layout,
        cards: Dealer,
        citer: Citer,
        addresses: Addresses,
        renderer: Renderer,
        strings: Strings,
    ) -> None:
        self._snapshot = snapshot
        self._vocabulary = vocabulary
        self._search = search
        self._contours = contours
        self._layout = layout
        self._cards = cards
        self._citer = citer
        self._addresses = addresses
        self._renderer = renderer
        self._strings = strings

    def page(self, iri: str, language: Language) -> Rendered | None:
        """The page of a thing, or None when nothing is stated of it."""
        kind, key, _ = self._addresses.split(iri) or ("", iri, "")
        description = self._describe(iri, kind)
        if description is None:
            return None
        card = self._cards.card(description, language)
        project = self._project(description, language) if kind == "laureat" else None
        if project is not None:
            card = merged(card, project, f"{_LAU}project")
        facet = FACET_OF_KIND.get(kind, "")
        links, more = ([], 0) if kind in ("laureat", "extrait") or facet else self._incoming(iri, language)
        path = f"doc/{kind}/{key}" if kind else ELSEWHERE
        # Many communes share a name: their code tells them apart.
        name = f"{card.title.value} ({key.rpartition('/')[2]})" if kind == "territoire" else card.title.value
        title = f"{name} – {card.kinds[0]}" if card.kinds else name
        shown = {
            "card": card,
            "project": self._addresses.of(project.iri, language) if project else None,
            "citations": card.citations,
            "crumbs": self._crumbs(kind, key, card, language),
            "alternates": tuple(self._alternates(kind, key)) if kind not in ("", "public") else (),
            "links": links,
            "links_more": more,
            "text_href": self._text_href(kind, key, language),
            "report": self._citer.report(iri, "", language),
            "section": f"{kind}s",
            "status": lambda code: self._vocabulary.label(PREFIXES["code"] + code, language) or code,
            **self._laureates(facet, key, language),
            **self._inside(facet, key),
            "contour": self._contour(facet, key),
            "past": past(self._snapshot, iri, language, self._vocabulary),
            "data": self._data(iri, path, language),
        }
        here = None if kind else lambda code: self._addresses.page(code, ELSEWHERE, iri=iri)
        return self._renderer.render("entity.html", language, path, title, shown, here=here)

    def _data(self, iri: str, path: str, language: Language) -> str:
        """The thing in the words of schema.org, for search engines; empty where no type of theirs fits it."""
        found = self._snapshot.entities.entity(iri)
        page = self._snapshot.base + self._addresses.page(language, path)[1:]
        told = schema_org.thing(iri, found.ntriples, page, language) if found else None
        return schema_org.script(told) if told else ""

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
        if kind != "source" or self._search.texts.page_of(key, 0) is None:
            return ""
        return self._addresses.page(language, f"texte/{key}")

    def _laureates(self, facet: str, key: str, language: Language) -> dict[str, object]:
        if not facet:
            return {"laureates": None, "covering": ""}
        answer = self._search.ask(Request(chosen={facet: (key,)}, limit=_SHOWN_LAUREATES), facets=())
        href = self._addresses.page(language, "laureats", **{facet: key})
        shown = {"rows": answer.rows, "total": answer.total, "href": href} if answer.total else None
        return {"laureates": shown, "covering": self._covering(key, language) if facet == "territoire" else ""}

    def _contour(self, facet: str, key: str) -> Map | None:
        """The picture of a territory, where the instance has its contour."""
        kind, _, code = key.partition("/")
        shape = self._contours.shape(kind, code) if facet == "territoire" else None
        return contour(shape, self._contours.notes[kind]) if shape else None

    def _covering(self, key: str, language: Language) -> str:
        """Where a reader learns which projects cover a territory, those of what contains it included.

        A place that no administration holds is in no index of places.
        """
        if key.startswith("lieu/"):
            return ""
        return self._addresses.page(language, COMMUNE, unite=key)

    def _inside(self, facet: str, key: str) -> dict[str, object]:
        nested = facet in ("territoire", "public")
        children = self._search.values.children(facet, key) if nested else []
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
