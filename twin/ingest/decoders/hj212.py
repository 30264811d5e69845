"""HJ 212-2017 from kitchens' fume monitors, dust and noise stations: real-time, minutes, hours, equipment."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from twin.ingest.decoders.hj212_frame import Frame, Message, only_frame, parse
from twin.ingest.decoders.said import Payload, digits_instant, number, words
from twin.ingest.decoders.sheet import Sheet
from twin.ingest.decoders.site import PLAIN, Site
from twin.model.readings import Decoded, Health, MeanOver, Quality, Undecodable

# Factor codes are annex B of the standard (a34041 oil fume in mg/m³, particles in µg/m³), flags its table of
# data marks. Which SBn is the fan is no part of it: Site.switches says so.
FACTORS: Mapping[str, str] = {
    "a34041": "fume",
    "a24088": "nmhc",
    "a34004": "pm25",
    "a34002": "pm10",
    "a34001": "tsp",
    "LA": "noise",
    "Leq": "noise",
    "a01001": "temperature",
    "a01002": "humidity",
    "a01007": "wind_speed",
    "a01008": "wind_direction",
}


class Flag(NamedTuple):
    """How far a value with this flag is one, and what the flag says of the instrument."""

    meaning: str
    quality: Quality
    health: Health | None


FLAGS: Mapping[str, Flag] = {
    "N": Flag("normal", "good", "ok"),
    "F": Flag("stopped", "bad", None),
    "M": Flag("in maintenance", "bad", "maintenance"),
    "S": Flag("set by hand", "uncertain", None),
    "D": Flag("fault", "bad", "fault"),
    "C": Flag("being calibrated", "bad", "maintenance"),
    "T": Flag("over the range", "uncertain", None),
    "B": Flag("lost its instrument", "bad", "fault"),
}
UNFLAGGED = Flag("not flagged", "good", None)
# SBn-RS. In 2 (calibration), 3 (maintenance) and 5 (back-flushing) equipment is neither on nor
# off. What ails it is not the monitor's own health.
RUNNING: Mapping[str, str] = {"0": "off", "1": "on", "4": "alarm"}
SWITCHED: Mapping[str, str] = {"0": "off", "1": "on"}


class Kind(NamedTuple):
    statistic: str
    mean_over: MeanOver | None


DATA: Mapping[str, Kind] = {
    "2011": Kind("Rtd", None),
    "2021": Kind("RS", None),
    "2051": Kind("Avg", "minutes"),
    "2061": Kind("Avg", "hour"),
    "2031": Kind("Avg", "day"),
}


def decode(topic: str, payload: Payload, received_at: datetime, site: Site = PLAIN) -> Decoded:
    """Of one whole frame, as the framer gives it. Raises Undecodable."""
    if not isinstance(payload, bytes):
        raise Undecodable("HJ 212 is bytes, not JSON", "hand the frame over as it came")
    return decode_message(parse(only_frame(payload).segment), site)


def decode_frame(frame: Frame, site: Site = PLAIN) -> Decoded:
    """For a door that holds its own framer. Raises Undecodable."""
    return decode_message(parse(frame.segment), site)


def decode_message(message: Message, site: Site = PLAIN) -> Decoded:
    kind = DATA.get(message.cn)
    said_at = message.body.get("DataTime", {}).get("")
    at = digits_instant(said_at, site.zone)
    # What is sent again may get a new QN, but is still of the same instant.
    number_of_it = said_at if at else words(message.qn, 32)
    key = (
        ":".join(filter(None, (message.cn, number_of_it, words(message.packet, 32))))
        if number_of_it
        else None
    )
    sheet = Sheet("hj212_mn", message.mn, at, key)
    sheet.note("CN", message.cn)
    if message.st:
        sheet.note("ST", message.st)
    if message.wants_reply:
        sheet.note("Flag", "a reply is wanted")
    for pair in message.doubled:
        sheet.remark("CP", "said twice or without a value: not taken", pair)
    if kind is None:
        sheet.note("CN", "no data command")
        return sheet.decoded()
    if at is None:
        sheet.remark("DataTime", "no time as yyyyMMddHHmmss: the door's time counts", said_at or "")
    for factor, said in message.body.items():
        if factor not in ("DataTime", ""):
            _factor(sheet, factor, said, kind, site)
    return sheet.decoded()


def _factor(sheet: Sheet, factor: str, said: Mapping[str, str], kind: Kind, site: Site) -> None:
    assigned = site.switch(sheet.external_id, factor)
    if assigned in ("fan", "purifier"):
        _switch(sheet, factor, assigned, said)
    elif "RS" in said:
        sheet.remark(f"{factor}-RS", "the site does not say what this equipment is", said["RS"])
    elif factor in FACTORS:
        _value(sheet, factor, said, kind)
    else:
        for name, text in said.items():
            sheet.remark(f"{factor}-{name}" if name else factor, "a factor we do not know", text)


def _value(sheet: Sheet, factor: str, said: Mapping[str, str], kind: Kind) -> None:
    text = said.get(kind.statistic)
    letter = said.get("Flag")
    flag = UNFLAGGED if letter is None else FLAGS.get(letter)
    if flag is None:
        sheet.remark(f"{factor}-Flag", "a flag we do not know: the value is uncertain", letter or "")
        flag = Flag("unknown", "uncertain", None)
    elif letter not in (None, "N"):
        sheet.note(f"{factor}-Flag", f"{letter}: {flag.meaning}")
    if flag.health:
        sheet.health(flag.health)
    value = number(text)
    if value is None:
        sheet.remark(f"{factor}-{kind.statistic}", "no number", text or "")
    elif flag.quality == "bad":
        # A number from a dead or opened instrument is no measurement; it is kept where people can see it.
        sheet.remark(f"{factor}-{kind.statistic}", f"flagged {letter} ({flag.meaning}): no measurement", text)
        sheet.read(FACTORS[factor], quality="bad", mean_over=kind.mean_over)
    else:
        sheet.read(FACTORS[factor], value=value, quality=flag.quality, mean_over=kind.mean_over)
    for name, other in said.items():
        if name not in (kind.statistic, "Flag"):
            sheet.note(f"{factor}-{name}", other)


def _switch(sheet: Sheet, factor: str, assigned: str, said: Mapping[str, str]) -> None:
    for name, text in said.items():
        word = text.split(".")[0] if text.rstrip("0").endswith(".") else text
        if name not in ("RS", "Rtd"):
            sheet.note(f"{factor}-{name}", text)
        elif word in (table := RUNNING if name == "RS" else SWITCHED):
            sheet.state(assigned, table[word])
        else:
            sheet.remark(f"{factor}-{name}", "neither on nor off", text)
