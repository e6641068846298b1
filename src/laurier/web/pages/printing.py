"""How a value is printed: links by label, numbers and dates as the language does, quotations as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

from laurier.errors import Language
from laurier.vocabulary import PREFIXES, Vocabulary
from laurier.web.pages import typography
from laurier.web.pages.addresses import Addresses, web_address
from laurier.web.pages.citing import SOURCE_LANGUAGE
from laurier.web.pages.description import Description, Text
from laurier.web.pages.strings import Strings

_XSD = PREFIXES["xsd"]
_NUMBERS = frozenset(f"{_XSD}{name}" for name in ("integer", "decimal", "nonNegativeInteger", "int", "long"))
_QUOTED = frozenset(PREFIXES["lau"] + name for name in ("verbatim", "qualifier", "introduction"))
_LONG = 200
_DIGEST = 64
# Literals that are written for machines.
_CODES = (PREFIXES["lau"], PREFIXES["edtf"], PREFIXES["geo"])


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as it is printed.

    Attributes:
        text: the words.
        lang: language tag of the words where it is not that of the page, else empty.
        href: where it leads, or None.
        kind: `text`, `quote`, `long`, `badge`, `code` or `part`.
        part: the card of a part, None for any other value.
    """

    text: str
    lang: str = ""
    href: str | None = None
    kind: str = "text"
    part: object = None


class Printer:
    """Prints values."""

    def __init__(self, vocabulary: Vocabulary, addresses: Addresses, strings: Strings) -> None:
        self._vocabulary = vocabulary
        self._addresses = addresses
        self._strings = strings

    def link(self, description: Description, iri: str, language: Language) -> Shown:
        """A thing named, by its label."""
        label = description.label(iri, language)
        if label is None:
            own = self._vocabulary.label(iri, language)
            label = Text(own, language) if own else Text(iri if web_address(iri) else self._addresses.short(iri))
        is_code = iri.startswith(PREFIXES["code"])
        lang = label.language if label.language not in ("", language) else ""
        return Shown(label.value, lang, self._addresses.of(iri, language), "badge" if is_code else "text")

    def literal(self, predicate: str, value: ox.Literal, language: Language) -> Shown:
        """A literal, by its datatype."""
        text, datatype = value.value, value.datatype.value
        if value.language:
            lang = "" if value.language == language else value.language
            printed = typography.typeset(text, value.language)
            return Shown(printed, lang, None, "long" if len(text) > _LONG or "\n" in text else "text")
        if predicate in _QUOTED:
            return Shown(text, "" if language == SOURCE_LANGUAGE else SOURCE_LANGUAGE, None, "quote")
        if datatype.startswith(_CODES):
            return Shown(text, kind="code")
        return Shown(self._printed(text, datatype, language), kind="code" if len(text) == _DIGEST else "text")

    def sum(self, value: ox.Literal, currency: str, language: Language) -> Shown:
        """An amount with its currency."""
        try:
            return Shown(typography.money(Decimal(value.value), currency, language))
        except InvalidOperation:
            return Shown(f"{value.value} {currency}")

    def _printed(self, text: str, datatype: str, language: Language) -> str:
        try:
            if datatype in _NUMBERS:
                return typography.number(Decimal(text), language)
            if datatype == f"{_XSD}date":
                return typography.day(date.fromisoformat(text), language)
        except (InvalidOperation, ValueError):
            return text
        if datatype == f"{_XSD}boolean":
            return self._strings.say(language, "yes" if text in ("true", "1") else "no")
        return typography.duration(text, language) if datatype == f"{_XSD}duration" else text
