"""A declared mapping of columns to fields, and the profile recognised by the heading of a table."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from laurier.errors import SourceError
from laurier.sources.lines import fold

_FOLDER = Path(__file__).parent / "profiles"
#: What a column may hold.
FIELDS = frozenset(
    (
        *("carrier", "identifier", "rna", "title", "description", "territory", "departement", "region", "code_commune"),
        *("postcode", "public", "beneficiaries", "amount", "start", "end", "period", "duration", "status", "call"),
        *("reference", "seat", "results", "ordinal", "other"),
    )
)
_SEVERAL = frozenset(("amount", "other", "carrier", "description"))
_UNIT = re.compile(
    r"\(?\s*(?:en\s+)?(?:k€|keuros?|milliers d'euros|m€|meuros?|millions d'euros|€|euros?|eur|ttc|ht)\s*\)?\s*$"
)
# A sum asked for or foreseen is not the one that was granted; a partner is not the carrier.
_ASIDE = re.compile(
    r"demand|sollicit|previ|depens|autofinanc|verse|partenair|contact|referent|mail|telephone|\btype|categor"
)
_THOUSANDS = re.compile(r"k€|keuro|milliers d'euros")
_MILLIONS = re.compile(r"(?<!k)m€|meuro|millions d'euros")


def key(heading: str) -> str:
    """What two spellings of a heading have in common: letters and digits, no accent, no unit.

    >>> key("nom_Bénéficiaire") == key("nomBeneficiaire")
    True
    """
    return re.sub(r"[^a-z0-9]+", "", _UNIT.sub("", fold(heading).strip()))


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of table.

    Attributes:
        name, title: its name in source.toml, and for people.
        columns: key of a heading -> field.
        required: groups of fields; of each group one must be there.
        witness: fields of which one must be there besides.
    """

    name: str
    title: str
    columns: Mapping[str, str]
    required: Sequence[Sequence[str]]
    witness: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        at: its place, from 0.
        heading: as printed.
        field: what it holds; "" for a column that the profile does not know.
        scale: what its numbers count, in euros.
    """

    at: int
    heading: str
    field: str
    scale: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Mapped:
    """The columns of a table under a profile.

    Attributes:
        profile: the profile.
        columns: every column.
        score: how many columns hold a field.
        missing: groups of required fields that no column holds.
    """

    profile: Profile
    columns: tuple[Column, ...]
    score: int
    missing: tuple[Sequence[str], ...] = field(default=())


def names() -> list[str]:
    """The profiles that ship with the package, the most particular first."""
    return ["scdl-subventions", "operations-ue", "laureats"]


def load(name: str) -> Profile:
    """A profile that ships with the package.

    Raises:
        SourceError: there is none of that name.
    """
    if name not in names():
        raise SourceError(
            f"there is no table profile '{name}': the profiles are {', '.join(names())}.",
            f"le profil de tableau « {name} » n'existe pas : les profils sont {', '.join(names())}.",
        )
    table = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    columns = {key(heading): owner for owner, headings in table["columns"].items() for heading in headings}
    return Profile(name, table["title"], columns, table["required"], table.get("witness", ()))


def declared(columns: Mapping[str, object]) -> dict[str, str]:
    """The columns that source.toml maps: key of a heading -> field.

    Raises:
        SourceError: a field is unknown.
    """
    made: dict[str, str] = {}
    for heading, owner in columns.items():
        if owner not in FIELDS and owner != "":
            raise SourceError(
                f"[columns] maps '{heading}' to '{owner}', which is no field; the fields are "
                f"{', '.join(sorted(FIELDS))}.",
                f"[columns] associe « {heading} » à « {owner} », qui n'est pas un champ ; les champs "
                f"sont {', '.join(sorted(FIELDS))}.",
            )
        made[key(heading)] = str(owner)
    return made


def mapped(profile: Profile, headings: Sequence[str], own: Mapping[str, str]) -> Mapped:
    """The columns of a table under a profile and the mapping of its source."""
    taken: set[str] = set()
    columns: list[Column] = []
    owners = [own.get(spelt, profile.columns.get(spelt, "")) for spelt in map(key, headings)]
    for at, heading in enumerate(headings):
        owner = owners[at] or ("" if key(heading) in own else _longer(heading, profile, owners))
        if owner in taken and owner not in _SEVERAL:
            owner = "other"
        if owner:
            taken.add(owner)
        columns.append(Column(at, " ".join(heading.split()), owner, _scale(heading)))
    missing = [group for group in profile.required if not taken.intersection(group)]
    if profile.witness and not taken.intersection(profile.witness):
        missing.append(profile.witness)
    return Mapped(profile, tuple(columns), sum(bool(column.field) for column in columns), tuple(missing))


def _longer(heading: str, profile: Profile, owners: Sequence[str]) -> str:
    """The field of a heading that begins as a known one ("Commune d'implantation"), when no column holds it yet."""
    spelt = key(heading)
    if _ASIDE.search(fold(heading)):
        return ""
    beginnings = [name for name in profile.columns if len(name) >= 6 and spelt.startswith(name)]
    owner = profile.columns[max(beginnings, key=len)] if beginnings else ""
    return "" if owner in owners or owner == "other" else owner


def recognise(headings: Sequence[str], own: Mapping[str, str], wanted: str = "") -> Mapped | None:
    """The profile that fits a row of headings: nothing required is missing, and most columns are known.

    Args:
        headings: the cells of the row.
        own: the mapping of source.toml.
        wanted: name of the only profile to try, empty for all.
    """
    best: Mapped | None = None
    for name in [wanted] if wanted else names():
        found = mapped(load(name), headings, own)
        if not found.missing and (best is None or found.score > best.score):
            best = found
    return best


def _scale(heading: str) -> Decimal:
    folded = fold(heading)
    if _THOUSANDS.search(folded):
        return Decimal(1000)
    return Decimal(1_000_000) if _MILLIONS.search(folded) else Decimal(1)
