"""The search index at a million laureates: time to build, size, and the time of what the list pages ask.

    python benchmarks/search.py [ROWS]        # 1,000,000 when not given; the rows are drawn with a fixed seed

Each question is asked cold (a fresh index, nothing cached) and again, then as the whole page of the site that shows its
answer, facets included. The peer is what a site without an index does: the same rows in one SQLite table, filtered and
grouped by SQL; its time is given beside, with the ratio. Times are seconds of processor.
"""

from __future__ import annotations

import json
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
import sample_release

from laurier import quads
from laurier.flat import Labelled, Place, Row
from laurier.settings import Settings
from laurier.snapshot import entity_file, search_index
from laurier.snapshot.entities import Entities
from laurier.snapshot.facets import Names
from laurier.snapshot.manifest import Manifest
from laurier.snapshot.search import Request, Search
from laurier.vocabulary import PREFIXES, Vocabulary
from laurier.web.pages.addresses import Addresses
from laurier.web.pages.lists import Lists, parameters
from laurier.web.pages.rendering import Renderer
from laurier.web.pages.strings import Strings

MINT = sample_release.MINT
REGIONS = [f"region/{n:02}" for n in range(1, 19)]
DEPARTEMENTS = [f"departement/{n:02}" for n in range(1, 97)]
WORDS = """formation emploi insertion accompagnement jeunes réfugiés quartier territoire compétences parcours métier
numérique mobilité logement santé culture entreprise mentorat repérage remobilisation chantier école langue
diplôme""".split()  # noqa: SIM905
PUBLICS = {"jeunes": ("age",), "adultes": ("age",), "refugies": ("protection-internationale", "exiles"),
           "handicap": (), "peu-qualifies": (), "minima-sociaux": ()}  # fmt: skip


def parents(key: str) -> tuple[str, ...]:
    kind, code = key.split("/")
    if kind == "commune":
        return (DEPARTEMENTS[int(code) % 96], REGIONS[(int(code) % 96) % 18])
    return (REGIONS[DEPARTEMENTS.index(key) % 18],) if kind == "departement" else ()


def rows(count: int) -> Iterator[Row]:
    chance = random.Random(7)
    for number in range(count):
        place = f"commune/{chance.randrange(35_000):05}" if chance.random() < 0.8 else chance.choice(DEPARTEMENTS)
        publics = chance.sample(sorted(PUBLICS), chance.randint(1, 2))
        carrier = f"organisme-{int(chance.paretovariate(0.5)) % 200_000}"
        start = date(chance.randint(2015, 2026), chance.randint(1, 12), 1)
        text = " ".join(chance.choices(WORDS, k=60))
        yield replace(
            sample_release.ROW,
            laureate=MINT.thing("laureat", f"appel-{number % 400}/{number}"),
            title=f"{chance.choice(WORDS).title()} {chance.choice(WORDS)} {number}",
            call=Labelled(MINT.thing("appel", f"appel-{number % 400}"), f"Appel {number % 400}", ""),
            carriers=(Labelled(MINT.thing("porteur", carrier), carrier, carrier),),
            places=(Place(MINT.thing("territoire", place), *place.split("/"), f"Lieu {place}", "exact"),),
            within=(place, *parents(place)),
            publics=tuple(Labelled(PREFIXES["pub"] + p, p, p) for p in publics),
            publics_within=tuple(dict.fromkeys(k for p in publics for k in (p, *PUBLICS[p]))),
            start=start,
            end=None,
            status=chance.choice(("en-cours", "realise")),
            beneficiaries=chance.randint(1, 500),
            quotation=text,
            description="",
        )


def territories() -> Iterator[str]:
    graph = f"<{MINT.graph('territories')}>"
    keys = [*REGIONS, *DEPARTEMENTS, *(f"commune/{n:05}" for n in range(35_000))]
    for key in keys:
        iri = f"<{MINT.thing('territoire', key)}>"
        yield quads.statement(iri, f"<{PREFIXES['igeo']}nom>", quads.text(f"Lieu {key}"), graph)
        for parent in parents(key):
            above = f"<{MINT.thing('territoire', parent)}>"
            yield quads.statement(iri, f"<{PREFIXES['dcterms']}isPartOf>", above, graph)


