"""The gazetteer: units by vintage, containment, lineage, and refusals of damaged tables."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from laurier import files
from laurier.errors import ReconcileError
from laurier.reconcile.gazetteer import Gazetteer
from laurier.reconcile.tables import KINDS


def test_it_holds_every_kind(gazetteer: Gazetteer) -> None:
    assert {entry.kind for entry in gazetteer.entries} == set(KINDS)


@pytest.mark.parametrize(
    ("year", "communes", "epci"),
    [(2019, 34_970, 1_259), (2021, 34_965, 1_254), (2022, 34_955, 1_255), (2024, 34_935, 1_255), (2025, 34_875, 1_255)],
)
def test_every_vintage_has_its_number_of_units(gazetteer: Gazetteer, year: int, communes: int, epci: int) -> None:
    # Numbers published by INSEE and the DGCL for 1 January, overseas collectivities left out.
    day = f"{year}-01-01"
    found = {"commune": set(), "epci": set()}
    for entry in gazetteer.entries:
        in_force = entry.start <= day and (not entry.end or day < entry.end)
        if entry.kind in found and in_force and not entry.departement.startswith(("975", "977", "978", "98")):
            found[entry.kind].add(entry.code)
    assert len(found["commune"]) == communes
    assert len(found["epci"]) == epci


def test_a_unit_bears_the_name_of_its_vintage(gazetteer: Gazetteer) -> None:
    then = gazetteer.unit("epci", "200069730", date(2020, 7, 1))
    now = gazetteer.unit("epci", "200069730")
    assert then is not None
    assert now is not None
    assert (then.name, then.vintage, then.region) == ("CC des 4 rivières", 2020, "28")
    assert (now.name, now.vintage) == ("CC des Quatre Rivières en Bray", 2026)


def test_an_unknown_code_gives_nothing(gazetteer: Gazetteer) -> None:
    assert gazetteer.unit("commune", "99999") is None
    assert gazetteer.containers("commune", "99999") == ()
    assert gazetteer.today("commune", "99999") == ()


def test_containers_smallest_first(gazetteer: Gazetteer) -> None:
    def named(kind: str, code: str, at: date | None = None) -> list[str]:
        return [unit.name for unit in gazetteer.containers(kind, code, at)]

    assert named("commune", "93066") == [
        "Plaine Commune",
        "Métropole du Grand Paris",
        "Seine-Saint-Denis",
        "Île-de-France",
    ]
    assert named("commune-deleguee", "27007")[0] == "Mesnil-en-Ouche"
    assert named("epci", "200023414") == ["Seine-Maritime", "Normandie"]
    assert named("departement", "76") == ["Normandie"]
    assert named("region", "28") == []


def test_containers_follow_the_vintage(gazetteer: Gazetteer) -> None:
    # Louviers left the CA Seine Eure for the CA Seine-Eure (another SIREN) on 2019-09-01, seen in the vintage 2020.
    before = [unit.code for unit in gazetteer.containers("commune", "27375", date(2019, 3, 1)) if unit.kind == "epci"]
    after = [unit.code for unit in gazetteer.containers("commune", "27375", date(2021, 3, 1)) if unit.kind == "epci"]
    assert before == ["200035665"]
    assert after == ["200089456"]


def test_an_epci_across_two_departements(gazetteer: Gazetteer) -> None:
    alencon = gazetteer.unit("epci", "246100663")
    assert alencon is not None
    assert alencon.departements == ("61", "72")
    assert alencon.region == ""
    assert gazetteer.containers("epci", "246100663") == ()


def test_lineage_leads_to_today(gazetteer: Gazetteer) -> None:
    ajou = gazetteer.unit("commune", "27007")
    assert ajou is not None
    assert [(heir.code, heir.by, heir.event) for heir in ajou.became] == [
        ("27049", "2016-01-01", "commune devenant déléguée")
    ]
    assert [unit.name for unit in gazetteer.today("commune", "27007")] == ["Mesnil-en-Ouche"]
    assert [unit.code for unit in gazetteer.today("commune", "76540")] == ["76540"]
    assert [unit.code for unit in gazetteer.today("epci", "247600596")] == ["200084952"]
    assert [unit.name for unit in gazetteer.today("region", "23")] == ["Normandie"]


def test_a_recomposed_epci_leads_to_several(gazetteer: Gazetteer) -> None:
    steps = gazetteer.became("epci", "200067510")
    assert {step.share for step in steps} == {"10/43", "16/43", "17/43"}
    assert {(step.after, step.by) for step in steps} == {("2019-01-01", "2020-01-01")}


def test_every_step_of_the_lineage_leads_somewhere(gazetteer: Gazetteer) -> None:
    for kind, code in gazetteer.changes:
        for step in gazetteer.became(kind, code):
            assert (step.kind, step.code) in gazetteer.by_unit, (kind, code, step)


def test_every_unit_that_is_no_more_leads_to_today(gazetteer: Gazetteer) -> None:
    lost = [
        key
        for key, rows in gazetteer.by_unit.items()
        if key[0] == "commune" and all(gazetteer.entries[row].end for row in rows) and not gazetteer.today(*key)
    ]
    # INSEE records no successor for communes that were suppressed or whose land left the country.
    assert len(lost) <= 20, lost


def test_names_old_and_new(gazetteer: Gazetteer) -> None:
    assert [unit.code for unit in gazetteer.named("codah")] == ["247600596"]
    assert gazetteer.named("St Etienne du Rouvray")[0].code == "76575"
    assert gazetteer.named("nowhere at all") == ()


def test_postal_codes(gazetteer: Gazetteer) -> None:
    assert gazetteer.by_postal["76100"] == ["76540"]
    assert "76540" not in gazetteer.by_postal["76540"]  # the postal code 76540 is not Rouen's


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    folder = tmp_path / "gazetteer"
    shutil.copytree(files.folder("data/gazetteer"), folder)
    return folder


def test_a_missing_table_is_told(damaged: Path) -> None:
    (damaged / "epci.tsv").unlink()
    with pytest.raises(ReconcileError, match=r"epci\.tsv.*rebuild"):
        Gazetteer.load(damaged)


def test_a_broken_row_is_told_with_its_line(damaged: Path) -> None:
    path = damaged / "regions.tsv"
    path.write_text(path.read_text(encoding="utf-8") + "99\n", encoding="utf-8")
    with pytest.raises(ReconcileError, match=r"Line 20 of .*regions\.tsv") as told:
        Gazetteer.load(damaged)
    assert told.value.line == 20
    assert "ligne 20" in told.value.fr


def test_an_alias_of_nothing_is_told(damaged: Path) -> None:
    with (damaged / "aliases.tsv").open("a", encoding="utf-8") as file:
        file.write("Nulle part\tepci\t000000000\t\t\tusage\tessai\n")
    with pytest.raises(ReconcileError, match="Nulle part"):
        Gazetteer.load(damaged)
