"""Where things are on the site: the address of the page of each IRI, and the links that a browser may follow."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, urlencode, urlsplit

from laurier.errors import Language
from laurier.iri import Minter
from laurier.vocabulary import PREFIXES

LANGUAGES: tuple[Language, ...] = ("fr", "en")

#: Each list page with the facet whose values it lists (laureates are rows, not values).
LISTS: dict[str, str] = {
    "laureats": "",
    "porteurs": "porteur",
    "appels": "appel",
    "programmes": "programme",
    "territoires": "territoire",
    "publics": "public",
    "sources": "source",
}
#: Kinds of things whose document shows the laureates that have them, by facet.
FACET_OF_KIND = {facet: facet for facet in ("porteur", "appel", "programme", "territoire", "public", "source")}
#: Path of the page that says which projects cover a place.
COMMUNE = "commune"
#: Path of the page of a thing whose IRI is not one that we mint; its parameter is `iri`.
ELSEWHERE = "chose"
_SAFE = "/-._~"


class Addresses:
    """Addresses on the site, all from the root of the server, whatever the base IRI of the data."""

    def __init__(self, minter: Minter) -> None:
        self.minter = minter

    def page(self, language: Language, path: str = "", **parameters: str | int | Iterable[str]) -> str:
        """The address of a page by its path, with parameters."""
        query = urlencode([(n, v) for n, v in parameters.items() if v not in ("", None)], doseq=True)
        return f"/{language}/{quote(path, safe=_SAFE)}{'?' if query else ''}{query}"

    def split(self, iri: str) -> tuple[str, str, str] | None:
        """Kind, key and fragment of a thing that has a page, or None."""
        whole, _, fragment = iri.partition("#")
        if whole.startswith(PREFIXES["pub"]) and len(whole) > len(PREFIXES["pub"]):
            return "public", whole[len(PREFIXES["pub"]) :], fragment
        found = self.minter.split(whole)
        return (*found, fragment) if found else None

    def short(self, iri: str) -> str:
        """The key of a thing that has a page, or its whole IRI."""
        found = self.split(iri)
        return found[1] if found else iri

    def iri(self, kind: str, key: str) -> str | None:
        """The IRI of the thing that a path names, or None for a kind that has no page."""
        if not key:
            return None
        if kind == "public":
            return PREFIXES["pub"] + key
        iri = f"{self.minter.base}id/{kind}/{quote(key, safe=_SAFE)}"
        return iri if self.minter.split(iri) else None

    def of(self, iri: str, language: Language) -> str | None:
        """Where a reader goes from an IRI: a page of the site, a web address, or nowhere."""
        found = self.split(iri)
        if found:
            kind, key, fragment = found
            path = self.page(language, f"doc/{kind}/{key}")
            return f"{path}#{quote(fragment)}" if fragment else path
        if iri.startswith((PREFIXES["lau"], PREFIXES["code"])):
            return self.page(language, "ontologie") + f"#{quote(self.anchor(iri))}"
        if iri.startswith(self.minter.base):
            # Whatever else lies under the base is answered by the server that answers this page.
            return "/" + iri[len(self.minter.base) :]
        return iri if web_address(iri) else None

    def anchor(self, iri: str) -> str:
        """The anchor of a term on the page of the ontology."""
        for prefix in ("lau", "code", "pub"):
            if iri.startswith(PREFIXES[prefix]):
                return f"{prefix}-{iri[len(PREFIXES[prefix]) :]}"
        return ""


def web_address(iri: str) -> bool:
    """Whether a link to it is safe: http or https, with a host."""
    try:
        parts = urlsplit(iri)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
