"""Zigbee2MQTT: a device's JSON under its name, and its availability."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from twin.ingest.decoders.ias import ZONE_TYPES, zone_status
from twin.ingest.decoders.names import ON_OFF, Measured, measured
from twin.ingest.decoders.said import (
    Payload,
    epoch_ms,
    instant,
    json_of,
    number,
    part,
    raw,
    truth,
    whole,
    words,
)
from twin.ingest.decoders.sheet import Sheet
from twin.ingest.decoders.site import PLAIN, Site
from twin.model.readings import Decoded, Health, Remark, Undecodable

BASE = "zigbee2mqtt"
IEEE = re.compile(r"0x[0-9a-fA-F]{16}")
# zigbee2mqtt.io, "Exposes" of the devices' pages. `contact` is true when the magnet is there: closed.
BINARY: Mapping[str, str] = {
    "smoke": "smoke",
    "carbon_monoxide": "co",
    "gas": "gas",
    "water_leak": "water",
    "occupancy": "pir",
    "presence": "pir",
    "motion": "pir",
    "sos": "sos_button",
    "emergency": "sos_button",
}
NUMBERS: Mapping[str, Measured] = {
    "temperature": Measured("temperature"),
    "humidity": Measured("humidity"),
    "pressure": Measured("pressure"),
    "illuminance": Measured("illuminance"),
    "illuminance_lux": Measured("illuminance"),
    "co": Measured("co"),
    "co2": Measured("co2"),
    "pm25": Measured("pm25"),
    "pm10": Measured("pm10"),
    "power": Measured("power"),
    "energy": Measured("energy"),
}
HEALTH: Mapping[str, Health] = {
    "tamper": "tamper",
    "battery_low": "low_batt",
    "battery_defect": "fault",
    "trouble": "fault",
    "fault": "fault",
    "fault_alarm": "fault",
}
# Of a battery it is in mV, of a meter in V; a message does not say which, but meters have no battery.
MILLIVOLTS = Measured("voltage", 0.001)
BATTERIES = ("battery", "battery_low")
SELF_TESTS: Mapping[Any, Health] = {"success": "ok", "failure": "fault"}
EMERGENCIES = ("emergency", "panic", "sos")
IGNORED = frozenset(
    {"linkquality", "last_seen", "device", "elapsed", "update", "update_available", "zone_type", "silence"}
)


def decode(topic: str, payload: Payload, received_at: datetime, site: Site = PLAIN) -> Decoded:
    """Raises Undecodable."""
    name = topic.removeprefix(f"{BASE}/")
    if name.startswith("bridge/") or name == "bridge":
        return Decoded(remarks=(Remark(raw(topic), "the bridge's own topic: nothing of a device"),))
    if name.endswith(("/set", "/get")):
        return Decoded(remarks=(Remark(raw(topic), "a command to a device, not a word of it"),))
    if words(name.removesuffix("/availability")) is None or name == topic:
        raise Undecodable("the topic names no device", f"publish below {BASE}/NAME")
    if name.endswith("/availability"):
        return _availability(_sheet(name.removesuffix("/availability"), None), payload)
    if payload in (b"", None):
        return Decoded(remarks=(Remark(raw(topic), "a retained message was cleared"),))
    said = json_of(payload)
    if not isinstance(said, Mapping):
        raise Undecodable("the payload is JSON, but no object", "set Zigbee2MQTT's output to json")
    sheet = _sheet(name, words(part(said, "device", "ieeeAddr")))
    last_seen = said.get("last_seen")
    sheet.happened_at = instant(last_seen) or epoch_ms(last_seen)
    if last_seen is not None and sheet.happened_at is None:
        sheet.remark("last_seen", "no time with a zone: the door's time counts", last_seen)
    for field, value in said.items():
        _field(sheet, str(field), value, said)
    return sheet.decoded()


def _sheet(name: str, ieee: str | None) -> Sheet:
    """Friendly names change, the address does not: it counts where it is told."""
    address = ieee if ieee and IEEE.fullmatch(ieee) else name
    return Sheet("ieee", address.lower()) if IEEE.fullmatch(address) else Sheet("z2m", name)


def _availability(sheet: Sheet, payload: Payload) -> Decoded:
    said: Any = payload
    if isinstance(payload, bytes) and not payload.startswith((b"{", b'"')):
        said = payload.decode("utf-8", "replace")
    else:
        said = json_of(payload)
    word = said.get("state") if isinstance(said, Mapping) else said
    if word not in ("online", "offline"):
        raise Undecodable("an availability is online or offline", 'publish {"state": "online"}')
    sheet.state("link", word)
    return sheet.decoded()


def _field(sheet: Sheet, field: str, said: Any, all_said: Mapping[str, Any]) -> None:
    if field in IGNORED or said is None:
        sheet.note(field, said)
    elif field == "contact":
        _truth(sheet, field, said, "closed", "open", "door_contact")
    elif field in BINARY:
        of = ON_OFF[BINARY[field]]
        _truth(sheet, field, said, of.on, of.off, of.property)
    elif field == "illuminance" and "illuminance_lux" in all_said:
        sheet.note(field, said)  # raw counts, before 2.0
    elif field == "voltage" and any(name in all_said for name in BATTERIES):
        measured(sheet, field, MILLIVOLTS, said)
    elif field in NUMBERS:
        measured(sheet, field, NUMBERS[field], said)
    elif field == "battery":
        sheet.battery(number(said), said)
    elif field in HEALTH:
        _health(sheet, field, said)
    elif field in ("test", "self_test"):
        _test(sheet, field, said)
    elif field == "self_test_result" and isinstance(said, str) and said in SELF_TESTS:
        sheet.health(SELF_TESTS[said])
    elif field == "action":
        _action(sheet, said)
    elif field in ("zone_status", "zoneStatus"):
        _zone(sheet, field, said, all_said.get("zone_type"))
    else:
        sheet.remark(field, "nothing we know", said)


def _truth(sheet: Sheet, field: str, said: Any, when: str, otherwise: str, name: str) -> None:
    on = truth(said)
    if on is None:
        sheet.remark(field, "neither true nor false", said)
    else:
        sheet.state(name, when if on else otherwise)


def _health(sheet: Sheet, field: str, said: Any) -> None:
    on = truth(said)
    if on is None:
        sheet.remark(field, "neither true nor false", said)
    else:
        sheet.health(HEALTH[field] if on else "ok")


def _test(sheet: Sheet, field: str, said: Any) -> None:
    on = truth(said)
    if on is None:
        sheet.remark(field, "neither true nor false", said)
    elif on:
        sheet.test()


def _action(sheet: Sheet, said: Any) -> None:
    """A button that is pressed in need says so; what else was pressed may be a lamp's."""
    if said in EMERGENCIES:
        sheet.state("sos_button", "alarm")
    elif said != "":
        sheet.remark("action", "no emergency: what this button is for is not known", said)


def _zone(sheet: Sheet, field: str, said: Any, zone_type: Any) -> None:
    bits = whole(said)
    if bits is None or bits > 0xFFFF:
        sheet.remark(field, "no zone status", said)
        return
    status = zone_status(bits)
    for health in status.healths:
        sheet.health(health)
    if status.is_test:
        sheet.test()
    watched = ZONE_TYPES.get(whole(zone_type) or -1)
    if watched is None:
        sheet.remark(field, "its zone type is not told: only health and test are read", said)
    else:
        of = ON_OFF[watched]
        sheet.state(watched, of.on if status.alarmed else of.off)
