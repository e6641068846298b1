"""Changes to a text that passes by in blocks, such that no change is missed where two blocks meet."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """A replacement.

    Attributes:
        pattern: what is replaced.
        by: gives what comes instead.
        longest: no match is longer, in bytes.
    """

    pattern: re.Pattern[bytes]
    by: Callable[[re.Match[bytes]], bytes]
    longest: int


def renaming(old: str, new: str) -> Change:
    """The replacement of one text by another."""
    sought, put = old.encode(), new.encode()
    return Change(re.compile(re.escape(sought)), lambda _: put, len(sought))


class Rewriter:
    """Applies changes, one after the other, to blocks of bytes."""

    def __init__(self, changes: tuple[Change, ...]) -> None:
        self._steps = [_Step(change) for change in changes]

    def feed(self, block: bytes) -> bytes:
        """What can be handed on once this block is known."""
        for step in self._steps:
            block = step.feed(block)
        return block

    def end(self) -> bytes:
        """The rest."""
        rest = b""
        for step in self._steps:
            rest = step.feed(rest) + step.end()
        return rest


class _Step:
    """One change; it holds back the last bytes, in which a match may have begun."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._held = b""

    def feed(self, block: bytes) -> bytes:
        text = self._held + block
        cut = max(0, len(text) - self._change.longest + 1)
        parts: list[bytes] = []
        done = 0
        for match in self._change.pattern.finditer(text):
            if match.start() >= cut:
                break
            parts += (text[done : match.start()], self._change.by(match))
            done = match.end()
        cut = max(cut, done)
        parts.append(text[done:cut])
        self._held = text[cut:]
        return b"".join(parts)

    def end(self) -> bytes:
        rest = self._change.pattern.sub(self._change.by, self._held)
        self._held = b""
        return rest
