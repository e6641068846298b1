"""Carriers that may be one are proposed; only a person, or an identifier, makes one of two."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import ROOT, copied, silent
from click.testing import CliRunner

from laurier.cli import main
from laurier.errors import UsageError
from laurier.pipeline.build import build
from laurier.reconcile.identity import Entry, Ledger, fingerprint
from laurier.reconcile.organisation import pairs
from laurier.settings import Settings
from laurier.snapshot.opened import current


def entry(name: str) -> Entry:
    return Entry("porteur", fingerprint(name), fingerprint(name), name, "s")


def proposed(*names: str) -> set[frozenset[str]]:
    return {frozenset((pair.kept.label, pair.other.label)) for pair in pairs(map(entry, names))}


def test_near_names_and_initials_are_proposed() -> None:
    names = (
        "Média Formation", "MEDIA FORMATIONS", "Mission locale du Havre", "MISSION LOCALE LE HAVRE",
        "APAPP", "Association pour la promotion des ateliers de pédagogie personnalisée", "Tout autre chose",
    )  # fmt: skip
    assert proposed(*names) >= {
        frozenset(names[0:2]),
        frozenset(names[2:4]),
    }
    assert not any("Tout autre chose" in pair for pair in proposed(*names))
    assert proposed("CMN", "Centre de méthode normand") == {frozenset(("CMN", "Centre de méthode normand"))}


@pytest.mark.parametrize(
    "names",
    [("Lycée professionnel 1", "Lycée professionnel 2"), ("Ville de Caen", "Ville de Rouen"), ("AB", "Alpha Beta")],
)
def test_others_are_not(names: tuple[str, str]) -> None:
    assert proposed(*names) == set()


def test_a_merger_is_remembered_and_redirects(tmp_path: Path) -> None:
    settings = Settings(data=copied(ROOT / "data", tmp_path / "data"), releases=tmp_path / "r")
    build(settings, silent)
    result = CliRunner().invoke(main, ["merge", "--data", str(settings.data), "calmec", "acsea"])
    assert result.exit_code == 0, result.output
    build(settings, silent)
    snapshot = current(settings.releases)
    base = "https://data.example.org/id/porteur/"
    assert snapshot.entities.entity(f"{base}calmec") is None
    assert snapshot.entities.moved(f"{base}calmec") == ("merged", f"{base}acsea")
    kept = snapshot.entities.entity(f"{base}acsea")
    snapshot.entities.close()
    assert kept is not None
    assert '"CALMEC"' in kept.ntriples.decode()


def test_only_two_live_carriers_are_merged(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "registry.csv")
    for name in ("a", "b", "c"):
        ledger.key("porteur", name, name, name, "s")
    ledger.merge("porteur", "a", "b")
    for one, two in (("a", "c"), ("c", "a"), ("b", "b"), ("x", "b"), ("b", "x")):
        with pytest.raises(UsageError, match="registry"):
            ledger.merge("porteur", one, two)
    assert ledger.key("porteur", "a", "a", "a", "s") == "b"
    ledger.merge("porteur", "b", "c")
    assert ledger.key("porteur", "a", "a", "a", "s") == "c"
