"""The same houses in every format, with the oddities that each format brings."""

import json
import zipfile

import pyarrow as pa
import pyogrio
import pytest
import shapely

from tests.ingest_files.houses import buildings, feature, house, storeys
from tests.ingest_files.pbf import Extract
from twin.ingest.files import ImportRefused

NAMES = ["永宁苑1栋", "永宁苑2栋", "幼儿园"]


def write_ogr(path, driver, encoding=None, layer=None, crs="EPSG:4490", **columns):
    shapes = [house(n) for n in range(3)]
    table = pa.table({**columns, "geom": pa.array(shapely.to_wkb(shapes), pa.binary())})
    how = {"encoding": encoding} if encoding else {}
    if layer:
        how["layer"] = layer
    pyogrio.write_arrow(
        table, path, driver=driver, geometry_name="geom", geometry_type="Polygon", crs=crs, **how
    )
    return path


def gbk_shapefile(folder, *, with_cpg):
    folder.mkdir()
    path = folder / "房屋.shp"
    write_ogr(path, "ESRI Shapefile", "GBK", 层数=[6, 7, 3], 名称=NAMES)
    if not with_cpg:
        path.with_suffix(".cpg").unlink()
    return path


def test_geopackage(store, tmp_path, bring):
    path = write_ogr(tmp_path / "houses.gpkg", "GPKG", Floor=[6, 7, 3], name=NAMES)
    report = bring(store, path)
    assert (report.format, report.crs, report.kept) == ("GeoPackage", "EPSG:4490", 3)
    assert [row["name"] for row in buildings(store)] == NAMES


def test_a_geopackage_of_several_layers_asks_which(store, tmp_path, bring):
    path = write_ogr(tmp_path / "houses.gpkg", "GPKG", layer="old", Floor=[1, 1, 1])
    write_ogr(path, "GPKG", layer="new", Floor=[6, 7, 3])
    with pytest.raises(ImportRefused, match=r"2 layers .* --map layer=NAME, one of old, new"):
        bring(store, path)
    with pytest.raises(ImportRefused, match=r"no layer 'none'.*old, new"):
        bring(store, path, mapping={"layer": "none"})
    bring(store, path, mapping={"layer": "new"})
    assert [row["storeys_above"] for row in buildings(store)] == [6, 7, 3]


@pytest.mark.parametrize("with_cpg", [True, False])
def test_a_shapefile_with_gbk_names_is_read_whether_it_says_so_or_not(store, tmp_path, bring, with_cpg):
    report = bring(store, gbk_shapefile(tmp_path / "gbk", with_cpg=with_cpg))
    assert [(row["storeys_above"], row["name"]) for row in buildings(store)] == list(
        zip([6, 7, 3], NAMES, strict=True)
    )
    assert report.fields["storeys"] == "层数"
    assert any("read as GBK" in odd.reason for odd in report.oddities) is not with_cpg


def test_a_zip_of_a_shapefile_is_read_where_it_lies(store, tmp_path, bring):
    shapefile = gbk_shapefile(tmp_path / "gbk", with_cpg=False)
    path = tmp_path / "houses.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in shapefile.parent.iterdir():
            archive.write(part, f"data/{part.name}")
    assert bring(store, path).kept == 3
    assert [row["name"] for row in buildings(store)] == NAMES


def test_a_zip_without_or_with_two_shapefiles_is_refused(store, tmp_path, bring):
    path = tmp_path / "houses.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(ImportRefused, match="holds 0 Shapefiles"):
        bring(store, path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.shp", "x")
        archive.writestr("b.shp", "x")
    with pytest.raises(ImportRefused, match=r"2 Shapefiles \(a, b\).*--map layer=NAME"):
        bring(store, path)
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(ImportRefused, match="cannot be unpacked"):
        bring(store, path)


def test_a_shapefile_without_prj_is_refused_and_without_dbf_too(store, tmp_path, bring):
    path = gbk_shapefile(tmp_path / "gbk", with_cpg=True)
    path.with_suffix(".prj").unlink()
    with pytest.raises(ImportRefused, match=r"does not say which coordinate system"):
        bring(store, path)
    assert bring(store, path, crs="cgcs2000", dry_run=True).kept == 3
    path.with_suffix(".dbf").unlink()
    with pytest.raises(ImportRefused, match=r"lacks its \.dbf part"):
        bring(store, path)


def test_gbk_geojson_is_read_as_gbk_and_told(store, geojson, bring):
    path = geojson([feature(house(), 层数=4, 名称="永宁苑")])
    path.write_bytes(path.read_text("utf-8").encode("gbk"))
    report = bring(store, path)
    assert buildings(store)[0]["name"] == "永宁苑"
    assert report.counts["noted encoding"] == 1


def extract(path):
    osm = Extract()
    corner = list(house(0).exterior.coords)
    osm.way(corner, building="apartments", name="一栋", **{"building:levels": "6", "height": "19.5 m"})
    osm.way(list(house(1).exterior.coords), building="yes", height='18 "about"')
    osm.way(list(house(2).exterior.coords), building="yes", **{"building:levels": "2"})
    osm.way(list(house(3).exterior.coords), building="no", **{"building:levels": "2"})
    osm.way(list(house(4).exterior.coords), landuse="grass")
    court = shapely.box(*house(6).buffer(0.0001).bounds)
    outer, inner = osm.way(list(court.exterior.coords)), osm.way(list(house(6).exterior.coords))
    osm.multipolygon([outer], [inner], building="school", **{"building:levels": "3"})
    osm.way(list(house(0, west=110.0).exterior.coords), building="yes", **{"building:levels": "9"})
    osm.write(path)
    return path


def test_openstreetmap_gives_buildings_with_their_tags_cut_to_the_bounds(store, tmp_path, bring):
    report = bring(store, extract(tmp_path / "town.osm.pbf"))
    rows = buildings(store)
    assert [(row["storeys_above"], row["height_m"], row["use"]) for row in rows] == [
        (6, 19.5, "residential"),
        (2, 6.0, "unknown"),
        (3, 9.0, "school"),
    ]
    assert rows[0]["name"] == "一栋"
    assert rows[0]["id"].startswith("way")
    assert rows[2]["id"] == "relation901"
    assert shapely.get_num_interior_rings(shapely.from_wkb(rows[2]["geom_wkb"])) == 1
    assert (report.read, report.rejected) == (4, 1)
    assert "cut to the community's bounds" in report.bounds_check


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_a_damaged_extract_is_refused_and_not_half_read(store, tmp_path, bring, kept):
    path = extract(tmp_path / "town.osm.pbf")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(ImportRefused, match=r"cannot be read"):
        bring(store, path)
    assert buildings(store) == []


def test_openstreetmap_without_bounds_is_read_whole(store_without_bounds, tmp_path, bring):
    report = bring(store_without_bounds, extract(tmp_path / "town.osm.pbf"))
    assert report.read == 5
    assert report.counts["rejected far"] == 1


def cityjson(tmp_path, objects, vertices, version="2.0", crs="EPSG:4544", name="town.city.json"):
    content = {
        "type": "CityJSON",
        "version": version,
        "transform": {"scale": [0.001, 0.001, 0.001], "translate": [390000, 3396000, 500]},
        "metadata": {"referenceSystem": f"https://www.opengis.net/def/crs/{crs.replace(':', '/0/')}"},
        "CityObjects": objects,
        "vertices": [[round(value * 1000) for value in vertex] for vertex in vertices],
    }
    if crs == "none":
        del content["metadata"]
    path = tmp_path / name
    path.write_text(json.dumps(content))
    return path


def block(vertices, x, y, width, depth, height):
    """A box as one outer shell; adds its corners to `vertices`."""
    first = len(vertices)
    for z in (0, height):
        vertices += [(x, y, z), (x + width, y, z), (x + width, y + depth, z), (x, y + depth, z)]
    a, b, c, d, e, f, g, h = range(first, first + 8)
    faces = [[d, c, b, a], [e, f, g, h], [a, b, f, e], [b, c, g, f], [c, d, h, g], [d, a, e, h]]
    return {"type": "Solid", "lod": "1", "boundaries": [[[face] for face in faces]]}


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_cityjson_solids_become_footprint_and_height_and_parts_their_building(
    store, tmp_path, bring, version
):
    vertices = []
    objects = {
        "tower": {
            "type": "Building", "attributes": {"storeysAboveGround": 11},
            "geometry": [block(vertices, 0, 0, 20, 12, 33)],
        },
        "school": {"type": "Building", "children": ["east", "west"]},
        "east": {
            "type": "BuildingPart", "parents": ["school"],
            "geometry": [block(vertices, 40, 0, 10, 10, 9)],
        },
        "west": {
            "type": "BuildingPart", "parents": ["school"],
            "geometry": [block(vertices, 50, 0, 10, 10, 12)],
        },
        "shell": {"type": "Building"},
        "road": {"type": "Road"},
    }  # fmt: skip
    report = bring(store, cityjson(tmp_path, objects, vertices, version))
    rows = {row["id"]: row for row in buildings(store)}
    assert set(rows) == {"tower", "school"}
    assert (rows["tower"]["storeys_above"], rows["tower"]["height_m"]) == (11, 33.0)
    assert (rows["school"]["storeys_above"], rows["school"]["height_m"]) == (4, 12.0)
    assert rows["school"]["storeys_derived"]
    assert shapely.from_wkb(rows["school"]["geom_wkb"]).area == pytest.approx(200, rel=1e-3)
    assert report.counts["noted parts-merged"] == 1
    assert report.counts["rejected no-geometry"] == 1


def test_cityjson_takes_the_ground_surface_and_not_the_overhanging_roof(store, tmp_path, bring):
    vertices = []
    solid = block(vertices, 0, 0, 10, 10, 6)
    roof = block(vertices, -1, -1, 12, 12, 6)["boundaries"][0][1]
    shell = solid["boundaries"][0]
    shell[1] = roof
    solid["semantics"] = {
        "surfaces": [{"type": "GroundSurface"}, {"type": "RoofSurface"}, {"type": "WallSurface"}],
        "values": [[0, 1, 2, 2, 2, 2]],
    }
    bring(store, cityjson(tmp_path, {"h": {"type": "Building", "geometry": [solid]}}, vertices))
    assert shapely.from_wkb(buildings(store)[0]["geom_wkb"]).area == pytest.approx(100, rel=1e-3)


def test_cityjson_faults_are_sentences(store, tmp_path, bring):
    vertices = []
    objects = {"h": {"type": "Building", "geometry": [block(vertices, 0, 0, 10, 10, 6)]}}
    with pytest.raises(ImportRefused, match=r"CityJSON 1\.0; 1\.1 and 2\.0 are read"):
        bring(store, cityjson(tmp_path, objects, vertices, "1.0"))
    with pytest.raises(ImportRefused, match="does not say which coordinate system"):
        bring(store, cityjson(tmp_path, objects, vertices, crs="none"))
    with pytest.raises(ImportRefused, match="holds no Building"):
        bring(store, cityjson(tmp_path, {"r": {"type": "Road"}}, vertices))
    broken = cityjson(tmp_path, objects, vertices[:3])
    assert bring(store, broken, dry_run=True).counts["rejected no-geometry"] == 1
    broken.write_text(broken.read_text()[:-9])
    with pytest.raises(ImportRefused, match="not whole JSON"):
        bring(store, broken)


def test_basement_storeys_are_counted_below_the_ground(store, geojson, bring):
    bring(store, geojson([feature(house(), id="b", storeys=2, storeys_below=1)]))
    assert [(row["label"], row["z_floor_m"]) for row in storeys(store)] == [
        ("-1F", -3.0),
        ("1F", 0.0),
        ("2F", 3.0),
    ]
