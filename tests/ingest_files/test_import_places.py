"""A building comes to stand where it stands, or the file is refused with the reason."""

import math

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from tests.ingest_files.houses import BOUNDS, CODE12, buildings, feature, house
from twin.ingest.files import ImportRefused, init_community, read_community
from twin.model.coordinates import LocalFrame, from_wgs84
from twin.store import Store

FRAME = LocalFrame(103.855, 30.685)


def as_crs(shape, crs):
    """The footprint as a file in that CRS would give it."""
    if crs.startswith("EPSG"):
        convert = Transformer.from_crs(4490, crs, always_xy=True).transform
        return shapely.transform(shape, lambda p: np.column_stack(convert(p[:, 0], p[:, 1])))
    return shapely.transform(shape, lambda p: np.column_stack(from_wgs84(crs, p[:, 0], p[:, 1], np)))


@pytest.mark.parametrize(
    "crs", ["wgs84", "cgcs2000", "gcj02", "bd09", "EPSG:4544", "EPSG:4523", "EPSG:32648"]
)
def test_whatever_the_crs_a_building_stands_on_its_place(store, geojson, bring, crs):
    bring(store, geojson([feature(as_crs(house(), crs), storeys=3)]), crs=crs)
    (row,) = buildings(store)
    middle = house().centroid
    assert math.dist((row["x_m"], row["y_m"]), FRAME.to_local(middle.x, middle.y)) < 0.01
    corner = shapely.get_coordinates(shapely.from_wkb(row["geom_wkb"])).min(axis=0)
    assert math.dist(corner, FRAME.to_local(*house().bounds[:2])) < 0.05


@pytest.mark.parametrize("crs", ["4544", " epsg:4544 ", "EPSG:4544"])
def test_a_code_may_be_written_as_people_write_it(store, geojson, bring, crs):
    assert bring(store, geojson([feature(as_crs(house(), "EPSG:4544"), storeys=3)]), crs=crs).kept == 1


def test_gcj02_labelled_wgs84_is_caught_by_the_bounds(tmp_path, geojson, bring):
    """The houses fill their bounds; shifted by 360 m a part of them falls out."""
    store = Store.open(tmp_path / "home")
    init_community(store, CODE12, "永宁", (103.8495, 30.6795, 103.8595, 30.6895))
    shapes = [as_crs(house(x, y), "gcj02") for x in range(0, 32, 3) for y in range(0, 38, 3)]
    rows = [feature(shape, storeys=3) for shape in shapes]
    with pytest.raises(
        ImportRefused, match=r"read as EPSG:4326.* by about \d+ m.* Read as gcj02, all lie inside"
    ):
        bring(store, geojson(rows))
    assert buildings(store) == []
    assert bring(store, geojson(rows), crs="gcj02").kept == len(rows)
    store.close()


def test_wgs84_called_bd09_is_caught_too(store, geojson, bring):
    rows = [feature(house(x, y), storeys=3) for x in range(40) for y in range(0, 50, 5)]
    with pytest.raises(ImportRefused, match="--crs wgs84"):
        bring(store, geojson(rows), crs="bd09")


def test_most_buildings_in_another_place_are_refused_with_the_distance(store, geojson, bring):
    with pytest.raises(ImportRefused, match=r"3 of 4 buildings .* outside .* by about \d+ km"):
        bring(store, geojson([feature(house(n, west=104.2 if n else 103.85), storeys=1) for n in range(4)]))


def test_a_few_buildings_outside_are_kept_and_told(store, geojson, bring):
    inside = [feature(house(n % 20, n // 20), storeys=1) for n in range(60)]
    report = bring(store, geojson([*inside, feature(house(0, 0, south=30.70), storeys=1)]))
    assert report.kept == 61
    assert report.counts["noted outside"] == 1
    assert "1 of 61 outside" in report.bounds_check


def test_without_bounds_the_report_says_that_the_check_was_not_made(store_without_bounds, geojson, bring):
    report = bring(store_without_bounds, geojson([feature(house(), storeys=1)]))
    assert "not checked" in report.bounds_check
    assert "not checked" in report.table()
    assert [odd.remedy for odd in report.oddities if odd.code == "bounds"] == [
        "make the twin with --bounds W,S,E,N"
    ]


def test_without_bounds_the_first_file_gives_the_origin_and_the_second_keeps_it(
    store_without_bounds, geojson, bring
):
    store = store_without_bounds
    assert not read_community(store).frame.is_set
    bring(store, geojson([feature(house(n), storeys=1) for n in range(3)]), dry_run=True)
    assert not read_community(store).frame.is_set
    bring(store, geojson([feature(house(n), storeys=1) for n in range(3)]))
    frame = read_community(store).frame
    assert math.dist((frame.lon0, frame.lat0), house(1).centroid.coords[0]) < 1e-6
    bring(store, geojson([feature(house(30), storeys=1)], name="more.geojson"))
    assert read_community(store).frame == frame


def test_the_origin_of_a_community_with_bounds_is_their_middle(store):
    community = read_community(store)
    assert (community.frame.lon0, community.frame.lat0) == pytest.approx((FRAME.lon0, FRAME.lat0))
    assert (community.bounds, community.demo) == (BOUNDS, False)


def test_a_second_community_and_a_wrong_code_are_refused(store, tmp_path):
    with pytest.raises(ImportRefused, match="already holds a community"):
        init_community(store, CODE12, "again", None)
    other = Store.open(tmp_path / "other")
    with pytest.raises(ImportRefused, match="12 digits"):
        init_community(other, "5101", "short", None)
    with pytest.raises(ImportRefused, match="no community yet"):
        read_community(other)
    other.close()


@pytest.mark.parametrize("crs", ["null", "{}"])
def test_a_crs_that_is_declared_unknown_is_refused(store, geojson, bring, crs):
    member = None if crs == "null" else {}
    path = geojson([feature(house(), storeys=1)], crs=member)
    with pytest.raises(ImportRefused, match=r"does not say which coordinate system.*--crs"):
        bring(store, path)
    assert bring(store, path, crs="wgs84").kept == 1


def test_geojson_that_names_no_crs_is_wgs84_by_its_standard_and_says_so(store, geojson, bring):
    report = bring(store, geojson([feature(house(), storeys=1)]))
    assert any("WGS84 by its standard" in odd.reason for odd in report.oddities)


def test_metres_called_degrees_and_degrees_called_metres_are_refused(store, geojson, bring):
    with pytest.raises(ImportRefused, match=r"said to be in degrees .* x = 389801.*--crs EPSG"):
        bring(store, geojson([feature(as_crs(house(), "EPSG:4544"), storeys=1)]))
    with pytest.raises(ImportRefused, match=r"said to be in metres .* x = 103\.85"):
        bring(store, geojson([feature(house(), storeys=1)]), crs="EPSG:4544")


def test_latitude_before_longitude_is_recognised(store, geojson, bring):
    swapped = shapely.transform(house(), lambda points: points[:, ::-1])
    with pytest.raises(ImportRefused, match="Swap longitude and latitude"):
        bring(store, geojson([feature(swapped, storeys=1)]))


@pytest.mark.parametrize("crs", ["EPSG:999999", "mercury", "gcj-2", 'LOCAL_CS["site",UNIT["metre",1]]'])
def test_a_crs_that_is_none_is_refused_with_those_that_are(store, geojson, bring, crs):
    with pytest.raises(ImportRefused, match=r"EPSG:n .*gcj02"):
        bring(store, geojson([feature(house(), storeys=1)]), crs=crs)
