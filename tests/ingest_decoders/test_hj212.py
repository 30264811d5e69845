"""HJ 212-2017: checksum, frames out of any stream, factors, flags, equipment, the reply."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.ingest.decoders import Site
from twin.ingest.decoders.hj212 import decode, decode_frame
from twin.ingest.decoders.hj212_frame import (
    SEGMENT_MAX,
    Frame,
    Framer,
    Spoilt,
    build,
    crc16,
    parse,
    reply,
)
from twin.model.readings import Decoded, Undecodable

Told = Callable[[Decoded], dict[str, object]]
SITE = Site(switches={"*": {"SB1": "fan", "SB2": "purifier"}, "M7": {"ga2101": "purifier"}})
HEAD = "QN=20260105120000123;ST=51;CN={cn};PW=secret9;MN=M7;Flag=5;CP=&&DataTime=20260105120000;{rest}&&"


def read(rest: str, cn: str = "2011") -> Decoded:
    return decode_frame(Frame(HEAD.format(cn=cn, rest=rest).encode()), SITE)


def test_the_checksum_is_the_one_of_the_standards_worked_frame() -> None:
    segment = b"QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;"
    segment += b"CP=&&RtdInterval=30&&"
    assert (len(segment), crc16(segment)) == (101, 0x1C80)
    assert build(segment) == b"##0101" + segment + b"1C80\r\n"


@pytest.mark.parametrize(
    ("cn", "rest", "expected"),
    [
        ("2011", "a34041-Rtd=1.32,a34041-Flag=N", {"fume": 1.32}),
        (
            "2011",
            "a34041-Rtd=0.9,a34041-Flag=N;SB1-RS=1;SB2-RS=0",
            {"fume": 0.9, "fan": "on", "purifier": "off"},
        ),
        ("2011", "ga2101-Rtd=1.0;a34041-Rtd=2", {"purifier": "on", "fume": 2.0}),
        ("2021", "SB1-RS=0;SB2-RS=1", {"fan": "off", "purifier": "on"}),
        ("2051", "a34041-Min=0.2,a34041-Avg=0.8,a34041-Max=1.1,a34041-Flag=N", {"fume": 0.8}),
        ("2061", "a34004-Avg=35,a34002-Avg=61.5,LA-Avg=52.1", {"pm25": 35.0, "pm10": 61.5, "noise": 52.1}),
        ("2011", "a01001-Rtd=24.8,a01001-Flag=N;a01002-Rtd=46.8", {"temperature": 24.8, "humidity": 46.8}),
        ("2011", "a34041-Rtd=9,a34041-Flag=T", {"fume": 9.0}),
        ("2011", "a34041-Rtd=9,a34041-Flag=D", {"fume": None}),
        ("9015", "", {}),
    ],
)
def test_factors_become_properties(cn: str, rest: str, expected: dict[str, object], told: Told) -> None:
    decoded = read(rest, cn)
    assert told(decoded) == expected
    assert decoded.remarks == () or "Flag=D" in rest


@pytest.mark.parametrize(
    ("flag", "quality", "health"),
    [
        ("N", "good", "ok"),
        ("T", "uncertain", None),
        ("S", "uncertain", None),
        ("M", "bad", "maintenance"),
        ("C", "bad", "maintenance"),
        ("D", "bad", "fault"),
        ("B", "bad", "fault"),
        ("F", "bad", None),
        ("?", "uncertain", None),
        ("", "uncertain", None),
    ],
)
def test_a_flag_says_how_far_a_number_is_a_measurement(flag: str, quality: str, health: str | None) -> None:
    (it,) = read(f"a34041-Rtd=1.5,a34041-Flag={flag}").readings
    assert (it.quality, it.health, it.value is None) == (quality, health, quality == "bad")


def test_where_no_flag_is_sent_nothing_is_said_of_the_instrument() -> None:
    (it,) = read("a34041-Avg=1.5", "2051").readings
    assert (it.value, it.quality, it.health) == (1.5, "good", None)


def test_a_value_that_is_no_measurement_can_still_be_seen() -> None:
    decoded = read("a34041-Rtd=1.5,a34041-Flag=D")
    assert [(it.field, it.raw) for it in decoded.remarks] == [("a34041-Rtd", "1.5")]


@pytest.mark.parametrize(
    ("rest", "field"),
    [
        ("w01018-Rtd=3", "w01018-Rtd"),
        ("a34041-Rtd=abc", "a34041-Rtd"),
        ("SB9-RS=1", "SB9-RS"),
        ("SB1-RS=7", "SB1-RS"),
        ("a34041-Rtd=1;a34041-Rtd=2", "CP"),
        ("a34041-Rtd=1,a34041-Flag=Q", "a34041-Flag"),
    ],
)
def test_what_is_not_known_is_a_remark_and_no_guess(rest: str, field: str) -> None:
    assert [it.field for it in read(rest).remarks] == [field]


@pytest.mark.parametrize(
    ("said", "state"), [("0", "off"), ("1", "on"), ("4", "alarm"), ("2", None), ("3", None), ("5", None)]
)
def test_equipment_is_on_off_or_in_alarm_and_its_ailments_are_not_the_monitors(
    said: str, state: str | None
) -> None:
    decoded = read(f"SB1-RS={said};a34041-Rtd=1,a34041-Flag=N")
    assert [it.state for it in decoded.readings if it.property == "fan"] == ([state] if state else [])
    assert len(decoded.remarks) == (state is None)
    assert {it.health for it in decoded.readings} == {"ok"}


def test_times_are_beijings_and_means_say_over_what() -> None:
    (it,) = read("a34041-Avg=0.8", "2061").readings
    assert it.happened_at == datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
    assert (it.mean_over, it.unit, it.scheme, it.external_id) == ("hour", "mg/m3", "hj212_mn", "M7")


def test_a_resend_with_a_new_number_is_the_same_reading() -> None:
    text = HEAD.format(cn="2011", rest="a34041-Rtd=1")
    one, two = (decode_frame(Frame(t.encode())).readings[0] for t in (text, text.replace("000123", "007999")))
    assert one.feed_key() == two.feed_key()


def test_the_password_goes_nowhere_but_into_the_reply() -> None:
    segment = HEAD.format(cn="2011", rest="a34041-Rtd=1;PW=secret9x").encode()
    assert "secret9;" not in repr(decode_frame(Frame(segment)))
    assert "secret9" not in repr(decode_frame(Frame(HEAD.format(cn="2011", rest="").encode())))
    assert "secret9" not in repr(parse(HEAD.format(cn="2011", rest="").encode()))


def test_the_reply_is_sent_where_bit_0_of_the_flag_wants_one() -> None:
    message = parse(HEAD.format(cn="2011", rest="a34041-Rtd=1").encode())
    said = reply(message)
    assert said is not None
    (frame,) = Framer().feed(said)
    assert isinstance(frame, Frame)
    assert frame.segment == b"QN=20260105120000123;ST=91;CN=9014;PW=secret9;MN=M7;Flag=4;CP=&&&&"
    quiet = HEAD.format(cn="2011", rest="").replace("Flag=5", "Flag=4")
    assert reply(parse(quiet.encode())) is None


@pytest.mark.parametrize(
    "payload",
    [b"", b"##", b"##0005ab", b"##00x1a0000", b"##9999", b"x" + build(b"CN=2011;MN=a;CP=&&&&")],
)
def test_what_is_not_one_whole_frame_is_undecodable(payload: bytes, received_at: datetime) -> None:
    with pytest.raises(Undecodable):
        decode("", payload, received_at)


SEGMENTS = st.binary(min_size=1, max_size=40).filter(lambda it: b"##" not in it and it[:1] + it[-1:] != b"##")
PIECES = st.lists(
    SEGMENTS.map(build)
    | st.sampled_from([b"##0101QN", b"##9999", b"#", b"###", b"\r\n", b"noise", b"##0004abcdFFFF"]),
    max_size=6,
)


def fed(stream: bytes, cuts: list[int]) -> tuple[list[Frame | Spoilt], int]:
    framer, found, last = Framer(), [], 0
    for cut in [*sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]:
        found += framer.feed(stream[last:cut])
        last = cut
    return found, framer.skipped


@given(PIECES, st.lists(st.integers(0, 10_000), max_size=8))
@settings(deadline=None, max_examples=60)
def test_however_a_stream_is_cut_the_same_frames_come_out(pieces: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(pieces)
    assert fed(stream, cuts) == fed(stream, []) == fed(stream, list(range(len(stream))))


@given(st.lists(SEGMENTS, max_size=5))
@settings(deadline=None, max_examples=40)
def test_what_is_built_is_framed_again(segments: list[bytes]) -> None:
    assert fed(b"".join(map(build, segments)), []) == ([Frame(it) for it in segments], 0)


def test_after_a_spoilt_frame_the_next_one_is_found_even_inside_of_it() -> None:
    good = build(b"CN=2011;MN=a;CP=&&&&")
    found, skipped = fed(b"##0300CN=2011;lost" + good * 20, [])
    assert isinstance(found[0], Spoilt)
    assert [it for it in found if isinstance(it, Frame)] == [Frame(b"CN=2011;MN=a;CP=&&&&")] * 20
    assert skipped == len(b"##0300CN=2011;lost")


def test_a_sender_cannot_make_the_framer_hold_more_than_a_frame() -> None:
    framer = Framer()
    for _ in range(20):
        assert len(framer.feed(b"#" * 1_000 + b"##4000" + b"x" * 1_000)) <= 1
        assert framer.held_bytes <= SEGMENT_MAX + 10
