"""The DCAT catalogue over HTTP: `/catalogue`, `/dataset/<key>`, and what leads a machine there.

Harvesters take no redirect on the catalogue and keep the serialisation of its first page (`laurier.catalogue.pages`).
"""

from __future__ import annotations

import re
from contextlib import closing
from datetime import datetime
from urllib.parse import unquote

from laurier import formats
from laurier.catalogue import schema_org
from laurier.catalogue.pages import NAME as CATALOGUE_FILE
from laurier.catalogue.pages import Catalogue
from laurier.catalogue.places import Places
from laurier.formats import PAGES, Format
from laurier.snapshot.graph_files import WHOLE
from laurier.snapshot.history import NAME as HISTORY
from laurier.snapshot.history import History
from laurier.web.edition import Edition
from laurier.web.problems import Problem, bad_parameter, not_found
from laurier.web.reply import Reply, short_digest
from laurier.web.representation import alternates, beyond, choose, links, paged, uri, with_data
from laurier.web.request import Request

_RELEASE = re.compile("[0-9a-f]{16}")


async def catalogue(request: Request, edition: Edition) -> Reply:
    """`/catalogue` and its forms by suffix, with `page` and `modified_since`."""
    opened = _opened(edition)
    parameters = request.parameters()
    _, dot, suffix = request.path.partition(".")
    form = formats.by_suffix(suffix, PAGES) if dot else None
    if dot and form is None:
        raise not_found()
    choice = choose(request, PAGES, "/catalogue", parameters)[0] if form is None else None
    chosen = form or (choice.format if choice else formats.TURTLE)
    content_type = choice.content_type if choice else chosen.content_type
    number = paged(parameters)
    given = next((value for name, value in parameters if name == "modified_since"), None)
    if given is not None and not _is_moment(given):
        raise bad_parameter("modified_since", "must be a date or date-time (ISO 8601)", "doit être une date ISO 8601")
    since = given or ""
    if chosen is formats.HTML:
        return await _page(request, edition, "/catalogue", WHOLE, negotiated=form is None)
    address = edition.base + request.path[1:]
    key = ("catalogue", request.path, chosen.name, number, since)
    body = edition.kept.get(key)
    if body is None:
        found = opened.page(number, address, since)
        if found is None:
            raise beyond(1 + max(0, opened.total(since) - 1) // 100)
        body = edition.serialise(found.lines, chosen)
        edition.kept.put(key, body, len(body))
    canonical = f'<{uri(edition.base)}catalogue>; rel="canonical"'
    headers = links(*alternates("/catalogue", PAGES, chosen), canonical, licence=edition.licence)
    if form is None:
        headers.append(("content-location", f"/catalogue.{chosen.suffix}"))
    return Reply(
        body,
        content_type,
        headers=headers,
        tag=f"{edition.tag}-catalogue-{short_digest(repr((key, content_type)))}",
        modified=edition.modified,
        vary=("Accept", "Accept-Language") if form is None else (),
    )


async def dataset(request: Request, edition: Edition) -> Reply:
    """`/dataset/<key>` and its forms by suffix."""
    rest = unquote(request.path.removeprefix("/dataset/"))
    key, form = rest, None
    lines = _described(edition, key)
    if lines is None:
        key, _, suffix = rest.rpartition(".")
        form = formats.by_suffix(suffix, PAGES)
        lines = _described(edition, key) if form is not None else None
    if lines is None:
        raise not_found()
    address = Places("/").dataset(key)
    choice = choose(request, PAGES, address, request.parameters())[0] if form is None else None
    chosen: Format = form or (choice.format if choice else formats.TURTLE)
    if chosen is formats.HTML:
        return await _page(request, edition, address, key, negotiated=form is None)
    headers = links(*alternates(address, PAGES, chosen), licence=edition.licence)
    if form is None:
        headers.append(("content-location", f"{address}.{chosen.suffix}"))
    return Reply(
        edition.serialise(lines, chosen),
        choice.content_type if choice else chosen.content_type,
        headers=headers,
        tag=f"{edition.tag}-dataset-{short_digest(f'{key} {chosen.name} {choice and choice.content_type}')}",
        modified=edition.modified,
        vary=("Accept", "Accept-Language") if form is None else (),
    )


def _described(edition: Edition, name: str) -> list[str] | None:
    """The description of a dataset, or of an earlier version of it (`<key>/<release>`) while that release is kept.

    Raises:
        Problem: 410 for a version whose release is no longer kept.
    """
    lines = _opened(edition).dataset(name)
    key, _, version = name.rpartition("/")
    if lines is not None or not _RELEASE.fullmatch(version):
        return lines
    path = edition.snapshot.folder.parent / version / CATALOGUE_FILE
    if path.is_file():
        with closing(Catalogue(path, edition.base)) as earlier:
            return earlier.dataset(key)
    if _opened(edition).dataset(key) is not None and _was_published(edition, version):
        raise Problem(
            410,
            "That version of the dataset is no longer kept: take the current one.",
            "Cette version du jeu de données n'est plus conservée : prenez la version courante.",
        )
    return None


def _was_published(edition: Edition, version: str) -> bool:
    with closing(History(edition.snapshot.file(HISTORY))) as history:
        return history.published(version)


async def _page(request: Request, edition: Edition, address: str, key: str, *, negotiated: bool) -> Reply:
    """The page of downloads, with the dataset in the words of search engines."""
    language = request.language()
    rendered = await edition.with_pages(lambda pages: pages.page(language, "donnees"))
    lines = _described(edition, key)
    if rendered is None or lines is None:
        raise not_found()
    told = schema_org.script(schema_org.dataset(lines, edition.base, key, language))
    headers = [("content-language", language), ("link", ", ".join(alternates(address, PAGES, formats.HTML)))]
    if negotiated:
        headers.append(("content-location", f"{address}.html"))
    return Reply(
        with_data(rendered.body, told),
        formats.HTML.content_type,
        headers=headers,
        tag=f"{edition.tag}-downloads-{language}-{short_digest(key)}",
        modified=edition.modified,
        vary=("Accept", "Accept-Language") if negotiated else ("Accept-Language",),
    )


def _opened(edition: Edition) -> Catalogue:
    if edition.catalogue is None:
        raise not_found()
    return edition.catalogue


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
