"""The report: sentences with their source line and remedy, JSON, the official report, and the refusal."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import RDF, SH
from sample_validation import SHAPES, Statement, difference, slow, statements, write

from laurier import validation
from laurier.errors import DataRefused, ValidationRefused
from laurier.validation import engine, phrases
from laurier.validation.shape import SH as SH_NS
from laurier.validation.shapes import read
from laurier.vocabulary import PREFIXES, Vocabulary

LAU = PREFIXES["lau"]
PROJECT = "<https://data.example.org/id/projet/media-formation-pare-76>"
INTEGER = "^^<http://www.w3.org/2001/XMLSchema#integer>"


def changed(predicate: str, *values: str, subject: str = PROJECT) -> set[Statement]:
    """The sample with other values for one property of one subject."""
    term = f"<{LAU}{predicate}>"
    return {s for s in statements() if s[:2] != (subject, term)} | {(subject, term, value) for value in values}


def report_of(graph: set[Statement], tmp_path: Path) -> validation.Report:
    return validation.validate(write(graph, tmp_path / "data.nq"))


def test_a_conforming_graph(tmp_path: Path) -> None:
    report = report_of(statements(), tmp_path)
    assert report.conforms
    assert report.engine == "fast"
    report.refuse()
    assert json.loads(report.to_json())["counts"] == {"Violation": 0, "Warning": 0, "Info": 0}
    assert b"sh:conforms true" in report.to_turtle()


def test_a_violation_is_told_with_its_source_line_and_remedy(tmp_path: Path) -> None:
    report = report_of(changed("expectedBeneficiaries", f'"cent"{INTEGER}'), tmp_path)
    french, english = list(report.sentences("fr")), list(report.sentences("en"))
    assert len(french) == len(english) == 2  # not a number, hence out of bounds as well
    assert french[0] == (
        "Erreur : Projet « PARE 76 », « bénéficiaires attendus » n’est pas du type demandé (« cent »). "
        "Le nombre de bénéficiaires attendus est un seul entier positif : vérifiez le nombre imprimé. "
        "Source : Lauréats des appels à projets du Plan d'investissement dans les compétences (Normandie), "
        "lignes 90 à 104 : « MEDIA FORMATION PARE 76 Territoire : Rouen/Elbeuf, Dieppe et Le Havre Parcours "
        "d'Accompagnement des Réfugiés vers l'Emploi (PARE) en Seine-Maritime porté par… »."
    )
    assert english[0].startswith(
        "Error: Project “PARE 76”, “expected beneficiaries” is not of the type demanded (“cent”)."
    )
    assert "lines 90 to 104" in english[0]


def test_the_passage_that_supports_the_property_is_cited(tmp_path: Path) -> None:
    excerpt = "<https://data.example.org/id/extrait/pic-normandie/6206-6255>"
    graph = changed("expectedBeneficiaries", f'"0"{INTEGER}')
    graph |= {
        (PROJECT, f"<{PREFIXES['prov']}wasDerivedFrom>", excerpt),
        (excerpt, f"<{LAU}supports>", f"<{LAU}expectedBeneficiaries>"),
    }
    (one,) = report_of(graph, tmp_path).rows()
    assert one["source"]["quotation"] == "159 Bénéficiaires de la Protection Internationale"
    assert one["source"]["first_line"] == one["source"]["last_line"] == 102


def test_the_parts_of_a_resource_cite_its_passage(tmp_path: Path) -> None:
    start = "<https://data.example.org/id/extrait/pic-normandie/6206-6255#position>"
    graph = {s for s in statements() if s[:2] != (start, f"<{PREFIXES['oa']}start>")}
    (one,) = report_of(graph, tmp_path).rows()
    assert one["source"]["excerpt"] == start[1:].partition("#")[0]


def test_names_are_told_in_the_language_of_the_sentence(tmp_path: Path) -> None:
    title = f"<{PREFIXES['dcterms']}title>"
    source = "<https://data.example.org/id/source/pic-normandie>"
    graph = changed("expectedBeneficiaries", f'"0"{INTEGER}')
    graph |= {(PROJECT, title, '"CONCEPT 76"@en'), (source, title, '"A list of laureates"@en')}
    report = report_of(graph, tmp_path)
    (french,), (english,) = report.sentences("fr"), report.sentences("en")
    assert "« PARE 76 »" in french
    assert "Lauréats des appels" in french
    assert "“CONCEPT 76”" in english
    assert "A list of laureates, lines 90" in english


def test_a_page_and_a_column_are_told(tmp_path: Path) -> None:
    section = "<https://data.example.org/id/extrait/pic-normandie/5500-5520>"
    report = report_of(changed("announcedCount", f'"-1"{INTEGER}', subject=section), tmp_path)
    said = next(s for s in report.sentences("fr") if s.startswith("Erreur"))
    assert "page 2, colonne « Lauréats »" in said


def test_warnings_are_listed_and_do_not_refuse(tmp_path: Path) -> None:
    path = f"<{LAU}period>"
    report = report_of({s for s in statements() if s[:2] != (PROJECT, path)}, tmp_path)
    assert report.counts == {"Violation": 0, "Warning": 1, "Info": 0}
    assert not report.conforms
    report.refuse()
    (said,) = report.sentences("fr")
    assert said.startswith("À vérifier : Projet « PARE 76 », « période » manque. Aucune période")


def test_violations_refuse_publication(tmp_path: Path) -> None:
    report = report_of(changed("expectedBeneficiaries", f'"0"{INTEGER}', f'"1"{INTEGER}'), tmp_path)
    with pytest.raises(ValidationRefused) as caught:
        report.refuse()
    assert caught.value.exit_code == 1
    assert "2 fois" in caught.value.fr
    assert "lignes 90 à 104" in caught.value.fr
    assert "2 times" in caught.value.en


def test_the_official_report_is_that_of_the_reference_engine(tmp_path: Path) -> None:
    graph = changed("expectedBeneficiaries", f'"0"{INTEGER}')
    graph = {s for s in graph if s[:2] != (PROJECT, f"<{LAU}territory>")}
    path = write(graph, tmp_path / "data.nq")
    report = rdflib.Graph().parse(data=validation.validate(path).to_turtle(), format="turtle")
    (whole,) = report.subjects(RDF.type, SH.ValidationReport)
    assert report.value(whole, SH.conforms) == rdflib.Literal(False)
    told = {
        (
            f"<{report.value(result, SH.focusNode)}>",
            str(report.value(result, SH.sourceConstraintComponent)),
            f"<{report.value(result, SH.sourceShape)}>",
            len(list(report.items(report.value(result, SH.resultPath))) or [0]),
            len(list(report.objects(result, SH.resultMessage))),
        )
        for result in report.objects(whole, SH.result)
    }
    assert told == {(r.focus, r.component, r.shape, len(r.path), 2) for r in slow(path)}
    assert len(told) == 2


def test_json_holds_both_languages(tmp_path: Path) -> None:
    report = report_of(changed("expectedBeneficiaries", f'"0"{INTEGER}'), tmp_path)
    told = json.loads(report.to_json())
    assert told["counts"]["Violation"] == 1
    (row,) = told["results"]
    assert row["focus"] == PROJECT.strip("<>")
    assert row["path"] == [f"{LAU}expectedBeneficiaries"]
    assert row["component"] == f"{SH_NS}MinInclusiveConstraintComponent"
    assert row["value"] == "0"
    assert row["severity"] == "Violation"
    assert row["fr"] != row["en"]
    assert row["source"]["first_line"] == 90


def test_every_component_of_the_shapes_has_words() -> None:
    components = {
        constraint.component().rsplit("#", 1)[1].removesuffix("ConstraintComponent")
        for target in read(SHAPES)
        for shape in (target, *target.properties)
        for constraint in shape.constraints
    }
    assert components - {"QualifiedValueShape"} <= phrases.PROBLEMS.keys()
    assert {"QualifiedMinCount", "QualifiedMaxCount"} <= phrases.PROBLEMS.keys()


def test_a_shape_that_cannot_be_compiled_is_handed_over(tmp_path: Path) -> None:
    extra = tmp_path / "extra.ttl"
    extra.write_text(
        f"@prefix sh: <{SH_NS}> . @prefix lau: <{LAU}> .\n"
        "<urn:shape> a sh:NodeShape ; sh:targetClass lau:Carrier ; sh:property <urn:shape#p> .\n"
        '<urn:shape#p> sh:path [ sh:inversePath lau:carrier ] ; sh:maxCount 0 ; sh:message "trop"@fr .\n'
    )
    path = write(statements(), tmp_path / "data.nq")
    report = validation.validate(path, shapes=(*SHAPES, extra))
    assert report.engine == "reference"
    assert "urn:shape" in report.reason
    assert report.counts["Violation"] == 4
    assert all("« carrier » a trop de valeurs. trop" in said for said in report.sentences("fr"))
    assert f"sh:resultPath [ <{SH_NS}inversePath> <{LAU}carrier> ]".encode() in report.to_turtle()


def test_both_engines_by_name(tmp_path: Path) -> None:
    path = write(changed("expectedBeneficiaries", f'"0"{INTEGER}'), tmp_path / "data.nq")
    fast, slow_one = (validation.validate(path, engine=name) for name in ("fast", "reference"))
    assert list(fast.sentences("fr")) == list(slow_one.sentences("fr"))


def test_two_processes_find_the_same(tmp_path: Path) -> None:
    graph = {s for s in changed("expectedBeneficiaries", f'"0"{INTEGER}') if not s[1].endswith("linkEvidence>")}
    path = write(graph, tmp_path / "data.nq")
    alone, together = (validation.validate(path, workers=workers) for workers in (1, 2))
    assert alone.to_json() == together.to_json()
    assert alone.counts["Violation"] > 10


def test_the_file_may_bring_the_ontology_along(tmp_path: Path) -> None:
    graph = statements() | {(str(t.subject), str(t.predicate), str(t.object)) for t in Vocabulary().triples}
    assert report_of(graph, tmp_path).conforms


def test_a_new_superclass_calls_the_reference_engine(tmp_path: Path) -> None:
    below = f"<{PREFIXES['rdfs']}subClassOf>"
    graph = statements() | {("<urn:Company>", below, f"<{LAU}Carrier>")}
    graph |= {("<urn:company>", f"<{PREFIXES['rdf']}type>", "<urn:Company>")}
    report = report_of(graph, tmp_path)
    assert report.engine == "reference"
    assert report.counts["Violation"] == 2  # no name, no excerpt


def test_a_blank_node_is_a_violation(tmp_path: Path) -> None:
    graph = statements() | {("_:b", f"<{PREFIXES['rdf']}type>", f"<{LAU}Programme>")}
    path = write(graph, tmp_path / "data.nq")
    found = [one.result for one in validation.validate(path).traced]
    assert difference(found, slow(path)) == ([], [])
    assert {one.component.rsplit("#", 1)[1] for one in found} == {
        "NodeKindConstraintComponent",
        "MinCountConstraintComponent",
    }


def test_an_empty_file_conforms(tmp_path: Path) -> None:
    path = tmp_path / "empty.nq"
    path.write_bytes(b"")
    assert validation.validate(path).conforms


def test_a_file_out_of_order_is_refused(tmp_path: Path) -> None:
    path = write(statements(), tmp_path / "data.nq")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[::-1]))
    with pytest.raises(DataRefused, match="out of order"):
        validation.validate(path)


def test_no_temporary_file_is_left(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    validation.validate(write(statements(), tmp_path / "data.nq"), scratch=scratch)
    assert list(scratch.iterdir()) == []


def test_values_are_written_as_the_store_keeps_them(tmp_path: Path) -> None:
    store = ox.Store()
    path = write(statements(), tmp_path / "data.nq")
    store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
    kept = {(str(q.subject), str(q.predicate), str(q.object)) for q in store}
    assert kept == statements()


def test_without_the_schemes_nothing_is_a_concept(tmp_path: Path) -> None:
    path = write(statements(), tmp_path / "data.nq")
    found = {one.result.component for one in engine.results(path, SHAPES, (), workers=1)}
    assert f"{SH_NS}NodeConstraintComponent" in found
