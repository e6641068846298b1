"""What a source says, in its words: frozen records, every value with the passage it was read from.

Nothing here is linked or interpreted beyond reading a number or a date. Offsets are Unicode code points of the reading
text (the document as decoded, or the text rendition of a PDF, a DOCX or a spreadsheet), half-open; lines count from 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Span:
    """A passage of the reading text.

    Attributes:
        start, end: code-point offsets, half-open.
        first_line, last_line: lines, counted from 1, both included.
        exact: the quotation; it equals `text[start:end]`.
        page: page of a paginated document, counted from 1.
        cell: name of the column, for a table.
    """

    start: int
    end: int
    first_line: int
    last_line: int
    exact: str
    page: int | None = None
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A value read from a passage: spaces folded and lines joined, the words untouched."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Count:
    """A number read from a passage."""

    value: int
    span: Span


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money.

    Attributes:
        value: in units of the currency.
        currency: ISO 4217 code.
        span: the passage that states it.
        territory: the wording of the territory it is for, if printed.
        year: the year it is for, if printed.
        label: what the sum is, in the source's words ("Budget au titre du PIC", "montant"), if printed.
    """

    value: Decimal
    currency: str
    span: Span
    territory: Passage | None = None
    year: int | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A printed date or interval with the bounds that its precision allows.

    Attributes:
        verbatim: the printed date.
        precision: key of the precision scheme: jour, mois, trimestre, semestre, annee.
        start_earliest, start_latest: first and last possible day of the start.
        end_earliest, end_latest: the same for the end, None when no end is printed.
        edtf: Extended Date/Time Format (ISO 8601-2) form of what is printed.
    """

    verbatim: Passage
    precision: str
    start_earliest: date
    start_latest: date
    edtf: str
    end_earliest: date | None = None
    end_latest: date | None = None


@dataclass(frozen=True, slots=True)
class Duration:
    """A printed duration as a canonical xsd:duration (`P3Y`, `P18M`)."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Target:
    """One of the groups that a project says it is for.

    Attributes:
        verbatim: the words of the group.
        min_age, max_age: inclusive bounds in completed years ("moins de 25 ans" gives 24).
        emphasis: True when the source names the group only as a part ("notamment", "en priorité").
    """

    verbatim: Passage
    min_age: int | None = None
    max_age: int | None = None
    emphasis: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """An outcome in figures.

    Attributes:
        indicator: key of the indicator scheme: cdi, cdd, participants...
        count, out_of: the figure and what it is out of.
        span: the words that state it.
    """

    indicator: str
    count: int
    span: Span
    out_of: int | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """A carrier as the source names it.

    Attributes:
        name: the printed name.
        span: where it is printed.
        expansion: the long form that the text gives of an acronym, with its passage.
        siren, siret, rna: identifiers, checked for form and key.
    """

    name: str
    span: Span
    expansion: Passage | None = None
    siren: str | None = None
    siret: str | None = None
    rna: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call for projects as the document presents it.

    Attributes:
        key: stable within the document: the folded title.
        title: its name, lines joined ("Repérage des jeunes invisibles").
        span: the heading, or the sentence that names it.
        acronym: printed acronym ("IPR").
        scope: key of the scope scheme (national, regionalise), only where printed.
        objective: the paragraphs that say what it is for.
        budget: announced sums.
        announced: the number of laureates that the section announces.
    """

    key: str
    title: Passage
    span: Span
    acronym: str | None = None
    scope: str | None = None
    objective: tuple[Passage, ...] = ()
    budget: tuple[Amount, ...] = ()
    announced: Count | None = None


@dataclass(frozen=True, slots=True)
class Award:
    """A laureate as the document presents it: a project selected in a call.

    Attributes:
        call: key of its `Call`.
        heading: the whole printed heading.
        span: the whole passage of the laureate.
        carriers: the organisations that run the project.
        title: the title of the project.
        title_expansion: the long form that the text gives of a title that is an acronym ("STARE").
        split_confidence: how sure the division of the heading into carrier and title is, 0 to 1.
        split_evidence: why, in words (en, fr).
        ordinal: the printed number, None where none is printed.
        status: key of the status scheme (en-cours, realise), with the line that sets it.
        territory: the wording of the territory of intervention.
        seat: the wording of the seat of the carrier, for lists that print it.
        description: paragraphs of prose.
        items: list items, each with the line that introduces its list.
        public: the whole wording of the publics, divided in `targets`.
        beneficiaries: expected number of beneficiaries, all groups together.
        duration: planned duration.
        period: period of implementation.
        results: outcomes in figures.
        amounts: sums for this project.
        reference: identifier of the decision or operation in its list.
        located: what else a table prints to place the project: kind (code-commune, postcode, departement, region) and
            wording.
        other: what the source says under labels or columns that the model has no place for.
        doubtful: True when a value printed for it was refused, or read with a warning.
    """

    call: str
    heading: Passage
    span: Span
    carriers: tuple[Organisation, ...]
    title: Passage
    title_expansion: Passage | None = None
    split_confidence: Decimal = Decimal(1)
    split_evidence: tuple[str, str] = ("", "")
    ordinal: int | None = None
    status: tuple[str, Span] | None = None
    territory: Passage | None = None
    seat: Passage | None = None
    description: tuple[Passage, ...] = ()
    items: tuple[tuple[Passage | None, Passage], ...] = ()
    public: Passage | None = None
    targets: tuple[Target, ...] = ()
    beneficiaries: Count | None = None
    duration: Duration | None = None
    period: Period | None = None
    results: tuple[Result, ...] = ()
    amounts: tuple[Amount, ...] = ()
    reference: Passage | None = None
    located: tuple[tuple[str, Passage], ...] = ()
    other: tuple[tuple[str, Passage], ...] = ()
    doubtful: bool = False
