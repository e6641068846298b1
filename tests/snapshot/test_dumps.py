from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_release import BASE, MINT, ROW, lines, rows, write_dumps, write_quads

from laurier import formats, quads
from laurier.errors import DataRefused, SnapshotError
from laurier.snapshot import dumps, graph_files, packing, tables
from laurier.snapshot.columns import COLUMNS
from laurier.snapshot.lists import LAUREATES
from laurier.snapshot.sorting import lines_of


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("release")
    write_dumps(path / "dumps", write_quads(path), rows())
    return path


@pytest.fixture(scope="module")
def written(folder: Path) -> list[dumps.DumpFile]:
    return write_dumps(folder / "again", folder / "data.nq", rows())


def triples(path: Path, format_: ox.RdfFormat) -> list[str]:
    return [str(q.triple) for q in ox.parse(path=str(path), format=format_)]


RDF = {"ttl": ox.RdfFormat.TURTLE, "jsonld": ox.RdfFormat.JSON_LD, "rdf": ox.RdfFormat.RDF_XML}


@pytest.mark.parametrize("suffix", RDF)
def test_each_serialisation_of_the_whole_holds_every_distinct_triple_once(
    folder: Path, written: list[dumps.DumpFile], suffix: str
) -> None:
    expected = {str(q.triple) for q in ox.parse("\n".join(lines()).encode(), format=ox.RdfFormat.N_QUADS)}
    found = triples(folder / "dumps" / f"ensemble.{suffix}", RDF[suffix])
    assert set(found) == expected
    assert len(found) == len(expected)
    assert {d.count for d in written if d.dataset == "ensemble" and d.name.endswith(f".{suffix}")} == {len(expected)}


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # inside rdflib
def test_a_second_parser_reads_the_same(folder: Path) -> None:
    reference = rdflib.Graph().parse(folder / "dumps" / "pic-normandie.ttl")
    for suffix, name in (("jsonld", "json-ld"), ("rdf", "xml")):
        assert set(rdflib.Graph().parse(folder / "dumps" / f"pic-normandie.{suffix}", format=name)) == set(reference)


def test_a_dataset_holds_the_graph_of_its_source_and_no_other(folder: Path) -> None:
    text = (folder / "dumps" / "autre-liste.nq").read_text(encoding="utf-8").splitlines()
    assert text == [line for line in lines() if line.endswith(f"<{MINT.graph('autre-liste')}> .")]
    assert text


def test_the_vocabulary_joins_ontology_and_schemes(written: list[dumps.DumpFile]) -> None:
    counts = {d.name: d.count for d in written}
    assert counts["ontologie.ttl"] == 2
    assert "territories.ttl" not in counts
    assert "ontologie.csv" not in counts


def test_sizes_and_digests_are_those_of_the_files(folder: Path, written: list[dumps.DumpFile]) -> None:
    names = {path.name for path in (folder / "again").iterdir()}
    assert {d.name for d in written} == names
    for dump in written:
        content = (folder / "again" / dump.name).read_bytes()
        assert len(content) == dump.size
        assert hashlib.sha512(content).hexdigest() == dump.sha512
        assert hashlib.sha256(content).hexdigest() == dump.sha256
        assert any(row.name == dump.format for row in formats.FORMATS)


def test_two_runs_give_the_same_bytes(folder: Path, written: list[dumps.DumpFile]) -> None:
    for dump in written:
        assert (folder / "again" / dump.name).read_bytes() == (folder / "dumps" / dump.name).read_bytes(), dump.name


def test_compressed_files_unpack_to_the_plain_ones_and_carry_no_time(folder: Path) -> None:
    packed = (folder / "dumps" / "ensemble.nq.gz").read_bytes()
    assert gzip.decompress(packed) == (folder / "dumps" / "ensemble.nq").read_bytes()
    assert packed[3:8] == b"\0\0\0\0\0"  # no flags, no time


