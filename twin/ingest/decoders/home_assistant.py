"""Home Assistant's MQTT states: read as the discovery config of their topic says."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from twin.ingest.decoders.ha_discovery import announced, is_config
from twin.ingest.decoders.names import ON_OFF, UNITS, measured
from twin.ingest.decoders.said import Payload, number, part, truth
from twin.ingest.decoders.sheet import Sheet, joined
from twin.ingest.decoders.site import PLAIN, Entity, Site
from twin.model.readings import PROPERTIES, Decoded, Health, Note, Undecodable

# developers.home-assistant.io, binary sensor: on = open, detected, wet, unsafe. ours beside theirs.
BINARY: Mapping[str, str] = {
    "smoke": "smoke",
    "carbon_monoxide": "co",
    "gas": "gas",
    "moisture": "water",
    "door": "door_contact",
    "window": "door_contact",
    "opening": "door_contact",
    "garage_door": "door_contact",
    "motion": "pir",
    "occupancy": "pir",
    "presence": "pir",
    "safety": "sos_button",
    "connectivity": "link",
}
HEALTH: Mapping[str, Health] = {"battery": "low_batt", "tamper": "tamper", "problem": "fault"}
SENSORS: Mapping[str, str] = {
    "atmospheric_pressure": "pressure",
    "carbon_dioxide": "co2",
    "carbon_monoxide": "co",
    "sound_pressure": "noise",
    **{name: name for name in ("temperature", "humidity", "pressure", "illuminance", "pm25", "pm10")},
    **{name: name for name in ("voltage", "current", "power", "energy", "wind_speed")},
}
NOTHING = ("", "None", "unknown", "unavailable", "null")


def decode(topic: str, payload: Payload, received_at: datetime, site: Site = PLAIN) -> Decoded:
    """Raises Undecodable."""
    if is_config(topic):
        told = announced(topic, payload)
        return Decoded((), tuple(Note("entity", it.unique_id) for it in told.entities), told.remarks)
    entities = site.entities.get(topic, ())
    if not entities:
        raise Undecodable(
            "no discovery config has announced this topic",
            "publish the config retained, and subscribe to it first",
        )
    return joined([_of(entity, topic, payload) for entity in entities])


def _of(entity: Entity, topic: str, payload: Payload) -> Decoded:
    sheet = Sheet(entity.scheme, entity.external_id)
    if topic == entity.availability_topic:
        _availability(sheet, entity, _plain(payload))
    if topic == entity.state_topic:
        said, there = _value(entity, payload)
        if not there:
            sheet.note(entity.unique_id, "not in this message")
        elif said is None or said in NOTHING:
            sheet.remark(entity.unique_id, "it has no state at present", said)
        elif entity.component == "binary_sensor":
            _binary(sheet, entity, said)
        else:
            _sensor(sheet, entity, said)
    return sheet.decoded()


def _value(entity: Entity, payload: Payload) -> tuple[Any, bool]:
    if not entity.path:
        return _plain(payload), True
    try:
        said = orjson.loads(payload) if isinstance(payload, bytes) else payload
    except orjson.JSONDecodeError as fault:
        raise Undecodable("the config asks for JSON, the payload is none", "mend the template") from fault
    inner = part(said, *entity.path[:-1])
    if not isinstance(inner, Mapping) or entity.path[-1] not in inner:
        return None, False
    return inner[entity.path[-1]], True


def _plain(payload: Payload) -> Any:
    return payload.decode("utf-8", "replace").strip() if isinstance(payload, bytes) else payload


def _availability(sheet: Sheet, entity: Entity, said: Any) -> None:
    word = part(said, "state") if isinstance(said, Mapping) else said
    if isinstance(word, str) and word.startswith("{"):
        try:
            word = part(orjson.loads(word), "state")
        except orjson.JSONDecodeError:
            word = None
    if word == entity.available:
        sheet.state("link", "online")
    elif word == entity.unavailable:
        sheet.state("link", "offline")
    else:
        sheet.remark("availability", "neither of the two words announced", said)


def _is_on(entity: Entity, said: Any) -> bool | None:
    """By the payloads announced; ON and OFF where none were, and then also true and false."""
    word = ("true" if said else "false") if isinstance(said, bool) else str(said)
    for announced_word, answer in ((entity.on or "ON", True), (entity.off or "OFF", False)):
        # Python writes True, JSON true; Home Assistant compares what its template has rendered.
        if word == announced_word or (
            word.lower() == announced_word.lower() and word.lower() in ("true", "false")
        ):
            return answer
    return truth(said) if entity.on is None and entity.off is None else None


def _binary(sheet: Sheet, entity: Entity, said: Any) -> None:
    on = _is_on(entity, said)
    kind = entity.device_class or ""
    name = BINARY.get(kind)
    if on is None:
        sheet.remark(entity.unique_id, "neither of the two payloads announced", said)
    elif name is not None:
        sheet.state(name, ON_OFF[name].on if on else ON_OFF[name].off)
    elif kind in HEALTH:
        sheet.health(HEALTH[kind] if on else "ok")
    else:
        sheet.remark(entity.unique_id, f"device class {entity.device_class} is nothing we know", said)


def _sensor(sheet: Sheet, entity: Entity, said: Any) -> None:
    if entity.device_class == "battery":
        sheet.battery(number(said), said)
        return
    name = SENSORS.get(entity.device_class or "")
    if name is None:
        sheet.remark(entity.unique_id, f"device class {entity.device_class} is nothing we know", said)
        return
    how = UNITS[name].get(entity.unit or "")
    if how is None:
        sheet.remark(entity.unique_id, f"unit {entity.unit} is none of {PROPERTIES[name].id}", said)
    else:
        measured(sheet, entity.unique_id, how, said)
