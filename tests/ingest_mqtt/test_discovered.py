"""What is kept of a discovery has bounds, whatever a broker sends."""

import json
from pathlib import Path

import pytest

from twin.ingest import discovered
from twin.ingest.discovered import CONFIG_BYTES_MOST, Discovered


def config(name: str) -> tuple[str, bytes]:
    said = {"stat_t": f"home/{name}", "uniq_id": name, "dev_cla": "smoke"}
    return f"homeassistant/binary_sensor/{name}/config", json.dumps(said).encode()


def test_beyond_its_bounds_nothing_more_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovered, "CONFIGS_MOST", 2)
    found = Discovered(tmp_path)
    assert [found.hear(*config(name)) for name in "abc"] == [True, True, False]
    assert not found.hear(config("a")[0], b"{" + b" " * CONFIG_BYTES_MOST + b"}")
    assert found.topics() == ["home/a", "home/b"] == Discovered(tmp_path).topics()
    assert found.hear(config("a")[0], b"") and found.hear(*config("c"))