@pytest.fixture
def large(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[Path, list[dumps.DumpFile]]:
    """The same release where a source of two statements is large, and few compressed files may be open."""
    monkeypatch.setattr(graph_files, "LARGE", 2)
    monkeypatch.setattr(graph_files, "_MOST_HELD", 200)
    monkeypatch.setattr(packing, "_MOST_OPEN", 1)
    counts = {MINT.graph(name): 3 for name in ("pic-normandie", "autre-liste")}
    counts |= {MINT.graph(name): 1 for name in ("ontology", "schemes")}
    return tmp_path, dumps.write_graphs(tmp_path, folder / "data.nq", BASE, counts)


def test_a_large_dataset_is_compressed_alone_in_n_quads_and_turtle(
    folder: Path, large: tuple[Path, list[dumps.DumpFile]]
) -> None:
    at, written = large
    assert {path.name for path in at.iterdir()} == {dump.name for dump in written}
    assert {d.name for d in written if d.dataset != "ontologie"} == {
        f"{key}.{suffix}.gz" for key in ("ensemble", "pic-normandie", "autre-liste") for suffix in ("nq", "ttl")
    }
    assert {"ontologie.rdf", "ontologie.ttl", "ontologie.nq.gz"} <= {d.name for d in written}
    for dump in written:
        content = (at / dump.name).read_bytes()
        assert (dump.size, dump.sha512) == (len(content), hashlib.sha512(content).hexdigest())
        plain = (folder / "dumps" / dump.name.removesuffix(".gz")).read_bytes()
        assert (gzip.decompress(content) if dump.compression else content) == plain


def test_a_compressed_file_of_several_members_reads_as_one(large: tuple[Path, list[dumps.DumpFile]]) -> None:
    at, _ = large
    assert (at / "pic-normandie.ttl.gz").read_bytes().count(b"\x1f\x8b\x08\0\0\0\0\0") > 1
    own = [line for line in lines() if line.endswith(f"<{MINT.graph('pic-normandie')}> .")]
    assert list(lines_of(at / "pic-normandie.nq")) == own
    unpacked = subprocess.run(["gzip", "-dc", str(at / "pic-normandie.nq.gz")], capture_output=True, check=True)
    assert unpacked.stdout.decode().splitlines() == own


def test_csv_reads_back_with_its_citations(folder: Path) -> None:
    text = (folder / "dumps" / "pic-normandie.csv").read_bytes().decode()
    records = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [r["laureat_uri"] for r in records] == [r.laureate for r in rows()[:3]]
    first = records[0]
    assert first["territoires_code"] == "76259|76540"
    assert first["citation"] == "'" + ROW.quotation
    assert (first["source_ligne_debut"], first["source_titre"]) == ("10", "Lauréats du PIC en Normandie")
    assert (first["montant"], first["debut"], first["a_verifier"]) == ("3135740.5", "2019-01-01", "false")
    assert first["description"] == ROW.description
    assert records[2]["montant"] == records[2]["territoires"] == records[2]["longitude"] == ""


@given(st.text(st.characters(codec="utf-8"), max_size=20))
@settings(deadline=None)
def test_no_cell_starts_a_formula_and_every_text_survives(value: str) -> None:
    row = replace(ROW, title=value)
    records = list(csv.reader(io.StringIO("".join(tables.csv_lines(LAUREATES, [row])), newline="")))
    cell = records[1][2]
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))
    assert cell in (value, "'" + value)


def test_parquet_keeps_lists_dates_and_sums(folder: Path) -> None:
    table = pq.read_table(folder / "dumps" / "ensemble.parquet")
    assert table.column_names == [column.name for column in COLUMNS]
    records = table.to_pylist()
    assert len(records) == 4
    assert records[0]["territoires"] == ["Fécamp", "Rouen"]
    assert records[0]["debut"] == ROW.start
    assert records[0]["montant"] == Decimal("3135740.50")
    assert records[2]["territoires"] == []
    assert records[2]["debut"] is None
    assert records[3]["titre"] == rows()[3].title


def test_geojson_has_a_feature_a_laureate_located_or_not(folder: Path) -> None:
    collection = json.loads((folder / "dumps" / "ensemble.geojson").read_bytes())
    features = collection["features"]
    assert [f["id"] for f in features] == [r.laureate for r in rows()]
    assert features[0]["geometry"] == {"type": "MultiPoint", "coordinates": [[0.38, 49.76], [1.0939, 49.4413]]}
    assert features[2]["geometry"] is None
    assert features[3]["geometry"] == {"type": "Point", "coordinates": [1.0939, 49.4413]}
    assert features[0]["properties"]["citation"] == ROW.quotation  # JSON is not a spreadsheet: nothing is added


def test_sqlite_answers_a_question_by_commune(folder: Path) -> None:
    base = sqlite3.connect(f"file:{folder / 'dumps' / 'ensemble.sqlite'}?mode=ro", uri=True)
    try:
        found = base.execute(
            "SELECT l.laureat_uri FROM laureats l JOIN territoires t ON t.laureat = l.id "
            "WHERE t.type = 'commune' AND t.code = '76540' ORDER BY l.id"
        ).fetchall()
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        base.close()
    assert [iri for (iri,) in found] == [rows()[0].laureate, rows()[1].laureate, rows()[3].laureate]


