"""The SPARQL 1.1 Protocol, query side (https://www.w3.org/TR/sparql11-protocol/), at `/sparql`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

from laurier import formats
from laurier.errors import Language, LaurierError, QueryError, QueryTooLarge, QueryUnacceptable
from laurier.formats import HTML, PAGES, Choice
from laurier.store import Answer, Query
from laurier.web import description, protocol
from laurier.web.answers import Kept
from laurier.web.edition import Edition
from laurier.web.problems import bad_parameter, of_query
from laurier.web.reply import Reply, short_digest
from laurier.web.representation import choose
from laurier.web.request import Parameters, Request
from laurier.web.watch import Watch

#: Longest answer that the page of a query shows.
_PAGE_BYTES = 4 * 2**20


async def endpoint(request: Request, edition: Edition) -> Reply:
    """GET, HEAD and POST of `/sparql`."""
    parameters = await protocol.read(request, edition.settings.limits.body_kb * 1024)
    texts = [value for name, value in parameters if name == "query"]
    if any(name == "update" for name, _ in parameters):
        raise protocol.no_update()
    if not texts:
        return await _describe(request, edition, parameters)
    if len(texts) > 1:
        raise bad_parameter("query", "was given more than once: send one query", "est donné plusieurs fois")
    return await answer(request, edition, texts[0].removeprefix("\ufeff"), parameters)


async def answer(request: Request, edition: Edition, text: str, parameters: Parameters) -> Reply:
    """The answer to a query.

    Raises:
        Problem: of the query, or of the formats accepted.
    """
    results, graph = protocol.choices(request, parameters)
    seconds = protocol.seconds(parameters)
    query = Query(
        text,
        protocol.machine(results, formats.SPARQL_JSON),
        protocol.machine(graph, formats.TURTLE),
        protocol.values(parameters, "default-graph-uri"),
        protocol.values(parameters, "named-graph-uri"),
        seconds,
        request.id,
    )
    forms = tuple(choice.content_type if choice is not None else "" for choice in (results, graph))
    key = (text, query.default_graphs, query.named_graphs, forms, request.language())
    watch = Watch(request)
    try:
        found = await watch.over(edition.answers.of(query))
    except QueryError as error:
        watch.end()
        return await _failed(request, edition, text, error, (results, graph))
    except BaseException:
        watch.end()
        raise
    shown = graph if found.kind == "graph" else results
    if shown is not None and shown.format is HTML:
        watch.then(found.cancel)
        try:
            outcome = await _gathered(found)
        finally:
            watch.end()
        reply = await _page(request, edition, text, outcome, 200, _tag(edition, key))
        reply.ready = isinstance(found, Kept)
        return reply
    whole = found.whole
    if whole is None:
        watch.then(found.cancel)
        reply = _reply(edition, aiter(found), found.content_type, "")
        reply.end = partial(_over, watch, found)
        return reply
    watch.end()
    reply = _reply(edition, whole, found.content_type, _tag(edition, key) if found.repeatable else "")
    reply.ready = isinstance(found, Kept)
    return reply


def _tag(edition: Edition, key: object) -> str:
    return f"{edition.tag}-{short_digest(repr(key))}"


def _reply(edition: Edition, body: bytes | AsyncIterator[bytes], content_type: str, tag: str) -> Reply:
    return Reply(
        body,
        content_type,
        tag=tag,
        weak=True,
        modified=edition.modified if tag else 0,
        vary=("Accept", "Accept-Language"),
        cache="public, max-age=60" if tag else "no-store",
    )


def _over(watch: Watch, found: Answer) -> None:
    watch.end()
    found.cancel()


async def _failed(
    request: Request, edition: Edition, text: str, error: QueryError, choices: tuple[Choice | None, Choice | None]
) -> Reply:
    if isinstance(error, QueryUnacceptable):
        raise protocol.unacceptable(error) from None
    problem = of_query(error)
    if not any(choice is not None and choice.format is HTML for choice in choices):
        raise problem from error
    reply = await _page(request, edition, text, error, problem.status, "")
    reply.headers += problem.headers.items()
    return reply


async def _gathered(found: Answer) -> bytes | LaurierError:
    """The answer for a page, or why it is not shown."""
    parts, size = [], 0
    try:
        async for part in found:
            size += len(part)
            if size > _PAGE_BYTES:
                found.cancel()
                return QueryTooLarge(
                    "The answer is too long for a page: add LIMIT, or download it in another form.",
                    "La réponse est trop longue pour une page : ajoutez LIMIT, ou téléchargez-la sous une autre forme.",
                )
            parts.append(part)
    except QueryError as error:
        return error
    return b"".join(parts)


async def _page(
    request: Request,
    edition: Edition,
    text: str,
    outcome: bytes | LaurierError | None,
    status: int,
    tag: str,
) -> Reply:
    language = request.language()
    rendered = await edition.with_pages(lambda pages: pages.sparql(language, text, outcome))
    return Reply(
        rendered.body.encode(),
        HTML.content_type,
        status=status,
        headers=[("content-language", language)],
        tag=tag,
        weak=True,
        vary=("Accept", "Accept-Language"),
        cache="public, max-age=60" if status == 200 else "no-store",
    )


async def page(request: Request, edition: Edition) -> Reply:
    """`/fr/sparql` and `/en/sparql`: the form, with the answer when there is a query."""
    parameters = request.parameters()
    text = next((value for name, value in parameters if name == "query"), "")
    language: Language = "en" if request.path.startswith("/en/") else "fr"
    request.accept(HTML.media_type, language)
    asked = [(name, value) for name, value in parameters if name != "format"]
    if not text.strip():
        return await _page(request, edition, text, None, 200, f"{edition.tag}-sparql-{language}")
    return await answer(request, edition, text, asked)


async def _describe(request: Request, edition: Edition, parameters: Parameters) -> Reply:
    """The service description (https://www.w3.org/TR/sparql11-service-description/ section 2)."""
    if (
        request.method == "POST"
        or protocol.values(parameters, "default-graph-uri")
        or protocol.values(parameters, "named-graph-uri")
    ):
        raise bad_parameter("query", "is missing: send the query", "manque : envoyez la requête")
    protocol.seconds(parameters)
    choice, _ = choose(request, PAGES, "/sparql", parameters)
    if choice.format is HTML:
        return await _page(request, edition, "", None, 200, f"{edition.tag}-form-{request.language()}")
    key = ("description", choice.format.name)
    body = edition.kept.get(key)
    if body is None:
        body = edition.serialise(description.lines(edition), choice.format)
        edition.kept.put(key, body, len(body))
    return Reply(
        body,
        choice.content_type,
        tag=f"{edition.tag}-sd-{choice.content_type.partition(';')[0].replace('/', '.')}",
        modified=edition.modified,
        vary=("Accept", "Accept-Language"),
    )
