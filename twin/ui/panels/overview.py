"""The desk with nothing opened: what nobody sees, what is waiting, who speaks; rows lead to their place."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from twin.model.devices import kind_of
from twin.spec import T
from twin.spec.text import Lang
from twin.ui.panels.elements import NO_DATA, age, empty, off, panel, row, scroll, text
from twin.ui.panels.lists import device_row, device_spot, ticket_row, ticket_spot
from twin.ui.panels.opened import device_of, iso, ticket_of
from twin.ui.panels.words import Words

ROWS_MAX = 120

OPEN_TICKETS = T("未结工单", "Open tickets")
NO_TICKETS = T("没有未结工单", "No open ticket")
SILENT = T("无信号设备", "Silent devices")
ALL_HEARD = T("设备全部有信号", "Every device is heard")
FEEDS = T("数据源", "Feeds")
NO_FEEDS = T("尚无数据源接入", "No feed is connected yet")
SPEAKS = T("有数据", "speaking")
MUTE = T("静默", "silent")
SIMULATED = T("模拟", "Simulated")
MORE = T("另有 {n} 条", "{n} more")
ALARMS = T("告警", "Alarms")
CARE_OVERDUE = T("关爱逾期", "Care overdue")
UNSEEN = T("看不见", "Unseen")
UNSEEN_ALL = T("设备无信号", "Devices without signal")
ON_DUTY = T("在岗", "On duty")
POSITIONS = T("位置在线（5 分钟内）", "Positions within 5 min")
STAFF: Mapping[str, T] = {
    "staff.steward": T("微网格员", "Stewards"),
    "staff.full_time": T("专职网格员", "Full-time"),
    "staff.volunteer": T("志愿者", "Volunteers"),
}
TICKET_STAGES = T("工单", "Tickets")
STAGES: Mapping[str, T] = {
    "tickets.reported": T("上报", "Reported"),
    "tickets.handling": T("处置", "Handling"),
    "tickets.closed_24h": T("24 小时结案", "Closed in 24 h"),
}
STREET = T("消防与餐饮", "Fire lanes and kitchens")
STREET_FACTS: Mapping[str, T] = {
    "lanes.blocked": T("消防通道被占用", "Fire lanes blocked"),
    "lanes.unknown": T("消防通道无数据", "Fire lanes without data"),
    "fumes.over_limit": T("油烟超过限值", "Kitchens over their limit"),
    "fumes.unknown": T("油烟无数据", "Kitchens without data"),
}
PLACE = T("社区底数", "The community")
PEOPLE_FACTS: Mapping[str, T] = {
    "residents.total": T("居民", "Residents"),
    "residents.households": T("户数", "Households"),
    "dwellings.total": T("住宅", "Dwellings"),
    "care.households": T("关爱家庭", "Households in care"),
}
LEVEL = T("其中{level}", "of them {level}")
THING_FACTS: Mapping[str, T] = {
    "restaurants.total": T("餐饮单位", "Kitchens"),
    "lanes.total": T("消防通道", "Fire lanes"),
    "assets.hydrants": T("消火栓", "Hydrants"),
    "assets.gas_valves": T("燃气阀门", "Gas valves"),
}
# The families of which silence can cost a life come by name; the others are in the total.
WATCHED_KINDS = ("smoke", "gas", "sos_button", "fume_monitor", "camera")


def board_panels(lang: Lang, levels: Sequence[Mapping[str, Any]] = ()) -> list[Component]:
    """Figures by name; board.js writes the numbers, so nothing here is a constant.

    `levels` are the care scheme's: level, name, name_en, in their order.
    """
    unseen = [(f"devices.{kind}.unseen", kind_of(kind).title) for kind in WATCHED_KINDS]
    return [
        _figures(UNSEEN, [("devices.unseen", UNSEEN_ALL), *unseen], lang),
        off(CARE_OVERDUE.in_(lang), lang),
        off(ON_DUTY.in_(lang), lang),
        _figures(POSITIONS, list(STAFF.items()), lang),
        _figures(TICKET_STAGES, list(STAGES.items()), lang),
        _figures(STREET, list(STREET_FACTS.items()), lang),
        _folded(PLACE, [*PEOPLE_FACTS.items(), *_levels(levels), *THING_FACTS.items()], lang),
    ]


def _levels(levels: Sequence[Mapping[str, Any]]) -> list[tuple[str, T]]:
    return [
        (
            f"care.{one['level']}.households",
            T(LEVEL.zh.format(level=one["name"]), LEVEL.en.format(level=one["name_en"])),
        )
        for one in levels
    ]


def _figures(title: T, facts: Sequence[tuple[str, T]], lang: Lang) -> Component:
    return panel(title.in_(lang), [_lines(facts, lang)], name="facts")


def _folded(title: T, facts: Sequence[tuple[str, T]], lang: Lang) -> Component:
    """What nobody acts on stays shut until somebody asks for it."""
    fold = html.Details([html.Summary(html.H2(title.in_(lang))), _lines(facts, lang)])
    return html.Section(fold, className="panel facts folded")


def _lines(facts: Sequence[tuple[str, T]], lang: Lang) -> Component:
    lines = [
        html.Div([html.Dt(words.in_(lang)), html.Dd(html.B(**{"data-fact": name}))], className="fact")
        for name, words in facts
    ]
    return html.Dl(lines)


def lists(
    tickets: Sequence[Mapping[str, Any]],
    silent: Sequence[Mapping[str, Any]],
    feeds: Sequence[Mapping[str, Any]],
    words: Words,
) -> list[Component]:
    return [
        off(ALARMS.in_(words.lang), words.lang),
        _list(
            OPEN_TICKETS, NO_TICKETS, [_ticket(one, words) for one in tickets[:ROWS_MAX]], len(tickets), words
        ),
        _list(SILENT, ALL_HEARD, [_silent(one, words) for one in silent[:ROWS_MAX]], len(silent), words),
        _feeds(feeds, words.lang),
    ]


def _list(title: T, nothing: T, rows: list[Component], total: int, words: Words) -> Component:
    heading = title.in_(words.lang)
    if not rows:
        return panel(heading, [empty(nothing.in_(words.lang))], aside="0", name="list none")
    if total > len(rows):
        rows.append(empty(MORE.in_(words.lang).format(n=total - len(rows))))
    return panel(heading, [scroll(rows, heading)], aside=str(total), name="list")


def _where(one: Mapping[str, Any]) -> str:
    place = [one.get("compound_name"), one.get("building_name") or one.get("building_id")]
    below = one.get("room") or one.get("storey_label")
    return " ".join(str(part) for part in (*place, one.get("entrance_name"), below) if part)


def _ticket(one: Mapping[str, Any], words: Words) -> Component:
    ticket = ticket_of(one)
    return ticket_row(ticket, ticket_spot(one.get("building_id"), ticket, _where(one)), words)


def _silent(one: Mapping[str, Any], words: Words) -> Component:
    device = device_of(one)
    return device_row(device, device_spot(one.get("building_id"), device, _where(one)), words)


def _feeds(feeds: Sequence[Mapping[str, Any]], lang: Lang) -> Component:
    title = FEEDS.in_(lang)
    if not feeds:
        return panel(title, [empty(NO_FEEDS.in_(lang))], aside=NO_DATA.in_(lang), name="feeds")
    speaking = sum(bool(feed["speaks"]) for feed in feeds)
    rows = [_feed(feed, lang) for feed in feeds]
    return panel(title, [scroll(rows, title)], aside=f"{speaking}/{len(feeds)}", name="feeds")


def _feed(feed: Mapping[str, Any], lang: Lang) -> Component:
    speaks = bool(feed["speaks"])
    name = str(feed["title"])
    demo = [text(SIMULATED.in_(lang), "badge")] if feed.get("demo") else []
    return row(
        [
            html.Span(className="mark feed speaks" if speaks else "mark feed mute"),
            html.Span([text(name, "what"), *demo], className="one-line"),
            text((SPEAKS if speaks else MUTE).in_(lang), "state"),
            age(iso(feed.get("last_received_at")), lang),
        ],
        {},
    )
