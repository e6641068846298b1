"""What an export asks for: every document, representation and page, and the file that each answer becomes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import quote, unquote

from laurier import formats
from laurier.catalogue import feed, void
from laurier.catalogue.discovery import parts
from laurier.catalogue.pages import PAGE_SIZE, Catalogue
from laurier.errors import Language
from laurier.formats import Format
from laurier.iri import KINDS
from laurier.site import rules
from laurier.snapshot.history import NAME as HISTORY
from laurier.snapshot.history import History
from laurier.web.edition import Edition
from laurier.web.pages.site import Pages

LANGUAGES: tuple[Language, ...] = ("fr", "en")
_SAFE = "/-._~"


@dataclass(frozen=True, slots=True)
class Visit:
    """An address to ask for and the file that its answer becomes, relative to `public`.

    Attributes:
        lines: for what an export tells otherwise than a server, the N-Triples to write instead.
        form: their serialisation.
    """

    address: str
    file: str
    accept: str = "*/*"
    language: str = "fr"
    lines: Callable[[], Iterable[str]] | None = None
    form: Format = formats.TURTLE


async def documents(edition: Edition) -> AsyncIterator[Visit]:
    """The document of every thing."""
    base = edition.base
    for kind in KINDS:
        after = ""
        while iris := edition.entities.following(f"{base}id/{kind}/", after, 1000):
            after = iris[-1]
            for iri in iris:
                for visit in _forms(f"/doc/{quote(iri[len(base) + 3 :], safe=_SAFE + '%')}"):
                    yield visit
    for iri in edition.vocabulary.pub:
        for visit in _forms(f"/doc/public/{quote(iri, safe=_SAFE)}"):
            yield visit


def _forms(address: str, *, page: bool = True) -> Iterator[Visit]:
    """A document in every form."""
    stem = unquote(address)[1:]
    for form in rules.RDF:
        yield Visit(f"{address}.{form.suffix}", f"{stem}.{form.suffix}")
    for language in LANGUAGES if page else ():
        yield Visit(f"/{language}{address}", f"{stem}.{language}.html", "text/html", language)


async def representations(edition: Edition) -> AsyncIterator[Visit]:
    """The catalogue, its datasets, the vocabularies, VoID and the feed."""
    catalogue = edition.catalogue
    for visit in _catalogue(edition):
        yield visit
    for form in rules.RDF:
        yield Visit(f"/ns.{form.suffix}", f"ns.{form.suffix}")
        for name in ("publics", "code"):
            yield Visit(f"/{name}?format={form.name}", f"{name}.{form.suffix}")
    for language in LANGUAGES:
        for name in ("catalogue", "ns", "publics", "code"):
            yield Visit(f"/{name}", f"{name}.{language}.html", "text/html", language)
    for key, _ in catalogue.keys() if catalogue is not None else ():
        for visit in _forms(f"/dataset/{key}", page=False):
            yield visit
        for language in LANGUAGES:
            yield Visit(f"/dataset/{key}.html", f"dataset/{unquote(key)}.{language}.html", "text/html", language)
    with closing(History(edition.snapshot.file(HISTORY))) as history:
        last = feed.last(history)
    for number in range(1, last + 1):
        for visit in _forms(f"/feed/{number}", page=False):
            yield visit


def _catalogue(edition: Edition) -> Iterator[Visit]:
    """The pages of the catalogue, whose next page keeps the path that was asked for, and VoID."""
    catalogue, base = edition.catalogue, edition.base
    assert catalogue is not None, "a release has a catalogue"
    last = max(1, -(-catalogue.total() // PAGE_SIZE))
    settings = replace(edition.settings, base=base)
    for form in rules.RDF:
        for number in range(1, last + 1):
            at = f"@page={number}" if number > 1 else ""
            for name, path in (("catalogue", f"catalogue.{form.suffix}"), ("catalogue@negotiated", "catalogue")):
                if name == "catalogue" or last > 1:
                    told = partial(_page, catalogue, number, base + path)
                    yield Visit(path, f"{name}{at}.{form.suffix}", lines=told, form=form)
        described = partial(void.describe, settings, edition.snapshot.manifest, _examples(edition))
        yield Visit(void.ADDRESS, f"{void.ADDRESS}.{form.suffix}", lines=described, form=form)


def _page(catalogue: Catalogue, number: int, address: str) -> tuple[str, ...]:
    page = catalogue.page(number, address)
    return page.lines if page is not None else ()


def _examples(edition: Edition) -> list[str]:
    return edition.entities.following(f"{edition.base}id/laureat/", limit=3)


async def addresses(edition: Edition) -> AsyncIterator[Visit]:
    """The other pages, and what leads to all of them."""
    for name in ("robots.txt", "opensearch.xml", "sitemap.xml"):
        yield Visit(f"/{name}", name)
    for part in await edition.aside(lambda own: parts(own.entities, edition.base)):
        yield Visit(f"/{part.name}", part.name)
    for language in LANGUAGES:
        for address in await edition.with_pages(partial(_pages, language)):
            visit = linked(address, "", language)
            if visit is not None:
                yield visit


def _pages(language: Language, pages: Pages) -> list[str]:
    return list(pages.addresses(language))


def linked(path: str, query: str, language: str) -> Visit | None:
    """What a link of a page asks for, or None for what an export does not hold."""
    head, _, rest = path[1:].partition("/")
    names = [pair.partition("=")[0] for pair in query.split("&") if pair]
    if len([name for name in names if name != "page"]) > 1 or (names and not re.fullmatch(r"[\w=%+.~&-]+", query)):
        return None
    at = f"@{query}" if query else ""
    if head in LANGUAGES:
        if rest.startswith("sparql"):
            return None
        if rest.startswith("doc/"):
            return None if query else Visit(path, f"{unquote(rest)}.{head}.html", "text/html", head)
        name = f"{unquote(rest)}{at}.html" if rest else f"index{at}.html"
        return Visit(f"{path}?{query}" if query else path, f"{head}/{name}", "text/html", head)
    stem, dot, suffix = path[1:].rpartition(".")
    if dot and suffix in ("csv", "jsonld", "geojson", "parquet") and re.fullmatch("[a-z]+", stem):
        return Visit(f"{path}?{query}" if query else path, f"{stem}{at}.{suffix}", language=language)
    if head == "static":
        return Visit(f"{path}?{query}" if query else path, path[1:])
    return None
