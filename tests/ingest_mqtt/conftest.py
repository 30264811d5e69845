"""Debian's mosquitto on a free port, and a twin that listens to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ingest_mqtt.broker import MOSQUITTO, BrokerProcess, Listening, free_port, listening


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[BrokerProcess]:
    if not MOSQUITTO:
        pytest.skip("mosquitto is not installed: apt-get install mosquitto mosquitto-clients")
    folder = tmp_path / "broker"
    folder.mkdir()
    process = BrokerProcess(folder, free_port())
    process.start()
    yield process
    process.stop()


@pytest.fixture
def twin(broker: BrokerProcess, tmp_path: Path) -> Iterator[Listening]:
    twin = listening(tmp_path / "home", broker.port)
    twin.until(lambda: twin.door.connected_at is not None)
    yield twin
    twin.close()
