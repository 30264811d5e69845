"""What a place has agreed, out of its configuration: right words are taken, wrong ones are named."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from twin.ingest.decoders import Site, SiteError, ZoneRule, decode, site_of
from twin.ingest.decoders.site import ZONES

DOC = (Path(__file__).parents[2] / "docs" / "decoders.md").read_text()
TEXT = DOC.split("```toml\n")[1].split("```")[0]


def test_the_site_of_the_page_is_read_from_its_tables() -> None:
    site = site_of(tomllib.loads(TEXT))
    assert site.zone.utcoffset(None) == timedelta(hours=8)
    assert (site.switch("M7", "SB1"), site.switch("pump-room", "Switch1")) == ("fan", "water")
    assert site.switch("other", "Switch1") is None
    assert site.models == {"24e124000000ab01": "ws301"}
    assert site.zones == (ZoneRule("fire_lane", ("car", "truck"), "lane_blocked"),)
    assert site.crowds == {"plaza": 30}


def test_a_site_that_says_nothing_is_the_plain_one() -> None:
    assert site_of({}) == Site()
    assert site_of({}).zones == ZONES


def test_a_decoder_takes_what_the_configuration_says() -> None:
    said = b'{"Time":"2026-01-05T12:00:00","Switch1":"ON"}'
    (it,) = decode(
        "tasmota", "tele/pump-room/SENSOR", said, datetime.now(UTC), site_of(tomllib.loads(TEXT))
    ).readings
    assert (it.property, it.state) == ("water", "alarm")


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"ghost": 1}, "site.ghost"),
        ({"zone": "Asia/Shanghai"}, "site.zone"),
        ({"zone": "+19:00"}, "site.zone"),
        ({"switches": []}, "site.switches"),
        ({"switches": {"*": "fan"}}, r"site.switches.\*"),
        ({"switches": {"*": {"SB1": "hood"}}}, "SB1"),
        ({"models": {"12": "ws301"}}, "site.models.12"),
        ({"models": {"24e124000000ab01": "ws999"}}, "ws999"),
        ({"zones": {"begins": "x"}}, "site.zones"),
        ({"zones": [{"begins": "x"}]}, "site.zones"),
        ({"zones": 5}, "site.zones"),
        ({"zones": [{"begins": "x", "labels": ["car"], "finding": "loitering"}]}, "loitering"),
        ({"crowds": {"plaza": 0}}, "site.crowds.plaza"),
        ({"crowds": {"plaza": True}}, "site.crowds.plaza"),
    ],
)
def test_a_wrong_entry_is_named(said: dict[str, Any], where: str) -> None:
    with pytest.raises(SiteError, match=where):
        site_of(said)
