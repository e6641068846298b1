"""Perimeters of EPCI and EPT: their communes in every vintage, and where those lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from laurier.reconcile import tables


@dataclass(frozen=True, slots=True)
class Perimeters:
    """The communes of each EPCI and EPT.

    Attributes:
        periods: EPCI or EPT -> start, end (ISO days, empty where open) and communes, joined by spaces.
        host: commune -> EPCI and EPT that hold it or held it.
        reached: EPCI or EPT -> départements of its communes of every vintage.
    """

    periods: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    host: dict[str, list[str]] = field(default_factory=dict)
    reached: dict[str, frozenset[str]] = field(default_factory=dict)

    def read(self, folder: Path, departement_of: Callable[[str], str]) -> None:
        """Adds the tables of a folder.

        Args:
            folder: of the gazetteer.
            departement_of: gives the département of a commune, empty when unknown.

        Raises:
            ReconcileError: a table is missing or malformed.
        """
        # Groups dissolved before the first vintage are in no package: their members are curated, with their source.
        found_in = ("members.tsv", "former-members.tsv")
        for code, start, end, communes in (row for name in found_in for row in tables.rows(folder, name, 4)):
            self.periods.setdefault(code, []).append((start, end, communes))
            for commune in communes.split():
                hosts = self.host.setdefault(commune, [])
                if code not in hosts:
                    hosts.append(code)
            found = {departement_of(commune) for commune in communes.split()}
            self.reached[code] = self.reached.get(code, frozenset()) | (found - {""})

    def members(self, code: str, day: str) -> tuple[str, ...]:
        """Codes of the communes of an EPCI or EPT on a day (its nearest known perimeter if it was not in force)."""
        periods = self.periods.get(code, ())
        for start, end, communes in periods:
            if start <= day and (not end or day < end):
                return tuple(communes.split())
        if not periods:
            return ()
        chosen = periods[0] if day < (periods[0][0] or "0") else periods[-1]
        return tuple(chosen[2].split())

    def hosts(self, commune: str, day: str) -> list[str]:
        """The EPCI and EPT that a commune belongs to on a day."""
        return [
            code
            for code in self.host.get(commune, ())
            if any(
                start <= day and (not end or day < end) and commune in communes.split()
                for start, end, communes in self.periods[code]
            )
        ]

    def reach(self, epci: str) -> frozenset[str]:
        """The départements that an EPCI or EPT reaches into, or reached into in any vintage."""
        return self.reached.get(epci, frozenset())
