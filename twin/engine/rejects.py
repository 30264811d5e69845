"""Messages that could not be taken: kept with their bytes until somebody has mended the cause."""

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

from twin.model.signals import Batch, Fault, Message
from twin.store import Tx

RAW_MAX = 65_536
TEXT_MAX = 300
# So many wait of one cause (a device nobody knows, a clock that is ahead), and of one twin.
OF_ONE_CAUSE, IN_ALL = 1_000, 10_000
_WAITING = """
  SELECT feed, CASE WHEN field = 'external_id' THEN reason ELSE field END AS cause, count(*) AS count
  FROM reject WHERE settled_at IS NULL GROUP BY ALL"""


def write_rejects(
    tx: Tx, batches: Sequence[Batch], rejects: Iterable[tuple[int, int, Fault]], community12: str
) -> None:
    """Each once, however often it is sent: its id is what it is."""
    rows: dict[str, dict[str, Any]] = {}
    for number, place, fault in rejects:
        batch = batches[number]
        row = _reject(batch, batch.messages[place], fault) | {"community12": community12}
        rows.setdefault(row["id"], row)
    if not rows:
        return
    there = tx.read("SELECT id FROM reject WHERE id IN (SELECT unnest($ids))", {"ids": list(rows)})
    for known_id in there["id"].to_pylist():
        del rows[known_id]
    if kept := _within_bounds(tx, rows.values()):
        tx.append("reject", kept)


def _within_bounds(tx: Tx, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """A sender gone wild fills neither disk nor list: beyond the first thousand it is only counted."""
    waiting = Counter[tuple[str, str]]()
    for row in tx.read(_WAITING).to_pylist():
        waiting[row["feed"], row["cause"]] = row["count"]
    total, kept = waiting.total(), []
    for row in rows:
        cause = row["feed"], row["reason"] if row["field"] == "external_id" else row["field"]
        if waiting[cause] < OF_ONE_CAUSE and total < IN_ALL:
            waiting[cause] += 1
            total += 1
            kept.append(row)
    return kept


def _reject(batch: Batch, message: Message, fault: Fault) -> dict[str, Any]:
    topic = _storable(message.topic)
    said = b"\0".join((batch.feed.encode(), message.family.encode(), topic.encode(), message.raw))
    return {
        "id": blake2b(said, digest_size=8).hexdigest(),
        "feed": batch.feed,
        "family": message.family,
        "topic": topic,
        "field": _storable(fault.field),
        "reason": _storable(fault.reason),
        "remedy": _storable(fault.remedy),
        "raw": message.raw[:RAW_MAX],
        "raw_bytes": len(message.raw),
        "received_at": batch.received_at,
    }


def _storable(text: str) -> str:
    """Cut, and without signs that a terminal would obey."""
    seen = "".join(sign if sign.isprintable() else "\ufffd" for sign in text[:TEXT_MAX])
    return seen.encode("utf-8", "replace").decode()
