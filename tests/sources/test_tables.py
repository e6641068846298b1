"""Tables: profiles recognised by their heading, broken cells refused by line and column, good rows never lost."""

from __future__ import annotations

import datetime
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from folders import MANIFEST, awards, codes, read
from hypothesis import given, settings
from hypothesis import strategies as st

from laurier.errors import SourceError
from laurier.readings import Reading
from laurier.records import Award
from laurier.sources.tables import cells, delimited, profile
from laurier.sources.tables import reading as tables

SCDL = (
    "nomAttribuant,idAttribuant,dateConvention,referenceDecision,nomBeneficiaire,idBeneficiaire,rnaBeneficiaire,objet,"
    "montant,nature,conditionsVersement,datesPeriodeVersement,idRAE,notificationUE,pourcentageSubvention,dispositifAide"
)
SIRET = "73282932000074"
ROW = (
    f'Ville,21760540600018,2023-03-14,D12,"Les ""Amis"" du port",{SIRET},W762000123,"Fête, édition\n2023",'
    "12000.00,n,u,,,non,1,AAP 2023"
)


def facts(award: Award) -> tuple[str, str, str]:
    return (award.carriers[0].name, award.title.value, ",".join(str(a.value) for a in award.amounts))


def check_quotations(reading: Reading) -> None:
    text = reading.load_text()
    assert "".join(reading.chunks()) == text
    for award in reading.awards:
        for span in (award.span, award.title.span, *(c.span for c in award.carriers), *(a.span for a in award.amounts)):
            assert text[span.start : span.end] == span.exact
            before = text[: span.start].replace("\r\n", "\n").replace("\r", "\n")
            assert before.count("\n") + 1 == span.first_line


def test_scdl_2_1_1(tmp_path: Path) -> None:
    reading = read(tmp_path, "subventions.csv", f"{SCDL}\n{ROW}\n")
    [award] = awards(reading)
    assert reading.document.layout == "scdl-subventions"
    assert facts(award) == ('Les "Amis" du port', "Fête, édition 2023", "12000.00")
    assert (award.carriers[0].siren, award.carriers[0].siret, award.carriers[0].rna) == (
        "732829320",
        SIRET,
        "W762000123",
    )
    assert [call.title.value for call in reading.calls] == ["AAP 2023"]
    assert award.reference is not None
    assert award.reference.value == "D12"
    assert ("dateConvention", "2023-03-14") in [(label, p.value) for label, p in award.other]
    assert codes(reading) == []
    check_quotations(reading)


@pytest.mark.parametrize(
    ("heading", "separator"),
    [
        ("nomAttribuant;idAttribuant;dateConvention;nomBeneficiaire;idBeneficiaire;objet;montant", ";"),
        ("Nom attribuant\tId attribuant\tDate convention\tNom bénéficiaire\tId bénéficiaire\tObjet\tMontant (€)", "\t"),
        ("NOM_ATTRIBUANT|ID_ATTRIBUANT|DATE_CONVENTION|NOM_BENEFICIAIRE|ID_BENEFICIAIRE|OBJET|MONTANT", "|"),
    ],
)
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_older_variants_in_every_dress(tmp_path: Path, heading: str, separator: str, codec: str, end: str) -> None:
    lines = [
        heading,
        *(
            separator.join(["Ville", "1", "2020-01-02", f"Évreux n° {n}", SIRET, "Été", "1 234,50 €"])
            for n in (1, 2, 3)
        ),
    ]
    reading = read(tmp_path, "subventions.csv", (end.join(lines) + end).encode(codec))
    assert [facts(award) for award in awards(reading)] == [(f"Évreux n° {n}", "Été", "1234.50") for n in (1, 2, 3)]
    assert reading.document.layout == "scdl-subventions"
    check_quotations(reading)


def test_list_of_operations_in_french_and_in_english(tmp_path: Path) -> None:
    french = (
        "Liste au 31/12/2023;;;;;;\n\n"
        "Nom du bénéficiaire;Nom de l'opération;Objet de l'opération;"
        "Date de début;Date de fin;Coût total (k€);Localisation\n"
        "CCI;Numérique;Former;01/01/2022;31/12/2023;245,5;Rouen\n"
    )
    [award] = awards(reading := read(tmp_path, "operations.csv", french))
    assert reading.document.layout == "operations-ue"
    assert facts(award) == ("CCI", "Numérique", "245500.0")
    assert award.period is not None
    assert award.period.edtf == "2022-01-01/2023-12-31"
    assert award.territory is not None
    assert award.territory.value == "Rouen"
    assert [d.value for d in award.description] == ["Former"]
    english = (
        "Beneficiary name,Operation name,Operation summary,Operation start date,Operation end date,"
        "Total eligible expenditure,EU co-financing rate\nCity,Path,A path,2022-01-01,2023-01-01,100,60 %\n"
    )
    [award] = awards(reading := read(tmp_path, "operations.csv", english))
    assert reading.document.layout == "operations-ue"
    assert facts(award) == ("City", "Path", "100")


