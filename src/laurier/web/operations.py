"""The table of routes: which handler answers an address, and how OpenAPI describes it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

from laurier import formats
from laurier.formats import GRAPHS, PAGES, RESULTS, Format
from laurier.iri import KINDS
from laurier.snapshot.search_index import ORDERS
from laurier.web import catalogue, discovery, downloads, graphs, health, html, resources, sparql
from laurier.web.edition import Edition
from laurier.web.pages.lists import ACCEPTED, EXPORTED, FORMS
from laurier.web.reply import Reply, short_digest
from laurier.web.request import Request

if TYPE_CHECKING:
    from laurier.web.app import Application

Handler = Callable[[Request, Edition], Awaitable[Reply]]

_READ = ("GET", "HEAD", "OPTIONS")
_QUERY = ("GET", "HEAD", "POST", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Operation:
    """A route.

    Attributes:
        route: its path as OpenAPI writes it; names it in metrics.
        keys: what the look-up matches: a whole path, `/segment/` for all below it, `/segment.` for its suffixes and
            `/segment-` for names that start so.
        handler: gives the reply.
        summary: what it does, for the documentation; empty keeps it out of OpenAPI.
        methods: those allowed.
        parameters: as OpenAPI describes them.
        forms: formats of its successful reply.
        further: other successful statuses, with their descriptions.
    """

    route: str
    keys: tuple[str, ...]
    handler: Handler
    summary: str = ""
    methods: tuple[str, ...] = _READ
    parameters: tuple[Mapping[str, Any], ...] = ()
    forms: tuple[Format, ...] = ()
    further: tuple[tuple[int, str], ...] = ()


def register(app: Application) -> dict[str, Operation]:
    """Every operation by its keys, for the application that serves them."""

    async def openapi(request: Request, edition: Edition) -> Reply:
        body = json.dumps(app.openapi(), ensure_ascii=False).encode()
        return Reply(body, formats.JSON.content_type, tag=f"openapi-{short_digest(body.decode())}")

    async def healthz(request: Request, edition: Edition) -> Reply:
        return health.alive()

    async def readyz(request: Request, edition: Edition) -> Reply:
        return health.ready(app.following, edition)

    async def metrics(request: Request, edition: Edition) -> Reply:
        return health.metrics(app.observation, app.following, edition)

    own = (
        Operation("/openapi.json", ("/openapi.json",), openapi, "This description", forms=(formats.JSON,)),
        Operation(
            "/healthz", ("/healthz",), healthz, "Whether the server lives, touching no data", forms=(formats.JSON,)
        ),
        Operation(
            "/readyz",
            ("/readyz",),
            readyz,
            "Whether the server is ready, and the release that it serves",
            forms=(formats.JSON,),
            further=((503, "Starting or stopping"),),
        ),
        Operation("/metrics", ("/metrics",), metrics, "Metrics for Prometheus", forms=(formats.TEXT,)),
    )
    operations = (*own, *_OPERATIONS)
    app.openapi = lambda: describe(app, operations)  # type: ignore[method-assign]
    return {key: operation for operation in operations for key in operation.keys}


def _in_query(name: str, about: str, schema: Mapping[str, Any], *, repeated: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "in": "query", "description": about, "schema": dict(schema)}
    if repeated:
        found |= {"schema": {"type": "array", "items": dict(schema)}, "style": "form", "explode": True}
    return found


def _in_path(name: str, about: str, values: Iterable[str] = ()) -> dict[str, Any]:
    listed = list(values)
    schema = {"type": "string", "minLength": 1} | ({"enum": listed} if listed else {})
    return {"name": name, "in": "path", "required": True, "description": about, "schema": schema}


def _named(offers: Iterable[Format]) -> dict[str, Any]:
    return {"type": "string", "enum": [offer.name for offer in offers]}


_QUERY_TEXT = {"type": "string", "minLength": 1}
_PAGE = _in_query("page", "Page, from 1", {"type": "integer", "minimum": 1, "maximum": 999999})
_IRI = {"type": "string", "format": "iri"}
_SPARQL = (
    _in_query("query", "The query; without it, the description of the service", _QUERY_TEXT),
    _in_query("default-graph-uri", "A graph of the default graph", _IRI, repeated=True),
    _in_query("named-graph-uri", "A named graph", _IRI, repeated=True),
    _in_query("format", "Comes before Accept", _named((*RESULTS, *GRAPHS, formats.HTML))),
    _in_query(
        "timeout", "Seconds, within the limit of the server", {"type": "number", "minimum": 0.1, "maximum": 999999}
    ),
)
_KIND = _in_path("kind", "Kind of thing", KINDS)
_KEY = _in_path("key", "Its key, which may hold `/`")
_FORMAT = _in_query("format", "Comes before Accept", _named(PAGES))
_TEXT = {"type": "string"}
_LIST = (
    _in_path("list", "What is listed; `commune` is what covers a place", EXPORTED),
    _in_path("form", "Its form", [form.suffix for form in FORMS]),
    _in_query("q", "Words, whatever their accents and plurals; of `commune`, a name or a code", _TEXT),
    _in_query("unite", "Of `commune`: kind and code of the place (`commune/76540`)", _TEXT),
    _in_query("nature", "Of `territoires`: their kind", _TEXT),
    _in_query("tri", f"Order of laureates: {', '.join(ORDERS)}; of other lists `sort`, by name", _TEXT),
    *(
        _in_query(name, f"Of `laureats`: a value of this facet ({about}); several mean “or”", _TEXT, repeated=True)
        for name, about in ACCEPTED.items()
    ),
)

_OPERATIONS = (
    Operation(
        "/sparql", ("/sparql",), sparql.endpoint, "SPARQL 1.1 Protocol, queries", _QUERY,
        _SPARQL, (*RESULTS, *GRAPHS, formats.HTML),
    ),
    Operation(
        "/rdf-graph-store", ("/rdf-graph-store",), graphs.indirect, "SPARQL 1.1 Graph Store Protocol, read side",
        parameters=(
            _in_query("graph", "IRI of a named graph", _IRI),
            _in_query("default", "The default graph", {"type": "string"}),
            _in_query("format", "Comes before Accept", _named(GRAPHS)),
        ),
        forms=GRAPHS,
    ),
    Operation(
        "/graph/{name}", ("/graph/",), graphs.direct, "A named graph by its own IRI",
        parameters=(_in_path("name", "Name of the graph"),), forms=GRAPHS,
    ),
    Operation(
        "/id/{kind}/{key}", ("/id/",), resources.thing, "A thing: leads to its document",
        parameters=(_KIND, _KEY), further=((303, "Its document"), (301, "What it was merged into")),
    ),
    Operation(
        "/doc/{kind}/{key}", ("/doc/",), resources.document, "The document about a thing",
        parameters=(_KIND, _KEY, _PAGE, _FORMAT), forms=PAGES, further=((301, "What it was merged into"),),
    ),
    Operation("/ns", ("/ns", "/ns."), resources.ontology, "The ontology", parameters=(_FORMAT,), forms=PAGES),
    Operation(
        "/publics", ("/publics",), resources.scheme, "The scheme of publics", parameters=(_FORMAT,), forms=PAGES
    ),
    Operation("/publics/{key}", ("/publics/",), resources.term, "A concept of the scheme of publics",
        parameters=(_in_path("key", "Key of the concept"),), further=((303, "Its document"),)),
    Operation("/code", ("/code",), resources.scheme, "The schemes of codes", parameters=(_FORMAT,), forms=PAGES),
    Operation("/code/{key}", ("/code/",), resources.term, "A code",
        parameters=(_in_path("key", "Key of the code"),), further=((303, "Its scheme"),)),
    Operation(
        "/catalogue", ("/catalogue", "/catalogue."), catalogue.catalogue, "The DCAT-AP catalogue, a page at a time",
        parameters=(
            _PAGE,
            _in_query("modified_since", "Only datasets changed since", {"type": "string", "format": "date"}),
            _FORMAT,
        ),
        forms=PAGES,
    ),
    Operation(
        "/dataset/{key}", ("/dataset/",), catalogue.dataset, "A dataset of the catalogue",
        parameters=(_in_path("key", "Key of the dataset"), _FORMAT), forms=PAGES,
    ),
    Operation(
        "/dumps/{name}", ("/dumps/",), downloads.dump, "A file to download, whole or by range",
        parameters=(_in_path("name", "Name of the file"),), forms=formats.FORMATS, further=((206, "A range"),),
    ),
    Operation("/.well-known/void", ("/.well-known/void",), discovery.void, "The VoID description", forms=PAGES),
    Operation(
        "/feed", ("/feed", "/feed.", "/feed/"), discovery.feed_page, "The feed of changes (LDES)", forms=PAGES
    ),
    Operation(
        "/{list}.{form}", tuple(f"/{name}." for name in EXPORTED), html.exported,
        "A list as a file, with the parameters of its page; GeoJSON for laureates, territories and what covers a place",
        parameters=_LIST, forms=FORMS,
    ),
    Operation("/", ("/",), html.home),
    Operation("/{language}/{page}", ("/fr/", "/en/", "/fr", "/en"), html.page),
    Operation("/static/{name}", ("/static/",), downloads.static),
    Operation("/robots.txt", ("/robots.txt",), discovery.robots),
    Operation("/opensearch.xml", ("/opensearch.xml",), discovery.opensearch),
    Operation("/sitemap.xml", ("/sitemap.xml", "/sitemap-"), discovery.sitemap),
)  # fmt: skip

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "line": {"type": "integer"},
        "column": {"type": "integer"},
        "offers": {"type": "array", "items": {"type": "object"}},
    },
}


def describe(app: Application, operations: Iterable[Operation]) -> dict[str, Any]:
    """The OpenAPI description of the operations that programs use."""
    about = "Laureates of public calls for projects as linked data. Errors are problem documents (RFC 9457)."
    found = get_openapi(title=app.title, version=app.version, description=about, routes=[])
    found["paths"] = {entry.route: _path(entry) for entry in operations if entry.summary}
    found["components"] = {"schemas": {"Problem": _PROBLEM}}
    return found


def _path(entry: Operation) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    if entry.forms:
        content: dict[str, Any] = {form.media_type: {"schema": {}} for form in entry.forms}
        responses["200"] = {"description": "Success", "content": content}
    responses |= {str(status): {"description": about} for status, about in entry.further}
    problem = {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
        "text/html": {"schema": {}},
    }
    responses["default"] = {"description": "A problem, said in words", "content": problem}
    described: dict[str, Any] = {
        "get": {"summary": entry.summary, "parameters": list(entry.parameters), "responses": responses}
    }
    if "POST" in entry.methods:
        direct = [parameter for parameter in entry.parameters if parameter["name"] != "query"]
        form = {parameter["name"]: parameter["schema"] for parameter in entry.parameters}
        described["post"] = {
            "summary": entry.summary,
            "parameters": direct,
            "requestBody": {
                "required": True,
                "content": {
                    "application/sparql-query": {"schema": dict(_QUERY_TEXT)},
                    "application/x-www-form-urlencoded": {
                        "schema": {"type": "object", "properties": form, "required": ["query"]}
                    },
                },
            },
            "responses": responses,
        }
    return described
