"""Keys that last: the same thing keeps its key whatever is edited; a new thing never takes another's."""

from __future__ import annotations

from pathlib import Path

import pytest

from laurier.errors import ReconcileError
from laurier.reconcile.identity import Ledger, fingerprint


def minted(path: Path, headings: list[str], source: str = "s") -> dict[str, str]:
    """One build: what a pipeline does with the headings of a document."""
    ledger = Ledger.read(path)
    if ledger.knows(source):
        ledger.adopt("projet", source, [(fingerprint(h), h) for h in headings])
    keys = {h: ledger.key("projet", fingerprint(h), fingerprint(h), h, source) for h in headings}
    ledger.vanished()
    ledger.save()
    return keys


SEED = ["MEDIA FORMATION PARE 76", "MEF STARE", "CALMEC AGIR 14+", "ARML VIGIE JEUNESSE", "GRAIN HUB ECO NORMANDIE"]


def test_a_second_build_adds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "registry.csv"
    first = minted(path, SEED)
    before = path.read_bytes()
    assert minted(path, SEED) == first
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "edited",
    [
        "Media formation Pare 76",
        "MEDIA FORMATION – PARE 76",
        "MEDIA FORMATION PARE 76 (suite)",
        "MEDIA FORMATION PARE-76 BIS",
    ],
)
def test_an_edited_heading_keeps_its_key(tmp_path: Path, edited: str) -> None:
    path = tmp_path / "registry.csv"
    first = minted(path, SEED)
    second = minted(path, [edited, *SEED[1:]])
    assert second[edited] == first[SEED[0]]


def test_a_second_project_of_the_same_carrier_takes_no_key(tmp_path: Path) -> None:
    path = tmp_path / "registry.csv"
    first = minted(path, SEED)
    second = minted(path, [*SEED, "MEDIA FORMATION UN TOUT AUTRE PROJET"])
    assert {h: second[h] for h in SEED} == first
    assert second["MEDIA FORMATION UN TOUT AUTRE PROJET"] not in first.values()


def test_what_disappears_is_withdrawn_and_its_key_never_reused(tmp_path: Path) -> None:
    path = tmp_path / "registry.csv"
    first = minted(path, SEED)
    minted(path, SEED[1:])
    ledger = Ledger.read(path)
    assert [entry.key for entry in ledger.gone()] == [first[SEED[0]]]
    third = minted(path, [*SEED[1:], "QUELQUE CHOSE DE NEUF"])
    assert third["QUELQUE CHOSE DE NEUF"] not in first.values()


def test_what_comes_back_has_its_key_again(tmp_path: Path) -> None:
    path = tmp_path / "registry.csv"
    first = minted(path, SEED)
    minted(path, SEED[1:])
    assert minted(path, SEED)[SEED[0]] == first[SEED[0]]
    assert Ledger.read(path).gone() == []


def test_two_things_with_one_seed_have_two_keys(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "registry.csv")
    assert ledger.key("porteur", "a", "same", "A", "s") == "same"
    assert ledger.key("porteur", "b", "same", "B", "s") == "same-2"
    assert ledger.key("projet", "a", "same", "A", "s") == "same"


@pytest.mark.parametrize(
    "content", ["x", "kind,key\n", "\xff", "kind,key,fingerprint,label,source,state,target\na,b\n"]
)
def test_a_broken_ledger_is_named_with_its_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "registry.csv"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(ReconcileError, match=r"registry\.csv, line [12]"):
        Ledger.read(path)


def test_long_names_that_differ_at_the_end_differ() -> None:
    long = "association pour le développement de la formation professionnelle dans les communes rurales de Normandie"
    assert fingerprint(f"{long} nord") != fingerprint(f"{long} sud")
    assert fingerprint(long.upper()) == fingerprint(long)


def test_what_its_own_document_corrects_is_corrected(tmp_path: Path) -> None:
    path = tmp_path / "registry.csv"
    for label, source in (("Armor Kemper", "s"), ("Kemper", "s"), ("KEMPER", "other")):
        ledger = Ledger.read(path)
        assert ledger.key("projet", "armor-kemper", "armor-kemper", label, source) == "armor-kemper"
        ledger.save()
    assert Ledger.read(path).label("projet", "armor-kemper") == "Kemper"
