"""Which worker runs which query, and for how long: a feedback queue over lanes of processes.

A query whose like was quick goes to the quick lane; one never seen gets a slice in the trial lane; one that outlives
its slice goes to the slow lane, which yields the processor to everything else. So a heavy query never stands in the
way of a light one. Only the slow lane streams; elsewhere the answer is held until it is whole.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter

from laurier.errors import QueryError
from laurier.settings import Limits
from laurier.store import refusals, wire
from laurier.store.crew import Crew
from laurier.store.job import Job
from laurier.store.lanes import Lane, Memory
from laurier.store.process import Setup, Worker
from laurier.store.queues import Queues

_log = logging.getLogger("laurier.queries")
# Seconds of processor that a query may take before it counts as slow: those of the clock would tell how busy the
# machine is. One that waits, for the disk or for other processes, has a little longer.
_SLICE = 0.15
_PATIENCE = 1.0
_TICK = 0.02
# Bytes of an answer held outside the slow lane.
_HOLD = 1024 * 1024
_LOGGED = 4000  # characters of a slow query in the log
_BACKOFF = 1.0  # seconds before a worker that could not start is tried again


class Pool:
    """The worker processes of one store."""

    def __init__(self, setup: Setup, limits: Limits, workers: int, slow_seconds: float) -> None:
        self.slow_seconds = slow_seconds
        self.limits = limits
        self.outcomes: Counter[str] = Counter()
        self.crew = Crew(self, setup, workers)
        self.quick, self.trial, self.slow = self.lanes = self.crew.lanes
        self._jobs: dict[Worker, Job] = {}
        self._memory = Memory()
        self._queues = Queues(self.lanes, self._memory, limits, self.outcomes)

    def open(self) -> None:
        """Starts the processes."""
        self.crew.open()

    async def run(self, job: Job) -> Job:
        """Runs a query until its outcome is decided.

        Raises:
            QueryError: of the query, or `QueryBusy` when too many are waiting.
        """
        self._place(job)
        try:
            await job.decided
        except asyncio.CancelledError:
            self.give_up(job)
            raise
        return job

    def give_up(self, job: Job) -> None:
        """Stops a query that nobody waits for."""
        if not job.over:
            self._count(job, "cancelled")
            self._stop(job, refusals.cancelled(), "cancelled")

    @property
    def waiting(self) -> int:
        """Queries without a worker."""
        return len(self._queues)

    @property
    def running(self) -> int:
        """Queries with a worker."""
        return len(self._jobs)

    @property
    def ready_to_answer(self) -> bool:
        """A light query would be taken at once or soon."""
        return not self.crew.closed and bool(self.quick.idle or self.quick.busy)

    async def close(self) -> None:
        """Ends every query and process."""
        self.crew.closed = True
        for lane in self.lanes:
            self._queues.fail(lane, refusals.busy())
        for running in self._jobs.values():
            self._fail(running, refusals.busy())
        await self.crew.close()

    # Placing

    def _place(self, job: Job) -> None:
        places = self._queues.places(job)
        for lane in places:
            if lane.idle:
                self._assign(lane, lane.idle.pop(), job)
                return
        if self.crew.closed:
            self.outcomes["busy"] += 1
            raise refusals.busy()
        self._queues.wait(places[0], job)

    def _assign(self, lane: Lane, worker: Worker, job: Job) -> None:
        loop = asyncio.get_running_loop()
        lane.busy.add(worker)
        self._jobs[worker] = job
        job.stop_timer()
        job.worker = worker
        job.started = loop.time()
        job.used_before = worker.processor_seconds()
        seconds = self._seconds(job)
        if lane is self.slow or seconds <= _SLICE:
            job.timer = loop.call_later(seconds, self._timed_out, job)
        else:
            job.timer = loop.call_later(_SLICE, self._slice_over, job)
        worker.send(job.message)

    def _seconds(self, job: Job) -> float:
        asked = job.query.seconds
        return self.limits.query_seconds if asked is None else min(asked, self.limits.query_seconds)

    # Feedback

    def _slice_over(self, job: Job) -> None:
        if job.over:
            return
        loop = asyncio.get_running_loop()
        patience = min(_PATIENCE, self._seconds(job)) - (loop.time() - job.started)
        left = min(_SLICE - job.used, patience)
        if left > 0:
            job.timer = loop.call_later(max(left, _TICK), self._slice_over, job)
            return
        self._memory.remember(job, slow=True)
        self._demote(job)

    def _demote(self, job: Job) -> None:
        """Moves a query to the slow lane, with its worker if a place is free, else back to the start of a queue."""
        worker = job.worker
        assert worker is not None
        if len(self.slow.busy) < self.slow.slots:
            self.crew.move(worker, self.slow)
            loop = asyncio.get_running_loop()
            job.stop_timer()
            job.timer = loop.call_at(job.started + self._seconds(job), self._timed_out, job)
            if job.held:
                job.stream()
            return
        self._let_go(worker, "demoted")
        job.start_over()
        self._queues.wait_or_fail(self.slow, job)

    def _timed_out(self, job: Job) -> None:
        if not job.over:
            self._memory.remember(job, slow=True)
            self._count(job, "timeout")
            self._stop(job, refusals.too_slow(self._seconds(job)), "timeout")

    def _retry(self, job: Job) -> None:
        job.retried = True
        job.start_over()
        try:
            self._place(job)
        except QueryError as error:
            job.fail(error)

    def _stop(self, job: Job, error: QueryError, reason: str) -> None:
        self._queues.leave(job)
        worker, job.worker = job.worker, None
        self._fail(job, error)
        if worker is not None:
            self._let_go(worker, reason)

    def _let_go(self, worker: Worker, reason: str) -> None:
        self._jobs.pop(worker, None)
        self.crew.discard(worker, reason)

    def _fail(self, job: Job, error: QueryError) -> None:
        if not job.over:
            job.fail(error)
            # A client that went away never looks at its outcome.
            job.decided.exception() if job.decided.done() and not job.decided.cancelled() else None

    def _count(self, job: Job, outcome: str) -> None:
        self.outcomes[outcome] += 1
        seconds = asyncio.get_running_loop().time() - job.started if job.started else 0.0
        if seconds >= self.slow_seconds:
            told = {"id": job.query.id, "seconds": round(seconds, 3), "outcome": outcome}
            _log.warning("slow query %s", json.dumps({**told, "query": job.query.text[:_LOGGED]}, ensure_ascii=False))

    def _next(self, lane: Lane, worker: Worker) -> None:
        """Gives a free worker its next query."""
        lane.busy.discard(worker)
        job = self._queues.next(lane)
        if job is not None:
            self._assign(lane, worker, job)
            return
        lane.idle.append(worker)
        self.crew.trim(lane)

    # What workers say (process.Owner)

    def ready(self, worker: Worker) -> None:
        """A worker can take its first query."""
        lane = self.crew.lane_of(worker)
        if lane is None:
            return
        lane.starting.discard(worker)
        if lane.missing() > 0:
            self._next(lane, worker)
        else:  # its place was taken, while it started, by a worker that moved here with its query
            self.crew.discard(worker, "spare")

    def part(self, worker: Worker, note: int, data: bytes) -> None:
        """A part of an answer."""
        job = self._jobs.get(worker)
        if job is None:
            return
        job.add(note, data)
        if job.streaming:
            return
        if self.crew.lane_of(worker) is self.slow:
            job.stream()
        elif job.size > _HOLD:
            self._memory.remember(job, slow=True)
            self._demote(job)

    def last(self, worker: Worker, note: int, data: bytes) -> None:
        """The end of an answer."""
        job = self._jobs.pop(worker, None)
        if job is not None:
            job.add(note & ~wire.RETIRING, data)
            self._remember(job)
            job.worker = None
            worker.resume()
            self._count(job, "answered")
            job.finish()
        self._released(worker, note)

    def failed(self, worker: Worker, note: int, error: QueryError) -> None:
        """A query could not be answered."""
        job = self._jobs.pop(worker, None)
        if job is not None:
            self._remember(job)
            job.worker = None
            worker.resume()
            self._count(job, type(error).__name__)
            job.fail(error)
        self._released(worker, note)

    def _remember(self, job: Job) -> None:
        """Notes what a query has cost; one with a long answer belongs to the slow lane, for only that streams.

        Only what is clearly quick leaves the slow lane: what lasts about a slice would go there and back.
        """
        limit = _SLICE / 2 if self._memory.was_slow(job) else _SLICE
        self._memory.remember(job, slow=job.size > _HOLD or job.used > limit)

    def _released(self, worker: Worker, note: int) -> None:
        lane = self.crew.lane_of(worker)
        if lane is None:
            return
        if note & wire.RETIRING:
            self.crew.discard(worker, "fat")
        else:
            self._next(lane, worker)

    def leaving(self, worker: Worker) -> None:
        """A worker has closed its socket: it takes no more queries."""
        lane = self.crew.lane_of(worker)
        if lane is not None and worker in lane.idle:
            lane.idle.remove(worker)

    def lost(self, worker: Worker, error: QueryError, *, from_outside: bool) -> None:
        """A worker is gone, expected or not."""
        lane = self.crew.lane_of(worker)
        # The store cannot be opened, or the machine is full: trying at once would only make it worse.
        never_started = lane is not None and worker in lane.starting
        self.crew.ended(worker, _BACKOFF if never_started else 0.0)
        if self.crew.closed:
            return
        job = self._jobs.pop(worker, None)
        if job is not None and from_outside and not (job.retried or job.streaming):
            # An operator or the kernel ended the worker: the query has one more try.
            self._retry(job)
        elif job is not None:
            job.worker = None
            self._count(job, type(error).__name__)
            self._memory.remember(job, slow=True)
            job.fail(error)
        if never_started:
            for waiting in self.lanes:
                if not (waiting.idle or waiting.busy):
                    self._queues.fail(waiting, error)
