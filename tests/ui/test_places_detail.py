"""A building's page: as many storeys as it has, units for the desk alone, nothing made up."""

import json
from typing import Any

import pytest

from twin.model.clearance import DESK, WALL
from twin.ui.places import UnknownBuilding, building_detail
from twin.ui.services import Services


def test_the_desk_gets_storeys_units_devices_and_tickets_with_counts(services: Services, house: Any) -> None:
    house.ticket("t1", building_id="b1", storey_ordinal=2, unit_id="u302")
    detail = building_detail(services, "b1", DESK)
    assert [storey["label"] for storey in detail["storeys"]] == [f"{n}F" for n in range(1, 7)]
    assert len(detail["units"]) == 12
    third = detail["storeys"][2]
    assert (third["units"], third["devices"], third["tickets"]) == (2, 1, 1)
    assert detail["entrances"][0]["micro_grid_name"] == "永宁-02-001"
    assert {device["device_id"] for device in detail["devices"]} == {"home-canary", "air-01"}


def test_the_wall_gets_no_unit_no_home_device_and_no_resident_s_words(services: Services, house: Any) -> None:
    house.ticket("t1", building_id="b1", storey_ordinal=2, unit_id="u302")
    detail = building_detail(services, "b1", WALL)
    assert detail["units"] is None
    assert {storey["units"] for storey in detail["storeys"]} == {None}
    assert {storey["tickets"] for storey in detail["storeys"]} == {None}
    told = json.dumps(detail, default=str, ensure_ascii=False)
    for canary in ("home-canary", "canary-title", "u302", "302"):
        assert canary not in told


def test_a_building_without_known_units_says_so_instead_of_nought(services: Services) -> None:
    detail = building_detail(services, "b13", DESK)
    assert detail["units"] == []
    assert {storey["units"] for storey in detail["storeys"]} == {None}


def test_a_closed_ticket_does_not_count_at_its_storey(services: Services, house: Any) -> None:
    house.ticket("t1", state="closed", building_id="b1", storey_ordinal=2)
    assert building_detail(services, "b1", DESK)["storeys"][2]["tickets"] == 0


def test_an_unknown_building_is_told_with_the_nearest_ones(services: Services) -> None:
    with pytest.raises(UnknownBuilding, match="b1 "):
        building_detail(services, "b1x", DESK)


def test_without_any_building_the_remedy_is_an_import(bare: Services) -> None:
    with pytest.raises(UnknownBuilding, match="import"):
        building_detail(bare, "b1", DESK)
