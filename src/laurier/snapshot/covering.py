"""Why a laureate covers a place, in a sentence."""

from __future__ import annotations

from laurier.errors import Language
from laurier.snapshot.places import CONTAINS, EQUAL, Cover, Found

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
