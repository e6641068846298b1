"""Facts about the territories that a graph uses and all that contain them, with links to INSEE, NUTS and the EU."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from laurier import quads
from laurier.errors import ReconcileError
from laurier.flat import Place
from laurier.geometry.kept import Contours
from laurier.iri import Minter, slug
from laurier.mapping.scribe import Scribe
from laurier.reconcile.gazetteer import Gazetteer, Unit
from laurier.reconcile.references import References
from laurier.reconcile.territory import Segment
from laurier.vocabulary import PREFIXES

#: Classes of INSEE's ontology by kind; a customary place has none.
CLASSES = {
    "region": "igeo:Region",
    "departement": "igeo:Departement",
    "epci": "igeo:Intercommunalite",
    "commune": "igeo:Commune",
    "commune-deleguee": "igeo:CommuneDeleguee",
    "commune-associee": "igeo:CommuneAssociee",
    "arrondissement-municipal": "igeo:ArrondissementMunicipal",
}
#: Kind of a place that people name but no administration holds.
CUSTOMARY = "lieu"
_WKT = f"{PREFIXES['geo']}wktLiteral"
_INSEE = "http://id.insee.fr/geo/"
#: INSEE publishes a synonym made of the code for these kinds only; for others no URI can be derived.
_CODE_FORM = ("commune", "departement", "region")


def territory_iri(minter: Minter, kind: str, code: str) -> str:
    """The IRI of a territory from its kind and its code; a customary place has the slug of its name as code."""
    return minter.thing("territoire", f"{kind}/{slug(code) if kind == CUSTOMARY else code}")


def accepted(minter: Minter, segment: Segment) -> str | None:
    """The IRI of the territory that a wording was linked to, None where no link was accepted."""
    if segment.unit is not None:
        return territory_iri(minter, segment.unit.kind, segment.unit.code)
    return territory_iri(minter, CUSTOMARY, segment.text) if segment.status == "usage" else None


#: Units by kind and code, each with the names under which it was used.
Used = dict[tuple[str, str], dict[str, None]]


class Places:
    """The territories in use, what is known of them beyond the gazetteer, and their description at the end.

    Args:
        gazetteer: every unit of every vintage.
        references: extents and identifiers of units.
        contours: those that the operator imported.
        minter: builds IRIs.
    """

    def __init__(self, gazetteer: Gazetteer, references: References, minter: Minter, contours: Contours) -> None:
        self._gazetteer = gazetteer
        self._minter = minter
        self._used: Used = {}
        self._within: dict[tuple[str, str, int], tuple[str, ...]] = {}
        self._references = references
        self._contours = contours

    def use(self, kind: str, code: str) -> Unit:
        """Marks a unit given by its code as used.

        Raises:
            ReconcileError: the gazetteer has no such unit.
        """
        unit = self._gazetteer.unit(kind, code)
        if unit is None:
            raise ReconcileError(
                f"No {kind} has the code {code!r} in the gazetteer: correct it in source.toml.",
                f"Aucune unité « {kind} » n'a le code {code!r} dans le référentiel : corrigez-le dans source.toml.",
            )
        self.add(unit)
        return unit

    def add(self, unit: Unit) -> None:
        """Marks a unit as used under the name that it bore."""
        self._used.setdefault((unit.kind, unit.code), {})[unit.name] = None

    def take(self) -> Used:
        """The territories used so far, which are then forgotten."""
        taken, self._used = self._used, {}
        return taken

    def join(self, used: Used) -> None:
        """Marks territories that were used elsewhere."""
        for unit, names in used.items():
            self._used.setdefault(unit, {}).update(names)

    def link(self, segment: Segment, candidates: int) -> None:
        """Marks what a wording was linked to, or its first candidates."""
        if segment.unit is not None:
            self.add(segment.unit)
        elif segment.status == "usage":
            # Spellings that differ by accents, case or spaces name one place.
            self._used.setdefault((CUSTOMARY, slug(segment.text)), {})[segment.text] = None
        for candidate in segment.candidates[:candidates] if accepted(self._minter, segment) is None else ():
            self._used.setdefault((candidate.kind, candidate.code), {})

    def within(self, unit: Unit) -> tuple[str, ...]:
        """`kind/code` of a unit, of what contained it in the vintage of the link, and of what it is today."""
        wanted = (unit.kind, unit.code, unit.vintage)
        if wanted not in self._within:
            found = {f"{unit.kind}/{unit.code}": None}
            for container in self._gazetteer.containers(unit.kind, unit.code, date(unit.vintage, 1, 1)):
                found[f"{container.kind}/{container.code}"] = None
            for now in self._gazetteer.today(unit.kind, unit.code) if unit.became else ():
                found[f"{now.kind}/{now.code}"] = None
                for container in self._gazetteer.containers(now.kind, now.code):
                    found[f"{container.kind}/{container.code}"] = None
            self._within[wanted] = tuple(found)
        return self._within[wanted]

    def place(self, unit: Unit, status: str) -> Place:
        """A unit as the flat row shows it."""
        point = self._references.point(unit.kind, unit.code)
        return Place(
            iri=territory_iri(self._minter, unit.kind, unit.code),
            kind=unit.kind,
            code=unit.code,
            name=unit.name,
            status=status,
            longitude=point.longitude if point else None,
            latitude=point.latitude if point else None,
        )

    def describe(self, scribe: Scribe) -> None:
        """States every used unit, and all that contains or replaces it."""
        done: set[tuple[str, str]] = set()
        waiting = sorted(self._used)
        while waiting:
            kind, code = waiting.pop()
            if (kind, code) in done:
                continue
            done.add((kind, code))
            waiting.extend(self._one(scribe, kind, code))

    def _one(self, scribe: Scribe, kind: str, code: str) -> Iterator[tuple[str, str]]:
        iri = territory_iri(self._minter, kind, code)
        scribe.is_a(iri, "lau:Territory", *([CLASSES[kind]] if kind in CLASSES else ()))
        scribe.say(iri, "lau:territoryKind", scribe.terms[f"code:{kind}"])
        unit = self._gazetteer.unit(kind, code)
        if unit is None:
            name, *others = self._used[kind, code]
            scribe.write(iri, "igeo:nom", name)
            for other in others:
                scribe.write(iri, "skos:altLabel", other, "fr")
            return
        scribe.write(iri, "igeo:nom", unit.name)
        scribe.write(iri, "igeo:codeINSEE", code)
        scribe.say(iri, "lau:vintage", quads.day(date(unit.vintage, 1, 1)))
        for name in self._used.get((kind, code), ()):
            if name != unit.name:
                scribe.write(iri, "skos:altLabel", name, "fr")
        self._links(scribe, iri, kind, code)
        containers = self._gazetteer.containers(kind, code, date(unit.vintage, 1, 1))
        for position, container in enumerate(containers):
            target = territory_iri(self._minter, container.kind, container.code)
            scribe.point(iri, "dcterms:isPartOf", target)
            if position == 0:
                scribe.point(iri, "igeo:subdivisionDirecteDe", target)
            yield container.kind, container.code
        for successor in unit.became:
            scribe.point(iri, "dcterms:isReplacedBy", territory_iri(self._minter, successor.kind, successor.code))
            yield successor.kind, successor.code

    def _links(self, scribe: Scribe, iri: str, kind: str, code: str) -> None:
        same = set(self._references.insee(kind, code))
        if kind in _CODE_FORM:
            same.add(f"{_INSEE}{kind}/{code}")
        for uri in sorted(same):
            scribe.point(iri, "owl:sameAs", uri)
        for uri in self._references.european(kind, code):
            scribe.point(iri, "skos:exactMatch", uri)
        extent = self._references.extent(kind, code)
        if extent is not None:
            scribe.say(iri, "dcat:bbox", quads.typed(extent.box, _WKT))
        point = self._references.point(kind, code)
        if point is not None:
            scribe.say(iri, "dcat:centroid", quads.typed(point.wkt, _WKT))
        self._contour(scribe, iri, kind, code)

    def _contour(self, scribe: Scribe, iri: str, kind: str, code: str) -> None:
        """The contour that the operator imported, with its origin (GeoSPARQL 1.1, sections 8.4 and 8.8.6)."""
        shape = self._contours.shape(kind, code)
        if shape is None:
            return
        note, contour = self._contours.notes[kind], f"{iri}#contour"
        scribe.point(iri, "geo:hasGeometry", contour)
        scribe.is_a(contour, "geo:Geometry")
        scribe.say(contour, "geo:asWKT", quads.typed(shape.wkt, _WKT))
        scribe.write(contour, "dcterms:source", note.credit)
        scribe.say(contour, "dcterms:license", quads.iri(note.licence))
