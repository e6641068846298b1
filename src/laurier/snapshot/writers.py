"""Turtle, JSON-LD and RDF/XML written as text, statement by statement, from sorted N-Triples terms.

Sorted statements need no memory of the graph: those of a subject follow each other, and within it those of a property.
Text is three times as fast as term objects, and keeps a carriage return in RDF/XML, which the engine does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Protocol
from xml.sax.saxutils import escape

from laurier.errors import DataRefused
from laurier.vocabulary import PREFIXES


class Writer(Protocol):
    """A serialisation.

    Attributes:
        head, foot: what opens and closes a file.
        between: what stands between the descriptions of two subjects.
    """

    head: str
    between: str
    foot: str

    def block(self, subject: str, statements: Sequence[tuple[str, str]]) -> str:
        """The description of a subject.

        Args:
            subject: as an N-Triples term.
            statements: its distinct properties and values, as N-Triples terms, those of a property together.

        Raises:
            DataRefused: the serialisation cannot carry it.
        """


def text(writer: Writer, ordered: Iterable[str]) -> str:
    """What stands between the head and the foot of a file, for sorted distinct N-Triples lines without line feeds.

    Raises:
        DataRefused: the serialisation cannot carry them.
    """
    blocks: list[str] = []
    before, statements = "", list[tuple[str, str]]()
    for line in ordered:
        subject, predicate, value = line.split(" ", 2)
        if subject != before:
            if before:
                blocks.append(writer.block(before, statements))
            before, statements = subject, []
        statements.append((predicate, value[:-2]))
    if before:
        blocks.append(writer.block(before, statements))
    return writer.between.join(blocks)


_TYPE = f"<{PREFIXES['rdf']}type>"
_NAMESPACES = {namespace: prefix for prefix, namespace in PREFIXES.items()}
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_\-]*\Z")
_MOST_SHORT = 10_000


class Turtle:
    """Turtle, with prefixed names for the terms of vocabularies (RDF 1.1 Turtle)."""

    head = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in sorted(PREFIXES.items())) + "\n"
    between = ""
    foot = ""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def block(self, subject: str, statements: Sequence[tuple[str, str]]) -> str:
        """See `Writer`."""
        items = " ;\n  ".join([self._item(predicate, value) for predicate, value in statements])
        return f"{subject} {items} .\n"

    def _item(self, predicate: str, value: str) -> str:
        if predicate == _TYPE:
            return f"a {self._short(value)}"
        if value[0] == "<":
            return f"{self._short(predicate)} {self._short(value)}"
        if value[-1] == ">":
            text, _, datatype = value.rpartition("^^")
            return f"{self._short(predicate)} {text}^^{self._short(datatype)}"
        return f"{self._short(predicate)} {value}"

    def _short(self, term: str) -> str:
        found = self._known.get(term)
        if found is None:
            cut = max(term.rfind("#"), term.rfind("/")) + 1
            prefix, local = _NAMESPACES.get(term[1:cut]), term[cut:-1]
            found = f"{prefix}:{local}" if prefix is not None and _LOCAL.match(local) else term
            # Terms of vocabularies are few and come again; the things of the graph are many and rarely do.
            if found is not term and len(self._known) < _MOST_SHORT:
                self._known[term] = found
        return found


def _json_text(term: str) -> str:
    # The escapes of canonical N-Triples (\\ \" \n \r \b \t \f \uXXXX) are those of JSON; IRIs need none.
    return f'"{term[1:-1]}"' if term[0] == "<" else f'"{term}"'


class JsonLd:
    """JSON-LD in expanded form, one node a line (JSON-LD 1.1)."""

    head = "["
    between = ",\n"
    foot = "]\n"

    def block(self, subject: str, statements: Sequence[tuple[str, str]]) -> str:
        """See `Writer`."""
        properties = []
        for predicate, same in groupby(statements, key=itemgetter(0)):
            name = '"@type"' if predicate == _TYPE else f'"{predicate[1:-1]}"'
            properties.append(f"{name}:[{','.join([self._item(predicate, value) for _, value in same])}]")
        return f'{{"@id":{_json_text(subject)},{",".join(properties)}}}'

    def _item(self, predicate: str, value: str) -> str:
        if value[0] != '"':
            text = _json_text(value)
            return text if predicate == _TYPE else f'{{"@id":{text}}}'
        end = value.rfind('"') + 1
        text, rest = value[:end], value[end:]
        if not rest:
            return f'{{"@value":{text}}}'
        if rest[0] == "@":
            return f'{{"@language":"{rest[1:]}","@value":{text}}}'
        return f'{{"@type":"{rest[3:-1]}","@value":{text}}}'


# An XML name without a colon, of the characters that vocabularies use (XML Namespaces 1.0, production 4).
_NAME = re.compile(r"[A-Za-z_À-ÖØ-öø-˿Ͱ-ͽͿ-῿][\w.\-·]*\Z")
_NAME_END = re.compile(r"[\w.\-·]+(?=>\Z)")
# XML 1.0 section 2.2: no control character but tab, line feed and carriage return, and no U+FFFE or U+FFFF.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([tbnrf"\'\\]))')
_CHARACTERS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_SPECIAL = re.compile(r'[&<>"\r]')


class RdfXml:
    """RDF/XML, one element a statement (RDF 1.1 XML Syntax)."""

    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF'
        + "".join(f'\n  xmlns:{prefix}="{namespace}"' for prefix, namespace in sorted(PREFIXES.items()))
        + ">"
    )
    between = ""
    foot = "\n</rdf:RDF>\n"

    def __init__(self) -> None:
        self._elements: dict[str, tuple[str, str]] = {}

    def block(self, subject: str, statements: Sequence[tuple[str, str]]) -> str:
        """See `Writer`."""
        blank = subject[0] == "_"
        about = f'rdf:nodeID="{subject[2:]}"' if blank else f'rdf:about="{_attribute(subject[1:-1])}"'
        elements = "".join([f"\n  {self._item(*statement)}" for statement in statements])
        return f"\n <rdf:Description {about}>{elements}\n </rdf:Description>"

    def _item(self, predicate: str, value: str) -> str:
        start, name = self._elements.get(predicate) or self._element(predicate)
        if value[0] == "<":
            return f'<{start} rdf:resource="{_attribute(value[1:-1])}"/>'
        if value[0] == "_":
            return f'<{start} rdf:nodeID="{value[2:]}"/>'
        end = value.rfind('"')
        text, rest = _unescaped(value[1:end]), value[end + 1 :]
        if _NOT_XML.search(text):
            raise DataRefused(
                f"The text {text[:60]!r} holds a control character that XML cannot carry: remove it from the source.",
                f"Le texte {text[:60]!r} contient un caractère de contrôle interdit en XML : retirez-le de la source.",
            )
        marked = f' xml:lang="{rest[1:]}"' if rest[:1] == "@" else ""
        if rest[:2] == "^^":
            marked = f' rdf:datatype="{_attribute(rest[3:-1])}"'
        return f"<{start}{marked}>{_content(text)}</{name}>"

    def _element(self, predicate: str) -> tuple[str, str]:
        """The start of the element of a property, and its name."""
        match = _NAME_END.search(predicate)
        local = match[0] if match else ""
        while local and not _NAME.match(local):
            local = local[1:]
        if not local:
            raise DataRefused(
                f"The property {predicate} does not end in an XML name, so RDF/XML cannot carry it: rename it.",
                f"La propriété {predicate} ne finit pas par un nom XML, RDF/XML ne peut pas la porter : renommez-la.",
            )
        namespace = predicate[1 : -1 - len(local)]
        prefix = _NAMESPACES.get(namespace)
        name = f"{prefix or 'n'}:{local}"
        start = name if prefix else f'{name} xmlns:n="{_attribute(namespace)}"'
        self._elements[predicate] = (start, name)
        return start, name


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else _CHARACTERS[match[3]]

    return _ESCAPE.sub(character, text) if "\\" in text else text


def _attribute(value: str) -> str:
    return escape(value, {'"': "&quot;"}) if _SPECIAL.search(value) else value


def _content(text: str) -> str:
    # A bare carriage return is read as a line feed (XML 1.0 section 2.11).
    return escape(text, {"\r": "&#xD;"}) if _SPECIAL.search(text) else text
