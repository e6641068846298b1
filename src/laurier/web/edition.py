"""One release as it is served: its descriptions, store, catalogue and pages, opened together and closed together."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from laurier import __version__
from laurier.catalogue.discovery import Part
from laurier.catalogue.pages import NAME as CATALOGUE_FILE
from laurier.catalogue.pages import Catalogue
from laurier.errors import SnapshotError
from laurier.iri import Minter
from laurier.settings import Limits, Settings
from laurier.snapshot.opened import Snapshot
from laurier.store import Store
from laurier.store.choice import open_store
from laurier.vocabulary import Vocabulary
from laurier.web.answers import Answers
from laurier.web.cache import Cache
from laurier.web.instant import Instant
from laurier.web.pages.site import Pages
from laurier.web.representation import LICENCE, Serialiser

Result = TypeVar("Result")

# Threads that make pages. They hold no lock that the event loop needs, so that a slow search delays only pages.
_PAGE_THREADS = 2
_CACHE_BYTES, _LARGEST_KEPT = 24 * 2**20, 256 * 2**10


class Edition:
    """A release being served; it must be opened in a running event loop.

    Attributes:
        tag: names the release, the settings and the program in ETags.
        modified: when this release became the current one, in seconds since 1970.
        kept: bodies already made, by what they were made from.
        instant: replies kept ready to be written.
        licence: IRI of the licence of its data; empty for a file that is served as it is, which nobody licensed to us.
        answers: those of its store to queries.
        graphs: number of statements of each named graph, None where the manifest does not tell.
        users: requests being answered from it.
        site_maps: those of the release, once they have been asked for.

    Raises:
        SnapshotError: a file of the release is missing.
    """

    def __init__(
        self, snapshot: Snapshot, settings: Settings, vocabulary: Vocabulary, modified: float, theme: Path | None = None
    ) -> None:
        self.snapshot = snapshot
        self.settings = settings
        self.vocabulary = vocabulary
        self.modified = modified
        self.theme = theme
        self.base = snapshot.base
        self.minter = Minter(snapshot.base)
        # What changes pages and catalogues, without what may differ between two servers of one site.
        same = replace(settings, data=Path(), releases=Path(), store="", host="", port=0, workers=0, limits=Limits())
        named = f"{snapshot.hash} {__version__} {same!r} {theme}"
        self.tag = f"{snapshot.hash}{hashlib.sha256(named.encode()).hexdigest()[:8]}"
        self.kept: Cache[bytes] = Cache(_CACHE_BYTES, _LARGEST_KEPT)
        serialiser = Serialiser()
        self.serialise = serialiser.write
        self.turtle = serialiser.turtle
        self.instant = Instant()
        self.users = 0
        self.site_maps: list[Part] | None = None
        self.entities = snapshot.entities
        self.documents = snapshot.documents
        self.catalogue = self._open_catalogue()
        self.licence = LICENCE if snapshot.manifest.documents else ""
        self.graphs: dict[str, int | None] = dict(snapshot.manifest.graphs)
        if self.catalogue is not None:
            self.graphs[self.minter.graph("catalogue")] = None
        self.store: Store = open_store(settings, snapshot)
        self.answers = Answers(self.store, settings.limits.answers_mb * 2**20)
        self._mine = threading.local()
        self._lent: list[Snapshot | Pages] = []  # what threads opened; collected memory may keep files for long
        self._executor = ThreadPoolExecutor(_PAGE_THREADS, thread_name_prefix="pages")
        self.idle = asyncio.Event()
        self.idle.set()

    def _open_catalogue(self) -> Catalogue | None:
        try:
            return Catalogue(self.snapshot.file(CATALOGUE_FILE), self.base)
        except SnapshotError:
            return None  # a file served as it is has none

    def begin(self) -> None:
        """A request starts."""
        self.users += 1
        self.idle.clear()

    def end(self) -> None:
        """A request is over."""
        self.users -= 1
        if self.users == 0:
            self.idle.set()

    async def with_pages(self, make: Callable[[Pages], Result]) -> Result:
        """Makes a page in a thread; `make` gets the pages of this release."""
        return await self.aside(lambda _: make(self._own_pages()))

    async def aside(self, work: Callable[[Snapshot], Result]) -> Result:
        """Does something long in a thread; `work` gets a release opened for that thread alone."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, lambda: work(self._own_snapshot()))

    def _own_snapshot(self) -> Snapshot:
        # A SQLite connection in use by a thread would make the event loop wait for it.
        snapshot: Snapshot | None = getattr(self._mine, "snapshot", None)
        if snapshot is None:
            snapshot = self._mine.snapshot = Snapshot.open(self.snapshot.folder)
            self._lent.append(snapshot)
        return snapshot

    def _own_pages(self) -> Pages:
        pages: Pages | None = getattr(self._mine, "pages", None)
        if pages is None:
            pages = self._mine.pages = Pages(self._own_snapshot(), self.settings, self.vocabulary, self.theme)
            self._lent.append(pages)
        return pages

    async def close(self) -> None:
        """Waits for its requests, then frees everything."""
        await self.idle.wait()
        await asyncio.to_thread(self._executor.shutdown, wait=True, cancel_futures=True)
        for opened in self._lent:
            opened.close()
        await self.store.close()
        if self.catalogue is not None:
            self.catalogue.close()
        self.snapshot.close()


def moment(stamp: str) -> float:
    """Seconds since 1970 of an ISO 8601 moment; 0 when it is none."""
    try:
        return datetime.fromisoformat(stamp).timestamp()
    except ValueError:
        return 0.0
