"""LoRaWAN: both envelopes, what they leave out, codecs, counters that begin again."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from twin.ingest.decoders import Site
from twin.ingest.decoders.lorawan import decode
from twin.ingest.decoders.lorawan_codecs import CODECS
from twin.model.readings import PROPERTIES, Decoded, Undecodable

Told = Callable[[Decoded], dict[str, object]]
AT = datetime(2026, 1, 5, 4, 0, 0, 123456, tzinfo=UTC)
EUI = "24e124000000ab01"
FULL_AIR = "0367EE0004687C05000106CB02077DA803087D25000973 66270A7D04000B7D20000C7D3000"
# Model, FPort, bytes, what they say, health. The layouts' own worked examples where their makers give one.
VECTORS = [
    ("gs524n", 85, "221E64001C40", {"smoke": ("test", 0.0), "temperature": 28.0}, "ok"),
    ("gs524n", 85, "22115A2820 2B", {"smoke": ("alarm", 40.0), "temperature": 32.0}, None),
    ("gs524n", 85, "22145A000E62", {"smoke": 0.0, "temperature": 14.0}, "low_batt"),
    ("gs524n", 85, "221A5A00F674", {"smoke": 0.0, "temperature": -10.0}, "tamper"),
    ("gs101", 85, "03 67 1801 046874 058E00", {"temperature": 28.0, "humidity": 58.0, "gas": "normal"}, None),
    ("gs101", 85, "058E01 060100", {"gas": "alarm", "valve": "closed"}, None),
    ("gs101", 85, "FF3F02", {"health": None}, "fault"),
    ("ws301", 85, "017564 030001 040001", {"door_contact": "open"}, "tamper"),
    ("ws301", 85, "030000 040000", {"door_contact": "closed"}, "ok"),
    ("ws202", 85, "017510 030001 040000", {"pir": "motion"}, None),
    ("ws101", 85, "017510 FF2E01", {"sos_button": "alarm"}, None),
    ("ws101", 85, "017510", {"health": None}, None),
    (
        "em300-sld",
        85,
        "01755C 03673401 046865 050000",
        {"temperature": 30.8, "humidity": 50.5, "water": "normal"},
        None,
    ),
    ("em300-sld", 85, "0367F6FF 050001", {"temperature": -1.0, "water": "alarm"}, None),
    (
        "am319",
        85,
        FULL_AIR,
        {
            "temperature": 23.8,
            "humidity": 62.0,
            "pir": "motion",
            "co2": 936.0,
            "pressure": 1008.6,
            "hcho": 0.04,
            "pm25": 32.0,
            "pm10": 48.0,
        },
        None,
    ),
    ("lds02", 10, "8BE90100000500000200", {"voltage": 3.049, "door_contact": "open"}, None),
    ("lds02", 10, "0BE90100000500000200", {"voltage": 3.049, "door_contact": "closed"}, None),
    ("lwl02", 10, "4BE90200000100000300", {"voltage": 3.049, "water": "alarm"}, None),
]


def b64(digits: str) -> str:
    return base64.b64encode(bytes.fromhex(digits.replace(" ", ""))).decode()


def things(up: dict[str, Any], model: str = "") -> dict[str, Any]:
    """As The Things Stack forwards it: what is 0, false or empty is left out."""
    full = {"session_key_id": "AXBS", "f_cnt": 7, "received_at": "2026-01-05T04:00:00.123456789Z", **up}
    if model:
        full["version_ids"] = {"brand_id": "maker", "model_id": model}
    return {
        "end_device_ids": {"dev_eui": EUI.upper(), "dev_addr": "260B0001"},
        "received_at": "2026-01-05T04:00:00.3Z",
        "uplink_message": {name: value for name, value in full.items() if value},
    }


def chirp(said: dict[str, Any], profile: str = "") -> dict[str, Any]:
    return {
        "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d",
        "time": "2026-01-05T04:00:00.123456789+00:00",
        "deviceInfo": {"devEui": EUI, "deviceName": "x", "deviceProfileName": profile},
        "devAddr": "00189440",
        **said,
    }


def read(said: dict[str, Any], site: Site | None = None) -> Decoded:
    return decode("any", json.dumps(said).encode(), AT, site or Site())


@pytest.mark.parametrize(("model", "port", "digits", "expected", "health"), VECTORS)
def test_bytes_are_read_by_the_models_codec(
    model: str, port: int, digits: str, expected: dict[str, object], health: str | None, told: Told
) -> None:
    from_things = read(things({"f_port": port, "frm_payload": b64(digits)}, model))
    from_chirp = read(chirp({"fPort": port, "fCnt": 7, "data": b64(digits)}), Site(models={EUI: model}))
    assert told(from_things) == told(from_chirp) == expected
    assert from_things.remarks == from_chirp.remarks == ()
    assert {it.health for it in from_things.readings} == {health}


@pytest.mark.parametrize(
    "said", [things({"frm_payload": b64("030001")}, "ws301"), chirp({"data": b64("030001")})]
)
def test_nanoseconds_are_cut_and_the_counter_is_the_key(said: dict[str, Any]) -> None:
    (it,) = read(said, Site(models={EUI: "ws301"})).readings
    assert (it.happened_at, it.scheme, it.external_id) == (AT, "dev_eui", EUI)
    assert it.key in ("AXBS:7", "00189440:0")


def test_a_device_that_joined_again_counts_from_0_and_is_heard() -> None:
    first = things({"f_cnt": 0, "frm_payload": b64("FF2E01")}, "ws101")
    again = things({"f_cnt": 0, "frm_payload": b64("FF2E01"), "session_key_id": "AXBT"}, "ws101")
    keys = [read(it).readings[0].feed_key() for it in (first, first, again)]
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize(
    ("model", "fields", "expected"),
    [
        ("lds02", {"BAT_V": 3.1}, {"voltage": 3.1, "door_contact": "closed"}),
        ("lds02", {"BAT_V": 3.1, "DOOR_OPEN_STATUS": 1}, {"voltage": 3.1, "door_contact": "open"}),
        ("lwl02", {"BAT_V": 3.1}, {"voltage": 3.1, "water": "normal"}),
        ("ws301", {"battery": 90}, {"health": None}),
        ("ws301", {"state": "open"}, {"door_contact": "open"}),
    ],
)
def test_a_field_left_out_is_0_only_where_the_codec_says_it_is_always_there(
    model: str, fields: dict[str, Any], expected: dict[str, object], told: Told
) -> None:
    decoded = read(things({"f_port": CODECS[model].ports[0], "decoded_payload": fields}, model))
    assert told(decoded) == expected


def test_chirpstack_leaves_nothing_out_of_its_object_so_a_missing_field_is_missing() -> None:
    decoded = read(chirp({"fPort": 10, "fCnt": 1, "object": {"BAT_V": 3.1}}), Site(models={EUI: "lds02"}))
    assert [it.property for it in decoded.readings] == ["voltage"]
    assert [it.field for it in decoded.remarks] == ["DOOR_OPEN_STATUS"]


def test_the_network_server_may_name_the_model_in_its_profile(told: Told) -> None:
    assert told(read(chirp({"data": b64("030001")}, "Milesight WS301 (CN470)"))) == {"door_contact": "open"}


def test_a_simulated_uplink_is_a_test() -> None:
    said = {**things({"frm_payload": b64("FF2E01")}, "ws101"), "simulated": True}
    assert [(it.state, it.is_test) for it in read(said).readings] == [("test", True)]


def test_what_was_buffered_happened_then() -> None:
    decoded = read(things({"frm_payload": b64("20CE9E74466310015D01")}, "em300-sld"))
    water = decoded.readings[-1]
    assert (water.state, water.happened_at) == ("alarm", datetime(2022, 10, 12, 8, 2, 38, tzinfo=UTC))


@pytest.mark.parametrize(
    ("model", "digits"),
    [
        ("ws301", "030001 AB01FF"),
        ("ws301", "030001 0175"),
        ("ws301", "030002"),
        ("gs524n", "221E64001C41"),
        ("gs524n", "22"),
        ("lds02", "0BE902"),
    ],
)
def test_bytes_that_do_not_fit_the_model_are_a_remark_with_what_they_were(model: str, digits: str) -> None:
    (remark,) = read(things({"f_port": CODECS[model].ports[0], "frm_payload": b64(digits)}, model)).remarks
    assert remark.raw


def test_without_a_codec_nothing_is_guessed() -> None:
    decoded = read(things({"frm_payload": b64("030001"), "decoded_payload": {"open": True}}))
    assert decoded.readings == ()
    assert [it.field for it in decoded.remarks] == ["open"]


def test_a_status_event_is_the_battery_and_has_no_counter() -> None:
    (it,) = read(chirp({"margin": 12, "batteryLevel": 88.5})).readings
    assert (it.property, it.battery_pct, it.key) == ("health", 88.5, None)


@pytest.mark.parametrize(
    "said",
    [chirp({}), {"end_device_ids": {"dev_eui": EUI}, "join_accept": {"session_key_id": "x"}}],
)
def test_an_event_without_a_payload_is_a_note(said: dict[str, Any]) -> None:
    decoded = read(said)
    assert decoded.readings == ()
    assert [it.about for it in decoded.notes] == ["event"]


def test_configuration_ports_are_not_data() -> None:
    decoded = read(things({"f_port": 1, "frm_payload": b64("030001")}, "ws301"))
    assert (decoded.readings, [it.field for it in decoded.remarks]) == ((), ["fPort"])


@pytest.mark.parametrize("said", [{}, {"deviceInfo": {}}, {"end_device_ids": {"dev_eui": "12"}}])
def test_an_event_of_no_device_is_undecodable(said: dict[str, Any]) -> None:
    with pytest.raises(Undecodable):
        read(said)


def test_every_codec_speaks_of_properties_and_states_we_have() -> None:
    for codec in CODECS.values():
        for it in codec.fields.values():
            assert set(it.words.values()) <= set(PROPERTIES[it.property].states)
