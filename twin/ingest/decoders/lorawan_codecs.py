"""Codecs of common LoRaWAN devices: bytes to readings, and the names their makers' own decoders use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from twin.ingest.decoders.dragino import door_or_leak
from twin.ingest.decoders.milesight import channels, smoke
from twin.ingest.decoders.names import Measured
from twin.ingest.decoders.sheet import Sheet
from twin.spec import T

Raw = Callable[[Sheet, bytes], None]


class Named(NamedTuple):
    """A field of a decoded object; `always` in every uplink, so where it is left out it is 0 or false."""

    property: str
    words: Mapping[Any, str] = {}
    how: Measured | None = None
    always: bool = False


@dataclass(frozen=True, slots=True)
class Codec:
    """`ports`: the FPorts its data comes on; others are configuration."""

    id: str
    title: T
    source: str
    raw: Raw
    ports: tuple[int, ...] = (85,)
    fields: Mapping[str, Named] = field(default_factory=dict)


BATTERY = {"battery": Named("battery")}
CLIMATE = {
    "temperature": Named("temperature", how=Measured("temperature")),
    "humidity": Named("humidity", how=Measured("humidity")),
}
_MILESIGHT = "github.com/Milesight-IoT/SensorDecoders"
_DRAGINO = "wiki.dragino.com, LoRaWAN Door Sensor / Water Leak User Manual"
# In Python True is 1 and False 0, also as a key.
_ALARMS = {1: "alarm", 0: "normal"}
_DOORS = {1: "open", 0: "closed"}

CODECS: Mapping[str, Codec] = {
    it.id: it
    for it in (
        Codec(
            "gs524n",
            T("烟感 Milesight GS524N", "Smoke detector Milesight GS524N"),
            f"{_MILESIGHT}: GS524N",
            smoke,
            fields={
                **BATTERY,
                "temperature": CLIMATE["temperature"],
                "concentration": Named("smoke", how=Measured("smoke")),
                "event": Named("smoke", {"alarm": "alarm", "normal": "normal"}),
            },
        ),
        Codec(
            "gs101",
            T("燃气探测器 Milesight GS101", "Gas detector Milesight GS101"),
            f"{_MILESIGHT}: GS101",
            channels("gs101"),
            fields={
                **CLIMATE,
                "gas_status": Named("gas", {"normal": "normal", "abnormal": "alarm"}),
                "valve": Named("valve", {"open": "open", "close": "closed"}),
            },
        ),
        Codec(
            "ws301",
            T("门磁 Milesight WS301", "Door contact Milesight WS301"),
            f"{_MILESIGHT}: WS301",
            channels("ws301"),
            fields={
                **BATTERY,
                **dict.fromkeys(
                    ("state", "magnet_status"),
                    Named("door_contact", {"open": "open", "close": "closed", "closed": "closed"}),
                ),
            },
        ),
        Codec(
            "ws202",
            T("人体红外 Milesight WS202", "Motion sensor Milesight WS202"),
            f"{_MILESIGHT}: WS202",
            channels("ws202"),
            fields={
                **BATTERY,
                **dict.fromkeys(
                    ("pir", "pir_status"),
                    Named("pir", {"trigger": "motion", "normal": "no_motion", "idle": "no_motion"}),
                ),
            },
        ),
        Codec(
            "ws101",
            T("一键报警按钮 Milesight WS101", "SOS button Milesight WS101"),
            f"{_MILESIGHT}: WS101",
            channels("ws101"),
            fields={
                **BATTERY,
                **dict.fromkeys(
                    ("press", "button_event"),
                    Named("sos_button", dict.fromkeys(("short", "long", "double"), "alarm")),
                ),
            },
        ),
        Codec(
            "em300-sld",
            T("水浸 Milesight EM300-SLD/ZLD", "Water leak Milesight EM300-SLD/ZLD"),
            f"{_MILESIGHT}: EM300-SLD",
            channels("em300-sld"),
            fields={
                **BATTERY,
                **CLIMATE,
                **dict.fromkeys(
                    ("leakage_status", "water_leak"), Named("water", {"normal": "normal", "leak": "alarm"})
                ),
            },
        ),
        Codec(
            "am319",
            T("室内空气 Milesight AM307/AM308/AM319", "Indoor air Milesight AM307/AM308/AM319"),
            f"{_MILESIGHT}: AM300 series",
            channels("am319"),
            fields={
                **BATTERY,
                **CLIMATE,
                "co2": Named("co2", how=Measured("co2")),
                "pressure": Named("pressure", how=Measured("pressure")),
                "pm2_5": Named("pm25", how=Measured("pm25")),
                "pm10": Named("pm10", how=Measured("pm10")),
                "hcho": Named("hcho", how=Measured("hcho")),
                "pir": Named("pir", {"trigger": "motion", "idle": "no_motion"}),
            },
        ),
        Codec(
            "lds02",
            T("门磁 Dragino LDS02", "Door contact Dragino LDS02"),
            _DRAGINO,
            door_or_leak("lds02"),
            ports=(10,),
            fields={
                "BAT_V": Named("voltage", how=Measured("voltage")),
                "DOOR_OPEN_STATUS": Named("door_contact", _DOORS, always=True),
            },
        ),
        Codec(
            "lwl02",
            T("水浸 Dragino LWL02", "Water leak Dragino LWL02"),
            _DRAGINO,
            door_or_leak("lwl02"),
            ports=(10,),
            fields={
                "BAT_V": Named("voltage", how=Measured("voltage")),
                "WATER_LEAK_STATUS": Named("water", _ALARMS, always=True),
            },
        ),
    )
}
ALIASES: Mapping[str, str] = {
    "em300-zld": "em300-sld",
    "am307": "am319",
    "am308": "am319",
    "am103": "am319",
}
