"""The desk's snapshot: one press makes it, another address hands it over."""

import re
import threading

import orjson
import structlog
from flask import Blueprint, Response, abort, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from twin.snapshot.reading import SnapshotExists, SnapshotRefused
from twin.ui.routes import refusal
from twin.ui.services import Services
from twin.ui.snapshots import FOLDER, snapshot

NAME = re.compile(r"snapshot-\d{8}T\d{6}Z-[0-9a-f]{12}\.zip")

log = structlog.get_logger("twin.snapshot")


def snapshots(services: Services) -> Blueprint:
    doors = Blueprint("snapshots", __name__)
    folder = services.settings.home.resolve() / FOLDER
    # One at a time: the picture alone takes a processor for half a minute.
    making = threading.Lock()

    @doors.post("/desk/snapshot")
    def make() -> AnyResponse:
        if not making.acquire(blocking=False):
            return refusal("a snapshot is being made", "wait until it is there, then ask again", 409)
        try:
            report = snapshot(
                services.store, services.catalog, services.settings, services.build, folder, "desk"
            )
        except SnapshotExists as same:
            return _there(same.path.name)
        except SnapshotRefused as refused:
            return refusal(str(refused), "then ask again", 409)
        except OSError as fault:
            log.error("snapshot not made", exc_info=fault)
            return refusal("the snapshot could not be written", "make room on the server's disk", 507)
        finally:
            making.release()
        log.info("snapshot made", id=report.id, seconds=round(report.seconds, 2), png=report.picture)
        return _there(report.path.name)

    @doors.get("/desk/snapshot/<name>")
    def take(name: str) -> AnyResponse:
        if not NAME.fullmatch(name):
            abort(404)
        answer = send_from_directory(folder, name, mimetype="application/zip", as_attachment=True)
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    return doors


def _there(name: str) -> Response:
    body = {"name": name, "href": f"/desk/snapshot/{name}"}
    answer = Response(orjson.dumps(body), mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer
