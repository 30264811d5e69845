"""Local metres agree with PROJ; GCJ-02 and BD-09 agree with known points and undo themselves."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from twin.model.coordinates import (
    LON_LAT_CRS,
    LocalFrame,
    bd09_to_gcj02,
    from_wgs84,
    gcj02_to_wgs84,
    to_wgs84,
    wgs84_to_gcj02,
)

# lon, lat of WGS84, then GCJ-02, then BD-09, to 1e-7 degrees.
VECTORS = (
    ((103.8560, 30.6860), (103.8581138, 30.6832819), (103.8646874, 30.6889665)),
    ((104.0657, 30.6570), (104.0682073, 30.6545781), (104.0747040, 30.6606089)),
    ((104.0700, 30.5400), (104.0725096, 30.5375392), (104.0790240, 30.5434990)),
)


@pytest.mark.parametrize(("wgs", "gcj", "bd"), VECTORS)
def test_the_known_points_of_chengdu_are_met(wgs, gcj, bd):
    assert from_wgs84("gcj02", *wgs) == pytest.approx(gcj, abs=1e-7)
    assert from_wgs84("bd09", *wgs) == pytest.approx(bd, abs=1e-7)
    assert from_wgs84("cgcs2000", *wgs) == wgs


@given(lon=st.floats(75, 134), lat=st.floats(18, 53), crs=st.sampled_from(LON_LAT_CRS))
@settings(deadline=None, max_examples=100)
def test_every_shift_undoes_itself_within_a_millimetre(lon, lat, crs):
    back = to_wgs84(crs, *from_wgs84(crs, lon, lat))
    assert math.dist(back, (lon, lat)) < 1e-8


def test_outside_china_nothing_is_shifted():
    assert wgs84_to_gcj02(4.36, 52.01) == (4.36, 52.01)
    assert gcj02_to_wgs84(4.36, 52.01) == (4.36, 52.01)


def test_arrays_of_points_go_through_the_same_formulas():
    lon, lat = np.array([103.856, 4.36]), np.array([30.686, 52.01])
    shifted = wgs84_to_gcj02(lon, lat, np)
    for index in range(2):
        assert (shifted[0][index], shifted[1][index]) == pytest.approx(
            wgs84_to_gcj02(lon[index], lat[index]), abs=1e-12
        )
    back = bd09_to_gcj02(*from_wgs84("bd09", lon, lat, np), np)
    assert np.allclose(back, shifted, atol=1e-9)


def test_the_shift_at_chengdu_is_as_long_as_it_is_known_to_be():
    _, _, length_m = Geod(ellps="WGS84").inv(103.856, 30.686, *wgs84_to_gcj02(103.856, 30.686))
    assert length_m == pytest.approx(363.1, abs=0.1)


@given(
    lon0=st.floats(73, 135),
    lat0=st.floats(-60, 60),
    dx=st.floats(-0.2, 0.2),
    dy=st.floats(-0.18, 0.18),
)
@settings(deadline=None, max_examples=100)
def test_local_metres_agree_with_proj_and_come_back(lon0, lat0, dx, dy):
    frame = LocalFrame(lon0, lat0)
    proj = Transformer.from_pipeline(
        f"+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        f"+step +proj=tmerc +lat_0={lat0} +lon_0={lon0} +k=1 +ellps=GRS80"
    )
    ours = frame.to_local(lon0 + dx, lat0 + dy)
    assert math.dist(ours, proj.transform(lon0 + dx, lat0 + dy)) < 1e-4
    assert math.dist(frame.to_lonlat(*ours), (lon0 + dx, lat0 + dy)) < 1e-11


def test_a_frame_without_origin_says_so_instead_of_giving_nonsense():
    frame = LocalFrame(math.nan, math.nan)
    assert not frame.is_set
    with pytest.raises(ValueError, match="no origin yet"):
        frame.to_local(104.0, 30.6)
    with pytest.raises(ValueError, match="no origin yet"):
        frame.to_lonlat(0.0, 0.0)
