"""The DCAT-AP 3.0 description of a release: its catalogue, its data service, and each dataset with its distributions.

Every block stands alone: it describes all that it names, since harvesters read a page without the others and the
shapes of DCAT-AP are checked without background knowledge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from laurier import formats, quads
from laurier.catalogue import authority
from laurier.catalogue.coverage import Area, Period
from laurier.catalogue.notes import Notes
from laurier.catalogue.parties import contact, publisher, rights
from laurier.catalogue.places import Places
from laurier.counts import counted
from laurier.formats import Format
from laurier.iri import Minter
from laurier.settings import Settings
from laurier.snapshot.dumps import DumpFile
from laurier.vocabulary import ONTOLOGY

SHAPES = "https://w3id.org/laurier/shapes"
SPARQL_PROTOCOL = "https://www.w3.org/TR/sparql11-protocol/"


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset as the catalogue describes it.

    Attributes:
        key: in its IRI and in the names of its files.
        title_fr, title_en, description_fr, description_en: what people read.
        files: its dumps.
        issued, modified: first publication and last change of its content, ISO 8601.
        licence: IRI.
        themes: keys of the EU table of themes.
        keywords: French.
        areas: what it covers in space.
        period: what it covers in time.
        provenance_fr, provenance_en: where it comes from, in a sentence.
        derived_from: IRIs of its sources.
        version: hash of the release that it belongs to.
        previous: IRI of the dataset's previous version, or empty.
        ontology: it is the ontology, not data that conforms to it.
    """

    key: str
    title_fr: str
    title_en: str
    description_fr: str
    description_en: str
    files: tuple[DumpFile, ...]
    issued: str
    modified: str
    licence: str
    themes: tuple[str, ...]
    keywords: tuple[str, ...]
    areas: tuple[Area, ...]
    period: Period
    provenance_fr: str
    provenance_en: str
    derived_from: tuple[str, ...]
    version: str
    previous: str = ""
    ontology: bool = False


def keyword(text: str) -> str:
    """A keyword that every portal keeps, or nothing: CKAN refuses all but letters, digits, space, `-`, `_` and `.`,
    and wants 2 to 100 characters.

    >>> keyword("Provence-Alpes-Côte d’Azur")
    'Provence-Alpes-Côte d Azur'
    """
    plain = " ".join(re.sub(r"[^\w\-. ]", " ", text).split())[:100].strip()
    return plain if len(plain) > 1 else ""


def head(settings: Settings, datasets: int, issued: str, modified: str, areas: tuple[Area, ...]) -> Notes:
    """The catalogue itself, without its datasets and services."""
    places, notes = Places(settings.base), Notes()
    me = places.catalogue
    notes.is_a(me, "dcat:Catalog")
    notes.both(me, "dcterms:title", settings.title_fr, settings.title_en)
    notes.both(
        me,
        "dcterms:description",
        f"Lauréats d’appels à projets publics en données liées, avec la phrase source de chaque fait : {datasets} "
        "jeux de données.",
        f"Laureates of public calls for projects as linked data, each fact with the sentence it comes from: "
        f"{datasets} datasets.",
    )
    publisher(notes, me, settings)
    notes.value(me, "dcterms:license", authority.licence(authority.OPEN_LICENCE))
    notes.value(me, "dcterms:language", authority.FRENCH)
    notes.value(me, "dcterms:language", authority.ENGLISH)
    notes.point(me, "foaf:homepage", settings.base, "foaf:Document")
    notes.stamp(me, "dcterms:issued", issued)
    notes.stamp(me, "dcterms:modified", modified)
    notes.point(me, "dcat:themeTaxonomy", authority.THEMES)
    notes.scheme(authority.THEMES)
    rights(notes, me, settings)
    for area in areas:
        area.describe(notes, me)
    return notes


