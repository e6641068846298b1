"""How a page cites a passage: its words, where it stands in the text of its source, and where to report an error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from laurier.errors import Language
from laurier.snapshot.search import Search
from laurier.web.pages import typography
from laurier.web.pages.addresses import Addresses, web_address
from laurier.web.pages.description import Description, Passage
from laurier.web.pages.strings import Strings

#: The words of a source are in its language; the model does not tag them (xsd:string), and sources are French.
SOURCE_LANGUAGE = "fr"
# A mail or an address with more of the passage than this would be refused by some programs.
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage as a page cites it.

    Attributes:
        passage: what is cited.
        href: where it stands in the text of its source, None when that text is not published.
        title: title of the source.
        report: where to report an error about it, None when the operator gave no contact.
    """

    passage: Passage
    href: str | None
    title: str
    report: str | None


class Citer:
    """Cites passages."""

    def __init__(self, addresses: Addresses, search: Search, strings: Strings, contact: str) -> None:
        self._addresses = addresses
        self._search = search
        self._strings = strings
        self._contact = contact

    def citations(
        self, description: Description, passages: Iterable[Passage], language: Language
    ) -> Iterator[Citation]:
        """Passages as a page cites them."""
        for passage in passages:
            yield Citation(
                passage,
                self.text_address(passage.source, passage.start, f"c{passage.start}-{passage.end}", language),
                self._source_title(description, passage.source, language),
                self.report(description.iri, passage.quotation, language),
            )

    def _source_title(self, description: Description, source: str, language: Language) -> str:
        label = description.label(source, language)
        if label:
            return typography.typeset(label.value, label.language)
        # What a passage stands in is named in the index, not in the description of each thing.
        key = self._addresses.short(source)
        value = self._search.values.value("source", key)
        return typography.typeset(value.label(language), SOURCE_LANGUAGE) if value else key

    def text_address(self, source: str, start: int, anchor: str, language: Language) -> str | None:
        """Where an offset stands in the published text of a source, or None when that text is not published."""
        found = self._addresses.split(source)
        number = self._search.texts.page_of(found[1], start) if found else None
        if found is None or number is None:
            return None
        path = f"texte/{found[1]}" + (f"/{number}" if number > 1 else "")
        return f"{self._addresses.page(language, path)}#{anchor}"

    def report(self, iri: str, quotation: str, language: Language) -> str | None:
        """Where a reader reports an error, with the thing and the passage filled in; None without a contact."""
        if not self._contact:
            return None
        subject = self._strings.say(language, "report_subject", iri=iri)
        body = self._strings.say(language, "report_body", iri=iri, quotation=quotation[:_LONGEST])
        if web_address(self._contact):
            joint = "&" if "?" in self._contact else "?"
            return f"{self._contact}{joint}{urlencode({'title': subject, 'body': body}, quote_via=quote)}"
        query = urlencode({"subject": subject, "body": body}, quote_via=quote)
        return f"mailto:{quote(self._contact, safe='@+._-')}?{query}"
