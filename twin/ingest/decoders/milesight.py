"""Milesight's uplinks: channel, type, value, one after the other; and the smoke detector's six bytes."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from twin.ingest.decoders.said import epoch_s
from twin.ingest.decoders.sheet import Sheet
from twin.model.readings import Health

# Layouts: the READMEs of github.com/Milesight-IoT/SensorDecoders (GS524N, GS101, WS301, WS202, WS101,
# EM300-SLD, AM300 series). A channel that is not in the model's table has no known length: reading ends.


class Channel(NamedTuple):
    length: int
    read: Callable[[Sheet, bytes], None]


Table = Mapping[tuple[int, int], Channel]


def _unsigned(raw: bytes) -> int:
    return int.from_bytes(raw, "little")


def _signed(raw: bytes) -> int:
    return int.from_bytes(raw, "little", signed=True)


def _measured(name: str, factor: float) -> Channel:
    return Channel(2, lambda sheet, raw: sheet.read(name, value=round(_unsigned(raw) * factor, 6)))


def _temperature(sheet: Sheet, raw: bytes) -> None:
    sheet.read("temperature", value=_signed(raw) / 10)


def _humidity(sheet: Sheet, raw: bytes) -> None:
    sheet.read("humidity", value=raw[0] / 2)


def _battery(sheet: Sheet, raw: bytes) -> None:
    sheet.battery(float(raw[0]), raw)


def _word(name: str, when_0: str, when_1: str) -> Channel:
    def read(sheet: Sheet, raw: bytes) -> None:
        if raw[0] > 1:
            sheet.remark(name, "neither 0 nor 1", raw)
        else:
            sheet.state(name, when_1 if raw[0] else when_0)

    return Channel(1, read)


def _noted(name: str, length: int) -> Channel:
    return Channel(length, lambda sheet, raw: sheet.note(name, raw))


def _installed(sheet: Sheet, raw: bytes) -> None:
    sheet.health("tamper" if raw[0] else "ok")


def _pressed(sheet: Sheet, raw: bytes) -> None:
    """Short, long or twice: who presses it needs somebody."""
    if raw[0] in (1, 2, 3):
        sheet.state("sos_button", "alarm")
        sheet.note("press", {1: "short", 2: "long", 3: "double"}[raw[0]])
    else:
        sheet.remark("press", "no press we know", raw)


GAS_ALARMS: Mapping[int, Health] = {2: "fault", 3: "ok", 4: "maintenance", 5: "fault"}


def _gas_alarm(sheet: Sheet, raw: bytes) -> None:
    """Sensor failed, recovered, about to fail, end of life; its power is noted."""
    if raw[0] in GAS_ALARMS:
        sheet.health(GAS_ALARMS[raw[0]])
    elif raw[0] in (0, 1):
        sheet.note("power", "on" if raw[0] else "down")
    else:
        sheet.remark("alarm", "no alarm we know", raw)


def _leak_before(sheet: Sheet, raw: bytes) -> None:
    """Buffered while there was no gateway: it happened then, not now."""
    at = epoch_s(_unsigned(raw[:4]))
    if at is None or raw[7] > 1:
        sheet.remark("history", "no time or no state", raw)
        return
    sheet.read("temperature", value=_signed(raw[4:6]) / 10, happened_at=at)
    sheet.read("humidity", value=raw[6] / 2, happened_at=at)
    sheet.read("water", state="alarm" if raw[7] else "normal", happened_at=at)


BATTERY = {(0x01, 0x75): Channel(1, _battery)}
CLIMATE = {(0x03, 0x67): Channel(2, _temperature), (0x04, 0x68): Channel(1, _humidity)}
TABLES: Mapping[str, Table] = {
    "ws301": {
        **BATTERY,
        (0x03, 0x00): _word("door_contact", "closed", "open"),
        (0x04, 0x00): Channel(1, _installed),
    },
    "ws202": {
        **BATTERY,
        (0x03, 0x00): _word("pir", "no_motion", "motion"),
        (0x04, 0x00): _noted("daylight", 1),
    },
    "ws101": {**BATTERY, (0xFF, 0x2E): Channel(1, _pressed)},
    "em300-sld": {
        **BATTERY,
        **CLIMATE,
        (0x05, 0x00): _word("water", "normal", "alarm"),
        (0x20, 0xCE): Channel(8, _leak_before),
    },
    "gs101": {
        **CLIMATE,
        (0x05, 0x8E): _word("gas", "normal", "alarm"),
        (0x06, 0x01): _word("valve", "closed", "open"),
        (0x07, 0x01): _word("relay", "off", "on"),
        (0x08, 0x90): _noted("life_remain_s", 4),
        (0xFF, 0x3F): Channel(1, _gas_alarm),
    },
    "am319": {
        **BATTERY,
        **CLIMATE,
        (0x05, 0x00): _word("pir", "no_motion", "motion"),
        (0x06, 0xCB): _noted("light_level", 1),
        (0x07, 0x7D): _measured("co2", 1.0),
        (0x08, 0x7D): _noted("tvoc", 2),
        (0x09, 0x73): _measured("pressure", 0.1),
        (0x0A, 0x7D): _measured("hcho", 0.01),
        (0x0B, 0x7D): _measured("pm25", 1.0),
        (0x0C, 0x7D): _measured("pm10", 1.0),
        (0x0D, 0x7D): _noted("o3", 2),
        (0x0E, 0x01): _noted("beep", 1),
    },
}


def channels(model: str) -> Callable[[Sheet, bytes], None]:
    """The reader of a model's uplinks."""
    return partial(_read, TABLES[model])


def _read(table: Table, sheet: Sheet, raw: bytes) -> None:
    place = 0
    while place < len(raw):
        channel = table.get((raw[place], raw[place + 1])) if place + 2 <= len(raw) else None
        if channel is None or place + 2 + channel.length > len(raw):
            sheet.remark("bytes", "from here on this is no channel of the model", raw[place:])
            return
        channel.read(sheet, raw[place + 2 : place + 2 + channel.length])
        place += 2 + channel.length


class Event(NamedTuple):
    state: str | None = None
    healths: tuple[Health, ...] = ()
    is_test: bool = False


# 2 is "muted", which says nothing of the fire; 5 ("failover") is not explained by the maker.
EVENTS: Mapping[int, Event] = {
    1: Event("alarm"),
    2: Event(),
    4: Event(healths=("low_batt",)),
    7: Event("normal", ("ok",)),
    10: Event(healths=("tamper",)),
    11: Event(healths=("ok",)),
    14: Event("alarm", ("ok",), is_test=True),
    15: Event("alarm", ("low_batt",), is_test=True),
}


def smoke(sheet: Sheet, raw: bytes) -> None:
    """GS524N: version, sensor and message type, battery, concentration, temperature, a sum that makes 0."""
    if len(raw) != 6 or sum(raw) % 256 or raw[1] >> 4 != 1:
        sheet.remark("bytes", "not six bytes of a smoke detector with a right sum", raw)
        return
    event = EVENTS.get(raw[1] & 0x0F)
    if event is None:
        sheet.remark("message type", "no event we know", str(raw[1] & 0x0F))
    else:
        if event.state:
            sheet.state("smoke", event.state)
        for health in event.healths:
            sheet.health(health)
        if event.is_test:
            sheet.test()
    sheet.battery(float(raw[2]), raw[2:3])
    sheet.read("smoke", value=float(raw[3]))
    sheet.read("temperature", value=float(_signed(raw[4:5])))
