"""The one table of formats, and the negotiation of HTTP fields with weights (RFC 9110 section 12).

Negotiation, dumps, DCAT distributions, the command line, the service description and the links in pages read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
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
        return _with_parameters(self.media_type, self.parameters)

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


@dataclass(frozen=True, slots=True)
class Weighted:
    """One element of a field with weights: `value;parameters;q=weight`, in lower case but for parameter values."""

    value: str
    parameters: Mapping[str, str]
    weight: float


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


_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # noqa: S105 - the grammar rule of that name
_QUOTED = r'"(?:[^"\\]|\\.)*"'
# One element: anything but a comma outside a quoted string. An unclosed quotation mark ends with the field.
_ELEMENT = re.compile(rf'(?:[^,"]|{_QUOTED}|"[^"]*$)+')
_PARAMETER = re.compile(rf"[ \t]*;[ \t]*(?:({_TOKEN})[ \t]*=[ \t]*({_TOKEN}|{_QUOTED}))?[ \t]*")
_VALUE = re.compile(rf"[ \t]*({_TOKEN}(?:/{_TOKEN})?)[ \t]*")
_WEIGHT = re.compile(r"(?:0(?:\.[0-9]*)?|1(?:\.0*)?|\.[0-9]+)\Z")


def weighted(value: str) -> tuple[Weighted, ...]:
    """Reads Accept, Accept-Encoding, Accept-Language (RFC 9110 sections 12.4.2 and 12.5).

    An element that breaks the grammar is left out: a client's mistake must not cost it the other elements.
    """
    found = (_element(match.group()) for match in _ELEMENT.finditer(value))
    return tuple(element for element in found if element is not None)


def negotiate(accept: str | None, offers: Sequence[Format]) -> Choice | None:
    """Chooses a format by the Accept field (RFC 9110 section 12.5.1).

    The most specific matching range gives the weight of an offer; the highest weight wins, then the more specific
    range, then the order of the offers. A field that is absent, or in which nothing can be read, accepts everything.

    Returns:
        The choice, or None when nothing offered is acceptable (406).
    """
    if accept is not None and len(accept) > _LONGEST_KNOWN:
        return _negotiated(accept, tuple(offers))
    return _known(accept, tuple(offers))


def _negotiated(accept: str | None, offers: tuple[Format, ...]) -> Choice | None:
    ranges = weighted(accept) if accept is not None else ()
    ranges = tuple(entry for entry in ranges if _is_media_range(entry.value))
    if not ranges:
        return Choice(offers[0], offers[0].content_type)
    best: tuple[float, int] = (0.0, 0)
    choice: Choice | None = None
    for offer in offers:
        for media_type in (offer.media_type, *offer.generic, *offer.obsolete):
            weight, rank = _quality(media_type, offer, ranges)
            if (weight, rank) > best and weight > 0:
                best = (weight, rank)
                named = media_type if media_type in offer.generic else offer.media_type
                choice = Choice(offer, _with_parameters(named, offer.parameters))
    return choice


# Clients send few different fields, but may send long ones.
_LONGEST_KNOWN = 300
_known = lru_cache(maxsize=512)(_negotiated)


def _with_parameters(media_type: str, parameters: Mapping[str, str]) -> str:
    return "; ".join((media_type, *(f"{name}={value}" for name, value in parameters.items())))


def _element(text: str) -> Weighted | None:
    head = _VALUE.match(text)
    if head is None:
        return None
    parameters: dict[str, str] = {}
    weight = 1.0
    position = head.end()
    while position < len(text):
        match = _PARAMETER.match(text, position)
        if match is None:
            return None
        position = match.end()
        if match[1] is None:
            continue
        name = match[1].lower()
        value = re.sub(r"\\(.)", r"\1", match[2][1:-1]) if match[2].startswith('"') else match[2]
        if name == "q":
            if not _WEIGHT.match(value):
                return None
            weight = float(value)
            break  # what follows the weight was an extension of RFC 7231, dropped by RFC 9110
        parameters[name] = value
    return Weighted(head[1].lower(), parameters, weight)


def _is_media_range(value: str) -> bool:
    kind, _, subtype = value.partition("/")
    return bool(subtype) and (kind != "*" or subtype == "*")


# `profile` of JSON-LD and `version` of RDF 1.2 state wishes, not a different type: they never exclude.
_WISHES = frozenset({"profile", "version"})


def _quality(media_type: str, offer: Format, ranges: Iterable[Weighted]) -> tuple[float, int]:
    """Weight and specificity that the most specific matching range gives (no match: zero)."""
    best_rank, weight = 0, 0.0
    canonical = media_type == offer.media_type
    for entry in ranges:
        kind, _, subtype = entry.value.partition("/")
        if entry.value == media_type:
            wanted = {name: text.lower() for name, text in entry.parameters.items() if name not in _WISHES}
            if any(offer.parameters.get(name, _IMPLIED.get(name)) != text for name, text in wanted.items()):
                continue
            rank = 3 + len(entry.parameters)
        elif not canonical:
            continue  # a wildcard means the format under its own name
        elif subtype == "*" and kind == media_type.partition("/")[0]:
            rank = 2
        elif entry.value == "*/*":
            rank = 1
        else:
            continue
        if rank > best_rank or (rank == best_rank and entry.weight > weight):
            best_rank, weight = rank, entry.weight
    return weight, best_rank


_IMPLIED = {"charset": "utf-8"}
