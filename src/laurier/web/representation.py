"""RDF statements in every format, and what a response says of its other forms (Link, Content-Location)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from laurier import formats, negotiation
from laurier.errors import DataRefused
from laurier.formats import Choice, Format
from laurier.snapshot import writers
from laurier.web.problems import Problem, bad_parameter, not_acceptable
from laurier.web.request import Parameters, Request

LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
#: Of the ontology and the schemes, as they say of themselves.
VOCABULARY_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
#: Formats that hold every Turtle document as it is.
TURTLES = (formats.TURTLE, formats.N3, formats.TRIG)
_SAFE_IN_URI = "!#$%&'()*+,/:;=?@[]~-._"


class Serialiser:
    """Writes N-Triples in every format; the same bytes for the same statements, in any process.

    Attributes:
        turtle: the writer of Turtle, and of the formats that hold every Turtle document.
    """

    def __init__(self) -> None:
        self.turtle = writers.Turtle()
        self._writers: dict[str, writers.Writer] = {format_.name: self.turtle for format_ in TURTLES}
        self._writers |= {formats.JSON_LD.name: writers.JsonLd(), formats.RDF_XML.name: writers.RdfXml()}

    def write(self, lines: Iterable[str], format_: Format) -> bytes:
        """The distinct statements of some N-Triples lines, without line feeds, in any order.

        Raises:
            Problem: the format cannot hold them (RDF/XML and a control character, or a property without XML name).
        """
        ordered = sorted(set(lines))
        writer = self._writers.get(format_.name)
        if writer is None:
            return "".join(f"{line}\n" for line in ordered).encode()
        try:
            return f"{writer.head}{writers.text(writer, ordered)}{writer.foot}".encode()
        except DataRefused as error:
            raise Problem(406, error.en, error.fr) from error


def with_data(page: str, script: str) -> bytes:
    """A page with JSON-LD in its head; browsers do not execute it, so no policy forbids it."""
    return page.replace("</head>", f'<script type="application/ld+json">{script}</script>\n</head>', 1).encode()


_PLAIN = re.compile(r"[!#$%&'()*+,/:;=?@\[\]~\-._A-Za-z0-9]*\Z")


def uri(iri: str) -> str:
    """An IRI as a URI (RFC 3987 section 3.1), for header fields."""
    if _PLAIN.match(iri):
        return iri
    return quote(iri, safe=_SAFE_IN_URI)


def choose(
    request: Request, offers: Sequence[Format], address: str, parameters: Parameters | None = None
) -> tuple[Choice, bool]:
    """The format by `format=` or by Accept.

    Args:
        request: whose Accept field counts.
        offers: in order of preference.
        address: of the resource without suffix, for the list of what exists.
        parameters: those of the request; its query string when None.

    Returns:
        The choice, and whether it came from Accept.

    Raises:
        Problem: 406, or 400 for an unknown `format=`.
    """
    named = next((value for name, value in (parameters or ()) if name == "format"), None)
    if named is not None:
        found = formats.by_name(named, offers)
        if found is None:
            known = ", ".join(offer.name for offer in offers)
            raise bad_parameter(
                "format", f"is not a format of this resource: give one of {known}", f"n'existe pas ici : {known}"
            )
        return Choice(found, found.content_type), False
    choice = negotiation.negotiate(request.header(b"accept"), offers)
    if choice is None:
        raise not_acceptable([(offer.media_type, f"{address}.{offer.suffix}") for offer in offers])
    return choice, True


def alternates(address: str, offers: Iterable[Format], chosen: Format) -> list[str]:
    """Link values for the other formats of a document (RFC 8288)."""
    stem = uri(address)
    return [
        f'<{stem}.{offer.suffix}>; rel="alternate"; type="{offer.media_type}"'
        for offer in offers
        if offer is not chosen
    ]


def links(*values: str, licence: str = "") -> list[tuple[str, str]]:
    """The field `Link` of some values and of a licence (IRI; RFC 4946), and none when there is nothing to tell."""
    told = [*values, f'<{licence}>; rel="license"'] if licence else [*values]
    return [("link", ", ".join(told))] if told else []


def paged(parameters: Parameters) -> int:
    """The value of `page=`, from 1.

    Raises:
        Problem: it is not a number from 1 to 999,999.
    """
    text = next((value for name, value in parameters if name == "page"), "1")
    if not (text.isascii() and text.isdigit() and len(text) < 7 and int(text) > 0):
        raise bad_parameter("page", "must be a number from 1 to 999999", "doit être un nombre de 1 à 999999")
    return int(text)


def beyond(last: int) -> Problem:
    """There is no such page."""
    return Problem(
        404,
        f"There is no such page: the last one is {last}.",
        f"Cette page n'existe pas : la dernière est la page {last}.",
    )
