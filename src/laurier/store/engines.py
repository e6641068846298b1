"""How SPARQL engines differ from the specification and from one another: the one table, and what follows from it.

What is said of Virtuoso and Oxigraph was measured (`docs/engines.md` has the command); the addresses of the others
are those of their manuals.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from laurier import formats, quads
from laurier.errors import QueryError, QueryRefused, UsageError
from laurier.formats import Format
from laurier.store import refusals
from laurier.store.preflight import tokens
from laurier.store.rewriting import Change, renaming
from laurier.vocabulary import PREFIXES


@dataclass(frozen=True, slots=True)
class Engine:
    """What must be known of an engine to read from it exactly and to write to it.

    Attributes:
        name: as people call it.
        results: formats of solutions and booleans that it writes without fault; the first is asked for when the
            client wants another.
        graphs: formats of graphs that it writes without fault.
        insert: statements that one INSERT DATA may hold.
        drops: what must stand before an update that removes millions of statements.
        describes: what must stand before a DESCRIBE query to get the statements about the thing, and no others.
        repairs: mistakes in what it writes, put right as it comes in.
        verbatim: datatypes whose values it would not keep as they are: they are stored under another name.
        private: how the names of extensions begin that a visitor must not reach.
        cut_header: response header that says after how many rows it has cut a result, which it does without an error.
    """

    name: str
    results: tuple[Format, ...] = formats.RESULTS
    graphs: tuple[Format, ...] = (formats.N_TRIPLES, formats.TURTLE, formats.RDF_XML)
    insert: int = 5_000
    drops: str = ""
    describes: str = ""
    repairs: tuple[Change, ...] = ()
    verbatim: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    cut_header: str = ""


_BOOLEAN = re.compile(rb'("datatype": "http://www\.w3\.org/2001/XMLSchema#boolean", "value": )"([01])"')


def _boolean(match: re.Match[bytes]) -> bytes:
    return match[1] + (b'"true"' if match[2] == b"1" else b'"false"')


OXIGRAPH = Engine("Oxigraph", graphs=formats.GRAPHS, insert=20_000)
#: Its TSV is none, its Turtle makes whole decimals integers, its JSON-LD drops language tags, and parsers lose the
#: spaces at the ends of a literal of its XML: only SPARQL JSON and N-Triples are right, but for what is repaired here.
VIRTUOSO = Engine(
    "Virtuoso",
    results=(formats.SPARQL_JSON,),
    graphs=(formats.N_TRIPLES,),
    insert=1_000,  # past some 4,900 statements its compiler runs out of memory
    drops="DEFINE sql:log-enable 3 ",  # else the deletion is one transaction in memory
    describes='DEFINE sql:describe-mode "SPO" ',  # else what points at the thing comes too
    repairs=(
        Change(_BOOLEAN, _boolean, 90),  # it writes 1 and 0
        renaming('"type": "typed-literal"', '"type": "literal"'),  # a word of SPARQL 1.0
    ),
    # A duration becomes a number of months or of seconds, a geometry is written anew or refused.
    verbatim=(f"{quads.XSD}duration", f"{PREFIXES['geo']}wktLiteral"),
    private=("bif:", "sql:", "http://www.openlinksw.com/schemas/"),
    cut_header="x-sparql-maxrows",
)
STANDARD = Engine("SPARQL 1.1")
ENGINES = (OXIGRAPH, VIRTUOSO)


_DISGUISE = "-as-text"


def disguise(engine: Engine, text: str) -> str:
    """A text of statements or of a query, with the datatypes that the engine would spoil under another name."""
    for datatype in engine.verbatim:
        text = text.replace(f"{datatype}>", f"{datatype}{_DISGUISE}>")
    return text


def unmask(engine: Engine) -> tuple[Change, ...]:
    """The changes that give those datatypes their own names in an answer."""
    return tuple(renaming(f"{datatype}{_DISGUISE}", datatype) for datatype in engine.verbatim)


def recognise(headers: httpx.Headers) -> Engine:
    """The engine that wrote a response, by its Server header."""
    said = headers.get("server", "").lower()
    return next((engine for engine in ENGINES if engine.name.lower() in said), STANDARD)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who reads or writes at an endpoint: a user with a password (basic or digest, as the server asks), or a token.

    Attributes:
        user, password: both empty for nobody.
        token: sent as a bearer token; empty for none.
    """

    user: str = ""
    password: str = ""
    token: str = ""

    def auth(self) -> httpx.Auth | None:
        """How a client shows them; one object a client."""
        if self.token:
            return _Bearer(self.token)
        return _ByChallenge(self.user, self.password) if self.user else None


class _Bearer(httpx.Auth):
    def __init__(self, token: str) -> None:
        self._value = f"Bearer {token}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._value
        yield request


