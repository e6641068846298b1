"""The release that is served now: it follows `current`, and no request is lost when it changes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from laurier.errors import LaurierError
from laurier.settings import Settings
from laurier.snapshot.opened import Snapshot, current, current_name
from laurier.snapshot.publish import CURRENT
from laurier.vocabulary import Vocabulary
from laurier.web.edition import Edition, moment

_log = logging.getLogger("laurier.web")
_EVERY = 1.0  # seconds between two looks at `current`


class Following:
    """Opens the current release and every one that follows it.

    Attributes:
        stale: name of a newer release that could not be opened, or empty.
    """

    def __init__(self, settings: Settings, theme: Path | None = None) -> None:
        self.settings = settings
        self.theme = theme
        self.stale = ""
        self.stopping = False
        self._vocabulary = Vocabulary()
        self._edition: Edition | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def edition(self) -> Edition:
        """What is served now."""
        assert self._edition is not None, "open() comes first"
        return self._edition

    @contextmanager
    def held(self) -> Iterator[Edition]:
        """The release for one request, kept open until its end."""
        edition = self.edition
        edition.begin()
        try:
            yield edition
        finally:
            edition.end()

    async def open(self) -> None:
        """Opens the current release, once every one of its files is proven whole; does nothing when it is open.

        Raises:
            SnapshotError: there is none, or a file of it is damaged.
        """
        if self._edition is not None:
            return
        snapshot = current(self.settings.releases)
        await asyncio.to_thread(snapshot.prove)
        self._edition = self._opened(snapshot)
        await self._edition.store.until_ready()
        self._task = asyncio.create_task(self._follow())

    async def close(self) -> None:
        """Stops following and frees everything, once the last requests are over."""
        self.stopping = True
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._edition is not None:
            await self._edition.close()
        if self._closing:
            await asyncio.gather(*self._closing)

    def _opened(self, snapshot: Snapshot) -> Edition:
        modified = moment(snapshot.manifest.published)
        with contextlib.suppress(OSError):
            # After a rollback an older release is newer to clients.
            modified = max(modified, (self.settings.releases / CURRENT).lstat().st_mtime)
        return Edition(snapshot, self.settings, self._vocabulary, modified, self.theme)

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            name = current_name(self.settings.releases)
            if name in (None, "", self.edition.snapshot.hash, self.stale):
                continue
            try:
                snapshot = Snapshot.open(self.settings.releases / str(name))
                await asyncio.to_thread(snapshot.prove)
                edition = self._opened(snapshot)
                await edition.store.until_ready()
            except (LaurierError, OSError) as error:
                self.stale = str(name)
                _log.error("the release %s is not served: %s", name, error)
                continue
            self.stale = ""
            before, self._edition = self.edition, edition
            _log.info("serving the release %s", edition.snapshot.hash)
            task = asyncio.create_task(before.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
