"""Rejects looked at, taken again after the cause was mended, or laid aside with a word why."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from twin.engine.rows import instant
from twin.ingest.arrival import arrived
from twin.ingest.decoders import FAMILIES, Site
from twin.model.signals import Batch, Message, Receipt
from twin.store import Store, Tx

COMMIT_WAIT_S = 60.0
TOGETHER = 500
Submit = Callable[[Batch], "Future[Receipt]"]

_WAITING = """
  SELECT r.id, r.feed, r.family, r.topic, r.raw, r.raw_bytes, epoch_us(r.received_at) AS received_us,
         coalesce(f.title, '') AS title, coalesce(f.demo, false) AS demo
  FROM reject r LEFT JOIN feed_now f ON f.community12 = r.community12 AND f.feed = r.feed
  WHERE r.settled_at IS NULL AND ($everything OR r.id IN (SELECT unnest($ids::VARCHAR[])))
    AND ($feed = '' OR r.feed = $feed)
  ORDER BY r.received_at, r.id"""
_SETTLE = (
    "UPDATE reject SET settled_at = $now, settled_note = $note WHERE id IN (SELECT unnest($ids::VARCHAR[]))"
    " AND settled_at IS NULL"
)
_WHY = "UPDATE reject SET field = $field, reason = $reason, remedy = $remedy WHERE id = $id"


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of a reject: `why` it waits on, empty where it is settled."""

    id: str
    accepted: int = 0
    duplicates: int = 0
    why: str = ""
    remedy: str = ""


def replay(
    store: Store, submit: Submit, site: Site, ids: Sequence[str], by: str, *, feed: str = ""
) -> list[Replayed]:
    """No ids: all that wait. They keep the time at which they came, so that nothing seems heard only now."""
    asked = {"ids": list(ids), "everything": not ids, "feed": feed}
    rows = store.read(_WAITING, asked).to_pylist()
    done: list[Replayed] = []
    for begin in range(0, len(rows), TOGETHER):
        some = rows[begin : begin + TOGETHER]
        under_way = [(row, _again(row, submit, site)) for row in some]
        done += [_outcome(store, row, receipt) for row, receipt in under_way]
    settled = [one.id for one in done if not one.why]
    if settled:
        settle(store, settled, f"replayed by {by}")
    return done


def settle(store: Store, ids: Sequence[str], note: str) -> int:
    """Lay them aside; how many waited."""

    def work(tx: Tx) -> int:
        waiting = "SELECT count(*) AS n FROM reject WHERE settled_at IS NULL AND id IN (SELECT unnest($ids))"
        found = int(tx.read(waiting, {"ids": list(ids)})["n"][0].as_py())
        tx.execute(_SETTLE, {"now": tx.known_at, "note": note, "ids": list(ids)})
        return found

    return store.write(work)


def _again(row: Mapping[str, Any], submit: Submit, site: Site) -> "Future[Receipt] | str":
    if row["raw_bytes"] > len(row["raw"]):
        return f"only {len(row['raw'])} of its {row['raw_bytes']} bytes were kept"
    if row["family"] not in FAMILIES:
        return f"this program knows no family {row['family']!r}"
    received_at = instant(row["received_us"])
    message: Message = arrived(row["family"], row["topic"], row["raw"], received_at, site).message
    return submit(Batch(row["feed"], received_at, (), row["title"], row["demo"], messages=(message,)))


def _outcome(store: Store, row: Mapping[str, Any], receipt: "Future[Receipt] | str") -> Replayed:
    if isinstance(receipt, str):
        return Replayed(row["id"], why=receipt, remedy="let its sender send it again, then settle this one")
    got = receipt.result(COMMIT_WAIT_S)
    if not got.rejections:
        return Replayed(row["id"], got.accepted, got.duplicates)
    fault = got.rejections[0]
    why = {"field": fault.field, "reason": fault.reason, "remedy": fault.remedy, "id": row["id"]}
    store.write(lambda tx: tx.execute(_WHY, why))
    return Replayed(row["id"], got.accepted, got.duplicates, fault.reason, fault.remedy)


def readable(raw: bytes, most: int = 4_000) -> str:
    """The bytes as text where they are one, else in hex."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if not text or not all(sign.isprintable() or sign in "\r\n\t" for sign in text):
        text = raw.hex(" ")
    return text if len(text) <= most else f"{text[:most]} …"
