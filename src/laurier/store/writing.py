"""Writing to a SPARQL engine over HTTP: statements, updates, counts, and what must be tried to know it."""

from __future__ import annotations

import time
from types import TracebackType

import httpx

from laurier import formats, quads
from laurier.errors import DataRefused, UsageError
from laurier.store import engines
from laurier.store.engines import Credentials, Engine
from laurier.store.sets import Names

_TRIES = 6
_PAUSE = 0.5  # seconds before the second try; each further pause is twice as long
_READ = 3600.0  # seconds that one step of an engine may take (removing millions of statements)
# Answers after which the same request may succeed: overload, restart, a transaction that met another.
_PASSING = (408, 429, 500, 502, 503, 504)


class Writer:
    """A connection that writes to one endpoint; every request of it is safe to repeat, and is repeated when it fails.

    Attributes:
        endpoint: addresses.
        engine: what answers there.
    """

    def __init__(self, query: str, credentials: Credentials, update: str = "", graphs: str = "") -> None:
        """Connects and finds out which engine answers.

        Args:
            query: address of SPARQL queries.
            credentials: who writes.
            update, graphs: the other addresses, where they are not those usual for the engine; "-" for no graph store.

        Raises:
            UsageError: an address is wrong.
            DataRefused: nothing answers there, or it does not answer SPARQL.
        """
        self.endpoint = engines.endpoint(query, engines.STANDARD)
        timeout = httpx.Timeout(30.0, read=_READ, write=300.0)
        self._client = httpx.Client(auth=credentials.auth(), timeout=timeout, follow_redirects=False)
        self.engine: Engine = engines.STANDARD
        response = self._query("ASK {}", formats.SPARQL_JSON.media_type)
        self.engine = engines.recognise(response.headers)
        self.endpoint = engines.endpoint(query, self.engine, update, graphs)

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def select(self, query: str) -> bytes:
        """The answer to a SELECT query, in SPARQL JSON."""
        return self._query(query, formats.SPARQL_JSON.media_type).content

    def update(self, text: str) -> None:
        """Runs an update that may run twice."""
        headers = {"Content-Type": "application/sparql-update; charset=utf-8"}
        self._send("POST", self.endpoint.update, content=text.encode(), headers=headers)

    def add(self, graph: str, statements: list[str]) -> None:
        """Adds statements (N-Triples lines without line feeds) to a graph."""
        if self.endpoint.graphs:
            body = engines.disguise(self.engine, "\n".join([*statements, ""])).encode()
            headers = {"Content-Type": formats.N_TRIPLES.media_type}
            self._send("POST", self.endpoint.graphs, params={"graph": graph}, content=body, headers=headers)
            return
        size = self.engine.insert
        for start in range(0, len(statements), size):
            part = engines.disguise(self.engine, "\n".join(statements[start : start + size]))
            self.update(f"INSERT DATA {{ GRAPH {quads.iri(graph)} {{\n{part}\n}} }}")

    def count(self, graph: str) -> int:
        """The number of statements of a graph."""
        text = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH {quads.iri(graph)} {{ ?s ?p ?o }} }}"
        return self._number(text)

    def drop(self, graph: str) -> None:
        """Removes a graph, whether it is there or not."""
        self.update(f"{self.engine.drops}DROP SILENT GRAPH {quads.iri(graph)}")

    def merges(self, names: Names) -> bool:
        """Whether a statement of several default graphs counts once, as RDF merges them (SPARQL 1.1 section 13.1).

        Raises:
            DataRefused: the engine does not keep to the graphs that a request names: releases cannot be held apart.
        """
        graphs = names.probes
        line = f"{quads.iri(graphs[0])} {quads.iri(graphs[0])} {quads.iri(graphs[0])} ."
        try:
            for graph in graphs:
                self.add(graph, [line])
            dataset = {"default-graph-uri": graphs[:2], "named-graph-uri": graphs[:1]}
            default = self._number("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", **dataset)
            named = self._number("SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }", **dataset)
        finally:
            for graph in graphs:
                self.drop(graph)
        if default not in (1, 2) or named != 1:
            raise DataRefused(
                f"{self.engine.name} at {self.endpoint.query} answers from more graphs than a request names "
                "(default-graph-uri, named-graph-uri): two releases cannot be held apart there.",
                f"{self.engine.name} à {self.endpoint.query} répond depuis d'autres graphes que ceux d'une requête "
                "(default-graph-uri, named-graph-uri) : deux versions ne peuvent pas y être séparées.",
            )
        return default == 1

    def _number(self, query: str, **dataset: list[str]) -> int:
        answer = self._query(query, formats.CSV.media_type, **dataset).text.split()
        try:
            return int(answer[1].strip('"'))
        except (IndexError, ValueError):
            raise _refused(self.endpoint.query, f"{query} → {' '.join(answer)[:200]}") from None

    def _query(self, text: str, accept: str, **dataset: list[str]) -> httpx.Response:
        data = {"query": text, **dataset}
        return self._send("POST", self.endpoint.query, data=data, headers={"Accept": accept})

    def _send(self, method: str, url: str, **request: object) -> httpx.Response:
        pause = _PAUSE
        for left in reversed(range(_TRIES)):
            try:
                response = self._client.request(method, url, **request)  # type: ignore[arg-type]
            except httpx.TransportError as error:
                if not left:
                    raise _silent(url, error) from error
            else:
                if response.is_success:
                    return response
                if not left or response.status_code not in _PASSING:
                    raise _told(url, response)
            time.sleep(pause)
            pause *= 2
        raise AssertionError("the last try returns or raises")


def _silent(url: str, error: Exception) -> DataRefused:
    return DataRefused(
        f"{url} does not answer ({error}): check the address and that the engine runs; run the same command to go on.",
        f"{url} ne répond pas ({error}) : vérifiez l'adresse et que le moteur tourne ; la même commande reprendra.",
    )


def _told(url: str, response: httpx.Response) -> DataRefused | UsageError:
    if response.status_code in (401, 403):
        return UsageError(
            f"{url} asks who writes ({response.status_code}): give LAURIER_STORE_USER and LAURIER_STORE_PASSWORD, or "
            "LAURIER_STORE_TOKEN, of someone who may.",
            f"{url} demande qui écrit ({response.status_code}) : donnez LAURIER_STORE_USER et "
            "LAURIER_STORE_PASSWORD, ou LAURIER_STORE_TOKEN, de quelqu'un qui en a le droit.",
        )
    return _refused(url, f"{response.status_code} {' '.join(response.text.split())[:300]}")


def _refused(url: str, said: str) -> DataRefused:
    return DataRefused(
        f"{url} refuses a request: {said}. Nothing was switched; run the same command to go on.",
        f"{url} refuse une requête : {said}. Rien n'a basculé ; la même commande reprendra.",
    )
