"""The brochure printed as PDF, typed as DOCX, published as HTML: the same laureates; tables inside such documents."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from brochure_table import DOCUMENT, FOLDER, Row, award_row, expected, without_publics
from folders import MANIFEST, awards, codes, folder, read
from printed import docx, paragraphs, pdf, table
from test_mutations import comparable

from laurier.errors import SourceError
from laurier.readings import Reading
from laurier.sources import registry

# Helvetica has no trophy.
TEXT = DOCUMENT.read_text(encoding="utf-8").replace("🏆 ", "")


def as_html(text: str) -> str:
    blocks = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = paragraph.splitlines()
        if all(line.startswith("- ") for line in lines):
            blocks.append("<ul>" + "".join(f"<li>{line[2:]}</li>" for line in lines) + "</ul>")
        else:
            words = "<br>".join(lines).replace("2^{ème}", "2<sup>ème</sup>")
            blocks.append("<p>" + re.sub(r"^(\w+ :)", r"<strong>\1</strong>", words) + "</p>")
    menu = "<nav><ul><li>Accueil</li><li>Territoire : tous</li></ul></nav><script>var x = 'Territoire : non';</script>"
    return f"<!DOCTYPE html><html><head><title>T</title></head><body>{menu}<main>{''.join(blocks)}</main></body></html>"


def with_carriers(tmp_path: Path, name: str, content: bytes | str) -> Reading:
    made = folder(tmp_path, name, content)
    shutil.copy(FOLDER / "carriers.toml", made)
    return registry.read(made)


def rows(reading: Reading) -> list[Row]:
    return [comparable(award_row(award, reading.calls)) for award in reading.awards]


def right() -> list[Row]:
    made = [comparable(without_publics(row)) for row in expected()[1]]
    for row in made:
        # A superscript is printed as one; its wording no longer holds the braces.
        row["period"]["verbatim"] = row["period"]["verbatim"].replace("2 eme", "2eme")
    return made


def check_quotations(reading: Reading) -> None:
    text = reading.load_text()
    for award in reading.awards:
        for span in (award.span, award.heading.span, *(p.span for p in award.description)):
            assert text[span.start : span.end] == span.exact


def test_pdf(tmp_path: Path) -> None:
    reading = with_carriers(tmp_path, "x.pdf", pdf(TEXT))
    assert rows(reading) == right()
    assert [award.span.page for award in reading.awards][-1] == 5
    assert codes(reading, "error") == []
    check_quotations(reading)


def test_pdf_of_two_columns(tmp_path: Path) -> None:
    reading = with_carriers(tmp_path, "x.pdf", pdf(TEXT, columns=2))
    assert rows(reading) == right()
    check_quotations(reading)


def test_docx(tmp_path: Path) -> None:
    reading = with_carriers(tmp_path, "x.docx", docx(paragraphs(TEXT.replace("2^{ème}", "2ème"))))
    assert rows(reading) == right()
    check_quotations(reading)


def test_html(tmp_path: Path) -> None:
    reading = with_carriers(tmp_path, "x.html", as_html(TEXT))
    assert rows(reading) == right()
    check_quotations(reading)


TABLE = [["Porteur", "Projet", "Montant"], ["Club A", "Projet A", "1 200 €"], ["Club B", "Projet B", "3 400 €"]]


def test_tables_in_documents(tmp_path: Path) -> None:
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in TABLE)
    page = f"<html><body><h1>Lauréats</h1><table>{cells}</table></body></html>"
    for name, content in (("x.html", page), ("x.docx", docx(paragraphs("Lauréats") + table(TABLE)))):
        reading = read(tmp_path / name, name, content) if (tmp_path / name).mkdir() is None else None
        assert reading is not None
        found = [(a.carriers[0].name, a.title.value, str(a.amounts[0].value)) for a in awards(reading)]
        assert found == [("Club A", "Projet A", "1200"), ("Club B", "Projet B", "3400")]
        assert reading.document.layout == "laureats"


def test_terms_and_descriptions_are_labels_and_values(tmp_path: Path) -> None:
    entry = "<h3>{}</h3><dl><dt>Porteur</dt><dd>{}</dd><dt>Territoire</dt><dd>{}</dd><dt>Montant</dt><dd>{} €</dd></dl>"
    entries = entry.format("La Fabrique", "Bourg vivant", "Blois", "45 000") + entry.format(
        "Le Quai", "SCIC", "Tours", 5
    )
    title = "<h1>Lauréats de l'appel à projets Tiers-lieux 2022</h1><p>2 lauréats</p>"
    reading = read(tmp_path, "x.html", f"<html><body>{title}{entries}</body></html>")
    found = [(a.carriers[0].name, a.title.value, str(a.amounts[0].value)) for a in awards(reading)]
    assert found == [("Bourg vivant", "La Fabrique", "45000"), ("SCIC", "Le Quai", "5")]
    assert [call.title.value for call in reading.calls] == ["Tiers-lieux 2022"]
    assert codes(reading) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.html", "<html><body><p>Le préfet annonce des lauréats. Voir la page.</p></body></html>"),
        ("x.html", ""),
        ("x.docx", docx(paragraphs("Compte rendu de réunion.\nLes lauréats seront connus en mars."))),
        ("x.docx", docx("")),
        ("x.pdf", pdf("Communiqué de presse.\n\nLes lauréats seront connus en mars.")),
    ],
)
def test_prose_holds_no_laureates(tmp_path: Path, name: str, content: bytes | str) -> None:
    reading = read(tmp_path, name, content)
    assert awards(reading) == []
    assert "no-laureates" in codes(reading, "error")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.pdf", b"%PDF-1.4 damaged"),
        ("x.pdf", b""),
        ("x.docx", b"not a zip"),
        ("x.docx", docx('<!-- --><w:p xmlns:w="x"')),
    ],
)
def test_a_damaged_document_is_a_sentence(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(SourceError) as refused:
        read(tmp_path, name, content)
    assert refused.value.en.endswith(".")


def test_a_scan_without_text_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="OCR"):
        read(tmp_path, "x.pdf", pdf(" ", footer=""))


def test_a_page_nested_beyond_reason(tmp_path: Path) -> None:
    page = "<div>" * 100_000 + "x"
    assert awards(read(tmp_path, "x.html", page, MANIFEST)) == []
