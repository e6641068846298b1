"""One query of the operator, answered from the current release in this process, without limits."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pyoxigraph as ox

from laurier import formats
from laurier.errors import UsageError
from laurier.settings import Settings
from laurier.snapshot.opened import current
from laurier.store import refusals, syntax
from laurier.store.preflight import check
from laurier.vocabulary import PREFIXES

_BLOCK = 1 << 20


def answer(settings: Settings, text: str, name: str) -> Iterator[bytes]:
    """Evaluates a query and gives its answer in blocks; the usual prefixes need no declaration.

    Args:
        settings: where the releases are, and the limits of a query's text.
        text: the query.
        name: of the format, as for `format=`.

    Raises:
        UsageError: the format is unknown, or cannot hold what the query gives.
        QueryError: the query is malformed or refused.
        SnapshotError: there is no release.
    """
    snapshot = current(settings.releases)
    found = check(text, settings.limits)
    if found.service:
        raise refusals.no_service()
    store = ox.Store.read_only(str(snapshot.file("store")))
    base = snapshot.base
    try:
        results = store.query(
            text,
            base_iri=base,
            prefixes=PREFIXES,
            use_default_graph_as_union=snapshot.manifest.union and not (snapshot.manifest.merged or found.dataset),
        )
        graph = isinstance(results, ox.QueryTriples)
        offers = formats.GRAPHS if graph else formats.RESULTS
        chosen = formats.by_name(name, offers)
        if chosen is None and graph and formats.by_name(name, formats.RESULTS):
            chosen = formats.TURTLE
        if chosen is None:
            raise _unknown(name, offers)
        written = io.BytesIO()
        if isinstance(results, ox.QueryTriples):
            engine = ox.RdfFormat.from_media_type(chosen.media_type)
            ox.serialize(results, written, engine, prefixes=PREFIXES)
        else:
            results.serialize(written, ox.QueryResultsFormat.from_media_type(chosen.media_type))
    except SyntaxError as problem:
        raise syntax.explain(text, str(problem), lambda other: _report(store, other, base)) from None
    except (RuntimeError, ValueError, OSError) as problem:
        raise refusals.of_the_engine(problem) from problem
    content = written.getbuffer()
    for start in range(0, len(content), _BLOCK):
        yield bytes(content[start : start + _BLOCK])
    if not bytes(content[-1:]).endswith(b"\n"):
        yield b"\n"


def _report(store: ox.Store, text: str, base: str) -> str:
    try:
        store.query(text, base_iri=base, prefixes=PREFIXES)
    except SyntaxError as problem:
        return str(problem)
    return ""


def _unknown(name: str, offers: tuple[formats.Format, ...]) -> UsageError:
    names = ", ".join(offer.name for offer in offers)
    return UsageError(
        f"The format '{name}' cannot hold the answer: give one of {names}.",
        f"Le format « {name} » ne peut pas contenir la réponse : donnez l'un de {names}.",
    )
