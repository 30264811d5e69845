"""What the community consists of, kept at hand so that nothing unknown gets in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from twin.engine.rows import instant
from twin.store import Store

TABLES = ("community", "device", "staff", "building", "unit")


@dataclass(frozen=True, slots=True)
class Known:
    """Ids as of the store's `version` of these tables; actors until when, units in what building, storey."""

    version: int
    community12: str | None
    devices: frozenset[str]
    actors: Mapping[str, datetime | None]
    buildings: frozenset[str]
    units: Mapping[str, tuple[str, int]]


def known(store: Store, before: Known | None) -> Known:
    """`before` while nothing has changed, else read anew."""
    # Asked first: what is committed while we read makes us read again next time.
    version = store.version(TABLES)
    if before is not None and before.version == version:
        return before
    communities = _column(store, "SELECT community12 AS it FROM community")
    staff = store.read("SELECT id, epoch_us(valid_to) AS until_us FROM staff")
    units = store.read("SELECT id, building_id, storey_ordinal FROM unit")
    until = [None if us is None else instant(us) for us in staff["until_us"].to_pylist()]
    places = zip(units["building_id"].to_pylist(), units["storey_ordinal"].to_pylist(), strict=True)
    return Known(
        version=version,
        community12=communities[0] if communities else None,
        devices=frozenset(_column(store, "SELECT id AS it FROM device")),
        actors=dict(zip(staff["id"].to_pylist(), until, strict=True)),
        buildings=frozenset(_column(store, "SELECT id AS it FROM building")),
        units=dict(zip(units["id"].to_pylist(), places, strict=True)),
    )


def _column(store: Store, sql: str) -> list[Any]:
    found: list[Any] = store.read(sql)["it"].to_pylist()
    return found
