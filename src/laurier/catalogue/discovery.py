"""What search engines and browsers look for: site maps, robots.txt, and the OpenSearch description."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote
from xml.sax.saxutils import escape

from laurier.iri import Minter
from laurier.settings import Settings
from laurier.snapshot.entities import Entities

#: What one site map may hold (sitemaps.org protocol 0.9).
MOST = 50_000
#: Kinds of things that have a page worth finding.
KINDS = ("laureat", "projet", "porteur", "appel", "programme", "territoire", "source")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@dataclass(frozen=True, slots=True)
class Part:
    """A site map.

    Attributes:
        kind: of the things it lists, or empty for the pages of the site.
        number: from 1.
        after: IRI of the last thing of the part before it, or empty.
    """

    kind: str
    number: int
    after: str = ""

    @property
    def name(self) -> str:
        """Its file name."""
        return f"sitemap-{self.kind or 'pages'}-{self.number}.xml"


def parts(entities: Entities, base: str) -> list[Part]:
    """The site maps of a release; reads every IRI once, so whoever serves them keeps the list."""
    found = [Part("", 1)]
    for kind in KINDS:
        prefix, after, number = f"{base}id/{kind}/", "", 1
        while iris := entities.following(prefix, after, MOST):
            found.append(Part(kind, number, after))
            after, number = iris[-1], number + 1
    return found


def index(base: str, found: Iterable[Part], moment: str) -> str:
    """The index of the site maps."""
    entries = "".join(
        f"<sitemap><loc>{escape(base + part.name)}</loc><lastmod>{moment}</lastmod></sitemap>\n" for part in found
    )
    return f"{_HEAD}<sitemapindex {_NAMESPACE}>\n{entries}</sitemapindex>\n"


def sitemap(entities: Entities, base: str, part: Part, pages: Iterable[str], moment: str) -> Iterator[str]:
    """A site map, in pieces.

    Args:
        entities: descriptions of the release.
        base: base IRI.
        part: which one.
        pages: addresses of the pages that are not about one thing, relative to the base.
        moment: when the release was published (ISO 8601).
    """
    yield f"{_HEAD}<urlset {_NAMESPACE}>\n"
    for address in _addresses(entities, base, part, pages):
        yield f"<url><loc>{escape(address)}</loc><lastmod>{moment}</lastmod></url>\n"
    yield "</urlset>\n"


def _addresses(entities: Entities, base: str, part: Part, pages: Iterable[str]) -> Iterator[str]:
    if not part.kind:
        yield from (base + quote(page, safe="/-._~?=&%") for page in pages)
        return
    minter = Minter(base)
    for iri in entities.following(f"{base}id/{part.kind}/", part.after, MOST):
        yield minter.document(iri)


def robots(base: str) -> str:
    """robots.txt: everything may be read, but queries and combined filters are not worth crawling."""
    closed = "".join(f"Disallow: {path}\n" for path in ("/sparql?", "/fr/laureats?", "/en/laureats?"))
    return f"User-agent: *\nAllow: /\n{closed}\nSitemap: {base}sitemap.xml\n"


def opensearch(settings: Settings, path: str) -> str:
    """The OpenSearch description (draft 6), by which browsers and portals offer the search of the site.

    Args:
        settings: names and base IRI.
        path: of the page of results relative to the base, with `{searchTerms}` where the words go.
    """
    name = escape(settings.title_fr[:16])
    template = escape(settings.base + path, {'"': "&quot;"})
    return (
        f'{_HEAD}<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        f"<ShortName>{name}</ShortName>\n"
        f"<Description>{escape(settings.title_fr)} : lauréats d’appels à projets</Description>\n"
        "<InputEncoding>UTF-8</InputEncoding>\n<Language>fr</Language>\n"
        f'<Url type="text/html" method="get" template="{template}"/>\n'
        "</OpenSearchDescription>\n"
    )
