"""What reading a document gives: its records, what was not understood, and what `source.toml` says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from laurier.records import Award, Call, Span

Severity = Literal["error", "warning", "info"]


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
        publics: wordings of target groups of this document -> IRIs of the publics that a person says they are.
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
    publics: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False, compare=False)


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
