"""GeoJSON read as a stream: whatever the blocks, and a sentence for every file that is not contours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from laurier.errors import DataRefused
from laurier.geometry import stream

SQUARE = [[[0, 0], [0, 1], [1, 1], [0, 0]]]


def collection(*features: object, **members: object) -> dict[str, object]:
    return {"type": "FeatureCollection", **members, "features": list(features)}


def feature(**properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": SQUARE}}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(st.dictionaries(st.text(max_size=5), values, max_size=3), max_size=6),
    st.integers(1, 40),
    st.sampled_from([None, 2]),
    st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_feature_is_read_whatever_the_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given_: list[dict[str, object]], block: int, indent: int, bom: bool
) -> None:
    monkeypatch.setattr(stream, "_BLOCK", block)
    features = [feature(**{f"p{k}": v for k, v in properties.items()}) for properties in given_]
    path = tmp_path / "f.geojson"
    text = json.dumps(collection(*features, name="x", numbers=[1, 2]), indent=indent, ensure_ascii=False)
    path.write_text(("\ufeff" if bom else "") + text, encoding="utf-8", errors="surrogatepass")
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        with pytest.raises(DataRefused):
            list(stream.features(path))
        return
    assert list(stream.features(path)) == features


BROKEN = {
    "empty": "",
    "space": " \n",
    "text": "bonjour",
    "a list": "[]",
    "a number": "12",
    "a feature alone": json.dumps(feature()),
    "TopoJSON": json.dumps({"type": "Topology", "objects": {}}),
    "no type": json.dumps({"features": []}),
    "no features": json.dumps({"type": "FeatureCollection"}),
    "features that are none": json.dumps(collection(1)),
    "a geometry as feature": json.dumps(collection({"type": "Polygon", "coordinates": SQUARE})),
    "cut": json.dumps(collection(feature()))[:-30],
    "text after": json.dumps(collection(feature())) + "x",
    "no comma": '{"type":"FeatureCollection" "features":[]}',
    "name without quotes": '{type:"FeatureCollection"}',
    "NaN": '{"type":"FeatureCollection","n":NaN,"features":[]}',
    "too large a number": '{"type":"FeatureCollection","n":1e999,"features":[]}',
    "too long a number": '{"type":"FeatureCollection","n":' + "9" * 6000 + ',"features":[]}',
    "deep": '{"type":"FeatureCollection","features":[' + "[" * 100_000,
    "Lambert 93": json.dumps(collection(crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}})),
    "a broken crs": json.dumps(collection(crs="EPSG:4326")),
    "an unnamed crs": json.dumps(collection(crs={"type": "link", "properties": {"href": "http://x/"}})),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_not_a_collection_in_wgs84_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "f.geojson"
    path.write_text(text)
    with pytest.raises(DataRefused) as told:
        list(stream.features(path))
    assert str(path) in told.value.en
    assert str(path) in told.value.fr
    assert "\n" not in told.value.en
    assert len(told.value.en) < 500


@pytest.mark.parametrize("at", [0, 2, 45, 100, 140, -1, -2])
def test_an_empty_or_a_cut_file_is_said_to_be_so(at: int, tmp_path: Path) -> None:
    path = tmp_path / "f.geojson"
    path.write_text(json.dumps(collection(feature()))[:at])
    with pytest.raises(DataRefused) as told:
        list(stream.features(path))
    assert ("it is empty" if at == 0 else "it ends in the middle") in told.value.en
    assert ("il est vide" if at == 0 else "il s'arrête au milieu") in told.value.fr


def test_bytes_that_are_not_text_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.geojson"
    path.write_bytes(b'{"type":"FeatureCollection","features":[{"name":"\xe9"}]}')
    for wrong in (path, tmp_path / "none.geojson", tmp_path):
        with pytest.raises(DataRefused):
            list(stream.features(wrong))


def test_a_feature_without_end_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LONGEST", 1 << 16)
    monkeypatch.setattr(stream, "_BLOCK", 1 << 10)
    path = tmp_path / "f.geojson"
    path.write_text('{"type":"FeatureCollection","features":[{"a":"' + "x" * (1 << 20))
    with pytest.raises(DataRefused, match="longer than"):
        list(stream.features(path))


@pytest.mark.parametrize(
    "name",
    ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326",
     "http://www.opengis.net/def/crs/OGC/1.3/CRS84"],
)  # fmt: skip
def test_wgs84_by_any_name_is_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / "f.geojson"
    path.write_text(json.dumps(collection(feature(), crs={"type": "name", "properties": {"name": name}})))
    assert len(list(stream.features(path))) == 1


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        3,
        {},
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "GeometryCollection", "geometries": []},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [1, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], ["1", 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [True, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], None, [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[652000, 6862000], [652000, 6863000], [653000, 1], [652000, 6862000]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [0, 91], [1, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [10**4000, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[179, 0], [-179, 0], [-179, 1], [179, 0]]]},
        {"type": "MultiPolygon", "coordinates": {"0": SQUARE}},
        {"type": "MultiPolygon", "coordinates": SQUARE[0]},
    ],
)
def test_what_is_not_polygons_in_degrees_is_refused(geometry: object) -> None:
    with pytest.raises(ValueError) as told:  # noqa: PT011 - its two sentences are what is looked at
        stream.polygons(geometry)
    en, fr = told.value.args
    assert en != fr
    assert len(en) < 200


def test_a_third_coordinate_is_left_out() -> None:
    found = stream.polygons({"type": "MultiPolygon", "coordinates": [[[[0, 0, 9], [0, 1, 9], [1, 1, 9], [0, 0, 9]]]]})
    assert found == [(((0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.0)),)]