def test_rows_as_json_ld_state_what_they_hold() -> None:
    found = {
        (q.subject.value, q.predicate.value, q.object.value)
        for q in ox.parse("".join(tables.jsonld_lines(LAUREATES, rows())).encode(), format=ox.RdfFormat.JSON_LD)
    }
    lau = "https://w3id.org/laurier/ns#"
    laureates = {s for s, p, o in found if o == f"{lau}Laureate"}
    assert laureates == {r.laureate for r in rows()}
    assert (ROW.project, f"{lau}territory", ROW.places[0].iri) in found
    assert (ROW.places[0].iri, "http://rdf.insee.fr/def/geo#nom", "Fécamp") in found


def test_no_laureate_gives_whole_and_readable_files(tmp_path: Path) -> None:
    found = write_dumps(tmp_path / "dumps", write_quads(tmp_path), [])
    assert json.loads((tmp_path / "dumps" / "ensemble.geojson").read_bytes())["features"] == []
    assert pq.read_table(tmp_path / "dumps" / "ensemble.parquet").num_rows == 0
    assert {d.count for d in found if d.name == "ensemble.csv"} == {0}


def test_a_carriage_return_survives_rdf_xml(folder: Path) -> None:
    for path in (folder / "dumps" / "autre-liste.rdf",):
        values = {str(o) for o in rdflib.Graph().parse(path, format="xml").objects()}
        assert rows()[3].title in values


def one_graph(tmp_path: Path, text: str, name: str = "source") -> Path:
    path = tmp_path / "data.nq"
    line = quads.statement("<x:s>", "<x:p#q>", quads.text(text), f"<{MINT.graph(name)}>")
    path.write_text(line + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "￾"])
def test_a_text_that_xml_cannot_carry_is_refused_in_a_sentence(tmp_path: Path, character: str) -> None:
    with pytest.raises(DataRefused, match="control character"):
        write_dumps(tmp_path / "dumps", one_graph(tmp_path, f"a{character}b"), [])


@pytest.mark.parametrize("name", ["ensemble", "ontologie"])
def test_a_reserved_key_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataRefused, match="reserved"):
        write_dumps(tmp_path / "dumps", one_graph(tmp_path, "a", name), [])


def test_a_key_never_leaves_the_folder(tmp_path: Path) -> None:
    found = write_dumps(tmp_path / "dumps", one_graph(tmp_path, "a", "../../évasion"), [])
    assert {p.parent for p in tmp_path.rglob("*.ttl")} == {tmp_path / "dumps"}
    assert "..%2F..%2F%C3%A9vasion" in {d.dataset for d in found}


def test_rows_of_a_source_that_do_not_stand_together_are_refused(tmp_path: Path) -> None:
    first, second, _, other = rows()
    with pytest.raises(SnapshotError, match="together"):
        write_dumps(tmp_path / "dumps", write_quads(tmp_path), [first, other, second])


def test_a_number_too_large_for_a_table_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match="beneficiaires"):
        write_dumps(tmp_path / "dumps", write_quads(tmp_path), [replace(ROW, beneficiaries=10**20)])


def test_memory_does_not_grow_with_the_graph(tmp_path: Path) -> None:
    script = (
        "import sys, resource; from pathlib import Path; from laurier.snapshot.dumps import write_graphs\n"
        "write_graphs(Path(sys.argv[1])/'dumps', Path(sys.argv[1])/'data.nq', 'https://data.example.org/', {})\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    peaks = []
    for size in (100, 60_000):
        path = tmp_path / str(size)
        path.mkdir()
        with (path / "data.nq").open("w") as file:
            for number in range(size):
                file.write(f'<x:s{number:07d}> <x:p#q> "{"texte " * 100}{number}" <{MINT.graph("liste")}> .\n')
        run = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, check=True, text=True)
        peaks.append(int(run.stdout))
    assert peaks[1] < peaks[0] + 30_000  # KiB; the graph alone is 39,000


def test_a_file_that_did_not_change_keeps_its_dates_and_version(written: list[dumps.DumpFile]) -> None:
    first = dumps.dated(written, (), "2026-01-01T00:00:00Z", "one")
    assert {(d.issued, d.modified, d.version, d.previous) for d in first} == {
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "one", "")
    }
    changed = [replace(d, sha256="ff") if d.name == "ensemble.nq" else d for d in written]
    second = dumps.dated(changed, first, "2026-02-01T00:00:00Z", "two")
    assert {d.name for d in second if d.modified.startswith("2026-02")} == {"ensemble.nq"}
    (whole,) = [d for d in second if d.name == "ensemble.nq"]
    assert (whole.issued[:7], whole.version, whole.previous) == ("2026-01", "two", "one")
    third = dumps.dated(changed, second, "2026-03-01T00:00:00Z", "three")
    assert third == second
