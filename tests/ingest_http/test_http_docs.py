"""The door's page says what the door does."""

from pathlib import Path

import pytest

from twin.ingest.http import DOORS
from twin.ingest.http_items import FIELDS
from twin.model.tickets import transition_table

PAGE = (Path(__file__).parents[2] / "docs" / "ingest-http.md").read_text("utf-8")


@pytest.mark.parametrize("door", DOORS)
def test_every_address_is_described_with_every_field(door: str) -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `/ingest/{door}` |")]
    point = {"lon", "lat", "x_m", "y_m", "crs"}
    for name in FIELDS[DOORS[door]].split(", "):
        assert f"`{name}`" in row or f"`{name}?`" in row or (name in point and "a point" in row), name


def test_the_table_of_steps_is_the_one_in_force() -> None:
    assert transition_table() in PAGE
