"""Terms in N-Quads syntax, made from those of the engine and taken apart."""

from __future__ import annotations

import re

import pyoxigraph as ox

from laurier import quads


def canonical(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    """A term as canonical N-Quads writes it."""
    if isinstance(term, ox.Literal):
        if term.language:
            return quads.tagged(term.value, term.language)
        plain = term.datatype.value == f"{quads.XSD}string"
        return quads.text(term.value) if plain else quads.typed(term.value, term.datatype.value)
    return str(term)


_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_PLAIN = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def literal(term: str) -> tuple[str, str, str]:
    """Lexical form, language tag and datatype IRI of a literal in N-Quads syntax; the absent ones are empty.

    Raises:
        ValueError: the term is not a literal.
    """
    match = _LITERAL.fullmatch(term)
    if match is None:
        raise ValueError(f"{term} is not a literal")
    lexical = match[1]
    if "\\" in lexical:
        lexical = _ESCAPE.sub(lambda m: _PLAIN.get(m[3], m[3]) if m[3] else chr(int(m[1] or m[2], 16)), lexical)
    return lexical, match[2] or "", match[3] or ""
