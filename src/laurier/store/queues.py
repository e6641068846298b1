"""The queries that wait for a worker: where each belongs, who comes next, and who gives way when there are too many."""

from __future__ import annotations

import asyncio
from collections import Counter

from laurier.errors import QueryError
from laurier.settings import Limits
from laurier.store import refusals
from laurier.store.job import Job
from laurier.store.lanes import Lane, Memory


class Queues:
    """The queues of the lanes of a pool.

    Args:
        lanes: quick, trial and slow.
        memory: what queries cost until now.
        limits: how many may wait, and for how long.
        outcomes: counts those that are refused.
    """

    def __init__(self, lanes: tuple[Lane, Lane, Lane], memory: Memory, limits: Limits, outcomes: Counter[str]) -> None:
        self._lanes = self._quick, self._trial, self._slow = lanes
        self._memory = memory
        self._limits = limits
        self._outcomes = outcomes

    def __len__(self) -> int:
        return sum(len(lane.waiting) for lane in self._lanes)

    def places(self, job: Job) -> tuple[Lane, ...]:
        """The lanes whose workers may take a query at once; it waits for one of the first."""
        if self._memory.was_slow(job):
            return (self._slow,)
        if self._memory.was_quick(job):
            return self._quick, self._trial
        return self._trial, self._slow

    def wait(self, lane: Lane, job: Job) -> None:
        """Has a query wait for a worker of a lane; it is refused after a while.

        Raises:
            QueryBusy: too many wait, and none of them gives way.
        """
        if len(lane.waiting) >= self._limits.queue and not self._gives_way(lane, job):
            self._outcomes["busy"] += 1
            raise refusals.busy()
        job.stop_timer()
        lane.waiting.append(job)
        job.timer = asyncio.get_running_loop().call_later(self._limits.query_seconds, self._waited_long, lane, job)

    def wait_or_fail(self, lane: Lane, job: Job) -> None:
        """The same for a query that has run or waited: one that is refused fails."""
        try:
            self.wait(lane, job)
        except QueryError as error:
            job.fail(error)

    def leave(self, job: Job) -> None:
        """A query waits no more."""
        for lane in self._lanes:
            if job in lane.waiting:
                lane.waiting.remove(job)

    def next(self, lane: Lane) -> Job | None:
        """The query that a free worker of a lane should take."""
        sources = {"quick": (self._quick,), "trial": (self._quick, self._trial), "slow": (self._slow, self._trial)}
        return next((job for job in map(self._first, sources[lane.name]) if job is not None), None)

    def fail(self, lane: Lane, error: QueryError) -> None:
        """Nobody will take what waits for a lane."""
        while lane.waiting:
            lane.waiting.popleft().fail(error)

    def _gives_way(self, lane: Lane, job: Job) -> bool:
        """Refuses the one on trial whose like were slow most often, if they were slower than those of a new query."""
        if lane is not self._trial:
            return False
        worst = max(lane.waiting, key=self._memory.slowness)
        if self._memory.slowness(worst) <= self._memory.slowness(job):
            return False
        self._refuse(lane, worst)
        return True

    def _waited_long(self, lane: Lane, job: Job) -> None:
        if job in lane.waiting:
            self._refuse(lane, job)

    def _refuse(self, lane: Lane, job: Job) -> None:
        lane.waiting.remove(job)
        self._outcomes["busy"] += 1
        job.fail(refusals.busy())

    def _first(self, source: Lane) -> Job | None:
        """Takes the next query of a queue; on trial, those whose like have not been slow yet come first."""
        if source is self._trial:
            for job in [job for job in source.waiting if self._memory.was_slow(job)]:
                source.waiting.remove(job)  # its like were slow while it waited
                self.wait_or_fail(self._slow, job)
            if source.waiting:
                first = min(source.waiting, key=self._memory.slowness)
                source.waiting.remove(first)
                return first
        return source.waiting.popleft() if source.waiting else None
