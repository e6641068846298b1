"""Accuracy on names whose code is known: the measure itself, and floors that must not sink."""

from __future__ import annotations

import random
import runpy
from pathlib import Path

import pytest

from laurier.errors import ReconcileError
from laurier.reconcile.accuracy import Case, bench, measure
from laurier.reconcile.gazetteer import Gazetteer

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def test_outcomes_are_told_apart(gazetteer: Gazetteer) -> None:
    report = measure(
        [
            Case("Rouen", "commune", "76", "76540"),
            Case("CA Seine Eure", "epci", "27", "200035665"),
            Case("Xyzzy", "commune", "76", "76540"),
            Case("Rouen", "commune", "76", "76217"),
            Case("SIVOM DE FECAMP", "", "76", ""),
            Case("Rouen", "", "76", ""),
        ],
        gazetteer,
    )
    total = report.total
    assert (total.right, total.heir, total.abstained, total.wrong) == (2, 1, 1, 2)
    assert [code for _, code in report.shown] == ["76540", "76540"]
    assert "commune" in "\n".join(report.lines())


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_file_of_names_is_measured(tmp_path: Path, gazetteer: Gazetteer, delimiter: str) -> None:
    rows = [("nom", "type", "département", "code attendu"), ("VILLE DE ROUEN", "commune", "76", "76540")]
    path = tmp_path / "names.csv"
    path.write_text("\n".join(delimiter.join(row) for row in rows), encoding="utf-8-sig")
    assert bench(path, gazetteer).total.right == 1


def test_columns_as_other_tables_write_them(tmp_path: Path, gazetteer: Gazetteer) -> None:
    path = tmp_path / "names.csv"
    path.write_text("name,kind,departement,code\nBOURG EN BRESSE,COM,1,1053\nCA Seine-Eure,CA,27 - Eure,200089456\n")
    assert bench(path, gazetteer).total.right == 2


def test_a_file_without_the_columns_is_told(tmp_path: Path, gazetteer: Gazetteer) -> None:
    path = tmp_path / "names.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ReconcileError, match="columns"):
        bench(path, gazetteer)
    with pytest.raises(ReconcileError, match="cannot be read"):
        bench(tmp_path / "none.csv", gazetteer)


@pytest.fixture(scope="module")
def cases(gazetteer: Gazetteer) -> list[Case]:
    return [
        Case(entry.name, entry.kind, entry.departement, entry.code)
        for entry in gazetteer.entries
        if entry.kind == "commune" and (not entry.end or entry.end > "2019-01-01")
    ]


def test_official_names_with_their_departement(gazetteer: Gazetteer, cases: list[Case]) -> None:
    sample = random.Random(1).sample(cases, 4000)
    total = measure(sample, gazetteer, hint=False).total
    assert total.share("right") >= 99.5
    assert total.share("wrong") <= 0.1


@pytest.mark.parametrize("told", ["departement", "nothing"])
def test_misspelt_names_are_linked_right_or_left_open(gazetteer: Gazetteer, cases: list[Case], told: str) -> None:
    spellings = runpy.run_path(str(BENCHMARKS / "misspellings.py"))["COMMUNES"]
    draw = random.Random(2)
    kinds = {label: spell for label, spell in spellings.items() if label != "suffix_lost"}
    asked = [
        Case(spelt, "", case.departement if told == "departement" else "", case.code)
        for case in draw.sample(cases, 250)
        for spell in kinds.values()
        if (spelt := spell(case.name, draw)) and spelt != case.name
    ]
    total = measure(asked, gazetteer).total
    assert total.total > 2500
    assert total.share("wrong") <= 0.1
    assert total.share("right") >= (75 if told == "departement" else 30)
