"""One project in two documents, and the same heading twice in one: nothing merged in silence, nothing lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from building import ROOT, copied, silent

from laurier.errors import DataRefused
from laurier.pipeline.build import build
from laurier.pipeline.outcome import Outcome
from laurier.settings import Settings
from laurier.snapshot.opened import Snapshot, current
from laurier.vocabulary import PREFIXES

HEAD = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
PARE = "https://data.example.org/id/projet/media-formation-pare-76"
KEY = "zz-deuxieme"


def ask(snapshot: Snapshot, query: str) -> list[tuple[str, ...]]:
    store = ox.Store.read_only(str(snapshot.file("store")))
    found = store.query(HEAD + query)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(term.value for term in row) for row in found]


def second(data: Path, edit: dict[str, str]) -> None:
    """Adds a second document: the brochure of the first, edited."""
    folder = data / "sources" / KEY
    shutil.copytree(data / "sources" / "pic-normandie", folder)
    path = folder / "laureats-pic-normandie.txt"
    text = path.read_text(encoding="utf-8")
    for old, new in edit.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Outcome, Snapshot]]:
    folder = tmp_path_factory.mktemp("two")
    settings = Settings(data=copied(ROOT / "data", folder / "data"), releases=folder / "releases")
    edit = {
        "MEDIA FORMATION PARE 76": "Média Formation  –  PARE 76",
        "159 Bénéficiaires": "160 Bénéficiaires",
        "Territoire : Rouen/Elbeuf, Dieppe et Le Havre": "Territoire : Rouen et Fécamp",
    }
    second(settings.data, edit)
    outcome = build(settings, silent)
    snapshot = current(settings.releases)
    yield outcome, snapshot
    snapshot.entities.close()


def test_the_graph_of_two_documents_conforms(two: tuple[Outcome, Snapshot]) -> None:
    assert two[0].report.counts["Violation"] == 0
    assert ask(two[1], "SELECT (COUNT(?l) AS ?n) { ?l a lau:Laureate }") == [("16",)]


def test_one_project_has_both_documents_as_sources(two: tuple[Outcome, Snapshot]) -> None:
    found = ask(two[1], f"SELECT DISTINCT ?d {{ <{PARE}> prov:wasDerivedFrom/oa:hasSource ?d }} ORDER BY ?d")
    assert [d.rsplit("/", 1)[1] for (d,) in found] == ["pic-normandie", KEY]


def test_the_first_value_is_stated_and_the_other_kept_with_its_passage(two: tuple[Outcome, Snapshot]) -> None:
    stated = ask(two[1], f"SELECT ?n {{ <{PARE}> lau:expectedBeneficiaries ?n }}")
    assert stated == [("159",)]
    notes = ask(
        two[1],
        f"""SELECT ?label ?text ?quote {{ <{PARE}> lau:note ?i .
            ?i lau:introduction ?label ; dcterms:description ?text .
            ?i prov:wasDerivedFrom/oa:hasSelector/oa:exact ?quote }}""",
    )
    assert ("bénéficiaires attendus", "160") in {(label, text) for label, text, _ in notes}
    assert any("160" in quote for *_, quote in notes)
    assert "Média Formation" in "".join(text for _, text, _ in notes)


def test_what_the_second_document_adds_is_added(two: tuple[Outcome, Snapshot]) -> None:
    names = {n for (n,) in ask(two[1], f"SELECT ?n {{ <{PARE}> lau:territory/igeo:nom ?n }}")}
    assert names == {"Rouen", "Elbeuf", "Dieppe", "Le Havre", "Fécamp"}


def test_the_contradiction_is_on_the_review_list(two: tuple[Outcome, Snapshot]) -> None:
    (review,) = [r for r in two[0].reviews if r.key == KEY]
    told = [item for item in review.items if item.code == "contradiction"]
    assert any("bénéficiaires attendus" in item.fr and "PARE 76" in item.fr for item in told)
    assert all(item.span is not None for item in told)


def test_one_project_may_win_in_two_calls_of_a_document(tmp_path: Path) -> None:
    settings = Settings(data=copied(ROOT / "data", tmp_path / "data"), releases=tmp_path / "r")
    path = settings.data / "sources/pic-normandie/laureats-pic-normandie.txt"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("STEP VINCI INSERTION EMPLOI", "MEDIA FORMATION PARE 76"), encoding="utf-8")
    outcome = build(settings, silent)
    assert outcome.report.counts["Violation"] == 0
    snapshot = current(settings.releases)
    found = ask(snapshot, f"SELECT ?t {{ ?l lau:project <{PARE}> ; lau:call/dcterms:title ?t }} ORDER BY ?t")
    assert found == [("100% inclusion",), ("Insertion Professionnelle des réfugiés (IPR)",)]
    assert ask(snapshot, "SELECT (COUNT(?l) AS ?n) { ?l a lau:Laureate }") == [("16",)]
    snapshot.entities.close()


def test_a_heading_printed_twice_in_a_call_is_an_error_of_the_document(tmp_path: Path) -> None:
    settings = Settings(data=copied(ROOT / "data", tmp_path / "data"), releases=tmp_path / "r")
    path = settings.data / "sources/pic-normandie/laureats-pic-normandie.txt"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("MEF STARE", "MEDIA FORMATION PARE 76"), encoding="utf-8")
    with pytest.raises(DataRefused, match="printed twice"):
        build(settings, silent)
