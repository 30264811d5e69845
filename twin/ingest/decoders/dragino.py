"""Dragino's door contact and water leak sensor: ten bytes on FPort 10."""

from collections.abc import Callable
from functools import partial

from twin.ingest.decoders.sheet import Sheet

# wiki.dragino.com, "LDS02 - LoRaWAN Door Sensor" and "LWL02": status and battery (2 bytes), mode (1),
# times (3), minutes of the last one (3), alarm (1). Mode 1 is a door, 2 a leak.
DOOR, LEAK = 0x80, 0x40
MODES = {"lds02": 1, "lwl02": 2}


def door_or_leak(model: str) -> Callable[[Sheet, bytes], None]:
    """The reader of a model's uplinks."""
    return partial(_read, MODES[model])


def _read(mode: int, sheet: Sheet, raw: bytes) -> None:
    if len(raw) < 3 or raw[2] != mode:
        sheet.remark("bytes", f"not an uplink in mode {mode}", raw)
        return
    sheet.read("voltage", value=(int.from_bytes(raw[:2], "big") & 0x3FFF) / 1000)
    if mode == MODES["lds02"]:
        sheet.state("door_contact", "open" if raw[0] & DOOR else "closed")
    else:
        sheet.state("water", "alarm" if raw[0] & LEAK else "normal")
    if len(raw) >= 9:
        sheet.note("times", int.from_bytes(raw[3:6], "big"))
        sheet.note("last_min", int.from_bytes(raw[6:9], "big"))
    if len(raw) >= 10 and raw[9] & 1:
        sheet.note("alarm", "for longer than the device was told to wait")
