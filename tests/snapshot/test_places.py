"""Which laureates cover a place: equal, inside, containing, at the vintage of the project, with the reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from laurier.flat import Labelled, Place, Row
from laurier.pipeline.known import known
from laurier.reconcile.gazetteer import Gazetteer
from laurier.reconcile.references import References
from laurier.snapshot import places, tables
from laurier.snapshot.covering import reason
from laurier.snapshot.lists import Covering, covering
from laurier.snapshot.places import PlaceIndex

BASE = "https://x.example/id/"


def row(title: str, *units: tuple[str, str], start: date | None = date(2020, 7, 1), status: str = "exact") -> Row:
    none = Labelled(f"{BASE}appel/a", "A", "A")
    return Row(
        laureate=f"{BASE}laureat/a/{title}", project=f"{BASE}projet/{title}", title=title, heading=title, call=none,
        programme=none, carriers=(), within=(), publics=(), publics_within=(), territory_text="", public_text="",
        places=tuple(Place(f"{BASE}territoire/{k}/{c}", k, c, c, status) for k, c in units),
        status="", start=start, end=None, period_text="", period_edtf="", precision="",
        beneficiaries=None, amount=None, currency="",
        description="", ordinal=None, source=f"{BASE}source/s", source_title="S", first_line=1, last_line=2,
        page=None, quotation=title, to_review=False,
    )  # fmt: skip


ROWS = [
    row("commune", ("commune", "76351")),
    row("=epci", ("epci", "200084952")),
    row("codah", ("epci", "247600596")),
    row("departement", ("departement", "76"), status="partie-de"),
    row("region", ("region", "28")),
    row("rouen", ("commune", "76540")),
    row("elsewhere", ("commune", "13055")),
    row("both", ("region", "28"), ("commune", "76351")),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlaceIndex]:
    path = tmp_path_factory.mktemp("places") / places.NAME
    places.build(path, known(Gazetteer.load(), References()), ROWS)
    opened = PlaceIndex(path)
    yield opened
    opened.close()


def test_a_commune_is_covered_by_itself_then_by_what_contains_it(index: PlaceIndex) -> None:
    found = index.covers("commune", "76351")
    assert [(c.title, c.relation) for c in found] == [
        ("both", "equal"),
        ("commune", "equal"),
        ("=epci", "contains"),
        ("departement", "contains"),
        ("region", "contains"),
        ("codah", "contains"),
    ]


def test_a_departement_is_covered_from_inside_too(index: PlaceIndex) -> None:
    found = {c.title: c.relation for c in index.covers("departement", "76")}
    assert found == {
        "departement": "equal", "both": "inside", "commune": "inside", "=epci": "inside", "codah": "inside",
        "rouen": "inside", "region": "contains",
    }  # fmt: skip


def test_membership_is_that_of_the_day_of_the_project(tmp_path: Path) -> None:
    gazetteer = Gazetteer.load()
    # A commune that went from one EPCI, still there, to another: any that the tables hold.
    group, commune, until = next(
        (code, member, end)
        for code, periods in gazetteer.perimeters.periods.items()
        for (_, end, members), (_, _, later) in pairwise(periods)
        for member in members.split()
        if member not in later.split() and gazetteer.unit("epci", code) and not gazetteer.unit("epci", code).end
        and gazetteer.unit("commune", member) and not gazetteer.unit("commune", member).end
    )  # fmt: skip
    left = date.fromisoformat(until)
    rows = [row(name, ("epci", group), start=day) for name, day in (("before", left - timedelta(1)), ("after", left))]
    rows.append(replace(row("undated", ("epci", group)), start=None))
    path = tmp_path / places.NAME
    places.build(path, known(gazetteer, References()), rows)
    assert [c.title for c in PlaceIndex(path).covers("commune", commune)] == ["before"]


@pytest.mark.parametrize(
    ("question", "kind", "code"),
    [
        ("76540", "commune", "76540"), ("Rouen", "commune", "76540"), ("ROUEN ", "commune", "76540"),
        ("le havre", "commune", "76351"), ("Saint-Étienne-du-Rouvray", "commune", "76575"),
        ("st etienne du rouvray", "commune", "76575"), ("CODAH", "epci", "247600596"),
        ("200084952", "epci", "200084952"), ("Normandie", "region", "28"), ("2A004", "commune", "2A004"),
        ("L'Haÿ-les-Roses", "commune", "94038"), ("ste adresse", "commune", "76552"),
    ],
)  # fmt: skip
def test_a_place_is_found_by_any_of_its_names(index: PlaceIndex, question: str, kind: str, code: str) -> None:
    first = index.find(question)[0]
    assert (first.kind, first.code) == (kind, code)


def test_a_postal_code_finds_its_communes(index: PlaceIndex) -> None:
    assert "76540" in {f.code for f in index.find("76000")}


@pytest.mark.parametrize("question", ["", "   ", "zzzzzz", "' OR 1=1 --", "%", "*", '"', "\x00", "x" * 10_000])
def test_what_is_no_place_finds_none(index: PlaceIndex, question: str) -> None:
    assert index.find(question) == []


def test_unknown_codes_cover_nothing(index: PlaceIndex) -> None:
    assert index.covers("commune", "99999") == []
    assert index.unit("commune", "99999") is None
    assert index.coded("99999") == []


def test_an_old_commune_leads_to_todays(index: PlaceIndex) -> None:
    # Étreville was merged into Bourneville-Sainte-Croix... any merged commune of the gazetteer will do.
    gazetteer = Gazetteer.load()
    old = next(e for e in gazetteer.entries if e.kind == "commune" and e.end and e.departement == "76"
               and gazetteer.today("commune", e.code))  # fmt: skip
    titles = {c.title for c in index.covers("commune", old.code)}
    assert {"departement", "region"} <= titles


@pytest.mark.parametrize("language", ["fr", "en"])
def test_reasons_are_sentences_and_the_table_is_guarded(index: PlaceIndex, language: str) -> None:
    place = index.find("Le Havre")[0]
    found = index.covers(place.kind, place.code)
    reasons = [reason(place, cover, language) for cover in found]  # type: ignore[arg-type]
    assert any(("membre jusqu'au" if language == "fr" else "member until") in text for text in reasons)
    assert any(("en partie" if language == "fr" else "in part") in text for text in reasons)
    by_iri = {row.laureate: row for row in ROWS}
    table = covering(language)  # type: ignore[arg-type]
    text = "".join(tables.csv_lines(table, (Covering(place, cover, by_iri[cover.laureate]) for cover in found)))
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [line["raison"] for line in lines] == reasons
    assert {line["source_ligne_debut"] for line in lines} == {"1"}
    cited = {line["titre"]: line["citation"] for line in lines}
    assert cited["'=epci"] == "'=epci"


def test_a_unit_has_a_centre_where_one_is_known(index: PlaceIndex) -> None:
    longitude, latitude = index.centre("commune", "76351")
    assert longitude == pytest.approx(0.1, abs=0.1)
    assert latitude == pytest.approx(49.5, abs=0.1)
    assert index.centre("commune", "99999") == (None, None)


def test_a_code_of_insee_comes_before_the_same_postal_code(index: PlaceIndex) -> None:
    assert index.find("76540")[0].code == "76540"
