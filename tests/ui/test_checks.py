"""`twin check`: clean on the demo; each rule about people, care, kitchens and ways finds what breaks it."""

from collections.abc import Iterator

import pytest

import layers
from twin.catalog import Catalog
from twin.demo import generate
from twin.demo.load import write
from twin.store import Store
from twin.store.vault import Vault
from twin.ui.checks import Finding, as_table, check

LOAD = "a steward answers for 50 to 100 residents"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("checks")
    store = Store.open(folder / "home")
    write(store, generate(1, 0.2), Vault(folder / "home", folder / "key"))
    yield store
    store.close()


def findings(store: Store) -> dict[str, Finding]:
    return {found.rule: found for found in check(store, Catalog.of(layers))}


def test_the_demo_breaks_no_rule_and_every_rule_had_something_to_hold(store: Store) -> None:
    found = findings(store)
    assert [rule for rule, one in found.items() if not one.ok] == []
    assert [rule for rule, one in found.items() if one.checked == 0] == []


def test_a_steward_with_too_many_residents_is_listed_and_is_no_fault(store: Store) -> None:
    load = findings(store)[LOAD]
    assert load.ok and 0 < load.noted < load.checked / 2
    assert len(load.examples) == load.noted
    assert f"{load.noted:>7}  listed: 杉板桥-" in as_table([load])


def nth(table: str, number: int) -> str:
    return f"(SELECT id FROM {table} ORDER BY id LIMIT 1 OFFSET {number})"


BREAKS = {
    "every household lives in one unit": f"""UPDATE household SET unit_id = 'no'
        WHERE id = {nth("household", 1)}""",
    "every household has one head": f"""UPDATE occupancy SET kinship = 'other'
        WHERE household_id = {nth("household", 2)}""",
    "every occupied dwelling has a household": f"DELETE FROM household WHERE id = {nth('household', 3)}",
    "no vacant dwelling has a household": f"""UPDATE unit SET state = 'vacant' WHERE id =
        (SELECT unit_id FROM household WHERE id = {nth("household", 4)})""",
    "everybody who lives somewhere is a person we know, in a unit that exists": f"""UPDATE occupancy
        SET person_id = 'p-nobody' WHERE id = {nth("occupancy", 20)}""",
    "a grid's households are those of its parts": f"""UPDATE grid SET households = households + 1
        WHERE id = {nth("grid", 1)}""",
    "everybody who is cared for lives where the profile says": f"""UPDATE care_profile
        SET unit_id = 'elsewhere' WHERE id = {nth("care_profile", 0)}""",
    "every level of care belongs to a scheme": f"""UPDATE care_profile SET level = 'green'
        WHERE id = {nth("care_profile", 1)}""",
    "every restaurant's monitor exists and is its own": f"""UPDATE restaurant SET device_id = 'gone'
        WHERE id = {nth("restaurant", 0)}""",
    "every camera is a device, and the lane it watches exists": f"""UPDATE camera SET lane_id = 'lane-999'
        WHERE id = {nth("camera", 0)}""",
    "a fire lane is at least 4 m wide": f"UPDATE lane SET width_m = 3.5 WHERE id = {nth('lane', 0)}",
    "no fire lane crosses a house or the water": f"""UPDATE lane SET geom_wkb =
        (SELECT geom_wkb FROM building LIMIT 1) WHERE id = {nth("lane", 1)}""",
    "every way of the street graph joins two nodes": f"""UPDATE street_edge SET to_node = 'x9999'
        WHERE id = {nth("street_edge", 0)}""",
    "the street graph hangs together": """INSERT INTO street_node
        SELECT community12, 'alone', 0, 0, 'demo' FROM community""",
}


def test_each_broken_rule_is_found_and_named(store: Store) -> None:
    """Runs last: the store is broken in every way at once."""
    for statement in BREAKS.values():
        store.write(lambda tx, statement=statement: tx.execute(statement))
    found = findings(store)
    for rule in BREAKS:
        assert found[rule].faults >= 1, rule
        assert found[rule].examples and found[rule].remedy, rule
    table = as_table(list(found.values()))
    assert table.count("FAIL") == sum(not one.ok for one in found.values()) >= len(BREAKS)
