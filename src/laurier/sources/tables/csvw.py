"""CSV on the Web metadata beside a table (W3C Recommendation, 2015): its dialect and what its columns mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from laurier.errors import SourceError
from laurier.foreign import Said, said
from laurier.sources.manifest import inside
from laurier.sources.tables.profile import FIELDS

_LARGEST = 4 << 20
_NAMESPACE = "https://w3id.org/laurier/ns#"
#: Properties that a column may declare, and the field that holds them.
_PROPERTIES = {
    "carrier": "carrier",
    "territory": "territory",
    "public": "public",
    "budget": "amount",
    "call": "call",
    "seat": "seat",
    "reference": "reference",
    "period": "period",
    "plannedDuration": "duration",
    "expectedBeneficiaries": "beneficiaries",
}
_OTHERS = {
    "http://purl.org/dc/terms/title": "title",
    "dcterms:title": "title",
    "http://purl.org/dc/terms/description": "description",
    "dcterms:description": "description",
    "http://www.w3.org/ns/org#identifier": "identifier",
    "org:identifier": "identifier",
}


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the metadata of a table says.

    Attributes:
        separator, encoding: of its dialect, empty when not said.
        columns: heading -> field.
    """

    separator: str = ""
    encoding: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


def beside(path: Path) -> Metadata:
    """The metadata of a table: `<file>-metadata.json`, or `csv-metadata.json` in its folder (section 5).

    Raises:
        SourceError: the file is there but is not CSVW metadata.
    """
    for name in (f"{path.name}-metadata.json", f"{path.stem}-metadata.json", "csv-metadata.json"):
        if (path.parent / name).exists():
            return _read(inside(path.parent, name))
    return Metadata()


def _read(path: Path) -> Metadata:
    try:
        table = json.loads(path.read_bytes()) if path.stat().st_size <= _LARGEST else None
    except (ValueError, RecursionError, OSError) as error:
        raise _wrong(path, said(error)) from error
    if not isinstance(table, dict):
        raise _wrong(path, Said("not an object", "ce n'est pas un objet"))
    dialect = table.get("dialect", {})
    schema = table.get("tableSchema", {})
    tables = table.get("tables")
    if isinstance(tables, list) and tables and isinstance(tables[0], dict):
        schema = tables[0].get("tableSchema", schema)
        dialect = tables[0].get("dialect", dialect)
    if not isinstance(dialect, dict) or not isinstance(schema, dict) or not isinstance(schema.get("columns", []), list):
        raise _wrong(
            path, Said("dialect or tableSchema of the wrong type", "dialect ou tableSchema n'est pas du bon type")
        )
    columns: dict[str, str] = {}
    for column in schema.get("columns", []):
        if isinstance(column, dict):
            _column(column, columns)
    return Metadata(_text(dialect, "delimiter"), _text(dialect, "encoding"), columns)


def _column(column: Mapping[str, Any], columns: dict[str, str]) -> None:
    """The field that a column declares by its property or its name, under each of its titles."""
    meant = _text(column, "propertyUrl")
    name = _text(column, "name")
    local = meant.removeprefix(_NAMESPACE).removeprefix("lau:")
    owner = _OTHERS.get(meant) or (_PROPERTIES.get(local) if local != meant else None)
    if owner is None and name in FIELDS:
        owner = name
    if owner is None:
        return
    titles = column.get("titles", name)
    for title in _titles(titles) or [name]:
        columns[title] = owner


def _titles(titles: object) -> list[str]:
    if isinstance(titles, str):
        return [titles]
    if isinstance(titles, list):
        return [title for title in titles if isinstance(title, str)]
    if isinstance(titles, dict):
        return [title for entry in titles.values() for title in _titles(entry)]
    return []


def _text(table: Mapping[str, Any], name: str) -> str:
    value = table.get(name, "")
    return value if isinstance(value, str) else ""


def _wrong(path: Path, why: Said) -> SourceError:
    return SourceError(
        f"{path} is not CSVW metadata ({why.en}): correct it, or remove it and map the columns in source.toml.",
        f"{path} n'est pas un fichier de métadonnées CSVW ({why.fr}) : corrigez-le, ou retirez-le et "
        "associez les colonnes dans source.toml.",
        path=str(path),
    )
