"""The pages for people over HTTP: `/`, `/fr/...`, `/en/...`, and lists as files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from urllib.parse import unquote

from laurier import formats, negotiation
from laurier.errors import Language
from laurier.web import representation, resources, sparql
from laurier.web.edition import Edition
from laurier.web.pages import lists
from laurier.web.problems import Problem, bad_parameter, not_found
from laurier.web.reply import Reply, short_digest
from laurier.web.request import Request

_LONGEST_KEY = 2048


async def home(request: Request, edition: Edition) -> Reply:
    """`/`: the home page in the reader's language; a tool that reads RDF is led to the catalogue."""
    offers = (formats.HTML, *(offer for offer in formats.PAGES if offer is not formats.HTML))
    choice, _ = representation.choose(request, offers, "/catalogue", request.parameters())
    if choice.format is not formats.HTML:
        return Reply(status=303, headers=[("location", f"/catalogue.{choice.format.suffix}")], vary=("Accept",))
    language = request.language()
    reply = await _page(request, edition, language, "")
    reply.vary = ("Accept", "Accept-Language")
    reply.headers += [("content-location", f"/{language}/")]
    return reply


async def page(request: Request, edition: Edition) -> Reply:
    """`/fr/<path>` and `/en/<path>`."""
    language: Language = "en" if request.path.startswith("/en") else "fr"
    raw = request.path[4:]
    if raw == "sparql":
        return await sparql.page(request, edition)
    if request.path in ("/fr", "/en"):
        return Reply(status=308, headers=[("location", f"/{language}/")])
    try:
        path = unquote(raw, errors="strict")
    except UnicodeDecodeError:
        raise not_found() from None
    return await _page(request, edition, language, path)


async def _page(request: Request, edition: Edition, language: Language, path: str) -> Reply:
    parameters = request.parameters()
    key = ("page", language, path, request.query)
    body = edition.kept.get(key)
    headers = [
        ("content-language", language),
        ("link", '</catalogue>; rel="describedby", </.well-known/void>; rel="describedby"'),
    ]
    if body is None:
        rendered = await edition.with_pages(lambda pages: pages.page(language, path, parameters))
        if rendered is None:
            raise not_found()
        body = rendered.body.encode()
        headers += rendered.headers.items()
        if rendered.status != 200:
            return Reply(body, formats.HTML.content_type, status=rendered.status, headers=headers)
        if not rendered.headers and len(request.query) + len(path) < _LONGEST_KEY:
            edition.kept.put(key, body, len(body) + len(request.query))
    return Reply(
        body,
        formats.HTML.content_type,
        headers=headers,
        tag=f"{edition.tag}-{short_digest(repr(key))}",
        modified=edition.modified,
    )


async def exported(request: Request, edition: Edition) -> Reply:
    """`/<list>.<suffix>`: a list as a file, with the parameters of its page."""
    kind, _, suffix = request.path[1:].partition(".")
    parameters = request.parameters()
    # A page leaves out what it does not know, and says what it filtered by; a program would take all rows for some.
    if formats.by_suffix(suffix, lists.forms(kind)) is not None:
        known = lists.known(kind)
        for name, _ in parameters:
            if name not in known:
                told = ", ".join(known)
                raise bad_parameter(name, f"is not one of this list: give one of {told}", f"n'existe pas ici : {told}")
    found = await edition.with_pages(lambda pages: pages.export(kind, suffix, parameters))
    if found is None:
        # The same address may name something of a file of RDF that is served as it is.
        return await resources.in_place(request, edition)
    return Reply(
        _aside(found.blocks),
        found.format.content_type,
        headers=[
            ("content-disposition", f'attachment; filename="{found.name}"'),
            *representation.links(licence=edition.licence),
        ],
        tag=f"{edition.tag}-{short_digest(request.path + request.query.decode('latin-1'))}",
        modified=edition.modified,
    )


async def _aside(blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Blocks made in a thread, one at a time."""
    while True:
        block = await asyncio.to_thread(next, blocks, None)
        if block is None:
            return
        yield block


async def problem(request: Request, edition: Edition | None, told: Problem) -> Reply:
    """The reply that tells a problem: a problem document, or a page for a browser."""
    choice = negotiation.negotiate(request.header(b"accept"), (formats.PROBLEM, formats.HTML))
    vary = ("Accept", "Accept-Language")
    headers = [(name, value) for name, value in told.headers.items() if name != "cache-control"]
    cache = told.headers.get("cache-control", "no-store" if told.status >= 500 else "public, max-age=60")
    if choice is not None and choice.format is formats.HTML and edition is not None:
        language: Language = "en" if request.path.startswith("/en/") else "fr"
        if not request.path.startswith(("/en/", "/fr/")):
            language = request.language()
        rendered = await edition.with_pages(
            lambda pages: pages.problem(told.status, told.heading(language), told.say(language), language)
        )
        headers.append(("content-language", language))
        body, content_type = rendered.body.encode(), formats.HTML.content_type
    else:
        language = request.language("en")
        headers.append(("content-language", language))
        body, content_type = told.document(language), formats.PROBLEM.content_type
    return Reply(body, content_type, status=told.status, headers=headers, vary=vary, cache=cache)
