"""The graph of the first brochure against tables written by reading it, through SPARQL: nothing lost, nothing wrong."""

from __future__ import annotations

import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from laurier.snapshot.opened import Snapshot
from laurier.vocabulary import PREFIXES

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "sources"))
from brochure_table import expected  # noqa: E402

HEAD = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())


@pytest.fixture(scope="module")
def ask(release: Snapshot) -> Any:
    store = ox.Store.read_only(str(release.file("store")))

    def answer(query: str) -> list[tuple[str | None, ...]]:
        found = store.query(HEAD + query)
        assert isinstance(found, ox.QuerySolutions)
        return [tuple(term.value if term is not None else None for term in row) for row in found]

    return answer


def by_heading(rows: list[tuple[str | None, ...]]) -> dict[str, list[tuple[str | None, ...]]]:
    grouped: dict[str, list[tuple[str | None, ...]]] = defaultdict(list)
    for heading, *rest in rows:
        assert heading is not None
        grouped[heading].append(tuple(rest))
    return dict(grouped)


def local(iri: str | None) -> str:
    return (iri or "").rpartition("/")[2]


CALLS, LAUREATES = expected()
HEADINGS = [row["heading"] for row in LAUREATES]


def test_the_calls(ask: Any) -> None:
    rows = ask(
        """SELECT ?title ?acronym ?scope ?announced ?objective ?value ?currency ?place ?year ?programme {
           ?c a lau:Call ; dcterms:title ?title ; lau:objective ?objective ; lau:programme/dcterms:title ?programme .
           FILTER (LANG(?programme) = "fr")
           ?c prov:wasDerivedFrom/lau:announcedCount ?announced .
           OPTIONAL { ?c skos:altLabel ?acronym } OPTIONAL { ?c lau:callScope ?scope }
           OPTIONAL { ?c lau:budget ?b . ?b schema:value ?value ; schema:currency ?currency ;
                      dcterms:spatial/igeo:nom ?place ; dcterms:temporal/dcterms:date ?year } }"""
    )
    found = {row[0]: row[1:] for row in rows}
    assert len(rows) == len(CALLS) == 3
    for call in CALLS:
        acronym, scope, announced, objective, value, currency, place, year, programme = found[call["title"]]
        assert acronym == call.get("acronym")
        assert local(scope) == call.get("scope", "")
        assert int(announced) == call["announced"]
        assert objective == "\n\n".join(call["objective"])
        assert programme == "Plan d'investissement dans les compétences"
        budget = call.get("budget", {})
        assert (value, currency, place, year) == (
            str(budget["value"]) if budget else None,
            budget.get("currency"),
            budget.get("territory"),
            str(budget["year"]) if budget else None,
        )


def test_every_laureate_with_its_single_values(ask: Any) -> None:
    rows = by_heading(
        ask(
            """SELECT ?h ?title ?carrier ?call ?status ?first ?ordinal ?n ?duration ?description ?other ?long ?sure {
               ?l a lau:Laureate ; lau:project ?p ; lau:call/dcterms:title ?call ; prov:wasDerivedFrom ?e .
               ?p lau:verbatim ?h ; dcterms:title ?title ; lau:carrier ?c ; dcterms:description ?description ;
                  lau:headingConfidence ?sure .
               ?c skos:prefLabel ?carrier .
               ?e oa:hasSelector ?s . ?s a oa:FragmentSelector ; rdf:value ?first .
               OPTIONAL { ?e lau:ordinal ?ordinal } OPTIONAL { ?p adms:status ?status }
               OPTIONAL { ?p lau:expectedBeneficiaries ?n } OPTIONAL { ?p lau:plannedDuration ?duration }
               OPTIONAL { ?c skos:altLabel ?other } OPTIONAL { ?p dcterms:alternative ?long } }"""
        )
    )
    assert sorted(rows) == sorted(HEADINGS)
    assert len(HEADINGS) == 16
    for row in LAUREATES:
        ((title, carrier, call, status, lines, ordinal, n, duration, description, other, long, sure),) = rows[
            row["heading"]
        ]
        assert title == row["title"]
        assert carrier == row["carrier"]
        assert call == CALLS[row["call"]]["title"]
        assert local(status) == row["status"]
        assert lines == f"line={row['lines'][0] - 1},{row['lines'][1]}"
        assert ordinal == (str(row["ordinal"]) if "ordinal" in row else None)
        assert n == (str(row["beneficiaries"]) if "beneficiaries" in row else None)
        assert duration == row.get("duration")
        assert description == "\n\n".join(row["description"])
        assert other == row.get("carrier_expansion")
        assert long == row.get("title_expansion")
        assert (float(sure or 0) < 0.9) == row.get("doubtful", False)


