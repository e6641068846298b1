"""The gazetteer: French territorial units of every vintage 2019-2026, with names since 1943, looked up in memory.

Tables and sources are described in `data/gazetteer/README.md`. Loading builds the indexes; every lookup is then a
dictionary access. A gazetteer is immutable in use and safe to share between threads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from laurier import files
from laurier.errors import ReconcileError
from laurier.reconcile import names, tables
from laurier.reconcile.circle import Circle
from laurier.reconcile.nameindex import NameIndex, core
from laurier.reconcile.perimeters import Perimeters
from laurier.reconcile.tables import GROUPS, KINDS, PARTS, Entry
from laurier.reconcile.unit import Successor, Unit

FIRST_VINTAGE, LAST_VINTAGE = 2019, 2026
_DESCRIBED = 200_000


@dataclass(frozen=True, slots=True, repr=False)
class Gazetteer:
    """The tables in memory. Build it with `Gazetteer.load`.

    Attributes:
        entries: every name of every unit.
        by_unit: (kind, code) -> positions in `entries`, oldest name first.
        index: the names under the keys by which they are looked up.
        perimeters: the communes of EPCI and EPT.
        changes: (kind, code) -> rows of the lineage.
        parts: commune -> its déléguées, associées, arrondissements.
        in_departement: département -> positions of communes and parts of communes in `entries`.
        by_postal: postal code -> codes of communes.
        groups: rows of EPCI and EPT with the key of their telling words.
        circles: names of communes (and of EPCI) by département, for approximate matching; filled when first asked for.
        described: units already read, by position and day.
        large: rows of régions and départements.
    """

    entries: list[Entry]
    index: NameIndex
    by_unit: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    perimeters: Perimeters = field(default_factory=Perimeters)
    changes: dict[tuple[str, str], list[tuple[str, ...]]] = field(default_factory=dict)
    parts: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    in_departement: dict[str, list[int]] = field(default_factory=dict)
    by_postal: dict[str, list[str]] = field(default_factory=dict)
    groups: list[tuple[int, str]] = field(default_factory=list)
    large: list[int] = field(default_factory=list)
    circles: dict[tuple[str, frozenset[str]], Circle] = field(default_factory=dict)
    described: dict[tuple[int, str], Unit] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Gazetteer of {len(self.entries)} names>"

    @classmethod
    def load(cls, folder: Path | None = None) -> Gazetteer:
        """Reads the tables of a folder, by default the ones that ship with the package.

        Raises:
            ReconcileError: a table is missing or malformed.
        """
        place = folder if folder is not None else files.folder("data/gazetteer")
        entries = list(tables.entries(place))
        made = cls(entries, NameIndex.of(entries))
        made._units()
        made.perimeters.read(place, made.departement_of)
        for table in ("lineage.tsv", "former-lineage.tsv"):
            for kind, code, *rest in tables.rows(place, table, 8):
                made.changes.setdefault((kind, code), []).append(tuple(rest))
        made._aliases(place)
        return made

    def _units(self) -> None:
        for position, entry in enumerate(self.entries):
            self.by_unit.setdefault((entry.kind, entry.code), []).append(position)
            if entry.kind in GROUPS:
                self.groups.append((position, core(names.words(entry.name.partition("(")[0]))))
            elif entry.kind in ("region", "departement"):
                self.large.append(position)
            if entry.departement:
                self.in_departement.setdefault(entry.departement, []).append(position)
            if entry.parent and entry.kind in PARTS and not entry.end:
                self.parts.setdefault(entry.parent, []).append((entry.kind, entry.code))
            if entry.kind == "commune" and not entry.end:
                for postal in entry.postal.split():
                    self.by_postal.setdefault(postal, []).append(entry.code)

    def _aliases(self, folder: Path) -> None:
        for alias in tables.aliases(folder):
            positions = self.by_unit.get((alias.kind, alias.code))
            if positions is None:
                path = folder / "aliases.tsv"
                raise ReconcileError(
                    f"The alias {alias.name!r} in {path} points to {alias.kind} {alias.code}, which no table has: "
                    "correct it.",
                    f"L'alias {alias.name!r} de {path} renvoie à {alias.kind} {alias.code}, absent des tables : "
                    "corrigez-le.",
                    path=str(path),
                )
            self.index.alias(alias.name, positions[-1])

    # ------------------------------------------------------------------ units

    def unit(self, kind: str, code: str, at: date | None = None) -> Unit | None:
        """The unit as it stood on a day (default: the last vintage), or as it last stood if it was no more.

        Args:
            kind: one of `KINDS`.
            code: INSEE code or SIREN.
            at: the day; days before 2019 are answered from INSEE's history for communes only.
        """
        positions = self.by_unit.get((kind, code))
        if not positions:
            return None
        day = day_of(at)
        for position in positions:
            if in_force(self.entries[position], day):
                return self.describe(position, at)
        return self.describe(positions[-1], at)

    def describe(self, position: int, at: date | None = None) -> Unit:
        """The unit of one row, read at a day where it was in force, else at its last (or first) 1 January."""
        day = day_of(at)
        found = self.described.get((position, day))
        if found is None:
            if len(self.described) >= _DESCRIBED:
                self.described.clear()
            found = self.described[position, day] = self._describe(position, day)
        return found

    def _describe(self, position: int, day: str) -> Unit:
        entry = self.entries[position]
        if not in_force(entry, day):
            ended = bool(entry.end) and entry.end <= day
            day = (date.fromisoformat(entry.end) - timedelta(days=1)).isoformat() if ended else entry.start
        departements = (entry.departement,) if entry.departement else self._departements(entry, day)
        if entry.kind == "departement":
            departements = (entry.code,)
        return Unit(
            kind=entry.kind,
            code=entry.code,
            name=entry.name,
            vintage=int(day[:4]),
            departements=departements,
            region=self._region(entry, departements),
            population=int(entry.population) if entry.population else None,
            start=entry.start,
            end=entry.end,
            form=entry.form,
            parent=entry.parent if entry.kind in PARTS else "",
            became=self.became(entry.kind, entry.code) if self._gone(entry) else (),
        )

    def _gone(self, entry: Entry) -> bool:
        return all(self.entries[position].end for position in self.by_unit[entry.kind, entry.code])

    def _departements(self, entry: Entry, day: str) -> tuple[str, ...]:
        if entry.kind not in GROUPS:
            return ()
        found = {self.departement_of(commune) for commune in self.perimeters.members(entry.code, day)}
        return tuple(sorted(found - {""}))

    def _region(self, entry: Entry, departements: tuple[str, ...]) -> str:
        if entry.kind == "region":
            return entry.code
        found = {self.region_of(departement) for departement in departements}
        return found.pop() if len(found) == 1 else ""

    def departement_of(self, commune: str) -> str:
        """Département of a commune by its code, empty when unknown."""
        positions = self.by_unit.get(("commune", commune))
        return self.entries[positions[-1]].departement if positions else ""

    def region_of(self, departement: str) -> str:
        """Région of a département by its code, empty when unknown or overseas collectivity."""
        positions = self.by_unit.get(("departement", departement))
        return self.entries[positions[-1]].parent if positions else ""

    def departements_of(self, region: str) -> frozenset[str]:
        """Codes of the départements of a région."""
        rows = (self.entries[position] for position in self.large)
        return frozenset(row.code for row in rows if row.kind == "departement" and row.parent == region)

    def communes_in(self, departements: frozenset[str]) -> Circle:
        """The names of communes and parts of communes, in use or not, of some départements."""
        found = self.circles.get(("commune", departements))
        if found is None:
            rows = (position for code in departements for position in self.in_departement.get(code, ()))
            found = Circle.of((self.index.keys[position], position) for position in rows)
            self.circles["commune", departements] = found
        return found

    def groups_in(self, departements: frozenset[str]) -> Circle:
        """The names of EPCI and EPT that reach into some départements; all of them when none is given."""
        found = self.circles.get(("epci", departements))
        if found is None:
            found = Circle.of(
                (key, position)
                for position, key in self.groups
                if not departements or not self.perimeters.reach(self.entries[position].code).isdisjoint(departements)
            )
            self.circles["epci", departements] = found
        return found

    def named(self, name: str) -> tuple[Unit, ...]:
        """Every unit that bears or bore a name (St, case, accents, hyphens do not count), current ones first."""
        parts = names.words(name)
        found = self.index.exact.get(names.exact(parts)) or self.index.loose.get(names.loose(parts), [])
        ordered = sorted(found, key=lambda p: (bool(self.entries[p].end), KINDS.index(self.entries[p].kind)))
        return tuple(self.describe(position) for position in dict.fromkeys(ordered))

    # ------------------------------------------------------------ containment

    def members(self, code: str, at: date | None = None) -> tuple[str, ...]:
        """Codes of the communes of an EPCI or EPT on a day (its nearest known perimeter if it was not in force)."""
        return self.perimeters.members(code, day_of(at))

    def containers(self, kind: str, code: str, at: date | None = None) -> tuple[Unit, ...]:
        """The units that contain a unit on a day, smallest first: commune, EPT, EPCI, département(s), région.

        An EPCI that crosses a boundary is contained by no département (or région).
        """
        unit = self.unit(kind, code, at)
        if unit is None:
            return ()
        found: list[Unit | None] = []
        commune = unit.code if kind == "commune" else unit.parent
        if kind in PARTS:
            found.append(self.unit("commune", commune, at))
        if commune:
            found.extend(self.hosts(commune, at))
        if kind != "departement" and len(unit.departements) == 1:
            found.append(self.unit("departement", unit.departements[0], at))
        if kind != "region" and unit.region:
            found.append(self.unit("region", unit.region, at))
        return tuple(one for one in found if one is not None)

    def hosts(self, commune: str, at: date | None = None) -> tuple[Unit, ...]:
        """The EPT and EPCI that a commune belongs to on a day, EPT first."""
        groups = self.perimeters.hosts(commune, day_of(at))
        found = [(kind, code) for code in groups for kind in ("ept", "epci") if (kind, code) in self.by_unit]
        units = (self.unit(kind, code, at) for kind, code in sorted(found, key=lambda pair: -GROUPS.index(pair[0])))
        return tuple(unit for unit in units if unit is not None)

    # ---------------------------------------------------------------- lineage

    def became(self, kind: str, code: str) -> tuple[Successor, ...]:
        """What a unit became: the steps recorded for it (see `today` for where they lead)."""
        found: list[Successor] = []
        for after, by, event, to_kind, to_code, share in self.changes.get((kind, code), ()):
            positions = self.by_unit.get((to_kind, to_code))
            name = self.entries[positions[-1]].name if positions else ""
            found.append(Successor(to_kind, to_code, name, after, by, event, share))
        return tuple(found)

    def today(self, kind: str, code: str) -> tuple[Unit, ...]:
        """The units of the last vintage that an old unit leads to, through every change; itself if it is in force."""
        seen: set[tuple[str, str]] = set()
        found: dict[tuple[str, str], Unit] = {}
        stack = [(kind, code)]
        while stack:
            step = stack.pop()
            if step in seen:
                continue
            seen.add(step)
            unit = self.unit(*step)
            if unit is not None and not unit.end:
                found[step] = unit
                continue
            if unit is not None and step[0] in PARTS and unit.parent:
                stack.append(("commune", unit.parent))
            stack.extend((next_.kind, next_.code) for next_ in self.became(*step))
        return tuple(found.values())


def day_of(at: date | None) -> str:
    """A day as ISO text, kept within what the tables know."""
    if at is None:
        return f"{LAST_VINTAGE}-01-01"
    return min(at.isoformat(), f"{LAST_VINTAGE}-12-31")


def in_force(entry: Entry, day: str) -> bool:
    """Whether a name was in force on a day (ISO)."""
    return entry.start <= day and (not entry.end or day < entry.end)


__all__ = ["GROUPS", "KINDS", "PARTS", "Entry", "Gazetteer", "Successor", "Unit", "in_force"]
