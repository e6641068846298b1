"""A SHACL shape as it is checked: frozen, and compiled as far as it can be (W3C SHACL, sections 2 to 4).

Terms are strings in N-Quads syntax throughout the package: `<iri>`, `"text"@fr`, `"3"^^<datatype>`.
"""

from __future__ import annotations

from dataclasses import dataclass

from laurier.vocabulary import PREFIXES

SH = PREFIXES["sh"]
RDF = PREFIXES["rdf"]
TYPE = f"<{RDF}type>"
SUBCLASS = f"<{PREFIXES['rdfs']}subClassOf>"
VIOLATION = f"<{SH}Violation>"


class CannotCompile(Exception):
    """A shape uses what this engine does not check; the reference engine must be used instead."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint of a shape.

    Attributes:
        name: its parameter, `minCount`, `class`... which names its component.
        value: an int, a term, a set of terms, a compiled pattern, a shape or a tuple of shapes, after the name.
        minimum, maximum: the bounds of `qualifiedValueShape`.
        messages: literals of a SPARQL constraint's own messages.
    """

    name: str
    value: object
    minimum: int = 0
    maximum: int | None = None
    messages: tuple[str, ...] = ()

    def component(self, which: str = "") -> str:
        """The IRI of its constraint component."""
        name = which or self.name
        return f"{SH}{_COMPONENTS.get(name, name[0].upper() + name[1:])}ConstraintComponent"


_COMPONENTS = {"sparql": "SPARQL"}


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A node shape or a property shape.

    Attributes:
        term: its IRI or blank node.
        path: the predicates of its path, one after the other; None for a node shape.
        severity: a term.
        messages: its messages, literals, sorted.
        constraints: what it demands, `sh:property` excepted.
        properties: its property shapes.
        classes, nodes, subjects_of: its targets.
    """

    term: str
    path: tuple[str, ...] | None
    severity: str
    messages: tuple[str, ...]
    constraints: tuple[Constraint, ...]
    properties: tuple[Shape, ...]
    classes: frozenset[str]
    nodes: frozenset[str]
    subjects_of: frozenset[str]

    @property
    def targeted(self) -> bool:
        """True when it has targets of its own."""
        return bool(self.classes or self.nodes or self.subjects_of)
