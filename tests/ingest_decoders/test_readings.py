"""A reading cannot be made wrong, and its key is its own among all of a feed."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from twin.model.readings import KEY_MAX, PROPERTIES, STATES, Reading

GOOD = Reading(
    "dev_eui", "24e124000000ab01", "smoke", "alarm", 3.0, "%", datetime(2026, 1, 5, tzinfo=UTC), "a:7"
)


@pytest.mark.parametrize(
    "change",
    [
        {"scheme": "phone"},
        {"external_id": ""},
        {"external_id": "a\nb"},
        {"property": "ghost"},
        {"state": "open"},
        {"value": float("nan")},
        {"unit": None},
        {"happened_at": datetime(2026, 1, 5)},
        {"battery_pct": 101.0},
    ],
)
def test_a_reading_that_could_not_be_stored_cannot_be_made(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        replace(GOOD, **change)


def test_keys_tell_devices_properties_and_means_apart() -> None:
    others = (
        replace(GOOD, external_id="24e124000000ab02"),
        replace(GOOD, property="temperature", state=None, unit="Cel"),
        replace(GOOD, mean_over="hour"),
        replace(GOOD, key="a:8"),
    )
    keys = {it.feed_key() for it in (GOOD, *others)}
    assert len(keys) == 5
    assert replace(GOOD, key=None).feed_key() is None


def test_a_long_key_is_shortened_and_stays_its_own() -> None:
    one, two = (replace(GOOD, key="x" * 200 + end).feed_key() for end in "ab")
    assert one != two
    assert one is not None
    assert len(one) <= KEY_MAX


def test_every_state_of_a_property_has_words_in_both_languages() -> None:
    assert {state for it in PROPERTIES.values() for state in it.states} == set(STATES)
