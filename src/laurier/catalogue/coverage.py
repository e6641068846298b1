"""What a dataset covers in space and time, in the forms that both harvesters and linked-data readers understand."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace

import pyoxigraph as ox

from laurier import quads
from laurier.catalogue.authority import COUNTRY, FRANCE
from laurier.catalogue.notes import Notes
from laurier.vocabulary import PREFIXES

_WKT = f"{PREFIXES['geo']}wktLiteral"
_AS_WKT = ox.NamedNode(f"{PREFIXES['geo']}asWKT")


@dataclass(frozen=True, slots=True)
class Area:
    """A territory that a dataset covers.

    Attributes:
        iri: its IRI.
        name: its name.
        box: its bounding box, a WKT polygon; empty where unknown.
        centre: its centre, a WKT point; empty where unknown.
        contour: its contour in WKT; empty where the instance has none.
        same: IRIs of the same territory elsewhere (INSEE, EU authority table, NUTS).
    """

    iri: str
    name: str
    box: str = ""
    centre: str = ""
    contour: str = ""
    same: tuple[str, ...] = ()

    def describe(self, notes: Notes, subject: str) -> None:
        """States that the subject covers this territory.

        data.gouv.fr reads the polygon alone; others the IRI, its label and its matches.
        """
        notes.point(subject, "dcterms:spatial", self.iri, "dcterms:Location")
        notes.say(self.iri, "skos:prefLabel", quads.tagged(self.name, "fr"))
        if self.box:
            notes.say(self.iri, "dcat:bbox", quads.typed(self.box, _WKT))
        if self.centre:
            notes.say(self.iri, "dcat:centroid", quads.typed(self.centre, _WKT))
        if self.contour:
            notes.say(self.iri, "locn:geometry", quads.typed(self.contour, _WKT))
        for iri in self.same:
            # Said again of each match: a portal knows the IRI of INSEE, of the EU table or of NUTS, not ours.
            notes.point(self.iri, "skos:exactMatch", iri)
            replace(self, iri=iri, same=(), contour="").describe(notes, subject)


def _country() -> Area:
    west, south, east, north = FRANCE
    box = f"POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))"
    return Area(COUNTRY, "France", box, f"POINT({(west + east) / 2:.4f} {(south + north) / 2:.4f})")


#: France, with the box of its metropolitan part: what a dataset without a région covers.
COUNTRY_AREA = _country()


def area(iri: str, description: bytes) -> Area | None:
    """Reads a territory from its description in the graph.

    Args:
        iri: of the territory.
        description: N-Triples about it.

    Returns:
        The territory, or None when the graph does not name it.
    """
    found: dict[str, list[str]] = {}
    contour = ""
    for quad in ox.parse(description, format=ox.RdfFormat.N_TRIPLES):
        if isinstance(quad.object, ox.Triple):
            continue
        if quad.subject == ox.NamedNode(iri):
            found.setdefault(quad.predicate.value, []).append(quad.object.value)
        elif quad.predicate == _AS_WKT:
            contour = quad.object.value
    names = found.get(f"{PREFIXES['igeo']}nom")
    if not names:
        return None
    matches = (*found.get(f"{PREFIXES['owl']}sameAs", ()), *found.get(f"{PREFIXES['skos']}exactMatch", ()))
    box, centre = (found.get(f"{PREFIXES['dcat']}{name}", [""])[0] for name in ("bbox", "centroid"))
    return Area(iri, names[0], box, centre, contour, tuple(sorted(matches)))


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a dataset covers: ISO 8601, both included."""

    start: str
    end: str

    def describe(self, notes: Notes, subject: str, node: str) -> None:
        """States the period as a blank node: data.gouv.fr fetches a period that has an IRI, and loses it."""
        notes.point(subject, "dcterms:temporal", node, "dcterms:PeriodOfTime")
        for name, day in (("startDate", self.start), ("endDate", self.end)):
            notes.say(node, f"dcat:{name}", quads.typed(day, f"{quads.XSD}date"))


def period(start: str, end: str, issued: str, published: str) -> Period:
    """The period that rows cover, or else the one that the date of their document gives.

    Args:
        start, end: first and last day that the rows name, or empty.
        issued: date of publication of the document (EDTF: `2021`, `2021-03`, `2021-03-04`), or empty.
        published: moment of publication of the release, when nothing else is known.
    """
    printed = _printed(issued)
    first = start or (printed.start if printed else end or published[:10])
    last = end or (printed.end if printed else first)
    return Period(min(first, last), max(first, last))


def _printed(edtf: str) -> Period | None:
    match = re.fullmatch(r"([1-9][0-9]{3})(?:-(0[1-9]|1[0-2])(?:-([0-9]{2}))?)?", edtf)
    if match is None:
        return None
    year, month, day = match.groups()
    if day:
        return Period(edtf, edtf)
    if month:
        return Period(f"{year}-{month}-01", f"{year}-{month}-{monthrange(int(year), int(month))[1]:02}")
    return Period(f"{year}-01-01", f"{year}-12-31")