QUESTIONS = {
    "first page": Request(),
    "one public": Request(chosen={"public": ("exiles",)}),
    "public and département": Request(chosen={"public": ("exiles",), "territoire": ("departement/76",)}),
    "three facets": Request(chosen={"public": ("age",), "annee": ("2020", "2021"), "statut": ("realise",)}),
    "a common word": Request("formation"),
    "three words and a facet": Request("formation réfugiés numérique", {"territoire": ("region/11",)}),
    "a rare word": Request("organisme-199"),
    "page 5,000 by date": Request(order="date", offset=100_000),
}


def peer(path: Path, count: int) -> sqlite3.Connection:
    """One table, with indices on what is filtered."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE r (id, title, publics, within, year, status, carrier, call, text)")
    found = ((n, r.title, "|".join(r.publics_within), "|".join(r.within), r.start.year if r.start else None, r.status,
              r.carriers[0].label_fr, r.call.label_fr, r.quotation) for n, r in enumerate(rows(count)))  # fmt: skip
    connection.executemany("INSERT INTO r VALUES (?,?,?,?,?,?,?,?,?)", found)
    connection.commit()
    return connection


def by_scan(connection: sqlite3.Connection, asked: Request) -> None:
    """The page and the counts of four facets, by SQL."""
    where, given = ["1"], []
    columns = {"public": "publics", "territoire": "within", "annee": "year", "statut": "status"}
    for facet, keys in asked.chosen.items():
        where.append("(" + " OR ".join(f"'|' || {columns[facet]} || '|' LIKE ?" for _ in keys) + ")")
        given += [f"%|{key}|%" for key in keys]
    for word in asked.text.split():
        where.append("text || title || carrier LIKE ?")
        given.append(f"%{word}%")
    told = " AND ".join(where)
    connection.execute(f"SELECT * FROM r WHERE {told} ORDER BY title LIMIT 20 OFFSET {asked.offset}", given).fetchall()
    for column in ("publics", "year", "status", "call"):
        connection.execute(f"SELECT {column}, count(*) FROM r WHERE {told} GROUP BY 1", given).fetchall()


def site(search: Search) -> Lists:
    """The list pages of an index."""
    addresses, strings = Addresses(MINT), Strings()
    renderer = Renderer(Manifest("0" * 16, MINT.base, "0", "2026-01-01T00:00:00Z"), Settings(), addresses, strings)
    return Lists(search, addresses, renderer, strings)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        entity_file.build(sorted(territories()), path / "e.sqlite")
        reader = Entities(path / "e.sqlite")
        begun = time.process_time()
        search_index.build(path / "s.sqlite", rows(count), reader, Names(reader, Vocabulary(), MINT), {})
        built = time.process_time() - begun
        size = (path / "s.sqlite").stat().st_size
        print(f"{count:,} rows: built in {built:.0f} s, {size / 1e6:.0f} MB, {size / count:.0f} bytes a row")
        connection = peer(path / "peer.sqlite", count)
        table = {}
        for name, asked in QUESTIONS.items():
            search = Search(path / "s.sqlite")
            begun = time.process_time()
            answer = search.ask(asked)
            cold = time.process_time() - begun
            begun = time.process_time()
            search.ask(asked)
            warm = time.process_time() - begun
            lists = site(search)
            begun = time.process_time()
            lists.laureates("fr", [*parameters(asked), ("page", str(asked.offset // 20 + 1))])
            page = time.process_time() - begun
            search.close()
            begun = time.process_time()
            by_scan(connection, asked)
            scan = time.process_time() - begun
            table[name] = (answer.total, cold, warm, page, scan)
            print(f"{name:28} {answer.total:>9,} found  cold {cold * 1e3:7.0f} ms  again {warm * 1e3:7.1f} ms  page "
                  f"{page * 1e3:7.1f} ms  by scan {scan * 1e3:7.0f} ms  x{scan / warm:.0f}", flush=True)  # fmt: skip
        print(json.dumps(table))


if __name__ == "__main__":
    main()
