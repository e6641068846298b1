"""Decisions of a person: read, appended, applied over the machine, reported when they no longer apply."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from laurier.errors import ReconcileError
from laurier.reconcile.decisions import COLUMNS, FILE, Decisions
from laurier.reconcile.gazetteer import Gazetteer
from laurier.reconcile.territory import Context, Decision, Segment, link

MENTION = "Centre Manche, Bassin de Thau"


def decision(**values: str) -> Decision:
    given = {"date": "2026-01-31", "who": "A. Martin", "why": "vu avec la DREETS", "mention": "", "place": ""}
    given |= {"source": "", "unit": "epci/200066355", "status": ""}
    return Decision(**(given | values))


@pytest.fixture
def found(gazetteer: Gazetteer) -> tuple[Segment, ...]:
    return link(MENTION, Context(region="28", on=date(2020, 1, 1)), gazetteer)


def written(folder: Path, *lines: str) -> Path:
    (folder / FILE).write_text("\n".join([",".join(COLUMNS), *lines]) + "\n", encoding="utf-8")
    return folder


def test_a_missing_file_holds_no_decision(tmp_path: Path) -> None:
    assert Decisions.read(tmp_path).lines == []


def test_what_is_appended_is_read_back(tmp_path: Path) -> None:
    first = decision(place="Bassin de Thau", why='dit "Thau", avec virgule')
    second = decision(place="Centre Manche", unit="aucune")
    Decisions.read(tmp_path / "new").append(first).append(second)
    assert Decisions.read(tmp_path / "new").lines == [first, second]


def test_a_decision_wins_over_the_machine(tmp_path: Path, gazetteer: Gazetteer, found: tuple[Segment, ...]) -> None:
    decisions = Decisions(tmp_path / FILE, [decision(place="bassin de THAU", status="partie-de")])
    manche, thau = decisions.apply(MENTION, "pic-normandie", found, gazetteer, date(2020, 1, 1))
    assert manche == found[0]
    assert thau.unit is not None
    assert (thau.text, thau.status, thau.unit.name) == ("Bassin de Thau", "partie-de", "CA Sète Agglopôle Méditerranée")
    assert thau.method == "decision"
    assert thau.decided is not None
    assert "A. Martin" in thau.evidence_fr
    assert "vu avec la DREETS" in thau.evidence_en
    assert decisions.unused() == ()


def test_none_is_a_decision_too(tmp_path: Path, gazetteer: Gazetteer, found: tuple[Segment, ...]) -> None:
    decisions = Decisions(tmp_path / FILE, [decision(place="Manche", mention=MENTION, unit="aucune")])
    first = decisions.apply(MENTION, "x", found, gazetteer)[0]
    assert (first.status, first.unit) == ("usage", None)


def test_the_qualifier_of_a_part_is_kept(tmp_path: Path, gazetteer: Gazetteer, found: tuple[Segment, ...]) -> None:
    decisions = Decisions(tmp_path / FILE, [decision(place="Manche", unit="epci/200067031")])
    first = decisions.apply(MENTION, "x", found, gazetteer)[0]
    assert (first.status, first.qualifier) == ("partie-de", "Centre")


def test_the_later_decision_wins(tmp_path: Path, gazetteer: Gazetteer, found: tuple[Segment, ...]) -> None:
    lines = [decision(place="Manche", unit="aucune"), decision(place="Manche", unit="departement/50")]
    decisions = Decisions(tmp_path / FILE, lines)
    first = decisions.apply(MENTION, "x", found, gazetteer)[0]
    assert first.unit is not None
    assert first.unit.code == "50"
    assert decisions.unused() == ()


def test_a_decision_may_be_for_one_document_or_one_wording(
    tmp_path: Path, gazetteer: Gazetteer, found: tuple[Segment, ...]
) -> None:
    elsewhere = decision(place="Bassin de Thau", source="another")
    other_words = decision(place="Bassin de Thau", mention="Bassin de Thau et environs")
    decisions = Decisions(tmp_path / FILE, [elsewhere, other_words])
    assert decisions.apply(MENTION, "pic-normandie", found, gazetteer) == found
    assert set(decisions.unused()) == {elsewhere, other_words}


def test_words_between_commas_may_be_decided_whatever_the_machine_made_of_them(
    tmp_path: Path, gazetteer: Gazetteer, found: tuple[Segment, ...]
) -> None:
    assert found[0].text == "Manche"  # "Centre" was taken for its qualifier
    decisions = Decisions(tmp_path / FILE, [decision(place="centre manche", unit="aucune")])
    manche, thau = decisions.apply(MENTION, "pic-normandie", found, gazetteer)
    assert (manche.text, manche.start, manche.unit, manche.status) == ("Centre Manche", 0, None, "usage")
    assert thau == found[1]
    other = "CC Côte Ouest Centre Manche"
    segments = link(other, Context(region="28"), gazetteer)
    assert decisions.apply(other, "pic-normandie", segments, gazetteer) == segments


def test_a_whole_wording_may_be_decided(tmp_path: Path, gazetteer: Gazetteer, found: tuple[Segment, ...]) -> None:
    decisions = Decisions(tmp_path / FILE, [decision(mention=MENTION, unit="region/28")])
    (only,) = decisions.apply(f" {MENTION} ", "x", found, gazetteer)
    assert (only.text, only.start, only.status) == (MENTION, 1, "exact")


def test_words_that_the_machine_did_not_see_may_be_decided(
    tmp_path: Path, gazetteer: Gazetteer, found: tuple[Segment, ...]
) -> None:
    decisions = Decisions(tmp_path / FILE, [decision(place="Centre", mention=MENTION, unit="departement/50")])
    segments = decisions.apply(MENTION, "x", found, gazetteer)
    assert [segment.text for segment in segments] == ["Centre", "Manche", "Bassin de Thau"]


def test_a_code_that_does_not_exist_is_told(tmp_path: Path, gazetteer: Gazetteer, found: tuple[Segment, ...]) -> None:
    decisions = Decisions(tmp_path / FILE, [decision(place="Manche", unit="commune/99999")])
    with pytest.raises(ReconcileError, match="commune/99999"):
        decisions.apply(MENTION, "x", found, gazetteer)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("2026-01-31,A,b,,Manche,,departement/50", "7 cells"),
        ("31/01/2026,A,b,,Manche,,departement/50,", "date"),
        ("2026-01-31,,b,,Manche,,departement/50,", "who"),
        ("2026-01-31,A,,,Manche,,departement/50,", "why"),
        ("2026-01-31,A,b,,,,departement/50,", "mention"),
        ("2026-01-31,A,b,,Manche,,50,", "KIND/CODE"),
        ("2026-01-31,A,b,,Manche,,departement/50,peut-être", "status"),
        ('2026-01-31,A,"b,,Manche,,departement/50,', "CSV"),
    ],
)
def test_a_wrong_line_is_told_with_its_number(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(ReconcileError, match=told) as refused:
        Decisions.read(written(tmp_path, "2026-01-30,A,b,,Eure,,departement/27,", line))
    assert refused.value.line == 3
    assert refused.value.fr != refused.value.en


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ReconcileError, match="cannot be read"):
        Decisions.read(tmp_path)


def test_a_wrong_header_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("nom,code\n", encoding="utf-8")
    with pytest.raises(ReconcileError, match="header"):
        Decisions.read(tmp_path)


def test_an_incomplete_decision_is_not_written(tmp_path: Path) -> None:
    decisions = Decisions.read(tmp_path)
    with pytest.raises(ReconcileError, match="why"):
        decisions.append(decision(place="Manche", why=""))
    assert not (tmp_path / FILE).exists()
    assert decisions.lines == []


def test_a_file_edited_in_a_spreadsheet_is_read(tmp_path: Path) -> None:
    text = "\ufeff" + ",".join(COLUMNS) + "\r\n2026-01-31,A,b,,Manche,,departement/50,\r\n\r\n"
    (tmp_path / FILE).write_bytes(text.encode())
    assert [line.place for line in Decisions.read(tmp_path).lines] == ["Manche"]
