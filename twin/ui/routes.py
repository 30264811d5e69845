"""The pages' data over HTTP, the same under /wall and /desk, each with its own clearance."""

import sqlite3
from typing import Any

import orjson
import structlog
from flask import Blueprint, Flask, Response, abort, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from twin.catalog import UnknownLayer
from twin.model.clearance import Clearance
from twin.ui.board import board
from twin.ui.places import UnknownBuilding, building_detail
from twin.ui.routes_scene import layer_packed, opened_answer, scene
from twin.ui.routes_wire import as_text, pack, packed
from twin.ui.search import HITS_MAX, search
from twin.ui.services import Services
from twin.view import BadView, View

SCREENS = ("wall", "desk")
DASH_CATCHES_ALL = frozenset(f"/{screen}/<path:path>" for screen in SCREENS)
NO_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>404</title>
<link rel="stylesheet" href="/static/twin/tokens.css"><body><main><h1>没有这个页面 · No such page</h1>
<p><a href="/wall">大屏 Wall</a> · <a href="/desk">工位 Desk</a></p></main></body></html>"""

log = structlog.get_logger("twin.http")


def pages_data(services: Services) -> Blueprint:
    data = Blueprint("data", __name__)

    def scene_view() -> AnyResponse:
        return said(scene(services, g.clearance, _view().lang or services.settings.lang))

    def layer_view(layer_id: str) -> AnyResponse:
        return packed(layer_packed(services, layer_id, g.clearance, _view().at))

    def board_view() -> AnyResponse:
        told = board(services, g.clearance, _view().at)
        # The same board goes to every viewer at every commit: it is written and compressed once.
        key = ("board packed", g.clearance.key, told["seq"], told["at"])
        return packed(services.shelf.take(key, lambda: pack(told)))

    def building_view(building_id: str) -> AnyResponse:
        return said(building_detail(services, building_id, g.clearance, _view().at))

    def open_view(building_id: str) -> AnyResponse:
        view = _view()
        return said(opened_answer(services, building_id, view.storey, view.unit, g.clearance, view.at))

    def search_view() -> AnyResponse:
        limit = request.args.get("limit", "")
        hits = search(
            services, request.args.get("q", ""), g.clearance, int(limit) if limit.isdecimal() else HITS_MAX
        )
        return said({"hits": hits})

    for screen in SCREENS:
        for path, name, view in (
            ("scene", "scene", scene_view),
            ("layer/<layer_id>", "layer", layer_view),
            ("board", "board", board_view),
            ("building/<building_id>", "building", building_view),
            ("open/<building_id>", "open", open_view),
        ):
            data.add_url_rule(f"/{screen}/{path}", f"{screen}_{name}", view)
    data.add_url_rule("/desk/search", "desk_search", search_view)
    return data


def _view() -> View:
    clearance: Clearance = g.clearance
    return View.from_query(clearance.screen, request.args)


def said(body: dict[str, Any]) -> AnyResponse:
    """JSON that no cache keeps but whoever has the same one is told so."""
    response = Response(orjson.dumps(body, default=as_text), mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)


def refusal(error: str, remedy: str, status: int) -> Response:
    response = Response(
        orjson.dumps({"error": error, "remedy": remedy}), status=status, mimetype="application/json"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def answer_faults(app: Flask) -> None:
    """Turn what a link got wrong into a sentence instead of a page of HTML."""

    @app.before_request
    def no_such_page() -> None:
        # Dash answers every address below its own with its page; an address nobody knows is no page.
        if request.url_rule and request.url_rule.rule in DASH_CATCHES_ALL:
            abort(404)

    @app.errorhandler(HTTPException)
    def refused(fault: HTTPException) -> AnyResponse:
        status = fault.code or 500
        if status == 404 and request.accept_mimetypes.best == "text/html":
            return Response(NO_PAGE, status=404, mimetype="text/html")
        if fault.response is not None or status < 400:
            return fault.get_response()
        return refusal(fault.name.lower(), "open /wall or /desk", status)

    @app.errorhandler(sqlite3.OperationalError)
    def full(fault: sqlite3.OperationalError) -> Response:
        # A new screen needs a session, a deed its line in the audit log: neither goes without writing.
        log.error("cannot be written", route=str(request.url_rule), why=str(fault))
        return refusal(f"this cannot be written down: {fault}", "look at the disk: twin doctor", 503)

    @app.errorhandler(Exception)
    def failed(fault: Exception) -> Response:
        log.error("answer failed", route=str(request.url_rule), exc_info=fault)
        return refusal("the server failed to answer", "its log says why; try again", 500)

    @app.errorhandler(UnknownLayer)
    def unknown_layer(fault: UnknownLayer) -> Response:
        remedy = f"use {fault.suggestion}" if fault.suggestion else "take an id from /scene"
        return refusal(str(fault), remedy, 404)

    @app.errorhandler(UnknownBuilding)
    def unknown_building(fault: UnknownBuilding) -> Response:
        return refusal(str(fault), "search for it on the desk", 404)

    @app.errorhandler(BadView)
    def bad_view(fault: BadView) -> Response:
        return refusal(str(fault), "mend the link", 400)
