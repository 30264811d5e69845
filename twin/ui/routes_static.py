"""The files a page is made of: our modules and styles, pydeck's bundle, the fonts; gzip for what is text."""

import hashlib
import importlib.util
import os
import tempfile
import threading
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from twin.ui.fonts import fonts_dir, stylesheet
from twin.ui.page import ASSETS
from twin.ui.routes_wire import KEPT, ONCE, SMALL, Coding, coding, mark, squeeze

FAR_FUTURE = "public, max-age=31536000, immutable"
ASK_EACH_TIME = "no-cache"
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}
TEXT = ("text/", "application/json", "application/javascript", "image/svg+xml")
RARELY_CHANGES = ("/static/twin/", "/wall/_dash-component-suites/", "/desk/_dash-component-suites/")
KEPT_BYTES_MAX = 64_000_000


class Bundle:
    """pydeck's own deck.gl bundle; its compressed forms are made once into `<home>/cache`."""

    def __init__(self, home: Path) -> None:
        spec = importlib.util.find_spec("pydeck")
        if spec is None or spec.origin is None:
            raise FileNotFoundError("pydeck is not installed: run `make setup`.")
        source = Path(spec.origin).parent / "nbextension" / "static" / "index.js"
        # Its source map stays at home, so nobody is sent to look for it.
        self.plain = source.read_bytes().split(b"\n//# sourceMappingURL=")[0]
        self.etag = hashlib.blake2b(self.plain, digest_size=8).hexdigest()
        self._cache = home / "cache"
        self._forms: dict[Coding, bytes] = {}
        self._lock = threading.Lock()

    def form(self, how: Coding | None) -> bytes:
        if how is None:
            return self.plain
        with self._lock:
            if how not in self._forms:
                kept = self._cache / f"deck-{self.etag}.js.{how}"
                if not kept.is_file():
                    _write_whole(kept, squeeze(self.plain, how, KEPT))
                self._forms[how] = kept.read_bytes()
            return self._forms[how]


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(path)


def files(home: Path, bundle: Bundle) -> Blueprint:
    static = Blueprint("static", __name__)

    @static.get("/static/twin/<path:name>")
    def assets(name: str) -> Response:
        if Path(name).suffix not in TYPES:
            abort(404)
        response = send_from_directory(ASSETS, name, mimetype=TYPES[Path(name).suffix], etag=True)
        # Modules import one another by bare names: each is asked for again, answered 304 until an upgrade.
        response.headers["Cache-Control"] = ASK_EACH_TIME
        return response

    @static.get("/static/deck.js")
    def deck() -> AnyResponse:
        how = coding()
        response = Response(bundle.form(how), mimetype="text/javascript")
        mark(response, how)
        # Kept for ever only under an address that a new bundle changes.
        response.headers["Cache-Control"] = FAR_FUTURE if request.args.get("v") else ASK_EACH_TIME
        response.set_etag(bundle.etag, weak=True)
        return response.make_conditional(request)

    faces = stylesheet()

    @static.get("/fonts/fonts.css")
    def font_faces() -> Response:
        response = Response(faces, mimetype="text/css")
        response.headers["Cache-Control"] = "public, max-age=86400"
        return response

    @static.get("/fonts/<name>")
    def fonts(name: str) -> Response:
        if not name.endswith(".woff2"):
            abort(404)
        response = send_from_directory(fonts_dir(home).resolve(), name, mimetype="font/woff2", etag=True)
        response.headers["Cache-Control"] = "public, max-age=86400"
        return response

    return static


class Zipper:
    """Compresses text answers; what rarely changes (Dash's bundles, our modules) is compressed once."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, Coding], bytes] = {}
        self._kept_bytes = 0
        self._lock = threading.Lock()

    def install(self, app: Flask) -> None:
        app.after_request(self.zip)

    def zip(self, response: Response) -> Response:
        how = coding() if _is_text(response) else None
        if how is None:
            return response
        response.direct_passthrough = False
        plain = response.get_data()
        if len(plain) < SMALL:
            return response
        response.set_data(self._zipped(plain, how))
        mark(response, how)
        tag, _ = response.get_etag()
        if tag:
            response.set_etag(tag, weak=True)
        return response

    def _zipped(self, plain: bytes, how: Coding) -> bytes:
        if not request.path.startswith(RARELY_CHANGES):
            return squeeze(plain, how, ONCE)
        key = (hashlib.blake2b(plain, digest_size=16).hexdigest(), how)
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None:
            return kept
        zipped = squeeze(plain, how, ONCE)
        with self._lock:
            if self._kept_bytes + len(zipped) <= KEPT_BYTES_MAX:
                self._kept[key] = zipped
                self._kept_bytes += len(zipped)
        return zipped


def _is_text(response: Response) -> bool:
    return (
        request.method == "GET"
        and response.status_code == 200
        and "Content-Encoding" not in response.headers
        and (response.mimetype or "").startswith(TEXT)
        and response.mimetype != "text/event-stream"
    )
