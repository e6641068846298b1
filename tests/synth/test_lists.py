"""Synthetic lists: the same bytes for a seed, real territories, every feature, bounded memory."""

import csv
import hashlib
import io
import os
import re
import subprocess
import sys
import tracemalloc
from collections import Counter
from dataclasses import fields
from datetime import date
from itertools import islice

import pytest
from stdnum import luhn
from stdnum.fr import siret

from laurier import synth
from laurier.reconcile.gazetteer import Gazetteer
from laurier.records import Award
from laurier.sources.registry import read
from laurier.synth.tables import COLUMNS, SCDL


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.load()


@pytest.fixture(scope="module")
def material(gazetteer):
    return synth.Material.load(gazetteer)


@pytest.fixture(scope="module")
def laureates(material):
    return list(synth.generate(3000, synth.Maker(5, material)))


@pytest.fixture(scope="module")
def text(material):
    def written(format_, n, seed=5, faults=1.0):
        return "".join(synth.FORMATS[format_](n, synth.Maker(seed, material), faults))

    return written


@pytest.mark.parametrize("format_", synth.FORMATS)
def test_a_seed_gives_the_same_bytes_in_another_process(format_, text):
    script = f"""
import hashlib
from laurier import synth
pieces = synth.FORMATS[{format_!r}](300, synth.Maker(9, synth.Material.load()), 1.0)
print(hashlib.sha256("".join(pieces).encode()).hexdigest())
"""
    other = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "12345", "LC_ALL": "C", "TZ": "Asia/Tokyo"},
    )
    assert other.stdout.strip() == hashlib.sha256(text(format_, 300, 9).encode()).hexdigest()
    assert text(format_, 300, 10) != text(format_, 300, 9)


@pytest.mark.parametrize("format_", ["csv", "scdl"])
def test_a_shorter_table_begins_a_longer_one(format_, text):
    assert text(format_, 400).startswith(text(format_, 150))


@pytest.mark.parametrize(("format_", "columns", "separator"), [("csv", COLUMNS, ";"), ("scdl", SCDL, ",")])
def test_a_table_has_a_header_and_as_many_rows_as_asked(format_, columns, separator, text):
    rows = list(csv.reader(io.StringIO(text(format_, 2500)), delimiter=separator))
    assert tuple(rows[0]) == columns
    assert len(rows) == 2501
    assert {len(row) for row in rows} == {len(columns)}


@pytest.mark.parametrize("n", [1, 2, 37, 500])
def test_a_brochure_has_as_many_laureates_as_asked_and_announces_them(n, text):
    page = text("brochure", n, faults=0)
    assert len(re.findall(r"^Territoire : ", page, re.MULTILINE)) == n
    assert sum(int(count) for count in re.findall(r"(\d+) Lauréats?$", page, re.MULTILINE)) == n


def test_places_are_units_of_the_gazetteer_and_are_what_the_wording_names(laureates, gazetteer):
    kinds = Counter()
    for laureate in laureates:
        for spot in laureate.places:
            unit = gazetteer.unit(spot.kind, spot.code)
            assert unit is not None
            assert spot.region == unit.region
            kinds[spot.kind] += 1
            if spot.kind != "epci":
                assert spot.name in laureate.territory or spot.of in laureate.territory
    assert set(kinds) == {"commune", "commune-deleguee", "epci", "departement", "region"}
    share = sum(not laureate.places for laureate in laureates) / len(laureates)
    assert 0.01 < share < 0.1


def test_prepositions_follow_french_usage(material):
    of = {
        spot.name: spot.of
        for pool in (material.places.communes, material.places.departements)
        for spots in pool.values()
        for spot in spots.spots
    }
    assert of["Le Havre"] == "du Havre"
    assert of["Les Andelys"] == "des Andelys"
    assert of["Évreux"] == "d'Évreux"
    assert of["La Rochelle"] == "de La Rochelle"
    assert of["Eure"] == "de l'Eure"
    assert of["Seine-Maritime"] == "de la Seine-Maritime"
    assert of["Paris"] == "de Paris"


