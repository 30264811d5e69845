"""LoRaWAN uplinks out of ChirpStack v4 and The Things Stack v3: whose, which number, when, what bytes."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from twin.ingest.decoders.lorawan_codecs import ALIASES, CODECS, Codec, Named
from twin.ingest.decoders.names import measured
from twin.ingest.decoders.said import Payload, instant, number, object_of, part, truth, whole, words
from twin.ingest.decoders.sheet import Sheet
from twin.ingest.decoders.site import PLAIN, Site
from twin.model.readings import Decoded, Undecodable

EUI = re.compile(r"[0-9a-fA-F]{16}")


@dataclass(frozen=True, slots=True)
class Uplink:
    """`session` is new with every join, after which the counter begins again; `key` is of both.

    `omits`: fields that are 0 or false are left out.
    """

    dev_eui: str
    key: str | None
    f_port: int | None
    at: datetime | None
    data: bytes | None
    fields: Mapping[str, Any] | None
    model: str
    omits: bool
    battery_pct: Any = None
    is_simulated: bool = False


def decode(topic: str, payload: Payload, received_at: datetime, site: Site = PLAIN) -> Decoded:
    """Raises Undecodable."""
    said = object_of(payload)
    if "end_device_ids" in said:
        uplink = things_stack(said)
    elif "deviceInfo" in said:
        uplink = chirpstack(said)
    else:
        raise Undecodable(
            "neither ChirpStack v4 nor The Things Stack v3",
            "forward the network server's JSON event as it is",
        )
    sheet = Sheet("dev_eui", uplink.dev_eui, uplink.at, uplink.key)
    if uplink.is_simulated:
        sheet.test()
    if uplink.at is None:
        sheet.remark("time", "no time with a zone: the door's time counts")
    if uplink.battery_pct is not None:
        sheet.battery(number(uplink.battery_pct), uplink.battery_pct)
    if uplink.data is None and uplink.fields is None:
        sheet.note("event", "no payload: a join, a status or an acknowledgement")
        return sheet.decoded()
    _payload(sheet, uplink, _codec(uplink, site))
    return sheet.decoded()


def chirpstack(said: Mapping[str, Any]) -> Uplink:
    """Its JSON leaves out what is 0; `time` has nanoseconds. Raises Undecodable."""
    info = said.get("deviceInfo")
    is_status = "batteryLevel" in said and not truth(said.get("batteryLevelUnavailable"))
    return Uplink(
        _eui(part(info, "devEui")),
        _key(said.get("devAddr"), said.get("fCnt")) if said.keys() & {"data", "object", "fCnt"} else None,
        whole(said.get("fPort")),
        instant(said.get("time")),
        _bytes(said.get("data")),
        said["object"] if isinstance(said.get("object"), Mapping) else None,
        words(part(info, "deviceProfileName")) or "",
        omits=False,
        battery_pct=said["batteryLevel"] if is_status else None,
    )


def things_stack(said: Mapping[str, Any]) -> Uplink:
    """Fields that are 0, false or empty are left out of its JSON. Raises Undecodable."""
    up = said.get("uplink_message")
    ids = said.get("end_device_ids")
    fields = part(up, "decoded_payload")
    return Uplink(
        _eui(part(ids, "dev_eui")),
        None if up is None else _key(part(up, "session_key_id") or part(ids, "dev_addr"), part(up, "f_cnt")),
        whole(part(up, "f_port")),
        instant(part(up, "received_at")) or instant(said.get("received_at")),
        _bytes(part(up, "frm_payload")),
        fields if isinstance(fields, Mapping) else None,
        words(part(up, "version_ids", "model_id")) or "",
        omits=True,
        battery_pct=part(up, "last_battery_percentage", "value"),
        is_simulated=said.get("simulated") is True,
    )


def _key(session: Any, f_cnt: Any) -> str:
    """A device that joins again counts from 0 again: the counter alone would hide its first alarms."""
    return f"{words(session, 64) or ''}:{whole(f_cnt) or 0}"


def _eui(said: Any) -> str:
    text = words(said) or ""
    if not EUI.fullmatch(text):
        raise Undecodable("the event names no DevEUI", "forward events of registered devices only")
    return text.lower()


def _bytes(said: Any) -> bytes | None:
    if not isinstance(said, str) or not said or len(said) > 1_000:
        return None
    try:
        return base64.b64decode(said, validate=True)
    except (binascii.Error, ValueError):
        return None


def _codec(uplink: Uplink, site: Site) -> Codec | None:
    """By the site's word for this device, else by the model the network server names for it."""
    told = site.models.get(uplink.dev_eui)
    if told is not None:
        return CODECS.get(ALIASES.get(told, told))
    model = uplink.model.lower()
    for name in (model, *re.split(r"[^0-9a-z-]+", model)):
        if ALIASES.get(name, name) in CODECS:
            return CODECS[ALIASES.get(name, name)]
    return None


def _payload(sheet: Sheet, uplink: Uplink, codec: Codec | None) -> None:
    """Bytes first: they leave nothing out. Else what the network server's own codec has decoded."""
    if codec is not None:
        sheet.note("codec", codec.id)
        if uplink.f_port is not None and uplink.f_port not in codec.ports:
            sheet.remark("fPort", "a port for configuration, not for data", uplink.f_port)
            return
        if uplink.data is not None:
            codec.raw(sheet, uplink.data)
            if not sheet.is_empty or uplink.fields is None:
                return
    if uplink.fields is None:
        sheet.remark("data", "no codec for this device: name its model", uplink.data)
        return
    named = codec.fields if codec else {}
    for field, said in uplink.fields.items():
        _field(sheet, str(field), named.get(str(field)), said)
    for field, it in named.items():
        if it.always and field not in uplink.fields:
            if uplink.omits:
                _field(sheet, field, it, 0)
            else:
                sheet.remark(field, "it is missing")


def _field(sheet: Sheet, field: str, it: Named | None, said: Any) -> None:
    if it is None:
        sheet.remark(field, "no field of a codec we have", said)
    elif it.property == "battery":
        sheet.battery(number(said), said)
    elif it.how is not None:
        measured(sheet, field, it.how, said)
    elif isinstance(said, str | int | float) and said in it.words:
        sheet.state(it.property, it.words[said])
    else:
        sheet.remark(field, "no word we know", said)
