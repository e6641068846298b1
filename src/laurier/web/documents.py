"""The document about a thing, in RDF or as a page: its description, then what links to it, a page at a time.

The description is that of `snapshot.entities`: the thing, its parts, the passages they come from, and the labels of
all that they name.
"""

from __future__ import annotations

from dataclasses import dataclass

from laurier import formats, quads
from laurier.errors import Language
from laurier.formats import PAGES, Format
from laurier.snapshot import documents
from laurier.snapshot.documents import LINKS_A_PAGE
from laurier.snapshot.entities import Entities, Link
from laurier.snapshot.writers import text
from laurier.vocabulary import PREFIXES
from laurier.web.edition import Edition
from laurier.web.reply import Reply
from laurier.web.representation import TURTLES, alternates, beyond, choose, paged, uri
from laurier.web.representation import links as link_field
from laurier.web.request import Request

_HYDRA = PREFIXES["hydra"]


@dataclass(frozen=True, slots=True)
class _Asked:
    iri: str
    address: str
    form: Format
    content_type: str
    negotiated: bool
    page: int


async def describe(request: Request, edition: Edition, iri: str, address: str, form: Format | None) -> Reply:
    """The document about a thing of the graph.

    Args:
        request: what is accepted, and which page.
        edition: the release.
        iri: of the thing.
        address: of the document, without suffix.
        form: what its suffix asks for; None negotiates.

    Raises:
        Problem: 406, or there is no such page.
    """
    asked = _asked(request, iri, address, form)
    language = request.language()
    if asked.form is formats.HTML:
        return _reply(edition, asked, await _html(edition, iri, language), 1, language)
    found = _few(edition, asked)
    if found is None:
        found = await edition.aside(lambda own: _many(edition, own.entities, asked))
    return _reply(edition, asked, *found, language)


def opening(request: Request, edition: Edition, iri: str, address: str, form: Format | None) -> Reply | None:
    """The same for Turtle, with what a document says of itself as its body; None for another format.

    Raises:
        Problem: as `describe`.
    """
    asked = _asked(request, iri, address, form)
    if asked.form not in TURTLES:
        return None
    return _reply(edition, asked, _in_turtle(edition, _about(edition, asked, 1, 0), b""), 1, "fr")


def _asked(request: Request, iri: str, address: str, form: Format | None) -> _Asked:
    parameters = request.parameters()
    page = paged(parameters) if parameters else 1
    if form is not None:
        return _Asked(iri, address, form, form.content_type, False, page)
    choice, negotiated = choose(request, PAGES, address, parameters)
    return _Asked(iri, address, choice.format, choice.content_type, negotiated, page)


def _reply(edition: Edition, asked: _Asked, body: bytes, last: int, language: Language) -> Reply:
    """The body with its header fields; `last` is the number of its last page."""
    address, form = uri(asked.address), asked.form
    links = [f'<{uri(asked.iri)}>; rel="describes"', *alternates(address, PAGES, form)]
    headers = []
    if form is formats.HTML:
        links.append(f'<{address}.ttl>; rel="describedby"; type="text/turtle"')
        headers.append(("content-language", str(language)))
        variant = f"html-{language}"
    else:
        turns = {"prev": asked.page - 1, "next": asked.page + 1}
        links += [f'<{address}.{form.suffix}?page={n}>; rel="{r}"' for r, n in turns.items() if 1 <= n <= last]
        variant = f"{form.suffix}-{asked.page}-{asked.content_type.partition(';')[0].replace('/', '.')}"
    links.append(f'<{uri(edition.base)}{address[1:]}>; rel="canonical"')
    headers += link_field(*links, licence=edition.licence)
    if asked.negotiated:
        headers.append(("content-location", f"{address}.{form.suffix}"))
    vary: tuple[str, ...] = ("Accept", "Accept-Language") if asked.negotiated else ()
    if form is formats.HTML and not vary:
        vary = ("Accept-Language",)
    tag = f"{edition.tag}-{variant}"
    return Reply(body, asked.content_type, headers=headers, tag=tag, modified=edition.modified, vary=vary)


