"""The sun where an almanac has it."""

from datetime import UTC, datetime

import pytest

from twin.deck.sun import sun_position


def test_at_midsummer_noon_on_the_tropic_the_sun_is_overhead() -> None:
    sun = sun_position(0.0, 23.44, datetime(2026, 6, 21, 12, 2, tzinfo=UTC))
    assert sun.elevation_deg == pytest.approx(90, abs=0.3)


def test_an_equinox_morning_sun_rises_in_the_east() -> None:
    sun = sun_position(104.06, 30.66, datetime(2026, 3, 20, 23, 11, tzinfo=UTC))
    assert sun.azimuth_deg == pytest.approx(90, abs=1.5)
    assert sun.elevation_deg == pytest.approx(0, abs=1.5)


def test_at_midnight_the_sun_is_below_the_ground() -> None:
    assert sun_position(104.06, 30.66, datetime(2026, 11, 23, 17, 0, tzinfo=UTC)).elevation_deg < -60
