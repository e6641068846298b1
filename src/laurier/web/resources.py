"""Things and their documents: `/id/...` leads to `/doc/...`, negotiated; any other IRI of the base is served in place.

W3C Cool URIs (303), RFC 9110 section 15.4.4.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from laurier import formats
from laurier.formats import PAGES, Format
from laurier.vocabulary import CODE, PREFIXES, PUBLICS
from laurier.web import documents
from laurier.web.edition import Edition
from laurier.web.problems import Problem, not_found
from laurier.web.reply import Reply, short_digest
from laurier.web.representation import VOCABULARY_LICENCE, alternates, choose, links, uri
from laurier.web.request import Request

_SAFE = "/-._~"


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
            return await documents.describe(request, edition, iri, f"/doc/{stem}", form)
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
    return await documents.describe(request, edition, iri, stem, form)


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
    headers = links(*alternates(address, PAGES, chosen), licence=VOCABULARY_LICENCE)
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
    if _READY.match(rest):
        return _known(edition, prefix + rest)
    return next((iri for iri in _candidates(prefix, rest) if _known(edition, iri)), None)


# What every spelling leaves as it is.
_READY = re.compile(r"[A-Za-z0-9/._~-]*\Z")


def _known(edition: Edition, iri: str) -> str | None:
    """The IRI when the graph says something of it or of a part of it."""
    return iri if edition.entities.known(iri) else None


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
