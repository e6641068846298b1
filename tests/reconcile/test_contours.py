"""Contours imported: the code and the kind found as IGN, Etalab and portals write them, or a sentence and nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from laurier.errors import DataRefused
from laurier.geometry.kept import Contours
from laurier.reconcile.contours import Imported, import_
from laurier.reconcile.gazetteer import Gazetteer
from laurier.reconcile.references import References

LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
REFERENCES = References()


def square(kind: str, code: str, *, moved: float = 0) -> dict[str, Any]:
    """A polygon around where the gazetteer puts a unit."""
    point = REFERENCES.point(kind, code)
    x, y = (point.longitude + moved, point.latitude) if point else (55.5, -21.1)
    ring = [[x - 0.1, y - 0.1], [x + 0.1, y - 0.1], [x + 0.1, y + 0.1], [x - 0.1, y + 0.1], [x - 0.1, y - 0.1]]
    return {"type": "Polygon", "coordinates": [ring]}


def written(path: Path, features: list[dict[str, Any]], **members: Any) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", **members, "features": features}), encoding="utf-8")
    return path


def feature(geometry: dict[str, Any] | None, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


@pytest.fixture
def take(tmp_path: Path, gazetteer: Gazetteer) -> Callable[..., Imported]:
    def run(features: list[dict[str, Any]], name: str = "f.geojson", **options: Any) -> Imported:
        path = written(tmp_path / name, features)
        return import_(path, tmp_path / "data", gazetteer, licence=LICENCE, **options)

    return run


ROUEN, CAEN = ("76540", "Rouen"), ("14118", "Caen")
IGN = [
    feature(
        square("commune", code), NOM=name, INSEE_COM=code, INSEE_DEP=code[:2], INSEE_REG="28", SIREN_EPCI="200023414"
    )
    for code, name in (ROUEN, CAEN)
]


def test_communes_of_ign_are_told_from_what_contains_them(take: Callable[..., Imported], tmp_path: Path) -> None:
    found = take(IGN, "ADE_COMMUNE_2026.geojson", source="IGN")
    assert (found.note.kind, found.note.count, found.note.vintage) == ("commune", 2, "2026")
    assert list(found.left_out()) == []
    kept = Contours(tmp_path / "data" / "geometry")
    assert kept.codes("commune") == ["14118", "76540"]
    assert kept.notes["commune"].credit == "IGN (2026)"
    shape = kept.shape("commune", "14118")
    assert shape is not None
    assert shape.box == pytest.approx((-0.47, 49.09, -0.27, 49.29), abs=0.02)
    assert kept.shape("commune", "76217") is None
    # What is kept is GeoJSON that others read.
    table = json.loads((tmp_path / "data" / "geometry" / "commune.geojson").read_bytes())
    assert [f["properties"]["nom"] for f in table["features"]] == ["Caen", "Rouen"]


def test_one_commune_without_a_name_is_not_taken_for_its_region(take: Callable[..., Imported]) -> None:
    only = {"INSEE_COM": "76540", "INSEE_DEP": "76", "INSEE_REG": "28"}
    assert take([feature(square("commune", "76540"), **only)]).note.kind == "commune"


ETALAB = {
    "region": [("11", "Île-de-France"), ("28", "Normandie")],
    "departement": [("11", "Aude"), ("28", "Eure-et-Loir")],
    "epci": [("200023414", "Métropole Rouen Normandie"), ("200065597", "CU Caen la Mer")],
    "commune": [ROUEN, CAEN],
}


@pytest.mark.parametrize("kind", ETALAB)
def test_a_property_code_is_read_by_the_names_beside_it(kind: str, take: Callable[..., Imported]) -> None:
    found = take([feature(square(kind, code), code=code, nom=name) for code, name in ETALAB[kind]])
    assert (found.note.kind, found.note.count) == (kind, 2)


def test_codes_of_several_kinds_without_a_name_are_asked_back(take: Callable[..., Imported], tmp_path: Path) -> None:
    features = [feature(square("region", code), code=code) for code, _ in ETALAB["region"]]
    with pytest.raises(DataRefused, match="--kind"):
        take(features)
    assert not (tmp_path / "data").exists()
    assert take(features, kind="region").note.kind == "region"


def test_numbers_lists_and_identifiers_of_features_are_codes_too(take: Callable[..., Imported]) -> None:
    ain = [feature(square("commune", "01004"), code_insee=1004, nom="Ambérieu-en-Bugey")]
    assert take(ain).note.count == 1
    portal = [feature(square("commune", code), com_code=[code], com_name=[name]) for code, name in (ROUEN, CAEN)]
    assert take(portal).note.count == 2
    by_id = [feature(square("departement", "76")) | {"id": "76", "properties": None}]
    assert take(by_id, kind="departement").note.count == 1


def test_a_unit_in_two_features_is_one_and_the_unknown_are_told(
    take: Callable[..., Imported], gazetteer: Gazetteer, tmp_path: Path
) -> None:
    features = [feature(square("commune", c), code_insee=c, nom=n) for c, n in (ROUEN, CAEN) for _ in range(1)] * 10
    apart = square("commune", "76540", moved=0.3)
    features.append(feature(apart, code_insee="76540", nom="Rouen"))
    features.append(feature(apart, code_insee="99999", nom="Nulle-Part"))
    with pytest.raises(DataRefused):  # the same codes again and again are no code
        take(features)
    found = take([*features[:2], *features[-2:-1], *_others(gazetteer, 20), features[-1]], kind="commune")
    assert found.unknown == ["99999"]
    assert found.note.count == 22
    shape = Contours(tmp_path / "data" / "geometry").shape("commune", "76540")
    assert shape is not None
    assert len(shape.polygons) == 2


def _others(gazetteer: Gazetteer, count: int) -> list[dict[str, Any]]:
    codes = [e.code for e in gazetteer.entries if e.kind == "commune" and e.departement == "14" and not e.end]
    known = [code for code in codes if code != "14118" and REFERENCES.point("commune", code)]
    return [feature(square("commune", code), code_insee=code) for code in known][:count]


def test_overseas_units_without_a_known_extent_are_taken(take: Callable[..., Imported], tmp_path: Path) -> None:
    found = take([feature(square("departement", "974"), code="974", nom="La Réunion")])
    assert found.note.count == 1
    contours = Contours(tmp_path / "data" / "geometry")
    references = References(outlines=contours.shape)
    extent = references.extent("departement", "974")
    assert REFERENCES.extent("departement", "974") is None
    assert extent is not None
    assert extent.box.startswith("POLYGON((55.4 ")
    assert references.point("departement", "974") is not None


@pytest.mark.parametrize("wrong", ["swapped", "far"])
def test_contours_that_lie_elsewhere_are_refused(wrong: str, take: Callable[..., Imported], tmp_path: Path) -> None:
    geometry = square("commune", "76540", moved=5 if wrong == "far" else 0)
    if wrong == "swapped":
        geometry["coordinates"] = [[[y, x] for x, y in geometry["coordinates"][0]]]
    with pytest.raises(DataRefused, match="far from where"):
        take([feature(geometry, INSEE_COM="76540", NOM="Rouen")])
    assert not (tmp_path / "data").exists()


def test_one_that_lies_elsewhere_among_many_is_left_out(take: Callable[..., Imported], gazetteer: Gazetteer) -> None:
    far = feature(square("commune", "76540", moved=9), code_insee="76540")
    found = take([far, *_others(gazetteer, 15)])
    assert found.elsewhere == ["76540"]
    assert found.note.count == 15
    assert ["1 contour left out" in en for en, _ in found.left_out()] == [True]


BOW = {"type": "Polygon", "coordinates": [[[1.0, 49.4], [1.2, 49.4], [1.0, 49.5], [1.25, 49.55], [1.0, 49.4]]]}


def test_a_contour_that_crosses_itself_is_left_out_and_told(
    take: Callable[..., Imported], gazetteer: Gazetteer
) -> None:
    found = take([feature(BOW, code_insee="76540"), *_others(gazetteer, 15)])
    assert found.crossed == ["76540"]
    assert found.note.count == 15
    [(en, fr)] = found.left_out()
    assert en == "1 contour left out, crossing itself: 76540."
    assert fr == "1 contour écarté, qui se croise : 76540."
    with pytest.raises(DataRefused, match="crossing itself: 76540"):
        take([feature(BOW, INSEE_COM="76540", NOM="Rouen")])


def test_what_is_not_in_degrees_is_said_before_anything_is_asked(take: Callable[..., Imported]) -> None:
    lambert = {"type": "Polygon", "coordinates": [[[561e3, 6928e3], [562e3, 6928e3], [562e3, 6929e3], [561e3, 6928e3]]]}
    with pytest.raises(DataRefused, match="not in degrees"):
        take([feature(lambert, code="28")])


@pytest.mark.parametrize(
    "features",
    [
        [],
        [feature(square("commune", "76540"))],
        [feature(square("commune", "76540"), nom="Rouen")],
        [feature(square("commune", "76540"), code="rouen", nom="Rouen")],
        [feature(square("commune", "76540"), code=True, INSEE_COM=None, nom="Rouen")],
        [feature(None, INSEE_COM="76540")],
        [feature({"type": "Point", "coordinates": [1, 49]}, INSEE_COM="76540")],
        [feature({"type": "Polygon", "coordinates": [[[1, 49]] * 4]}, INSEE_COM="76540")],
        [{"type": "Feature"}],
    ],
)
def test_what_cannot_be_told_or_drawn_writes_nothing(
    features: list[dict[str, Any]], take: Callable[..., Imported], tmp_path: Path
) -> None:
    with pytest.raises(DataRefused) as told:
        take(features)
    assert "f.geojson" in told.value.en
    assert told.value.en != told.value.fr
    assert not (tmp_path / "data").exists()


def test_a_later_import_takes_the_place_of_the_earlier_one(take: Callable[..., Imported], tmp_path: Path) -> None:
    take(IGN)
    take(IGN[:1])
    assert Contours(tmp_path / "data" / "geometry").codes("commune") == ["76540"]


def test_kept_contours_that_somebody_broke_are_refused(take: Callable[..., Imported], tmp_path: Path) -> None:
    take(IGN)
    folder = tmp_path / "data" / "geometry"
    path = folder / "commune.geojson"
    whole = path.read_text()
    for broken in ("", "{}", whole.replace('"kind":"commune"', '"kind":"epci"'), whole[:30]):
        path.write_text(broken)
        with pytest.raises(DataRefused, match="import them again"):
            Contours(folder)
    path.write_text(whole.replace("[[[", "[[{", 1).replace('"Polygon"', '"MultiPolygon"', 1))
    contours = Contours(folder)
    with pytest.raises(DataRefused, match="import them again"):
        contours.shape("commune", "14118")
