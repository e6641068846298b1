"""Choices made by a person about territories: an append-only CSV, re-applied at every build over the machine's links.

`data/decisions/territories.csv` (UTF-8, comma, header) has one line a decision; a later line about the same words
replaces an earlier one. `data/decisions/README.md` describes its columns for those who edit it by hand.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from laurier.errors import ReconcileError
from laurier.files import alone, write_whole
from laurier.foreign import said
from laurier.reconcile import names
from laurier.reconcile.gazetteer import KINDS, Gazetteer
from laurier.reconcile.territory import Decision, Segment

FOLDER, FILE = "decisions", "territories.csv"
COLUMNS = ("date", "who", "why", "mention", "place", "source", "unit", "status")
#: Written in the column `unit` when the words name no unit.
NO_UNIT = "aucune"
_PIECE = re.compile(r"[^,;\n]+")
_STATUSES = ("", "exact", "partie-de", "historique", "usage", "non-rapproche")


@dataclass(slots=True)
class Decisions:
    """The decisions of a file, and which of them found words to apply to.

    Attributes:
        path: the file.
        lines: its decisions in order.
        used: positions in `lines` of those that applied so far.
        by_mention: folded wording -> positions of the decisions about it, about any wording under "".
    """

    path: Path
    lines: list[Decision] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    by_mention: dict[str, list[int]] = field(init=False, default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Decisions:
        """Reads `territories.csv` of a folder; a missing file holds no decision.

        Raises:
            ReconcileError: the file is not UTF-8 CSV with these columns, or a line is incomplete.
        """
        path = folder / FILE
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return cls(path)
        except (OSError, UnicodeDecodeError) as error:
            raise _refusal(
                path, 1, f"cannot be read ({said(error).en})", f"est illisible ({said(error).fr})"
            ) from error
        return cls(path, list(_parsed(path, text)))

    def apply(
        self,
        mention: str,
        source: str,
        segments: Sequence[Segment],
        gazetteer: Gazetteer,
        on: date | None = None,
    ) -> tuple[Segment, ...]:
        """The segments of a mention with what a person decided in place of what the machine found.

        Args:
            mention: the wording of the territory.
            source: key of the document.
            segments: what `territory.link` found in it.
            gazetteer: describes the units decided for.
            on: day of the project; decides the vintage.
        """
        if not self.lines:
            return tuple(segments)
        found = list(segments)
        for position in self._about(mention):
            decision = self.lines[position]
            if decision.source not in ("", source):
                continue
            span = _span(decision, mention, found)
            if span is None:
                continue
            self.used.add(position)
            found = _placed(found, _decided(decision, mention, span, found, gazetteer, on))
        return tuple(found)

    def _about(self, mention: str) -> list[int]:
        """Positions of the decisions about a wording or about any, in the order of the file."""
        if sum(map(len, self.by_mention.values())) != len(self.lines):
            self.by_mention.clear()
            for position, decision in enumerate(self.lines):
                self.by_mention.setdefault(_key(decision.mention), []).append(position)
        own = self.by_mention.get(_key(mention), []) if _key(mention) else []
        return sorted({*self.by_mention.get("", ()), *own})

    def unused(self) -> tuple[Decision, ...]:
        """Decisions that found no words to apply to since the file was read: they no longer apply.

        A decision that a later line replaces counts as used when the later one is.
        """
        about = {_subject(self.lines[position]) for position in self.used}
        return tuple(
            decision
            for position, decision in enumerate(self.lines)
            if position not in self.used and _subject(decision) not in about
        )

    def append(self, decision: Decision) -> Decisions:
        """Adds a line to the file in one step (the old file stays whole if that fails) and to this object.

        Decisions that somebody else added since this object was read are kept.

        Raises:
            ReconcileError: the decision is incomplete, or the file cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with alone(self.path.parent):
                lines = [*Decisions.read(self.path.parent).lines, decision]
                content = _rendered(lines)
                # What could not be read back would stop every later build.
                self.lines = list(_parsed(self.path, content.decode()))
                write_whole(self.path, content)
        except OSError as error:
            raise _refusal(
                self.path, 1, f"cannot be written ({said(error).en})", f"ne peut être écrit ({said(error).fr})"
            ) from error
        except UnicodeError as error:
            raise _refusal(
                self.path,
                len(lines) + 1,
                "holds a character that is not text",
                "contient un caractère qui n'en est pas un",
            ) from error
        return self


def _parsed(path: Path, text: str) -> Sequence[Decision]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: list[Decision] = []
    try:
        header = next(reader, None)
        if header is None:
            return found
        if tuple(cell.strip() for cell in header) != COLUMNS:
            columns = ",".join(COLUMNS)
            raise _refusal(path, 1, f"must begin with the header {columns}", f"doit commencer par l'en-tête {columns}")
        for cells in reader:
            line = reader.line_num
            if not any(cells):
                continue
            if len(cells) != len(COLUMNS):
                raise _refusal(
                    path,
                    line,
                    f"has {len(cells)} cells instead of {len(COLUMNS)}",
                    f"a {len(cells)} cellules au lieu de {len(COLUMNS)}",
                )
            decision = Decision(*(cell.strip() for cell in cells))
            _check(path, line, decision)
            found.append(decision)
    except csv.Error as error:
        raise _refusal(
            path, reader.line_num, f"is not valid CSV ({said(error).en})", f"n'est pas du CSV valide ({said(error).fr})"
        ) from error
    return found


