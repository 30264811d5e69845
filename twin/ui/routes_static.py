"""The files a page is made of: our modules and styles, pydeck's bundle, the fonts; gzip for what is text."""

import gzip
import hashlib
import importlib.util
import os
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from twin.ui.fonts import fonts_dir
from twin.ui.page import ASSETS
from twin.ui.routes_wire import GZIP_LEVEL, SMALL, takes_gzip

FAR_FUTURE = "public, max-age=31536000, immutable"
ASK_EACH_TIME = "no-cache"
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}
TEXT = ("text/", "application/json", "application/javascript", "image/svg+xml")
KEPT_BYTES_MAX = 64_000_000


@dataclass(frozen=True, slots=True)
class Bundle:
    """pydeck's own deck.gl bundle, as it is and compressed."""

    plain: bytes
    zipped: bytes
    etag: str


def deck_bundle(home: Path) -> Bundle:
    """Read the bundle of the installed pydeck; its gzip form is made once into `<home>/cache`."""
    spec = importlib.util.find_spec("pydeck")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("pydeck is not installed: run `make setup`.")
    source = Path(spec.origin).parent / "nbextension" / "static" / "index.js"
    # Its source map stays at home, so nobody is sent to look for it.
    plain = source.read_bytes().split(b"\n//# sourceMappingURL=")[0]
    etag = hashlib.blake2b(plain, digest_size=8).hexdigest()
    kept = home / "cache" / f"deck-{etag}.js.gz"
    if not kept.is_file():
        _write_whole(kept, gzip.compress(plain, 9, mtime=0))
    return Bundle(plain, kept.read_bytes(), etag)


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(path)


def files(home: Path) -> Blueprint:
    static = Blueprint("static", __name__)
    bundle = deck_bundle(home)

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
        zipped = takes_gzip()
        response = Response(bundle.zipped if zipped else bundle.plain, mimetype="text/javascript")
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        # Kept for ever only under an address that a new bundle changes.
        response.headers["Cache-Control"] = FAR_FUTURE if request.args.get("v") else ASK_EACH_TIME
        response.set_etag(bundle.etag, weak=True)
        return response.make_conditional(request)

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
        self._kept: dict[str, bytes] = {}
        self._kept_bytes = 0
        self._lock = threading.Lock()

    def install(self, app: Flask) -> None:
        app.after_request(self.zip)

    def zip(self, response: Response) -> Response:
        if not self._worth_it(response):
            return response
        response.direct_passthrough = False
        plain = response.get_data()
        if len(plain) < SMALL:
            return response
        zipped = self._zipped(plain, "immutable" in response.headers.get("Cache-Control", "") or _is_suite())
        response.set_data(zipped)
        response.headers["Content-Encoding"] = "gzip"
        response.headers.add("Vary", "Accept-Encoding")
        tag, _ = response.get_etag()
        if tag:
            response.set_etag(tag, weak=True)
        return response

    def _worth_it(self, response: Response) -> bool:
        return (
            takes_gzip()
            and response.status_code == 200
            and "Content-Encoding" not in response.headers
            and (response.mimetype or "").startswith(TEXT)
            and response.mimetype != "text/event-stream"
            and request.method == "GET"
        )

    def _zipped(self, plain: bytes, keep: bool) -> bytes:
        if not keep:
            return gzip.compress(plain, GZIP_LEVEL, mtime=0)
        key = hashlib.blake2b(plain, digest_size=16).hexdigest()
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None:
            return kept
        zipped = gzip.compress(plain, 9, mtime=0)
        with self._lock:
            if self._kept_bytes + len(zipped) <= KEPT_BYTES_MAX:
                self._kept[key] = zipped
                self._kept_bytes += len(zipped)
        return zipped


def _is_suite() -> bool:
    return "/_dash-component-suites/" in request.path or request.path.startswith("/static/twin/")