BROKEN = [
    ("identifier-rounded", "idBeneficiaire", "4,991E+13"),
    ("identifier-invalid", "idBeneficiaire", "49910"),
    ("identifier-wrong-key", "idBeneficiaire", "73282932000075"),
    ("spreadsheet-error", "montant", "#REF!"),
    ("amount-unread", "montant", "environ mille"),
    ("amount-ambiguous", "montant", "1.234"),
    ("amount-negative", "montant", "-50"),
]


@pytest.mark.parametrize(("code", "column", "value"), BROKEN)
def test_a_broken_cell_is_named_and_its_row_kept(tmp_path: Path, code: str, column: str, value: str) -> None:
    row = {"nomBeneficiaire": "Club", "objet": "Tournoi", "montant": "100", "idBeneficiaire": SIRET, column: value}
    text = ";".join(row) + "\nA;B;10;;\n".replace("A;B;10;;", "Asso;Fête;10;") + ";".join(row.values()) + "\n"
    reading = read(tmp_path, "s.csv", text)
    assert [award.carriers[0].name for award in awards(reading)] == ["Asso", "Club"]
    [reject] = reading.rejects()
    assert (reject.code, reject.line, reject.column, reject.value, reject.kept) == (code, 3, column, value, True)
    for sentence, line in ((reject.en, "Line 3"), (reject.fr, "Ligne 3")):
        assert sentence.startswith(f"{line}, col")
        assert value in sentence
        assert sentence.endswith(".")
    assert code in codes(reading, "warning")
    check_quotations(reading)


def test_a_status_that_is_not_known_is_told_and_a_reference_in_a_column_of_numbers_is_kept(tmp_path: Path) -> None:
    text = "N°;Porteur;Projet;Montant;Statut\n1;A;P;10;En cours\n2023-045;B;Q;10;Conventionné\n"
    reading = read(tmp_path, "l.csv", text)
    first, second = awards(reading)
    assert (first.ordinal, first.doubtful, first.other) == (1, False, ())
    assert (second.ordinal, second.status, second.doubtful) == (None, None, True)
    assert {(label, passage.value) for label, passage in second.other} == {
        ("Statut", "Conventionné"),
        ("N°", "2023-045"),
    }
    assert [(r.code, r.line) for r in reading.rejects()] == [("status-unread", 3)]
    manifest = MANIFEST + "[words.statuses]\nen-cours = ['Conventionné']\n"
    second = awards(read(tmp_path, "l.csv", text, manifest))[1]
    assert (second.status and second.status[0], second.doubtful) == ("en-cours", False)


def test_repeated_headings_and_totals_are_no_laureates(tmp_path: Path) -> None:
    heading = "Porteur;Projet;Montant"
    text = f"{heading}\nA;P;1\n{heading}\nSous-total;;1\nB;Q;2\nTOTAL GÉNÉRAL;;3\nTotal Énergies Solidaires;R;4\n"
    reading = read(tmp_path, "l.csv", text)
    assert [a.carriers[0].name for a in awards(reading)] == ["A", "B", "Total Énergies Solidaires"]
    assert reading.coverage.lines == reading.coverage.understood == 7


def test_rows_that_name_no_laureate_are_rejected_with_a_remedy(tmp_path: Path) -> None:
    text = "Porteur;Projet;Montant\nA;P;1\n;Q;2\nC;;3\nD;R;4;5;6\n"
    reading = read(tmp_path, "l.csv", text)
    assert [a.carriers[0].name for a in awards(reading)] == ["A"]
    assert [(r.code, r.line, r.column, r.kept) for r in reading.rejects()] == [
        ("required-missing", 3, "Porteur", False),
        ("required-missing", 4, "Projet", False),
        ("too-many-cells", 5, "", False),
    ]


def test_a_shifted_row_is_refused(tmp_path: Path) -> None:
    text = f"nomBeneficiaire,idBeneficiaire,objet,montant\nA,{SIRET},P,1\nB, asso,{SIRET},Q,2\n"
    reading = read(tmp_path, "l.csv", text)
    assert [a.carriers[0].name for a in awards(reading)] == ["A"]
    assert [r.code for r in reading.rejects()] == ["too-many-cells"]


def test_stray_quotes(tmp_path: Path) -> None:
    text = 'Porteur;Projet;Montant\n"Le "Bureau" mobile";P;1\nLe 12" rock;Q;2\n"jamais fermé;R;3\nD;S;4\n'
    reading = read(tmp_path, "l.csv", text)
    assert [(a.carriers[0].name, a.title.value) for a in awards(reading)] == [
        ('Le "Bureau" mobile', "P"),
        ('Le 12" rock', "Q"),
        ('"jamais fermé', "R"),
        ("D", "S"),
    ]
    assert "lone-quote" in [r.code for r in reading.rejects()]
    check_quotations(reading)


