"""A vendor's callback as messages: its body by its family, one message for each event of a list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from twin.ingest.arrival import Arrived, arrived
from twin.ingest.decoders import FAMILIES, Site
from twin.ingest.http_items import NotJson

KEY_MAX = 100
REMARKS_MOST = 100
# Their list is several messages; a message that a list belongs to is left whole.
LISTS = ("vendor_smoke", "lorawan")


@dataclass(frozen=True, slots=True)
class Body:
    """What was posted: `key` is the Idempotency-Key, `topic` what stands where MQTT has a topic."""

    family: str
    topic: str
    raw: bytes
    key: str | None


def idempotency_key(key: str | None) -> str | None:
    """The sender's own number of the request. Raises NotJson for one that is none."""
    if key is not None and not (0 < len(key) <= KEY_MAX and key.isascii() and key.isprintable()):
        raise NotJson(f"an Idempotency-Key has 1 to {KEY_MAX} printable ASCII characters")
    return key


def body_of(family: str, topic: str | None, raw: bytes, key: str | None, content_type: str) -> Body:
    """Raises KeyError for a family we do not have."""
    if FAMILIES[family].carriers == ("file",):
        default = "body.jsonl" if "json" in content_type else "body.csv"
    else:
        default = f"/ingest/readings/{family}"
    return Body(family, (topic or default)[:300], raw, key)


def messages(body: Body, received_at: datetime, site: Site, most: int) -> list[Arrived]:
    """Raises NotJson where a list holds more than `most` events."""
    parts: list[Any] = [body.raw]
    if body.family in LISTS and body.raw.lstrip()[:1] == b"[":
        try:
            said = orjson.loads(body.raw)
        except orjson.JSONDecodeError:
            said = None
        if isinstance(said, list) and said:
            parts = [part if isinstance(part, dict) else orjson.dumps(part) for part in said]
    if len(parts) > most:
        raise NotJson(f"{len(parts)} events in one list; send at most {most} at a time")
    return [
        arrived(
            body.family,
            body.topic,
            part,
            received_at,
            site,
            key=None if body.key is None else f"{body.key}:{place}",
        )
        for place, part in enumerate(parts)
    ]


def remarks(found: list[Arrived]) -> list[dict[str, Any]]:
    """What of the messages was not taken, or not as it was said; the first hundred."""
    said = [
        {"index": place, "field": remark.field, "reason": remark.reason, "raw": remark.raw}
        for place, each in enumerate(found)
        for remark in each.remarks
    ]
    return said[:REMARKS_MOST]