def service(settings: Settings, served: tuple[str, ...]) -> Notes:
    """The SPARQL endpoint as a data service.

    No distribution names it with dcat:accessService: data.gouv.fr would then turn the distribution into an API and
    not list the service.
    """
    places, notes = Places(settings.base), Notes()
    me = places.service
    notes.point(places.catalogue, "dcat:service", me)
    notes.is_a(me, "dcat:DataService", "dcat:Resource")
    notes.say(me, "dcterms:identifier", quads.text(me))
    notes.both(me, "dcterms:title", f"{settings.title_fr} : point d’accès SPARQL", f"{settings.title_en}: SPARQL")
    notes.both(
        me,
        "dcterms:description",
        "Interrogation du graphe par le protocole SPARQL 1.1, en lecture seule, sans clé.",
        "Queries over the graph by the SPARQL 1.1 protocol, read-only, without a key.",
    )
    notes.point(me, "dcat:endpointURL", places.endpoint, "rdfs:Resource")
    notes.point(me, "dcat:endpointDescription", places.endpoint)
    notes.point(me, "dcterms:conformsTo", SPARQL_PROTOCOL, "dcterms:Standard")
    for key in served:
        notes.point(me, "dcat:servesDataset", places.dataset(key))
    for word in ("SPARQL", "lauréats", "appels à projets"):
        notes.say(me, "dcat:keyword", quads.tagged(word, "fr"))
    notes.value(me, "dcat:theme", authority.theme("GOVE"))
    notes.value(me, "dcterms:accessRights", authority.PUBLIC)
    notes.value(me, "dcterms:license", authority.licence(authority.OPEN_LICENCE))
    publisher(notes, me, settings)
    contact(notes, me, settings)
    return notes


def dataset(settings: Settings, of: Dataset) -> Notes:
    """A dataset and its distributions."""
    places, notes = Places(settings.base), Notes()
    me = places.dataset(of.key)
    notes.point(places.catalogue, "dcat:dataset", me)
    notes.is_a(me, "dcat:Dataset", "dcat:Resource")
    notes.say(me, "dcterms:identifier", quads.text(me))
    notes.both(me, "dcterms:title", of.title_fr, of.title_en)
    notes.both(me, "dcterms:description", of.description_fr, of.description_en)
    for word in filter(None, map(keyword, of.keywords)):
        notes.say(me, "dcat:keyword", quads.tagged(word, "fr"))
    for key in of.themes:
        notes.value(me, "dcat:theme", authority.theme(key))
    _facts(notes, me, of)
    publisher(notes, me, settings)
    contact(notes, me, settings)
    notes.point(me, "dcat:landingPage", places.page(of.key), "foaf:Document")
    for area in of.areas:
        area.describe(notes, me)
    of.period.describe(notes, me, f"_:periode-{_label(of.key)}")
    if of.ontology:
        notes.value(me, "dcterms:type", authority.ONTOLOGY)
    else:
        for standard in (ONTOLOGY, SHAPES):
            notes.point(me, "dcterms:conformsTo", standard, "dcterms:Standard")
    for file in of.files:
        _distribution(notes, settings, of, file)
    return notes


def graph(lines: Iterator[str], minter: Minter) -> Iterator[str]:
    """N-Triples lines as N-Quads of the graph of the catalogue."""
    name = quads.iri(minter.graph("catalogue"))
    return (f"{line[:-1]}{name} ." for line in lines)


def _facts(notes: Notes, me: str, of: Dataset) -> None:
    notes.stamp(me, "dcterms:issued", of.issued)
    notes.stamp(me, "dcterms:modified", of.modified)
    notes.value(me, "dcterms:license", authority.licence(of.licence))
    notes.value(me, "dcterms:accessRights", authority.PUBLIC)
    notes.value(me, "dcterms:accrualPeriodicity", authority.IRREGULAR)
    notes.value(me, "dcterms:language", authority.FRENCH)
    notes.say(me, "dcat:version", quads.text(of.version))
    notes.say(me, "owl:versionInfo", quads.text(of.version))
    if of.previous:
        notes.point(me, "dcat:previousVersion", of.previous)
    provenance = f"{me}#provenance"
    notes.point(me, "dcterms:provenance", provenance, "dcterms:ProvenanceStatement")
    notes.both(provenance, "rdfs:label", of.provenance_fr, of.provenance_en)
    for source in of.derived_from:
        notes.point(me, "prov:wasDerivedFrom", source)


