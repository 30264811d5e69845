"""The 楼盘表 as a value: no unit lost, no storey cut, everything named once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.ui.panels.opened import Opened, Storey, Unit
from twin.ui.panels.sheet import BLOCK_STOREYS, ONE_BLOCK_STOREYS, sheet_of


def unit(entrance: str, storey: int, position: int, room: str | None = None, state: str = "occupied") -> Unit:
    room = room or f"{storey + 1}{position:02d}"
    name = f"{entrance}单元"
    return Unit(
        f"{entrance}-{storey}-{position}-{room}", entrance, name, storey, room, "home", state, position
    )


def building(storeys: int, units: tuple[Unit, ...] | None, below: int = 0) -> Opened:
    floors = tuple(
        Storey(ordinal, f"{ordinal + 1}F" if ordinal >= 0 else f"{ordinal}F")
        for ordinal in range(-below, storeys)
    )
    return Opened(
        id="b1", name="3栋", address="二仙桥东路8号", compound_name="杉板桥小区", use="residential",
        storeys_above=storeys, storeys_below=below, height_m=storeys * 3.0, storeys_derived=False,
        height_derived=False, provenance="demo", entrances=("1单元",), storeys=floors, units=units,
        devices=(), tickets=(),
    )  # fmt: skip


def tower(storeys: int, entrances: int = 2, per_entrance: int = 2) -> Opened:
    units = tuple(
        unit(str(entrance + 1), storey, position)
        for storey in range(storeys)
        for entrance in range(entrances)
        for position in range(1, per_entrance + 1)
    )
    return building(storeys, units)


def test_storeys_stand_from_the_roof_down_and_units_as_columns_of_their_entrance() -> None:
    sheet = sheet_of(tower(3))
    assert [row.storey.label for row in sheet.blocks[0]] == ["3F", "2F", "1F"]
    assert [(one.name, one.columns) for one in sheet.entrances] == [
        ("1单元", ("01", "02")),
        ("2单元", ("01", "02")),
    ]
    assert [cell.room if cell else None for cell in sheet.blocks[0][0].cells] == ["301", "302", "301", "302"]


def test_the_second_entrance_comes_before_the_tenth() -> None:
    sheet = sheet_of(building(1, tuple(unit(str(number), 0, 1) for number in (10, 2, 1))))
    assert [one.name for one in sheet.entrances] == ["1单元", "2单元", "10单元"]


def test_a_storey_without_a_unit_in_a_column_leaves_the_cell_open() -> None:
    sheet = sheet_of(building(2, (unit("1", 0, 1), unit("1", 1, 1), unit("1", 1, 2))))
    assert [cell is None for cell in sheet.blocks[0][1].cells] == [False, True]


def test_a_building_without_units_still_has_every_storey() -> None:
    sheet = sheet_of(building(7, (), below=1))
    assert sheet.columns == 0
    assert [row.storey.label for row in sheet.blocks[0]] == ["7F", "6F", "5F", "4F", "3F", "2F", "1F", "-1F"]


def test_rooms_that_do_not_end_alike_give_the_column_its_number() -> None:
    sheet = sheet_of(building(2, (unit("1", 0, 1, "商铺甲"), unit("1", 1, 1, "201"))))
    assert sheet.entrances[0].columns == ("1",)


@pytest.mark.parametrize(
    ("storeys", "blocks"), [(1, 1), (20, 1), (21, 2), (33, 2), (60, 2), (61, 3), (120, 4)]
)
def test_a_long_tower_stands_in_columns_side_by_side(storeys: int, blocks: int) -> None:
    sheet = sheet_of(tower(storeys))
    assert len(sheet.blocks) == blocks
    assert sheet.rows <= max(ONE_BLOCK_STOREYS, BLOCK_STOREYS)


@settings(deadline=None, max_examples=60)
@given(
    storeys=st.integers(1, 80),
    below=st.integers(0, 3),
    places=st.lists(
        st.tuples(st.sampled_from("12"), st.integers(0, 79), st.integers(1, 4), st.integers(1, 999)),
        max_size=80,
        unique=True,
    ),
)
def test_no_storey_is_cut_and_no_unit_is_lost_even_when_two_claim_one_place(
    storeys: int, below: int, places: list[tuple[str, int, int, int]]
) -> None:
    units = tuple(
        unit(entrance, storey % storeys, position, f"{room}-{storey}")
        for entrance, storey, position, room in places
    )
    sheet = sheet_of(building(storeys, units, below))
    rows = [row for block in sheet.blocks for row in block]
    assert [row.storey.ordinal for row in rows] == list(range(storeys - 1, -below - 1, -1))
    seen = [cell.id for row in rows for cell in row.cells if cell]
    assert sorted(seen) == sorted(one.id for one in units)
    assert all(len(row.cells) == sheet.columns for row in rows)


@pytest.mark.parametrize("storeys", [1, 20, 21, 45, 60, 75])
def test_every_cell_stands_on_its_own_storey(storeys: int) -> None:
    for block in sheet_of(tower(storeys)).blocks:
        for row in block:
            assert {cell.storey_ordinal for cell in row.cells if cell} == {row.storey.ordinal}
