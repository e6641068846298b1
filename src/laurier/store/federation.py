"""SERVICE, for the hosts that the operator lists: each clause is asked of its endpoint and replaced by its solutions.

A clause is evaluated apart and joined (SPARQL 1.1 Federated Query section 4), so that `SERVICE <e> { P }` equals the
VALUES block of the solutions of P at e. The workers that evaluate queries have no network; only this module calls out.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import re
import socket
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpcore

from laurier import quads
from laurier.errors import DataRefused, QueryError, QueryRefused
from laurier.store import refusals
from laurier.store.preflight import tokens

_MOST_CLAUSES = 5
_MOST_BYTES = 4 * 2**20
_CONNECT_SECONDS = 5.0
_JSON = "application/sparql-results+json"
_VARIABLE = re.compile(r"\w+\Z")
_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})


@dataclass(frozen=True, slots=True)
class _Clause:
    start: int
    end: int
    endpoint: str
    silent: bool
    pattern: str


async def resolve(text: str, allowed: Iterable[str], seconds: float) -> str:
    """The query with each SERVICE clause replaced by what its endpoint answers.

    Args:
        text: the query.
        allowed: hosts, with a port where it is not that of the scheme; a private address only if it is listed itself.
        seconds: time for all clauses together.

    Raises:
        QueryRefused: an endpoint is a variable, or its host is not allowed.
        QueryTimeout: the endpoints take too long.
        QueryError: an endpoint fails and its clause is not SILENT.
    """
    hosts = frozenset(allowed)
    clauses, prologue = _clauses(text)
    if len(clauses) > _MOST_CLAUSES:
        raise QueryRefused(
            f"The query has more than {_MOST_CLAUSES} SERVICE clauses: split it.",
            f"La requête a plus de {_MOST_CLAUSES} clauses SERVICE : découpez-la.",
        )
    for clause in clauses:
        _check(clause.endpoint, hosts)
    try:
        async with asyncio.timeout(seconds), httpcore.AsyncConnectionPool(network_backend=_Guarded(hosts)) as pool:
            blocks = await asyncio.gather(*(_block(pool, clause, prologue) for clause in clauses))
    except TimeoutError:
        raise refusals.too_slow(seconds) from None
    parts: list[str] = []
    place = 0
    for clause, block in zip(clauses, blocks, strict=True):
        parts += (text[place : clause.start], block)
        place = clause.end
    return "".join([*parts, text[place:]])


def _clauses(text: str) -> tuple[list[_Clause], str]:
    """The outermost SERVICE clauses, and the prologue that their patterns need."""
    found = [match for match in tokens(text) if match.lastgroup != "space"]
    prologue, prefixes = "", dict[str, str]()
    clauses: list[_Clause] = []
    number = 0
    while number < len(found):
        token = found[number]
        word = token.group().upper() if token.lastgroup == "word" else ""
        if not prologue and word in _FORMS:
            prologue = text[: token.start()] + " "
        if word == "PREFIX" and number + 2 < len(found):
            prefixes[found[number + 1].group()] = found[number + 2].group()[1:-1]
        if word == "SERVICE":
            clause, number = _clause(text, found, number, prefixes)
            clauses.append(clause)
            continue
        number += 1
    return clauses, prologue


def _clause(text: str, found: list[re.Match[str]], number: int, prefixes: dict[str, str]) -> tuple[_Clause, int]:
    start = found[number].start()
    number += 1
    silent = number < len(found) and found[number].group().upper() == "SILENT"
    number += silent
    target = found[number] if number < len(found) else None
    if target is None or target.lastgroup not in ("iri", "name"):
        raise QueryRefused(
            "A SERVICE clause must name its endpoint by an IRI here: write the IRI instead of the variable.",
            "Une clause SERVICE doit ici nommer son point d'accès par une IRI : écrivez l'IRI au lieu de la variable.",
        )
    endpoint = target.group()
    if target.lastgroup == "iri":
        endpoint = endpoint[1:-1]
    else:
        prefix, _, local = endpoint.partition(":")
        endpoint = prefixes.get(f"{prefix}:", "") + local
    number += 1
    depth, opened = 0, found[number].start() if number < len(found) else len(text)
    while number < len(found):
        kind = found[number].group()
        depth += (kind == "{") - (kind == "}")
        number += 1
        if depth == 0:
            end = found[number - 1].end()
            return _Clause(start, end, endpoint, silent, text[opened:end]), number
    raise QueryError("A SERVICE clause is never closed.", "Une clause SERVICE n'est jamais fermée.")


def _check(endpoint: str, allowed: frozenset[str]) -> None:
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        raise refusals.no_service() from None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise refusals.no_service()
    if not {host, f"{host}:{port}", parts.netloc} & allowed or (port is not None and f"{host}:{port}" not in allowed):
        raise refusals.no_service()


class _Guarded(httpcore.AsyncNetworkBackend):
    """Connects to the address that was checked, so that a name cannot change between check and use."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connects to a public address of the host, or to a private one that is listed."""
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(f"{host}: {error.strerror}") from error
        for *_, address in answers:
            number = str(address[0])
            if ipaddress.ip_address(number).is_global or {number, f"{number}:{port}"} & self._allowed:
                return await self._plain.connect_tcp(number, port, timeout, local_address, socket_options)
        raise httpcore.ConnectError(f"{host} has no public address")

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        await asyncio.sleep(seconds)


