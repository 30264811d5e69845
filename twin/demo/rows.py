"""The rows of the demo, by the store's table, and what all of them share."""

from datetime import datetime, timedelta, timezone
from random import Random

Row = dict[str, object]
Tables = dict[str, list[Row]]

COMMUNITY12 = "510108008003"
CODE_SCHEME = "cd-proposal-17"
NAME, NAME_EN = "杉板桥社区", "Shanbanqiao Community"
SHORT_NAME = "杉板桥"
LON0, LAT0 = 104.1206, 30.6655
DEMO = "demo"
VALID_FROM = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=8)))

TABLE_NAMES = (
    "community",
    "ground",
    "compound",
    "building",
    "entrance",
    "storey",
    "unit",
    "grid",
    "person",
    "staff",
    "facility",
    "device",
    "household",
    "occupancy",
    "care_level",
    "care_profile",
    "restaurant",
    "camera",
    "lane",
    "asset",
    "street_node",
    "street_edge",
)


def seeded(seed: int, purpose: str) -> Random:
    """Each part of the demo draws from its own stream, so a change in one leaves the rest as it was."""
    return Random(f"{seed}/{purpose}")  # noqa: S311 - repeatable on purpose, nothing secret is drawn


def text(row: Row, column: str) -> str:
    value = row[column]
    assert isinstance(value, str)
    return value


def number(row: Row, column: str) -> float:
    value = row[column]
    assert isinstance(value, int | float)
    return float(value)


def whole(row: Row, column: str) -> int:
    value = row[column]
    assert isinstance(value, int)
    return value


def empty_tables() -> Tables:
    return {name: [] for name in TABLE_NAMES}
