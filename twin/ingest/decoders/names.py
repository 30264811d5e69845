"""The names that many ecosystems share for what a device observes, and how each is turned into our words."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from twin.ingest.decoders.said import number, truth
from twin.ingest.decoders.sheet import Sheet
from twin.model.readings import Quality


class Binary(NamedTuple):
    property: str
    on: str
    off: str


class Measured(NamedTuple):
    """A value in the sender's unit × `factor` + `offset` is one in the property's."""

    property: str
    factor: float = 1.0
    offset: float = 0.0


# How a property's two states are called when its ecosystem says "on" or "detected".
ON_OFF: Mapping[str, Binary] = {
    it.property: it
    for it in (
        *(Binary(name, "alarm", "normal") for name in ("smoke", "co", "gas", "water", "sos_button")),
        Binary("door_contact", "open", "closed"),
        Binary("pir", "motion", "no_motion"),
        Binary("fan", "on", "off"),
        Binary("purifier", "on", "off"),
        Binary("relay", "on", "off"),
        Binary("valve", "open", "closed"),
        Binary("parking", "occupied", "free"),
        Binary("link", "online", "offline"),
    )
}
# Units as people write them, per property, beside its own.
UNITS: Mapping[str, Mapping[str, Measured]] = {
    "temperature": {
        **dict.fromkeys(("°C", "℃", "C", "Cel"), Measured("temperature")),
        **dict.fromkeys(("°F", "℉", "F", "[degF]"), Measured("temperature", 5 / 9, -160 / 9)),
        "K": Measured("temperature", 1.0, -273.15),
    },
    "humidity": dict.fromkeys(("%", "%RH"), Measured("humidity")),
    "battery": {"%": Measured("battery")},
    "pressure": {
        **dict.fromkeys(("hPa", "mbar"), Measured("pressure")),
        "kPa": Measured("pressure", 10.0),
        "Pa": Measured("pressure", 0.01),
    },
    "illuminance": {"lx": Measured("illuminance")},
    "co": dict.fromkeys(("ppm", "[ppm]"), Measured("co")),
    "co2": dict.fromkeys(("ppm", "[ppm]"), Measured("co2")),
    "gas": dict.fromkeys(("%LEL", "LEL", "%{LEL}"), Measured("gas")),
    "hcho": {
        **dict.fromkeys(("mg/m3", "mg/m³"), Measured("hcho")),
        **dict.fromkeys(("ug/m3", "µg/m³", "μg/m³"), Measured("hcho", 0.001)),
    },
    **{
        dust: {
            **dict.fromkeys(("ug/m3", "µg/m³", "μg/m³"), Measured(dust)),
            **dict.fromkeys(("mg/m3", "mg/m³"), Measured(dust, 1000.0)),
        }
        for dust in ("pm25", "pm10", "tsp")
    },
    "noise": dict.fromkeys(("dB", "dBA", "dB(A)", "dB[SPL]"), Measured("noise")),
    "fume": dict.fromkeys(("mg/m3", "mg/m³"), Measured("fume")),
    "nmhc": dict.fromkeys(("mg/m3", "mg/m³"), Measured("nmhc")),
    "smoke": {"%": Measured("smoke")},
    "water": {"m": Measured("water"), "cm": Measured("water", 0.01), "mm": Measured("water", 0.001)},
    "voltage": {"V": Measured("voltage"), "mV": Measured("voltage", 0.001)},
    "current": {"A": Measured("current"), "mA": Measured("current", 0.001)},
    "fan": {"A": Measured("fan")},
    "purifier": {"A": Measured("purifier")},
    "power": {"W": Measured("power"), "kW": Measured("power", 1000.0)},
    "energy": {**dict.fromkeys(("kWh", "kW.h"), Measured("energy")), "Wh": Measured("energy", 0.001)},
    "wind_speed": {"m/s": Measured("wind_speed")},
    "wind_direction": dict.fromkeys(("°", "deg"), Measured("wind_direction")),
    "camera": {"1": Measured("camera")},
    "parking": dict.fromkeys(("1", "个"), Measured("parking")),
}


def switched(sheet: Sheet, field: str, name: str, said: Any) -> None:
    """One of the property's two states by true/"ON"/1 and their opposites; else a remark."""
    on = truth(said)
    if on is None or name not in ON_OFF:
        sheet.remark(field, "neither on nor off", said)
    else:
        sheet.state(name, ON_OFF[name].on if on else ON_OFF[name].off)


def measured(sheet: Sheet, field: str, how: Measured, said: Any, quality: Quality = "good") -> None:
    value = number(said)
    if value is None:
        sheet.remark(field, "no number", said)
    else:
        sheet.read(how.property, value=round(value * how.factor + how.offset, 9), quality=quality)
