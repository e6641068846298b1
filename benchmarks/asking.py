"""What a site costs for what users ask: milliseconds of its processor for each request, over one connection."""

from __future__ import annotations

import contextlib
import http.client
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from urllib.parse import quote

import meter
from peers import JSON, TURTLE, Given, Site, Start
from questions import Question
from servers import HOST, NotReadyError
from table import Value

_FACETS = """PREFIX lau: <https://w3id.org/laurier/ns#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?public (COUNT(DISTINCT ?project) AS ?projects) WHERE {{
  ?place dcterms:isPartOf <{base}id/territoire/departement/{code}> .
  ?project lau:territory ?place ; lau:public ?public .
}} GROUP BY ?public"""
_SEARCH = """PREFIX lau: <https://w3id.org/laurier/ns#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?project ?text WHERE {{
  ?project a lau:Project ; dcterms:description ?text . FILTER(CONTAINS(LCASE(STR(?text)), "{word}"))
}} ORDER BY ?project LIMIT 20"""
_WORDS = """formation emploi insertion accompagnement jeunes quartier territoire compétences parcours métier numérique
mobilité logement santé culture entreprise repérage chantier école langue""".split()  # noqa: SIM905
_DEPARTEMENTS = [f"{number:02}" for number in range(1, 96) if number != 20]
_ENOUGH = 0.3  # seconds of processor, thirty ticks of its clock
_LONGEST = 10.0  # seconds by the clock for one measure
_SLOW = 2.0  # seconds by the clock past which a measure is one request
_CUTS = 2

ENTITY, KEPT = "entity: each one once, ms", "entity: the same again, ms"
SEARCH, FACETS = "search: a word, ms", "facets: a département, ms"
START, READY, MEMORY = (
    "start: processor until it answers, s",
    "start: clock until it answers, s",
    "memory: at the end, MB",
)


class Refused(Exception):
    """A site answered with an error; the message is its status."""


def told(site: Site, path: str, accept: str, limit: float) -> bytes:
    """One answer over a connection of its own.

    Raises:
        Cut: it took longer than `limit` seconds of the clock.
        Refused: it is an error.
    """
    with contextlib.closing(http.client.HTTPConnection(HOST, site.port, timeout=limit)) as connection:
        return _answer(connection, path, accept, limit)


def _answer(connection: http.client.HTTPConnection, path: str, accept: str, limit: float) -> bytes:
    try:
        connection.request("GET", path, headers={"Accept": accept})
        answer = connection.getresponse()
        body = answer.read()
    except TimeoutError:
        raise meter.Cut(f"> {limit:g} s") from None
    if answer.status != 200:
        raise Refused(f"status {answer.status}")
    return body


def cost(site: Site, paths: Iterable[str], accept: str, limit: float) -> float:
    """Milliseconds of a site's processor for each request, the first aside unless it takes seconds.

    Raises:
        Cut: a request took longer than `limit` seconds.
        Refused: an answer is an error.
    """
    with contextlib.closing(http.client.HTTPConnection(HOST, site.port, timeout=limit)) as connection:
        left = iter(paths)
        before, began = meter.processor(*site.pids), time.monotonic()
        _answer(connection, next(left), accept, limit)
        if time.monotonic() - began > _SLOW:
            return (meter.processor(*site.pids) - before) * 1000
        before, began, asked = meter.processor(*site.pids), time.monotonic(), 0
        for path in left:
            _answer(connection, path, accept, limit)
            asked += 1
            used, clock = meter.processor(*site.pids) - before, time.monotonic() - began
            if used > _ENOUGH or clock > _LONGEST:
                break
        return used / asked * 1000


def answers(
    start: Start, given: Given, things: list[str], suite: list[Question], limit: float
) -> tuple[str, dict[str, Value]]:
    """Starts a site and asks it everything; one that a question blocks is started again, at most twice.

    Args:
        start: of the site.
        given: what it is started over.
        things: IRIs to describe.
        suite: SPARQL questions.
        limit: seconds by the clock that one request may take.

    Returns:
        Its version, and its figures by measure; a text where there is no number.

    Raises:
        AbsentError: it is not installed.
    """
    version, found, cuts = "", {}, 0
    jobs = list(_jobs(given, things, suite))
    while jobs:
        try:
            with start(given) as site:
                version = site.version
                if site.ready[0]:
                    found.setdefault(READY, site.ready[0])
                    found.setdefault(START, site.ready[1])
                cut = False
                while jobs and not cut:
                    measure, accept, made = jobs.pop(0)
                    paths = made(site)
                    if paths is not None:
                        found[measure], cut = _asked(site, paths, accept, limit)
                found[MEMORY] = meter.memory(*site.pids)
                cuts += cut
        except NotReadyError:
            return version, found | {READY: f"> {given.wait:g} s"}
        if cuts > _CUTS:
            return version, found | {measure: "not asked" for measure, _, made in jobs}
    return version, found


def _asked(site: Site, paths: Iterable[str], accept: str, limit: float) -> tuple[Value, bool]:
    try:
        return cost(site, paths, accept, limit), False
    except (Refused, meter.Cut) as end:
        return str(end), isinstance(end, meter.Cut)
    except (OSError, http.client.HTTPException) as fault:
        return f"no answer ({type(fault).__name__})", False


def _jobs(
    given: Given, things: list[str], suite: list[Question]
) -> Iterator[tuple[str, str, Callable[[Site], Iterable[str] | None]]]:
    base = given.snapshot.base
    yield ENTITY, TURTLE, lambda site: map(site.entity, things)
    yield KEPT, TURTLE, lambda site: (site.entity(things[0]) for _ in count())
    for question in suite:
        # A comment makes each query another, for a site that keeps its answers.
        yield (
            f"SPARQL: {question.asked}, ms", JSON,
            lambda site, text=question.text: site.sparql and (site.sparql(f"{text}\n# {n}") for n in count()),
        )  # fmt: skip
    yield (
        SEARCH, "*/*",
        lambda site: [f"/fr/laureats?q={quote(word)}" for word in _WORDS] if site.pages
        else site.sparql and [site.sparql(_SEARCH.format(word=word)) for word in _WORDS],
    )  # fmt: skip
    yield (
        FACETS, "*/*",
        lambda site: [f"/fr/laureats?territoire=departement/{code}" for code in _DEPARTEMENTS] if site.pages
        else site.sparql and [site.sparql(_FACETS.format(base=base, code=code)) for code in _DEPARTEMENTS],
    )  # fmt: skip
