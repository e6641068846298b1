"""The report of a validation: for people (sentences, French and English), for pages (JSON), for machines (SHACL)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from laurier.errors import Language, ValidationRefused
from laurier.validation.phrases import PROBLEMS, SEVERITIES
from laurier.validation.shape import SH
from laurier.validation.terms import literal
from laurier.validation.trace import Traced, said
from laurier.vocabulary import Vocabulary

_ORDER = ("Violation", "Warning", "Info")
_SHOWN = 160
_COLONS: dict[Language, str] = {"fr": " : ", "en": ": "}


@dataclass(frozen=True, slots=True)
class Report:
    """What a validation found.

    Attributes:
        traced: the results with their passages, violations first.
        names: the names of the shapes, by term and language.
        vocabulary: for the labels of classes and properties.
        engine: `fast` or `reference`.
        reason: why the reference engine was called, empty if it was not.
    """

    traced: Sequence[Traced]
    names: Mapping[str, Mapping[str, str]]
    vocabulary: Vocabulary
    engine: str = "fast"
    reason: str = ""

    @property
    def conforms(self) -> bool:
        """True if there is no result at all (SHACL section 3.6.1.1)."""
        return not self.traced

    @property
    def counts(self) -> dict[str, int]:
        """The number of results of each severity: Violation, Warning, Info."""
        counted = Counter(severity(one) for one in self.traced)
        return {name: counted[name] for name in _ORDER}

    def refuse(self) -> None:
        """Refuses a graph that breaks its shapes.

        Raises:
            ValidationRefused: there are violations; the message holds the first ones and their number.
        """
        violations = [one for one in self.traced if severity(one) == "Violation"]
        if violations:
            first = {lang: " ".join(self.sentence(one, lang) for one in violations[:3]) for lang in LANGUAGES}
            count = len(violations)
            times = "once" if count == 1 else f"{count} times"
            raise ValidationRefused(
                f"The graph breaks its shapes {times}, nothing was published. {first['en']}",
                f"Le graphe enfreint ses formes {count} fois, rien n’a été publié. {first['fr']}",
            )

    def sentences(self, language: Language) -> Iterator[str]:
        """One sentence a result, with its source line and what to do."""
        for one in self.traced:
            yield self.sentence(one, language)

    def sentence(self, one: Traced, language: Language) -> str:
        """The severity, what is wrong, the rule with its remedy, and where the source says so."""
        return f"{SEVERITIES[severity(one)][language]}{_COLONS[language]}{self.statement(one, language)}"

    def statement(self, one: Traced, language: Language) -> str:
        """What is wrong, the rule with its remedy, and where the source says so."""
        kind = (self.vocabulary.label(one.kind, language) if one.kind else None) or ""
        name = said(one.names, language)
        subject = f"{kind} {_quoted(name, language) if name else one.result.focus}".strip()
        found = self.problem(one, language)
        place = where(one, language)
        source = f" Source{_COLONS[language]}{place}." if place else ""
        return f"{subject}{f', {found}' if found else ''}. {self.message(one, language)}{source}"

    def problem(self, one: Traced, language: Language) -> str:
        """What is wrong with which property, in a few words."""
        result = one.result
        names = self.names.get(result.shape, {})
        prop = names.get(language) or names.get("en") or (_local(result.path[-1]) if result.path else "")
        phrase = PROBLEMS.get(_local(result.component).removesuffix("ConstraintComponent"), PROBLEMS[""])[language]
        value = "" if result.value is None else _quoted(_plain(result.value), language)
        phrase = phrase.replace("{value}", value).strip()
        return f"{_quoted(prop, language)} {phrase}".strip() if prop and phrase else phrase

    def message(self, one: Traced, language: Language) -> str:
        """The message of the shape in a language, or the first one."""
        texts = [literal(message) for message in one.result.messages]
        chosen = [lexical for lexical, tag, _ in texts if tag == language] or [lexical for lexical, _, _ in texts]
        return chosen[0] if chosen else ""

    def rows(self) -> Iterator[dict[str, object]]:
        """The results as plain values, for a page or a file."""
        for one in self.traced:
            result = one.result
            yield {
                "severity": severity(one),
                "focus": result.focus.strip("<>"),
                "name": said(one.names, "fr"),
                "class": one.kind,
                "path": [step.strip("<>") for step in result.path],
                "component": result.component,
                "value": None if result.value is None else _plain(result.value),
                "shape": result.shape.strip("<>"),
                "fr": self.statement(one, "fr"),
                "en": self.statement(one, "en"),
                "source": asdict(one.citation) if one.citation else None,
            }

    def to_json(self) -> bytes:
        """The report as JSON, the same for the same graph."""
        whole = {"conforms": self.conforms, "counts": self.counts, "results": list(self.rows())}
        return json.dumps(whole, ensure_ascii=False, indent=1).encode()

    def to_turtle(self) -> bytes:
        """The official report (SHACL section 3.6), in Turtle."""
        conforms = "true" if self.conforms else "false"
        lines = [f"@prefix sh: <{SH}> .\n", f"[] a sh:ValidationReport ;\n    sh:conforms {conforms}"]
        for one in self.traced:
            lines.append(f" ;\n    sh:result [ a sh:ValidationResult ; {' ; '.join(_facts(one))} ]")
        return "".join([*lines, " .\n"]).encode()


LANGUAGES: tuple[Language, ...] = ("fr", "en")


def severity(one: Traced) -> str:
    """Violation, Warning or Info; any other severity counts as a violation."""
    name = _local(one.result.severity)
    return name if name in _ORDER else "Violation"


def in_order(traced: Sequence[Traced]) -> tuple[Traced, ...]:
    """The results by severity, otherwise in the order given."""
    return tuple(sorted(traced, key=lambda one: _ORDER.index(severity(one))))


def _facts(one: Traced) -> Iterator[str]:
    result = one.result
    yield f"sh:focusNode {result.focus}"
    if result.path:
        steps = " ".join(result.path)
        yield f"sh:resultPath {steps}" if len(result.path) == 1 else f"sh:resultPath ( {steps} )"
    if result.value is not None:
        yield f"sh:value {result.value}"
    yield f"sh:sourceConstraintComponent <{result.component}>"
    if result.shape.startswith("<"):
        yield f"sh:sourceShape {result.shape}"
    yield f"sh:resultSeverity {result.severity}"
    if result.messages:
        yield f"sh:resultMessage {' , '.join(result.messages)}"


def where(one: Traced, language: Language) -> str:
    """Document, page, lines and quotation of the passage, empty if there is none."""
    citation = one.citation
    if citation is None:
        return ""
    french = language == "fr"
    title = said(citation.titles, language)
    parts = [title] if title else []
    if citation.page:
        parts.append(f"page {citation.page}")
    if citation.first_line:
        first, last = citation.first_line, citation.last_line
        if last > first:
            parts.append(f"lignes {first} à {last}" if french else f"lines {first} to {last}")
        else:
            parts.append(f"ligne {first}" if french else f"line {first}")
    if citation.column:
        parts.append(f"{'colonne' if french else 'column'} {_quoted(citation.column, language)}")
    quotation = " ".join(citation.quotation.split())
    return ", ".join(parts) + (f"{_COLONS[language]}{_quoted(quotation, language)}" if quotation else "")


def _quoted(text: str, language: Language) -> str:
    short = text if len(text) <= _SHOWN else text[:_SHOWN].rsplit(" ", 1)[0] + "…"
    return f"« {short} »" if language == "fr" else f"“{short}”"


def _plain(term: str) -> str:
    return literal(term)[0] if term.startswith('"') else term.strip("<>")


def _local(term: str) -> str:
    iri = term.strip("<>[]() ")
    return iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]
