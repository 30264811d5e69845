"""Tickets: a request opens one, events move it along the table, in order, once."""

from datetime import timedelta
from typing import Any

import pytest

from twin.model.signals import Event, Request


def asked(house: Any, ticket: str = "t1", **more: Any) -> Request:
    return Request(ticket, house.clock() - timedelta(minutes=10), "repair", "楼道灯不亮", **more)


def step(house: Any, transition: Any, *, ago_min: float, ticket: str = "t1", **more: Any) -> Event:
    return Event(ticket, house.clock() - timedelta(minutes=ago_min), transition, **more)


def test_a_request_becomes_a_ticket_at_its_place(house: Any) -> None:
    assert house.send(asked(house, building_id="b1", storey_ordinal=4)).accepted == 1
    (ticket,) = house.rows(
        "SELECT ticket_id, state, category, title, building_id, storey_ordinal FROM ticket_now"
    )
    assert ticket == {
        "ticket_id": "t1",
        "state": "reported",
        "category": "repair",
        "title": "楼道灯不亮",
        "building_id": "b1",
        "storey_ordinal": 4,
    }


def test_a_unit_says_in_which_building_and_storey_it_is(house: Any) -> None:
    house.send(asked(house, unit_id="u1"))
    assert house.rows("SELECT building_id, storey_ordinal, unit_id FROM ticket_now") == [
        {"building_id": "b1", "storey_ordinal": 2, "unit_id": "u1"}
    ]


@pytest.mark.parametrize(
    ("place", "field"),
    [
        ({"building_id": "b9"}, "building_id"),
        ({"unit_id": "u9"}, "unit_id"),
        ({"unit_id": "u1", "building_id": "b2"}, "unit_id"),
        ({"unit_id": "u1", "storey_ordinal": 5}, "storey_ordinal"),
    ],
)
def test_a_place_that_is_not_here_is_refused(house: Any, place: dict[str, Any], field: str) -> None:
    (rejection,) = house.send(asked(house, **place)).rejections
    assert rejection.field == field
    assert house.one("SELECT count(*) FROM ticket_now") == 0


def test_a_ticket_is_opened_moved_and_closed_in_one_batch(house: Any) -> None:
    receipt = house.send(
        asked(house),
        step(house, "accept", ago_min=9),
        step(house, "handle", ago_min=8, note="带梯子"),
        step(house, "close", ago_min=1),
    )
    assert receipt.accepted == 4
    assert house.rows("SELECT transition, state, note FROM ticket_event ORDER BY happened_at") == [
        {"transition": "report", "state": "reported", "note": None},
        {"transition": "accept", "state": "handling", "note": None},
        {"transition": "handle", "state": "handling", "note": "带梯子"},
        {"transition": "close", "state": "closed", "note": None},
    ]
    (ticket,) = house.rows(
        "SELECT state, title, epoch(happened_at - reported_at)::INT AS took_s FROM ticket_now"
    )
    assert ticket == {"state": "closed", "title": "楼道灯不亮", "took_s": 540}


def test_steps_of_the_same_instant_keep_their_order(house: Any) -> None:
    house.send(asked(house), step(house, "handle", ago_min=1), step(house, "close", ago_min=1))
    assert house.one("SELECT state FROM ticket_now") == "closed"
    house.send(step(house, "reopen", ago_min=1))
    assert house.one("SELECT state FROM ticket_now") == "handling"


def test_an_impossible_step_is_refused_and_the_others_are_taken(house: Any) -> None:
    receipt = house.send(
        step(house, "accept", ago_min=9, ticket="nobody"),
        asked(house),
        step(house, "reopen", ago_min=8),
        step(house, "accept", ago_min=11),
        step(house, "handle", ago_min=7),
    )
    assert receipt.accepted == 2
    faults = [(fault.index, fault.field) for fault in receipt.rejections]
    assert faults == [(0, "ticket_id"), (2, "transition"), (3, "happened_at")]
    assert "possible now: accept, handle" in receipt.rejections[1].remedy


def test_a_second_request_for_an_open_ticket_is_refused_unless_it_is_the_same(house: Any) -> None:
    assert house.send(asked(house)).accepted == 1
    assert house.send(asked(house)).duplicates == 1
    (rejection,) = house.send(asked(house, building_id="b2")).rejections
    assert rejection.field == "ticket_id" and "leave ticket_id out" in rejection.remedy


def test_a_step_delivered_twice_is_one_step(house: Any) -> None:
    house.send(asked(house))
    closing = (step(house, "handle", ago_min=2), step(house, "close", ago_min=1))
    house.send(*closing)
    again = house.send(*closing)
    assert (again.accepted, again.duplicates, again.rejections) == (0, 2, ())
