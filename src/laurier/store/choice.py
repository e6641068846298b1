"""Which store serves a release: the embedded engine, or a remote endpoint by its URL."""

from __future__ import annotations

from laurier.errors import UsageError
from laurier.settings import Settings
from laurier.snapshot.opened import Snapshot
from laurier.store import Store
from laurier.store.embedded import EmbeddedStore
from laurier.store.engines import Credentials
from laurier.store.remote import RemoteStore
from laurier.store.sets import Names


def open_store(settings: Settings, snapshot: Snapshot) -> Store:
    """Opens the store of a release; needs a running event loop.

    Raises:
        UsageError: no store speaks the scheme of the URL.
    """
    scheme = settings.store.partition(":")[0]
    if not settings.store:
        store = EmbeddedStore(
            snapshot.file("store"),
            snapshot.base,
            union=snapshot.manifest.union and not snapshot.manifest.merged,
            limits=settings.limits,
            workers=settings.workers,
            slow_seconds=settings.slow_query_seconds,
            service_allow=settings.service_allow,
        )
        store.open()
        return store
    if scheme in ("http", "https"):
        return RemoteStore(settings.store, Names(snapshot.base, snapshot.hash), settings.limits, _credentials(settings))
    raise UsageError(
        f"The store {settings.store!r} cannot be opened: give the http(s) URL of a SPARQL endpoint, or none.",
        f"Le stockage {settings.store!r} ne peut pas être ouvert : donnez l'URL http(s) d'un point d'accès SPARQL, ou "
        "rien.",
    )


def _credentials(settings: Settings) -> Credentials:
    return Credentials(settings.store_user, settings.store_password, settings.store_token)
