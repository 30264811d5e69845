"""Tasmota: telemetry as JSON with local times, and words that are no JSON at all."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from twin.ingest.decoders.names import UNITS, Measured, measured, switched
from twin.ingest.decoders.said import Payload, instant, json_of, words
from twin.ingest.decoders.sheet import Sheet
from twin.ingest.decoders.site import PLAIN, Site
from twin.model.readings import Decoded, Undecodable

# tasmota.github.io/docs: tele/%topic%/SENSOR, STATE, LWT; stat/%topic%/POWERn, RESULT, STATUS10.
TOPIC = re.compile(r"(tele|stat)/([^/+#]{1,128})/([A-Z0-9_]{1,32})", re.ASCII)
CHANNEL = re.compile(r"(Switch|POWER)\d{0,2}", re.ASCII)
NUMBERS: Mapping[str, Measured] = {
    "Humidity": Measured("humidity"),
    "Illuminance": Measured("illuminance"),
    "CarbonDioxide": Measured("co2"),
    "eCO2": Measured("co2"),
    "PM2.5": Measured("pm25"),
    "PM10": Measured("pm10"),
    "Power": Measured("power"),
    "Voltage": Measured("voltage"),
    "Current": Measured("current"),
    "Total": Measured("energy"),
}
IN_UNIT: Mapping[str, tuple[str, str, str]] = {
    "Temperature": ("temperature", "TempUnit", "C"),
    "Pressure": ("pressure", "PressureUnit", "hPa"),
}
WORDS: Mapping[str, str] = {"Online": "online", "Offline": "offline"}
# Of what the device tells of itself nothing is an observation.
ABOUT_ITSELF = frozenset(
    {"Uptime", "UptimeSec", "Heap", "SleepMode", "Sleep", "LoadAvg", "MqttCount", "Wifi", "Vcc", "Dimmer"}
)


def decode(topic: str, payload: Payload, received_at: datetime, site: Site = PLAIN) -> Decoded:
    """Raises Undecodable."""
    found = TOPIC.fullmatch(topic)
    if found is None or words(found[2]) is None:
        raise Undecodable("the topic is none of Tasmota's", "keep FullTopic %prefix%/%topic%/")
    sheet, what = Sheet("tasmota", found[2]), found[3]
    said: Any = payload
    if isinstance(payload, bytes):
        text = payload.decode("utf-8", "replace").strip()
        said = json_of(payload) if text.startswith(("{", "[")) else text
    if what == "LWT":
        _last_will(sheet, said)
    elif CHANNEL.fullmatch(what):
        _channel(sheet, what, said, site)
    elif isinstance(said, Mapping):
        _telemetry(sheet, said, site)
    else:
        raise Undecodable("neither JSON nor a word we know here", "send SENSOR and STATE as JSON")
    return sheet.decoded()


def _last_will(sheet: Sheet, said: Any) -> None:
    if isinstance(said, str) and said in WORDS:
        sheet.state("link", WORDS[said])
    else:
        sheet.remark("LWT", "neither Online nor Offline", said)


def _telemetry(sheet: Sheet, said: Mapping[str, Any], site: Site) -> None:
    inner = said.get("StatusSNS")
    said = inner if isinstance(inner, Mapping) else said
    when = said.get("Time")
    # Tasmota writes its own clock without a zone; the site says which that is.
    sheet.happened_at = instant(when, site.zone)
    if when is not None and sheet.happened_at is None:
        sheet.remark("Time", "no time: the door's time counts", when)
    for name, value in said.items():
        if name in ("Time", "TempUnit", "PressureUnit") or name in ABOUT_ITSELF:
            sheet.note(str(name), value)
        elif isinstance(value, Mapping):
            for field, inner_value in value.items():
                _field(sheet, str(field), inner_value, said, site, f"{name}.{field}")
        else:
            _field(sheet, str(name), value, said, site, str(name))


def _field(sheet: Sheet, field: str, value: Any, units: Mapping[str, Any], site: Site, where: str) -> None:
    if field in IN_UNIT:
        name, unit_field, usual = IN_UNIT[field]
        unit = units.get(unit_field, usual)
        how = UNITS[name].get(unit) if isinstance(unit, str) else None
        if how is None:
            sheet.remark(where, f"in a unit that is none of {name}", unit)
        else:
            measured(sheet, where, how, value)
    elif field in NUMBERS:
        measured(sheet, where, NUMBERS[field], value)
    elif CHANNEL.fullmatch(field):
        _channel(sheet, field, value, site)
    else:
        sheet.remark(where, "nothing we know", value)


def _channel(sheet: Sheet, channel: str, said: Any, site: Site) -> None:
    name = site.switch(sheet.external_id, channel)
    if name is None:
        sheet.remark(channel, "the site does not say what hangs on it", said)
    else:
        switched(sheet, channel, name, said)
