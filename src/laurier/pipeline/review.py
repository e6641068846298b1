"""The review list: what was not understood, and what a person should confirm, in numbers and line by line."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from laurier.iri import Minter
from laurier.mapping.award import Keys, Links
from laurier.readings import Diagnostic, Reading, Reject
from laurier.reconcile import organisation
from laurier.reconcile.decisions import Decisions
from laurier.reconcile.identity import Entry
from laurier.reconcile.territory import Segment
from laurier.records import Award, Span
from laurier.snapshot.tables import guarded

_DOUBTFUL = ("ambigu", "non-rapproche")
#: Items kept in the list of one source; their number stays exact, and `laurier review` shows the first ones.
LISTED = 10_000


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at.

    Attributes:
        source: key of the document.
        code: what kind of thing (`unknown-label`, `heading`, `territory`, `public`).
        severity: error, warning or info.
        en, fr: one sentence.
        subject: IRI of the thing concerned, if any.
        wording: the words to decide about, if any.
        span: where they stand.
        candidates: names of what they may stand for.
    """

    source: str
    code: str
    severity: str
    en: str
    fr: str
    subject: str = ""
    wording: str = ""
    span: Span | None = None
    candidates: tuple[str, ...] = ()

    def table(self) -> dict[str, object]:
        """The item as JSON values."""
        found: dict[str, object] = {name: getattr(self, name) for name in ("source", "code", "severity", "en", "fr")}
        found |= {"subject": self.subject, "wording": self.wording, "candidates": list(self.candidates)}
        if self.span is not None:
            found |= {"first_line": self.span.first_line, "last_line": self.span.last_line}
            found |= {"start": self.span.start, "end": self.span.end, "quotation": self.span.exact[:400]}
        return found


@dataclass(slots=True)
class SourceReview:
    """What one source left to look at.

    Attributes:
        key, title: of the document.
        lines, understood: non-blank lines, and those that were read.
        awards: laureates found.
        links: number of territory wordings by link status.
        publics: number of target groups with and without a concept.
        items: what to look at, at most `LISTED`.
        total: how many there were in all.
    """

    key: str
    title: str
    lines: int = 0
    understood: int = 0
    awards: int = 0
    links: Counter[str] = field(default_factory=Counter)
    publics: Counter[str] = field(default_factory=Counter)
    items: list[Item] = field(default_factory=list)
    total: int = 0

    def add(self, item: Item) -> None:
        """Notes something to look at."""
        self.total += 1
        if len(self.items) < LISTED:
            self.items.append(item)

    def join(self, part: SourceReview) -> None:
        """Takes over what was noted about some laureates of the same source."""
        self.awards += part.awards
        self.links.update(part.links)
        self.publics.update(part.publics)
        self.total += part.total
        self.items += part.items[: LISTED - len(self.items)]

    def award(self, minter: Minter, award: Award, keys: Keys, links: Links) -> None:
        """Notes what is doubtful about a laureate."""
        self.awards += 1
        subject = minter.thing("laureat", keys.laureate)
        for item in _doubts(self.key, subject, award, links):
            self.add(item)
        self.links.update(segment.status for segment in links.territory)
        for target, matches in zip(award.targets, links.publics, strict=True):
            self.publics["with" if matches else "without"] += 1
            if not matches:
                words = target.verbatim
                self.add(
                    Item(
                        self.key,
                        "public",
                        "warning",
                        f"No public of the scheme matches “{words.value}”: say which it is under [publics] in "
                        "source.toml, or leave it as printed.",
                        f"Aucun public du schéma ne correspond à « {words.value} » : dites lequel c'est sous [publics] "
                        "dans source.toml, ou laissez-le tel qu'imprimé.",
                        subject,
                        words.value,
                        words.span,
                    )
                )

    def close(self, reading: Reading) -> None:
        """Takes over what the reader noticed, once the reading is over."""
        self.lines, self.understood = reading.coverage.lines, reading.coverage.understood
        for diagnostic in reading.diagnostics:
            self.add(_item(self.key, diagnostic))

    def table(self) -> dict[str, object]:
        """The review of this source as JSON values."""
        names = ("key", "title", "lines", "understood", "awards", "total")
        table: dict[str, object] = {name: getattr(self, name) for name in names}
        table |= {"links": dict(sorted(self.links.items())), "publics": dict(sorted(self.publics.items()))}
        return table | {"items": [item.table() for item in self.items]}


