"""Whether an item can be true of this community; if not, which field is wrong and what its sender can do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import assert_never

from twin.engine.known import Known
from twin.model.signals import Event, Fault, Observation, Position, Request, Signal

AHEAD_MAX = timedelta(minutes=5)
# A device whose clock was lost says 1970; nothing this system is told of happened before.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


NO_COMMUNITY = Fault("item", "this twin holds no community yet", "make one with `twin init`")
EARLY = Fault("happened_at", "happened_at lies before the year 2000", "set the device's clock")


def fault_of(item: Signal, known: Known, received_at: datetime) -> Fault | None:
    if known.community12 is None:
        return NO_COMMUNITY
    if fault := time_fault(item.happened_at, received_at):
        return fault
    match item:
        case Observation():
            if item.device_id not in known.devices:
                return _unknown("device_id", "device", item.device_id)
        case Position():
            return _actor_fault(item, known)
        case Request():
            return _place_fault(item, known)
        case Event():
            pass  # which ticket and which step is judged in the transaction, where the ticket's state is
        case _:
            assert_never(item)
    return None


def time_fault(happened_at: datetime, received_at: datetime) -> Fault | None:
    if happened_at > received_at + AHEAD_MAX:
        ahead_s = round((happened_at - received_at).total_seconds())
        return Fault("happened_at", f"happened_at lies {ahead_s} s in the future", "set the device's clock")
    return EARLY if happened_at < EARLIEST else None


def placed(item: Request, known: Known) -> Request:
    """With the building and storey its unit stands in, where it names the unit only."""
    if item.unit_id is None:
        return item
    building_id, storey = known.units[item.unit_id]
    return replace(item, building_id=building_id, storey_ordinal=storey)


def _actor_fault(item: Position, known: Known) -> Fault | None:
    if item.actor_id not in known.actors:
        return _unknown("actor_id", "steward or volunteer", item.actor_id)
    _, until = known.actors[item.actor_id]
    if until is not None and item.happened_at >= until:
        return Fault(
            "actor_id", f"{item.actor_id} left on {until:%Y-%m-%d}", "send only positions of who serves"
        )
    return None


def _place_fault(item: Request, known: Known) -> Fault | None:
    if item.building_id is not None and item.building_id not in known.buildings:
        return _unknown("building_id", "building", item.building_id)
    if item.unit_id is None:
        return None
    if item.unit_id not in known.units:
        return _unknown("unit_id", "unit", item.unit_id)
    building_id, storey = known.units[item.unit_id]
    if item.building_id not in (None, building_id):
        return Fault("unit_id", f"unit {item.unit_id} stands in {building_id}", "mend building_id or unit_id")
    if item.storey_ordinal not in (None, storey):
        return Fault("storey_ordinal", f"unit {item.unit_id} is on storey {storey}", "mend storey_ordinal")
    return None


def _unknown(field: str, what: str, id_: str) -> Fault:
    return Fault(field, f"no {what} {id_!r} is known here", f"register the {what} first, or mend {field}")
