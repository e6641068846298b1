"""A table being read: its heading found, its rows streamed to awards, its calls collected, its rejects told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from laurier.counts import counted
from laurier.readings import Coverage, Diagnostic, Reading, Reject
from laurier.records import Award, Call, Passage, Span
from laurier.sources import layout as layouts
from laurier.sources.layout import Layout
from laurier.sources.lines import fold, words
from laurier.sources.manifest import Received
from laurier.sources.tables.awards import RowReader
from laurier.sources.tables.cells import Refusal, clean
from laurier.sources.tables.grid import Row
from laurier.sources.tables.headings import Heading, find_heading
from laurier.sources.tables.values import refused

#: Diagnostics of one kind that are listed; the rejects file has them all.
_LISTED = 50
# Refusals held while a table is read; it is read again where there are more.
_HELD = 10_000
_TOTAL = re.compile(r"^(?:sous[- ]?total|total|totaux|ensemble)(?:\s+(?:general|generaux|des? .{1,40}))?\s*:?$")
_TOO_MANY = Refusal(
    "too-many-cells",
    "has more cells than the heading: a separator stands in a cell; put quotation marks around that cell",
    "a plus de cellules que l'en-tête : un séparateur se trouve dans une cellule ; mettez-la entre guillemets",
)
_LONE_QUOTE = Refusal(
    "lone-quote",
    "holds a quotation mark that never closes; the row was read as it stands",
    "contient un guillemet qui ne se ferme pas ; la ligne a été lue telle quelle",
)


@dataclass(slots=True)
class Table:
    """One pass over a table; iterating it reads the document.

    Attributes:
        received: the source.
        rows: gives its rows from the first.
        heading: its heading.
        layout: the words of statuses and publics.
        calls, diagnostics, coverage: filled on the way.
    """

    received: Received
    rows: Callable[[], Iterable[Row]]
    heading: Heading
    layout: Layout
    calls: list[Call] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    coverage: Coverage = field(default_factory=Coverage)
    given: Sequence[Diagnostic] = ()
    _refused: list[Reject] | None = field(init=False, default=None)

    def __iter__(self) -> Iterator[Award]:
        self.calls.clear()
        self.diagnostics[:] = [*self.given, *_unknown_columns(self.heading)]
        self.coverage.lines = self.coverage.understood = 0
        told: Counter[str] = Counter()
        found = 0
        self._refused = None
        refused_so_far: list[Reject] = []
        for read_as, rejects in self.read():
            refused_so_far += rejects[: _HELD - len(refused_so_far)]
            for reject in rejects:
                told[reject.code] += 1
                if told[reject.code] <= _LISTED:
                    self.diagnostics.append(Diagnostic(reject.code, "warning", reject.en, reject.fr, reject.span))
            if read_as is not None:
                found += 1
                yield read_as
        self.diagnostics.extend(_more(told))
        if not found:
            self.diagnostics.append(_nothing(self.heading))
        if told.total() == len(refused_so_far):
            self._refused = refused_so_far

    def rejects(self) -> Iterator[Reject]:
        """Every refused value and row; where they are many, by reading the document again."""
        if self._refused is not None:
            yield from self._refused
            return
        again = Table(self.received, self.rows, self.heading, self.layout)
        for _, rejects in again.read():
            yield from rejects

    def read(self) -> Iterator[tuple[Award | None, list[Reject]]]:
        """Every row that is no furniture: its award, and what was refused in it."""
        reader = RowReader(self.heading.mapped, self.layout, self._call(self.received))
        width = len(self.heading.mapped.columns)
        repeated = [clean(cell) for cell in self.heading.row.cells]
        for row in self.rows():
            if not any(cell and not cell.isspace() for cell in row.cells):
                continue
            self.coverage.lines += 1
            if row.line <= self.heading.row.last_line or (
                clean(row.cells[0]) == repeated[0] and [clean(cell) for cell in row.cells] == repeated
            ):
                self.coverage.understood += 1
                continue
            if any(cell.strip() for cell in row.cells[width:]):
                yield None, [refused(row, "", row.text[:200], _TOO_MANY, False, row.span())]
                continue
            if _is_total(row, reader):
                self.coverage.understood += 1
                continue
            read_as = reader.read(row)
            if len(row.cells) > width and reader.rejects:
                # One cell too many, and values that do not fit their columns: the row is shifted.
                yield None, [refused(row, "", row.text[:200], _TOO_MANY, False, row.span())]
                continue
            self.coverage.understood += read_as is not None
            rejects = reader.rejects
            if row.fault:
                rejects = [*rejects, refused(row, "", row.text[:200], _LONE_QUOTE, read_as is not None, row.span())]
                read_as = replace(read_as, doubtful=True) if read_as is not None else None
            yield read_as, rejects

    def _call(self, received: Received) -> Callable[[Passage | None], str]:
        known: dict[str, str] = {}
        given = received.call.get("title") or received.document.title_fr
        scope = received.call.get("scope") or None
        heading = self.heading.row.span()

        def key_of(wording: Passage | None) -> str:
            printed = wording.value if wording is not None else given
            key = known.get(printed)
            if key is None:
                key = words(printed) or "appel"
                if wording is None and not received.call.get("title"):
                    self.diagnostics.append(_assumed_call(given, heading))
                if key not in known.values():
                    span = wording.span if wording is not None else heading
                    self.calls.append(Call(key, Passage(printed, span), span, scope=scope if wording is None else None))
                known[printed] = key
            return key

        return key_of


def reading(
    received: Received,
    rows: Callable[[], Iterable[Row]],
    media_type: str,
    chunks: Callable[[], Iterable[str]],
    given: Sequence[Diagnostic] = (),
) -> Reading:
    """The reading of a table.

    Args:
        received: the source.
        rows: gives its rows from the first, each time it is called.
        media_type: of the document.
        chunks: gives the reading text, piece by piece.
        given: what was noticed before.

    Raises:
        SourceError: it has no heading that is understood.
    """
    heading = find_heading(rows(), received)
    table = Table(received, rows, heading, layouts.load("pic", received.words), given=given)
    return Reading(
        document=replace(received.document, media_type=media_type, layout=heading.mapped.profile.name),
        awards=table,
        load_text=lambda: "".join(chunks()),
        calls=table.calls,
        diagnostics=table.diagnostics,
        coverage=table.coverage,
        load_chunks=chunks,
        load_rejects=table.rejects,
    )


def _is_total(row: Row, reader: RowReader) -> bool:
    """A row of totals: it says so in its first filled cell, and names no laureate."""
    first = next((clean(cell) for cell in row.cells if clean(cell)), "")
    if not _TOTAL.match(fold(first)):
        return False
    named = sum(
        bool(clean(row.cells[column.at]))
        for name in ("carrier", "title")
        for column in reader.columns.get(name, ())
        if column.at < len(row.cells) and clean(row.cells[column.at]) != first
    )
    return named == 0


def _unknown_columns(heading: Heading) -> Iterator[Diagnostic]:
    unknown = [column.heading for column in heading.mapped.columns if not column.field and column.heading]
    if unknown:
        shown = ", ".join(f"« {name} »" for name in unknown[:20])
        yield Diagnostic(
            "unknown-column",
            "warning",
            f"Line {heading.row.line}: no field is known for {shown}; kept apart. Map them under [columns] "
            "in source.toml.",
            f"Ligne {heading.row.line} : aucun champ n'est connu pour {shown} ; valeurs gardées à part. Associez-les "
            "sous [columns] dans source.toml.",
            heading.row.span(),
        )


def _more(told: Counter[str]) -> Iterator[Diagnostic]:
    for code, count in sorted(told.items()):
        if count > _LISTED:
            yield Diagnostic(
                code,
                "warning",
                f"{counted(count - _LISTED, 'other value(s) (was|were) refused', 'en')} for the reason '{code}': the "
                "rejects file has them all.",
                f"{counted(count - _LISTED, 'autre(s) valeur(s) (a|ont) été refusée(s)', 'fr')} pour la raison "
                f"« {code} » : le fichier des rejets les donne toutes.",
            )


def _assumed_call(title: str, heading: Span) -> Diagnostic:
    return Diagnostic(
        "call-assumed",
        "info",
        f"Rows that name no call were put under « {title} », the title of the document: write title under [call] in "
        "source.toml to name it otherwise.",
        f"Les lignes qui ne nomment pas d'appel ont été rangées sous « {title} », le titre du document : écrivez title "
        "sous [call] dans source.toml pour le nommer autrement.",
        heading,
    )


def _nothing(heading: Heading) -> Diagnostic:
    return Diagnostic(
        "no-laureates",
        "error",
        f"No row under the heading of line {heading.row.line} names a laureate.",
        f"Aucune ligne sous l'en-tête de la ligne {heading.row.line} ne nomme un lauréat.",
        heading.row.span(),
    )
