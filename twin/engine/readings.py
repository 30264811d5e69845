"""Readings inside a round: whose device each is of, what is rejected, and the rows they become."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from shlex import quote
from typing import Any

import pyarrow as pa

from twin.engine.judge import time_fault
from twin.engine.known import Known
from twin.engine.rows import INSTANT, NUMBER, TEXT, Entry, Heard, arrival, table
from twin.model.readings import SCHEMES, Reading
from twin.model.registry import main_state
from twin.model.signals import Batch, Fault, Message
from twin.store import Tx

_SAID = (
    "scheme", "external_id", "property", "state", "value", "unit", "health", "battery_pct", "is_test",
    "quality", "mean_over", "episode",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """A round's readings on their way in, and its messages that go to the rejects: batch, place, fault."""

    entries: tuple[Entry, ...]
    rejects: tuple[tuple[int, int, Fault], ...]


def judged(batches: Sequence[Batch], known: Known) -> Judged:
    """A message with a reading that cannot be taken is rejected for that one; its other readings go in."""
    entries: list[Entry] = []
    rejects: list[tuple[int, int, Fault]] = []
    for number, batch in enumerate(batches):
        for place, message in enumerate(batch.messages):
            faults = [message.fault] if message.fault else []
            for index, reading in enumerate(message.readings):
                at = reading.happened_at or batch.received_at
                device_id = known.device_of(reading.scheme, reading.external_id)
                fault = _fault(reading, device_id, known) or time_fault(at, batch.received_at)
                if fault or device_id is None:
                    faults += [fault] if fault else []
                    continue
                heard = Heard(device_id, at, reading, main_state(known.kinds[device_id], reading))
                entries.append(Entry(number, place, heard, key_of_reading(reading, at, message, index)))
            if faults:
                rejects.append((number, place, faults[0]))
    return Judged(tuple(entries), tuple(rejects))


def key_of_reading(reading: Reading, at: datetime, message: Message, index: int) -> str:
    """The sender's own number of it, else its place in a message that has one, else what it says."""
    if key := reading.feed_key():
        return f"r:{key}"
    if message.key is not None:
        return f"m:{message.key}:{index}"
    said = f"{at.isoformat()}{[getattr(reading, name) for name in _SAID]!r}"
    return f"r#{blake2b(said.encode('utf-8', 'backslashreplace'), digest_size=16).hexdigest()}"


def _fault(reading: Reading, device_id: str | None, known: Known) -> Fault | None:
    if device_id is None:
        said = quote(reading.external_id)  # the remedy is made to be pasted into a shell
        told = f"name DEVICE {reading.scheme} {said}" if reading.scheme != "own" else f"add {said} --kind …"
        reason = f"no device is known as {SCHEMES[reading.scheme].en} {reading.external_id!r}"
        return Fault("external_id", reason, f"`twin device {told}`, then replay")
    if device_id in known.retired:
        return Fault("external_id", f"device {device_id} is retired", "unplug it, or take it back")
    return None


def write_sides(tx: Tx, batches: Sequence[Batch], entries: Sequence[Entry], known: Known) -> None:
    """What is not the device's main state, and its battery."""
    found: list[tuple[Entry, str, str, str | None, float | None, str | None, str]] = []
    battery: set[tuple[str, datetime]] = set()
    for entry in entries:
        if not isinstance(heard := entry.item, Heard):
            continue
        it = heard.reading
        if heard.state is None and it.property != "health":
            found.append((entry, it.property, it.mean_over or "", it.state, it.value, it.unit, it.quality))
        if it.battery_pct is not None and (heard.device_id, heard.happened_at) not in battery:
            battery.add((heard.device_id, heard.happened_at))
            found.append((entry, "battery", "", None, it.battery_pct, "%", "good"))
    if not found:
        return
    names = ("property", "mean_over", "state", "value", "unit", "quality")
    kinds = (TEXT, TEXT, TEXT, NUMBER, TEXT, TEXT)
    columns = _columns(batches, [row[0] for row in found], known)
    columns |= {
        name: (kind, [row[place + 1] for row in found])
        for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
    }
    _both(tx, "side_reading", table(columns))


def write_health(tx: Tx, batches: Sequence[Batch], entries: Sequence[Entry], known: Known) -> None:
    """The device's word of itself, once for all readings of a message."""
    told: dict[tuple[str, datetime], tuple[Entry, str]] = {}
    for entry in entries:
        if isinstance(heard := entry.item, Heard) and heard.reading.health:
            told[heard.device_id, heard.happened_at] = (entry, heard.reading.health)
    if told:
        columns = _columns(batches, [entry for entry, _ in told.values()], known)
        columns["health"] = (TEXT, [health for _, health in told.values()])
        _both(tx, "device_health", table(columns))


def _columns(
    batches: Sequence[Batch], entries: Sequence[Entry], known: Known
) -> dict[str, tuple[pa.DataType, Sequence[Any]]]:
    devices = [entry.item.device_id for entry in entries if isinstance(entry.item, Heard)]
    return {
        "community12": (TEXT, [known.devices[device_id] for device_id in devices]),
        "device_id": (TEXT, devices),
        **arrival(batches, entries),
        "happened_at": (INSTANT, [entry.item.happened_at for entry in entries]),
    }


def _both(tx: Tx, name: str, rows: pa.Table) -> None:
    tx.append(name, rows)
    tx.upsert_newest(f"{name}_now", rows)
