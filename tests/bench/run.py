"""`make bench [ROWS="wall points"]`: run the measurements one after the other and print each as a table."""

import sys
from collections.abc import Callable
from time import perf_counter

import figures_data
import figures_doors
import figures_ingest
import figures_life
import figures_points
import figures_viewers
import figures_wall

Table = list[tuple[str, ...]]
BENCHES: dict[str, Callable[[], Table]] = {
    "data": figures_data.table,
    "ingest": figures_ingest.table,
    "doors": figures_doors.table,
    "life": figures_life.table,
    "wall": figures_wall.table,
    "open": figures_wall.open_table,
    "points": figures_points.table,
    "viewers": figures_viewers.table,
}


def show(name: str, table: Table, spent_s: float) -> None:
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    print(f"\n{name} ({spent_s:.0f} s)")
    for number, row in enumerate(table):
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if number == 0:
            print("  " + "  ".join("-" * width for width in widths))
    sys.stdout.flush()


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"No such bench: {', '.join(unknown)}. There are: {', '.join(BENCHES)}.")
        return 2
    for name in names or BENCHES:
        began = perf_counter()
        show(name, BENCHES[name](), perf_counter() - began)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
