"""The desk: one Dash app for /desk and /building/<id>, drawn by one callback from the link."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from flask import Flask, g
from plotly.utils import PlotlyJSONEncoder

from twin.settings import Settings
from twin.ui import ids
from twin.ui.page import index_string
from twin.ui.panels.desk_page import PARTS, Page, page_of
from twin.ui.services import Services
from twin.view import BadView, View

Shown = Mapping[str, str]


def desk_app(server: Flask, settings: Settings, services: Services) -> Dash:
    """Adds the desk's Dash routes under /desk/ to the server; the pages themselves are the server's."""
    app = Dash(
        "twin-desk",
        server=server,
        routes_pathname_prefix="/desk/",
        requests_pathname_prefix="/desk/",
        # No folder of ours goes through Dash; an empty name would serve the whole working directory.
        assets_folder="no-assets",
        include_assets_files=False,
        title="社区数字孪生 · 工位",
        update_title="",
        index_string=index_string("desk", "main-desk.js", ("tokens.css", "desk.css"), settings.lang),
    )
    app.layout = layout()

    @app.callback(
        *(Output(part, "children") for part in PARTS),
        Output(ids.SHOWN, "data"),
        Output(ids.ANSWERED, "data-view"),
        Input(ids.URL, "pathname"),
        Input(ids.URL, "search"),
        Input(ids.BELL, "data"),
        State(ids.SHOWN, "data"),
    )
    def show(path: str | None, query: str | None, bell: int | None, shown: Shown | None) -> tuple[Any, ...]:
        # The page rings again only after this answer: Dash drops an answer that a newer question overtakes.
        answered = f"{path or ''}{query or ''}|{'' if bell is None else bell}"
        return (*changed_parts(draw(services, path, query), shown or {}), answered)

    return app


def layout() -> Component:
    """What stays for the life of the page; everything with words in it comes from the callback."""
    return html.Div(
        [
            dcc.Location(id=ids.URL, refresh=False),
            dcc.Store(id=ids.BELL),
            dcc.Store(id=ids.SHOWN),
            html.Div(id=ids.ANSWERED, hidden=True),
            html.Header(
                [
                    html.Div(id=ids.TOP),
                    html.Div(id="search", role="search"),
                    html.Div(id="live", role="status"),
                    html.Div(id=ids.TAIL),
                ],
                id="bar",
            ),
            html.Div(id=ids.NOTICE, **{"aria-live": "polite"}),
            html.Main(
                [
                    html.Div(
                        [html.Div(id=ids.LEFT, className="column-panels"), html.Div(id=ids.LAYERS)], id="left"
                    ),
                    html.Div(html.Div(id="tooltip", hidden=True), id="middle"),
                    html.Div(id=ids.RIGHT, className="column-panels"),
                ],
                id="desk",
            ),
        ],
        id="page",
    )


def draw(services: Services, path: str | None, query: str | None) -> Page:
    try:
        view, fault = view_of(path, query), None
    except BadView as bad:
        view, fault = View("desk"), str(bad)
    return page_of(services, view, g.clearance, fault)


def view_of(path: str | None, query: str | None) -> View:
    """The desk's link: a building is its path, the rest its query. Raises BadView."""
    given = dict(parse_qsl((query or "").lstrip("?")))
    parts = (path or "").strip("/").split("/")
    if len(parts) == 2 and parts[0] == "building":
        given["building"] = unquote(parts[1])
    return View.from_query("desk", given)


def changed_parts(page: Page, shown: Shown) -> tuple[Any, ...]:
    """Sends only the parts that differ from what the page shows: Dash keeps every value it is given."""
    digests = {part: digest(children) for part, children in page.parts.items()}
    parts = [page.parts[part] if digests[part] != shown.get(part) else no_update for part in PARTS]
    return (*parts, digests if digests != shown else no_update)


def digest(children: Sequence[Component]) -> str:
    written = json.dumps(children, cls=PlotlyJSONEncoder, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(written.encode(), digest_size=12).hexdigest()
