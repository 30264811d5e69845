"""Communities side by side: each whole in itself, apart from the others, with ids of its own."""

from collections import Counter

import pytest
from shapely import from_wkb

from twin.demo import Community, generate


@pytest.fixture(scope="module")
def two() -> Community:
    return generate(1, 2)


def test_the_first_of_several_is_the_one_alone(two: Community, whole: Community) -> None:
    assert two.parts[0].digest == whole.digest


def test_each_has_a_code_a_name_and_ground_of_its_own(two: Community) -> None:
    assert [row["community12"] for row in two.tables["community"]] == ["510108008003", "510108008101"]
    assert [row["name"] for row in two.tables["community"]] == ["杉板桥社区", "杉板桥社区（二）"]
    first, second = two.parts
    assert not first.plan.land.intersects(second.plan.land)
    for name, rows in second.tables.items():
        assert {row["community12"] for row in rows} == {"510108008101"}, name


def test_no_id_no_phone_and_no_number_is_given_twice(two: Community) -> None:
    for name, rows in two.tables.items():
        key = "person_id" if name == "person" else "id"
        if name not in ("community", "storey", "care_level"):
            assert Counter(row[key] for row in rows).most_common(1)[0][1] == 1, name
    who = [person["identity"] for person in two.tables["person"]]
    for part in ("no", "phone", "id_no"):
        given = [one[part] for one in who if isinstance(one, dict) and one[part]]
        assert len(given) == len(set(given)), part


def test_what_names_another_row_names_one_of_its_own_place(two: Community) -> None:
    rows = two.parts[1].tables
    ids = {name: {row.get("id") for row in rows[name]} for name in rows}
    people = {row["person_id"] for row in rows["person"]}
    assert all(row["building_id"] in ids["building"] for row in rows["storey"])
    assert all(row["micro_grid_id"] in ids["grid"] for row in rows["entrance"])
    assert all(row["parent_id"] in ids["grid"] for row in rows["grid"] if row["parent_id"])
    assert all(row["unit_id"] in ids["unit"] and row["person_id"] in people for row in rows["occupancy"])
    assert all(row["device_id"] in ids["device"] for row in rows["restaurant"])
    assert all({row["from_node"], row["to_node"]} <= ids["street_node"] for row in rows["street_edge"])


def test_places_and_shapes_move_together(two: Community) -> None:
    second = two.parts[1]
    for building in second.tables["building"]:
        shape = from_wkb(building["geom_wkb"])
        assert shape.bounds[0] == pytest.approx(building["min_x_m"])
        assert second.plan.boundary.contains(shape)


@pytest.mark.parametrize("scale", [0.1, 1.5, 2.5, 11.0, -1.0])
def test_a_scale_that_is_neither_a_share_nor_a_number_of_places_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="scale"):
        generate(1, scale)
