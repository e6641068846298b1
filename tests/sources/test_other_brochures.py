"""Brochures laid out otherwise than the first one, and documents that hold no laureate."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from folders import DOCUMENTS, awards, codes, read

from laurier.sources import brochure, layout
from laurier.sources.division import Known
from laurier.sources.heading import SURE, Context, divide
from laurier.sources.lines import SourceText


def summary(tmp_path: Path, name: str) -> list[tuple[str, ...]]:
    found = awards(read(tmp_path, name))
    return [
        (
            " + ".join(c.name for c in a.carriers),
            a.title.value,
            a.territory.value if a.territory else "",
            a.period.edtf if a.period else "",
        )
        for a in found
    ]


def test_mixed_case_headings_with_a_dash(tmp_path: Path) -> None:
    assert summary(tmp_path, "bretagne.txt") == [
        (
            "Mission locale du Pays de Brest",
            "TREMPLIN POUR L'EMPLOI",
            "Brest Métropole, CC du Pays d'Iroise",
            "2019-03-01/2020-12-31",
        ),
        ("Collectif Ty Kreiz", "Ateliers nomades", "Centre-Bretagne (Carhaix, Rostrenen)", "2019-34"),
        ("Association Sauvegarde 56", "Cap vers l'emploi", "Lorient", "2020-09"),
        ("Les Apprentis d'Auteuil Bretagne", "La Touline", "Rennes", "2021-01"),
        ("ADSEA 29", "Rue libre", "Quimper et Concarneau", "2021-02"),
    ]


def test_their_other_values(tmp_path: Path) -> None:
    reading = read(tmp_path, "bretagne.txt")
    found = awards(reading)
    assert [a.status[0] if a.status else None for a in found] == ["realise", "realise", *["en-cours"] * 3]
    assert [a.beneficiaries.value if a.beneficiaries else None for a in found] == [120, 80, None, None, None]
    assert [(r.indicator, r.count, r.out_of) for r in found[2].results] == [("cdi", 12, 40)]
    assert [(t.verbatim.value, t.min_age, t.max_age) for t in found[2].targets] == [
        ("jeunes de moins de 26 ans", None, 25)
    ]
    first, second = reading.calls
    assert (first.scope, first.announced and first.announced.value) == ("national", 3)
    assert [(b.value, b.year, b.territory and b.territory.value) for b in first.budget] == [
        (1_200_000, 2020, "Bretagne")
    ]
    assert (second.scope, second.title.value) == ("regionalise", "Repérer et mobiliser les publics « invisibles »")
    assert codes(reading, "error") == []


def test_every_field_under_a_label(tmp_path: Path) -> None:
    assert summary(tmp_path, "labelled.txt") == [
        (
            "Association ACCUEIL ET PROMOTION (AAP 21)",
            "Passerelles vers l'emploi",
            "Dijon, Beaune",
            "2022-09-01/2024-08-31",
        ),
        ("GRETA 71 + CCI de Saône-et-Loire", "Bâtir ensemble", "Chalon-sur-Saône", "2023"),
    ]
    reading = read(tmp_path, "labelled.txt")
    first, second = awards(reading)
    assert [str(amount.value) for amount in (*first.amounts, *second.amounts)] == ["245000.50", "98000"]
    assert [a.duration.value if a.duration else None for a in (first, second)] == ["P2Y", "P1Y"]
    assert codes(reading) == []


def test_headings_on_two_lines_and_publics_in_a_list(tmp_path: Path) -> None:
    reading = read(tmp_path, "hauts_de_france.txt")
    found = awards(reading)
    assert [(a.carriers[0].name, a.title.value) for a in found] == [
        ("WIMOOV", "LES CHEMINS DE LA MOBILITÉ"),
        ("PÔLE RESSOURCES", "ÉLAN 62"),
        ("APPRENTIS D’AUTEUIL", "BOOST INSERTION"),
        ("AFEJI", "ALLER VERS"),
    ]
    assert [len(a.targets) for a in found] == [3, 3, 1, 0]
    assert [a.beneficiaries.value if a.beneficiaries else None for a in found] == [1250, None, 120, None]
    assert [[str(amount.value) for amount in a.amounts] for a in found] == [["1350000"], ["850000"], ["400000"], []]
    assert [a.duration.value if a.duration else None for a in found] == ["P3Y", "P2Y6M", None, None]
    assert [(call.scope, call.announced and call.announced.value) for call in reading.calls] == [
        ("national", 3),
        ("regionalise", 1),
    ]
    assert codes(reading, "error") == []
    assert "unread-count" in codes(reading)


def test_markdown_is_read_without_its_marks(tmp_path: Path) -> None:
    assert summary(tmp_path, "occitanie.md") == [
        ("MISSION LOCALE GARD RHODANIEN", "ALLER VERS", "Bagnols-sur-Cèze", "2021-04"),
        ("ASSOCIATION SAMUEL VINCENT", "PASSERELLES", "Nîmes", "2021-05"),
        ("REGIE DE QUARTIER", "PREMIERS PAS", "Alès", "2021-06"),
    ]
    reading = read(tmp_path, "occitanie.md")
    text = reading.load_text()
    for award in awards(reading):
        assert text[award.heading.span.start : award.heading.span.end] == award.heading.span.exact
    assert [a.ordinal for a in awards(reading)] == [1, 2, 3]


def test_a_document_of_one_call_named_in_its_title(tmp_path: Path) -> None:
    reading = read(tmp_path, "one_call.txt")
    assert [a.title.value for a in awards(reading)] == ["PRÉPA BTP", "TOP DÉPART", "RACINES", "ELAN"]
    assert [call.title.value for call in reading.calls] == ["Prépa apprentissage"]
    assert codes(reading, "error") == []


@pytest.mark.parametrize("name", ["press_release.txt", "bare_list.txt"])
def test_what_is_no_list_of_laureates_yields_none_and_says_so(tmp_path: Path, name: str) -> None:
    reading = read(tmp_path, name)
    assert awards(reading) == []
    assert "no-laureates" in codes(reading, "error")


def test_source_toml_names_the_only_call_of_a_document_that_prints_another_name(tmp_path: Path) -> None:
    text = (DOCUMENTS / "one_call.txt").read_text(encoding="utf-8")
    manifest = 'title = "T"\n[programme]\ntitle = "P"\n[call]\ntitle = "Autre"\n'
    reading = read(tmp_path, "one_call.txt", text, manifest)
    assert [(call.key, call.title.value) for call in reading.calls] == [("autre", "Autre")]
    assert {award.call for award in awards(reading)} == {"autre"}
    assert text[reading.calls[0].title.span.start : reading.calls[0].title.span.end] == "Prépa apprentissage"
    assert "call-renamed" in codes(reading, "info")


def test_a_name_for_the_call_of_a_document_that_prints_several_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    text = (DOCUMENTS / "bretagne.txt").read_text(encoding="utf-8")
    printed = [call.title.value for call in read(tmp_path, "bretagne.txt", text).calls]
    manifest = 'title = "T"\n[programme]\ntitle = "P"\n[call]\ntitle = "Autre"\n'
    reading = read(tmp_path, "bretagne.txt", text, manifest)
    assert [call.title.value for call in reading.calls] == printed
    assert "call-unused" in codes(reading, "warning")


@pytest.mark.parametrize(
    "line",
    [
        "Rouen, le 12 mars 2026",
        "ROUEN, LE 12 MARS 2026",
        "À Saint-Lô, le jeudi 12 mars 2026.",
        "le 12 mars 2026",
        "Jeudi 12 mars 2026",
        "Publié le 12/03/2026",
        "Fait à L'Haÿ-les-Roses, le 1er avril 2026",
        "Caen – 12 mars 2026",
        "Du 1er mars au 30 avril 2026",
    ],
)
@pytest.mark.parametrize("opening", ["Appel à projets Insertion", "AAP\nInsertion", "AAP\nINSERTION"])
def test_a_line_of_place_and_date_is_no_part_of_the_title_above_it(tmp_path: Path, opening: str, line: str) -> None:
    text = f"{opening}\n{line}\n\n1 lauréat\n\nMISSION LOCALE X TREMPLIN\n\nTerritoire : Brest\n"
    reading = read(tmp_path, "liste.txt", text)
    assert [call.key for call in reading.calls] == ["insertion"]
    assert reading.calls[0].objective == ()
    assert codes(reading, "info") == ["dateline"]


@pytest.mark.parametrize("line", ["Vague 2, mars 2026", "Mars 2026", "Session du 12 mars 2026", "et mobilité, 2026"])
def test_a_line_that_may_tell_a_call_from_another_stays_in_its_title(tmp_path: Path, line: str) -> None:
    text = f"AAP\nInsertion\n{line}\n\n1 lauréat\n\nMISSION LOCALE X TREMPLIN\n\nTerritoire : Brest\n"
    assert [c.title.value for c in read(tmp_path, "liste.txt", text).calls] == [f"Insertion {line}"]


def test_a_date_above_the_first_laureate_is_not_its_heading(tmp_path: Path) -> None:
    text = "AAP Insertion\n\nRouen, le 12 mars 2026\nPorteur : A\nProjet : B\nTerritoire : Brest\n"
    assert [a.title.value for a in awards(read(tmp_path, "liste.txt", text))] == ["B"]


def test_a_name_for_the_call_of_a_document_that_prints_none(tmp_path: Path) -> None:
    text = "MISSION LOCALE X TREMPLIN\n\nTerritoire : Brest\n\nTremplin aide les jeunes.\n"
    assert "call-unnamed" in codes(read(tmp_path, "liste.txt", text), "error")
    manifest = 'title = "T"\n[programme]\ntitle = "P"\n[call]\ntitle = "Appel 2021"\n'
    reading = read(tmp_path, "liste.txt", text, manifest)
    assert [call.title.value for call in reading.calls] == ["Appel 2021"]
    assert codes(reading, "error") == []


def test_labels_added_by_a_source(tmp_path: Path) -> None:
    text = "AAP\nEssai\n\n1 lauréat\n\nMISSION LOCALE X TREMPLIN\n\nTerritoire : Brest\n\nDestinataires : jeunes NEET\n"
    assert "unknown-label" in codes(read(tmp_path, "liste.txt", text))
    manifest = 'title = "T"\n[programme]\ntitle = "P"\n[words.labels]\npublic = ["Destinataires"]\n'
    reading = read(tmp_path, "liste.txt", text, manifest)
    assert [a.public.value for a in awards(reading) if a.public] == ["jeunes NEET"]
    assert "unknown-label" not in codes(reading)


def test_another_call_told_in_a_paragraph_is_a_warning(tmp_path: Path) -> None:
    """Its laureates stay under the call before, and the reader is told where to look."""
    plain = (DOCUMENTS / "one_call.txt").read_text(encoding="utf-8")
    told = "Dans le cadre de l'appel à projets des territoires, deux projets ont aussi été retenus."
    second = plain.index("RACINES")
    start = plain.rindex("\n\n", 0, second) + 2
    changed = read(tmp_path, "one_call.txt", f"{plain[:start]}{told}\n\n{plain[start:]}")
    assert "call-in-prose" not in codes(read(tmp_path, "one_call.txt", plain))
    warned = [d for d in changed.diagnostics if d.code == "call-in-prose"]
    assert [d.severity for d in warned] == ["warning"]
    assert warned[0].span is not None
    assert warned[0].span.exact == told


def test_a_long_brochure_repeats_its_calls_and_leaves_out_a_heading(tmp_path: Path) -> None:
    def laureate(number: int) -> str:
        name = f"LES AMIS DU CHEYLARD PASSERELLE {chr(64 + number) * 3}"
        return f"{number}\n\n{name}\n\nTerritoire : Rouen\n\nUn atelier ouvert.\n\nDate de démarrage : mars 2020.\n"

    def section(heading: str, *numbers: int) -> str:
        told = "\n".join(laureate(number) for number in numbers)
        return f"\n{heading}\n\n{len(numbers)} Lauréat{'s' * (len(numbers) > 1)}\n\nProjets réalisés\n\n{told}"

    town = "AAP\nrégionalisé\nNature en\nville\n\nDes arbres dans les rues."
    # No AAP: the sentence names the call, and its budget stands between it and the number.
    bare = (
        "L'objectif de l'appel à projets Fabriques de territoire est de soutenir des lieux.\n\n"
        "€ Budget au titre du programme : 1 000 € pour la Normandie en 2020"
    )
    reading = read(tmp_path, "longue.txt", section(town, 1) + section(town, 2, 3) + section(town, 4) + section(bare, 5))
    assert [(c.title.value, c.scope) for c in reading.calls] == [
        ("Nature en ville", "regionalise"),
        ("Fabriques de territoire", None),
    ]
    assert [b.value for b in reading.calls[1].budget] == [1000]
    assert [a.call for a in awards(reading)] == [reading.calls[0].key] * 4 + [reading.calls[1].key]
    assert all(a.heading.value.startswith("LES AMIS DU CHEYLARD") for a in awards(reading))
    assert codes(reading, "error") == []


@pytest.mark.parametrize(
    ("printed", "title", "carrier"),
    [
        ("CAP MARIN porté par l'association Horizon", "CAP MARIN", "Horizon"),
        ("MOUSSES porté par le GRETA de Lorient", "MOUSSES", "GRETA de Lorient"),
        ("MOUSSES (porté par le GRETA de Lorient)", "MOUSSES", "GRETA de Lorient"),
        ("PHARE, projet mis en œuvre par la Mission locale de Quimper", "PHARE", "Mission locale de Quimper"),
        ("Les voiles – portées par l’Association des Glénans", "Les voiles", "Association des Glénans"),
    ],
)
@pytest.mark.parametrize("listed", [False, True])
def test_a_heading_that_says_who_carries_it(printed: str, title: str, carrier: str, listed: bool) -> None:
    piece = SourceText(printed).piece(0, len(printed))
    made = divide(piece, Context(known=(Known(carrier),) if listed else ()))
    assert made.carrier is not None
    assert (made.title.text, made.carrier.text, made.confidence) == (title, carrier, Decimal("0.95"))


@pytest.mark.parametrize(
    "printed",
    ["UN JARDIN porté par les habitants", "AGIR porté par A. Martin, puis porté par B. Durand", "porté par Horizon"],
)
def test_a_heading_that_names_no_one_organisation_is_not_divided_there(printed: str) -> None:
    made = divide(SourceText(printed).piece(0, len(printed)), Context())
    assert "porté par" in made.title.text or made.confidence < SURE


def test_a_listed_carrier_that_no_heading_bears_is_told() -> None:
    text = "1. MOUSSES porté par le GRETA de Lorient\nTerritoire : Lorient\nLe projet forme des mousses.\n"
    source = SourceText(text)
    found = brochure.read(source, layout.load("pic"), (Known("GRETA de Lorient"), Known("Personne Du Tout")))
    assert [d.fr for d in found.diagnostics if d.code == "carrier-unused"] == [
        "Aucun titre ne commence ni ne finit par « Personne Du Tout », que carriers.toml donne : écrivez-le comme il "
        "est imprimé, ou retirez-le."
    ]
