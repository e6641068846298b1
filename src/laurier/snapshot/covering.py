"""Why a laureate covers a place, in a sentence and as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from laurier.errors import Language
from laurier.snapshot.places import CONTAINS, EQUAL, Cover, Found
from laurier.snapshot.tables import guarded

_KINDS = {
    "commune": ("the commune", "la commune"),
    "commune-deleguee": ("the delegated commune", "la commune déléguée"),
    "commune-associee": ("the associated commune", "la commune associée"),
    "arrondissement-municipal": ("the municipal arrondissement", "l'arrondissement municipal"),
    "epci": ("the EPCI", "l'EPCI"),
    "ept": ("the EPT", "l'EPT"),
    "departement": ("the département", "le département"),
    "region": ("the région", "la région"),
    "lieu": ("the area", "le lieu"),
}
_HEADER = {
    "en": ("laureate", "title", "relation", "territory_kind", "territory_code", "territory_name", "link", "reason"),
    "fr": ("laureat", "titre", "relation", "territoire_nature", "territoire_code", "territoire_nom", "lien", "raison"),
}


def reason(place: Found, cover: Cover, language: Language) -> str:
    """Why a laureate covers a place ("it covers the EPCI of which it is a member")."""
    french = language == "fr"
    kind = _KINDS.get(cover.by.kind, (cover.by.kind, cover.by.kind))[french]
    part = ""
    if cover.status == "partie-de":
        part = ", en partie" if french else ", in part"
    if cover.relation == EQUAL:
        return f"il couvre {place.name}{part}" if french else f"it covers {place.name}{part}"
    named = f"{kind} {cover.by.name}"
    if cover.relation != CONTAINS:
        return (
            f"il couvre {named}, qui en fait partie{part}" if french else f"it covers {named}, which lies in it{part}"
        )
    if cover.until:
        when = f"jusqu'au {cover.until}" if french else f"until {cover.until}"
        return (
            f"il couvre {named}, dont {place.name} était membre {when}{part}"
            if french
            else f"it covers {named}, of which {place.name} was a member {when}{part}"
        )
    if cover.by.kind in ("epci", "ept"):
        return (
            f"il couvre {named}, dont {place.name} est membre{part}"
            if french
            else f"it covers {named}, of which {place.name} is a member{part}"
        )
    return (
        f"il couvre {named}, qui contient {place.name}{part}"
        if french
        else f"it covers {named}, which contains {place.name}{part}"
    )


def table(place: Found, covers: Iterable[Cover], language: Language) -> Iterator[str]:
    """The answers as CSV text (RFC 4180), header first; cells that a spreadsheet would run are guarded."""
    yield _line(_HEADER[language])
    for cover in covers:
        by = cover.by
        yield _line(
            (
                cover.laureate,
                cover.title,
                cover.relation,
                by.kind,
                by.code,
                by.name,
                cover.status,
                reason(place, cover, language),
            )
        )


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerow(guarded(cell) for cell in cells)
    return buffer.getvalue()
