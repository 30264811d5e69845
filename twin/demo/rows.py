"""The rows of the demo, by the store's table, and what all of them share."""

from datetime import datetime, timedelta, timezone

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
)


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
