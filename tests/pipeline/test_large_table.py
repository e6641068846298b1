"""A table whose graph counts as large: compressed dumps, and everything that reads the quads of a release."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyoxigraph as ox
import pytest
from building import silent

from laurier import processes, quads
from laurier.pipeline import collect, loading, stating
from laurier.pipeline.build import build
from laurier.settings import Settings
from laurier.snapshot import graph_files, history
from laurier.snapshot.difference import difference
from laurier.snapshot.opened import Snapshot
from laurier.snapshot.sorting import lines_of
from laurier.validation import engine
from laurier.vocabulary import PREFIXES

HEAD = "Référence;Porteur;SIRET;Commune du siège;Intitulé du projet;Territoire d'intervention\n"
ROWS = (
    "A-1;Atelier du Lac;37145440600120;Malbrans;Oxygène;Besançon\n",
    "A-2;Atelier du Lac;37145440600120;MALBRANS;Tremplin;Besançon\n",
)
DECIDED = (
    "date,who,why,mention,place,source,unit,status\n"
    "2026-01-01,A. Martin,Connu,le pays de la voile,,essai,commune/14118,partie-de\n"
)


def source(data: Path, rows: tuple[str, ...]) -> None:
    folder = data / "sources" / "essai"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "laureats.csv").write_text(HEAD + "".join(rows), encoding="utf-8")
    (folder / "source.toml").write_text(
        'file = "laureats.csv"\ntitle = "Essai"\n[programme]\nkey = "essai"\ntitle = "Essai"\n', encoding="utf-8"
    )


def test_a_large_release_is_built_compressed_compared_and_built_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph_files, "LARGE", 20)
    settings = Settings(data=tmp_path / "data", releases=tmp_path / "releases")
    source(settings.data, ROWS)
    first = build(settings, silent)
    assert build(settings, silent).state == "unchanged"
    source(settings.data, (*ROWS, "A-3;Radeau;38145440600121;Caen;Voiles;Caen\n"))
    second = build(settings, silent)
    old, new = (Snapshot.open(settings.releases / outcome.manifest.hash) for outcome in (first, second))
    new.verify()
    files = set(new.manifest.files)
    assert {"data.nq.gz", "dumps/ensemble.nq.gz", "dumps/essai.ttl.gz"} <= files
    assert not {"data.nq", "dumps/ensemble.nq", "dumps/essai.ttl", "dumps/essai.rdf"} & files
    assert quads.canonical(lines_of(new.file("data.nq"))) == list(lines_of(new.file("data.nq")))
    with gzip.open(new.file("dumps/essai.ttl.gz")) as text:
        assert len(list(ox.parse(text.read(), format=ox.RdfFormat.TURTLE))) > 100
    changes = {change.iri.rpartition("/")[2]: change.kind for change in difference(old, new)}
    assert changes["radeau"] == "created"
    assert new.file(history.NAME).stat().st_size > 0
    old.close()
    new.close()


def test_the_bytes_do_not_depend_on_the_number_of_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for workers in (1, 2):
        settings = Settings(data=tmp_path / f"data{workers}", releases=tmp_path / f"releases{workers}")
        source(settings.data, (*ROWS, "A-3;Radeau;38145440600121;Caen;Voiles;le pays de la voile\n"))
        decided = settings.data / "decisions"
        decided.mkdir()
        (decided / "territories.csv").write_text(DECIDED, encoding="utf-8")
        if workers > 1:
            monkeypatch.setattr(engine, "_ALONE", 0)
            monkeypatch.setattr(loading, "LARGE", 0)
            monkeypatch.setattr(stating, "_ALONE", 1)
            monkeypatch.setattr(collect, "BATCH", 1)
            monkeypatch.setattr(processes, "cores", lambda: 2)
        outcome = build(settings, silent)
        assert [item.code for item in outcome.others] == []  # the decision was seen to apply, wherever it was
        made.append(outcome.manifest)
    one, two = made
    assert one.hash == two.hash
    told = {name for name in one.files if not name.startswith(("store/", "catalogue.", "history."))}
    assert {name: one.files[name] for name in told} == {name: two.files[name] for name in told}


def test_a_seat_printed_in_two_ways_is_two_mentions_of_one_carrier(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", releases=tmp_path / "releases")
    source(settings.data, ROWS)
    made = build(settings, silent)
    mention, verbatim = f"<{PREFIXES['lau']}seatMention>", f"<{PREFIXES['lau']}verbatim>"
    stated = list(map(quads.split, lines_of(settings.releases / made.manifest.hash / "data.nq")))
    seats = {value for _, predicate, value, _ in stated if predicate == mention}
    assert {value for subject, predicate, value, _ in stated if predicate == verbatim and subject in seats} == {
        '"Malbrans"',
        '"MALBRANS"',
    }


def test_a_place_spelt_in_two_ways_is_one_with_two_names(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", releases=tmp_path / "releases")
    spelt = ("Bassin d'emploi de Saint-Rémy", "Bassin d'emploi de Saint-Remy", "Bassin d'emploi de SAINT-REMY")
    source(settings.data, tuple(f"A-{n};Radeau {n};;Caen;Voiles {n};{place}\n" for n, place in enumerate(spelt)))
    made = build(settings, silent)
    stated = list(map(quads.split, lines_of(settings.releases / made.manifest.hash / "data.nq")))
    named = {s: value for s, predicate, value, _ in stated if predicate == f"<{PREFIXES['igeo']}nom>" and "/lieu/" in s}
    assert [*named.values()] == [f'"{spelt[0]}"']
    others = {value for s, predicate, value, _ in stated if s in named and predicate.endswith("altLabel>")}
    assert others == {f'"{other}"@fr' for other in spelt[1:]}
