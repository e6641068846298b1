"""One row a laureate: the flat view that lists, search, facets, CSV, Parquet and GeoJSON share.

`mapping` fills it from the same records and links as the graph; its columns are described here once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Labelled:
    """A resource of the graph with the label that a list shows.

    Attributes:
        iri: its IRI.
        label_fr, label_en: its labels (the same text where the source has one language only).
    """

    iri: str
    label_fr: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Place:
    """A territory that a laureate is linked to.

    Attributes:
        iri: of the territory.
        kind: region, departement, epci, ept, commune..., lieu.
        code: INSEE code, or SIREN for an EPCI; empty for a customary place.
        name: official name at the vintage of the link.
        status: key of the link scheme (exact, partie-de, historique...).
        longitude, latitude: of its centre (WGS 84), None where unknown.
    """

    iri: str
    kind: str
    code: str
    name: str
    status: str
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A laureate and all that a list or a table shows of it.

    Attributes:
        laureate, project: IRIs.
        title: of the project.
        heading: printed heading, verbatim.
        call, programme: with their labels.
        carriers: organisations that run it.
        places: accepted territories, in the order of the source.
        within: `kind/code` of each territory and of all that contain it (facets and "covers my commune?").
        publics: concepts, in the order of the source.
        publics_within: keys of those concepts and of all broader ones (hierarchical facet).
        territory_text, public_text: wordings of the source.
        status: key of the status scheme, empty if not stated.
        start, end: earliest start and latest end.
        period_text: printed period.
        period_edtf: what it says, no finer than printed (EDTF, ISO 8601-2): `2023`, `2023-09/2024-08`.
        precision: key of the precision scheme, of its coarser bound: jour, mois, trimestre, semestre, annee.
        beneficiaries: expected number.
        amount, currency: total of the sums printed for this project.
        description: paragraphs and list items joined by line feeds.
        ordinal: printed number.
        source, source_title: the document.
        first_line, last_line, page: where it stands there.
        quotation: its whole passage.
        to_review: true when a person should still confirm something.
    """

    laureate: str
    project: str
    title: str
    heading: str
    call: Labelled
    programme: Labelled
    carriers: tuple[Labelled, ...]
    places: tuple[Place, ...]
    within: tuple[str, ...]
    publics: tuple[Labelled, ...]
    publics_within: tuple[str, ...]
    territory_text: str
    public_text: str
    status: str
    start: date | None
    end: date | None
    period_text: str
    period_edtf: str
    precision: str
    beneficiaries: int | None
    amount: Decimal | None
    currency: str
    description: str
    ordinal: int | None
    source: str
    source_title: str
    first_line: int
    last_line: int
    page: int | None
    quotation: str
    to_review: bool
