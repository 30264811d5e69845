"""What a message says, field by field, without believing any of it: numbers, words, times, whole JSON."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import orjson

from twin.model.readings import Undecodable

Payload = bytes | Mapping[str, Any] | list[Any]
MAX_BYTES = 1_000_000
RAW_MAX = 120
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"[+-]?(\d{1,18}(\.\d{0,18})?|\.\d{1,18})([eE][+-]?\d{1,3})?")
_OLD = re.compile(r"(\d{4})\.(\d{2})\.(\d{2}) ")
TRUE, FALSE = frozenset({"true", "on", "yes", "1"}), frozenset({"false", "off", "no", "0"})


def json_of(payload: Payload) -> Any:
    """Raises Undecodable."""
    if not isinstance(payload, bytes):
        return payload
    if len(payload) > MAX_BYTES:
        raise Undecodable(f"{len(payload)} bytes in one message", f"send at most {MAX_BYTES} bytes")
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError as fault:
        raise Undecodable(f"the payload is not JSON: {str(fault)[:120]}", "send UTF-8 JSON") from fault


def object_of(payload: Payload) -> Mapping[str, Any]:
    """Raises Undecodable."""
    said = json_of(payload)
    if not isinstance(said, Mapping):
        raise Undecodable("the payload is JSON, but no object", "send one JSON object")
    return said


def part(said: Any, *path: str) -> Any:
    """What stands at a path of names; None where there is nothing."""
    for name in path:
        said = said.get(name) if isinstance(said, Mapping) else None
    return said


def number(said: Any) -> float | None:
    """A finite number, also one written as text; a truth value is none."""
    if isinstance(said, bool):
        return None
    if isinstance(said, str):
        if not _NUMBER.fullmatch(said.strip(" ")) or not said.isascii():
            return None
    elif not isinstance(said, int | float):
        return None
    try:
        value = float(said)
    except (OverflowError, ValueError):
        return None
    return value if math.isfinite(value) and abs(value) < 1e15 else None


def whole(said: Any) -> int | None:
    """A whole number from 0 on."""
    value = number(said)
    return int(value) if value is not None and value >= 0 and value == int(value) else None


def truth(said: Any) -> bool | None:
    """true, "ON", 1, "yes" and their opposites, as the ecosystems write them."""
    if isinstance(said, bool):
        return said
    if isinstance(said, int | float):
        return bool(said) if said in (0, 1) else None
    if isinstance(said, str):
        word = said.strip().lower()
        return True if word in TRUE else False if word in FALSE else None
    return None


def words(said: Any, longest: int = 128) -> str | None:
    """A text of one line; None for anything else."""
    if not isinstance(said, str):
        return None
    text = said.strip()
    return text if text and len(text) <= longest and text.isprintable() else None


def raw(said: Any) -> str:
    """Enough of it to recognise it in a list."""
    text = said if isinstance(said, str) else repr(said) if not isinstance(said, bytes) else said.hex()
    return "".join(sign if sign.isprintable() else "?" for sign in text[:RAW_MAX])


def instant(said: Any, zone: tzinfo | None = None) -> datetime | None:
    """An ISO time as UTC, cut to microseconds; one without a zone only where `zone` says which it means."""
    if not isinstance(said, str) or not 10 < len(said) <= 40:
        return None
    try:
        at = datetime.fromisoformat(_OLD.sub(r"\1-\2-\3 ", said.strip()))
        if at.tzinfo is None:
            if zone is None:
                return None
            at = at.replace(tzinfo=zone)
        return _within(at.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def digits_instant(said: Any, zone: tzinfo) -> datetime | None:
    """yyyyMMddHHmmss, with or without milliseconds, as the clocks of `zone` show it."""
    if not isinstance(said, str) or not re.fullmatch(r"\d{14}(\d{3})?", said, re.ASCII):
        return None
    try:
        at = datetime.strptime(said[:14], "%Y%m%d%H%M%S").replace(tzinfo=zone)
        return _within(at.astimezone(UTC) + timedelta(milliseconds=int(said[14:] or 0)))
    except (ValueError, OverflowError):
        return None


def epoch_s(said: Any) -> datetime | None:
    """Seconds since 1970, with a fraction."""
    value = number(said)
    if value is None or not 0 < value < 5e9:
        return None
    return _within(EPOCH + timedelta(microseconds=round(value * 1e6)))


def epoch_ms(said: Any) -> datetime | None:
    """Milliseconds since 1970."""
    value = number(said)
    return None if value is None else epoch_s(value / 1000)


def _within(at: datetime) -> datetime | None:
    return at if FIRST <= at < LAST else None
