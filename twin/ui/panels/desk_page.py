"""Everything the desk shows for one view, as the parts its callback sends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from twin.model.clearance import Clearance
from twin.spec.text import Lang
from twin.ui import ids
from twin.ui.board import BOARD_GOOD_S, feed_rows
from twin.ui.panels import building, notice, overview
from twin.ui.panels.opened import opened_of
from twin.ui.panels.top import tail, top_bar
from twin.ui.panels.words import Words
from twin.ui.places import NEAREST, UnknownBuilding, building_detail
from twin.ui.services import Services
from twin.view import View

PARTS = (ids.TOP, ids.TAIL, ids.NOTICE, ids.LEFT, ids.RIGHT)

COMMUNITY = "SELECT name, name_en, demo FROM community_rel()"
# The longest waiting first: nobody sorts by what is newest when something is late.
OPEN_TICKETS = """
  SELECT o.*, b.name AS building_name, b.compound_name, u.room, u.entrance_name, s.label AS storey_label
  FROM ticket_at($at, $clearance) o
  LEFT JOIN building_at($at, $clearance) b ON b.id = o.building_id
  LEFT JOIN unit_at($at, $clearance) u ON u.id = o.unit_id
  LEFT JOIN storey_at($at, $clearance) s ON s.building_id = o.building_id AND s.ordinal = o.storey_ordinal
  WHERE o.state <> 'closed'
  ORDER BY o.reported_at, o.ticket_id"""
# Families whose silence can cost a life first, then the longest silent.
SILENT_DEVICES = """
  SELECT o.*, b.name AS building_name, b.compound_name, u.room, u.entrance_name, s.label AS storey_label
  FROM device_at($at, $clearance) o
  LEFT JOIN building_at($at, $clearance) b ON b.id = o.building_id
  LEFT JOIN unit_at($at, $clearance) u ON u.id = o.unit_id
  LEFT JOIN storey_at($at, $clearance) s ON s.building_id = o.building_id AND s.ordinal = o.storey_ordinal
  WHERE o.freshness IN ('offline', 'never')
  ORDER BY o.kind NOT IN ('smoke', 'gas', 'sos_button', 'voice_care_panel'), o.seen_at NULLS FIRST,
           o.device_id"""

CARE_LEVELS = "SELECT DISTINCT level, rank, name, name_en FROM care_total_at($at, $clearance) ORDER BY rank"

Children = list[Component]


@dataclass(frozen=True, slots=True)
class Page:
    parts: Mapping[str, Children]


def page_of(services: Services, view: View, clearance: Clearance, fault: str | None = None) -> Page:
    lang: Lang = view.lang or services.settings.lang
    words = Words.of(services.catalog, lang)
    notices = notice.unknown_layers(view.layers, services.catalog, lang)
    if fault:
        notices.append(notice.bad_link(fault, lang))
    if view.at:
        notices += notice.replay(view.at, services.clock(), lang)
    if view.building is None:
        left, right = _overview(services, view, clearance, words)
    else:
        left, right, more = _building(services, view, clearance, words)
        notices += more
    return Page(
        {
            ids.TOP: _top(services, clearance, lang),
            ids.TAIL: tail(lang),
            ids.NOTICE: notices,
            ids.LEFT: left,
            ids.RIGHT: right,
        }
    )


def _top(services: Services, clearance: Clearance, lang: Lang) -> Children:
    found = services.records(COMMUNITY, clearance)
    one: dict[str, Any] = found[0] if found else {"name": None, "name_en": None, "demo": False}
    return top_bar(one["name"], one["name_en"], bool(one["demo"]), lang)


def _overview(
    services: Services, view: View, clearance: Clearance, words: Words
) -> tuple[Children, Children]:
    tickets = _kept(services, OPEN_TICKETS, view, clearance)
    silent = _kept(services, SILENT_DEVICES, view, clearance)
    feeds = feed_rows(services, clearance, view.at)
    levels = _kept(services, CARE_LEVELS, view, clearance)
    return overview.board_panels(words.lang, levels), overview.lists(tickets, silent, feeds, words)


def _kept(services: Services, sql: str, view: View, clearance: Clearance) -> list[dict[str, Any]]:
    """One query for all desks until a table or, for what ages, the clock moves."""
    window = view.at or int(services.clock().timestamp()) // BOARD_GOOD_S
    key = ("desk", sql, clearance.key, services.version(sql), str(window))
    return services.shelf.take(key, lambda: services.records(sql, clearance, view.at))


def _building(
    services: Services, view: View, clearance: Clearance, words: Words
) -> tuple[Children, Children, Children]:
    assert view.building is not None
    try:
        detail = building_detail(services, view.building, clearance, view.at)
    except UnknownBuilding:
        near = services.records(NEAREST, clearance, building=view.building)
        return notice.unknown_building(view.building, near, words.lang), [], []
    opened = opened_of(detail)
    focus = building.focus_of(opened, view.storey, view.unit, view.device, view.ticket)
    told = [notice.told(missing, words.lang) for missing in focus.missing]
    return building.left(opened, focus, words.lang), building.right(opened, focus, words), told