class _ByChallenge(httpx.Auth):
    """Basic or digest, whichever the server's first 401 asks for (RFC 7617, RFC 7616)."""

    def __init__(self, user: str, password: str) -> None:
        self._basic, self._digest = httpx.BasicAuth(user, password), httpx.DigestAuth(user, password)
        self._chosen: httpx.Auth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._chosen is None:
            response = yield request
            if response.status_code != 401:
                return
            digest = "digest" in response.headers.get("www-authenticate", "").lower()
            self._chosen = self._digest if digest else self._basic
        yield from self._chosen.auth_flow(request)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The addresses of one dataset of an engine.

    Attributes:
        query: SPARQL 1.1 Protocol, query.
        update: SPARQL 1.1 Protocol, update.
        graphs: SPARQL 1.1 Graph Store Protocol, empty where there is none.
    """

    query: str
    update: str = ""
    graphs: str = ""


# The path of a query address, and the paths of update and of the graph store that go with it.
_ADDRESSES = (
    (re.compile(r"(.*/repositories/[^/]+)/?\Z"), r"\1/statements", r"\1/rdf-graphs/service"),  # RDF4J, GraphDB
    (re.compile(r"(.*)/query\Z"), r"\1/update", r"\1/store"),  # Oxigraph
    (re.compile(r"(.*)/sparql/?\Z"), r"\1/sparql", ""),  # Neptune, Blazegraph: queries and updates at one address
)
_VIRTUOSO_ADDRESSES = (re.compile(r"(.*)/sparql/?\Z"), r"\1/sparql-auth", r"\1/sparql-graph-crud-auth")


def endpoint(query: str, engine: Engine, update: str = "", graphs: str = "") -> Endpoint:
    """The addresses of an endpoint: those given, else those that its engine uses.

    Args:
        query: address of queries.
        engine: what answers there.
        update, graphs: the others, where a person gave them; "-" for the graph store means there is none.

    Raises:
        UsageError: an address is not http(s), or holds a password.
    """
    for url in (query, update, graphs):
        if url not in ("", "-"):
            _check(url)
    parts = urlsplit(query)
    rules = (_VIRTUOSO_ADDRESSES, *_ADDRESSES) if engine is VIRTUOSO else _ADDRESSES
    for pattern, to_update, to_graphs in rules:
        found = pattern.match(parts.path)
        if found is not None:
            root = f"{parts.scheme}://{parts.netloc}"
            update = update or root + found.expand(to_update)
            graphs = graphs or (root + found.expand(to_graphs) if to_graphs and engine is not STANDARD else "")
            break
    return Endpoint(query, update or query, "" if graphs == "-" else graphs)


def _check(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(
            f"The address {url!r} is not that of a SPARQL endpoint: give one such as https://example.org/sparql.",
            f"L'adresse {url!r} n'est pas celle d'un point d'accès SPARQL : donnez par exemple "
            "https://example.org/sparql.",
        )
    if parts.username or parts.password:
        raise UsageError(
            f"The address of {parts.hostname} holds a user or a password, which would end up in logs: give them in "
            "LAURIER_STORE_USER and LAURIER_STORE_PASSWORD.",
            f"L'adresse de {parts.hostname} contient un utilisateur ou un mot de passe, qui finirait dans les "
            "journaux : donnez-les dans LAURIER_STORE_USER et LAURIER_STORE_PASSWORD.",
        )


def refuse_extensions(text: str, engine: Engine) -> None:
    """Refuses what reaches past the dataset: DEFINE pragmas anywhere, and the private extensions of an engine.

    Raises:
        QueryRefused: it names the extension.
    """
    for match in tokens(text):
        token = match.group()
        word = token.strip("<>").lower()
        defined = match.lastgroup == "word" and word == "define"
        hidden = match.lastgroup == "iri" and "\\" in word and bool(engine.private)
        named = match.lastgroup in ("iri", "name") and word.startswith(engine.private)
        if defined or hidden or named:
            raise QueryRefused(
                f"{token} is an extension of the engine that is not served: write the query in SPARQL 1.1 alone.",
                f"{token} est une extension du moteur qui n'est pas servie : écrivez la requête en SPARQL 1.1 seul.",
            )


_SLOW = re.compile(r"S1T00|timed? ?out|estimated execution time|exceeds the limit of \d+ \(sec\)", re.IGNORECASE)
_PREFACE = re.compile(r"\AVirtuoso \w+ Error (?:\w+:\s*)*")


def explain(status: int, said: str, seconds: float) -> QueryError:
    """What an engine answers instead of a result, as one of the errors of the store.

    Args:
        status: of its response.
        said: its message.
        seconds: the time limit of the query.
    """
    if _SLOW.search(said) or status in (408, 504):
        return refusals.too_slow(seconds)
    if status in (429, 503):
        return refusals.busy()
    first = _PREFACE.sub("", " ".join(said.partition("SPARQL query:")[0].split()))[:400] or f"status {status}"
    return QueryError(
        f"The engine refuses the query: {first}",
        f"Le moteur refuse la requête : {first}",
    )