@pytest.mark.parametrize("held", [0, 299, 300])
def test_many_refusals_are_counted_and_all_given_by_the_rejects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    monkeypatch.setattr(tables, "_HELD", held)
    text = "Porteur;Projet;Montant\n" + "".join(f"A{n};P{n};#REF!\n" for n in range(300))
    reading = read(tmp_path, "l.csv", text)
    assert len(awards(reading)) == 300
    assert len(codes(reading)) < 60
    assert any("250" in d.en for d in reading.diagnostics)
    assert len(list(reading.rejects())) == 300


def test_the_columns_of_a_source(tmp_path: Path) -> None:
    manifest = MANIFEST + '[columns]\n"Qui" = "carrier"\n"Quoi" = "title"\n"Combien" = "amount"\n'
    [award] = awards(read(tmp_path, "l.csv", "Qui,Quoi,Combien\nA,P,12\n", manifest))
    assert facts(award) == ("A", "P", "12")
    with pytest.raises(SourceError, match="no field"):
        read(tmp_path, "l.csv", "Qui,Quoi\nA,P\n", MANIFEST + '[columns]\n"Qui" = "wibble"\n')


def test_longer_headings_and_printed_numbers(tmp_path: Path) -> None:
    text = (
        "N°;Nom de la structure;Intitulé du projet;Commune d'implantation;Montant demandé;Montant accordé (en €)\n"
        "1;A;P;Rouen;20 000;12 000\n"
    )
    [award] = awards(read(tmp_path, "l.csv", text))
    assert facts(award) == ("A", "P", "12000")
    assert award.ordinal == 1
    assert award.territory is not None
    assert award.territory.value == "Rouen"
    assert ("Montant demandé", "20 000") in [(label, p.value) for label, p in award.other]


def test_csvw_metadata(tmp_path: Path) -> None:
    folder = tmp_path / "essai"
    folder.mkdir()
    metadata = {
        "@context": "http://www.w3.org/ns/csvw",
        "dialect": {"delimiter": "|"},
        "tableSchema": {
            "columns": [
                {"titles": "Qui", "propertyUrl": "https://w3id.org/laurier/ns#carrier"},
                {"titles": {"fr": "Quoi"}, "propertyUrl": "dcterms:title"},
                {"titles": "Combien", "name": "amount"},
            ]
        },
    }
    (folder / "l.csv-metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    [award] = awards(read(tmp_path, "l.csv", "Qui|Quoi|Combien\nA|P, Q|12\n", 'file = "l.csv"\n' + MANIFEST))
    assert facts(award) == ("A", "P, Q", "12")


def test_no_heading_is_a_sentence_with_the_columns_seen(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="« x », « y »") as refused:
        read(tmp_path, "l.csv", "x,y\n1,2\n")
    assert "[columns]" in refused.value.fr


def test_a_list_of_people_or_places_is_no_list_of_laureates(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        read(tmp_path, "l.csv", "Association,Code postal,Téléphone\nA,76000,02\n")


def workbook(path: Path) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Lisez-moi"  # type: ignore[union-attr]
    sheet = book.create_sheet("Liste")
    sheet.append(["Lauréats 2023"])
    sheet.append([])
    sheet.append(["Appel à projets", "Porteur", "SIRET", "Projet", "Montant", "Date de début"])
    sheet.append(["AAP Culture", "Club A", int(SIRET), "Projet A", 1234.5, datetime.datetime(2023, 3, 1)])
    sheet.append([None, "Club B", None, "Projet\nB", 5000, "mars 2023"])
    sheet.append(["AAP Sport", "Club C", None, "Projet C", "#REF!", None])
    sheet.merge_cells("A4:A5")
    book.save(path)
    return path.read_bytes()


def test_xlsx_with_a_cover_sheet_merged_cells_and_dates(tmp_path: Path) -> None:
    reading = read(tmp_path, "l.xlsx", workbook(tmp_path / "made.xlsx"))
    found = awards(reading)
    assert [(a.call, *facts(a)) for a in found] == [
        ("aap culture", "Club A", "Projet A", "1234.5"),
        ("aap culture", "Club B", "Projet B", "5000"),
        ("aap sport", "Club C", "Projet C", ""),
    ]
    assert [a.period.edtf if a.period else "" for a in found] == ["2023-03-01", "2023-03", ""]
    assert found[0].carriers[0].siret == SIRET
    assert [r.line for r in reading.rejects()] == [6]
    check_quotations(reading)


ODS = """<?xml version="1.0"?><o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:x="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<o:body><o:spreadsheet><t:table t:name="F"><t:table-row>{heading}</t:table-row>
<t:table-row><t:table-cell t:number-rows-spanned="2"><x:p>Club A</x:p></t:table-cell>
<t:table-cell><x:p>P &amp; A</x:p></t:table-cell><t:table-cell o:value-type="currency" o:value="1200.0"/>
<t:table-cell o:value-type="date" o:date-value="2023-03-01T00:00:00"/></t:table-row>
<t:table-row><t:covered-table-cell/><t:table-cell><x:p>P B</x:p></t:table-cell></t:table-row>
<t:table-row t:number-rows-repeated="1048570"><t:table-cell t:number-columns-repeated="16384"/></t:table-row>
</t:table></o:spreadsheet></o:body></o:document-content>"""


def zipped(path: Path, **parts: str) -> bytes:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return path.read_bytes()


def test_ods(tmp_path: Path) -> None:
    heading = "".join(
        f"<t:table-cell><x:p>{h}</x:p></t:table-cell>" for h in ("Porteur", "Projet", "Montant", "Date de début")
    )
    reading = read(tmp_path, "l.ods", zipped(tmp_path / "m.zip", content=ODS.format(heading=heading)))
    found = awards(reading)
    assert [facts(a) for a in found] == [("Club A", "P & A", "1200"), ("Club A", "P B", "")]
    assert found[0].period is not None
    assert found[0].period.edtf == "2023-03-01"
    check_quotations(reading)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("l.json", '[{"porteur": "A", "projet": "P", "montant": 12.5}]'),
        ("l.json", '{"total": 1, "results": [{"porteur": "A", "projet": "P", "montant": 12.5}]}'),
        (
            "l.geojson",
            '{"type": "FeatureCollection", "features": [{"geometry": null, '
            '"properties": {"porteur": "A", "projet": "P", "montant": 12.5}}]}',
        ),
        ("l.jsonl", '{"porteur": "A", "projet": "P", "montant": 12.5}\n'),
    ],
)
def test_json(tmp_path: Path, name: str, content: str) -> None:
    reading = read(tmp_path, name, content)
    assert [facts(a) for a in awards(reading)] == [("A", "P", "12.5")]
    check_quotations(reading)


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("1 234,50 €", "1234.50"),
        ("1\u202f234,5", "1234.5"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1.234.567", "1234567"),
        ("12", "12"),
        ("€ 5", "5"),
        ("1'000", "1000"),
    ],
)
def test_sums(printed: str, value: str) -> None:
    total, why = cells.amount(cells.clean(printed))
    assert (str(total), why) == (value, None)


