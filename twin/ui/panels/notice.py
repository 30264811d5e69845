"""What a link got wrong, said in a sentence with the way on, instead of an empty page."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from dash import html
from dash.development.base_component import Component

from twin.catalog import Catalog, UnknownLayer
from twin.spec import T
from twin.spec.text import Lang
from twin.ui.panels.elements import go, go_place

CHINA = timezone(timedelta(hours=8))

NO_BUILDING = T("没有编号为“{id}”的楼。", "There is no building “{id}”.")
NEAREST = T("您要找的是不是：", "Did you mean:")
NO_BUILDINGS = T(
    "这里还没有任何楼栋，请先导入：twin import buildings 文件", "No buildings yet: twin import buildings FILE"
)
TO_OVERVIEW = T("回到全域", "Back to the overview")
TO_SEARCH = T("或按 / 搜索地址、小区、设备编号。", "Or press / and search an address, compound or device.")
NO_LAYER = T("没有图层“{id}”。", "There is no layer “{id}”.")
DID_YOU_MEAN = T("改用“{id}”（{title}）", "Use “{id}” ({title})")
LAYER_DEFAULTS = T("改用默认图层", "Use the default layers")
BAD_LINK = T("链接有误：{fault}", "This link cannot be read: {fault}")
REPLAY = T("回放", "Replay")
TO_LIVE = T("回到实时", "Back to live")
FUTURE = T("此刻尚未到来，无可回放。", "That instant has not come yet; there is nothing to replay.")


def unknown_building(building: str, near: Sequence[Mapping[str, Any]], lang: Lang) -> list[Component]:
    links = [
        html.Li(
            html.Button(
                str(one["name"] or one["id"]), type="button", className="link", **go_place(str(one["id"]))
            )
        )
        for one in near
    ]
    hint: list[Component] = [html.P(NO_BUILDINGS.in_(lang))]
    if links:
        hint = [html.P(NEAREST.in_(lang)), html.Ul(links)]
    return [
        html.Section(
            [
                html.H1(NO_BUILDING.in_(lang).format(id=building)),
                *hint,
                html.P(html.Button(TO_OVERVIEW.in_(lang), type="button", className="link", **go_place(None))),
                html.P(TO_SEARCH.in_(lang), className="dim"),
            ],
            className="panel missing",
        )
    ]


def unknown_layers(asked: Sequence[str] | None, catalog: Catalog, lang: Lang) -> list[Component]:
    """One line per layer that nobody declares, with the link that mends it."""
    return [
        _unknown_layer(layer_id, fault, asked or (), catalog, lang)
        for layer_id in asked or ()
        if (fault := _fault(layer_id, catalog)) is not None
    ]


def _fault(layer_id: str, catalog: Catalog) -> UnknownLayer | None:
    try:
        catalog.get(layer_id)
    except UnknownLayer as fault:
        return fault
    return None


def _unknown_layer(
    layer_id: str, fault: UnknownLayer, asked: Sequence[str], catalog: Catalog, lang: Lang
) -> Component:
    near = fault.suggestion
    if near:
        mended = list(dict.fromkeys(near if one == layer_id else one for one in asked))
        words = DID_YOU_MEAN.in_(lang).format(id=near, title=catalog.get(near).title.in_(lang))
    else:
        mended = [one for one in asked if one != layer_id]
        words = LAYER_DEFAULTS.in_(lang)
    patch = {"layers": mended if near or mended else None}
    return html.Div(
        [
            html.Span(NO_LAYER.in_(lang).format(id=layer_id)),
            html.Button(words, type="button", className="link", **go(patch)),
        ],
        className="notice",
    )


def bad_link(fault: str, lang: Lang) -> Component:
    return html.Div(
        [
            html.Span(BAD_LINK.in_(lang).format(fault=fault)),
            html.Button(TO_OVERVIEW.in_(lang), type="button", className="link", **go_place(None)),
        ],
        className="notice",
    )


def told(words: T, lang: Lang) -> Component:
    return html.Div(html.Span(words.in_(lang)), className="notice")


def replay(at: datetime, now: datetime, lang: Lang) -> list[Component]:
    """The coloured border, the word and the absolute time: nobody takes the past for now."""
    written = at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
    line = [
        html.Strong(REPLAY.in_(lang)),
        html.Time(written, dateTime=at.astimezone(UTC).isoformat()),
        html.Button(TO_LIVE.in_(lang), type="button", className="link", **go({"at": None})),
    ]
    if at > now:
        line.insert(2, html.Span(FUTURE.in_(lang)))
    return [html.Div(className="replay-border"), html.Div(line, className="notice replay")]
