"""What leads machines to the data: VoID, robots.txt, site maps, OpenSearch, the feed of changes."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from itertools import chain

from laurier import formats
from laurier.catalogue import discovery, feed
from laurier.catalogue import void as voids
from laurier.errors import Language
from laurier.settings import Settings
from laurier.snapshot.history import NAME as HISTORY
from laurier.snapshot.history import History
from laurier.web.edition import Edition
from laurier.web.problems import not_found
from laurier.web.reply import Reply, short_digest
from laurier.web.representation import alternates, choose, links
from laurier.web.request import Request

_RDF = tuple(offer for offer in formats.PAGES if offer is not formats.HTML)
_EXAMPLES = 3
_LANGUAGES: tuple[Language, ...] = ("fr", "en")
_IMMUTABLE = "public, max-age=604800, immutable"
_OPENSEARCH = "application/opensearchdescription+xml"


async def void(request: Request, edition: Edition) -> Reply:
    """`/.well-known/void` (VoID section 6.1)."""
    choice, _ = choose(request, _RDF, "/catalogue", request.parameters())
    examples = edition.entities.following(f"{edition.base}id/laureat/", limit=_EXAMPLES)
    lines = voids.describe(_settings(edition), edition.snapshot.manifest, examples)
    return Reply(
        edition.serialise(lines, choice.format),
        choice.content_type,
        headers=links(licence=edition.licence),
        tag=f"{edition.tag}-void-{short_digest(choice.content_type)}",
        modified=edition.modified,
        vary=("Accept",),
    )


async def robots(request: Request, edition: Edition) -> Reply:
    """`/robots.txt`."""
    return Reply(discovery.robots(edition.base).encode(), formats.TEXT.content_type, tag=f"{edition.tag}-robots")


async def opensearch(request: Request, edition: Edition) -> Reply:
    """`/opensearch.xml`."""
    text = discovery.opensearch(_settings(edition), "fr/laureats?q={searchTerms}")
    return Reply(text.encode(), _OPENSEARCH, tag=f"{edition.tag}-opensearch", modified=edition.modified)


async def sitemap(request: Request, edition: Edition) -> Reply:
    """`/sitemap.xml` and the site maps that it lists."""
    moment = edition.snapshot.manifest.published
    parts = await _parts(edition)
    if request.path == "/sitemap.xml":
        body: bytes | AsyncIterator[bytes] = discovery.index(edition.base, parts, moment).encode()
    else:
        part = next((part for part in parts if f"/{part.name}" == request.path), None)
        if part is None:
            raise not_found()
        body = _sitemap(edition, part)
    return Reply(
        body,
        formats.XML.content_type,
        tag=f"{edition.tag}-{request.path[1:].removesuffix('.xml')}",
        modified=edition.modified,
    )


async def _parts(edition: Edition) -> list[discovery.Part]:
    if edition.site_maps is None:
        # Reads every IRI once.
        edition.site_maps = await edition.aside(lambda own: discovery.parts(own.entities, edition.base))
    return edition.site_maps


async def _sitemap(edition: Edition, part: discovery.Part) -> AsyncIterator[bytes]:
    pages = await edition.with_pages(
        lambda made: [page.lstrip("/") for page in chain.from_iterable(made.addresses(name) for name in _LANGUAGES)]
    )
    moment = edition.snapshot.manifest.published
    yield await edition.aside(
        lambda own: "".join(discovery.sitemap(own.entities, edition.base, part, pages, moment)).encode()
    )


async def feed_page(request: Request, edition: Edition) -> Reply:
    """`/feed` (its first page; for a browser what changed last) and `/feed/<number>`, with suffixes."""
    path, dot, suffix = request.path.partition(".")
    offers = formats.PAGES if path == "/feed" else _RDF
    form = formats.by_suffix(suffix, offers) if dot else None
    number = path.removeprefix("/feed").removeprefix("/") or "1"
    if (dot and form is None) or not (number.isascii() and number.isdigit() and len(number) < 9):
        raise not_found()
    choice = choose(request, offers, path, request.parameters())[0] if form is None else None
    chosen = form or (choice.format if choice else formats.TURTLE)
    if chosen is formats.HTML:
        return await _changes(request, edition, negotiated=form is None)
    try:
        with closing(History(edition.snapshot.file(HISTORY))) as history:
            lines = feed.page(history, edition.base, int(number))
            last = feed.last(history)
    except sqlite3.OperationalError:  # a file served as it is has none
        raise not_found() from None
    if lines is None:
        raise not_found()
    return Reply(
        edition.serialise(lines, chosen),
        choice.content_type if choice else chosen.content_type,
        headers=links(*alternates(path, offers, chosen), licence=edition.licence),
        tag=f"{edition.tag}-feed-{number}-{short_digest(choice.content_type if choice else chosen.content_type)}",
        modified=edition.modified,
        vary=("Accept", "Accept-Language")[: 1 + (path == "/feed")] if form is None else (),
        cache=_IMMUTABLE if int(number) < last else "public, max-age=300",
    )


async def _changes(request: Request, edition: Edition, *, negotiated: bool) -> Reply:
    language = request.language()
    rendered = await edition.with_pages(lambda pages: pages.page(language, "changements"))
    assert rendered is not None
    headers = [("content-language", language), ("link", ", ".join(alternates("/feed", formats.PAGES, formats.HTML)))]
    if negotiated:
        headers.append(("content-location", "/feed.html"))
    return Reply(
        rendered.body.encode(),
        formats.HTML.content_type,
        headers=headers,
        tag=f"{edition.tag}-changes-{language}",
        modified=edition.modified,
        vary=("Accept", "Accept-Language") if negotiated else ("Accept-Language",),
        cache="public, max-age=300",
    )


def _settings(edition: Edition) -> Settings:
    """The settings with the base IRI of the release, which is the one in its data."""
    return replace(edition.settings, base=edition.base)
