"""Reading a catalogue as harvesters do: from a file, or page by page from the web, noting what HTTP says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pyoxigraph as ox

from laurier import formats
from laurier.catalogue.harvest.facts import Facts
from laurier.catalogue.notes import expand
from laurier.errors import DataRefused, UsageError
from laurier.foreign import said
from laurier.formats import Format

#: What CKAN reads of one page at most.
LARGEST = 50_000_000
_MOST_PAGES = 2_000
_MOST_HOPS = 5
_PARSERS = {
    "turtle": ox.RdfFormat.TURTLE,
    "n-triples": ox.RdfFormat.N_TRIPLES,
    "rdf-xml": ox.RdfFormat.RDF_XML,
    "json-ld": ox.RdfFormat.JSON_LD,
    "n3": ox.RdfFormat.N3,
    "trig": ox.RdfFormat.TRIG,
    "n-quads": ox.RdfFormat.N_QUADS,
}


@dataclass(slots=True)
class PageRead:
    """A page of a catalogue.

    Attributes:
        address: where it was asked for, or the path of the file.
        facts: its statements.
        size: in bytes.
        format: its serialisation.
        charset: what Content-Type says, or empty.
        head: status of HEAD; 0 for a file.
        head_type: media type that HEAD gives.
        redirected: the first target of a redirection, or empty.
        following: addresses that hydra:next gives.
        has_total: hydra:totalItems is there.
    """

    address: str
    facts: Facts
    size: int
    format: Format
    charset: str = ""
    head: int = 0
    head_type: str = ""
    redirected: str = ""
    following: list[str] = field(default_factory=list)
    has_total: bool = False

    @property
    def online(self) -> bool:
        """Whether it came by HTTP."""
        return bool(self.head)


def read(where: str, client: httpx.Client) -> Iterator[PageRead]:
    """Reads a catalogue, page after page.

    Args:
        where: an http(s) address, or the path of a file.
        client: makes the requests; it follows no redirection by itself.

    Raises:
        UsageError: there is no such file, or the address is not one of http or https.
        DataRefused: it does not answer, or it is not RDF.
    """
    if "://" not in where:
        yield _file(Path(where))
        return
    if urlsplit(where).scheme not in ("http", "https"):
        raise UsageError(
            f"{where} is not an http or https address: give one, or the path of a file.",
            f"{where} n'est pas une adresse http ou https : donnez-en une, ou le chemin d'un fichier.",
        )
    waiting, seen = [where], {where}
    while waiting and len(seen) <= _MOST_PAGES:
        page = _fetch(waiting.pop(0), client)
        yield page
        for address in page.following:
            if address not in seen:
                seen.add(address)
                waiting.append(address)


def _file(path: Path) -> PageRead:
    format_ = formats.by_suffix(path.suffix[1:].lower(), formats.GRAPHS) or formats.TURTLE
    try:
        body = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"The catalogue {path} cannot be read ({said(error).en}): give an existing file or an address.",
            f"Le catalogue {path} ne peut pas être lu ({said(error).fr}) : donnez un fichier existant ou une adresse.",
            path=str(path),
        ) from error
    return _page(str(path), body, format_)


def _fetch(address: str, client: httpx.Client) -> PageRead:
    try:
        # As udata does: no Accept of its own, and HEAD to know the type when the address does not tell it.
        head = client.head(address, headers={"Accept": "*/*"})
        response, target = client.get(address, headers={"Accept": "*/*"}), address
        redirected = ""
        for _ in range(_MOST_HOPS):
            if not response.is_redirect:
                break
            target = urljoin(target, response.headers["location"])
            redirected = redirected or target
            response = client.get(target, headers={"Accept": "*/*"})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise DataRefused(
            f"{address} does not answer ({said(error).en}): check the address and that the server runs.",
            f"{address} ne répond pas ({said(error).fr}) : vérifiez l'adresse et que le serveur tourne.",
        ) from error
    if response.status_code != httpx.codes.OK:
        raise DataRefused(
            f"{address} answers {response.status_code}, not 200: no portal can harvest it.",
            f"{address} répond {response.status_code} et non 200 : aucun portail ne peut le moissonner.",
        )
    kind = response.headers.get("content-type", "")
    suffix = urlsplit(address).path.rpartition(".")[2]
    format_ = formats.by_media_type(kind, formats.GRAPHS) or formats.by_suffix(suffix, formats.GRAPHS)
    if format_ is None:
        raise DataRefused(
            f"{address} is served as {kind or 'no type'}, which is not RDF: serve Turtle, RDF/XML, JSON-LD or "
            "N-Triples with its media type.",
            f"{address} est servi en {kind or 'aucun type'}, qui n'est pas du RDF : servez du Turtle, du RDF/XML, du "
            "JSON-LD ou des N-Triples avec leur type.",
        )
    page = _page(address, response.content, format_)
    page.charset = (response.charset_encoding or "").lower()
    page.head, page.redirected = head.status_code, redirected
    page.head_type = head.headers.get("content-type", "").partition(";")[0]
    return page


def _page(address: str, body: bytes, format_: Format) -> PageRead:
    if format_ is formats.RDF_XML and (b"<!DOCTYPE" in body or b"<!ENTITY" in body):
        raise DataRefused(
            f"{address} declares XML entities, which can be used to exhaust a reader: write the IRIs in full.",
            f"{address} déclare des entités XML, qui peuvent servir à épuiser un lecteur : écrivez les IRI en entier.",
        )
    try:
        base = address if "://" in address else None
        triples = [q.triple for q in ox.parse(body, format=_PARSERS[format_.name], base_iri=base)]
    except (SyntaxError, ValueError) as error:
        raise DataRefused(
            f"{address} is not valid {format_.label} ({said(error).en}): correct it at that place.",
            f"{address} n'est pas du {format_.label} valide ({said(error).fr}) : corrigez à cet endroit.",
            path=address,
        ) from error
    nexts = {expand("hydra:next"), expand("hydra:nextPage")}
    following = [t.object.value for t in triples if t.predicate.value in nexts and isinstance(t.object, ox.NamedNode)]
    total = any(t.predicate.value == expand("hydra:totalItems") for t in triples)
    return PageRead(address, Facts(triples), len(body), format_, following=following, has_total=total)
