"""The lanes that worker processes belong to, and the memory of what queries cost."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field

from laurier.store.job import Job
from laurier.store.process import Worker

_REMEMBERED = 8192  # queries and shapes
_SHAPE_IS_SLOW = 3  # slow queries of a shape in a row


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
    """How often in a row a query, or those of its shape, were slow until now."""

    def __init__(self) -> None:
        self._slow: OrderedDict[int, int] = OrderedDict()

    def remember(self, job: Job, slow: bool) -> None:
        """Notes how a query went."""
        self._note(job.key, slow)
        self._note(job.shape, slow)

    def was_slow(self, job: Job) -> bool:
        """This very query was slow, or the last few of its shape all were.

        One slow query says nothing of others of its shape, whose constants may be rarer; several in a row do, and what
        they say is forgotten with the first quick one.
        """
        own = self._slow.get(job.key)
        return own > 0 if own is not None else self._slow.get(job.shape, 0) >= _SHAPE_IS_SLOW

    def slowness(self, job: Job) -> int:
        """How many of its shape were slow in a row."""
        return self._slow.get(job.shape, 0)

    def was_quick(self, job: Job) -> bool:
        """This query, or else one of its shape, was quick."""
        return self._slow.get(job.key, self._slow.get(job.shape)) == 0

    def _note(self, key: int, slow: bool) -> None:
        self._slow[key] = self._slow.get(key, 0) + 1 if slow else 0
        self._slow.move_to_end(key)
        if len(self._slow) > _REMEMBERED:
            self._slow.popitem(last=False)
