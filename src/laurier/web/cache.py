"""A cache bounded by bytes, the least recently used first to go, and what tells who may enter it."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")

_SLOTS = 2**13


class Cache(Generic[Value]):
    """Keeps values until their sizes exceed a limit.

    Args:
        limit: sum of sizes, in bytes.
        largest: size above which a value is not kept.
    """

    def __init__(self, limit: int, largest: int) -> None:
        self.limit = limit
        self.largest = largest
        self.held = 0
        self._kept: OrderedDict[object, tuple[Value, int]] = OrderedDict()

    def __contains__(self, key: object) -> bool:
        """A value is kept under this key."""
        return key in self._kept

    def get(self, key: object) -> Value | None:
        """The value kept under a key, or None."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: object, value: Value, size: int) -> None:
        """Keeps a value that takes `size` bytes."""
        if size > self.largest:
            return
        old = self._kept.pop(key, None)
        if old is not None:
            self.held -= old[1]
        self._kept[key] = (value, size)
        self.held += size
        while self.held > self.limit:
            _, (_, freed) = self._kept.popitem(last=False)
            self.held -= freed


class Doorkeeper:
    """Knows what has come lately, in 64 KiB: what comes but once should push nothing out of a cache."""

    def __init__(self) -> None:
        self._slots = array("q", bytes(8 * _SLOTS))

    def knows(self, key: object) -> bool:
        """Whether a key came among the last few thousand; it has now."""
        mark = hash(key)
        at = mark % _SLOTS
        known = self._slots[at] == mark
        self._slots[at] = mark
        return known
