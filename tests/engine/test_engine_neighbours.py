"""Two communities in one twin: what arrives belongs to the community of its device, actor or building."""

from typing import Any

from twin.model.signals import Event, Observation, Position, Request
from twin.store import Tx

OTHER = "510115006002"
COPIED = ("device", "staff", "building")


def _settle(tx: Tx) -> None:
    tx.execute(
        "INSERT INTO community BY NAME SELECT * REPLACE ($other AS community12) FROM community",
        {"other": OTHER},
    )
    for table in COPIED:
        tx.execute(
            f"INSERT INTO {table} BY NAME"
            f" SELECT * REPLACE ($other AS community12, 'c2-' || id AS id) FROM {table}",
            {"other": OTHER},
        )


def test_each_row_is_its_own_communitys(house: Any) -> None:
    house.store.write(_settle)
    now = house.clock()
    house.send(Observation("d0", now, "normal"), Observation("c2-d0", now, "alarm"))
    house.send(Position("c2-s1", now, 1.0, 2.0), Position("s1", now, 3.0, 4.0))
    house.send(Request("t1", now, "leak", "漏水", building_id="c2-b1"), Request("t2", now, "light", "路灯"))
    house.send(Event("t1", now, "accept"))
    of = "SELECT community12 AS it FROM {} ORDER BY {}"
    assert [row["it"] for row in house.rows(of.format("device_now", "device_id"))] == [OTHER, "510115006001"]
    assert [row["it"] for row in house.rows(of.format("position_now", "actor_id"))] == [OTHER, "510115006001"]
    tickets = house.rows("SELECT ticket_id, community12 AS it, state FROM ticket_now ORDER BY ticket_id")
    assert [(row["it"], row["state"]) for row in tickets] == [
        (OTHER, "handling"),
        ("510115006001", "reported"),
    ]
    assert house.one("SELECT count(DISTINCT community12) FROM ticket_event WHERE ticket_id = 't1'") == 1
