"""`init`: a first source.toml that builds, and a first extraction that tells its coverage."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from folders import DOCUMENTS, awards

from laurier.errors import SourceError
from laurier.sources import registry
from laurier.sources.starter import init

ROOT = Path(__file__).resolve().parents[2]
REGIONS = {"Bretagne": "53", "Normandie": "28", "Bourgogne-Franche-Comté": "27"}


def test_a_brochure(tmp_path: Path) -> None:
    start = init(DOCUMENTS / "bretagne.txt", tmp_path, REGIONS)
    assert start.folder == tmp_path / "sources" / "bretagne"
    assert sorted(path.name for path in start.folder.iterdir()) == ["bretagne.txt", "source.toml"]
    reading = registry.read(start.folder)
    assert len(awards(reading)) == start.awards == 5
    assert (reading.document.region, reading.document.layout) == ("53", "pic")
    told = list(start.lines("fr"))
    assert "39 lignes comprises sur 39" in told[1]
    assert "39 of 39 lines understood" in list(start.lines("en"))[1]
    assert len(start.shown) == 3
    assert "  … et 2 autres." in told
    assert "  … and 2 more." in list(start.lines("en"))
    assert not [path for path in (tmp_path / "sources").iterdir() if path.name.startswith(".")]


def test_a_programme_that_another_source_names_is_recognised(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data" / "sources" / "pic-normandie", tmp_path / "sources" / "pic-normandie")
    start = init(DOCUMENTS / "bretagne.txt", tmp_path, REGIONS)
    assert registry.read(start.folder).document.programme.key == "pic"


def test_a_table_lists_its_columns(tmp_path: Path) -> None:
    table = tmp_path / "Liste 2023.csv"
    table.write_text("Porteur;Projet;Montant;Couleur\nA;P;12;bleu\n", encoding="utf-8")
    start = init(table, tmp_path / "data")
    assert '"Porteur" = "carrier"' in start.manifest
    assert '# "Couleur" = "other"' in start.manifest
    assert start.folder.name == "liste-2023"
    assert [award.title.value for award in registry.read(start.folder).awards] == ["P"]


def test_a_table_that_is_not_understood_gets_a_manifest_to_complete(tmp_path: Path) -> None:
    table = tmp_path / "x.csv"
    table.write_text("Qui;Quoi\nA;P\n", encoding="utf-8")
    start = init(table, tmp_path / "data")
    assert start.reading is None
    manifest = start.folder / "source.toml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(
        text.replace('# "Heading" = "carrier"', '"Qui" = "carrier"\n"Quoi" = "title"'), encoding="utf-8"
    )
    assert [award.title.value for award in registry.read(start.folder).awards] == ["P"]


def test_a_folder_already_in_place(tmp_path: Path) -> None:
    folder = tmp_path / "sources" / "ma-liste"
    folder.mkdir(parents=True)
    shutil.copy(DOCUMENTS / "one_call.txt", folder)
    start = init(folder, tmp_path)
    assert start.folder == folder
    assert len(awards(registry.read(folder))) == 4


def test_nothing_is_overwritten_or_half_written(tmp_path: Path) -> None:
    init(DOCUMENTS / "bretagne.txt", tmp_path)
    manifest = tmp_path / "sources" / "bretagne" / "source.toml"
    manifest.write_text("mine", encoding="utf-8")
    with pytest.raises(SourceError, match="exists already"):
        init(DOCUMENTS / "bretagne.txt", tmp_path)
    assert manifest.read_text(encoding="utf-8") == "mine"
    with pytest.raises(SourceError):
        init(tmp_path / "missing.txt", tmp_path)
    wrong = tmp_path / "image.png"
    wrong.write_bytes(b"\x89PNG")
    with pytest.raises(SourceError, match="not read"):
        init(wrong, tmp_path)
    assert sorted(path.name for path in (tmp_path / "sources").iterdir()) == ["bretagne"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("liste.docx", b"PK\x03\x04broken"),
        ("liste.txt", b"\x00\x01\xff\xfe binary \x00"),
        ("liste.pdf", b"%PDF-1.4 broken"),
        ("liste.csv", b""),
        ("liste.json", b"{"),
        ("liste.xlsx", b"no"),
    ],
)
def test_a_document_that_cannot_be_read_is_an_error_about_it_and_makes_no_source(
    tmp_path: Path, name: str, content: bytes
) -> None:
    document = tmp_path / name
    document.write_bytes(content)
    with pytest.raises(SourceError) as refused:
        init(document, tmp_path / "data")
    for sentence in (refused.value.en, refused.value.fr):
        assert str(document) in sentence
        assert ".new" not in sentence
        assert "montant" not in sentence
    assert list((tmp_path / "data" / "sources").iterdir()) == []


def test_a_table_that_is_not_understood_is_named_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Qui;Quoi\nA;P\n", encoding="utf-8")
    start = init(tmp_path / "x.csv", tmp_path / "data")
    (told,) = [line for line in start.lines("fr") if "en-tête" in line]
    assert told.startswith(f"{tmp_path}/data/sources/x/x.csv :")
    assert [name for name, *_ in start.to_fill if name.startswith("[col")] == ["[columns]"]


def test_a_prose_page_yields_nothing_and_says_so(tmp_path: Path) -> None:
    start = init(DOCUMENTS / "press_release.txt", tmp_path)
    assert start.awards == 0
    assert any("Aucun lauréat" in line for line in start.lines("fr"))


@pytest.mark.parametrize("name", ["subventions-valmare", "operations-estuaire"])
def test_the_examples_are_read_without_a_remark(name: str) -> None:
    reading = registry.read(ROOT / "examples" / "sources" / name)
    assert len(awards(reading)) >= 3
    assert reading.diagnostics == []
    assert reading.coverage.lines == reading.coverage.understood
