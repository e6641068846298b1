"""Synthetic laureates as a reader of tables hands them over: one row a laureate, every value cited from its row.

It stands for the reader alone, so that the rest of the straight line is measured by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from laurier import synth
from laurier.iri import slug
from laurier.records import (
    Amount,
    Award,
    Call,
    Count,
    Document,
    Duration,
    Organisation,
    Passage,
    Period,
    Programme,
    Reading,
    Result,
    Span,
    Target,
)
from laurier.synth.laureates import Laureate

_HEADER = "Référence;Dispositif;Porteur;Projet;Description;Territoire;Public\n"


class Feed:
    """A list of laureates, made again whenever it is read again.

    Args:
        key: of the source.
        laureates: how many.
        seed: of the list.
        material: what lists are made of.
    """

    def __init__(self, key: str, laureates: int, seed: int, material: synth.Material) -> None:
        self.key, self.laureates, self.seed, self.material = key, laureates, seed, material
        self.calls: dict[str, Call] = {}

    def reading(self) -> Reading:
        """What a reader gives."""
        digest = hashlib.sha256(f"{self.laureates} {self.seed}".encode()).hexdigest()
        document = Document(
            key=self.key,
            file="laureates.csv",
            sha256=digest,
            media_type="text/csv",
            title_fr=f"Liste synthétique de {self.laureates} lauréats",
            programme=Programme("essai", "Programme d'essai"),
        )
        reading = Reading(document=document, awards=_Awards(self), load_text=self.text)
        self.reading_calls = reading.calls
        return reading

    def text(self) -> str:
        """The reading text."""
        return _HEADER + "".join(_row(laureate) for laureate in self._laureates())

    def _laureates(self) -> Iterator[Laureate]:
        return synth.generate(self.laureates, synth.Maker(self.seed, self.material))

    def awards(self) -> Iterator[Award]:
        """The laureates as records."""
        offset, line = len(_HEADER), 2
        for laureate in self._laureates():
            row = _row(laureate)
            span = Span(offset, offset + len(row) - 1, line, line, row[:-1])
            offset, line = offset + len(row), line + 1
            yield self._award(laureate, span)

    def _award(self, laureate: Laureate, span: Span) -> Award:
        key = slug(f"{laureate.call.title} {laureate.call.year}")
        if key not in self.calls:
            self.calls[key] = Call(key, Passage(f"{laureate.call.title} {laureate.call.year}", span), span)
            self.reading_calls.append(self.calls[key])
        carrier = laureate.carrier
        months = laureate.months
        return Award(
            call=key,
            heading=Passage(f"{carrier.name} {laureate.title}", span),
            span=span,
            carriers=(Organisation(carrier.name, span, siret=carrier.siret, siren=carrier.siret[:9], rna=carrier.rna),),
            title=Passage(laureate.title, span),
            status=(laureate.status, span) if laureate.status else None,
            territory=Passage(laureate.territory, span),
            seat=Passage(carrier.seat.name, span),
            description=(Passage(" ".join(laureate.sentences), span),),
            public=Passage(laureate.public, span) if laureate.public else None,
            targets=(Target(Passage(laureate.public, span)),) if laureate.public else (),
            beneficiaries=Count(laureate.beneficiaries, span) if laureate.beneficiaries else None,
            duration=Duration(_duration(months), span) if months else None,
            period=_period(laureate, span),
            results=_results(laureate, span),
            amounts=(Amount(Decimal(laureate.amount) / 100, "EUR", span),) if laureate.amount else (),
            reference=Passage(f"{laureate.call.year}-{laureate.number + 1:07d}", span),
        )


class _Awards:
    """Awards that can be iterated again."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def __iter__(self) -> Iterator[Award]:
        return self._feed.awards()


def _row(laureate: Laureate) -> str:
    call, carrier = laureate.call, laureate.carrier
    cells = (
        f"{call.year}-{laureate.number + 1:07d}",
        call.title,
        carrier.name,
        laureate.title,
        " ".join(laureate.sentences),
        laureate.territory,
        laureate.public,
    )
    return ";".join(cell.replace(";", ",") for cell in cells) + "\n"


def _duration(months: int) -> str:
    years, rest = divmod(months, 12)
    return "P" + (f"{years}Y" if years else "") + (f"{rest}M" if rest else "")


def _period(laureate: Laureate, span: Span) -> Period | None:
    start = laureate.start
    if start is None:
        return None
    last = (start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return Period(Passage(start.isoformat(), span), "mois", start, last, start.isoformat()[:7])


def _results(laureate: Laureate, span: Span) -> tuple[Result, ...]:
    if laureate.results is None:
        return ()
    cdi, cdd, total = laureate.results
    return (Result("cdi", cdi, span, total), Result("cdd", cdd, span, total))
