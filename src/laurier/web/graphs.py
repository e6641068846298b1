"""The SPARQL 1.1 Graph Store HTTP Protocol, read side (https://www.w3.org/TR/sparql11-http-rdf-update/ section 5.2)."""

from __future__ import annotations

from functools import partial

from laurier import formats, quads
from laurier.errors import DataRefused, QueryError
from laurier.formats import GRAPHS
from laurier.store import Answer, Query
from laurier.web.edition import Edition
from laurier.web.problems import Problem, bad_parameter, of_query
from laurier.web.reply import Reply, short_digest
from laurier.web.representation import choose, links, uri
from laurier.web.request import Request
from laurier.web.watch import Watch

_DEFAULT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


async def indirect(request: Request, edition: Edition) -> Reply:
    """`/rdf-graph-store?graph=IRI` and `?default` (section 4.2)."""
    parameters = request.parameters()
    named = [value for name, value in parameters if name == "graph"]
    default = any(name == "default" for name, _ in parameters)
    if len(named) + default != 1:
        raise bad_parameter(
            "graph", "must be given once, or `default` instead", "doit être donné une fois, ou `default`"
        )
    if default:
        return await _graph(request, edition, _DEFAULT, "default")
    try:
        quads.iri(named[0])
    except DataRefused:
        raise bad_parameter("graph", "must be an absolute IRI", "doit être une IRI absolue") from None
    return await _named(request, edition, named[0])


async def direct(request: Request, edition: Edition) -> Reply:
    """`/graph/<name>`, the IRI of the graph itself (section 4.1); a suffix chooses the format."""
    rest = request.path[1:]
    if edition.base + rest in edition.graphs:
        return await _named(request, edition, edition.base + rest)
    stem, _, suffix = rest.rpartition(".")
    form = formats.by_suffix(suffix, GRAPHS)
    if form is None:
        return await _named(request, edition, edition.base + rest)
    request.accept(form.media_type, request.language())
    return await _named(request, edition, edition.base + stem)


async def _named(request: Request, edition: Edition, name: str) -> Reply:
    # Only names that the release holds come into the text of a query.
    if name not in edition.graphs:
        raise Problem(
            404,
            f"There is no graph {name} here: the service description at /sparql lists those there are.",
            f"Il n'y a pas de graphe {name} ici : la description du service, à /sparql, liste ceux qui existent.",
        )
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {quads.iri(name)} {{ ?s ?p ?o }} }}"
    return await _graph(request, edition, query, uri(name))


async def _graph(request: Request, edition: Edition, text: str, name: str) -> Reply:
    choice, _ = choose(request, GRAPHS, "/rdf-graph-store", request.parameters())
    reply = Reply(
        content_type=choice.content_type,
        headers=links(licence=edition.licence),
        tag=f"{edition.tag}-graph-{choice.format.suffix}-{short_digest(name)}",
        weak=True,
        modified=edition.modified,
        vary=("Accept",),
    )
    watch = Watch(request)
    try:
        found = await watch.over(edition.store.query(Query(text, None, choice)))
    except QueryError as error:
        watch.end()
        raise of_query(error) from error
    except BaseException:
        watch.end()
        raise
    watch.then(found.cancel)
    whole = found.whole
    reply.body = whole if whole is not None else aiter(found)
    reply.end = partial(_over, watch, found)
    return reply


def _over(watch: Watch, found: Answer) -> None:
    watch.end()
    found.cancel()
