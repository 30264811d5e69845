"""The live stream over HTTP: bells by SSE, polling as the fallback, frames and rosters."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from twin.live.bells import Bell, Hub, HubFull, Viewer
from twin.live.frames import Frame, Frames, NotLive
from twin.live.health import Health, Meters
from twin.view import instant_of

PULSE_S = 2.0
SCREENS = ("wall", "desk")


@dataclass(frozen=True, slots=True)
class LiveParts:
    """What the stream's routes work with."""

    hub: Hub
    frames: Frames
    health: Health
    meters: Meters
    build: str
    clock: Callable[[], datetime]


def blueprint(parts: LiveParts) -> Blueprint:
    live = Blueprint("live", __name__)

    def bell() -> Response:
        return _bell(parts)

    def poll() -> Response:
        return jsonify(_said(parts, parts.hub.since(_number("since"))))

    def frame(layer_id: str) -> AnyResponse:
        return _bytes(lambda: _frame(parts, layer_id), "application/octet-stream")

    def roster(layer_id: str) -> AnyResponse:
        return _bytes(lambda: _roster(parts, layer_id), "application/json")

    for screen in SCREENS:
        for name, view in (("bell", bell), ("poll", poll)):
            live.add_url_rule(f"/{screen}/live/{name}", f"{screen}_{name}", view)
        for name, of_layer in (("frame", frame), ("roster", roster)):
            live.add_url_rule(f"/{screen}/live/{name}/<layer_id>", f"{screen}_{name}", of_layer)

    @live.get("/healthz")
    def healthz() -> tuple[Response, int]:
        body, status = parts.health.report()
        return jsonify(body), status

    @live.get("/metrics")
    def metrics() -> Response:
        return Response(parts.meters.text(), mimetype="text/plain; version=0.0.4")

    @live.after_request
    def never_kept(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        # Rows that did not change keep their bytes; this says until when that was looked at.
        response.headers["X-Twin-At"] = parts.clock().isoformat()
        return response

    return live


def _bell(parts: LiveParts) -> Response:
    try:
        viewer = parts.hub.join()
    except HubFull:
        remedy = "close a page, or raise viewers_max (and threads) in the settings; polling still works"
        full = jsonify({"error": f"{parts.hub.viewers} viewers are listening, no more fit", "remedy": remedy})
        full.status_code = 503
        full.headers["Retry-After"] = "10"
        return full
    # The page's own number wins; Last-Event-ID is what EventSource sends when it reconnects by itself.
    since = _number("since")
    if since is None:
        since = _as_number(request.headers.get("Last-Event-ID"))
    response = Response(_stream(parts, viewer, since), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(lambda: parts.hub.leave(viewer))
    return response


def _stream(parts: LiveParts, viewer: Viewer, since: int | None) -> Iterator[bytes]:
    yield _event(parts, parts.hub.since(since))
    while not parts.hub.stopped:
        bell = parts.hub.next(viewer, PULSE_S)
        if parts.hub.stopped:
            return
        yield _event(parts, bell) if bell else _pulse(parts)


def _event(parts: LiveParts, bell: Bell) -> bytes:
    return f"id: {bell.seq}\nevent: bell\ndata: {json.dumps(_said(parts, bell))}\n\n".encode()


def _pulse(parts: LiveParts) -> bytes:
    said = {"at": parts.clock().isoformat(), "build": parts.build}
    return f"event: pulse\ndata: {json.dumps(said)}\n\n".encode()


def _said(parts: LiveParts, bell: Bell) -> dict[str, Any]:
    at = bell.at.isoformat() if bell.at else None
    return {**asdict(bell), "at": at, "server_at": parts.clock().isoformat(), "build": parts.build}


def _frame(parts: LiveParts, layer_id: str) -> Frame:
    """Of now, or of the instant the link names. Raises BadView."""
    at = instant_of(request.args.get("at"))
    if at is None:
        return parts.frames.frame(layer_id, g.clearance)
    return parts.frames.past(layer_id, g.clearance, at)[0]


def _roster(parts: LiveParts, layer_id: str) -> Frame:
    at = instant_of(request.args.get("at"))
    if at is None:
        return parts.frames.roster(layer_id, g.clearance)
    return parts.frames.past(layer_id, g.clearance, at)[1]


def _bytes(make: Callable[[], Frame], mimetype: str) -> AnyResponse:
    try:
        frame = make()
    except NotLive as fault:
        answer = jsonify({"error": f"layer {fault} is not live", "remedy": f"read it from /layer/{fault}"})
        answer.status_code = 404
        return answer
    response = Response(frame.body, mimetype=mimetype)
    response.set_etag(frame.etag)
    # The page may keep the bytes but asks each time: rows also change by time alone, under the same number.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Twin-Seq"] = str(frame.seq)
    return response.make_conditional(request)


def _number(name: str) -> int | None:
    return _as_number(request.args.get(name))


def _as_number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) <= 18 else None
