"""Noticing that a client has gone away, so that nothing is computed for nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from laurier.web.request import Request

Result = TypeVar("Result")

# The connection is watched only once the work lasts: what is short is over before its client can leave.
_AFTER = 0.05


class Gone(Exception):
    """The client went away; there is nobody to answer."""


class Watch:
    """Watches the client of one request, until `end`."""

    def __init__(self, request: Request) -> None:
        self.gone = False
        self._request = request
        self._task: asyncio.Task[None] | None = None
        self._stop: Callable[[], object] | None = None
        self._timer = asyncio.get_running_loop().call_later(_AFTER, self._start)

    async def over(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Does some work, which is cancelled when the client leaves.

        Raises:
            Gone: it did.
        """
        me = asyncio.current_task()
        assert me is not None
        self._stop = me.cancel
        try:
            return await work
        except asyncio.CancelledError:
            if not self.gone:
                raise
            me.uncancel()
            raise Gone from None
        finally:
            self._stop = None

    def then(self, stop: Callable[[], object]) -> None:
        """Calls `stop` when the client leaves."""
        self._stop = stop
        if self.gone:
            stop()

    def end(self) -> None:
        """Watches no more."""
        self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _start(self) -> None:
        self._task = asyncio.ensure_future(self._watch())

    async def _watch(self) -> None:
        await self._request.until_gone()
        self.gone = True
        if self._stop is not None:
            self._stop()
