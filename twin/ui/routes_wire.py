"""Bytes on the wire: answers packed once, with a tag by which a page learns that nothing changed."""

import gzip
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

GZIP_LEVEL = 6
SMALL = 1024


@dataclass(frozen=True, slots=True)
class Packed:
    """A JSON answer in both its forms."""

    plain: bytes
    zipped: bytes
    etag: str


def pack(body: dict[str, Any]) -> Packed:
    plain = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY, default=as_text)
    etag = hashlib.blake2b(plain, digest_size=12).hexdigest()
    return Packed(plain, gzip.compress(plain, GZIP_LEVEL, mtime=0), etag)


def packed(answer: Packed) -> AnyResponse:
    zipped = takes_gzip() and len(answer.plain) > SMALL
    response = Response(answer.zipped if zipped else answer.plain, mimetype="application/json")
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(answer.etag, weak=True)
    return response.make_conditional(request)


def takes_gzip() -> bool:
    return request.accept_encodings["gzip"] > 0


def as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not go into JSON")
