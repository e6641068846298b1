"""Reads SHACL shapes into frozen objects, and names what it cannot read (W3C SHACL, sections 2 to 4 and 5.1).

Terms are strings in N-Quads syntax throughout the package: `<iri>`, `"text"@fr`, `"3"^^<datatype>`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from laurier import quads
from laurier.validation.shape import RDF, SH, TYPE, VIOLATION, CannotCompile, Constraint, Shape
from laurier.validation.terms import canonical, literal
from laurier.vocabulary import PREFIXES

#: What describes a shape without constraining anything, or is read together with another parameter.
_SILENT = frozenset(
    """name description order group defaultValue message severity path deactivated flags targetClass targetNode
    targetSubjectsOf ignoredProperties qualifiedMinCount qualifiedMaxCount""".split()  # noqa: SIM905 - a list of words
)
_KINDS = {
    "IRI": "<",
    "BlankNode": "_",
    "Literal": '"',
    "BlankNodeOrIRI": "<_",
    "BlankNodeOrLiteral": '"_',
    "IRIOrLiteral": '<"',
}
_TERM_PARAMETERS = frozenset(
    """class datatype hasValue equals disjoint lessThan lessThanOrEquals
    minInclusive minExclusive maxInclusive maxExclusive""".split()  # noqa: SIM905 - a list of words
)
_OF_PATHS = frozenset(("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals", "qualifiedValueShape"))
_COUNTS = frozenset(("minCount", "maxCount", "minLength", "maxLength"))


def read(paths: Iterable[Path]) -> tuple[Shape, ...]:
    """The shapes that have targets, in the order of their terms.

    Raises:
        CannotCompile: a shape uses a feature that only the reference engine checks.
    """
    return _Reader(quad.triple for path in paths for quad in ox.parse(path=str(path), rename_blank_nodes=True)).all()


def names(paths: Iterable[Path]) -> dict[str, dict[str, str]]:
    """The names of shapes (sh:name), by term and language."""
    found: dict[str, dict[str, str]] = {}
    for triple in (quad.triple for path in paths for quad in ox.parse(path=str(path))):
        if triple.predicate.value == f"{SH}name" and isinstance(triple.object, ox.Literal):
            found.setdefault(str(triple.subject), {})[triple.object.language or ""] = triple.object.value
    return found


class _Reader:
    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._facts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for triple in triples:
            self._facts[str(triple.subject)][str(triple.predicate)].append(canonical(triple.object))
        self._made: dict[str, Shape | None] = {}

    def all(self) -> tuple[Shape, ...]:
        names = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "target")
        targets = {f"<{SH}{name}>" for name in names}
        subjects = [subject for subject, facts in self._facts.items() if targets & facts.keys()]
        classes = {f"<{PREFIXES['rdfs']}Class>", f"<{PREFIXES['owl']}Class>"}
        for subject, facts in self._facts.items():
            types = set(facts.get(TYPE, ()))
            if types & classes and types & {f"<{SH}NodeShape>", f"<{SH}PropertyShape>"}:
                raise CannotCompile(f"{subject} is a class and a shape (implicit class target)")
        found = (self._shape(subject) for subject in sorted(subjects))
        shapes = tuple(shape for shape in found if shape is not None)
        for shape in shapes:
            _demand_messages(shape)
        return shapes

    def _one(self, subject: str, name: str) -> str | None:
        values = self._facts[subject].get(f"<{SH}{name}>", [])
        if len(values) > 1:
            raise CannotCompile(f"{subject} has several values of sh:{name}")
        return values[0] if values else None

    def _many(self, subject: str, name: str) -> list[str]:
        return sorted(self._facts[subject].get(f"<{SH}{name}>", []))

    def _list(self, head: str) -> Iterator[str]:
        while head != f"<{RDF}nil>":
            facts = self._facts[head]
            first, rest = facts.get(f"<{RDF}first>", []), facts.get(f"<{RDF}rest>", [])
            if len(first) != 1 or len(rest) != 1:
                raise CannotCompile(f"{head} is not a well-formed list")
            yield first[0]
            head = rest[0]

    def _shape(self, subject: str) -> Shape | None:
        """A shape, or None for a deactivated one."""
        if subject in self._made:
            shape = self._made[subject]
            if shape is None and not self._deactivated(subject):
                raise CannotCompile(f"{subject} refers to itself")
            return shape
        self._made[subject] = None
        if self._deactivated(subject):
            return None
        path = self._path(subject)
        shape = Shape(
            term=subject,
            path=path,
            severity=self._one(subject, "severity") or VIOLATION,
            messages=tuple(self._many(subject, "message")),
            constraints=tuple(self._constraints(subject, path)),
            properties=tuple(self._shapes(self._many(subject, "property"))),
            classes=frozenset(self._many(subject, "targetClass")),
            nodes=frozenset(self._many(subject, "targetNode")),
            subjects_of=frozenset(self._many(subject, "targetSubjectsOf")),
        )
        if any(nested.path is None for nested in shape.properties):
            raise CannotCompile(f"{subject} has a value of sh:property that is not a property shape")
        self._made[subject] = shape
        return shape

    def _deactivated(self, subject: str) -> bool:
        return self._one(subject, "deactivated") == quads.boolean(True)

    def _shapes(self, subjects: Iterable[str]) -> list[Shape]:
        return [shape for shape in map(self._shape, subjects) if shape is not None]

    def _path(self, subject: str) -> tuple[str, ...] | None:
        path = self._one(subject, "path")
        if path is None:
            return None
        sequence = path.startswith("_") and f"<{RDF}first>" in self._facts[path]
        steps = tuple(self._list(path)) if sequence else (path,)
        if len(steps) not in (1, 2) or not all(step.startswith("<") for step in steps):
            raise CannotCompile(f"{subject} has a path that is not a predicate or a sequence of two")
        return steps

    def _constraints(self, subject: str, path: tuple[str, ...] | None) -> Iterator[Constraint]:
        for predicate in sorted(self._facts[subject]):
            if not predicate.startswith(f"<{SH}"):
                continue
            name = predicate[len(SH) + 1 : -1]
            if name in _SILENT or name == "property":
                continue
            yield from self._constraint(subject, name, path)

    def _constraint(self, subject: str, name: str, path: tuple[str, ...] | None) -> Iterator[Constraint]:
        values = self._many(subject, name)
        if path is None and name in _OF_PATHS:
            raise CannotCompile(f"{subject} is a node shape with sh:{name}")
        if name in _TERM_PARAMETERS:
            if name == "datatype" and values[0] in (f"<{PREFIXES['rdfs']}Literal>", f"<{PREFIXES['rdfs']}Datatype>"):
                raise CannotCompile(f"{subject} uses sh:datatype with a class of literals")
            yield from (Constraint(name, value) for value in values)
        elif name in _COUNTS:
            yield Constraint(name, _integer(self._one(subject, name)))
        elif name == "nodeKind":
            yield Constraint(name, _KINDS[(self._one(subject, name) or "")[len(SH) + 1 : -1]])
        elif name == "in":
            yield Constraint(name, frozenset(self._list(self._one(subject, name) or "")))
        elif name == "languageIn":
            languages = (literal(tag)[0].lower() for tag in self._list(self._one(subject, name) or ""))
            yield Constraint(name, frozenset(languages))
        elif name == "uniqueLang":
            if self._one(subject, name) == quads.boolean(True):
                yield Constraint(name, True)
        elif name == "pattern":
            flags = self._one(subject, "flags")
            yield from (Constraint(name, _pattern(value, flags)) for value in values)
        elif name in ("or", "and", "xone"):
            for head in values:
                members = list(self._list(head))
                if not members or any(map(self._deactivated, members)):
                    raise CannotCompile(f"{subject} has an empty or deactivated member in sh:{name}")
                yield Constraint(name, tuple(self._shapes(members)))
        elif name in ("not", "node"):
            yield from (Constraint(name, nested) for nested in self._shapes(values))
        elif name == "qualifiedValueShape":
            yield from self._qualified(subject)
        elif name == "closed":
            yield from self._closed(subject)
        elif name == "sparql":
            yield from self._sparql(subject, values, path)
        else:
            raise CannotCompile(f"{subject} uses sh:{name}")

    def _qualified(self, subject: str) -> Iterator[Constraint]:
        low, high = self._one(subject, "qualifiedMinCount"), self._one(subject, "qualifiedMaxCount")
        nested = self._shapes([self._one(subject, "qualifiedValueShape") or ""])
        maximum = None if high is None else _integer(high)
        for shape in nested:
            yield Constraint("qualifiedValueShape", shape, 0 if low is None else _integer(low), maximum)

    def _closed(self, subject: str) -> Iterator[Constraint]:
        if self._one(subject, "closed") != quads.boolean(True):
            return
        allowed = set()
        for head in self._many(subject, "ignoredProperties"):
            allowed |= set(self._list(head))
        for nested in self._many(subject, "property"):
            allowed |= set(self._facts[nested].get(f"<{SH}path>", []))
        yield Constraint("closed", frozenset(allowed))

    def _sparql(self, subject: str, nodes: list[str], path: tuple[str, ...] | None) -> Iterator[Constraint]:
        only = {f"<{SH}{name}>" for name in ("targetNode", "sparql", "severity", "message", "name", "description")}
        if path is not None or self._facts[subject].keys() - only - {TYPE}:
            raise CannotCompile(f"{subject} has sh:sparql beside other constraints or targets than sh:targetNode")
        for node in nodes:
            messages = tuple(self._many(node, "message"))
            select = self._one(node, "select")
            if select is None or not messages or self._deactivated(node) or any("{" in text for text in messages):
                raise CannotCompile(f"{node} lacks sh:select or a plain sh:message, or is deactivated")
            yield Constraint("sparql", self._prologue(node) + literal(select)[0], messages=messages)

    def _prologue(self, node: str) -> str:
        lines = []
        for ontology in self._many(node, "prefixes"):
            for declaration in self._many(ontology, "declare"):
                prefix, namespace = self._one(declaration, "prefix"), self._one(declaration, "namespace")
                if prefix is None or namespace is None:
                    raise CannotCompile(f"{ontology} has an incomplete sh:declare")
                lines.append(f"PREFIX {literal(prefix)[0]}: <{literal(namespace)[0]}>\n")
        return "".join(sorted(lines))


def _demand_messages(shape: Shape) -> None:
    """A shape that can report must bring its messages: the reference engine words the others its own way."""
    own = [constraint for constraint in shape.constraints if constraint.name != "sparql"]
    if own and not shape.messages:
        raise CannotCompile(f"{shape.term} has no sh:message")
    for nested in shape.properties:
        _demand_messages(nested)


def _integer(term: str | None) -> int:
    try:
        return int(literal(term or "")[0])
    except ValueError as error:
        raise CannotCompile(f"{term} is not a whole number") from error


def _pattern(term: str, flags: str | None) -> re.Pattern[str]:
    letters = literal(flags)[0].lower() if flags else ""
    if letters.strip("im"):
        raise CannotCompile(f"the flags {letters} of a sh:pattern are not read")
    chosen = (re.IGNORECASE if "i" in letters else 0) | (re.MULTILINE if "m" in letters else 0)
    return re.compile(literal(term)[0], chosen)