def test_every_period(ask: Any) -> None:
    rows = by_heading(
        ask(
            """SELECT ?h ?v ?edtf ?precision ?a ?b ?c ?d { ?p lau:verbatim ?h ; lau:period ?t .
               ?t lau:verbatim ?v ; dcterms:date ?edtf ; lau:precision ?precision ; lau:startEarliest ?a ;
                  lau:startLatest ?b . OPTIONAL { ?t lau:endEarliest ?c ; lau:endLatest ?d } }"""
        )
    )
    for row in LAUREATES:
        period = row["period"]
        ((verbatim, edtf, precision, a, b, c, d),) = rows[row["heading"]]
        assert (verbatim, edtf, local(precision)) == (period["verbatim"], period["edtf"], period["precision"])
        assert [a, b] == period["start"]
        assert [c, d] == period.get("end", [None, None])


def test_every_target_group_with_its_publics_and_ages(ask: Any) -> None:
    rows = by_heading(
        ask(
            """SELECT ?h ?v ?public ?min ?max ?emphasis { ?p a lau:Project ; lau:verbatim ?h ; lau:target ?t .
               ?t lau:verbatim ?v . OPTIONAL { ?t lau:public ?public } OPTIONAL { ?t lau:minAge ?min }
               OPTIONAL { ?t lau:maxAge ?max } OPTIONAL { ?t lau:emphasis ?emphasis } }"""
        )
    )
    for row in LAUREATES:
        wanted = {
            (t["verbatim"], public, t.get("min"), t.get("max"), t.get("emphasis", False))
            for t in row.get("targets", ())
            for public in t["publics"]
        }
        found = {
            (v, local(public), int(low) if low else None, int(high) if high else None, emphasis == "true")
            for v, public, low, high, emphasis in rows.get(row["heading"], ())
        }
        assert found == wanted, row["heading"]


def test_every_list_item_and_result(ask: Any) -> None:
    items = by_heading(
        ask(
            """SELECT ?h ?intro ?text { ?p lau:verbatim ?h ; lau:item ?i .
               ?i dcterms:description ?text ; lau:position ?n .
               OPTIONAL { ?i lau:introduction ?intro } } ORDER BY ?h ?n"""
        )
    )
    results = by_heading(
        ask(
            """SELECT ?h ?indicator ?count ?of { ?p lau:verbatim ?h ; lau:result ?r .
               ?r lau:indicator ?indicator ; lau:count ?count . OPTIONAL { ?r lau:outOf ?of } }"""
        )
    )
    for row in LAUREATES:
        assert items.get(row["heading"], []) == row["items"]
        wanted = {(r["indicator"], r["count"], r["out_of"]) for r in row.get("results", ())}
        found = {(local(i), int(c or 0), int(o or 0)) for i, c, o in results.get(row["heading"], ())}
        assert found == wanted


def test_every_territory(ask: Any) -> None:
    wanted = tomllib.loads((HERE / "expected_territories.toml").read_text(encoding="utf-8"))
    rows = by_heading(
        ask(
            """SELECT ?h ?v ?status ?unit { ?p a lau:Project ; lau:verbatim ?h ; lau:territoryMention ?m .
               ?m lau:verbatim ?v ; lau:linkStatus ?status . OPTIONAL { ?m lau:resolvedTo ?unit } }"""
        )
    )
    suffix = {"exact": "", "partie-de": " part", "historique": " historical"}
    assert sorted(wanted) == sorted(HEADINGS)
    for heading in HEADINGS:
        found = {}
        for verbatim, status, unit in rows[heading]:
            key = local(status)
            target = "/".join((unit or "").rsplit("/", 2)[1:])
            found[verbatim] = {"usage": "lieu", "non-rapproche": "unresolved", "ambigu": "ambiguous"}.get(
                key, f"{target}{suffix.get(key, key)}"
            )
        assert found == wanted[heading]


def test_qualifiers_are_kept_as_text(ask: Any) -> None:
    rows = ask("SELECT ?v ?q { ?m a lau:TerritoryMention ; lau:verbatim ?v ; lau:qualifier ?q }")
    assert set(rows) >= {
        ("département de l'Eure", "dans les zones rurales"),
        ("Ville de Caen", "gare, hyper centre-ville et port"),
        ("Manche", "Centre"),
    }
    assert not ask("SELECT ?t { ?t a igeo:Commune ; igeo:nom ?n FILTER (?n IN ('Port', 'Gare', 'Centre')) }")
