"""Zigbee's IAS zones: what a zone type watches, what the bits of a zone status say."""

from collections.abc import Mapping
from typing import NamedTuple

from twin.model.readings import Health

# ZCL 8.2. 0x002C is Personal Emergency here and Air Quality in Matter: one table for each ecosystem.
ZONE_TYPES: Mapping[int, str] = {
    0x000D: "pir",
    0x0015: "door_contact",
    0x0028: "smoke",
    0x002A: "water",
    0x002B: "co",
    0x002C: "sos_button",
    0x0115: "sos_button",
}
ALARM1, ALARM2, TAMPER, BATTERY, TROUBLE, TEST, BATTERY_DEFECT = 0x1, 0x2, 0x4, 0x8, 0x40, 0x100, 0x200
HEALTH_BITS: tuple[tuple[int, Health], ...] = (
    (TROUBLE, "fault"),
    (BATTERY_DEFECT, "fault"),
    (TAMPER, "tamper"),
    (BATTERY, "low_batt"),
)


class ZoneStatus(NamedTuple):
    """Alarmed by either alarm bit; `healths` is never empty; a test opens nothing."""

    alarmed: bool
    healths: tuple[Health, ...]
    is_test: bool


def zone_status(bits: int) -> ZoneStatus:
    healths = tuple(dict.fromkeys(health for bit, health in HEALTH_BITS if bits & bit))
    return ZoneStatus(bool(bits & (ALARM1 | ALARM2)), healths or ("ok",), bool(bits & TEST))
