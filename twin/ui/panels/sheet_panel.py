"""Draws the 楼盘表: squares in the tone of their occupancy, words only where somebody is looking."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from twin.spec import T
from twin.spec.text import Lang
from twin.ui.panels.elements import go_place
from twin.ui.panels.opened import Opened, Unit
from twin.ui.panels.sheet import Row, Sheet, sheet_of

TITLE = T("楼盘表", "Units")
NO_UNITS = T("无户室数据", "No unit data")
NO_UNITS_WHY = T("楼层可以打开，户室未导入。", "Storeys open; no units were imported.")
NO_STOREYS = T("没有楼层数据", "No storey data")
OCCUPANCY: Mapping[str, T] = {
    "occupied": T("自住", "Occupied"),
    "rented": T("出租", "Rented"),
    "vacant": T("空置", "Vacant"),
    "commercial": T("商用", "Commercial"),
}
UNKNOWN = T("不详", "Unknown")
SILENT = T("有设备无信号", "A device is silent")
OPEN_TICKET = T("有未结工单", "An open ticket")
STOREY_ROW = T("{label} 层", "Storey {label}")
BLOCK = T("{top} 至 {bottom}", "{top} to {bottom}")


@dataclass(frozen=True, slots=True)
class Marks:
    """What the sheet adds to the occupancy: units with an open ticket, units with a silent device."""

    tickets: frozenset[str]
    silent: frozenset[str]

    @staticmethod
    def of(opened: Opened) -> "Marks":
        return Marks(
            frozenset(one.unit_id for one in opened.tickets if one.is_open and one.unit_id),
            frozenset(one.unit_id for one in opened.devices if one.is_silent and one.unit_id),
        )


@dataclass(frozen=True, slots=True)
class Chosen:
    storey: int | None
    unit: str | None


def sheet_panel(opened: Opened, chosen: Chosen, lang: Lang) -> Component:
    sheet = sheet_of(opened)
    marks = Marks.of(opened)
    head: list[Component] = [html.H2(TITLE.in_(lang))]
    if not sheet.columns:
        head.append(html.Span(NO_UNITS.in_(lang), className="aside", title=NO_UNITS_WHY.in_(lang)))
    blocks = [_block(opened.id, sheet, rows, marks, chosen, lang) for rows in sheet.blocks]
    body: Component = html.Div(blocks, className="sheet-blocks", style=_measures(sheet))
    if not sheet.rows:
        body = html.P(NO_STOREYS.in_(lang), className="empty")
    parts = [html.Div(head, className="panel-head"), html.Div(body, className="sheet-room")]
    if sheet.columns:
        parts.insert(1, _legend(opened.units or (), marks, lang))
    return html.Section(parts, className="panel sheet")


def _measures(sheet: Sheet) -> dict[str, object]:
    """What the style sheet needs to find the largest square that lets every storey be seen."""
    return {
        "--rows": sheet.rows,
        "--columns": max(1, sheet.columns) * len(sheet.blocks),
        "--blocks": len(sheet.blocks),
        "--gaps": max(0, len(sheet.entrances) - 1) * len(sheet.blocks),
        "--heads": 2 if sheet.columns else 0,
    }


def _block(
    building: str, sheet: Sheet, rows: tuple[Row, ...], marks: Marks, chosen: Chosen, lang: Lang
) -> Component:
    top, bottom = rows[0].storey.label, rows[-1].storey.label
    lines = [*_headers(sheet)] if sheet.columns else []
    lines += [_row(building, sheet, row, marks, chosen, lang) for row in rows]
    return html.Div(
        lines,
        className="sheet-block" if sheet.columns else "sheet-block bare",
        role="grid",
        style={"gridTemplateColumns": _tracks(sheet)},
        **{"aria-label": f"{TITLE.in_(lang)} {BLOCK.in_(lang).format(top=top, bottom=bottom)}"},
    )


def _tracks(sheet: Sheet) -> str:
    if not sheet.columns:
        return "var(--row-head) 1fr"
    tracks = [f"repeat({len(entrance.columns)}, var(--cell))" for entrance in sheet.entrances]
    return "var(--row-head) " + " var(--entrance-gap) ".join(tracks)


def _headers(sheet: Sheet) -> list[Component]:
    """Entrances, then columns: each named once per block."""
    names: list[Component] = [
        html.Div(className="corner", role="columnheader", **{"aria-label": "层 Storey"})
    ]
    tails: list[Component] = [
        html.Div(className="corner", role="columnheader", **{"aria-label": "层 Storey"})
    ]
    column = 2
    for entrance in sheet.entrances:
        width = len(entrance.columns)
        place = {"gridColumn": f"{column} / span {width}"}
        names.append(html.Div(entrance.name, className="entrance", role="columnheader", style=place))
        for offset, tail in enumerate(entrance.columns):
            at = {"gridColumn": str(column + offset)}
            tails.append(html.Div(tail, className="column", role="columnheader", style=at))
        column += width + 1
    return [html.Div(names, role="row", className="line"), html.Div(tails, role="row", className="line")]


def _row(building: str, sheet: Sheet, row: Row, marks: Marks, chosen: Chosen, lang: Lang) -> Component:
    storey = row.storey
    is_chosen = storey.ordinal == chosen.storey
    head = html.Div(
        storey.label,
        className="storey-head chosen" if is_chosen else "storey-head",
        role="rowheader",
        tabIndex=0 if is_chosen and not chosen.unit else -1,
        **{"aria-label": STOREY_ROW.in_(lang).format(label=storey.label)},
        **go_place(building, storey.ordinal),
    )
    has_units = any(cell is not None for cell in row.cells)
    cells = _cells(building, sheet, row, marks, chosen, lang) if has_units else [_bar(building, row)]
    return html.Div([head, *cells], role="row", className="line chosen" if is_chosen else "line")


def _bar(building: str, row: Row) -> Component:
    """A storey of which no units are known (shops, cellars): one bar as wide as the building."""
    return html.Div(
        className="storey-bar", role="gridcell", tabIndex=-1, **go_place(building, row.storey.ordinal)
    )


def _cells(
    building: str, sheet: Sheet, row: Row, marks: Marks, chosen: Chosen, lang: Lang
) -> Iterable[Component]:
    column, index = 2, 0
    for entrance in sheet.entrances:
        for _ in entrance.columns:
            unit = row.cells[index]
            place = {"gridColumn": str(column)}
            if unit is None:
                yield html.Div(className="cell none", role="gridcell", style=place)
            else:
                yield _cell(building, unit, place, marks, chosen, lang)
            column, index = column + 1, index + 1
        column += 1


def _cell(
    building: str, unit: Unit, place: dict[str, str], marks: Marks, chosen: Chosen, lang: Lang
) -> Component:
    is_chosen = unit.id == chosen.unit
    words = [unit.entrance_name, unit.room, OCCUPANCY.get(unit.state, UNKNOWN).in_(lang)]
    classes = ["cell", unit.state if unit.state in OCCUPANCY else "unknown"]
    if unit.id in marks.tickets:
        classes.append("has-ticket")
        words.append(OPEN_TICKET.in_(lang))
    if unit.id in marks.silent:
        classes.append("has-silent")
        words.append(SILENT.in_(lang))
    if is_chosen:
        classes.append("chosen")
    label = " ".join(words)
    return html.Div(
        html.Span(unit.room, className="room") if is_chosen else None,
        className=" ".join(classes),
        role="gridcell",
        style=place,
        title=label,
        tabIndex=0 if is_chosen else -1,
        **{"aria-label": label, "aria-selected": "true" if is_chosen else "false"},
        **go_place(building, unit.storey_ordinal, unit.id),
    )


def _legend(units: Iterable[Unit], marks: Marks, lang: Lang) -> Component:
    """Only what this building has; a mark nobody wears needs no words."""
    states = {unit.state for unit in units}
    keys = [(name, words) for name, words in OCCUPANCY.items() if name in states]
    if states - OCCUPANCY.keys():
        keys.append(("unknown", UNKNOWN))
    if marks.tickets:
        keys.append(("has-ticket", OPEN_TICKET))
    if marks.silent:
        keys.append(("has-silent", SILENT))
    entries = [
        html.Li([html.Span(className=f"cell {name}"), html.Span(words.in_(lang))]) for name, words in keys
    ]
    return html.Ul(entries, className="sheet-legend")
