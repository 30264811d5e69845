"""A message at a door: decoded by its family, with the bytes that may be kept should it not be taken."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import structlog

from twin.ingest.decoders import FAMILIES, PLAIN, Site
from twin.ingest.decoders.frigate import IDENTITIES
from twin.ingest.decoders.said import Payload
from twin.ingest.decoders.vendor_smoke import PERSONAL, names_somebody
from twin.model.readings import Note, Remark, Undecodable
from twin.model.signals import Fault, Message

# Families whose messages may name people: what does so is cut out of the bytes before anything keeps them.
Names = Callable[[str, object], bool]
NAMING: Mapping[str, tuple[Names, re.Pattern[str]]] = {
    "frigate": (lambda field, _: field in IDENTITIES, re.compile("|".join(IDENTITIES))),
    "vendor_smoke": (names_somebody, PERSONAL),
}

log = structlog.get_logger("twin.arrival")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message for the engine, and what its decoder had to say about parts of it."""

    message: Message
    remarks: tuple[Remark, ...] = ()
    notes: tuple[Note, ...] = ()


def arrived(
    family: str,
    topic: str,
    payload: Payload,
    received_at: datetime,
    site: Site = PLAIN,
    *,
    key: str | None = None,
) -> Arrived:
    """Never raises for what a message says: what cannot be read carries its fault. KeyError: no family."""
    decode = FAMILIES[family].decode
    raw = payload if isinstance(payload, bytes) else orjson.dumps(payload)
    try:
        decoded = decode(topic, payload, received_at, site)
    except Undecodable as fault:
        return Arrived(Message(family, kept(family, raw), topic, (), Fault("message", *_said(fault)), key))
    except Exception as fault:  # a decoder's own mistake must not end a stream of a thousand other devices
        log.exception("decoder failed", family=family, topic=topic)
        why = Fault(
            "message", f"our decoder failed: {type(fault).__name__}", "replay it with a newer program"
        )
        return Arrived(Message(family, kept(family, raw), topic, (), why, key))
    message = Message(family, kept(family, raw), topic, decoded.readings, None, key)
    return Arrived(message, decoded.remarks, decoded.notes)


def kept(family: str, raw: bytes) -> bytes:
    """The bytes without what names people; nothing where they cannot be taken apart."""
    if family not in NAMING:
        return raw
    names, hint = NAMING[family]
    try:
        said = orjson.loads(raw)
        bare = _without(said, names)
        return raw if bare == said else orjson.dumps(bare)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
        return b"" if hint.search(raw.decode("utf-8", "replace")) else raw


def _without(said: Any, names: Names) -> Any:
    if isinstance(said, Mapping):
        return {field: _without(value, names) for field, value in said.items() if not names(field, value)}
    return [_without(value, names) for value in said] if isinstance(said, list) else said


def _said(fault: Undecodable) -> tuple[str, str]:
    return fault.reason, fault.remedy
