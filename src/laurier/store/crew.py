"""The processes of a pool: each belongs to a lane, which is filled again when one leaves it."""

from __future__ import annotations

import asyncio
from collections import Counter

from laurier.store.lanes import Lane
from laurier.store.process import Owner, Setup, Worker


class Crew:
    """The worker processes of one store, by lane.

    Args:
        owner: hears what they say.
        setup: what each opens.
        workers: how many may work at length at the same time.

    Attributes:
        lanes: quick, trial and slow.
        kills: processes ended, by reason.
        closed: none is started any more.
    """

    def __init__(self, owner: Owner, setup: Setup, workers: int) -> None:
        self.quick = Lane("quick", max(2, workers), 0)
        self.trial = Lane("trial", max(2, workers), 4)
        self.slow = Lane("slow", workers, 15)
        self.lanes = (self.quick, self.trial, self.slow)
        self.kills: Counter[str] = Counter()
        self._owner = owner
        self._setup = setup
        self._lane_of: dict[Worker, Lane] = {}
        self._leaving: set[Worker] = set()
        self.closed = False

    def open(self) -> None:
        """Starts the processes."""
        for lane in self.lanes:
            self._fill(lane)

    async def close(self) -> None:
        """Ends every process; none is started any more."""
        self.closed = True
        leaving = [*self._lane_of, *self._leaving]
        for worker in leaving:
            worker.kill()
        await asyncio.gather(*(worker.ended() for worker in leaving))

    @property
    def settled(self) -> bool:
        """Every lane has all its processes, idle, and those that left are gone."""
        return all(len(lane.idle) == lane.slots for lane in self.lanes) and not self._leaving

    def lane_of(self, worker: Worker) -> Lane | None:
        """Where a process works; None once it has been let go."""
        return self._lane_of.get(worker)

    def move(self, worker: Worker, lane: Lane) -> None:
        """Puts a busy process into another lane; its place is filled, and a spare one there leaves."""
        before = self._lane_of[worker]
        before.busy.discard(worker)
        lane.busy.add(worker)
        self._lane_of[worker] = lane
        worker.renice(lane.niceness)
        self.trim(lane)
        self._fill(before)

    def trim(self, lane: Lane) -> None:
        """Lets idle processes go that a lane has too many."""
        while lane.missing() < 0 and lane.idle:
            self.discard(lane.idle.pop(), "spare")

    def discard(self, worker: Worker, reason: str) -> None:
        """Ends a process, for which another is started."""
        self.kills[reason] += 1
        worker.kill()
        if worker in self._lane_of:
            self._leaving.add(worker)
            self._replace(worker)

    def ended(self, worker: Worker, after: float = 0.0) -> None:
        """A process is gone; another is started for it, after some seconds if it should not be at once."""
        self._leaving.discard(worker)
        if self.closed:
            self._lane_of.pop(worker, None)
        elif worker in self._lane_of:
            self.kills["died"] += 1
            if after:
                asyncio.get_running_loop().call_later(after, self._replace, worker)
            else:
                self._replace(worker)

    def _replace(self, worker: Worker) -> None:
        lane = self._lane_of.pop(worker, None)
        if lane is not None:
            lane.drop(worker)
            self._fill(lane)

    def _fill(self, lane: Lane) -> None:
        while not self.closed and lane.missing() > 0:
            worker = Worker(self._owner, self._setup, lane.niceness)
            lane.starting.add(worker)
            self._lane_of[worker] = lane
