"""The columns of the table of laureates: names, what they hold in French and English, how a row gives their cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from laurier.flat import Labelled, Place, Row

Kind = Literal["text", "list", "integer", "decimal", "number", "date", "boolean"]
Cell = str | int | float | Decimal | date | tuple[str, ...] | None
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Column(Generic[Item]):
    """A column of a flat table.

    Attributes:
        name: French, ASCII lower case, stable: scripts of readers depend on it.
        kind: what its cells hold; a `list` keeps the order of the source.
        fr, en: what it holds, in one sentence.
        cell: gives its value for an item of the list.
    """

    name: str
    kind: Kind
    fr: str
    en: str
    cell: Callable[[Item], Cell]


def _iris(items: tuple[Labelled, ...]) -> tuple[str, ...]:
    return tuple(item.iri for item in items)


def _labels(items: tuple[Labelled, ...]) -> tuple[str, ...]:
    return tuple(item.label_fr for item in items)


def located(row: Row) -> Place | None:
    """The first territory of a laureate whose centre is known, or None."""
    return next((p for p in row.places if p.longitude is not None and p.latitude is not None), None)


def _longitude(row: Row) -> float | None:
    place = located(row)
    return place.longitude if place else None


def _latitude(row: Row) -> float | None:
    place = located(row)
    return place.latitude if place else None


#: The columns, in their order.
COLUMNS: tuple[Column[Row], ...] = (
    Column("laureat_uri", "text", "IRI du lauréat.", "IRI of the laureate.", lambda r: r.laureate),
    Column("projet_uri", "text", "IRI du projet.", "IRI of the project.", lambda r: r.project),
    Column("titre", "text", "Titre du projet.", "Title of the project.", lambda r: r.title),
    Column("intitule", "text", "Intitulé imprimé, tel quel.", "Printed heading, verbatim.", lambda r: r.heading),
    Column("numero", "integer", "Numéro imprimé dans la source.", "Number printed in the source.",
           lambda r: r.ordinal),
    Column("appel", "text", "Appel à projets.", "Call for projects.", lambda r: r.call.label_fr),
    Column("appel_uri", "text", "IRI de l’appel.", "IRI of the call.", lambda r: r.call.iri),
    Column("programme", "text", "Programme de l’appel.", "Programme of the call.", lambda r: r.programme.label_fr),
    Column("programme_uri", "text", "IRI du programme.", "IRI of the programme.", lambda r: r.programme.iri),
    Column("porteurs", "list", "Organismes porteurs.", "Organisations that run the project.",
           lambda r: _labels(r.carriers)),
    Column("porteurs_uri", "list", "IRI des porteurs.", "IRIs of the carriers.", lambda r: _iris(r.carriers)),
    Column("territoire_texte", "text", "Territoire, dans les mots de la source.", "Territory as printed.",
           lambda r: r.territory_text),
    Column("territoires", "list", "Territoires rapprochés.", "Territories linked to.",
           lambda r: tuple(p.name for p in r.places)),
    Column("territoires_type", "list", "Nature de chaque territoire (commune, epci, departement, region, lieu).",
           "Kind of each territory.", lambda r: tuple(p.kind for p in r.places)),
    Column("territoires_code", "list", "Code INSEE de chaque territoire, SIREN pour un EPCI, vide pour un lieu.",
           "INSEE code of each territory, SIREN for an EPCI, empty for a customary place.",
           lambda r: tuple(p.code for p in r.places)),
    Column("territoires_lien", "list", "État de chaque rapprochement (exact, partie-de, historique, usage).",
           "Status of each link.", lambda r: tuple(p.status for p in r.places)),
    Column("territoires_uri", "list", "IRI des territoires.", "IRIs of the territories.",
           lambda r: tuple(p.iri for p in r.places)),
    Column("longitude", "number", "Longitude (WGS 84) du centre du premier territoire situé.",
           "Longitude (WGS 84) of the centre of the first located territory.", _longitude),
    Column("latitude", "number", "Latitude (WGS 84) du centre du premier territoire situé.",
           "Latitude (WGS 84) of the centre of the first located territory.", _latitude),
    Column("public_texte", "text", "Publics, dans les mots de la source.", "Publics as printed.",
           lambda r: r.public_text),
    Column("publics", "list", "Catégories de publics.", "Categories of publics.", lambda r: _labels(r.publics)),
    Column("publics_uri", "list", "IRI des catégories.", "IRIs of the categories.", lambda r: _iris(r.publics)),
    Column("etat", "text", "État du projet (en-cours, realise), vide si la source n’en dit rien.",
           "Status of the project, empty if the source does not say.", lambda r: r.status),
    Column("debut", "date", "Premier jour que permet la période imprimée ; voir precision.",
           "First day that the printed period allows; see precision.", lambda r: r.start),
    Column("fin", "date", "Dernier jour que permet la période imprimée ; voir precision.",
           "Last day that the printed period allows; see precision.", lambda r: r.end),
    Column("periode_texte", "text", "Période imprimée.", "Printed period.", lambda r: r.period_text),
    Column("periode", "text", "Période, sans plus de précision que la source (EDTF : 2023, 2023-09/2024-08).",
           "Period, no finer than the source prints it (EDTF: 2023, 2023-09/2024-08).", lambda r: r.period_edtf),
    Column("precision", "text", "Précision de la période (jour, mois, trimestre, semestre, annee).",
           "Precision of the period.", lambda r: r.precision),
    Column("beneficiaires", "integer", "Nombre de bénéficiaires attendus.", "Expected beneficiaries.",
           lambda r: r.beneficiaries),
    Column("montant", "decimal", "Total des montants imprimés pour ce projet.", "Total of the sums printed for it.",
           lambda r: r.amount),
    Column("devise", "text", "Devise (ISO 4217).", "Currency (ISO 4217).", lambda r: r.currency),
    Column("description", "text", "Description, un paragraphe par ligne.", "Description, one paragraph a line.",
           lambda r: r.description),
    Column("a_verifier", "boolean", "Vrai si une personne doit encore confirmer un point.",
           "True if a person should still confirm something.", lambda r: r.to_review),
    Column("source_uri", "text", "IRI du document source.", "IRI of the source document.", lambda r: r.source),
    Column("source_titre", "text", "Titre du document source.", "Title of the source document.",
           lambda r: r.source_title),
    Column("source_page", "integer", "Page du document.", "Page of the document.", lambda r: r.page),
    Column("source_ligne_debut", "integer", "Première ligne citée.", "First line cited.", lambda r: r.first_line),
    Column("source_ligne_fin", "integer", "Dernière ligne citée.", "Last line cited.", lambda r: r.last_line),
    Column("citation", "text", "Passage de la source, tel quel.", "Passage of the source, verbatim.",
           lambda r: r.quotation),
)  # fmt: skip
