"""The desk's one callback over a real store: what a link shows, what it refuses, what it sends again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from shapely import box

import layers
from twin.catalog import Catalog
from twin.live import Frames
from twin.model.clearance import DESK, WALL, Clearance
from twin.settings import Settings
from twin.store import Store, Tx
from twin.ui import ids
from twin.ui.desk import desk_app, view_of
from twin.ui.panels.desk_page import PARTS
from twin.ui.search import Index
from twin.ui.services import Services, Shelf

C = "510115006001"
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
PLAN = box(0, 0, 20, 14).wkb
SECRET = "烟感独有标记"


@dataclass
class Desk:
    client: FlaskClient
    store: Store
    clearance: Clearance = DESK

    def parts(
        self, link: str, shown: dict[str, str] | None = None
    ) -> tuple[dict[str, Any], dict[str, str] | None]:
        path, _, query = link.partition("?")
        outputs = [{"id": part, "property": "children"} for part in PARTS]
        names = [f"{part}.children" for part in PARTS]
        names += [f"{ids.SHOWN}.data", f"{ids.ANSWERED}.data-view"]
        body = {
            "output": f"..{'...'.join(names)}..",
            "outputs": [
                *outputs,
                {"id": ids.SHOWN, "property": "data"},
                {"id": ids.ANSWERED, "property": "data-view"},
            ],
            "inputs": [
                {"id": ids.URL, "property": "pathname", "value": path},
                {"id": ids.URL, "property": "search", "value": f"?{query}" if query else ""},
                {"id": ids.BELL, "property": "data", "value": None},
            ],
            "changedPropIds": [f"{ids.URL}.pathname"],
            "state": [{"id": ids.SHOWN, "property": "data", "value": shown}],
        }
        answer = self.client.post("/desk/_dash-update-component", json=body)
        if answer.status_code == 204:
            return {}, shown
        assert answer.status_code == 200, answer.get_data(as_text=True)
        said = answer.get_json()["response"]
        now_shown = said.get(ids.SHOWN, {}).get("data", shown)
        return {part: said[part]["children"] for part in PARTS if part in said}, now_shown

    def text(self, link: str) -> str:
        return json.dumps(self.parts(link)[0], ensure_ascii=False)


def _building(building_id: str, name: str, storeys: int) -> dict[str, object]:
    return {
        "community12": C, "id": building_id, "name": name, "address": "二仙桥东路8号", "compound_id": None,
        "use": "residential", "form": "tower", "storeys_above": storeys, "storeys_below": 0,
        "height_m": storeys * 3.0, "base_m": 0.0, "storeys_derived": False, "height_derived": True,
        "geom_wkb": PLAN, "x_m": 10.0, "y_m": 7.0, "min_x_m": 0.0, "min_y_m": 0.0, "max_x_m": 20.0,
        "max_y_m": 14.0, "source_id": None, "provenance": "demo", "imported_at": NOW,
    }  # fmt: skip


def _storeys(building_id: str, storeys: int) -> list[dict[str, object]]:
    return [
        {"community12": C, "building_id": building_id, "ordinal": ordinal, "label": f"{ordinal + 1}F",
         "z_floor_m": ordinal * 3.0, "height_m": 3.0}
        for ordinal in range(storeys)
    ]  # fmt: skip


def _unit(storey: int, entrance: int, position: int) -> dict[str, object]:
    room = f"{storey + 1}{position:02d}"
    return {
        "community12": C, "id": f"t1-{entrance}-{room}", "building_id": "t1", "entrance_id": f"e{entrance}",
        "storey_ordinal": storey, "room": room, "use": "residential", "state": "occupied",
        "position": position,
        "geom_wkb": None, "x_m": 5.0, "y_m": 5.0, "provenance": "demo",
    }  # fmt: skip


def _device(device_id: str, storey: int, unit: str | None) -> dict[str, object]:
    return {
        "community12": C, "id": device_id, "kind": "smoke", "label": f"{SECRET} {device_id}",
        "building_id": "t1", "storey_ordinal": storey, "unit_id": unit, "x_m": 5.0, "y_m": 5.0, "z_m": 3.0,
        "is_public": False, "expected_interval_s": 60, "installed_at": NOW - timedelta(days=9),
        "provenance": "demo",
    }  # fmt: skip


def _reading(device_id: str, at: datetime) -> dict[str, object]:
    return {"community12": C, "device_id": device_id, "state": "normal", "value": None, "unit": None,
            "feed": "door", "happened_at": at, "received_at": at}  # fmt: skip


def _ticket(ticket_id: str, state: str) -> dict[str, object]:
    return {
        "community12": C, "ticket_id": ticket_id, "state": state, "category": "lighting",
        "title": "楼道灯不亮",
        "building_id": "t1", "storey_ordinal": 11, "unit_id": "t1-2-1201", "x_m": None, "y_m": None,
        "feed": "door", "reported_at": NOW, "happened_at": NOW, "received_at": NOW,
    }  # fmt: skip


def settle(tx: Tx) -> None:
    tx.upsert("community", [{"community12": C, "name": "杉板桥社区", "name_en": "Shanbanqiao", "lon0": 104.1,
              "lat0": 30.7, "west": None, "south": None, "east": None, "north": None, "demo": True,
              "created_at": NOW}])  # fmt: skip
    tx.upsert("building", [_building("t1", "3栋", 24), _building("bare", "旧厂房", 7)])
    tx.upsert("storey", [*_storeys("t1", 24), *_storeys("bare", 7)])
    tx.upsert("entrance", [{"community12": C, "id": f"e{n}", "building_id": "t1", "name": f"{n}单元",
              "micro_grid_id": None, "x_m": 1.0, "y_m": 1.0, "valid_from": NOW, "valid_to": None,
              "provenance": "demo"} for n in (1, 2)])  # fmt: skip
    tx.upsert("unit", [_unit(s, e, p) for s in range(24) for e in (1, 2) for p in (1, 2)])
    tx.upsert("device", [_device("smoke-1", 11, "t1-2-1201"), _device("smoke-2", 3, "t1-1-401")])
    tx.upsert_newest("device_now", [_reading("smoke-1", NOW), _reading("smoke-2", NOW - timedelta(hours=2))])
    tx.upsert("ticket_now", [_ticket("k1", "reported"), _ticket("k2", "closed")])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = Store.open(tmp_path, clock=lambda: NOW)
    store.write(settle)
    catalog, settings = Catalog.of(layers), Settings(home=tmp_path)
    services = Services(
        store, catalog, settings, Frames(store, catalog, lambda: NOW), lambda: NOW, "test", Shelf(), Index()
    )
    server = Flask("desk-test", static_folder=None)
    it = Desk(server.test_client(), store)

    @server.before_request
    def clear() -> None:
        g.clearance = it.clearance

    desk_app(server, settings, services)
    yield it
    store.close()


def test_the_overview_lists_open_tickets_and_silent_devices_with_one_action_to_their_unit(desk: Desk) -> None:
    parts, _ = desk.parts("/desk")
    right = json.dumps(parts[ids.RIGHT], ensure_ascii=False)
    assert "楼道灯不亮" in right and "2单元 1201" in right
    assert '\\"device\\":\\"smoke-2\\"' in right, "the silent one is listed"
    assert '\\"device\\":\\"smoke-1\\"' not in right, "the one that speaks is not"
    assert '\\"ticket\\":\\"k1\\"' in right and '\\"ticket\\":\\"k2\\"' not in right
    assert "尚未启用" in right


def test_a_building_shows_its_storeys_units_and_what_is_derived(desk: Desk) -> None:
    parts, _ = desk.parts("/building/t1")
    left = json.dumps(parts[ids.LEFT], ensure_ascii=False)
    assert left.count('"role": "rowheader"') == 24
    assert left.count('"aria-selected"') == 24 * 4
    assert "推算" in left and "二仙桥东路8号" in left


def test_a_building_without_units_says_so_and_still_opens_every_storey(desk: Desk) -> None:
    text = desk.text("/building/bare?storey=2")
    assert "无户室数据" in text
    assert text.count('"role": "rowheader"') == 7
    assert "3F 层" in text


def test_a_unit_shows_its_own_devices_and_tickets_and_the_way_back(desk: Desk) -> None:
    text = desk.text("/building/t1?storey=11&unit=t1-2-1201")
    assert "smoke-1" in text and "smoke-2" not in text
    assert "楼道灯不亮" in text
    assert "返回上一级" in text


def test_a_unit_brings_its_storey_even_when_the_link_names_another(desk: Desk) -> None:
    assert "12F" in desk.text("/building/t1?storey=3&unit=t1-2-1201")


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("/building/t2", "没有编号为“t2”的楼"),
        ("/building/t1?storey=90", "没有这一层"),
        ("/building/t1?unit=nobody", "没有这一户"),
        ("/desk?layers=ground,devcies", "改用“devices”"),
        ("/desk?storey=up", "链接有误"),
        ("/desk?at=yesterday", "链接有误"),
        ("/building/t2?lang=en", "There is no building “t2”"),
    ],
)
def test_a_link_that_asks_for_what_is_not_there_gets_a_sentence_and_a_way_on(
    desk: Desk, link: str, said: str
) -> None:
    assert said in desk.text(link)


def test_an_unknown_building_offers_the_nearest_ones(desk: Desk) -> None:
    assert '\\"building\\":\\"t1\\"' in desk.text("/building/t11")


def test_only_the_parts_that_changed_are_sent_again(desk: Desk) -> None:
    first, shown = desk.parts("/building/t1")
    assert set(first) == set(PARTS)
    same, shown = desk.parts("/building/t1", shown)
    assert same == {}
    unit, shown = desk.parts("/building/t1?storey=11", shown)
    assert set(unit) == {ids.LEFT, ids.RIGHT}
    desk.store.write(lambda tx: tx.upsert_newest("device_now", [_reading("smoke-1", NOW + timedelta(1))]))
    heard, _ = desk.parts("/building/t1?storey=11", shown)
    assert set(heard) == {ids.RIGHT}


def test_the_past_wears_its_border_its_word_and_its_time(desk: Desk) -> None:
    text = desk.text("/desk?at=2026-11-20T14:30:00%2B08:00")
    assert "回放" in text and "2026-11-20 14:30:00" in text and "replay-border" in text


def test_the_wall_clearance_gets_no_unit_and_no_home_device_through_the_callback(desk: Desk) -> None:
    desk.clearance = WALL
    for link in ("/desk", "/building/t1", "/building/t1?storey=11&unit=t1-2-1201"):
        text = desk.text(link)
        assert SECRET not in text
        assert "1201" not in text.replace("t1-2-1201", "")


def test_english_is_a_link_away(desk: Desk) -> None:
    text = desk.text("/building/t1?lang=en")
    assert "Open tickets" in text and "未结工单" not in text


def test_a_link_reads_the_building_from_its_path() -> None:
    view = view_of("/building/%E4%B8%89", "?storey=-1&unit=u&layers=ground,buildings&lang=en")
    assert (view.building, view.storey, view.unit, view.layers, view.lang) == (
        "三",
        -1,
        "u",
        ("ground", "buildings"),
        "en",
    )
