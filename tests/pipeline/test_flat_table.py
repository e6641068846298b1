"""The flat table of a release says no more than the source: precision of dates, and what remains to confirm."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from building import silent

from laurier.pipeline.build import build
from laurier.settings import Settings
from laurier.snapshot.opened import Snapshot, current
from laurier.vocabulary import PREFIXES

LIST = """\
Porteur;Projet;Commune;Public visé;Montant;Début;Fin;Statut
A;Année;Caen;Jeunes;10 000 €;2023;;En cours
B;Mois;Caen;Jeunes;10 000 €;septembre 2023;12/03/2025;
C;Montant;Caen;Jeunes;beaucoup;01/10/2023;;
D;Date;Caen;Jeunes;10 000 €;bientôt;;
E;Lieu;Xyzville;Jeunes;10 000 €;01/10/2023;;
F;Public;Caen;Jongleurs;10 000 €;01/10/2023;;
G;État;Caen;Jeunes;10 000 €;;;En sommeil
H;Décidé;Caen;PUBLIC EN  EXIL;10 000 €;2023;;
"""


MANIFEST = """\
title = "T"
region = "28"
[programme]
title = "P"
[publics]
"Public en exil" = "protection-internationale"
"""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder: Path = tmp_path_factory.mktemp("flat")
    source = folder / "data" / "sources" / "essai"
    source.mkdir(parents=True)
    (source / "liste.csv").write_text(LIST, encoding="utf-8")
    (source / "source.toml").write_text(MANIFEST, encoding="utf-8")
    settings = Settings(data=folder / "data", releases=folder / "releases")
    build(settings, silent)
    return current(settings.releases)


@pytest.fixture(scope="module")
def rows(release: Snapshot) -> dict[str, dict[str, str]]:
    with release.file("dumps/essai.csv").open(encoding="utf-8", newline="") as file:
        return {row["titre"]: row for row in csv.DictReader(file)}


def test_a_date_comes_with_its_precision_and_its_form_no_finer_than_printed(rows: dict[str, dict[str, str]]) -> None:
    names = ("debut", "fin", "periode", "precision")
    assert [rows["Année"][n] for n in names] == ["2023-01-01", "", "2023", "annee"]
    assert [rows["Mois"][n] for n in names] == ["2023-09-01", "2025-03-12", "2023-09/2025-03-12", "mois"]
    assert [rows["Montant"][n] for n in names] == ["2023-10-01", "", "2023-10-01", "jour"]
    assert [rows["Date"][n] for n in names] == ["", "", "", ""]


def test_a_person_says_which_public_a_wording_is(release: Snapshot, rows: dict[str, dict[str, str]]) -> None:
    assert rows["Décidé"]["publics"] == "Bénéficiaires de la protection internationale (BPI)"
    text = release.file("data.nq").read_text(encoding="utf-8")
    assert text.count("laurier/ns#reviewStatus> <https://w3id.org/laurier/code/relu>") == 1


def test_what_could_not_be_read_or_linked_is_to_confirm(rows: dict[str, dict[str, str]]) -> None:
    doubtful = {title for title, row in rows.items() if row["a_verifier"] == "true"}
    assert doubtful == {"Montant", "Date", "Lieu", "Public", "État"}


def test_a_wording_that_is_no_public_gets_one_remedy(release: Snapshot) -> None:
    report = json.loads(release.file("report.json").read_bytes())["results"]
    review = json.loads(release.file("review.json").read_bytes())["sources"][0]["items"]
    said = [one for one in report if one["path"] == [f"{PREFIXES['lau']}public"]]
    said += [one for one in review if one["code"] == "public"]
    assert len(said) == 2
    assert all("say which it is under [publics] in source.toml, or leave it as printed" in one["en"] for one in said)
    assert all("sous [publics] dans source.toml, ou laissez-le tel qu" in one["fr"] for one in said)
