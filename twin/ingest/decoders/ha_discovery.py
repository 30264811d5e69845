"""Home Assistant's MQTT discovery: what a config announces, under long names, short names and by device."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from twin.ingest.decoders.said import Payload, object_of, part, raw, words
from twin.ingest.decoders.site import Entity
from twin.model.readings import Remark, Undecodable

PREFIX = "homeassistant"
READ = ("binary_sensor", "sensor")
# home-assistant.io/integrations/mqtt: the abbreviations of those keys that we use.
SHORT: Mapping[str, str] = {
    "stat_t": "state_topic",
    "dev_cla": "device_class",
    "pl_on": "payload_on",
    "pl_off": "payload_off",
    "val_tpl": "value_template",
    "uniq_id": "unique_id",
    "unit_of_meas": "unit_of_measurement",
    "avty_t": "availability_topic",
    "avty": "availability",
    "pl_avail": "payload_available",
    "pl_not_avail": "payload_not_available",
    "dev": "device",
    "ids": "identifiers",
    "p": "platform",
    "cmps": "components",
    "t": "topic",
}
_DOTS = re.compile(
    r"\{\{\s*value_json((?:\.[A-Za-z_]\w*|\[\s*['\"][^'\"]{1,64}['\"]\s*\])+)\s*\}\}", re.ASCII
)
_STEP = re.compile(r"\.(\w+)|\[\s*['\"]([^'\"]+)['\"]\s*\]", re.ASCII)
_VALUE = re.compile(r"\{\{\s*value\s*\}\}")
_ADDRESS = re.compile(r"(?:zigbee2mqtt_)?(0x[0-9a-fA-F]{16})")


@dataclass(frozen=True, slots=True)
class Announced:
    """What one config message announces, and what of it we cannot read."""

    entities: tuple[Entity, ...]
    remarks: tuple[Remark, ...]


def is_config(topic: str) -> bool:
    return topic.startswith(f"{PREFIX}/") and topic.endswith("/config")


def announced(topic: str, payload: Payload) -> Announced:
    """Raises Undecodable when it is no config at all. An empty one withdraws what was announced before."""
    parts = topic.split("/")
    if not is_config(topic) or len(parts) not in (4, 5):
        raise Undecodable("this topic is no discovery config", f"publish to {PREFIX}/COMPONENT/ID/config")
    if payload == b"":
        return Announced((), (Remark(raw(topic), "withdrawn"),))
    said = _long(object_of(payload))
    found: list[Entity] = []
    remarks: list[Remark] = []
    for component, config in _components(parts[1], said):
        match _entity(component, config, parts[-2]):
            case Entity() as entity:
                found.append(entity)
            case Remark() as remark:
                remarks.append(remark)
    return Announced(tuple(found), tuple(remarks))


def by_topic(entities: Iterable[Entity]) -> Mapping[str, tuple[Entity, ...]]:
    """For Site.entities: which entities a topic speaks of, as state or as availability."""
    table: dict[str, tuple[Entity, ...]] = {}
    for entity in entities:
        for topic in dict.fromkeys((entity.state_topic, entity.availability_topic)):
            if topic:
                table[topic] = (*table.get(topic, ()), entity)
    return table


def _components(kind: str, said: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if kind != "device":
        yield kind, said
        return
    shared = {name: value for name, value in said.items() if name != "components"}
    components = said.get("components")
    for config in components.values() if isinstance(components, Mapping) else ():
        if isinstance(config, Mapping):
            own = {**shared, **_long(config)}
            yield str(own.get("platform")), own


def _long(said: Mapping[str, Any]) -> dict[str, Any]:
    """The long names, and ~ replaced by its base."""
    long = {SHORT.get(str(name), str(name)): value for name, value in said.items()}
    base = long.get("~")
    if isinstance(base, str):
        for name, value in long.items():
            if name.endswith("topic") and isinstance(value, str):
                long[name] = re.sub(r"^~|~$", lambda _: base, value)
    return long


def _entity(component: str, said: Mapping[str, Any], object_id: str) -> Entity | Remark:
    unique = words(said.get("unique_id")) or object_id
    topic = words(said.get("state_topic"), 200)
    if component not in READ:
        return Remark(raw(unique), f"a {raw(component)} is nothing that observes")
    if topic is None:
        return Remark(raw(unique), "the config names no state topic")
    path = _path(said.get("value_template"))
    if path is None:
        return Remark(raw(unique), "a template we do not read", raw(said.get("value_template")))
    scheme, external = _device(said, unique)
    available = _availability(said)
    return Entity(
        unique,
        scheme,
        external,
        component,
        words(said.get("device_class")),
        topic,
        path,
        _spoken(said.get("payload_on")),
        _spoken(said.get("payload_off")),
        words(said.get("unit_of_measurement")),
        *available,
    )


def _path(template: Any) -> tuple[str, ...] | None:
    """The names of `{{ value_json.a.b }}`; () for the payload itself; None for any other template."""
    if template is None:
        return ()
    if not isinstance(template, str):
        return None
    if _VALUE.fullmatch(template.strip()):
        return ()
    found = _DOTS.fullmatch(template.strip())
    if found is None:
        return None
    return tuple(dotted or quoted for dotted, quoted in _STEP.findall(found[1]))


def _device(said: Mapping[str, Any], unique: str) -> tuple[str, str]:
    device = said.get("device")
    named = part(_long(device), "identifiers") if isinstance(device, Mapping) else None
    first = named[0] if isinstance(named, list) and named else named
    identifier = words(first) or words(unique) or "unnamed"
    address = _ADDRESS.fullmatch(identifier)
    return ("ieee", address[1].lower()) if address else ("ha", identifier)


def _availability(said: Mapping[str, Any]) -> tuple[str | None, str, str]:
    several = said.get("availability")
    first = several[0] if isinstance(several, list) and several else several
    where = {**said, **_long(first)} if isinstance(first, Mapping) else said
    topic = where.get("topic") if isinstance(first, Mapping) else where.get("availability_topic")
    return (
        words(topic, 200),
        _spoken(where.get("payload_available")) or "online",
        _spoken(where.get("payload_not_available")) or "offline",
    )


def _spoken(said: Any) -> str | None:
    """A payload as its topic would carry it: a truth value as JSON writes it."""
    if isinstance(said, bool):
        return "true" if said else "false"
    return str(said)[:120] if isinstance(said, str | int | float) else None