def _distribution(notes: Notes, settings: Settings, of: Dataset, file: DumpFile) -> None:
    places = Places(settings.base)
    format_ = next(row for row in formats.FORMATS if row.name == file.format)
    suffix = file.name[len(of.key) + 1 :]
    owner, me, address = places.dataset(of.key), f"{places.dataset(of.key)}#{suffix}", places.dump(file.name)
    notes.point(owner, "dcat:distribution", me, "dcat:Distribution")
    packed = " compressé" if file.compression else ""
    notes.both(me, "dcterms:title", f"{format_.label}{packed}", f"{format_.label}{', compressed' if packed else ''}")
    notes.both(me, "dcterms:description", *_counted(file, format_))
    notes.point(me, "dcat:accessURL", address, "rdfs:Resource")
    notes.point(me, "dcat:downloadURL", address)
    _format(notes, me, format_, file)
    notes.value(me, "dcterms:license", authority.licence(of.licence))
    rights(notes, me, settings)
    notes.value(me, "dcatap:availability", authority.STABLE)
    notes.value(me, "dcterms:language", authority.FRENCH)
    notes.stamp(me, "dcterms:issued", file.issued or of.issued)
    notes.stamp(me, "dcterms:modified", file.modified or of.modified)
    notes.say(me, "dcat:byteSize", quads.typed(str(file.size), f"{quads.XSD}nonNegativeInteger"))
    checksum = f"{me}-empreinte"
    # SHA-512: data.gouv.fr fails the whole dataset on an MD5, SHA-1 or SHA-256 typed as DCAT-AP demands.
    notes.point(me, "spdx:checksum", checksum, "spdx:Checksum")
    notes.value(checksum, "spdx:algorithm", authority.SHA512)
    notes.say(checksum, "spdx:checksumValue", quads.typed(file.sha512, f"{quads.XSD}hexBinary"))
    if not of.ontology and format_.w3c_key and format_ is not formats.CSV:
        notes.point(me, "dcterms:conformsTo", ONTOLOGY, "dcterms:Standard")


def _format(notes: Notes, me: str, format_: Format, file: DumpFile) -> None:
    notes.point(me, "dcterms:format", format_.eu_iri, "dcterms:MediaTypeOrExtent")
    # data.gouv.fr shows this label as the format; CKAN knows the format by the label of the media type.
    notes.say(format_.eu_iri, "rdfs:label", quads.text(format_.suffix))
    served = formats.GZIP if file.compression else format_
    notes.point(me, "dcat:mediaType", served.iana_iri, "dcterms:MediaType")
    notes.say(served.iana_iri, "rdfs:label", quads.text(served.media_type))
    if file.compression:
        notes.point(me, "dcat:compressFormat", served.iana_iri)


def _counted(file: DumpFile, format_: Format) -> tuple[str, str]:
    if format_ in formats.GRAPHS:
        return (
            f"{counted(file.count, 'énoncé(s) RDF', 'fr')} en {format_.label}.",
            f"{counted(file.count, 'RDF statement(s)', 'en')} in {format_.label}.",
        )
    return (
        f"Une ligne par lauréat ({file.count}), avec la citation de la source, en {format_.label}.",
        f"One row a laureate ({file.count}), with the quotation of the source, in {format_.label}.",
    )


def _label(key: str) -> str:
    # A blank node label of N-Triples: letters and digits only are safe in every serialisation.
    return re.sub(r"[^0-9A-Za-z]", lambda match: f"_{ord(match[0]):x}_", key)
