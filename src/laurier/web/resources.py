"""Things and their documents: `/id/...` leads to `/doc/...`, negotiated; any other IRI of the base is served in place.

W3C Cool URIs (303), RFC 9110 section 15.4.4; the description is that of `snapshot.entities`, with what links to the
thing, a page at a time.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from laurier import formats, quads
from laurier.errors import Language
from laurier.formats import PAGES, Format
from laurier.vocabulary import CODE, PREFIXES, PUBLICS
from laurier.web.edition import Edition
from laurier.web.problems import Problem, not_found
from laurier.web.reply import Reply, short_digest
from laurier.web.representation import LICENCE, alternates, beyond, choose, paged, uri
from laurier.web.request import Request

#: Statements that link to a thing, a page.
LINKS_A_PAGE = 100
_SAFE = "/-._~"
_HYDRA = "http://www.w3.org/ns/hydra/core#"


async def thing(request: Request, edition: Edition) -> Reply:
    """`/id/<kind>/<key>`: 303 to its document, 301 when merged, 410 when withdrawn."""
    rest = request.path.removeprefix("/id/")
    iri = _find(edition, f"{edition.base}id/", rest)
    if iri is not None:
        location = f"/doc/{uri(iri[len(edition.base) + 3 :])}"
        suffix = f"?{request.query.decode('latin-1')}" if request.query else ""
        return Reply(
            status=303,
            headers=[("location", location + suffix)],
            vary=("Accept",),
            compress=False,
        )
    for candidate in _candidates(f"{edition.base}id/", rest):
        _raise_moved(edition, candidate)
    raise not_found()


async def document(request: Request, edition: Edition) -> Reply:
    """`/doc/<kind>/<key>` and its forms by suffix."""
    rest = request.path.removeprefix("/doc/")
    for prefix, inside in ((f"{edition.base}id/", rest), _vocabulary_prefix(rest)):
        found = _found(edition, prefix, inside) if prefix else None
        if found is not None:
            iri, form = found
            stem = rest if form is None else rest[: -len(form.suffix) - 1]
            return await _describe(request, edition, iri, f"/doc/{stem}", form)
    for candidate in _candidates(f"{edition.base}id/", rest):
        _raise_moved(edition, candidate)
    raise not_found()


def _vocabulary_prefix(rest: str) -> tuple[str, str]:
    if rest.startswith("public/"):
        return PREFIXES["pub"], rest[len("public/") :]
    return "", ""


async def in_place(request: Request, edition: Edition) -> Reply:
    """Any other path: base + path may name a thing of the graph (data served without a build)."""
    found = _found(edition, edition.base, request.path[1:]) if len(request.path) > 1 else None
    if found is None:
        for candidate in _candidates(edition.base, request.path[1:]):
            _raise_moved(edition, candidate)
        raise not_found()
    iri, form = found
    stem = request.path if form is None else request.path[: -len(form.suffix) - 1]
    return await _describe(request, edition, iri, stem, form)


async def term(request: Request, edition: Edition) -> Reply:
    """`/publics/<key>` and `/code/<key>`: where the IRIs of the terms of our schemes lead."""
    head, _, key = request.path[1:].partition("/")
    iri = {"publics": f"{PUBLICS}/", "code": CODE}[head] + unquote(key)
    if not key or not edition.vocabulary.values(iri, f"{PREFIXES['rdf']}type"):
        raise not_found()
    location = f"/doc/public/{key}" if head == "publics" else "/code"
    return Reply(status=303, headers=[("location", location)], vary=("Accept",), compress=False)


async def ontology(request: Request, edition: Edition) -> Reply:
    """`/ns` and its forms by suffix: the ontology, whose terms are hash IRIs of it."""
    _, dot, suffix = request.path.partition(".")
    form = formats.by_suffix(suffix, PAGES) if dot else None
    if dot and form is None:
        raise not_found()
    return await _vocabulary(request, edition, "laurier.ttl", "/ns", form)


async def scheme(request: Request, edition: Edition) -> Reply:
    """`/publics` and `/code`: a file of schemes; `format=` chooses, for suffixes there name lists."""
    name = "publics.ttl" if request.path == "/publics" else "codes.ttl"
    return await _vocabulary(request, edition, name, request.path, None)


async def _vocabulary(request: Request, edition: Edition, name: str, address: str, form: Format | None) -> Reply:
    choice = choose(request, PAGES, address, request.parameters())[0] if form is None else None
    chosen = form or (choice.format if choice else formats.TURTLE)
    content_type = choice.content_type if choice else chosen.content_type
    language = request.language()
    headers = [("link", ", ".join([f'<{LICENCE}>; rel="license"', *alternates(address, PAGES, chosen)]))]
    if chosen is formats.HTML:
        rendered = await edition.with_pages(lambda pages: pages.page(language, "ontologie"))
        if rendered is None:
            raise not_found()
        body = rendered.body.encode()
        headers.append(("content-language", language))
    else:
        key = (name, chosen.name)
        body = edition.kept.get(key) or b""
        if not body:
            triples = edition.vocabulary.by_file[name]
            body = edition.serialise((f"{triple} ." for triple in triples), chosen)
            edition.kept.put(key, body, len(body))
    return Reply(
        body,
        content_type,
        headers=headers,
        tag=f"{edition.tag}-{short_digest(f'{name} {content_type} {language}')}",
        modified=edition.modified,
        vary=("Accept", "Accept-Language") if form is None else (),
    )


def _find(edition: Edition, prefix: str, rest: str) -> str | None:
    """The IRI of the graph that a path names, whatever its percent-encoding."""
    for iri in _candidates(prefix, rest):
        first = edition.entities.starting(iri, 0, 1)
        if first and (first[0] == iri or first[0].startswith(f"{iri}#")):
            return iri
    return None


def _found(edition: Edition, prefix: str, rest: str) -> tuple[str, Format | None] | None:
    """The IRI that a path names, with the format of its suffix when that is not part of the IRI."""
    iri = _find(edition, prefix, rest)
    if iri is not None:
        return iri, None
    stem, dot, suffix = rest.rpartition(".")
    form = formats.by_suffix(suffix, PAGES) if dot else None
    iri = _find(edition, prefix, stem) if form is not None and stem else None
    return (iri, form) if iri is not None else None


def _candidates(prefix: str, rest: str) -> list[str]:
    try:
        plain = unquote(rest, errors="strict")
    except UnicodeDecodeError:
        plain = rest
    normal = quote(plain, safe=_SAFE)
    return [prefix + form for form in dict.fromkeys((rest, normal, plain))]


def _raise_moved(edition: Edition, iri: str) -> None:
    moved = edition.entities.moved(iri)
    if moved is None:
        return
    target = moved[1]
    if target is None:
        raise Problem(
            410,
            "What was at this address has been withdrawn from the graph.",
            "Ce qui était à cette adresse a été retiré du graphe.",
        )
    location = f"/{uri(target[len(edition.base) :])}" if target.startswith(edition.base) else uri(target)
    raise Problem(
        301,
        f"What was at this address has been merged into {target}.",
        f"Ce qui était à cette adresse a été fusionné avec {target}.",
        headers={"location": location, "cache-control": "public, max-age=300"},
    )


async def _describe(request: Request, edition: Edition, iri: str, address: str, form: Format | None) -> Reply:
    parameters = request.parameters()
    negotiated = form is None
    if form is None:
        choice, negotiated = choose(request, PAGES, address, parameters)
        form, content_type = choice.format, choice.content_type
    else:
        content_type = form.content_type
    page = paged(parameters)
    links = [f'<{uri(iri)}>; rel="describes"', *alternates(address, PAGES, form)]
    headers: list[tuple[str, str]] = []
    language = request.language()
    if form is formats.HTML:
        body = await _html(edition, iri, language)
        links += [f'<{uri(address)}.ttl>; rel="describedby"; type="text/turtle"']
        headers.append(("content-language", language))
        variant = f"html-{language}"
    else:
        body, more = _rdf(edition, iri, address, form, page)
        links += [
            f'<{uri(address)}.{form.suffix}?page={number}>; rel="{relation}"' for relation, number in more.items()
        ]
        variant = f"{form.suffix}-{page}-{content_type.partition(';')[0].replace('/', '.')}"
    links += [f'<{LICENCE}>; rel="license"', f'<{uri(edition.base)}{uri(address[1:])}>; rel="canonical"']
    headers.append(("link", ", ".join(links)))
    if negotiated:
        headers.append(("content-location", f"{uri(address)}.{form.suffix}"))
    vary = (("Accept",) if negotiated else ()) + (("Accept-Language",) if negotiated or form is formats.HTML else ())
    return Reply(
        body,
        content_type,
        headers=headers,
        tag=f"{edition.tag}-{variant}",
        modified=edition.modified,
        vary=vary,
    )


async def _html(edition: Edition, iri: str, language: Language) -> bytes:
    key = ("html", iri, language)
    kept = edition.kept.get(key)
    if kept is not None:
        return kept
    rendered = await edition.with_pages(lambda pages: pages.entity(iri, language))
    if rendered is None:
        # A thing that the site has no page for: its statements, in the form of a query.
        turtle = edition.serialise(_lines(edition, iri), formats.TURTLE)
        query = f"DESCRIBE <{iri}>"
        rendered = await edition.with_pages(lambda pages: pages.sparql(language, query, turtle))
    body = rendered.body.encode()
    edition.kept.put(key, body, len(body))
    return body


def _lines(edition: Edition, iri: str) -> list[str]:
    found = edition.entities.entity(iri)
    return found.ntriples.decode().split("\n")[:-1] if found is not None else []


def _rdf(edition: Edition, iri: str, address: str, form: Format, page: int) -> tuple[bytes, dict[str, int]]:
    """The bytes, and the numbers of the pages before and after."""
    total, incoming = edition.entities.incoming(iri, (page - 1) * LINKS_A_PAGE, LINKS_A_PAGE)
    last = max(1, -(-total // LINKS_A_PAGE))
    if page > last:
        raise beyond(last)
    more = {}
    if page > 1:
        more["prev"] = page - 1
    if page < last:
        more["next"] = page + 1
    key = (form.name, iri, page)
    kept = edition.kept.get(key)
    if kept is not None:
        return kept, more
    lines = _lines(edition, iri)
    for link in incoming:
        lines.append(f"<{link.subject}> <{link.predicate}> <{iri}> .")
        lines += filter(None, link.labels.split("\n"))
    lines += _about(edition, iri, edition.base + address[1:], page, last, total)
    body = edition.serialise(lines, form)
    edition.kept.put(key, body, len(body))
    return body, more


def _about(edition: Edition, iri: str, me: str, page: int, last: int, total: int) -> list[str]:
    """What the document says of itself."""
    foaf, dcterms, void = PREFIXES["foaf"], PREFIXES["dcterms"], PREFIXES["void"]
    lines = [
        f"<{me}> <{PREFIXES['rdf']}type> <{foaf}Document> .",
        f"<{me}> <{foaf}primaryTopic> <{iri}> .",
        f"<{me}> <{dcterms}license> <{LICENCE}> .",
        f"<{me}> <{dcterms}modified> {quads.typed(edition.snapshot.manifest.published, quads.XSD + 'dateTime')} .",
        f"<{me}> <{void}inDataset> <{edition.base}dataset/ensemble> .",
    ]
    if last > 1:
        views = {"first": 1, "last": last, "previous": page - 1, "next": page + 1}
        view = f"{me}?page={page}"
        lines += [
            f"<{me}> <{_HYDRA}view> <{view}> .",
            f"<{me}> <{_HYDRA}totalItems> {quads.integer(total)} .",
            f"<{view}> <{PREFIXES['rdf']}type> <{_HYDRA}PartialCollectionView> .",
        ]
        lines += [
            f"<{view}> <{_HYDRA}{name}> <{me}?page={number}> ." for name, number in views.items() if 1 <= number <= last
        ]
    return lines
