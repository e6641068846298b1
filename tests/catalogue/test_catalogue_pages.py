from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from sample_catalogue import SETTINGS
from sample_release import BASE

from laurier.catalogue import pages
from laurier.catalogue.pages import Catalogue, Page
from laurier.errors import SnapshotError
from laurier.snapshot.manifest import Manifest

COUNT = 257


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    documents = tuple({"key": f"liste-{n:03}", "title_fr": f"Liste {n}"} for n in range(COUNT - 2))
    dumps = tuple(
        {
            "name": f"liste-{n:03}.ttl",
            "dataset": f"liste-{n:03}",
            "format": "turtle",
            "compression": "",
            "size": 1,
            "sha256": "00",
            "sha512": "00",
            "count": 1,
            "issued": "2026-01-01T00:00:00Z",
            "modified": f"2026-0{1 + n % 3}-01T00:00:00Z",
        }
        for n in range(COUNT - 2)
    )
    manifest = Manifest("h", BASE, "0", "2026-01-01T00:00:00Z", documents=documents, dumps=dumps)
    path = tmp_path_factory.mktemp("large") / pages.NAME
    pages.build(path, SETTINGS, manifest, lambda _: b"")
    with Catalogue(path, BASE) as opened:
        yield opened


HYDRA = "http://www.w3.org/ns/hydra/core#"


def values(page: Page, predicate: str) -> list[tuple[str, str]]:
    triples = (q.triple for q in ox.parse("\n".join(page.lines).encode(), format=ox.RdfFormat.N_TRIPLES))
    return [(t.subject.value, t.object.value) for t in triples if t.predicate.value == predicate]


def walk(catalogue: Catalogue, address: str, since: str = "") -> Iterator[Page]:
    """Follows hydra:next as a harvester does."""
    number = 1
    while number:
        page = catalogue.page(number, address, since)
        assert page is not None
        yield page
        following = values(page, f"{HYDRA}next")
        assert len(following) <= 1
        number = 0
        for _, target in following:
            path, _, query = target.partition("?")
            assert path == address
            match = re.fullmatch(r"(?:modified_since=([^&]*)&)?page=(\d+)", query)
            assert match
            number = int(match[2])


DATASET = "http://www.w3.org/ns/dcat#dataset"
IDENTIFIER = "http://purl.org/dc/terms/identifier"


@pytest.mark.parametrize("suffix", ["", ".ttl", ".rdf", ".jsonld", ".nt"])
def test_a_harvester_meets_every_dataset_once(large: Catalogue, suffix: str) -> None:
    found = [v for page in walk(large, f"{BASE}catalogue{suffix}") for _, v in values(page, DATASET)]
    assert len(found) == len(set(found)) == COUNT


def test_no_identifier_comes_twice_over_the_pages(large: Catalogue) -> None:
    found = [v for page in walk(large, f"{BASE}catalogue") for _, v in values(page, IDENTIFIER)]
    assert len(found) == len(set(found)) == COUNT + 1  # the data service, on the first page only


def test_each_page_is_one_view_with_the_right_total(large: Catalogue) -> None:
    for page in walk(large, f"{BASE}catalogue"):
        views = [s for s, o in values(page, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type") if "Partial" in o]
        assert views == [f"{BASE}catalogue?page={page.number}"]
        assert {o for _, o in values(page, f"{HYDRA}totalItems")} == {str(COUNT)}
        assert (page.total, page.last) == (COUNT, 3)


def test_only_what_changed_since_is_told_and_the_next_page_keeps_the_question(large: Catalogue) -> None:
    since = "2026-02-15T00:00:00Z"
    found = [v for page in walk(large, f"{BASE}catalogue", since) for _, v in values(page, DATASET)]
    assert len(found) == large.total(since) == 85
    everything = large.page(1, f"{BASE}catalogue", "2026-01-01")
    assert everything is not None
    (target,) = [o for _, o in values(everything, f"{HYDRA}next")]
    assert target == f"{BASE}catalogue?modified_since=2026-01-01&page=2"


def test_nothing_lies_beyond_the_last_page(large: Catalogue) -> None:
    for number in (0, -1, 4, 10**9):
        assert large.page(number, f"{BASE}catalogue") is None


def test_nothing_changed_is_an_empty_catalogue(large: Catalogue) -> None:
    page = large.page(1, f"{BASE}catalogue", "2099-01-01")
    assert page is not None
    assert (values(page, DATASET), page.total) == ([], 0)
    assert values(page, "http://purl.org/dc/terms/title")


def test_a_short_catalogue_has_no_views(catalogue: Catalogue) -> None:
    page = catalogue.page(1, f"{BASE}catalogue")
    assert page is not None
    assert not [line for line in page.lines if "hydra" in line]


def test_one_dataset_and_the_list(large: Catalogue) -> None:
    lines = large.dataset("liste-007")
    assert lines
    assert any(line.startswith(f"<{BASE}dataset/liste-007> <{PREFIX_TYPE}>") for line in lines)
    assert large.dataset("nothing") is None
    assert [e.key for e in large.entries(0, 3)] == ["ensemble", "ontologie", "liste-000"]
    assert [e.title for e in large.entries(256, 3)] == ["Liste 254"]
    assert len(list(large.keys())) == COUNT


PREFIX_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def test_the_quads_are_the_pages_less_the_views(large: Catalogue) -> None:
    told = {line for page in walk(large, f"{BASE}catalogue") for line in page.lines if "hydra" not in line}
    stored = set(large.quads())
    graph = f"<{BASE}graph/catalogue> ."
    assert {f"{line[:-1]}{graph}" for line in told} == stored
    assert len(list(ox.parse("\n".join(stored).encode(), format=ox.RdfFormat.N_QUADS))) == len(stored)


def test_a_release_without_a_catalogue_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="build again"):
        Catalogue(tmp_path / pages.NAME, BASE)
