"""Whether the server lives, whether it is ready, and its metrics."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

from laurier import formats
from laurier.store.embedded import EmbeddedStore
from laurier.web.edition import Edition
from laurier.web.following import Following
from laurier.web.observation import Observation
from laurier.web.reply import Reply

_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[str, str, str, dict[str, str], float]


def alive() -> Reply:
    """`/healthz`: the process answers; no data is touched."""
    return Reply(b'{"status": "ok"}\n', formats.JSON.content_type, cache="no-store")


def ready(following: Following, edition: Edition) -> Reply:
    """`/readyz`: 200 when requests will be answered, 503 while stopping or before workers are there."""
    store = edition.store
    workers = not isinstance(store, EmbeddedStore) or store.pool.ready_to_answer
    good = workers and not following.stopping
    told = {
        "status": "ready" if good else "stopping" if following.stopping else "starting",
        "release": edition.snapshot.hash,
        "stale": following.stale or None,
    }
    return Reply(
        json.dumps(told).encode() + b"\n", formats.JSON.content_type, status=200 if good else 503, cache="no-store"
    )


def metrics(observation: Observation, following: Following, edition: Edition) -> Reply:
    """`/metrics`: for Prometheus."""
    text = observation.exposed(_samples(observation, following, edition))
    return Reply(text.encode(), _METRICS_TYPE, cache="no-store")


def _samples(observation: Observation, following: Following, edition: Edition) -> Iterator[Sample]:
    yield "in_flight", "gauge", "Requests being answered.", {}, observation.in_flight
    yield "cut_total", "counter", "Responses cut after their first byte.", {}, observation.cut
    yield "uptime_seconds", "gauge", "Time since the start.", {}, time.time() - observation.started
    age = time.time() - edition.modified
    yield "release_age_seconds", "gauge", "Time since the release became current.", {}, age
    yield "release_info", "gauge", "The release being served.", {"release": edition.snapshot.hash}, 1
    yield "release_stale", "gauge", "A newer release could not be opened.", {}, bool(following.stale)
    yield "release_statements", "gauge", "Statements of the release.", {}, edition.snapshot.manifest.quads
    yield "answers_kept_bytes", "gauge", "Memory that kept answers to queries take.", {}, edition.answers.held
    for origin, count in sorted(edition.answers.came.items()):
        yield "answers_total", "counter", "Queries by where the outcome came from.", {"origin": origin}, count
    store = edition.store
    if not isinstance(store, EmbeddedStore):
        return
    pool = store.pool
    yield "queries_running", "gauge", "Queries with a worker.", {}, pool.running
    yield "queries_waiting", "gauge", "Queries without a worker.", {}, pool.waiting
    for outcome, count in sorted(pool.outcomes.items()):
        yield "queries_total", "counter", "Queries by outcome.", {"outcome": outcome}, count
    for reason, count in sorted(pool.crew.kills.items()):
        yield "worker_ends_total", "counter", "Workers that ended, by reason.", {"reason": reason}, count
    for lane in pool.lanes:
        for state, number in (("idle", len(lane.idle)), ("busy", len(lane.busy)), ("starting", len(lane.starting))):
            yield "workers", "gauge", "Workers by lane and state.", {"lane": lane.name, "state": state}, number