async def _block(pool: httpcore.AsyncConnectionPool, clause: _Clause, prologue: str) -> str:
    try:
        answered = await _asked(pool, clause.endpoint, f"{prologue}SELECT * WHERE {clause.pattern}")
        return await asyncio.to_thread(_values, answered)
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, QueryError) as error:
        if clause.silent:
            return "{}"
        if isinstance(error, QueryError):
            raise
        raise _failed(clause.endpoint, str(error) or type(error).__name__) from error


async def _asked(pool: httpcore.AsyncConnectionPool, endpoint: str, query: str) -> bytes:
    headers: dict[bytes | str, bytes | str] = {
        "Accept": _JSON,
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": "Laurier",
    }
    body = urlencode({"query": query}).encode()
    limits = {"timeout": {"connect": _CONNECT_SECONDS}}
    async with pool.stream("POST", endpoint, headers=headers, content=body, extensions=limits) as response:
        if response.status != 200:
            raise _failed(endpoint, f"HTTP {response.status}")
        parts, size = [], 0
        stream: AsyncIterator[bytes] = response.aiter_stream()
        async for part in stream:
            size += len(part)
            if size > _MOST_BYTES:
                raise refusals.too_long(_MOST_BYTES)
            parts.append(part)
        return b"".join(parts)


def _values(answered: bytes) -> str:
    """SPARQL JSON results as a VALUES block in a group of its own."""
    try:
        table = json.loads(answered)
        names = [name for name in table["head"]["vars"] if _VARIABLE.match(name)]
        rows = [
            " ".join(_term(row[name]) if name in row else "UNDEF" for name in names)
            for row in table["results"]["bindings"]
        ]
    except (ValueError, KeyError, TypeError, DataRefused) as error:
        raise QueryError(
            "An endpoint of a SERVICE clause did not answer with SPARQL JSON results.",
            "Le point d'accès d'une clause SERVICE n'a pas répondu par des résultats SPARQL en JSON.",
        ) from error
    listed = " ".join(f"?{name}" for name in names)
    return f"{{ VALUES ({listed}) {{ {' '.join(f'({row})' for row in rows)} }} }}"


def _term(told: dict[str, str]) -> str:
    if told["type"] == "uri":
        return quads.iri(told["value"])
    if told["type"] == "bnode":
        # Blank nodes cannot stand in VALUES; nothing here can be equal to one of another endpoint (RDF 1.1, 3.5).
        return quads.iri(f"urn:blank:{re.sub(r'[^0-9A-Za-z]', '-', told['value'])}")
    if "xml:lang" in told and re.fullmatch(r"[A-Za-z]+(-[A-Za-z0-9]+)*", told["xml:lang"]):
        return quads.tagged(told["value"], told["xml:lang"])
    if "datatype" in told:
        return f"{quads.text(told['value'])}^^{quads.iri(told['datatype'])}"
    return quads.text(told["value"])


def _failed(endpoint: str, why: str) -> QueryError:
    return QueryError(
        f"The endpoint <{endpoint}> of a SERVICE clause failed ({why}): try later, or use SERVICE SILENT.",
        f"Le point d'accès <{endpoint}> d'une clause SERVICE a échoué ({why}) : réessayez, ou utilisez SERVICE SILENT.",
    )
