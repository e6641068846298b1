"""Rebuilds the tables of `data/gazetteer/` from the yearly packages of the French administrative divisions.

Source: npm `@etalab/decoupage-administratif` (INSEE, Code officiel géographique; DGCL, EPCI; La Poste, postal codes;
Licence Ouverte 2.0). One package holds one vintage: the state on 1 January. `historique-communes.json`, which only the
oldest package holds, gives the events of the communes from 1943 to 2019-01-01; later events are read from the
difference between two vintages, and their date is then the first vintage that shows them.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from laurier.errors import ReconcileError
from laurier.files import write_whole
from laurier.foreign import said
from laurier.reconcile import lineage
from laurier.reconcile.nearness import with_nearness

#: Vintage -> version of the package (table of its README). 2020 has the EPCI only.
VERSIONS = {
    2019: "0.7.0",
    2020: "0.8.0",
    2021: "1.1.1",
    2022: "2.3.1",
    2023: "3.1.1",
    2024: "4.1.0",
    2025: "5.3.0",
    2026: "6.0.0",
}
PACKAGE = "@etalab/decoupage-administratif"
_WITHOUT_COMMUNES = 2020
_KINDS = {
    "commune-actuelle": "commune",
    "commune-deleguee": "commune-deleguee",
    "commune-associee": "commune-associee",
    "arrondissement-municipal": "arrondissement-municipal",
}
#: Mis-encoded apostrophe of the source ("CC Terre d?Emeraude Communauté").
_REPAIRS = (("d?E", "d'E"),)

Row = tuple[str, ...]
Entry = dict[str, Any]


def tarball(folder: Path, version: str) -> Path:
    """Where `npm pack` leaves a version of the package."""
    return folder / f"etalab-decoupage-administratif-{version}.tgz"


def rebuild(packages: Path, to: Path) -> list[Path]:
    """Writes every table that the packages determine; the hand-kept tables are left alone.

    Args:
        packages: folder with one tarball for each of `VERSIONS`.
        to: folder of the tables.

    Returns:
        the files written.

    Raises:
        ReconcileError: a tarball is missing or does not hold what is expected.
    """
    vintages = {year: _read(tarball(packages, version)) for year, version in VERSIONS.items()}
    with_communes = {year: data for year, data in vintages.items() if year != _WITHOUT_COMMUNES}
    history = vintages[min(vintages)]["historique-communes"]
    observed = _communes(with_communes)
    regions = {code: region for code, _name, region in _departements(vintages[max(vintages)])}
    units = {year: data["epci"] for year, data in vintages.items()}
    tables = {
        "regions.tsv": (("code", "name"), _regions(vintages[max(vintages)])),
        "departements.tsv": (("code", "name", "region"), _departements(vintages[max(vintages)])),
        "epci.tsv": (("kind", "code", "form", "name", "start", "end", "population"), _epci(vintages)),
        "members.tsv": (("code", "start", "end", "communes"), _members(vintages)),
        "communes.tsv": (
            ("kind", "code", "name", "start", "end", "departement", "parent", "population", "postal", "near"),
            with_nearness(lineage.commune_rows(observed, history), regions),
        ),
        "lineage.tsv": (
            ("kind", "code", "after", "by", "event", "to_kind", "to_code", "share"),
            [*lineage.commune_events(observed, history), *lineage.epci_events(units)],
        ),
    }
    return [_write(to / name, header, rows) for name, (header, rows) in tables.items()]


def _read(path: Path) -> dict[str, list[Entry]]:
    wanted = ("regions", "departements", "epci", "ept", "communes", "historique-communes")
    found: dict[str, list[Entry]] = {}
    try:
        with tarfile.open(path) as archive:
            for name in wanted:
                try:
                    file = archive.extractfile(f"package/data/{name}.json")
                except KeyError:
                    continue  # ept.json and historique-communes.json are not in every version
                assert file is not None
                found[name] = json.load(file)
    except (OSError, tarfile.TarError, ValueError) as error:
        raise ReconcileError(
            f"The package {path} cannot be read ({said(error).en}): fetch it with `npm pack {PACKAGE}@VERSION`.",
            f"Le paquet {path} est illisible ({said(error).fr}) : récupérez-le avec `npm pack {PACKAGE}@VERSION`.",
            path=str(path),
        ) from error
    return found


def _write(path: Path, header: Row, rows: Iterable[Row]) -> Path:
    lines = ["\t".join(header), *("\t".join(row) for row in rows)]
    write_whole(path, ("\n".join(lines) + "\n").encode())
    return path


def _regions(latest: Mapping[str, list[Entry]]) -> list[Row]:
    return sorted((entry["code"], entry["nom"]) for entry in latest["regions"] if entry["zone"] != "com")


def _departements(latest: Mapping[str, list[Entry]]) -> list[Row]:
    return sorted(
        (entry["code"], entry["nom"], entry["region"] if entry["zone"] != "com" else "")
        for entry in latest["departements"]
    )


def _communes(vintages: Mapping[int, Mapping[str, list[Entry]]]) -> dict[int, dict[tuple[str, str], lineage.Seen]]:
    seen: dict[int, dict[tuple[str, str], lineage.Seen]] = {}
    for year, data in vintages.items():
        of_year = seen[year] = {}
        for entry in data["communes"]:
            kind = _KINDS[entry["type"]]
            departement = entry.get("departement") or entry.get("collectiviteOutremer", {}).get("code")
            of_year[kind, entry["code"]] = lineage.Seen(
                name=entry["nom"],
                departement=departement or lineage.departement_of(entry["code"]),
                parent=entry.get("chefLieu") or entry.get("commune") or "",
                population=str(entry.get("population") or ""),
                postal=" ".join(entry.get("codesPostaux", ())),
                former=tuple(entry.get("anciensCodes", ())),
            )
    return seen


def _name(entry: Entry) -> str:
    name: str = " ".join(entry["nom"].split())
    for wrong, right in _REPAIRS:
        name = name.replace(wrong, right)
    return name


def _groups(vintages: Mapping[int, Mapping[str, list[Entry]]]) -> dict[tuple[str, str], dict[int, Entry]]:
    """EPCI and EPT by kind and code, then by vintage."""
    groups: dict[tuple[str, str], dict[int, Entry]] = {}
    for year, data in vintages.items():
        for kind in ("epci", "ept"):
            for entry in data.get(kind, ()):
                groups.setdefault((kind, entry["code"]), {})[year] = entry
    return groups


def _first_year(kind: str) -> int:
    """The first vintage that has units of a kind: what is seen then is older than any table."""
    return 2023 if kind == "ept" else min(VERSIONS)


def _epci(vintages: Mapping[int, Mapping[str, list[Entry]]]) -> list[Row]:
    rows: list[Row] = []
    years = list(VERSIONS)
    for (kind, code), by_year in sorted(_groups(vintages).items()):
        named = {year: (entry["type"], _name(entry)) for year, entry in by_year.items()}
        latest = by_year[max(by_year)]
        members = latest.get("membres", ())
        population = latest.get("populationMunicipale") or sum(m.get("populationMunicipale") or 0 for m in members)
        for (form, name), start, end in lineage.runs(named, years, _first_year(kind)):
            rows.append((kind, code, form, name, start, end, str(population or "")))
    return rows


def _members(vintages: Mapping[int, Mapping[str, list[Entry]]]) -> list[Row]:
    rows: list[Row] = []
    years = list(VERSIONS)
    for (kind, code), by_year in sorted(_groups(vintages).items(), key=lambda item: item[0][1]):
        sets = {year: " ".join(sorted(m["code"] for m in entry["membres"])) for year, entry in by_year.items()}
        rows.extend((code, start, end, codes) for codes, start, end in lineage.runs(sets, years, _first_year(kind)))
    return rows
