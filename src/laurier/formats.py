"""The one table of formats.

Negotiation, dumps, DCAT distributions, the command line, the service description and the links in pages read it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

_EU = "http://publications.europa.eu/resource/authority/file-type/"
_IANA = "http://www.iana.org/assignments/media-types/"
_W3C = "http://www.w3.org/ns/formats/"


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """One serialisation; each row of the table is equal to itself only.

    Attributes:
        name: short name, used by `format=` and the command line.
        label: the name that people read.
        media_type: IANA media type without parameters.
        suffix: file name extension without a dot.
        eu_key: key of the EU file-type authority table.
        parameters: media type parameters that every response of this format carries.
        generic: registered wider types whose name the same bytes may bear (`application/json`).
        obsolete: unregistered names that old clients still ask for; never sent.
        other_names: further names accepted by `format=`.
        w3c_key: key in the W3C registry of format IRIs (http://www.w3.org/ns/formats/), when it has one.
        datasets: it can hold named graphs.
        machine_readable: data.europa.eu counts it as machine-readable.
        open: data.europa.eu counts it as non-proprietary.
    """

    name: str
    label: str
    media_type: str
    suffix: str
    eu_key: str
    parameters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    generic: tuple[str, ...] = ()
    obsolete: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    w3c_key: str = ""
    datasets: bool = False
    machine_readable: bool = True
    open: bool = True

    @property
    def content_type(self) -> str:
        """The value of Content-Type, parameters included."""
        return with_parameters(self.media_type, self.parameters)

    @property
    def eu_iri(self) -> str:
        """The IRI in the EU file-type table (dcterms:format of a distribution)."""
        return _EU + self.eu_key

    @property
    def iana_iri(self) -> str:
        """The IRI of the media type at IANA (dcat:mediaType of a distribution)."""
        return _IANA + self.media_type

    @property
    def w3c_iri(self) -> str | None:
        """The format IRI of the W3C registry (sd:resultFormat, void:feature), if it has one."""
        return _W3C + self.w3c_key if self.w3c_key else None


# Text in these types has no reliable default; without it some clients decode text/* as ISO-8859-1.
_UTF8: Mapping[str, str] = MappingProxyType({"charset": "utf-8"})

TURTLE = Format(
    "turtle", "Turtle", "text/turtle", "ttl", "RDF_TURTLE", _UTF8,
    obsolete=("application/x-turtle", "application/turtle"), other_names=("ttl",), w3c_key="Turtle",
)  # fmt: skip
JSON_LD = Format(
    "json-ld", "JSON-LD", "application/ld+json", "jsonld", "JSON_LD", _UTF8,
    generic=("application/json",), other_names=("jsonld", "json"), w3c_key="data/JSON-LD", datasets=True,
)  # fmt: skip
N_TRIPLES = Format(
    "n-triples", "N-Triples", "application/n-triples", "nt", "RDF_N_TRIPLES", _UTF8,
    generic=("text/plain",), obsolete=("text/ntriples", "application/ntriples"),
    other_names=("nt", "ntriples"), w3c_key="N-Triples",
)  # fmt: skip
RDF_XML = Format(
    "rdf-xml", "RDF/XML", "application/rdf+xml", "rdf", "RDF_XML", _UTF8,
    generic=("application/xml", "text/xml"), other_names=("rdf", "rdfxml", "xml"), w3c_key="RDF_XML",
)  # fmt: skip
N3 = Format(
    "n3", "Notation3", "text/n3", "n3", "N3", _UTF8,
    obsolete=("text/rdf+n3", "application/n3"), w3c_key="N3", machine_readable=False, open=False,
)  # fmt: skip
TRIG = Format(
    "trig", "TriG", "application/trig", "trig", "RDF_TRIG", _UTF8,
    obsolete=("application/x-trig",), w3c_key="TriG", datasets=True,
)  # fmt: skip
N_QUADS = Format(
    "n-quads", "N-Quads", "application/n-quads", "nq", "RDF_N_QUADS", _UTF8,
    obsolete=("text/x-nquads", "text/nquads"), other_names=("nq", "nquads"), w3c_key="N-Quads", datasets=True,
)  # fmt: skip

SPARQL_JSON = Format(
    "sparql-json", "SPARQL JSON", "application/sparql-results+json", "srj", "SPARQLQRES",
    generic=("application/json",), other_names=("json", "srj"), w3c_key="SPARQL_Results_JSON",
)  # fmt: skip
SPARQL_XML = Format(
    "sparql-xml", "SPARQL XML", "application/sparql-results+xml", "srx", "SPARQLQRES",
    generic=("application/xml", "text/xml"), other_names=("xml", "srx"), w3c_key="SPARQL_Results_XML",
)  # fmt: skip
CSV = Format(
    "csv", "CSV", "text/csv", "csv", "CSV", MappingProxyType({"charset": "utf-8", "header": "present"}),
    w3c_key="SPARQL_Results_CSV",
)  # fmt: skip
TSV = Format(
    "tsv", "TSV", "text/tab-separated-values", "tsv", "TSV", _UTF8,
    w3c_key="SPARQL_Results_TSV", machine_readable=False,
)  # fmt: skip

HTML = Format("html", "HTML", "text/html", "html", "HTML", _UTF8, machine_readable=False)
JSON = Format("json", "JSON", "application/json", "json", "JSON")
GEOJSON = Format("geojson", "GeoJSON", "application/geo+json", "geojson", "GEOJSON", generic=("application/json",))
PARQUET = Format("parquet", "Parquet", "application/vnd.apache.parquet", "parquet", "PARQUET", machine_readable=False)
SQLITE = Format("sqlite", "SQLite", "application/vnd.sqlite3", "sqlite", "BIN", machine_readable=False, open=False)
XLSX = Format(
    "xlsx", "Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", "XLSX", open=False
)
TEXT = Format("text", "Text", "text/plain", "txt", "TXT", _UTF8, machine_readable=False)
XML = Format("xml", "XML", "application/xml", "xml", "XML", _UTF8, generic=("text/xml",))
ATOM = Format("atom", "Atom", "application/atom+xml", "atom", "ATOM", _UTF8, machine_readable=False)
PROBLEM = Format(
    "problem", "Problem document", "application/problem+json", "json", "JSON", generic=("application/json",)
)
GZIP = Format("gzip", "Gzip", "application/gzip", "gz", "GZIP", machine_readable=False)

#: Serialisations of a graph, in order of preference.
GRAPHS = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML, N3, TRIG, N_QUADS)
#: Serialisations of a dataset with its named graphs.
DATASETS = (TRIG, N_QUADS, JSON_LD)
#: Serialisations of SPARQL solutions and booleans.
RESULTS = (SPARQL_JSON, SPARQL_XML, CSV, TSV)
#: What a resource page is offered in: tools that name nothing get Turtle, browsers name HTML.
PAGES = (TURTLE, HTML, JSON_LD, N_TRIPLES, RDF_XML, N3, TRIG, N_QUADS)
#: Every row.
FORMATS = (*GRAPHS, *RESULTS, HTML, JSON, GEOJSON, PARQUET, SQLITE, XLSX, TEXT, XML, ATOM, PROBLEM, GZIP)


@dataclass(frozen=True, slots=True)
class Choice:
    """The outcome of a negotiation.

    Attributes:
        format: what to serialise to.
        content_type: the Content-Type to send; a wider type when the client asked for it by that name.
    """

    format: Format
    content_type: str


def by_suffix(suffix: str, offers: Sequence[Format] = FORMATS) -> Format | None:
    """The format with this file name extension (without a dot), or None."""
    return next((offer for offer in offers if offer.suffix == suffix), None)


def by_name(name: str, offers: Sequence[Format] = FORMATS) -> Format | None:
    """The format that `format=` means among the offers: a name, an extension or a media type."""
    # A `+` that was not percent-encoded in a query string arrives as a space.
    wanted = name.strip().lower().replace(" ", "+")
    for offer in offers:
        if wanted in (offer.name, offer.suffix, offer.media_type, *offer.other_names, *offer.generic):
            return offer
    return None


def by_media_type(content_type: str, offers: Sequence[Format] = FORMATS) -> Format | None:
    """The format of a Content-Type value, parameters ignored, or None."""
    wanted = content_type.partition(";")[0].strip().lower()
    return next((offer for offer in offers if wanted in (offer.media_type, *offer.obsolete)), None)


def with_parameters(media_type: str, parameters: Mapping[str, str]) -> str:
    """A media type with its parameters."""
    return "; ".join((media_type, *(f"{name}={value}" for name, value in parameters.items())))
