"""A row of a table to an award, or to the reasons why not; every refused value names its line and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from laurier.records import Amount, Award, Count, Duration, Organisation, Passage, Period, Result, Span
from laurier.sources import dates, numbers
from laurier.sources.layout import Layout, key
from laurier.sources.lines import SourceText
from laurier.sources.people import People, people, results
from laurier.sources.tables import cells
from laurier.sources.tables.cells import Identifier, Refusal
from laurier.sources.tables.grid import Row
from laurier.sources.tables.values import ValueReader

_SURE = Decimal(1)
_EVIDENCE = ("the columns of the table name them", "les colonnes du tableau les nomment")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z")
_MONTHS = re.compile(r"\bmois\b")
_MISSING = Refusal(
    "required-missing",
    "is empty, so that the row names no laureate: fill the cell",
    "est vide, si bien que la ligne ne nomme aucun lauréat : remplissez la cellule",
)
_NO_STATUS = Refusal(
    "status-unread",
    "is no status that is known: declare it under [words.statuses] in source.toml, or map its column to other",
    "n'est pas un état connu : déclarez-le sous [words.statuses] dans source.toml, ou associez sa colonne à other",
)


@dataclass(slots=True)
class RowReader(ValueReader):
    """Reads the rows of one table.

    Attributes:
        layout: the words of statuses and publics.
        call: gives the key of the call of a wording (None for a row that names none).
    """

    layout: Layout
    call: Callable[[Passage | None], str]

    def read(self, row: Row) -> Award | None:
        """The award of a row; None when it names none, and then `rejects` says why."""
        self.rejects = []
        carriers = self._carriers(row)
        title = self.first(row, "title")
        lacking = "carrier" if not carriers and "carrier" in self.columns else ""
        if title is None and "title" in self.columns:
            lacking = "title"
        if lacking:
            self.refuse(row, self.columns[lacking][0], "", _MISSING, kept=False)
            return None
        if title is None:
            title = Passage(carriers[0].name, carriers[0].span)
        public = self._public(row)
        return Award(
            call=self.call(self.first(row, "call")),
            heading=title,
            span=row.span(),
            carriers=carriers,
            title=title,
            split_confidence=_SURE,
            split_evidence=_EVIDENCE,
            ordinal=self._ordinal(row),
            status=self._status(row),
            territory=self.first(row, "territory"),
            seat=self.first(row, "seat"),
            description=tuple(self.every(row, "description")),
            public=self.first(row, "public"),
            targets=public.targets if public else (),
            beneficiaries=self._beneficiaries(row) or (public.beneficiaries if public else None),
            duration=self._duration(row),
            period=self._period(row),
            results=tuple(self._results(row)),
            amounts=tuple(self._amounts(row)),
            reference=self.first(row, "reference"),
            located=tuple(self._located(row)),
            other=tuple(self._others(row)),
            doubtful=bool(self.rejects),
        )

    def _carriers(self, row: Row) -> tuple[Organisation, ...]:
        names = list(self.every(row, "carrier"))
        if not names:
            return ()
        known = self._identifiers(row)
        first = Organisation(names[0].value, names[0].span, None, known.siren, known.siret, known.rna)
        return (first, *(Organisation(name.value, name.span) for name in names[1:]))

    def _identifiers(self, row: Row) -> Identifier:
        siren = siret = rna = None
        for name in ("identifier", "rna"):
            for column in self.columns.get(name, ()):
                value = self.value(row, column)
                if not value:
                    continue
                found, why = cells.identifier(value)
                if why is not None:
                    self.refuse(row, column, value, why)
                siren, siret, rna = siren or found.siren, siret or found.siret, rna or found.rna
        return Identifier(siren, siret, rna)

    def _amounts(self, row: Row) -> Iterator[Amount]:
        for column in self.columns.get("amount", ()):
            value = self.value(row, column)
            if not value:
                continue
            total, why = cells.amount(value)
            if why is not None:
                self.refuse(row, column, value, why)
            if total is not None:
                span = row.cell(column.at, column.heading)
                yield Amount(total * column.scale, "EUR", span, label=column.heading)

    def _period(self, row: Row) -> Period | None:
        start = self._date(row, "period") or self._date(row, "start")
        end = self._date(row, "end")
        if start is None or end is None or start.end_latest is not None:
            return start
        both = dates.with_end(start, end, start.verbatim)
        if both is None:
            column = self.columns["end"][0]
            self.refuse(row, column, end.verbatim.value, _unread("end-before-start"))
        return both or start

    def _date(self, row: Row, name: str) -> Period | None:
        for column in self.columns.get(name, ()):
            value = self.value(row, column)
            if not value:
                continue
            span = row.cell(column.at, column.heading)
            iso = _ISO_DAY.match(value)
            if iso:
                found = _day(iso, Passage(value, span))
                if found is not None:
                    return found
            wording, why = cells.moment(value)
            if why is not None:
                self.refuse(row, column, value, why)
            read_as, reason = dates.period(SourceText(wording).whole())
            if reason:
                self.refuse(row, column, value, _unread(reason))
            if read_as is not None:
                return _printed(read_as, Passage(value, span))
        return None

    def _duration(self, row: Row) -> Duration | None:
        for column in self.columns.get("duration", ()):
            value = self.value(row, column)
            if not value:
                continue
            span = row.cell(column.at, column.heading)
            wording = f"{value} mois" if value.isdigit() and _MONTHS.search(column.heading.lower()) else value
            found = numbers.duration(SourceText(wording).whole(), labelled=True)
            if found is not None:
                return Duration(found.value, span)
            self.refuse(
                row,
                column,
                value,
                Refusal(
                    "duration-unread",
                    "is no duration that is understood: write 24 mois or 2 ans",
                    "n'est pas une durée comprise : écrivez 24 mois ou 2 ans",
                ),
            )
        return None

    def _beneficiaries(self, row: Row) -> Count | None:
        for column in self.columns.get("beneficiaries", ()):
            value = self.value(row, column)
            if not value:
                continue
            counts = numbers.bare_counts(self.piece(row, column))
            if len(counts) == 1:
                return counts[0]
            self.refuse(
                row,
                column,
                value,
                Refusal(
                    "count-unread",
                    "is not one whole number: write digits only",
                    "n'est pas un nombre entier unique : écrivez seulement des chiffres",
                ),
            )
        return None

    def _results(self, row: Row) -> Iterator[Result]:
        for column in self.columns.get("results", ()):
            value = self.value(row, column)
            found = list(results(self.piece(row, column), self.layout, reported=True)) if value else []
            if value and not found:
                self.refuse(
                    row,
                    column,
                    value,
                    Refusal(
                        "results-unread",
                        "tells no outcome that is understood: write 12 CDI et 3 CDD sur 40",
                        "ne dit aucun résultat compris : écrivez 12 CDI et 3 CDD sur 40",
                    ),
                )
            yield from found

    def _ordinal(self, row: Row) -> int | None:
        printed = self.first(row, "ordinal")
        digits = printed.value.rstrip(".)") if printed is not None else ""
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 7 else None

    def _public(self, row: Row) -> People | None:
        for column in self.columns.get("public", ()):
            if self.value(row, column):
                return people([self.piece(row, column)], self.layout)
        return None

    def _status(self, row: Row) -> tuple[str, Span] | None:
        wording = self.first(row, "status")
        if wording is None:
            return None
        found = self.layout.statuses.get(key(wording.value))
        if found is None:
            self.refuse(row, self.columns["status"][0], wording.value, _NO_STATUS)
        return (found, wording.span) if found is not None else None

    def _located(self, row: Row) -> Iterator[tuple[str, Passage]]:
        for kind in ("code_commune", "postcode", "departement", "region"):
            for passage in self.every(row, kind):
                yield kind.replace("_", "-"), passage

    def _others(self, row: Row) -> Iterator[tuple[str, Passage]]:
        for column in self.columns.get("other", ()):
            value = self.value(row, column)
            if value:
                yield column.heading, Passage(value, row.cell(column.at, column.heading))
        status = self.first(row, "status")
        if status is not None and key(status.value) not in self.layout.statuses:
            yield self.columns["status"][0].heading, status
        # A column "N°" may hold references ("2023-045") rather than numbers.
        ordinal = self.first(row, "ordinal")
        if ordinal is not None and self._ordinal(row) is None:
            yield self.columns["ordinal"][0].heading, ordinal


def _unread(reason: str) -> Refusal:
    return Refusal("date-unread", *cells.UNREAD_DATES[reason])


def _day(iso: re.Match[str], verbatim: Passage) -> Period | None:
    try:
        day = date(int(iso.group(1)), int(iso.group(2)), int(iso.group(3)))
    except ValueError:
        return None
    if not dates.plausible(day):
        return None
    return Period(verbatim, "jour", day, day, verbatim.value)


def _printed(period: Period, verbatim: Passage) -> Period:
    return Period(
        verbatim,
        period.precision,
        period.start_earliest,
        period.start_latest,
        period.edtf,
        period.end_earliest,
        period.end_latest,
    )
