"""Accuracy and speed of the territorial links on a CSV of names whose right code is known."""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from laurier.errors import ReconcileError
from laurier.foreign import said
from laurier.reconcile import names
from laurier.reconcile.gazetteer import KINDS, Gazetteer
from laurier.reconcile.territory import Context, Segment, link

#: Column -> headers under which it is known, folded.
_HEADERS = {
    "name": ("name", "nom", "mention", "libelle"),
    "kind": ("kind", "type", "nature", "genre"),
    "departement": ("departement", "dep", "dept", "department", "codedepartement"),
    "code": ("code", "expected", "expectedcode", "codeattendu", "codeinsee", "insee", "siren"),
}
_KINDS = {" ".join(names.words(kind)): kind for kind in KINDS}
_KINDS |= dict.fromkeys(("com", "commune actuelle", "commune nouvelle", "ville"), "commune")
_KINDS |= dict.fromkeys(("cc", "ca", "cu", "metro", "metropole", "met69", "intercommunalite"), "epci")
_KINDS |= {"comd": "commune-deleguee", "coma": "commune-associee", "arm": "arrondissement-municipal"}
_KINDS |= {"dep": "departement", "reg": "region"}
#: Wrong links kept to be shown.
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Case:
    """A name whose right code is known; an empty code means that nothing should be linked."""

    name: str
    kind: str
    departement: str
    code: str


@dataclass(slots=True)
class Tally:
    """Outcomes of some names.

    Attributes:
        right: the code expected, or nothing where nothing was expected.
        heir: another code of the same lineage: what the unit expected became, or the other way round.
        abstained: no link where one was expected.
        wrong: any other link.
    """

    right: int = 0
    heir: int = 0
    abstained: int = 0
    wrong: int = 0

    @property
    def total(self) -> int:
        """Number of names."""
        return self.right + self.heir + self.abstained + self.wrong

    def share(self, outcome: str) -> float:
        """Share of an outcome in hundredths of the total."""
        return 100 * int(getattr(self, outcome)) / self.total if self.total else 0.0


@dataclass(slots=True)
class Report:
    """Tallies by kind, wrong links to look at, and speed.

    Attributes:
        by_kind: kind of the file -> tally.
        shown: wrong links, the first ones: the case and the code that was linked.
        seconds: processor time spent linking, loading not included.
    """

    by_kind: dict[str, Tally] = field(default_factory=dict)
    shown: list[tuple[Case, str]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def total(self) -> Tally:
        """All kinds together."""
        sums: Counter[str] = Counter()
        for tally in self.by_kind.values():
            for name in ("right", "heir", "abstained", "wrong"):
                sums[name] += getattr(tally, name)
        return Tally(sums["right"], sums["heir"], sums["abstained"], sums["wrong"])

    @property
    def per_second(self) -> float:
        """Names linked in a second of one core."""
        return self.total.total / self.seconds if self.seconds else 0.0

    def lines(self) -> list[str]:
        """The report as lines of text."""
        head = f"{'kind':<26}{'names':>9}{'right %':>10}{'heir %':>9}{'abstain %':>11}{'wrong %':>10}"
        rows = [*sorted(self.by_kind.items()), ("all", self.total)]
        body = [
            f"{kind or '-':<26}{tally.total:>9}{tally.share('right'):>10.3f}{tally.share('heir'):>9.3f}"
            f"{tally.share('abstained'):>11.3f}{tally.share('wrong'):>10.3f}"
            for kind, tally in rows
        ]
        return [head, *body, f"{self.per_second:,.0f} names/s"]


def bench(file: Path, gazetteer: Gazetteer | None = None, hint: bool = True) -> Report:
    """Links every name of a CSV and compares with the code expected.

    Args:
        file: UTF-8 CSV with a header: name, kind, département, expected code (English or French names; comma,
            semicolon or tab). Empty kind or département: not known. Empty code: nothing should be linked.
        gazetteer: loaded when not given.
        hint: whether the kind is told to the matcher, as a reconciliation client tells the type it looks for.

    Raises:
        ReconcileError: the file is not readable as such.
    """
    return measure(_cases(file), gazetteer or Gazetteer.load(), hint)


def measure(cases: Iterable[Case], gazetteer: Gazetteer, hint: bool = True) -> Report:
    """Links cases one by one and tallies the outcomes."""
    asked = list(cases)
    contexts = [Context(departement=case.departement, kind=_hint(case.kind) if hint else "") for case in asked]
    begun = time.process_time()
    answers = [link(case.name, context, gazetteer) for case, context in zip(asked, contexts, strict=True)]
    report = Report(seconds=time.process_time() - begun)
    for case, segments in zip(asked, answers, strict=True):
        tally = report.by_kind.setdefault(case.kind, Tally())
        outcome, code = judge(case, segments, gazetteer)
        setattr(tally, outcome, getattr(tally, outcome) + 1)
        if outcome == "wrong" and len(report.shown) < SHOWN:
            report.shown.append((case, code))
    return report


def _hint(kind: str) -> str:
    """The kind that a column means: ours, or what other tables write."""
    folded = " ".join(names.words(kind))
    return _KINDS.get(folded, "")


def judge(case: Case, segments: tuple[Segment, ...], gazetteer: Gazetteer) -> tuple[str, str]:
    """The outcome for one case and the codes that were linked."""
    units = [segment.unit for segment in segments if segment.unit is not None]
    codes = " ".join(unit.code for unit in units)
    if not units:
        return ("abstained" if case.code else "right"), codes
    if len(units) > 1 or not case.code:
        return "wrong", codes
    unit, wanted = units[0], case.code.upper().zfill(len(units[0].code))
    told = _hint(case.kind)
    if unit.code == wanted and (not told or _same_level(unit.kind, told)):
        return "right", codes
    kinds = [kind for kind in KINDS if not told or _same_level(kind, told)]
    expected = {one.code for kind in kinds for one in gazetteer.today(kind, wanted) if one.code != wanted}
    got = {one.code for one in gazetteer.today(unit.kind, unit.code)}
    return ("heir" if unit.code in expected or wanted in got - {unit.code} else "wrong"), codes


def _same_level(one: str, other: str) -> bool:
    """A département is not the commune of its code, but a déléguée and the commune of its code are one place."""
    levels = {"region": 0, "departement": 1, "epci": 2, "ept": 2}
    return levels.get(one, 3) == levels.get(other, 3)


def _cases(file: Path) -> list[Case]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(
            file, f"cannot be read as UTF-8 ({said(error).en})", f"est illisible en UTF-8 ({said(error).fr})"
        ) from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.DictReader(text.splitlines(), delimiter=delimiter)
    columns = _columns(rows.fieldnames or [])
    if "name" not in columns or "code" not in columns:
        raise _refused(
            file,
            "needs the columns name, kind, departement, code",
            "doit avoir les colonnes name, kind, departement, code",
        )
    return [
        Case(
            **{name: (row.get(columns.get(name, "")) or "").strip() for name in ("name", "kind", "departement", "code")}
        )
        for row in rows
    ]


def _columns(headers: Iterable[str]) -> dict[str, str]:
    folded = {names.exact(names.words(header)): header for header in headers if header}
    found = {}
    for column, known in _HEADERS.items():
        header = next((folded[name] for name in known if name in folded), None)
        if header is not None:
            found[column] = header
    return found


def _refused(file: Path, en: str, fr: str) -> ReconcileError:
    return ReconcileError(
        f"The file {file} {en}: give a CSV such as the one described in docs/territories.md.",
        f"Le fichier {file} {fr} : donnez un CSV tel que décrit dans docs/territories.md.",
        path=str(file),
    )
