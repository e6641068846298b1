"""A build: reproducible, lossless, whole or nothing; every excerpt reads back."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from building import ROOT, copied, silent

from laurier.errors import DataRefused, LaurierError, SourceError
from laurier.pipeline.build import build
from laurier.pipeline.outcome import Outcome
from laurier.quads import split
from laurier.settings import Settings
from laurier.snapshot.opened import Snapshot, current, current_name
from laurier.snapshot.sorting import lines_of
from laurier.vocabulary import PREFIXES, Vocabulary

GOLDEN = ROOT / "tests" / "golden" / "pic-normandie.nq"


def settings_in(folder: Path) -> Settings:
    return Settings(data=copied(ROOT / "data", folder / "data"), releases=folder / "releases")


def test_the_graph_is_the_golden_one(release: Snapshot) -> None:
    # The ontology and its schemes are files of the repository already; `make golden` writes this one again.
    own = ("/graph/ontology>", "/graph/schemes>")
    found = [line for line in lines_of(release.file("data.nq")) if not split(line)[3].endswith(own)]
    wanted = GOLDEN.read_text(encoding="utf-8").splitlines()
    missing, added = set(wanted) - set(found), set(found) - set(wanted)
    assert not missing, sorted(missing)[:5]
    assert not added, sorted(added)[:5]
    assert found == wanted


def test_the_same_input_gives_the_same_hash_on_another_path(built: tuple[Settings, Outcome], tmp_path: Path) -> None:
    again = build(settings_in(tmp_path), silent)
    assert again.manifest.hash == built[1].manifest.hash
    hashed = ("data.nq", "review.json", "report.json", "sources/pic-normandie.txt")
    for name in hashed:
        assert again.manifest.files[name] == built[1].manifest.files[name]


def test_every_file_but_the_store_is_the_same_byte_for_byte(built: tuple[Settings, Outcome], tmp_path: Path) -> None:
    # Dates of publication are in the catalogue and the feed, and the store is the engine's own affair.
    again = build(settings_in(tmp_path), silent)
    dated = ("store/", "catalogue", "history")
    differ = [
        name
        for name, entry in built[1].manifest.files.items()
        if not name.startswith(dated) and again.manifest.files.get(name) != entry
    ]
    assert differ == []


def test_a_second_build_publishes_nothing_new(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    assert build(settings, silent).state == "published"
    before = sorted((p.name, p.stat().st_mtime_ns) for p in settings.releases.iterdir() if p.name != ".lock")
    assert build(settings, silent).state == "unchanged"
    assert sorted((p.name, p.stat().st_mtime_ns) for p in settings.releases.iterdir() if p.name != ".lock") == before


def test_a_check_publishes_and_remembers_nothing(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    (settings.data / "registry.csv").unlink()
    assert build(settings, silent, dry=True).state == "checked"
    assert current_name(settings.releases) is None
    assert not (settings.data / "registry.csv").exists()


def test_another_base_is_another_release(built: tuple[Settings, Outcome], tmp_path: Path) -> None:
    settings = Settings(base="https://autre.example/x", data=ROOT / "data", releases=tmp_path)
    made = build(settings, silent).manifest
    assert made.hash != built[1].manifest.hash
    text = (tmp_path / made.hash / "data.nq").read_text(encoding="utf-8")
    assert "https://autre.example/x/id/" in text
    assert "data.example.org" not in text


def test_the_graph_has_no_blank_node_and_only_lasting_literals(release: Snapshot) -> None:
    store = ox.Store()
    path = release.file("data.nq")
    store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
    kept = {f"{q.subject} {q.predicate} {q.object} {q.graph_name} ." for q in store}
    written = set(lines_of(path))
    assert not [line for line in written if "_:" in line.split('"')[0]]
    assert kept == written


def test_the_served_store_holds_the_quads_and_the_catalogue(release: Snapshot) -> None:
    store = ox.Store.read_only(str(release.file("store")))
    graphs = {g.value for g in store.named_graphs()}
    minted = {f"https://data.example.org/graph/{n}" for n in ("ontology", "schemes", "territories", "catalogue")}
    assert minted < graphs
    counted = Counter(str(q.graph_name)[1:-1] for q in store)
    for graph, count in release.manifest.graphs.items():
        assert counted[graph] == count
    assert release.manifest.merged
    union = {str(q.triple) for q in store if q.graph_name != ox.DefaultGraph()}
    assert union == {str(q.triple) for q in store.quads_for_pattern(None, None, None, ox.DefaultGraph())}
    assert sum(release.manifest.graphs.values()) == release.manifest.quads


def test_every_excerpt_reads_back_at_its_offsets_and_lines(release: Snapshot) -> None:
    text = release.file("sources/pic-normandie.txt").read_bytes().decode()
    assert text == (ROOT / "data/sources/pic-normandie/laureats-pic-normandie.txt").read_bytes().decode()
    oa, rdf = PREFIXES["oa"], PREFIXES["rdf"]
    parts: dict[str, dict[str, str]] = {}
    for quad in ox.parse(path=str(release.file("data.nq")), format=ox.RdfFormat.N_QUADS):
        excerpt, _, part = str(quad.subject)[1:-1].partition("#")
        if "/id/extrait/" in excerpt and part and isinstance(quad.object, ox.Literal):
            parts.setdefault(excerpt, {})[quad.predicate.value.removeprefix(oa)] = quad.object.value
    assert len(parts) > 150
    lines = text.splitlines()
    for excerpt, found in parts.items():
        start, end = int(found["start"]), int(found["end"])
        assert text[start:end] == found["exact"], excerpt
        first, last = map(int, found[f"{rdf}value"].removeprefix("line=").split(","))
        assert found["exact"].splitlines()[0] in lines[first]
        assert found["exact"].splitlines()[-1] in lines[last - 1]


def test_every_fact_of_the_domain_cites_its_passage(release: Snapshot) -> None:
    store = ox.Store.read_only(str(release.file("store")))
    query = """
        PREFIX lau: <https://w3id.org/laurier/ns#> PREFIX prov: <http://www.w3.org/ns/prov#>
        SELECT ?s ?class { ?s a ?class FILTER NOT EXISTS { ?s prov:wasDerivedFrom ?e . ?e a lau:Excerpt }
        FILTER (?class IN (lau:Laureate, lau:Project, lau:Carrier, lau:Call, lau:TerritoryMention, lau:Target,
                           lau:Period, lau:Budget, lau:Result, lau:Item)) }"""
    assert list(store.query(query)) == []
    supported = """
        PREFIX lau: <https://w3id.org/laurier/ns#> PREFIX prov: <http://www.w3.org/ns/prov#>
        PREFIX adms: <http://www.w3.org/ns/adms#>
        SELECT ?p { ?p a lau:Project ; adms:status ?s
        FILTER NOT EXISTS { ?p prov:wasDerivedFrom ?e . ?e lau:supports adms:status } }"""
    assert list(store.query(supported)) == []


def test_every_own_term_in_the_graph_is_in_the_ontology(release: Snapshot) -> None:
    vocabulary = Vocabulary()
    for line in lines_of(release.file("data.nq")):
        _, predicate, value, _ = split(line)
        for term in (predicate, value):
            for prefix, names in (("lau", vocabulary.lau), ("code", vocabulary.code), ("pub", vocabulary.pub)):
                if term.startswith(f"<{PREFIXES[prefix]}"):
                    assert term[1 + len(PREFIXES[prefix]) : -1] in names, term


def test_the_review_list_names_what_is_doubtful(release: Snapshot) -> None:
    (source,) = json.loads(release.file("review.json").read_bytes())["sources"]
    assert source["awards"] == 16
    assert source["lines"] == source["understood"]
    items = {(item["code"], item.get("first_line")) for item in source["items"]}
    assert {
        ("heading-division", 144),
        ("heading-division", 207),
        ("heading-division", 233),
        ("ordinal-missing", 120),
    } <= items
    assert all(item["fr"] and item["en"] for item in source["items"])


def test_a_source_that_cannot_be_read_leaves_everything_as_it_was(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    build(settings, silent)
    served = current(settings.releases).hash
    registry = (settings.data / "registry.csv").read_bytes()
    bad = settings.data / "sources" / "zz-bad"
    bad.mkdir()
    (bad / "source.toml").write_text('file = "absent.txt"\ntitle = "X"\n[programme]\nkey = "p"\ntitle = "P"\n')
    with pytest.raises(LaurierError) as caught:
        build(settings, silent)
    assert isinstance(caught.value, (SourceError, DataRefused))
    assert current(settings.releases).hash == served
    assert (settings.data / "registry.csv").read_bytes() == registry
    assert not list(settings.releases.glob(".staging*"))


def test_no_source_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no source"):
        build(Settings(data=tmp_path, releases=tmp_path / "r"), silent)


def test_a_new_edition_keeps_the_keys_and_withdraws_what_is_gone(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    build(settings, silent)
    document = settings.data / "sources/pic-normandie/laureats-pic-normandie.txt"
    text = document.read_text(encoding="utf-8")
    edited = text.replace("ACCUEIL SERVICES LE BUREAU MOBILE", "ACCUEIL SERVICES LE BUREAU MOBILE RURAL")
    start, end = edited.index("7\n\nSTEP VINCI"), len(edited)
    edited = (edited[:start] + edited[end:]).replace(" 7 Lauréats", " 6 Lauréats")
    document.write_text(edited, encoding="utf-8")
    outcome = build(settings, silent)
    snapshot = current(settings.releases)
    kept = snapshot.entities.entity("https://data.example.org/id/projet/accueil-services-le-bureau-mobile")
    assert kept is not None
    assert "RURAL" in kept.ntriples.decode()
    assert any(item.code == "renamed" for review in outcome.reviews for item in review.items)
    gone = "https://data.example.org/id/projet/vinci-insertion-emploi-step"
    assert snapshot.entities.entity(gone) is None
    assert snapshot.entities.moved(gone) == ("withdrawn", None)
    snapshot.entities.close()
    shutil.rmtree(settings.releases)


def test_every_source_that_cannot_be_read_is_told_at_once(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    for name in ("aa-bad", "zz-bad"):
        bad = settings.data / "sources" / name
        bad.mkdir()
        (bad / "source.toml").write_text(f'file = "{name}.txt"\ntitle = "X"\n[programme]\nkey = "p"\ntitle = "P"\n')
    with pytest.raises(DataRefused) as caught:
        build(settings, silent)
    assert len(caught.value.fr.splitlines()) == 2
    assert all(name in caught.value.fr for name in ("aa-bad", "zz-bad"))
