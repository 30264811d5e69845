"""What the community consists of, kept at hand so that nothing unknown gets in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from twin.engine.rows import instant
from twin.store import Store

TABLES = ("community", "device", "device_name", "device_life", "staff", "building", "unit")


RETIRED = "SELECT device_id AS it FROM device_life WHERE state = 'retired' AND valid_to IS NULL"


@dataclass(frozen=True, slots=True)
class Known:
    """What there is as of the store's `version` of these tables; ids are the twin's own, one for one thing.

    Devices, actors and buildings with their community, actors until when too, units in what building, storey.
    `kinds` of devices, `names` of devices by scheme and external id, `retired` ones are not heard.
    `community12` is the twin's first community: feeds, and requests that name no building, are its own.
    """

    version: int
    community12: str | None
    devices: Mapping[str, str]
    actors: Mapping[str, tuple[str, datetime | None]]
    buildings: Mapping[str, str]
    units: Mapping[str, tuple[str, int]]
    kinds: Mapping[str, str]
    names: Mapping[tuple[str, str], str]
    retired: frozenset[str]

    def device_of(self, scheme: str, external_id: str) -> str | None:
        """Our own id needs no registration of a name."""
        named = self.names.get((scheme, external_id))
        return external_id if named is None and scheme == "own" and external_id in self.devices else named


def known(store: Store, before: Known | None) -> Known:
    """`before` while nothing has changed, else read anew."""
    # Asked first: what is committed while we read makes us read again next time.
    version = store.version(TABLES)
    if before is not None and before.version == version:
        return before
    communities = _column(store, "SELECT community12 AS it FROM community ORDER BY it")
    staff = store.read("SELECT id, community12, epoch_us(valid_to) AS until_us FROM staff")
    devices = store.read("SELECT id, community12, kind FROM device")
    ids = devices["id"].to_pylist()
    units = store.read("SELECT id, building_id, storey_ordinal FROM unit")
    until = [None if us is None else instant(us) for us in staff["until_us"].to_pylist()]
    serving = zip(staff["community12"].to_pylist(), until, strict=True)
    places = zip(units["building_id"].to_pylist(), units["storey_ordinal"].to_pylist(), strict=True)
    return Known(
        version=version,
        community12=communities[0] if communities else None,
        devices=dict(zip(ids, devices["community12"].to_pylist(), strict=True)),
        actors=dict(zip(staff["id"].to_pylist(), serving, strict=True)),
        buildings=_homes(store, "building"),
        units=dict(zip(units["id"].to_pylist(), places, strict=True)),
        kinds=dict(zip(ids, devices["kind"].to_pylist(), strict=True)),
        names=_names(store),
        retired=frozenset(_column(store, RETIRED)),
    )


def _names(store: Store) -> dict[tuple[str, str], str]:
    found = store.read("SELECT scheme, external_id, device_id FROM device_name")
    names = zip(found["scheme"].to_pylist(), found["external_id"].to_pylist(), strict=True)
    return dict(zip(names, found["device_id"].to_pylist(), strict=True))


def _homes(store: Store, table: str) -> dict[str, str]:
    found = store.read(f"SELECT id, community12 FROM {table}")  # noqa: S608 - our own table's name
    return dict(zip(found["id"].to_pylist(), found["community12"].to_pylist(), strict=True))


def _column(store: Store, sql: str) -> list[Any]:
    found: list[Any] = store.read(sql)["it"].to_pylist()
    return found
