"""The building page: address and counts with the 楼盘表 on the left, what is there on the right."""

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from twin.spec import T
from twin.spec.text import Lang
from twin.ui.panels.elements import go_place, off, panel, text
from twin.ui.panels.lists import devices_panel, kinds_panel, tickets_panel
from twin.ui.panels.opened import Opened, Storey, Unit
from twin.ui.panels.sheet_panel import NO_UNITS, OCCUPANCY, UNKNOWN, Chosen, sheet_panel
from twin.ui.panels.words import Words

COMMUNITY = T("全域", "Overview")
BACK = T("返回上一级", "One level up")
WHERE = T("位置", "Where you are")
STOREYS = T("层", "Storeys")
BELOW = T("地下", "Below ground")
ENTRANCES = T("单元", "Entrances")
UNITS = T("套", "Units")
HOUSEHOLDS = T("户", "Households")
RESIDENTS = T("人", "Residents")
DEVICES = T("设备", "Devices")
OPEN_TICKETS = T("未结工单", "Open tickets")
HEIGHT = T("高", "Height")
DERIVED = T("推算", "derived")
NO_ADDRESS = T("地址未登记", "No address recorded")
STOREY_UNITS = T("本层户室", "Units of this storey")
UNIT = T("本户", "This unit")
STOREY = T("{label} 层", "Storey {label}")
ALARMS = T("告警", "Alarms")
CARE = T("关爱", "Care")
GONE_STOREY = T(
    "这栋楼没有这一层，现显示整栋。", "This building has no such storey; the whole building is shown."
)
GONE_UNIT = T("这栋楼没有这一户，现显示上一级。", "This building has no such unit; the level above is shown.")
USES = {
    "residential": T("住宅", "Residential"),
    "school": T("学校", "School"),
    "kindergarten": T("幼儿园", "Kindergarten"),
    "clinic": T("卫生服务", "Clinic"),
    "market": T("菜市场", "Market"),
    "mall": T("商业综合体", "Mall"),
    "party_centre": T("党群服务中心", "Party and service centre"),
    "office": T("办公", "Office"),
    "public": T("公共建筑", "Public building"),
    "unknown": T("用途不详", "Use unknown"),
}


@dataclass(frozen=True, slots=True)
class Focus:
    """The chosen place of the building, as far as the building has it."""

    storey: Storey | None
    unit: Unit | None
    device: str | None
    ticket: str | None
    missing: tuple[T, ...] = ()


def focus_of(
    opened: Opened, storey: int | None, unit_id: str | None, device: str | None, ticket: str | None
) -> Focus:
    """A unit brings its storey with it; a storey or unit the building lacks is named, never guessed."""
    unit = opened.unit(unit_id)
    floor = opened.storey(unit.storey_ordinal if unit else storey)
    missing = []
    if unit_id and unit is None:
        missing.append(GONE_UNIT)
    if storey is not None and floor is None:
        missing.append(GONE_STOREY)
    return Focus(floor, unit, device, ticket, tuple(missing))


def crumbs(opened: Opened, focus: Focus, lang: Lang) -> Component:
    steps: list[tuple[str, dict[str, str]]] = [(COMMUNITY.in_(lang), go_place(None))]
    steps.append((_short(opened), go_place(opened.id)))
    if focus.storey:
        steps.append((focus.storey.label, go_place(opened.id, focus.storey.ordinal)))
    if focus.unit and focus.storey:
        name = f"{focus.unit.entrance_name} {focus.unit.room}"
        steps.append((name, go_place(opened.id, focus.storey.ordinal, focus.unit.id)))
    up = html.Button(
        "←", className="up", type="button", title=BACK.in_(lang), **_label(BACK, lang), **steps[-2][1]
    )
    links: list[Component] = [
        html.Li(html.Button(words, type="button", className="crumb", **link)) for words, link in steps[:-1]
    ]
    here = html.Li(text(steps[-1][0], "crumb here"), **{"aria-current": "page"})
    return html.Nav([up, html.Ol([*links, here])], className="crumbs", **_label(WHERE, lang))


def _short(opened: Opened) -> str:
    return f"{opened.compound_name} {opened.title()}" if opened.compound_name else opened.title()


def _label(words: T, lang: Lang) -> dict[str, str]:
    return {"aria-label": words.in_(lang)}


def left(opened: Opened, focus: Focus, lang: Lang) -> list[Component]:
    chosen = Chosen(focus.storey.ordinal if focus.storey else None, focus.unit.id if focus.unit else None)
    return [_head(opened, focus, lang), sheet_panel(opened, chosen, lang)]


