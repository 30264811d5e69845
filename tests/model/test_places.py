"""Storeys from height, height from storeys, and the rows they become."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.model.places import Stature, storey_label, storey_rows, storeys_of


def test_what_is_known_is_kept_and_what_is_missing_is_marked_derived():
    assert storeys_of(6, 19.5) == Stature(6, 19.5, False, False)
    assert storeys_of(6, None) == Stature(6, 18.0, False, True)
    assert storeys_of(None, 17.0) == Stature(6, 17.0, True, False)
    assert storeys_of(None, 0.9) == Stature(1, 0.9, True, False)
    assert storeys_of(4, None, storey_height_m=3.5) == Stature(4, 14.0, False, True)


def test_nothing_known_is_nothing_guessed():
    with pytest.raises(ValueError, match="neither storeys nor height"):
        storeys_of(None, None)


def test_storeys_are_named_as_people_name_them():
    assert [storey_label(ordinal) for ordinal in (-2, -1, 0, 1, 26)] == ["-2F", "-1F", "1F", "2F", "27F"]


@given(above=st.integers(0, 60), below=st.integers(0, 5), height_m=st.floats(2, 300))
def test_storeys_lie_on_one_another_from_the_ground_to_the_roof(above, below, height_m):
    rows = storey_rows("b1", above, below, height_m)
    assert [row["ordinal"] for row in rows] == list(range(-below, above))
    for lower, upper in pairwise(rows):
        assert upper["z_floor_m"] == pytest.approx(lower["z_floor_m"] + lower["height_m"])
    if above:
        assert rows[-1]["z_floor_m"] + rows[-1]["height_m"] == pytest.approx(height_m)
