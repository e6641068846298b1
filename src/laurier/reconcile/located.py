"""What a table prints beside a name to place it: codes of communes, postal codes, départements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from laurier.reconcile.gazetteer import Gazetteer, Unit
from laurier.reconcile.territory import Segment

CODE = "code-commune"
_CERTAIN = Decimal("0.99")


def departement(located: Iterable[tuple[str, str]], gazetteer: Gazetteer) -> str:
    """The département that the codes of a row agree on; empty when they name none or several.

    Args:
        located: kind (code-commune, postcode, departement) and printed value.
        gazetteer: every unit.
    """
    found: set[str] = set()
    for kind, value in located:
        if kind == CODE:
            found.add(gazetteer.departement_of(_code(value)))
        elif kind == "postcode":
            found |= {gazetteer.departement_of(commune) for commune in gazetteer.by_postal.get(value.strip(), ())}
        elif kind == "departement":
            code = value.strip().upper().zfill(2)
            named = [unit.code for unit in gazetteer.named(value) if unit.kind == "departement"]
            found.update([code] if gazetteer.unit("departement", code) else named[:1])
    found.discard("")
    return found.pop() if len(found) == 1 else ""


def by_code(wording: str, located: Iterable[tuple[str, str]], gazetteer: Gazetteer, on: date | None) -> Segment | None:
    """The commune of the code that a row prints, as the one place of a wording; None when no code is known.

    Args:
        wording: what the source prints for the territory (the code itself where it prints nothing else).
        located: kind and printed value.
        gazetteer: every unit.
        on: day of the project; decides the vintage.
    """
    codes = [_code(value) for kind, value in located if kind == CODE]
    units = [unit for unit in (gazetteer.unit("commune", code, on) for code in codes) if unit is not None]
    return _segment(wording, units[0]) if len(units) == 1 else None


def _segment(wording: str, unit: Unit) -> Segment:
    return Segment(
        text=wording,
        start=0,
        end=len(wording),
        status="historique" if unit.became else "exact",
        unit=unit,
        qualifier=None,
        method="code",
        evidence=(
            f"the source prints the code {unit.code}; {unit.name}, vintage {unit.vintage}",
            f"la source imprime le code {unit.code} ; {unit.name}, millésime {unit.vintage}",
        ),
        confidence=_CERTAIN,
    )


def _code(value: str) -> str:
    # Spreadsheets drop the leading zero of a code (`1004` for `01004`).
    plain = value.strip().upper()
    return plain.zfill(5) if plain.isdigit() else plain
