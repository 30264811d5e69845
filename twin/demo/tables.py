"""The small committed tables of invented names that the demo is made with."""

import csv
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "data" / "demo"


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def words(name: str) -> tuple[str, ...]:
    return tuple(row["zh"] for row in table(name))
