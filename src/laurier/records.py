"""What a source says, in its words: frozen records, every value with the passage it was read from.

Nothing here is linked or interpreted beyond reading a number or a date. Offsets are Unicode code points of the reading
text (the document as decoded, or the text rendition of a PDF, a DOCX or a spreadsheet), half-open; lines count from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

Severity = Literal["error", "warning", "info"]


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


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something a person should look at.

    Attributes:
        code: short stable name (`announced-count`, `unknown-label`).
        severity: an error stops publication, a warning goes on the review list, an info is only listed.
        en, fr: one sentence, with what was assumed and where to decide otherwise.
        span: the passage concerned, if there is one.
    """

    code: str
    severity: Severity
    en: str
    fr: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """A value, or a whole row, of a table that was not taken as it stands.

    Attributes:
        code: short stable name.
        line: line of the reading text, counted from 1; the row of the sheet for a spreadsheet.
        column: heading of the column, empty for a whole row.
        value: the value refused.
        en, fr: what is wrong and the remedy, in one sentence.
        kept: the row was read all the same, without the value (or with the correction that the sentence tells).
        span: where it stands.
    """

    code: str
    line: int
    column: str
    value: str
    en: str
    fr: str
    kept: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Programme:
    """The public programme under which the calls of a source were launched, as source.toml describes it."""

    key: str
    title_fr: str
    title_en: str = ""
    acronym: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A source document and what its `source.toml` says of it.

    Attributes:
        key: the name of its folder.
        file: the name of the file in that folder.
        sha256: digest of the bytes as received, hexadecimal.
        media_type: of the file as received.
        title_fr, title_en: its title.
        publisher: the body that published it.
        publisher_iri: IRI of that body, if known.
        issued: date of publication (EDTF: `2021`, `2021-03`), empty if unknown.
        region: INSEE code of the région the document is about, empty for none.
        licence: IRI of its licence.
        landing_page: where it was published, empty if unknown.
        programme: the programme of its calls.
        layout: name of the layout or table profile that reads it.
    """

    key: str
    file: str
    sha256: str
    media_type: str
    title_fr: str
    programme: Programme
    title_en: str = ""
    publisher: str = ""
    publisher_iri: str = ""
    issued: str = ""
    region: str = ""
    licence: str = "http://publications.europa.eu/resource/authority/licence/ETALAB_2_0"
    landing_page: str = ""
    layout: str = ""
    options: dict[str, object] = field(default_factory=dict, hash=False, compare=False)


@dataclass(slots=True)
class Coverage:
    """How much of a document was understood.

    Attributes:
        lines: non-blank lines of the document (rows of a table).
        understood: those that were read into a record, a call or the title, or known to be page furniture.
    """

    lines: int = 0
    understood: int = 0


@dataclass(slots=True)
class Reading:
    """A document being read: it flows past once, and what was noticed on the way is complete at the end.

    Attributes:
        document: what its `source.toml` says of it.
        awards: the laureates in the order of the document; may be iterated again, which reads the document again.
        calls: the calls; each is there before the first award that names it.
        diagnostics: what a person should look at; complete once `awards` is exhausted.
        coverage: complete once `awards` is exhausted.
        load_text: gives the reading text, to which every span refers. A long table is read again from its file.
        load_chunks: gives the same text piece by piece, for a text too long to hold; None when it is short.
        load_rejects: gives every refused value of a table, by reading it again; `diagnostics` holds the first ones.
    """

    document: Document
    awards: Iterable[Award]
    load_text: Callable[[], str]
    calls: list[Call] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    coverage: Coverage = field(default_factory=Coverage)
    load_chunks: Callable[[], Iterable[str]] | None = None
    load_rejects: Callable[[], Iterable[Reject]] | None = None

    def chunks(self) -> Iterable[str]:
        """The reading text piece by piece."""
        return self.load_chunks() if self.load_chunks is not None else (self.load_text(),)

    def rejects(self) -> Iterable[Reject]:
        """Every refused value of a table; nothing for other documents."""
        return self.load_rejects() if self.load_rejects is not None else ()
