"""Our own MQTT: mg/{community12}/{grid}/{device_id}/{state|event|health}, and how to write it."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from twin.ingest.decoders.names import UNITS, measured
from twin.ingest.decoders.said import Payload, epoch_ms, instant, number, object_of, whole, words
from twin.ingest.decoders.sheet import Sheet
from twin.ingest.decoders.site import PLAIN, Site
from twin.model.readings import HEALTHS, PROPERTIES, Decoded, Quality, Reading, Remark, Undecodable

TOPIC = re.compile(r"mg/(\d{12})/([0-9A-Za-z_-]{1,32})/([^/+#\s]{1,64})/(state|event|health)", re.ASCII)
QUALITIES: Mapping[Any, Quality] = {"good": "good", "uncertain": "uncertain", "bad": "bad"}
FIELDS = ("ts", "seq", "q", "v", "test")


def topic_of(community12: str, grid: str, device_id: str, channel: str) -> str:
    """Raises ValueError where it would be no topic of ours."""
    topic = f"mg/{community12}/{grid}/{device_id}/{channel}"
    if not TOPIC.fullmatch(topic):
        raise ValueError(f"{topic} is no topic of ours")
    return topic


def encode(reading: Reading, seq: int) -> bytes:
    """One reading as our devices send it."""
    said: dict[str, Any] = {"seq": seq, "q": reading.quality}
    if reading.happened_at is not None:
        said["ts"] = reading.happened_at.isoformat()
    if reading.is_test:
        said["test"] = True
    it = {"state": reading.state, "value": reading.value, "unit": reading.unit}
    values: dict[str, Any] = {reading.property: {name: one for name, one in it.items() if one is not None}}
    if reading.property == "health":
        values = {}
    if reading.health is not None:
        values["health"] = reading.health
    if reading.battery_pct is not None:
        values["battery_pct"] = reading.battery_pct
    return orjson.dumps(said | {"v": values})


def decode(topic: str, payload: Payload, received_at: datetime, site: Site = PLAIN) -> Decoded:
    """Raises Undecodable."""
    found = TOPIC.fullmatch(topic)
    if found is None or words(found[3]) is None:
        raise Undecodable(
            "the topic is none of ours", "publish to mg/COMMUNITY12/GRID/DEVICE/state, event or health"
        )
    if payload == b"":
        return Decoded(remarks=(Remark(topic, "a retained message was cleared"),))
    said = object_of(payload)
    values = said.get("v")
    if not isinstance(values, Mapping):
        raise Undecodable("the message has no v", 'send {"ts": …, "seq": …, "v": {"smoke": "normal"}}')
    seq, at = whole(said.get("seq")), _time(said.get("ts"))
    # A device that starts again counts again, so its time belongs to the number.
    stamp = "" if at is None else f"@{at.astimezone(UTC):%Y%m%dT%H%M%S%f}"
    sheet = Sheet("own", found[3], at, None if seq is None else f"{found[4]}:{seq}{stamp}")
    sheet.note("grid", found[2])
    if at is None and "ts" in said:
        sheet.remark("ts", "no time with a zone and no milliseconds: the door's time counts", said["ts"])
    quality = QUALITIES.get(said.get("q", "good") if isinstance(said.get("q", "good"), str) else None)
    if quality is None:
        sheet.remark("q", "none of good, uncertain, bad: taken as uncertain", said.get("q"))
    if said.get("test") is True:
        sheet.test()
    for name, value in values.items():
        _one(sheet, str(name), value, quality or "uncertain")
    for name in said:
        if name not in FIELDS:
            sheet.remark(str(name), "no field of ours", said[name])
    return sheet.decoded()


def _time(said: Any) -> datetime | None:
    return instant(said) if isinstance(said, str) else epoch_ms(said)


def _one(sheet: Sheet, name: str, said: Any, quality: Quality) -> None:
    if name == "health":
        word = next((word for word in HEALTHS if word == said), None)
        if word is None:
            sheet.remark(name, "no word for a device's health", said)
        else:
            sheet.health(word)
    elif name == "battery_pct":
        sheet.battery(number(said), said)
    elif name not in PROPERTIES:
        sheet.remark(name, "no property we know", said)
    elif isinstance(said, Mapping):
        _state(sheet, name, said.get("state"), quality)
        if said.get("value") is not None:
            _value(sheet, name, said["value"], said.get("unit"), quality)
    elif isinstance(said, str) and number(said) is None:
        _state(sheet, name, said, quality)
    else:
        _value(sheet, name, said, None, quality)


def _state(sheet: Sheet, name: str, said: Any, quality: Quality) -> None:
    if isinstance(said, str) and said in PROPERTIES[name].states:
        sheet.read(name, state=said, quality=quality)
    elif said is not None:
        sheet.remark(name, "no state of this property", said)


def _value(sheet: Sheet, name: str, said: Any, unit: Any, quality: Quality) -> None:
    """A bad value is told and not taken; without a unit it is in the property's own."""
    how = UNITS.get(name, {}).get((PROPERTIES[name].unit or "") if unit is None else str(unit))
    if how is None:
        sheet.remark(name, "no unit of this property", unit)
    elif quality == "bad":
        sheet.remark(name, "said to be bad: no measurement", said)
        sheet.read(name, quality="bad")
    else:
        measured(sheet, name, how, said, quality)
