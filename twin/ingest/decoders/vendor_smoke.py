"""The HTTP callback of a vendor's smoke kit: one event, or a list of them, as the vendor's platform posts it.

The shape we ask for:
{"deviceId": "SM-0001", "imei": "860000000000001", "alarmType": 1, "timestamp": 1767225600000,
 "battery": 87, "temperature": 24.1, "smoke": 0.0, "rsrp": -98, "msgId": "…"}
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from twin.ingest.decoders.said import Payload, epoch_ms, json_of, number, whole, words
from twin.ingest.decoders.sheet import Sheet, joined
from twin.ingest.decoders.site import PLAIN, Site
from twin.model.readings import Decoded, Health, Remark, Undecodable


class Meaning(NamedTuple):
    """What an alarm type says: the property it speaks of, its state, the device's health, a test."""

    property: str | None = None
    state: str | None = None
    health: Health | None = None
    is_test: bool = False


CODES: Mapping[int, Meaning] = {
    0: Meaning("smoke", "normal", "ok"),  # the daily report: no smoke, self-test passed
    1: Meaning("smoke", "alarm"),
    2: Meaning("smoke", "normal"),  # fire is over
    3: Meaning("smoke", "alarm", is_test=True),
    4: Meaning(health="low_batt"),
    5: Meaning(health="ok"),  # battery replaced
    6: Meaning(health="tamper"),
    7: Meaning(health="ok"),  # back on its base
    8: Meaning(health="fault"),
    9: Meaning(health="ok"),  # fault is over
    10: Meaning("link", "offline"),
    11: Meaning("link", "online"),
}
# GB 20517: a muted detector must still report fire, so muting says nothing of the state.
MUTED = 12
KNOWN = frozenset(
    {"deviceId", "imei", "alarmType", "timestamp", "battery", "temperature", "smoke", "eventId"}
)
MOST = 1_000
# Vendors like to add who lives there. That is not ours to keep from here, so it goes no further.
PERSONAL = re.compile(
    r"name|phone|mobile|tel|addr|owner|user|contact|id_?card|person|姓名|电话|手机|地址|住户|联系",
    re.IGNORECASE,
)


def names_somebody(field: str, value: object) -> bool:
    """Whether a field of an event may tell who lives there; what lies deeper is not looked into."""
    return field not in KNOWN and (PERSONAL.search(field) is not None or isinstance(value, dict | list))


def decode(topic: str, payload: Payload, received_at: datetime, site: Site = PLAIN) -> Decoded:
    """Raises Undecodable when nothing of the body can be read."""
    said = json_of(payload)
    if isinstance(said, Mapping):
        return _event(said)
    if not isinstance(said, list) or not said or len(said) > MOST:
        raise Undecodable("the body is no event and no list of events", f"post 1 to {MOST} events as JSON")
    parts: list[Decoded] = []
    for index, event in enumerate(said):
        try:
            if not isinstance(event, Mapping):
                raise Undecodable("this is no event", "post JSON objects")
            parts.append(_event(event))
        except Undecodable as fault:
            parts.append(Decoded(remarks=(Remark(f"[{index}]", fault.reason),)))
    whole_of_it = joined(parts)
    if not whole_of_it.readings and len(whole_of_it.remarks) == len(said):
        raise Undecodable("no event of the list can be read", whole_of_it.remarks[0].reason)
    return whole_of_it


def _event(said: Mapping[str, Any]) -> Decoded:
    imei, device = words(said.get("imei"), 32), words(said.get("deviceId"), 64)
    if imei is None and device is None:
        raise Undecodable("the event names no device", "send imei or deviceId as text")
    at, code = epoch_ms(said.get("timestamp")), whole(said.get("alarmType"))
    # msgId is new with every delivery: with it a repeated event would count twice.
    key = None if at is None or code is None else f"{code}:{round(at.timestamp() * 1000)}"
    sheet = Sheet("imei", imei, at, key) if imei else Sheet("vendor", device or "", at, key)
    if imei and device:
        sheet.note("deviceId", device)
    if at is None:
        sheet.remark(
            "timestamp", "no time in milliseconds since 1970: the door's time counts", said.get("timestamp")
        )
    _alarm(sheet, code, said)
    _values(sheet, said)
    return sheet.decoded()


def _alarm(sheet: Sheet, code: int | None, said: Mapping[str, Any]) -> None:
    meaning = CODES.get(code) if code is not None else None
    if code == MUTED:
        sheet.note("alarmType", "muted at the device")
    elif meaning is None:
        sheet.remark("alarmType", "a code we do not know", said.get("alarmType"))
    else:
        if meaning.is_test:
            sheet.test()
        if meaning.property and meaning.state:
            sheet.read(meaning.property, state=meaning.state, episode=words(said.get("eventId"), 64))
        if meaning.health:
            sheet.health(meaning.health)


def _values(sheet: Sheet, said: Mapping[str, Any]) -> None:
    if "battery" in said:
        sheet.battery(number(said["battery"]), said["battery"])
    for name, about in (("temperature", "temperature"), ("smoke", "smoke")):
        if name in said:
            value = number(said[name])
            if value is None:
                sheet.remark(name, "no number", said[name])
            else:
                sheet.read(about, value=value)
    for name, value in said.items():
        if name in KNOWN:
            continue
        if names_somebody(str(name), value):
            sheet.remark(str(name), "it may name a person: dropped, never kept")
        else:
            sheet.note(str(name), value)
