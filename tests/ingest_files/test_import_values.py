"""Small readings that every format shares: numbers, tags, alphabets, systems and identities."""

import io

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest_files.houses import house
from twin.ingest.files.encoding import dbf_encoding
from twin.ingest.files.fields import numbers, use_of
from twin.ingest.files.identity import building_id
from twin.ingest.files.options import ImportRefused
from twin.ingest.files.osm import tags_of
from twin.ingest.files.reference import reference_of
from twin.ingest.files.shapes import identity_of


@given(st.lists(st.text(max_size=12) | st.none() | st.integers(-5, 500).map(str), max_size=20))
@settings(deadline=None, max_examples=100)
def test_any_words_become_numbers_or_are_said_to_be_wrong(words):
    values, wrong = numbers(pa.array(words, pa.string()))
    assert len(values) == len(wrong) == len(words)
    for word, value, is_wrong in zip(words, values, wrong, strict=True):
        if word is None or not word.strip():
            assert np.isnan(value)
            assert not is_wrong
        else:
            assert is_wrong == np.isnan(value)


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=8), max_size=5))
@settings(deadline=None, max_examples=100)
def test_openstreetmap_tags_come_back_whatever_they_contain(tags):
    def quoted(text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    written = ",".join(f"{quoted(key)}=>{quoted(value)}" for key, value in tags.items())
    assert tags_of(written) == tags


@given(turn=st.integers(0, 3), backwards=st.booleans(), noise=st.floats(-3e-9, 3e-9))
@settings(deadline=None, max_examples=50)
def test_a_footprint_is_itself_from_any_corner_and_either_way_round(turn, backwards, noise):
    ring = list(house().exterior.coords)[:-1]
    ring = ring[turn:] + ring[:turn]
    other = shapely.Polygon([(x + noise, y) for x, y in (ring[::-1] if backwards else ring)])
    rounded = shapely.Polygon(np.round(shapely.get_coordinates(house()), 7))
    assert identity_of(np.array([rounded])) == identity_of(np.array([other]))


def test_ids_are_fit_for_links():
    assert building_id("b-1.2_x", "ff", True) == "b-1.2_x"
    assert building_id("b-1", "ff", False) == building_id(None, "ff", True) == "gff"
    awkward = {building_id(text, "ff", True) for text in ("a/b", "a b", "../up", "甲", "x" * 99)}
    assert len(awkward) == 5
    assert all(each.isalnum() for each in awkward)


def test_uses_are_recognised_in_both_languages_or_unknown():
    assert [use_of(word) for word in ("Apartments", "幼儿园", "castle", None)] == [
        "residential",
        "kindergarten",
        "unknown",
        "unknown",
    ]


@pytest.mark.parametrize(
    ("driver", "cpg", "text", "encoding", "is_told"),
    [
        (0, b"UTF-8", "层数".encode(), "UTF-8", False),
        (0, b"936\r\n", "层数".encode("gbk"), "GBK", False),
        (0, b"nonsense", "层数".encode("gbk"), "GB18030", True),
        (0x4D, None, "层数".encode("gbk"), "GBK", False),
        (0, None, "层数".encode(), "UTF-8", False),
        (0, None, b"Floor", "UTF-8", False),
        (0, None, b"\xff\xff\xe9 caf\xe9\x20", "ISO-8859-1", True),
    ],
)
def test_the_alphabet_of_a_dbf_is_found(driver, cpg, text, encoding, is_told):
    header = bytes(29) + bytes([driver]) + bytes(2)
    found, remark = dbf_encoding("a.dbf", io.BytesIO(header + text), cpg)
    assert found == encoding
    assert (remark is not None) is is_told


def test_heights_in_feet_are_known_by_their_compound_system():
    assert reference_of(None, "EPSG:7415", "a").metres_per_height_unit == 1.0
    assert reference_of(None, "EPSG:2263+6360", "a").metres_per_height_unit == pytest.approx(0.3048, abs=1e-4)


def test_a_system_without_an_exact_way_to_wgs84_says_so():
    assert reference_of(None, "EPSG:4490", "a").caveat is None
    assert reference_of(None, "EPSG:4547", "a").caveat is None
    assert "accuracy" in (reference_of(None, "EPSG:4610", "a").caveat or "")
    with pytest.raises(ImportRefused, match=r"no way to WGS84|not a coordinate system"):
        reference_of("mercury", None, "a")
