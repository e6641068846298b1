"""A territorial unit as it stood in one vintage, and what it became."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Successor:
    """What a unit became.

    Attributes:
        kind, code, name: the successor, under its latest name.
        after, by: the change took place after the first date (equal dates: on that day) and by the second.
        event: what happened, in the words of INSEE.
        share: how much of the old unit went there (`12/15` of its communes, `part`), empty for the whole.
    """

    kind: str
    code: str
    name: str
    after: str
    by: str
    event: str
    share: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it stood in one vintage.

    Attributes:
        kind: one of `tables.KINDS`.
        code: INSEE code, SIREN for an EPCI or EPT.
        name: its official name in that vintage.
        vintage: the year whose 1 January it is read at.
        departements: codes of the départements it lies in.
        region: code of the région, empty where there is none or several.
        population: inhabitants (municipal population of the latest vintage), None where unknown.
        start, end: period of that name, ISO dates, empty where open.
        form: legal form of an EPCI.
        parent: commune that a déléguée, associée or arrondissement is part of.
        became: what it became, for a unit that is no more.
    """

    kind: str
    code: str
    name: str
    vintage: int
    departements: tuple[str, ...] = ()
    region: str = ""
    population: int | None = None
    start: str = ""
    end: str = ""
    form: str = ""
    parent: str = ""
    became: tuple[Successor, ...] = ()