def to_json(reviews: list[SourceReview], others: list[Item]) -> bytes:
    """The review list as it lies in a release: by source, then what belongs to none."""
    table = {"sources": [review.table() for review in reviews], "items": [item.table() for item in others]}
    return json.dumps(table, ensure_ascii=False, indent=1).encode() + b"\n"


def write_rejects(path: Path, rejects: Iterable[Reject]) -> None:
    """Writes every refused value of a table, one row each, to a CSV for the steward; no file when there is none."""
    rows = iter(rejects)
    first = next(rows, None)
    if first is None:
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("line", "column", "value", "kept", "fr", "en"))
        for reject in chain((first,), rows):
            cells = (reject.column, reject.value, "yes" if reject.kept else "no", reject.fr, reject.en)
            writer.writerow((reject.line, *map(guarded, cells)))


def unused(decisions: Decisions) -> list[Item]:
    """The decisions of people that found nothing to apply to in this build."""
    return [
        Item(
            decision.source,
            "decision",
            "warning",
            f"The decision of {decision.date} by {decision.who} about “{decision.place or decision.mention}” applies "
            f"to nothing any more: remove it from {decisions.path.name}, or correct its wording.",
            f"La décision du {decision.date} par {decision.who} sur « {decision.place or decision.mention} » ne "
            f"s'applique plus à rien : retirez-la de {decisions.path.name}, ou corrigez son texte.",
            wording=decision.place or decision.mention,
        )
        for decision in decisions.unused()
    ]


def alike(carriers: list[Entry]) -> Iterator[Item]:
    """The carriers that may be one organisation; a person merges them, or leaves them."""
    for pair in islice(organisation.pairs(carriers), LISTED):
        one, two = pair.kept, pair.other
        yield Item(
            two.source,
            "carrier",
            "info",
            f"“{two.label}” and “{one.label}” may be one organisation ({pair.en}): if so, run "
            f"`laurier merge {two.key} {one.key}`.",
            f"« {two.label} » et « {one.label} » sont peut-être un seul organisme ({pair.fr}) : si oui, lancez "
            f"`laurier merge {two.key} {one.key}`.",
            wording=two.label,
            candidates=(one.label,),
        )


def _item(source: str, diagnostic: Diagnostic) -> Item:
    return Item(
        source, diagnostic.code, diagnostic.severity, diagnostic.en, diagnostic.fr, span=diagnostic.span
    )  # fmt: skip


def _doubts(source: str, subject: str, award: Award, links: Links) -> Iterator[Item]:
    for segment in links.territory:
        if segment.status in _DOUBTFUL and segment.decided is None:
            yield _unresolved(source, subject, award, segment)


def _unresolved(source: str, subject: str, award: Award, segment: Segment) -> Item:
    names = tuple(f"{unit.kind}/{unit.code} {unit.name}" for unit in segment.candidates)
    among_en = f" among {', '.join(names)}" if names else ""
    among_fr = f" parmi {', '.join(names)}" if names else ""
    return Item(
        source,
        "territory",
        "warning",
        f"“{segment.text}” is not linked to a territory: choose{among_en} with `laurier decide`, or leave it.",
        f"« {segment.text} » n'est rapproché d'aucun territoire : choisissez{among_fr} avec `laurier decide`, "
        "ou laissez-le.",
        subject,
        segment.text,
        award.territory.span if award.territory else None,
        names,
    )
