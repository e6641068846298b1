"""A small graph and its rows: two sources, shared carriers, awkward texts; several test folders use it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from laurier import quads
from laurier.flat import Labelled, Place, Row
from laurier.iri import Minter
from laurier.snapshot import dumps
from laurier.vocabulary import PREFIXES

BASE = "https://data.example.org/"
MINT = Minter(BASE)

ROW = Row(
    laureate=MINT.thing("laureat", "pic/cuisine"),
    project=MINT.thing("projet", "cuisine"),
    title="CUISINE MODE D'EMPLOI",
    heading="PAS DE QUARTIER POUR L'ÉCHEC CUISINE MODE D'EMPLOI",
    call=Labelled(MINT.thing("appel", "pic-100-inclusion"), "100 % inclusion", "100% inclusion"),
    programme=Labelled(MINT.thing("programme", "pic"), "Plan d'investissement", "Skills investment plan"),
    carriers=(Labelled(MINT.thing("porteur", "pas-de-quartier"), "Pas de quartier", "Pas de quartier"),),
    places=(
        Place(MINT.thing("territoire", "commune/76259"), "commune", "76259", "Fécamp", "exact", 0.38, 49.76),
        Place(MINT.thing("territoire", "commune/76540"), "commune", "76540", "Rouen", "exact", 1.0939, 49.4413),
    ),
    within=("commune/76259", "departement/76", "region/28"),
    publics=(Labelled("https://w3id.org/laurier/publics/jeunes", "Jeunes", "Young people"),),
    publics_within=("jeunes",),
    territory_text="Fécamp et Rouen",
    public_text="jeunes | peu qualifiés",
    status="realise",
    start=date(2019, 1, 1),
    end=date(2019, 9, 30),
    period_text="janvier 2019 à septembre 2019",
    period_edtf="2019-01/2019-09",
    precision="mois",
    beneficiaries=12,
    amount=Decimal("3135740.5"),
    currency="EUR",
    description="Premier paragraphe.\nSecond, « entre guillemets » ; 50 %.",
    ordinal=3,
    source=MINT.thing("source", "pic-normandie"),
    source_title="Lauréats du PIC en Normandie",
    first_line=10,
    last_line=20,
    page=None,
    quotation='=HYPERLINK("http://evil.example/")',
    to_review=False,
)


def rows() -> list[Row]:
    """Four laureates of two sources, those of one source together; the third has nothing optional."""
    bare = replace(
        ROW,
        laureate=MINT.thing("laureat", "pic/bare"),
        places=(),
        publics=(),
        carriers=(),
        start=None,
        end=None,
        beneficiaries=None,
        amount=None,
        currency="",
        ordinal=None,
        quotation="-1+2",
        to_review=True,
    )
    other = replace(
        ROW,
        laureate=MINT.thing("laureat", "autre/un"),
        source=MINT.thing("source", "autre-liste"),
        source_title="Autre liste",
        places=ROW.places[1:],
        title='Un "titre", avec\r\ndes pièges | et une barre',
        page=4,
    )
    return [ROW, replace(ROW, laureate=MINT.thing("laureat", "pic/deux")), bare, other]


def lines() -> list[str]:
    """Canonical N-Quads of the graphs of both sources, the territories, the ontology and the schemes."""
    rdf_type, title = f"<{PREFIXES['rdf']}type>", f"<{PREFIXES['dcterms']}title>"
    label = f"<{PREFIXES['skos']}prefLabel>"
    found = []
    for row in rows():
        graph = f"<{MINT.graph(row.source.rpartition('/')[2])}>"
        subject, project = f"<{row.laureate}>", f"<{row.project}>"
        found += [
            quads.statement(subject, rdf_type, f"<{PREFIXES['lau']}Laureate>", graph),
            quads.statement(subject, f"<{PREFIXES['lau']}project>", project, graph),
            quads.statement(project, title, quads.tagged(row.title, "fr"), graph),
            quads.statement(project, f"<{PREFIXES['lau']}verbatim>", quads.text(row.quotation), graph),
        ]
        for carrier in row.carriers:  # stated by both sources: the same triple in two graphs
            found.append(quads.statement(f"<{carrier.iri}>", label, quads.text(carrier.label_fr), graph))
        for place in row.places:
            name = f"<{PREFIXES['igeo']}nom>"
            territories = f"<{MINT.graph('territories')}>"
            found.append(quads.statement(f"<{place.iri}>", name, quads.text(place.name), territories))
    ontology = f"<{PREFIXES['lau']}Laureate>"
    found.append(quads.statement(ontology, label, quads.tagged("Lauréat", "fr"), f"<{MINT.graph('ontology')}>"))
    concept = "<https://w3id.org/laurier/publics/jeunes>"
    found.append(quads.statement(concept, label, quads.tagged("Jeunes", "fr"), f"<{MINT.graph('schemes')}>"))
    return quads.canonical(found)


def write_quads(folder: Path) -> Path:
    """The graph as a file of canonical N-Quads."""
    path = folder / "data.nq"
    path.write_text("".join(f"{line}\n" for line in lines()), encoding="utf-8")
    return path


def write_dumps(
    folder: Path, data: Path, records: Iterable[Row], base: str = BASE, statements: Mapping[str, int] | None = None
) -> list[dumps.DumpFile]:
    """The dumps of a graph and of some rows, in a folder."""
    return [*dumps.write_graphs(folder, data, base, statements or {}), *dumps.write_tables(folder, records, base)]
