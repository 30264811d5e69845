"""The rows of tickets and devices, wherever they are listed, and the building's own lists."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from twin.model.devices import KINDS, kind_of
from twin.spec import T
from twin.ui.panels.elements import age, empty, go, panel, row, scroll, text
from twin.ui.panels.opened import Device, Opened, Ticket
from twin.ui.panels.words import Words, condition

TICKETS = T("工单", "Tickets")
DEVICES = T("设备", "Devices")
NO_TICKETS = T("没有未结工单", "No open ticket")
NO_DEVICES = T("没有设备", "No device")
CLOSED = T("已结 {n}", "{n} closed")
OPEN = T("未结 {n}", "{n} open")
BY_KIND = T("按类型", "By kind")
HEARD = T("{heard}/{total} 有信号", "{heard}/{total} heard")
# What is wrong comes first; within it, what has been silent longest.
URGENCY = {"alarm": 0, "fault": 1, "lost": 2, "test": 3, "stale": 4}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a row leads, and what it says about the place (empty inside the place itself)."""

    link: Mapping[str, str]
    words: str = ""


def ticket_row(ticket: Ticket, spot: Spot, words: Words, *, chosen: bool = False) -> Component:
    title = ticket.title or ticket.category or ticket.id
    return row(
        [
            html.Span(className=f"mark ticket {ticket.state}"),
            html.Span([text(title, "what"), text(spot.words, "where")], className="two-lines"),
            text(words.ticket(ticket), "state"),
            age(ticket.reported_at, words.lang),
        ],
        spot.link,
        tone="" if ticket.is_open else "done",
        chosen=chosen,
    )


def device_row(device: Device, spot: Spot, words: Words, *, chosen: bool = False) -> Component:
    state = condition(device)
    # The label usually repeats address and room, which the row says itself.
    known = device.kind in KINDS or not device.label
    what = kind_of(device.kind).title.in_(words.lang) if known else device.label
    said = words.device(device)
    if state not in ("lost", "stale") and device.value is not None:
        said = f"{said} {device.value:g} {device.unit or ''}".rstrip()
    return row(
        [
            html.Span(className=f"mark device {state}"),
            html.Span(
                [text(what, "what"), text(spot.words, "where")], className="two-lines", title=device.label
            ),
            text(said, "state"),
            age(device.seen_at, words.lang),
        ],
        spot.link,
        tone=state,
        chosen=chosen,
    )


def ticket_spot(building: str | None, ticket: Ticket, words: str = "") -> Spot:
    if building is None:
        return Spot({}, words)
    place = {"building": building, "storey": ticket.storey_ordinal, "unit": ticket.unit_id}
    return Spot(go({**place, "ticket": ticket.id, "device": None}), words)


def device_spot(building: str | None, device: Device, words: str = "") -> Spot:
    if building is None:
        return Spot({}, words)
    place = {"building": building, "storey": device.storey_ordinal, "unit": device.unit_id}
    return Spot(go({**place, "device": device.id, "ticket": None}), words)


def place_words(opened: Opened, storey: int | None, unit_id: str | None) -> str:
    """Storey and unit in the building's own words."""
    unit, floor = opened.unit(unit_id), opened.storey(storey)
    parts = [f"{unit.entrance_name} {unit.room}"] if unit else []
    if floor and not unit:
        parts.append(floor.label)
    return " ".join(parts)


def tickets_panel(
    opened: Opened, tickets: Sequence[Ticket], words: Words, chosen: str | None = None
) -> Component:
    running = [one for one in tickets if one.is_open]
    closed = [one for one in tickets if not one.is_open]
    ordered = sorted(running, key=lambda one: one.reported_at or "") + closed
    rows = [
        ticket_row(
            one,
            ticket_spot(opened.id, one, place_words(opened, one.storey_ordinal, one.unit_id)),
            words,
            chosen=one.id == chosen,
        )
        for one in ordered
    ]
    title = TICKETS.in_(words.lang)
    body = scroll(rows, title) if rows else empty(NO_TICKETS.in_(words.lang))
    aside = OPEN.in_(words.lang).format(n=len(running))
    if closed:
        aside += " · " + CLOSED.in_(words.lang).format(n=len(closed))
    return panel(title, [body], aside=aside, name="tickets")


def devices_panel(
    opened: Opened, devices: Sequence[Device], words: Words, chosen: str | None = None
) -> Component:
    ordered = sorted(
        devices,
        key=lambda one: (one.id != chosen, URGENCY.get(condition(one), 9), one.seen_at or "", one.id),
    )
    rows = [
        device_row(
            one,
            device_spot(opened.id, one, place_words(opened, one.storey_ordinal, one.unit_id)),
            words,
            chosen=one.id == chosen,
        )
        for one in ordered
    ]
    title = DEVICES.in_(words.lang)
    heard = sum(not one.is_silent for one in devices)
    aside = HEARD.in_(words.lang).format(heard=heard, total=len(devices)) if devices else ""
    body = scroll(rows, title) if rows else empty(NO_DEVICES.in_(words.lang))
    return panel(title, [body], aside=aside, name="devices")


def kinds_panel(devices: Sequence[Device], words: Words) -> Component:
    """One line per device family of a whole building."""
    total = Counter(one.kind for one in devices)
    heard = Counter(one.kind for one in devices if not one.is_silent)
    lines = [
        html.Div(
            [
                text(kind_of(kind).title.in_(words.lang), "what"),
                text(f"{heard[kind]}/{n}", "state" if heard[kind] == n else "state short"),
            ],
            className="row plain",
        )
        for kind, n in total.most_common()
    ]
    return panel(BY_KIND.in_(words.lang), lines, name="kinds")
