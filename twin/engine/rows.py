"""Signals as the store's rows: Arrow columns where there are many, plain rows where there are few."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pyarrow as pa

from twin.model.readings import Reading
from twin.model.signals import Batch, Observation, Position, Signal

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TEXT, NUMBER, FLAG, INSTANT = pa.string(), pa.float64(), pa.bool_(), pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, slots=True)
class Heard:
    """A reading whose device is known; `state` is the device's, None where it is a side reading."""

    device_id: str
    happened_at: datetime
    reading: Reading
    state: str | None


class Entry(NamedTuple):
    """An item on its way in: which batch of the round, which place in it, and its key."""

    batch: int
    place: int
    item: Signal | Heard
    key: str


def instant(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def table(columns: Mapping[str, tuple[pa.DataType, Sequence[Any]]]) -> pa.Table:
    return pa.table({name: pa.array(values, kind) for name, (kind, values) in columns.items()})


def observations(homes: Mapping[str, str], batches: Sequence[Batch], entries: Sequence[Entry]) -> pa.Table:
    """`homes` tells each device's community. Side readings among the entries are not taken."""
    told = [entry for entry in entries if _tells_state(entry.item)]
    items = [entry.item for entry in told if isinstance(entry.item, Observation | Heard)]
    said = [item.reading if isinstance(item, Heard) else item for item in items]
    return table(
        {
            "community12": (TEXT, [homes[item.device_id] for item in items]),
            **arrival(batches, told),
            "device_id": (TEXT, [item.device_id for item in items]),
            "state": (TEXT, [item.state for item in items]),
            "value": (NUMBER, [each.value for each in said]),
            "unit": (TEXT, [each.unit for each in said]),
            "happened_at": (INSTANT, [item.happened_at for item in items]),
        }
    )


def _tells_state(item: Signal | Heard) -> bool:
    return isinstance(item, Observation) or (isinstance(item, Heard) and item.state is not None)


def positions(
    actors: Mapping[str, tuple[str, datetime | None]], batches: Sequence[Batch], entries: Sequence[Entry]
) -> pa.Table:
    """`actors` tells each one's community first."""
    items = [entry.item for entry in entries if isinstance(entry.item, Position)]
    return table(
        {
            "community12": (TEXT, [actors[item.actor_id][0] for item in items]),
            **arrival(batches, entries),
            "actor_id": (TEXT, [item.actor_id for item in items]),
            "x_m": (NUMBER, [item.x_m for item in items]),
            "y_m": (NUMBER, [item.y_m for item in items]),
            "accuracy_m": (NUMBER, [item.accuracy_m for item in items]),
            "on_duty": (FLAG, [item.on_duty for item in items]),
            "happened_at": (INSTANT, [item.happened_at for item in items]),
        }
    )


def newest(rows: pa.Table, key: str) -> pa.Table:
    """The newest row of each key; of equals the one that came last."""
    best: dict[str, int] = {}
    at = rows["happened_at"].cast(pa.int64()).to_pylist()
    for number, name in enumerate(rows[key].to_pylist()):
        if name not in best or at[number] >= at[best[name]]:
            best[name] = number
    return rows.take(list(best.values())) if len(best) < rows.num_rows else rows


def arrival(
    batches: Sequence[Batch], entries: Sequence[Entry]
) -> dict[str, tuple[pa.DataType, Sequence[Any]]]:
    return {
        "feed": (TEXT, [batches[entry.batch].feed for entry in entries]),
        "received_at": (INSTANT, [batches[entry.batch].received_at for entry in entries]),
    }