def _check(path: Path, line: int, decision: Decision) -> None:
    try:
        date.fromisoformat(decision.date)
    except ValueError as error:
        raise _refusal(
            path, line, f"has no date such as 2026-01-31 ({decision.date!r})", "n'a pas de date du type 2026-01-31"
        ) from error
    missing = [name for name in ("who", "why", "unit") if not getattr(decision, name)]
    if missing or not (decision.mention or decision.place):
        lacks = ", ".join(missing) or "mention"
        raise _refusal(path, line, f"lacks {lacks}", f"ne remplit pas {lacks}")
    kind, _, code = decision.unit.partition("/")
    if decision.unit != NO_UNIT and (kind not in KINDS or not code):
        raise _refusal(
            path,
            line,
            f"has the unit {decision.unit!r}: write KIND/CODE such as commune/76231, or {NO_UNIT}",
            f"a l'unité {decision.unit!r} : écrivez GENRE/CODE, par exemple commune/76231, ou {NO_UNIT}",
        )
    if decision.status not in _STATUSES:
        known = ", ".join(_STATUSES[1:])
        raise _refusal(path, line, f"has an unknown status: use {known}", f"a un état inconnu : utilisez {known}")


def _refusal(path: Path, line: int, en: str, fr: str) -> ReconcileError:
    return ReconcileError(
        f"Line {line} of the decisions {path} {en}: correct it.",
        f"La ligne {line} des décisions {path} {fr} : corrigez-la.",
        path=str(path),
        line=line,
    )


def _rendered(decisions: Sequence[Decision]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for decision in decisions:
        writer.writerow([getattr(decision, name) for name in COLUMNS])
    return out.getvalue().encode()


def _subject(decision: Decision) -> tuple[str, str, str]:
    return _key(decision.mention), _key(decision.place), decision.source


def _key(text: str) -> str:
    return " ".join(names.words(text))


def _span(decision: Decision, mention: str, segments: Sequence[Segment]) -> tuple[int, int] | None:
    """Where in the mention the decided words stand: a segment, a piece of a list, else a passage, else nowhere."""
    if not decision.place:
        start = len(mention) - len(mention.lstrip())
        return start, len(mention.rstrip())
    wanted = names.words(decision.place)
    for segment in segments:
        if names.words(segment.text) == wanted:
            return segment.start, segment.end
    for start, end in pieces(mention):  # the machine may have taken words for a qualifier: "Centre Manche"
        if names.words(mention[start:end]) == wanted:
            return start, end
    at = mention.find(decision.place) if decision.mention else -1
    return (at, at + len(decision.place)) if at >= 0 else None


def pieces(mention: str) -> Iterator[tuple[int, int]]:
    """Where the pieces of a wording that lists places stand: what commas, semicolons and lines divide."""
    for match in _PIECE.finditer(mention):
        text = match.group()
        if text.strip():
            yield match.start() + len(text) - len(text.lstrip()), match.end() - len(text) + len(text.rstrip())


def _decided(
    decision: Decision,
    mention: str,
    span: tuple[int, int],
    segments: Sequence[Segment],
    gazetteer: Gazetteer,
    on: date | None,
) -> Segment:
    start, end = span
    before = next((segment for segment in segments if (segment.start, segment.end) == span), None)
    unit = None
    if decision.unit != NO_UNIT:
        kind, _, code = decision.unit.partition("/")
        unit = gazetteer.unit(kind, code, on)
        if unit is None:
            raise ReconcileError(
                f"The decision of {decision.date} by {decision.who} names {decision.unit}, which the gazetteer does "
                "not have: correct the code in the decisions.",
                f"La décision du {decision.date} par {decision.who} nomme {decision.unit}, absent du référentiel : "
                "corrigez le code dans les décisions.",
            )
    status = decision.status or ("usage" if unit is None else "exact")
    if not decision.status and unit is not None and before is not None and before.status == "partie-de":
        status = "partie-de"
    made = Segment(
        text=mention[start:end],
        start=start,
        end=end,
        status=status,
        unit=unit,
        qualifier=before.qualifier if before else None,
        method="decision",
        evidence=(
            f"decided by {decision.who} on {decision.date}: {decision.why}",
            f"décidé par {decision.who} le {decision.date} : {decision.why}",
        ),
        confidence=Decimal(1),
        decided=decision,
    )
    return replace(made, candidates=before.candidates) if before else made


def _placed(segments: Sequence[Segment], made: Segment) -> list[Segment]:
    """The segments with one put in, those that it overlaps taken out."""
    kept = [one for one in segments if one.end <= made.start or one.start >= made.end]
    return sorted([*kept, made], key=lambda segment: segment.start)
