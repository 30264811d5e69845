"""Bytes on the wire: compressed as the browser likes, once, with a tag that tells whether it changed."""

import gzip
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import brotli
import orjson
from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

Coding = Literal["br", "gzip"]
SMALL = 1024
# (brotli quality, gzip level): what is kept beyond the process is worth more of its time.
KEPT, ONCE = (9, 9), (4, 6)


def coding() -> Coding | None:
    """The best this request takes."""
    accepted = request.accept_encodings
    if accepted["br"] > 0:
        return "br"
    return "gzip" if accepted["gzip"] > 0 else None


def squeeze(plain: bytes, how: Coding, effort: tuple[int, int]) -> bytes:
    if how == "br":
        return bytes(brotli.compress(plain, quality=effort[0]))
    return gzip.compress(plain, effort[1], mtime=0)


@dataclass(frozen=True, slots=True)
class Packed:
    """A JSON answer in all its forms."""

    plain: bytes
    br: bytes
    gzip: bytes
    etag: str


def pack(body: dict[str, Any]) -> Packed:
    plain = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY, default=as_text)
    etag = hashlib.blake2b(plain, digest_size=12).hexdigest()
    return Packed(plain, squeeze(plain, "br", ONCE), squeeze(plain, "gzip", ONCE), etag)


def packed(answer: Packed) -> AnyResponse:
    how = coding() if len(answer.plain) > SMALL else None
    body = answer.plain if how is None else answer.br if how == "br" else answer.gzip
    response = Response(body, mimetype="application/json")
    mark(response, how)
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(answer.etag, weak=True)
    return response.make_conditional(request)


def mark(response: Response, how: Coding | None) -> None:
    """Say how the body is compressed, and that it depends on who asks."""
    if how is not None:
        response.headers["Content-Encoding"] = how
    response.headers["Vary"] = "Accept-Encoding"


def as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not go into JSON")
