"""The figures of docs/demo.md are those of the generator."""

from collections.abc import Callable
from pathlib import Path

from twin.demo import Community

PAGE = Path(__file__).parents[2] / "docs" / "demo.md"
Row = dict[str, object]


def counted(table: str, fits: Callable[[Row], bool] = lambda row: True) -> Callable[[Community], int]:
    return lambda community: sum(fits(row) for row in community.tables[table])


def one_of(column: str, *values: str) -> Callable[[Row], bool]:
    return lambda row: row[column] in values


FIGURES: dict[str, Callable[[Community], int]] = {
    "compounds": counted("compound"),
    "buildings with homes": counted("building", one_of("use", "residential")),
    "other buildings": counted("building", lambda row: row["use"] != "residential"),
    "entrances": counted("entrance"),
    "dwellings": counted("unit", one_of("use", "dwelling")),
    "households": counted("household"),
    "residents": counted("occupancy"),
    "cared for": counted("care_profile"),
    "general grids": counted("grid", lambda row: row["tier"] == 2),
    "micro grids": counted("grid", lambda row: row["tier"] == 3 and row["kind"] == "residential"),
    "exclusive grids": counted("grid", one_of("kind", "exclusive")),
    "stewards": counted("staff", one_of("role", "steward")),
    "full-time workers": counted("staff", one_of("role", "full_time")),
    "volunteers": counted("staff", one_of("role", "volunteer")),
    "facilities": counted("facility"),
    "restaurants": counted("restaurant"),
    "devices": counted("device"),
    "cameras": counted("camera"),
    "fire lanes": counted("lane"),
    "hydrants": counted("asset", one_of("kind", "hydrant")),
    "gas valves": counted("asset", one_of("kind", "gas_valve")),
    "trees": counted("ground", one_of("kind", "tree")),
    "nodes of the street graph": counted("street_node"),
    "ways of the street graph": counted("street_edge"),
}


def table(small: Community, whole: Community) -> str:
    lines = ["| | scale 0.2 | scale 1 |", "|---|---:|---:|"]
    lines += [f"| {name} | {count(small):,} | {count(whole):,} |" for name, count in FIGURES.items()]
    return "\n".join(lines)


def test_the_page_tells_what_the_generator_makes(small: Community, whole: Community) -> None:
    told = PAGE.read_text("utf-8").split("<!-- figures -->\n")[1].split("\n<!-- /figures -->")[0]
    assert told == table(small, whole)
