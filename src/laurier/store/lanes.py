"""The lanes that worker processes belong to, and the memory of what queries cost."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field

from laurier.store.job import Job
from laurier.store.process import Worker

_REMEMBERED = 8192  # queries and shapes


@dataclass(slots=True)
class Lane:
    """Processes that run queries of one kind.

    Attributes:
        name: quick, trial or slow.
        slots: processes it should have.
        niceness: how much they yield the processor (nice(2)).
        idle, busy, starting: its processes by state.
        waiting: queries that wait for one of them.
    """

    name: str
    slots: int
    niceness: int
    idle: list[Worker] = field(default_factory=list)
    busy: set[Worker] = field(default_factory=set)
    starting: set[Worker] = field(default_factory=set)
    waiting: deque[Job] = field(default_factory=deque)

    def missing(self) -> int:
        """Processes to start; negative when there are too many."""
        return self.slots - len(self.idle) - len(self.busy) - len(self.starting)

    def drop(self, worker: Worker) -> None:
        """Takes a process out of the lane."""
        self.busy.discard(worker)
        self.starting.discard(worker)
        if worker in self.idle:
            self.idle.remove(worker)


class Memory:
    """Whether a query, or one of its shape, was slow when it last ran."""

    def __init__(self) -> None:
        self._slow: OrderedDict[int, bool] = OrderedDict()

    def remember(self, job: Job, slow: bool) -> None:
        """Notes how a query went. A slow one says nothing of others of its shape: their constants may be rarer."""
        self._note(job.key, slow)
        if slow:
            self._slow.pop(job.shape, None)
        else:
            self._note(job.shape, slow)

    def was_slow(self, job: Job) -> bool:
        """This very query was slow."""
        return self._slow.get(job.key, False)

    def was_quick(self, job: Job) -> bool:
        """This query, or else one of its shape, was quick."""
        return self._slow.get(job.key, self._slow.get(job.shape)) is False

    def _note(self, key: int, slow: bool) -> None:
        self._slow[key] = slow
        self._slow.move_to_end(key)
        if len(self._slow) > _REMEMBERED:
            self._slow.popitem(last=False)
