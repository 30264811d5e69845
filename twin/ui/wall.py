"""The wall's page: its panels as a Dash layout; every number in them is filled from facts by board.js."""

from collections.abc import Sequence

from dash import Dash, html
from dash.development.base_component import Component
from flask import Flask

from twin.model.devices import KINDS
from twin.settings import Settings
from twin.spec import T
from twin.ui.page import Profile, index_string

NOT_YET = T("尚未启用", "Not enabled yet")
STYLES = ("tokens.css", "wall.css")


def wall_app(server: Flask, settings: Settings) -> Dash:
    """The wall's Dash app on `server`, under /wall/. It has no callback: nobody clicks a wall."""
    app = Dash(
        "twin-wall",
        server=server,
        routes_pathname_prefix="/wall/",
        requests_pathname_prefix="/wall/",
        assets_ignore=".*",
        include_assets_files=False,
        serve_locally=True,
        title="社区孪生 · 大屏",
        update_title=None,
        index_string=index_string(
            "wall",
            "main-wall.js",
            STYLES,
            settings.lang,
            Profile(settings.wall_mm_per_px, settings.wall_height_px, settings.wall_distance_m),
        ),
    )
    app.layout = layout()
    return app


def layout() -> Component:
    return html.Div(
        [_head(), _left(), _right(), _foot(), _layers_panel(), html.Div(id="tooltip", hidden=True)],
        id="wall",
    )


def say(text: T, tag: type[Component] = html.Span, **props: object) -> Component:
    """Both languages in one element; words.js takes the page's."""
    return tag(text.zh, **{"data-en": text.en}, **props)


def _fact(name: str, **props: object) -> Component:
    return html.B("", **{"data-fact": name}, **props)


def _head() -> Component:
    status = html.Div(
        [
            html.Span("", id="community"),
            say(T("模拟", "SIMULATED"), id="demo", hidden=True),
            html.Span("", id="live"),
            html.Span("", id="feeds"),
            html.Span([say(T("北", "N")), html.I("↑", id="north")], className="north"),
        ],
        className="status",
    )
    clock = html.Time("--:--:--", id="clock", **{"data-clock": "1"})
    sentence = html.H1(
        [html.Strong("", id="verdict"), html.Span("", id="proof")], id="sentence", **{"aria-live": "polite"}
    )
    return html.Header([status, clock, sentence], className="head", **{"data-panel": "top"})


def _panel(title: T, body: Sequence[Component], aside: Component | None = None, **props: object) -> Component:
    head = html.Div([say(title, html.H2), *([aside] if aside else [])], className="panel-head")
    return html.Section([head, *body], className="panel", **props)


def _off(title: T, engine: str, body: Sequence[Component] = ()) -> Component:
    """A panel of an engine: until the server says that it runs, it says 尚未启用 and nothing else."""
    off = say(NOT_YET, html.P, className="not-yet")
    return _panel(title, [off, *body], **{"data-engine": engine})


def _left() -> Component:
    unseen = [
        html.Li(
            [
                html.Span([say(kind.title), say(T("无信号", " silent"))]),
                html.Span([_fact(f"devices.{kind.id}.unseen"), say(T("台", "pcs"), className="unit")]),
            ],
            hidden=True,
            **{"data-shortfall": f"devices.{kind.id}.unseen"},
        )
        for kind in KINDS.values()
    ]
    total = html.Li(
        [
            say(T("全部设备", "All devices")),
            html.Span([_fact("devices.unseen"), say(T("台", "pcs"), className="unit")]),
        ]
    )
    age = html.Span("", **{"data-fact-age": "devices.unseen"})
    overview = html.Div(
        [
            _panel(T("看不见", "Unseen"), [html.Ul([*unseen, total], className="rows")], age),
            _off(T("关爱逾期", "Care visits overdue"), "care"),
            _off(T("在岗", "On duty"), "duty"),
        ],
        id="overview",
    )
    opened = html.Section(
        [
            html.Div([html.H2("", id="building-name")], className="panel-head"),
            html.P("", id="building-facts"),
            html.Ol([], id="storeys"),
            html.Button(
                [html.I("←"), say(T("返回总览", "Back to overview"))], id="close-building", className="close"
            ),
        ],
        id="opened",
        className="panel",
        hidden=True,
    )
    return html.Aside([overview, opened], className="left", **{"data-panel": "left"})


def _right() -> Component:
    def stage(fact: str, title: T) -> Component:
        return html.Li([_fact(fact), say(title)])

    stages = html.Ul(
        [
            stage("tickets.reported", T("上报", "Reported")),
            stage("tickets.handling", T("处置", "Handling")),
            stage("tickets.closed_24h", T("24 时结案", "Closed 24 h")),
        ],
        className="stages",
    )
    oldest = html.Div(
        [
            say(T("最久未结", "Oldest open")),
            html.Span("", **{"data-fact-since": "tickets.oldest_open"}),
        ],
        className="oldest",
    )
    age = html.Span("", **{"data-fact-age": "tickets.open"})
    return html.Aside(
        [
            _off(T("告警", "Alarms"), "alarms"),
            _panel(T("工单", "Tickets"), [stages, oldest], age),
        ],
        className="right",
        **{"data-panel": "right"},
    )


def _foot() -> Component:
    return html.Footer(
        [
            html.Div([], id="strip", role="img"),
            html.Div([], id="hours", className="hours", **{"aria-hidden": "true"}),
            html.P("", id="provenance"),
        ],
        className="foot",
        **{"data-panel": "bottom"},
    )


def _layers_panel() -> Component:
    return html.Section(
        [
            html.Div([say(T("图层", "Layers"), html.H2)], className="panel-head"),
            html.Ul([], id="layers"),
        ],
        id="layers-panel",
        className="panel",
        hidden=True,
    )
