"""Readings older than keys are kept are asked of the history: a file replayed a week later adds nothing."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from twin.engine.idempotence import KEEP
from twin.engine.judge import AHEAD_MAX
from twin.engine.rows import EPOCH, Entry, Heard
from twin.store import Tx

REJECT_KEPT = timedelta(days=30)
_MICROSECOND = timedelta(microseconds=1)
# Columns that make a row of the table the same, and the same of a reading.
_SAME: dict[str, tuple[str, Callable[[Heard], tuple[Any, ...]]]] = {
    "observation": ("state, value", lambda it: (it.state, it.reading.value)),
    "side_reading": (
        "property, mean_over, state, value",
        lambda it: (it.reading.property, it.reading.mean_over or "", it.reading.state, it.reading.value),
    ),
    "device_health": ("health", lambda it: (it.reading.health,)),
}


def remembered(tx: Tx, entries: Sequence[Entry]) -> set[int]:
    """The places among `entries` of old readings that were written before; keys of such may have expired."""
    before = tx.known_at - KEEP["observation"] + AHEAD_MAX
    old: dict[str, list[tuple[int, Heard]]] = {}
    for place, entry in enumerate(entries):
        if isinstance(heard := entry.item, Heard) and heard.happened_at < before:
            old.setdefault(_table(heard), []).append((place, heard))
    return {place for table, found in old.items() for place in _known(tx, table, found)}


def forget(tx: Tx, now: datetime) -> None:
    """Keys of what nobody sends again, and rejects long settled."""
    tx.execute("DELETE FROM ingest_key WHERE expires < $now", {"now": now})
    tx.execute("DELETE FROM reject WHERE settled_at < $before", {"before": now - REJECT_KEPT})


def _known(tx: Tx, table: str, found: Sequence[tuple[int, Heard]]) -> set[int]:
    columns, same = _SAME[table]
    times = [(heard.happened_at - EPOCH) // _MICROSECOND for _, heard in found]
    rows = tx.read(
        f"SELECT device_id, epoch_us(happened_at) AS us, {columns} FROM {table}"  # noqa: S608 - names of ours
        " WHERE happened_at BETWEEN make_timestamptz($first::BIGINT) AND make_timestamptz($last::BIGINT)"
        " AND (device_id, epoch_us(happened_at)) IN (SELECT (unnest($ids), unnest($times)))",
        {
            "first": min(times),
            "last": max(times),
            "ids": [heard.device_id for _, heard in found],
            "times": times,
        },
    )
    there = set(zip(*(rows[name].to_pylist() for name in rows.column_names), strict=True))
    return {
        place
        for (place, heard), us in zip(found, times, strict=True)
        if (heard.device_id, us, *same(heard)) in there
    }


def _table(heard: Heard) -> str:
    if heard.state is not None:
        return "observation"
    return "device_health" if heard.reading.property == "health" else "side_reading"
