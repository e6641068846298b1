"""`laurier check-harvest` and `laurier export`, as a person runs them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sample_catalogue import SETTINGS, describe
from sample_catalogue import release as sample
from sample_release import BASE

from laurier.catalogue import pages
from laurier.catalogue.pages import Catalogue
from laurier.cli import main
from laurier.pipeline.outcome import Outcome
from laurier.settings import Settings


def run(*words: str, language: str = "en") -> Result:
    return CliRunner().invoke(main, list(words), env={"LAURIER_LANG": language})


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    pages.build(tmp_path / pages.NAME, SETTINGS, sample(tmp_path), describe)
    with Catalogue(tmp_path / pages.NAME, BASE) as opened:
        page = opened.page(1, f"{BASE}catalogue")
    assert page is not None
    path = tmp_path / "catalogue.nt"
    path.write_text("\n".join(page.lines), encoding="utf-8")
    return path


def test_a_good_catalogue_is_told_portal_by_portal(catalogue: Path) -> None:
    result = run("check-harvest", str(catalogue), "--no-links")
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "data.gouv.fr: 5 of 5 datasets and services taken",
        "CKAN: 4 of 4 datasets and services taken",
        "data.europa.eu: 4 of 4 datasets and services taken (405–405 / 405)",
    ]


def test_details_show_what_is_kept(catalogue: Path) -> None:
    result = run("check-harvest", str(catalogue), "--no-links", "--details", language="fr")
    assert "    license = lov2" in result.output
    assert "data.gouv.fr : 5 jeux de données et services repris sur 5" in result.output


def test_a_refusal_has_its_reason_and_exit_code_1(catalogue: Path) -> None:
    catalogue.write_text(catalogue.read_text(encoding="utf-8").replace("_sha512", "_sha256"), encoding="utf-8")
    result = run("check-harvest", str(catalogue), "--no-links", language="fr")
    assert result.exit_code == 1
    assert "refusé" in result.output
    assert "utilisez sha512" in result.output


def test_what_is_no_catalogue_is_one_sentence(tmp_path: Path) -> None:
    result = run("check-harvest", str(tmp_path / "none.ttl"))
    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 1


def test_an_export_says_what_it_wrote(built: tuple[Settings, Outcome], tmp_path: Path) -> None:
    result = run("export", str(tmp_path / "site"), "--no-filters", "--releases", str(built[0].releases))
    assert result.exit_code == 0, result.output
    assert (tmp_path / "site" / "public" / "catalogue.ttl").is_file()
    (line,) = result.output.strip().splitlines()
    assert "files" in line
    again = run("export", str(tmp_path), "--releases", str(built[0].releases))
    assert again.exit_code == 2
