"""Replay: CSV in two languages and as spreadsheets save it, JSONL; each row by itself."""

from datetime import UTC, datetime

import pytest

from twin.ingest.decoders.replay import decode
from twin.model.readings import Decoded, Undecodable

AT = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)


def read(text: str | bytes, path: str = "a.csv") -> Decoded:
    return decode(path, text if isinstance(text, bytes) else text.encode(), AT)


@pytest.mark.parametrize(
    "text",
    [
        "time,device,state,value,unit\n2026-01-05T12:00:00+08:00,d1,alarm,1.2,mg/m3\n",
        "时间,设备,状态,数值,单位\n2026-01-05 12:00:00,d1,报警,1.2,mg/m³\n",
        "设备编号,发生时间,状态,值,单位\r\nd1,2026-01-05 12:00:00,报警,1.2,毫克/立方米\r\n",
        "\ufefftime,device,state,value,unit\n2026-01-05T04:00:00Z,d1,alarm,1.2,mg/m³\n",
        "时间,设备,状态,数值,单位\n2026-01-05 12:00:00,d1,报警,1.2,毫克/立方米\n".encode("gb18030"),
    ],
)
def test_a_table_is_read_under_chinese_and_english_headings(text: str | bytes) -> None:
    decoded = read(text)
    assert decoded.remarks == ()
    (it,) = decoded.readings
    assert (it.scheme, it.external_id, it.property, it.state) == ("own", "d1", "main", "alarm")
    assert (it.value, it.unit, it.happened_at) == (1.2, "mg/m3", AT)


@pytest.mark.parametrize("path", ["a.jsonl", "a"])
def test_lines_of_json_are_read(path: str) -> None:
    text = '{"time":"2026-01-05T04:00:00Z","device":"d1","property":"smoke","state":"alarm","key":7}\n\n'
    text += '{"time":1767585600000,"device":"d2","property":"temperature","value":21.5}\n'
    one, two = read(text, path).readings
    assert (one.property, one.state, one.key, one.happened_at) == ("smoke", "alarm", "7", AT)
    assert (two.value, two.unit, two.happened_at) == (21.5, "Cel", AT)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("soon,d2,alarm,,", "no time"),
        ("2026-01-05T04:00:00Z,,alarm,,", "no device"),
        ("2026-01-05T04:00:00Z,d2,,,", "neither a state nor a value"),
        ("2026-01-05T04:00:00Z,d2,purple,,", "no state of main"),
        ("2026-01-05T04:00:00Z,d2,alarm,abc,mg/m3", "no number"),
        ("2026-01-05T04:00:00Z,d2,alarm,3,furlong", "not in the unit"),
        ("2026-01-05T04:00:00Z,d2,alarm,3,", "not in the unit"),
        ("2026-01-05T04:00:00Z,d2,alarm,3,mg/m3,surplus", "more cells"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_by_its_line_and_stops_no_other(row: str, reason: str) -> None:
    decoded = read(f"time,device,state,value,unit\n2026-01-05T04:00:00Z,d1,normal,,\n{row}\n")
    assert decoded.readings[0].external_id == "d1"
    assert decoded.remarks[0].field == "line 3"
    assert any(reason in it.reason for it in decoded.remarks)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", "a.csv"),
        ("state,value\nalarm,1\n", "a.csv"),
        ("time,device\nx,y\n", "a.csv"),
        ("not json\n", "a.jsonl"),
        (b"\xff\xff\xff\x80", "a.csv"),
    ],
)
def test_a_file_without_one_good_row_is_undecodable(text: str | bytes, path: str) -> None:
    with pytest.raises(Undecodable):
        read(text, path)
