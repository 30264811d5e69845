"""The 楼盘表 as a value: storeys as rows, units as columns, each named once, long towers side by side."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from twin.ui.panels.opened import Opened, Storey, Unit

ONE_BLOCK_STOREYS = 20
TWO_BLOCKS_STOREYS = 60
BLOCK_STOREYS = 30

Place = tuple[str, int]  # entrance id, column within it


@dataclass(frozen=True, slots=True)
class Entrance:
    id: str
    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` has one entry per column over all entrances; None where the storey has no such unit."""

    storey: Storey
    cells: tuple[Unit | None, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    entrances: tuple[Entrance, ...]
    blocks: tuple[tuple[Row, ...], ...]

    @property
    def columns(self) -> int:
        return sum(len(entrance.columns) for entrance in self.entrances)

    @property
    def rows(self) -> int:
        return max((len(block) for block in self.blocks), default=0)


def sheet_of(opened: Opened) -> Sheet:
    placed = _placed(opened.units or ())
    places = sorted({place for _, place in placed}, key=_by_entrance_name(opened.units or ()))
    at: dict[tuple[int, Place], Unit] = {(unit.storey_ordinal, place): unit for unit, place in placed}
    storeys = sorted(opened.storeys, key=lambda storey: storey.ordinal, reverse=True)
    rows = [Row(storey, tuple(at.get((storey.ordinal, place)) for place in places)) for storey in storeys]
    return Sheet(_entrances(placed, places), _blocks(rows))


def _placed(units: Iterable[Unit]) -> list[tuple[Unit, Place]]:
    """Each unit's own column: two units that claim the same one stand beside each other, none is lost."""
    taken: set[tuple[int, Place]] = set()
    placed = []
    for unit in sorted(units, key=lambda one: (one.storey_ordinal, one.position, one.room, one.id)):
        column = unit.position
        while (unit.storey_ordinal, (unit.entrance_id, column)) in taken:
            column += 1
        taken.add((unit.storey_ordinal, (unit.entrance_id, column)))
        placed.append((unit, (unit.entrance_id, column)))
    return placed


def _by_entrance_name(units: Iterable[Unit]) -> Callable[[Place], tuple[tuple[int, str], str, int]]:
    names = {unit.entrance_id: unit.entrance_name for unit in units}
    return lambda place: (_natural(names[place[0]]), place[0], place[1])


def _natural(name: str) -> tuple[int, str]:
    """2单元 before 10单元."""
    digits = "".join(letter for letter in name if letter.isdigit())
    return (int(digits) if digits else 0, name)


def _entrances(placed: Sequence[tuple[Unit, Place]], places: Sequence[Place]) -> tuple[Entrance, ...]:
    names = {unit.entrance_id: unit.entrance_name for unit, _ in placed}
    by_place: dict[Place, list[Unit]] = {}
    for unit, place in placed:
        by_place.setdefault(place, []).append(unit)
    ordered = list(dict.fromkeys(entrance for entrance, _ in places))
    return tuple(
        Entrance(
            entrance,
            names[entrance],
            tuple(_column_name(by_place[place], place[1]) for place in places if place[0] == entrance),
        )
        for entrance in ordered
    )


def _column_name(units: Sequence[Unit], position: int) -> str:
    """The end of the room number all storeys share (101, 201 → 01); else the column's number."""
    tails = {unit.room[-2:] for unit in units}
    return tails.pop() if len(tails) == 1 else str(position)


def _blocks(rows: Sequence[Row]) -> tuple[tuple[Row, ...], ...]:
    if not rows:
        return ()
    if len(rows) <= ONE_BLOCK_STOREYS:
        count = 1
    elif len(rows) <= TWO_BLOCKS_STOREYS:
        count = 2
    else:
        count = ceil(len(rows) / BLOCK_STOREYS)
    size = ceil(len(rows) / count)
    return tuple(tuple(rows[start : start + size]) for start in range(0, len(rows), size))