def _head(opened: Opened, focus: Focus, lang: Lang) -> Component:
    facts = [
        _figure(STOREYS, str(opened.storeys_above), lang, derived=opened.storeys_derived),
        _figure(ENTRANCES, str(len(opened.entrances)) if opened.entrances else "—", lang),
        _figure(UNITS, str(len(opened.units)) if opened.units else "—", lang),
        _figure(HOUSEHOLDS, _known(opened.households), lang),
        _figure(RESIDENTS, _known(opened.residents), lang),
        _figure(DEVICES, str(len(opened.devices)), lang),
        _figure(OPEN_TICKETS, str(sum(one.is_open for one in opened.tickets)), lang),
    ]
    return html.Section(
        [
            crumbs(opened, focus, lang),
            html.H1(_short(opened)),
            html.P(_address(opened, lang), className="address"),
            html.Dl(facts, className="figures"),
        ],
        className="panel building-head",
    )


def _known(count: int | None) -> str:
    return "—" if count is None else str(count)


def _address(opened: Opened, lang: Lang) -> str:
    height = f"{HEIGHT.in_(lang)} {opened.height_m:.1f} m"
    if opened.height_derived:
        height += f"（{DERIVED.in_(lang)}）" if lang == "zh" else f" ({DERIVED.in_(lang)})"
    parts = [
        opened.address or NO_ADDRESS.in_(lang),
        USES.get(opened.use, USES["unknown"]).in_(lang),
        height,
    ]
    if opened.storeys_below:
        parts.append(f"{BELOW.in_(lang)} {opened.storeys_below} {STOREYS.in_(lang)}")
    if not opened.units:
        parts.append(NO_UNITS.in_(lang))
    return " · ".join(parts)


def _figure(name: T, value: str, lang: Lang, *, derived: bool = False) -> Component:
    mark = [html.Small(DERIVED.in_(lang))] if derived else []
    return html.Div([html.Dt(name.in_(lang)), html.Dd([value, *mark])])


def right(opened: Opened, focus: Focus, words: Words) -> list[Component]:
    """The chosen unit, else the chosen storey, else the whole building."""
    if focus.unit:
        return [_unit_panel(focus.unit, words), *_inside(opened, focus, words)]
    if focus.storey:
        units = _units_panel(opened, focus.storey, words)
        return [*units, *_inside(opened, focus, words)]
    return [*_inside(opened, focus, words), kinds_panel(opened.devices, words)]


def _inside(opened: Opened, focus: Focus, words: Words) -> Sequence[Component]:
    devices, tickets = opened.devices, opened.tickets
    if focus.unit:
        devices = tuple(one for one in devices if one.unit_id == focus.unit.id)
        tickets = tuple(one for one in tickets if one.unit_id == focus.unit.id)
    elif focus.storey:
        devices = tuple(one for one in devices if one.storey_ordinal == focus.storey.ordinal)
        tickets = tuple(one for one in tickets if one.storey_ordinal == focus.storey.ordinal)
    return (
        html.Div(
            [off(ALARMS.in_(words.lang), words.lang), off(CARE.in_(words.lang), words.lang)], className="offs"
        ),
        tickets_panel(opened, tickets, words, focus.ticket),
        devices_panel(opened, devices, words, focus.device),
    )


def _unit_panel(unit: Unit, words: Words) -> Component:
    state = OCCUPANCY.get(unit.state, UNKNOWN).in_(words.lang)
    use = USES.get(unit.use)
    said = f"{state} · {use.in_(words.lang)}" if use else state
    return panel(f"{unit.entrance_name} {unit.room}", [], aside=said, name="unit")


def _units_panel(opened: Opened, storey: Storey, words: Words) -> Sequence[Component]:
    """The storey's units as full-sized buttons: the sheet's squares are small for a finger."""
    units = [one for one in opened.units or () if one.storey_ordinal == storey.ordinal]
    title = STOREY.in_(words.lang).format(label=storey.label)
    if not units:
        return (panel(title, [], aside=NO_UNITS.in_(words.lang), name="storey-units"),)
    by_entrance: dict[str, list[Unit]] = {}
    for one in units:
        by_entrance.setdefault(one.entrance_name, []).append(one)
    body: list[Component] = []
    for name, beside in by_entrance.items():
        body.append(html.H3(name, className="chips-head"))
        body.append(html.Div([_chip(opened.id, one, words.lang) for one in beside], className="chips"))
    return (panel(title, body, aside=STOREY_UNITS.in_(words.lang), name="storey-units"),)


def _chip(building: str, unit: Unit, lang: Lang) -> Component:
    state = OCCUPANCY.get(unit.state, UNKNOWN).in_(lang)
    return html.Button(
        unit.room,
        type="button",
        className=f"chip {unit.state}",
        title=f"{unit.entrance_name} {unit.room} {state}",
        **go_place(building, unit.storey_ordinal, unit.id),
    )
