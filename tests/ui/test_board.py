"""Every number on a board comes from rows; where there are none there is no number."""

from datetime import timedelta
from typing import Any

from twin.model.clearance import DESK, WALL
from twin.ui.board import board
from twin.ui.routes_scene import layer_packed
from twin.ui.services import Services


def facts(services: Services, clearance: Any = WALL) -> dict[str, Any]:
    return {name: fact["value"] for name, fact in board(services, clearance)["facts"].items()}


def test_an_empty_file_shows_no_number_at_all_and_no_nought(bare: Services) -> None:
    told = board(bare, DESK)
    assert {fact["value"] for fact in told["facts"].values()} == {None}
    assert {bucket["n"] for bucket in told["strip"]} == {None}
    assert told["feeds"] == []
    assert told["engines"] == {"alarms": False, "care": False, "duty": False}


def test_every_fact_names_its_relation_its_rows_and_its_newest_age(services: Services) -> None:
    relations = services.store.read("SELECT DISTINCT function_name AS name FROM duckdb_functions()")
    known = set(relations["name"].to_pylist())
    for name, fact in board(services, DESK)["facts"].items():
        assert fact["source"] in known, name
        assert {"value", "newest_at", "rows"} <= set(fact), name


def test_a_number_moves_with_its_rows_and_goes_with_them(services: Services, house: Any) -> None:
    assert facts(services)["tickets.reported"] is None
    house.ticket("t1")
    house.ticket("t2", state="handling")
    assert (facts(services)["tickets.reported"], facts(services)["tickets.handling"]) == (1, 1)
    assert facts(services)["tickets.closed_24h"] == 0
    services.store.write(lambda tx: tx.execute("DELETE FROM ticket_now"))
    assert facts(services)["tickets.reported"] is None


def test_the_oldest_open_ticket_is_told_as_an_age_with_its_instant(
    services: Services, house: Any, clock: Any
) -> None:
    house.ticket("t1")
    reported_at = clock.now
    clock.forward(minutes=7)
    fact = board(services, WALL)["facts"]["tickets.oldest_open"]
    assert fact["value"] == 420
    assert fact["at"] == reported_at.isoformat()


def test_devices_that_fall_silent_become_unseen_without_a_commit(
    services: Services, house: Any, clock: Any
) -> None:
    house.observe("home-canary")
    house.observe("air-01")
    assert (facts(services)["devices.online"], facts(services)["devices.smoke.unseen"]) == (2, 0)
    clock.forward(seconds=121)
    assert facts(services)["devices.smoke.unseen"] == 1
    assert facts(services)["devices.air.unseen"] == 0
    assert facts(services)["devices.unseen"] == 1


def test_units_are_for_the_desk_and_unknown_units_are_no_nought(services: Services) -> None:
    assert facts(services, DESK)["units.total"] == 12
    assert facts(services, WALL)["units.total"] is None
    services.store.write(lambda tx: tx.execute("DELETE FROM unit"))
    assert facts(services, DESK)["units.total"] is None


def test_on_duty_means_seen_in_the_last_five_minutes(services: Services, house: Any, clock: Any) -> None:
    assert facts(services)["staff.on_duty"] is None
    house.stand("staff-canary")
    assert (facts(services)["staff.on_duty"], facts(services)["staff.steward"]) == (1, 1)
    clock.forward(minutes=6)
    assert facts(services)["staff.on_duty"] == 0


def test_the_feed_that_is_missing_is_named(services: Services, house: Any, clock: Any) -> None:
    house.feed("a", "消防网关", clock.now)
    house.feed("b", "油烟监测", clock.now - timedelta(hours=1))
    house.feed("c", "门磁", None)
    told = board(services, WALL)
    assert told["facts"]["feeds.speaking"]["value"] == 1
    assert told["facts"]["feeds.total"]["value"] == 3
    assert told["facts"]["feeds.speaking"]["missing"] == ["油烟监测", "门磁"]
    assert [feed["speaks"] for feed in told["feeds"]] == [True, False, False]


def test_the_strip_has_no_number_before_the_first_known_quarter_and_true_noughts_after(
    services: Services, house: Any, clock: Any
) -> None:
    house.log(5)
    clock.forward(hours=2)
    house.log(7)
    numbers = [bucket["n"] for bucket in board(services, WALL)["strip"]]
    assert len(numbers) == 96
    assert numbers[-1] == 7
    assert numbers[-9:] == [5, 0, 0, 0, 0, 0, 0, 0, 7]
    assert set(numbers[:-9]) == {None}


def test_a_board_is_counted_once_for_all_of_one_clearance(services: Services) -> None:
    assert board(services, WALL) == board(services, WALL)
    assert board(services, WALL)["facts"] != board(services, DESK)["facts"]


def test_a_board_for_every_commit_does_not_push_a_drawn_layer_off_its_shelf(
    services: Services, house: Any, clock: Any
) -> None:
    first = layer_packed(services, "buildings", WALL, None)
    for number in range(80):
        clock.forward(seconds=1)
        house.ticket(f"t{number}")
        board(services, WALL)
    # Drawn anew it would carry another instant, and so another tag.
    assert layer_packed(services, "buildings", WALL, None).etag == first.etag