@given(st.integers(0, 10**9), st.integers(0, 99))
@settings(deadline=None)
def test_every_way_of_writing_a_sum_gives_the_same(euros: int, cents: int) -> None:
    plain = f"{euros}.{cents:02d}"
    grouped = f"{euros:,}".replace(",", " ")
    for printed in (plain, f"{euros},{cents:02d}", f"{grouped},{cents:02d} €", f"{euros:,}.{cents:02d}"):
        total, _ = cells.amount(printed)
        assert total is not None
        assert f"{total:.2f}" == plain


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_characters="\r\n\x00", exclude_categories=["Cs"]), max_size=8),
            min_size=1,
            max_size=6,
        ),
        max_size=6,
    )
)
@settings(deadline=None, max_examples=100)
def test_offsets_of_any_csv(tmp_path_factory: pytest.TempPathFactory, table: list[list[str]]) -> None:
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    text = "\n".join(";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in table)
    path.write_text(text, encoding="utf-8", newline="")
    found = list(delimited.rows(path, delimited.Dialect("utf-8", ";")))
    shown = delimited.CONTROLS.sub(" ", text)
    for row in found:
        for at, begin in enumerate(row.begins):
            assert shown[row.start + begin : row.start + begin + len(row.raws[at])] == row.raws[at]
    expected = [[delimited.CONTROLS.sub(" ", cell) for cell in row] for row in table]
    assert [row.cells for row in found] == expected


def test_every_heading_of_a_profile_is_one_field() -> None:
    for name in profile.names():
        loaded = profile.load(name)
        assert set(loaded.columns.values()) <= profile.FIELDS


def test_results_that_a_column_reports(tmp_path: Path) -> None:
    table = "Porteur;Projet;Résultats\nMissio;Cap;12 CDI et 3 CDD sur 40 participants\nMissio;Port;très bons\n"
    reading = read(tmp_path, "liste.csv", table)
    first, second = awards(reading)
    assert [(r.indicator, r.count, r.out_of) for r in first.results] == [("cdi", 12, 40), ("cdd", 3, 40)]
    assert [reading.load_text()[r.span.start : r.span.end] for r in first.results] == ["12 CDI", "3 CDD"]
    assert second.results == ()
    assert "results-unread" in [found.code for found in reading.diagnostics]
