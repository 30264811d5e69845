"""Rows of a file: CSV with Chinese or English headings, or one JSON object a line."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any

import orjson

from twin.ingest.decoders.said import Payload, epoch_ms, instant, number, raw, words
from twin.ingest.decoders.site import PLAIN, Site
from twin.model.readings import PROPERTIES, STATES, Decoded, Note, Reading, Remark, Undecodable

MAX_BYTES = 64_000_000
MAX_ROWS = 200_000
HEADINGS: Mapping[str, str] = {
    **dict.fromkeys(("time", "happened_at", "时间", "发生时间"), "time"),
    **dict.fromkeys(("device", "device_id", "设备", "设备编号"), "device"),
    **dict.fromkeys(("state", "状态"), "state"),
    **dict.fromkeys(("value", "数值", "值"), "value"),
    **dict.fromkeys(("unit", "单位"), "unit"),
    **dict.fromkeys(("property", "属性", "观测项"), "property"),
    **dict.fromkeys(("key", "seq", "序号"), "key"),
}
NEEDED = ("time", "device")
STATE_WORDS: Mapping[str, str] = {
    **{word: word for word in STATES},
    **{t.zh: word for word, t in STATES.items()},
}
# What people write for a unit, and how UCUM does.
UCUM: Mapping[str, str] = {
    **{it.unit: it.unit for it in PROPERTIES.values() if it.unit},
    **dict.fromkeys(("°C", "℃"), "Cel"),
    **dict.fromkeys(("mg/m³", "毫克/立方米"), "mg/m3"),
    **dict.fromkeys(("µg/m³", "μg/m³", "微克/立方米"), "ug/m3"),
    "%LEL": "%{LEL}",
    "ppm": "[ppm]",
    "个": "1",
    **dict.fromkeys(("dB", "dB(A)"), "dB[SPL]"),
    "kWh": "kW.h",
}


def decode(path: str, payload: Payload, received_at: datetime, site: Site = PLAIN) -> Decoded:
    """Each row by itself; one that cannot be read is a remark with its line. Raises Undecodable."""
    if not isinstance(payload, bytes):
        raise Undecodable("a file is bytes", "hand the file over as it is")
    if len(payload) > MAX_BYTES:
        raise Undecodable(f"{len(payload)} bytes in one file", f"split it into parts of {MAX_BYTES} bytes")
    text = _text(payload)
    lines = (
        text.lstrip().startswith("{") if not path.endswith((".csv", ".jsonl")) else path.endswith(".jsonl")
    )
    readings: list[Reading] = []
    remarks: list[Remark] = []
    count = 0
    for line, row in _objects(text) if lines else _table(text):
        count += 1
        if count > MAX_ROWS:
            raise Undecodable(f"more than {MAX_ROWS} rows in one file", "split it")
        if isinstance(row, Remark):
            remarks.append(row)
            continue
        said = {HEADINGS.get(str(name).strip(), str(name).strip()): value for name, value in row.items()}
        read = _row(f"line {line}", said, site.zone, remarks)
        if read is not None:
            readings.append(read)
    if not readings and remarks:
        raise Undecodable(f"no row can be read; {remarks[0].field}: {remarks[0].reason}", "mend the rows")
    return Decoded(tuple(readings), (Note("rows", str(count)),), tuple(remarks))


def _text(payload: bytes) -> str:
    """UTF-8, or as Chinese spreadsheets save it. Raises Undecodable."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return payload.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Undecodable("the file is neither UTF-8 nor GB 18030", "save it as UTF-8")


def _objects(text: str) -> Iterator[tuple[int, Mapping[str, Any] | Remark]]:
    for place, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            said = orjson.loads(line)
        except orjson.JSONDecodeError:
            said = None
        yield place, said if isinstance(said, dict) else Remark(f"line {place}", "no JSON object", raw(line))


def _table(text: str) -> Iterator[tuple[int, Mapping[str, Any] | Remark]]:
    rows = csv.DictReader(io.StringIO(text, newline=""), restkey="(more cells)", strict=False)
    try:
        names = {HEADINGS.get(name.strip()) for name in rows.fieldnames or () if name}
        missing = [name for name in NEEDED if name not in names]
        if missing:
            raise Undecodable(
                f"the heading lacks {' and '.join(missing)}", "begin with time,device,state,value,unit"
            )
        for row in rows:
            said = {name: value for name, value in row.items() if name and value not in (None, "")}
            yield rows.line_num, said
    except csv.Error as fault:
        raise Undecodable(f"line {rows.line_num} is no CSV: {fault}", "save it as CSV with commas") from fault


def _row(where: str, said: Mapping[str, Any], zone: tzinfo, remarks: list[Remark]) -> Reading | None:
    """Raises nothing: what is wrong with the row goes to the remarks."""
    device, when = words(said.get("device"), 64), said.get("time")
    at = instant(when, zone) or (epoch_ms(when) if not isinstance(when, str) else None)
    name = words(said.get("property")) or "main"
    if device is None or at is None or name not in PROPERTIES:
        what = "device" if device is None else "time" if at is None else "property"
        remarks.append(Remark(where, f"no {what} that can be read", raw(said.get(what))))
        return None
    state = _state(where, name, said.get("state"), remarks)
    value, unit = _value(where, said, PROPERTIES[name].unit, remarks)
    for column in said.keys() - set(HEADINGS.values()):
        remarks.append(Remark(where, f"no column of ours: {raw(column)}", raw(said[column])))
    if state is None and value is None:
        remarks.append(Remark(where, "neither a state nor a value"))
        return None
    return Reading(
        "own", device, name, state, value, unit, at, words(str(said["key"])) if "key" in said else None
    )


def _state(where: str, name: str, said: Any, remarks: list[Remark]) -> str | None:
    if said is None:
        return None
    state = STATE_WORDS.get(said.strip()) if isinstance(said, str) else None
    if state is None or state not in PROPERTIES[name].states:
        remarks.append(Remark(where, f"no state of {name}", raw(said)))
        return None
    return state


def _value(
    where: str, said: Mapping[str, Any], usual: str | None, remarks: list[Remark]
) -> tuple[float | None, str | None]:
    if said.get("value") is None:
        return None, None
    value = number(said["value"])
    unit = UCUM.get(words(said["unit"]) or "") if "unit" in said else usual
    if value is None or unit is None or (usual is not None and unit != usual):
        remarks.append(
            Remark(where, "no number, or not in the unit it has", raw((said["value"], said.get("unit"))))
        )
        return None, None
    return value, unit
