"""The doors beside HTTP that this twin opens, as its settings say; what they tell of themselves."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

from twin.engine import Engine
from twin.ingest.decoders import Site, SiteError
from twin.ingest.hj212_door import Hj212Door
from twin.ingest.mqtt import MqttDoor
from twin.ingest.mqtt_broker import broker_of
from twin.ingest.site_file import read_site
from twin.live import Meters
from twin.settings import Settings, SettingsError


@dataclass(frozen=True)
class Doors:
    """Opened with the server, closed before the engine stops."""

    site: Site
    mqtt: MqttDoor | None = None
    hj212: Hj212Door | None = None

    @classmethod
    def of(cls, settings: Settings, engine: Engine) -> "Doors":
        """Raises SettingsError."""
        try:
            site = read_site(settings.home)
        except SiteError as fault:
            raise SettingsError(str(fault)) from fault
        broker = broker_of(settings)
        host, port = settings.hj212_host, settings.hj212_port
        return cls(
            site,
            MqttDoor(engine, broker, settings.home, site=site) if broker else None,
            Hj212Door(engine, host, port, site=site) if port else None,
        )

    def open(self) -> None:
        if self.mqtt:
            self.mqtt.start()
        if self.hj212:
            self.hj212.start()

    def close(self) -> None:
        if self.mqtt:
            self.mqtt.stop()
        if self.hj212:
            self.hj212.stop()

    def report(self) -> dict[str, Any]:
        """For /healthz. A broker that is away is told, and no reason to start the server anew."""
        return {
            "mqtt": self.mqtt.report() if self.mqtt else None,
            "hj212": self.hj212.report() if self.hj212 else None,
        }

    def measure(self, meters: Meters) -> None:
        if self.mqtt:
            meters.gauge("twin_mqtt_connected", "1 while the broker is there", self._mqtt_connected)
            _gauges(meters, "twin_mqtt", lambda: self.mqtt.counters if self.mqtt else None)
        if self.hj212:
            _gauges(meters, "twin_hj212", lambda: self.hj212.counters if self.hj212 else None)

    def _mqtt_connected(self) -> float:
        return float(self.mqtt is not None and self.mqtt.connected_at is not None)


def _gauges(meters: Meters, prefix: str, counters: Callable[[], Any]) -> None:
    for counted in fields(counters()):
        read = partial(_one, counters, counted.name)
        meters.gauge(f"{prefix}_{counted.name}", f"{prefix[5:]} door: {counted.name}", read)


def _one(counters: Callable[[], Any], name: str) -> float:
    return float(getattr(counters(), name))
