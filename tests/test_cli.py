"""The command line: every command helps with examples, errs in one sentence, exits as promised."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import click
import pytest
from building import ROOT, copied
from click.testing import CliRunner, Result

from laurier.cli import main
from laurier.cli.publish import _is_built
from laurier.cli.root import COMMANDS
from laurier.pipeline.outcome import Outcome
from laurier.settings import Settings


def run(*words: str, language: str = "en", **options: object) -> Result:
    return CliRunner().invoke(main, list(words), env={"LAURIER_LANG": language}, **options)  # type: ignore[arg-type]


def test_help_lists_every_command() -> None:
    result = run("--help")
    assert result.exit_code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in result.output or f"\n  {name}\n" in result.output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_examples_and_explains_its_options(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert "Example" in result.output
    assert f"laurier {name}" in result.output
    command = main.get_command(click.Context(main), name)
    assert command is not None
    unexplained = [p.name for p in command.params if isinstance(p, click.Option) and not p.help]
    assert unexplained == []


def test_an_unknown_command_is_a_wrong_use() -> None:
    assert run("publish").exit_code == 2
    assert run("build", "--colour").exit_code == 2


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_error_is_one_sentence_in_the_language_of_the_person(tmp_path: Path, language: str) -> None:
    result = run("verify", "--releases", str(tmp_path), language=language)
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    (line,) = result.output.strip().splitlines()
    assert line.startswith("Il n'y a pas" if language == "fr" else "There is no")


@pytest.mark.parametrize(
    ("locale", "french"),
    [({"LANG": "fr_FR.UTF-8"}, True), ({"LC_ALL": "fr"}, True), ({"LANG": "C.UTF-8"}, False), ({}, False)],
)
def test_the_language_comes_from_the_locale(tmp_path: Path, locale: dict[str, str], french: bool) -> None:
    empty = dict.fromkeys(("LAURIER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"), "")
    result = CliRunner().invoke(main, ["verify", "--releases", str(tmp_path)], env=empty | locale)
    assert result.output.startswith("Il n'y a pas") is french


def test_settings_come_from_the_file_named(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("colour = 1", encoding="utf-8")
    result = run("--config", str(tmp_path / "bad.toml"), "verify")
    assert result.exit_code == 2
    assert "colour" in result.output


def test_build_check_and_diff(tmp_path: Path) -> None:
    data = str(copied(ROOT / "data", tmp_path / "data"))
    where = ("--data", data, "--releases", str(tmp_path / "r"))
    checked = run("check", *where)
    assert checked.exit_code == 0, checked.output
    assert "nothing was published" in checked.output
    assert "Line 144" in checked.output
    first = run("build", *where, language="fr")
    assert first.exit_code == 0, first.output
    assert "16 lauréats" in first.output
    assert "publiée" in first.output
    assert "rien n'a changé" in run("build", *where, language="fr").output
    decided = run("decide", "--data", data, "--who", "moi", "--why", "connu", "Bassin de Thau",
                  "epci/200066355", "--status", "partie-de")  # fmt: skip
    assert decided.exit_code == 0, decided.output
    assert run("build", *where).exit_code == 0
    told = run("diff", *where[2:], language="fr").output
    assert "« CA Sète Agglopôle Méditerranée »" in told
    assert "est nouveau" in told
    assert "décidé par : ∅ → moi" in told
    assert run("rollback", *where[2:]).exit_code == 0
    assert "whole" in run("verify", *where[2:]).output


def test_questions_to_a_release(built: tuple[Settings, Outcome]) -> None:
    where = ("--releases", str(built[0].releases))
    counted = run("query", *where, "SELECT (COUNT(*) AS ?n) { ?l a lau:Laureate }")
    assert counted.output.split() == ["n", "16"]
    assert json.loads(run("query", *where, "--format", "json", "ASK { ?p lau:public pub:refugies }").output)["boolean"]
    piped = run("query", *where, input="ASK { ?p lau:public pub:refugies }", language="en")
    assert "true" in piped.output
    wrong = run("query", *where, "SELECT ?x { ?x ")
    assert wrong.exit_code == 1
    assert "line 1" in wrong.output
    refused = run("query", *where, "DROP ALL")
    assert refused.exit_code == 1
    assert "Traceback" not in refused.output
    missing = run("query", *where, "--file", "absent.rq")
    assert missing.exit_code == 2


def test_which_laureates_cover_a_commune(built: tuple[Settings, Outcome]) -> None:
    where = ("--releases", str(built[0].releases))
    told = run("covers", *where, "76351", language="fr").output
    assert told.startswith("Le Havre (commune 76351, Seine-Maritime)")
    assert "dont Le Havre était membre jusqu'au 2019-01-01" in told
    rows = list(csv.DictReader(io.StringIO(run("covers", *where, "--csv", "le havre").output)))
    assert {"equal", "contains"} == {row["relation"] for row in rows}
    both = run("covers", *where, "76190").output
    assert "read as the INSEE code of Crasville-la-Rocquefort; it is also a postal code" in both
    assert "Yvetot (commune 76758)" in both
    unknown = run("covers", *where, "Nulle part ailleurs")
    assert unknown.exit_code == 2
    assert "Nulle part ailleurs" in unknown.output


def test_reconcile_links_or_abstains() -> None:
    linked = json.loads(run("reconcile", "--json", "--region", "28", "CA du Cotentin").output)
    assert [(s["kind"], s["code"], s["status"]) for s in linked] == [("epci", "200067205", "exact")]
    told = run("reconcile", "Saint-Martin", language="fr").output
    assert "—" in told


def test_init_exits_1_when_it_found_nothing_or_could_not_read(tmp_path: Path) -> None:
    (tmp_path / "bad.docx").write_bytes(b"PK no")
    refused = run("init", "--data", str(tmp_path / "data"), str(tmp_path / "bad.docx"), language="fr")
    assert refused.exit_code == 1
    assert refused.output.startswith(f"{tmp_path}/bad.docx ")
    (tmp_path / "x.csv").write_text("Qui;Quoi\nA;P\n", encoding="utf-8")
    assert run("init", "--data", str(tmp_path / "data"), str(tmp_path / "x.csv")).exit_code == 1
    (tmp_path / "y.csv").write_text("Porteur;Projet\nA;P\n", encoding="utf-8")
    assert run("init", "--data", str(tmp_path / "data"), str(tmp_path / "y.csv")).exit_code == 0


def test_a_vintage_is_a_year(tmp_path: Path) -> None:
    (tmp_path / "f.geojson").write_text("{}", encoding="utf-8")
    refused = run("geometry", "--data", str(tmp_path), "--vintage", "abc", str(tmp_path / "f.geojson"), language="fr")
    assert refused.exit_code == 2
    assert "millésime 'abc'" in refused.output


def test_every_release_is_verified(built: tuple[Settings, Outcome], tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    shutil.copytree(built[0].releases, releases, symlinks=True)
    name = (releases / "current").readlink().name
    whole = run("verify", "--all", "--releases", str(releases))
    assert whole.exit_code == 0
    assert whole.output.startswith(f"{name} (")
    assert "served): whole" in whole.output
    with (releases / name / "review.json").open("a") as file:
        file.write(" ")
    (releases / "0123456789abcdef").mkdir()
    damaged = run("verify", "--all", "--releases", str(releases), language="fr")
    assert damaged.exit_code == 1
    assert "en service) : abîmée, review.json" in damaged.output
    assert "0123456789abcdef : abîmée, manifest.json" in damaged.output
    alone = run("verify", "--releases", str(releases))
    assert "`laurier verify --all` tells which" in alone.output
    nothing = run("verify", "--all", "--releases", str(tmp_path / "none"))
    assert nothing.exit_code == 1


def test_the_review_list(built: tuple[Settings, Outcome]) -> None:
    where = ("--releases", str(built[0].releases))
    missing = json.loads(run("review", *where, "--json", "--code", "ordinal-missing").output)
    assert [item["first_line"] for item in missing] == [120]
    told = run("review", *where, language="fr").output
    assert "Ligne 120 : « CALMEC AGIR 14+ »" in told
    assert "ligne 120, " not in told
    assert "points à relire" in told


def test_the_review_list_of_a_source_before_it_is_published(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "sources" / "essai"
    folder.mkdir(parents=True)
    (folder / "liste.csv").write_text("Porteur;Projet;Commune;Montant\nA;B;Xyzville;beaucoup\n", encoding="utf-8")
    (folder / "source.toml").write_text('title = "T"\n[programme]\ntitle = "P"\n', encoding="utf-8")
    where = ("--data", str(tmp_path / "data"), "--releases", str(tmp_path / "releases"))
    found = json.loads(run("review", *where, "--check", "--source", "essai", "--json").output)
    assert {"territory", "amount-unread"} <= {item["code"] for item in found}
    told = run("review", *where, "--check", "--code", "territory").output
    assert "1 point to review." in told
    assert "laurier review --check" in run("check", *where).output
    assert not list((tmp_path / "releases").glob("current*"))
    nothing = run("review", *where)
    assert nothing.exit_code == 1
    assert "laurier review --check" in nothing.output
    unknown = run("review", *where, "--check", "--source", "autre", language="fr")
    assert unknown.exit_code == 2
    assert "l'un de essai" in unknown.output


def test_the_review_of_a_source_that_is_not_published_says_how_to_see_it(built: tuple[Settings, Outcome]) -> None:
    refused = run("review", "--releases", str(built[0].releases), "--source", "nouvelle")
    assert refused.exit_code == 2
    assert "--check" in refused.output


def test_a_decision_for_an_unknown_unit_is_refused(tmp_path: Path) -> None:
    result = run("decide", "--data", str(tmp_path), "--why", "x", "Rouen", "commune/00000")
    assert result.exit_code == 2
    assert not (tmp_path / "decisions").exists()


def test_a_decision_about_words_that_no_source_has_is_refused_with_those_that_look_like_them(tmp_path: Path) -> None:
    data = copied(ROOT / "data", tmp_path / "data")
    kept = data / "decisions" / "territories.csv"
    before = kept.read_bytes() if kept.exists() else b""

    def decide(*words: str, language: str = "en") -> Result:
        return run("decide", "--data", str(data), "--why", "x", *words, language=language)

    refused = decide("Bassin de Tau", "epci/200066355")
    assert refused.exit_code == 2
    assert "Bassin de Thau" in refused.output
    assert "--unseen" in refused.output
    assert "Aucune source n'a de lieu « Bassin de Tau »" in decide("Bassin de Tau", "aucune", language="fr").output
    assert "no source 'pic-bretagne'" in decide("--source", "pic-bretagne", "Bassin de Thau", "aucune").output
    # Within another wording, and in another source, the same words stand nowhere.
    assert decide("--mention", "Bassin d'emploi de Rouen", "Bassin de Thau", "aucune").exit_code == 2
    assert (kept.read_bytes() if kept.exists() else b"") == before
    assert decide("BASSIN DE THAU", "epci/200066355").exit_code == 0
    assert decide("--source", "pic-normandie", "Centre Manche", "aucune").exit_code == 0
    assert decide("--unseen", "Bassin de Tau", "epci/200066355").exit_code == 0
    (data / "sources" / "broken").mkdir()
    told = decide("Nulle part ailleurs", "aucune")
    assert told.exit_code == 0
    assert "source.toml" in told.output
    assert "not looked for" in told.output


def test_serve_builds_when_there_is_no_release_for_this_base(tmp_path: Path, built: tuple[Settings, Outcome]) -> None:
    releases = built[0].releases
    base = built[0].base
    assert not _is_built(Settings(releases=tmp_path), None)
    assert not _is_built(Settings(releases=tmp_path), base)
    assert _is_built(Settings(releases=releases), None)
    assert _is_built(Settings(releases=releases, base=base), base)
    assert not _is_built(Settings(releases=releases, base="https://other.example/"), "https://other.example/")
