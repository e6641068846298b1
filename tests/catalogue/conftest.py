from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from sample_catalogue import SETTINGS, describe, release
from sample_release import BASE

from laurier.catalogue import pages
from laurier.catalogue.pages import Catalogue
from laurier.snapshot.manifest import Manifest


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return release(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="session")
def catalogue(manifest: Manifest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    path = tmp_path_factory.mktemp("catalogue") / pages.NAME
    pages.build(path, SETTINGS, manifest, describe)
    with Catalogue(path, BASE) as opened:
        yield opened


@pytest.fixture(scope="session")
def graph(catalogue: Catalogue) -> list[ox.Triple]:
    """The one page of the sample."""
    page = catalogue.page(1, f"{BASE}catalogue")
    assert page is not None
    return [q.triple for q in ox.parse("\n".join(page.lines).encode(), format=ox.RdfFormat.N_TRIPLES)]
