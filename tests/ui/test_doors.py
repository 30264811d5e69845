"""The doors that settings open: told of in /healthz and /metrics, refused at the start when set wrongly."""

from pathlib import Path

import pytest

import layers
from twin.ingest.site_file import read_site
from twin.settings import Settings, SettingsError
from twin.ui.server import create, running_of


def test_a_broker_that_is_away_is_told_and_hurts_nobody(tmp_path: Path) -> None:
    app = create(Settings(home=tmp_path, mqtt_url="mqtt://127.0.0.1:9"), layers)
    try:
        client = app.test_client()
        health = client.get("/healthz", base_url="https://127.0.0.1:8050")
        assert health.status_code == 200
        assert health.json["doors"]["mqtt"]["connected"] is False
        assert health.json["doors"]["mqtt"]["broker"] == "127.0.0.1:9"
        meters = client.get("/metrics", base_url="https://127.0.0.1:8050").text
        assert "twin_mqtt_connected 0.0" in meters and "twin_mqtt_acknowledged 0.0" in meters
    finally:
        running_of(app).close()


def test_a_site_that_cannot_be_read_is_told_before_anything_is_served(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text("[switches.MN1]\nSB1 = 'nothing we know'\n")
    with pytest.raises(SettingsError, match=r"site\.toml.*SB1"):
        create(Settings(home=tmp_path), layers)
    (tmp_path / "site.toml").write_text("zone = '+08:00'\n[switches.MN1]\nSB1 = 'fan'\n")
    app = create(Settings(home=tmp_path), layers)
    assert running_of(app).doors.site.switch("MN1", "SB1") == "fan"
    running_of(app).close()


def test_the_page_shows_a_site_that_can_be_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "connect-a-device.md").read_text("utf-8")
    text = page.split('```toml\nzone = "+08:00"')[1].split("```")[0]
    (tmp_path / "site.toml").write_text('zone = "+08:00"' + text)
    site = read_site(tmp_path)
    assert site.switch("51010800800301K007", "SB2") == "purifier" and site.crowds == {"square": 30}
    assert site.models == {"24e124000000ab01": "ws301"}