async def _html(edition: Edition, iri: str, language: Language) -> bytes:
    key = ("html", iri, language)
    kept = edition.kept.get(key)
    if kept is not None:
        return kept
    rendered = await edition.with_pages(lambda pages: pages.entity(iri, language))
    if rendered is None:
        # A thing that the site has no page for: its statements, in the form of a query.
        turtle = edition.serialise(edition.entities.description(iri) or [], formats.TURTLE)
        query = f"DESCRIBE <{iri}>"
        rendered = await edition.with_pages(lambda pages: pages.sparql(language, query, turtle))
    body = rendered.body.encode()
    edition.kept.put(key, body, len(body))
    return body


def _few(edition: Edition, asked: _Asked) -> tuple[bytes, int] | None:
    """The bytes when everything that links to the thing fits in one page; None when counting is needed."""
    if asked.page != 1:
        return None
    key = (asked.form.name, asked.iri, asked.address)
    kept = edition.kept.get(key)
    if kept is not None:
        return kept, 1
    ready = edition.documents.turtle(asked.iri) if asked.form in TURTLES else None
    if ready is not None:
        body = _in_turtle(edition, _about(edition, asked, 1, 0), ready)
    else:
        links = edition.entities.links(asked.iri, 0, LINKS_A_PAGE + 1)
        if len(links) > LINKS_A_PAGE:
            return None
        body = _written(edition, edition.entities, asked, links, 1, len(links))
    edition.kept.put(key, body, len(body))
    return body, 1


def _many(edition: Edition, entities: Entities, asked: _Asked) -> tuple[bytes, int]:
    """The same for a thing with many links; the cost grows with their number."""
    total, links = entities.incoming(asked.iri, (asked.page - 1) * LINKS_A_PAGE, LINKS_A_PAGE)
    last = max(1, -(-total // LINKS_A_PAGE))
    if asked.page > last:
        raise beyond(last)
    return _written(edition, entities, asked, links, last, total), last


def _written(edition: Edition, entities: Entities, asked: _Asked, links: list[Link], last: int, total: int) -> bytes:
    about = _about(edition, asked, last, total)
    lines = documents.lines(entities, asked.iri, links)
    if asked.form in TURTLES:
        return _in_turtle(edition, about, text(edition.turtle, sorted(set(lines))).encode())
    return edition.serialise([*about, *lines], asked.form)


def _in_turtle(edition: Edition, about: list[str], rest: bytes) -> bytes:
    """What the document says of itself, then what it says of the thing."""
    return (edition.turtle.head + text(edition.turtle, sorted(about))).encode() + rest


_ABOUT = (
    f"<{{0}}> <{PREFIXES['rdf']}type> <{PREFIXES['foaf']}Document> .",
    f"<{{0}}> <{PREFIXES['foaf']}primaryTopic> <{{1}}> .",
    f'<{{0}}> <{PREFIXES["dcterms"]}modified> "{{2}}"^^<{quads.XSD}dateTime> .',
)


def _about(edition: Edition, asked: _Asked, last: int, total: int) -> list[str]:
    """What the document says of itself."""
    me = edition.base + asked.address[1:]
    if me == asked.iri:
        # A thing that is served at its own address is not the document: nothing is said of it but what is stated.
        return []
    lines = [line.format(me, asked.iri, edition.snapshot.manifest.published) for line in _ABOUT]
    if edition.licence:
        lines.append(f"<{me}> <{PREFIXES['dcterms']}license> <{edition.licence}> .")
    if edition.catalogue is not None:
        lines.append(f"<{me}> <{PREFIXES['void']}inDataset> <{edition.base}dataset/ensemble> .")
    if last > 1:
        view = f"{me}?page={asked.page}"
        turns = {"first": 1, "last": last, "previous": asked.page - 1, "next": asked.page + 1}
        lines += [
            f"<{me}> <{_HYDRA}view> <{view}> .",
            f"<{me}> <{_HYDRA}totalItems> {quads.integer(total)} .",
            f"<{view}> <{PREFIXES['rdf']}type> <{_HYDRA}PartialCollectionView> .",
            *(f"<{view}> <{_HYDRA}{name}> <{me}?page={n}> ." for name, n in turns.items() if 1 <= n <= last),
        ]
    return lines
