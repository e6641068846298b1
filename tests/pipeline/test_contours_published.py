"""Imported contours in a release: graph, pages, map, catalogue, GeoJSON, and a hash that holds them."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from building import ROOT, copied, silent
from lxml import html

from laurier.geometry import kept
from laurier.pipeline.build import build
from laurier.pipeline.outcome import Outcome
from laurier.reconcile.contours import import_
from laurier.reconcile.gazetteer import Gazetteer
from laurier.reconcile.references import References
from laurier.settings import Settings
from laurier.snapshot.opened import Snapshot, current
from laurier.snapshot.search_values import Value
from laurier.vocabulary import PREFIXES, Vocabulary
from laurier.web.pages import maps
from laurier.web.pages.site import Pages

LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
DIEPPE = "https://data.example.org/id/territoire/commune/76217"


def imported(data: Path, gazetteer: Gazetteer) -> None:
    """Squares for every région and département of the gazetteer, and for some communes."""
    references = References()
    units = [unit for unit in gazetteer.by_unit if unit[0] in ("region", "departement")]
    units += [("commune", code) for code in ("76217", "76540", "76231", "76351", "76259")]
    for kind in ("region", "departement", "commune"):
        features = []
        for code in (code for of, code in units if of == kind):
            extent, point = references.extent(kind, code), references.point(kind, code)
            if point is None:
                continue
            half = 0.05 if extent is None else min(extent.east - extent.west, extent.north - extent.south) / 2
            x, y = point.longitude, point.latitude
            ring = [[x - half, y - half], [x + half, y - half], [x + half, y + half], [x - half, y + half]]
            geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
            features.append({"type": "Feature", "properties": {"code": code}, "geometry": geometry})
        path = data.parent / f"{kind}s-2026.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        import_(path, data, gazetteer, licence=LICENCE, kind=kind, source="IGN")


def published(folder: Path, gazetteer: Gazetteer, *, dry: bool = False) -> tuple[Settings, Outcome]:
    settings = Settings(data=copied(ROOT / "data", folder / "data"), releases=folder / "releases")
    imported(settings.data, gazetteer)
    return settings, build(settings, silent, dry=dry)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Outcome]:
    return published(tmp_path_factory.mktemp("contours"), Gazetteer.load())


@pytest.fixture(scope="module")
def drawn(outcome: tuple[Settings, Outcome]) -> Snapshot:
    return current(outcome[0].releases)


@pytest.fixture(scope="module")
def pages(drawn: Snapshot, outcome: tuple[Settings, Outcome]) -> Pages:
    return Pages(drawn, outcome[0], Vocabulary())


def test_the_release_is_named_by_its_contours_too(
    outcome: tuple[Settings, Outcome], drawn: Snapshot, built: tuple[Settings, Outcome], tmp_path: Path
) -> None:
    drawn.verify()
    assert outcome[1].manifest.hash != built[1].manifest.hash
    assert f"{kept.FOLDER}/commune.geojson" in drawn.manifest.files
    again = published(tmp_path, Gazetteer.load(), dry=True)[1]
    assert again.manifest.hash == outcome[1].manifest.hash


def test_the_graph_states_the_contour_and_its_origin(drawn: Snapshot) -> None:
    entity = drawn.entities.entity(DIEPPE)
    assert entity is not None
    found = {
        (t.subject.value, t.predicate.value): t.object for t in ox.parse(entity.ntriples, format=ox.RdfFormat.N_TRIPLES)
    }
    geo, contour = PREFIXES["geo"], f"{DIEPPE}#contour"
    assert found[DIEPPE, f"{geo}hasGeometry"] == ox.NamedNode(contour)
    wkt = found[contour, f"{geo}asWKT"]
    assert wkt.value.startswith("POLYGON((1.0")
    assert wkt.datatype.value == f"{geo}wktLiteral"
    assert found[contour, f"{PREFIXES['dcterms']}source"].value == "IGN (2026)"
    assert found[contour, f"{PREFIXES['dcterms']}license"] == ox.NamedNode(LICENCE)
    # The extent of a commune is not in the gazetteer: it comes from the contour.
    assert found[DIEPPE, f"{PREFIXES['dcat']}bbox"].value.startswith("POLYGON((1.0")


def test_the_catalogue_covers_the_contour_of_the_region(drawn: Snapshot) -> None:
    lines = drawn.file("catalogue.nq").read_text()
    region = f"<https://data.example.org/id/territoire/region/28> <{PREFIXES['locn']}geometry> "
    assert region + '"POLYGON((' in lines


def test_a_territory_is_drawn_on_its_page(pages: Pages) -> None:
    page = pages.page("fr", "doc/territoire/commune/76217")
    assert page is not None
    tree = html.document_fromstring(page.body)
    (picture,) = tree.findall(".//svg[@class='map']")
    assert picture.findtext("title") == "Contour de Dieppe"
    assert "POLYGON((1.0" in tree.text_content()  # the bounding box, as text
    assert "contour" not in [dt.text_content().lower() for dt in tree.iter("dt")]
    assert "IGN (2026)" in tree.text_content()


@pytest.mark.parametrize(("kind", "shaded"), [("region", 1), ("departement", 4), ("commune", 5)])
def test_the_map_is_drawn_for_each_kind(kind: str, shaded: int, pages: Pages) -> None:
    page = pages.page("en", "carte", [("nature", kind)])
    assert page is not None
    tree = html.document_fromstring(page.body)
    offered = [a.get("href") for a in tree.findall(".//a[@class='chip']")]
    assert offered == [f"/en/carte?nature={name}" for name in ("region", "departement", "commune")]
    picture = tree.find(".//figure/svg")
    shades = [path.get("class", "") for path in picture.iter("path")]
    assert sum(shade.startswith("s") for shade in shades) >= shaded
    numbers = [td.text_content() for td in tree.find(".//table").iter("td")]
    assert len(numbers) >= shaded


def test_contours_of_some_departements_leave_the_others_on_the_map(drawn: Snapshot, tmp_path: Path) -> None:
    def value(code: str, count: int) -> Value:
        return Value("territoire", f"departement/{code}", "", code, code, "departement", count, ())

    lines = drawn.file(f"{kept.FOLDER}/departement.geojson").read_text().splitlines(keepends=True)
    one = next(line for line in lines if '"76"' in line).rstrip(",\n") + "\n"
    (tmp_path / "departement.geojson").write_text(lines[0] + one + lines[-1])
    contours = kept.Contours(tmp_path)
    alone = maps.drawn(contours, "departement", [value("76", 3)])
    assert alone is not None
    assert alone.note is not None
    both = maps.drawn(contours, "departement", [value("76", 3), value("14", 6)])
    assert both is not None
    assert both.note is None
    assert sum(area.shade > 0 for area in both.areas) == 2


def test_the_legal_notice_credits_whom_the_maps_owe(pages: Pages, drawn: Snapshot, tmp_path: Path) -> None:
    for language in ("fr", "en"):
        notice = pages.page(language, "mentions-legales")  # type: ignore[arg-type]
        assert "IGN (2026)" in notice.body  # type: ignore[union-attr]
        assert LICENCE in notice.body  # type: ignore[union-attr]
        assert "svg-maps" not in notice.body  # type: ignore[union-attr]
    assert maps.owed(kept.Contours(tmp_path)) == ([], True)


def test_an_unknown_kind_is_the_usual_map(pages: Pages) -> None:
    for wrong in ("epci", "planete", "", "\x00"):
        page = pages.page("fr", "carte", [("nature", wrong)])
        assert "par département" in page.body  # type: ignore[union-attr]


def test_lists_and_dumps_hold_the_contours(pages: Pages, drawn: Snapshot) -> None:
    export = pages.export("territoires", "geojson", [("nature", "commune")])
    assert export is not None
    features = {f["id"]: f for f in json.loads(b"".join(export.blocks))["features"]}
    assert features[DIEPPE]["geometry"]["type"] == "Polygon"
    assert features[DIEPPE]["properties"]["citation"]
    kinds = set()
    for feature in json.loads(drawn.file("dumps/ensemble.geojson").read_bytes())["features"]:
        kinds.add(feature["geometry"]["type"] if feature["geometry"] else None)
    assert kinds >= {"Polygon", "GeometryCollection"}