def test_every_feature_of_the_model_comes_up(laureates):
    def share(has):
        return sum(1 for laureate in laureates if has(laureate)) / len(laureates)

    assert 0.5 < share(lambda x: x.beneficiaries) < 0.7
    assert share(lambda x: x.results) > 0.02
    assert share(lambda x: x.items) > 0.1
    assert share(lambda x: x.months) > 0.3
    assert share(lambda x: x.end) > 0.1
    assert share(lambda x: x.amount) > 0.9
    assert share(lambda x: "notamment" in x.public) > 0.02
    assert share(lambda x: " ans" in x.public) > 0.2
    assert {x.status for x in laureates} == {"", "en-cours", "realise"}
    assert len({(x.call.title, x.call.region, x.call.year) for x in laureates}) > 500
    assert all(x.end is None or x.end >= x.start for x in laureates)
    assert all(date(2019, 1, 1) <= x.start <= date(2026, 12, 31) for x in laureates if x.start)


def test_carriers_come_back_with_their_own_identifier(laureates):
    by_siret = Counter(x.carrier.siret for x in laureates)
    assert max(by_siret.values()) > 5
    assert 0.1 < len(by_siret) / len(laureates) < 0.8
    names = {x.carrier.siret: x.carrier.name for x in laureates}
    assert all(names[x.carrier.siret] == x.carrier.name for x in laureates)
    assert all(siret.is_valid(number) and luhn.is_valid(number[:9]) for number in by_siret)
    assert all(re.fullmatch(r"W\d{9}", x.carrier.rna) for x in laureates if x.carrier.rna)


def test_a_clean_list_has_no_fault_and_a_real_one_has_those_of_spreadsheets(text):
    def rows(faults):
        return list(csv.DictReader(io.StringIO(text("csv", 4000, faults=faults)), delimiter=";"))

    clean, real = rows(0), rows(1)
    assert all(siret.is_valid(row["SIRET"]) for row in clean)
    assert all(re.fullmatch(r"\d*", row["Montant accordé"]) for row in clean)
    assert len({row["Référence"] for row in clean}) == 4000
    assert any("E+13" in row["SIRET"] for row in real)
    assert any("#REF!" in row.values() for row in real)
    assert any("€" in row["Montant accordé"] for row in real)
    assert any(row["Territoire d'intervention"].isupper() for row in real)
    assert len({row["Référence"] for row in real}) < 4000
    assert not any("{" in cell for row in clean for cell in row.values())


def test_memory_does_not_grow_with_the_list(material):
    def peak(n):
        pieces = synth.FORMATS["csv"](n, synth.Maker(3, material), 1.0)
        next(pieces)  # the gazetteer and the words are loaded
        tracemalloc.start()
        try:
            for _ in islice(pieces, None):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(30_000) < peak(6_000) + 1_000_000


def test_a_file_is_written_whole_or_not_at_all(tmp_path, material, text):
    path = tmp_path / "liste.csv"
    synth.write(path, 20, synth.Maker(1, material))
    assert path.read_text(encoding="utf-8") == text("csv", 20, 1)
    with pytest.raises(FileNotFoundError):
        synth.write(tmp_path / "nowhere" / "liste.csv", 20, synth.Maker(1, material))
    assert [p.name for p in tmp_path.iterdir()] == ["liste.csv"]


ALL = {found.name for found in fields(Award)} - {"doubtful"}
_NEVER = {"title_expansion", "located", "other"}
LACKING = {
    "brochure": {*_NEVER, "seat", "amounts", "reference"},
    "csv": {*_NEVER, "ordinal", "items"},
    "scdl": ALL - {"call", "heading", "span", "carriers", "title", "amounts", "reference"},
}


@pytest.mark.parametrize("format_", synth.FORMATS)
def test_the_reader_finds_every_laureate_and_no_fault_that_was_not_made(format_, material, tmp_path):
    for seed, faults in ((1, 1.0), (2, 1.0), (4, 0.0)):
        folder = tmp_path / str(seed)
        synth.write_source(folder, 300, seed, material, format_, faults)
        reading = read(folder)
        awards = list(reading.awards)
        assert len(awards) == 300
        # Every field of a record comes up in what is read, but those that the format has no place for.
        absent = {name for name in ALL if not any(getattr(award, name) for award in awards)}
        assert absent <= LACKING[format_]
        # One announced number in a hundred is wrong, and a carrier may win twice with one title.
        made = {"announced-count", "doubled-laureate"}
        assert {found.code for found in reading.diagnostics if found.severity == "error"} <= made
