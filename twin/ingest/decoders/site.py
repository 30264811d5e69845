"""What a place has agreed with its devices, beyond what their messages say: configuration, never a guess."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta, timezone, tzinfo

CHINA = timezone(timedelta(hours=8), "+08:00")
VEHICLES = ("car", "truck", "bus", "motorcycle", "van")
EBIKES = ("ebike", "electric_bike", "electric_bicycle", "motorcycle", "bicycle")


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity that a Home Assistant discovery config has announced."""

    unique_id: str
    scheme: str
    external_id: str
    component: str
    device_class: str | None
    state_topic: str
    path: tuple[str, ...] = ()
    on: str | None = None
    off: str | None = None
    unit: str | None = None
    availability_topic: str | None = None
    available: str = "online"
    unavailable: str = "offline"


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """A thing with one of these labels, in a zone whose name begins so, is this finding."""

    begins: str
    labels: tuple[str, ...]
    finding: str


ZONES = (
    ZoneRule("fire_lane", VEHICLES, "lane_blocked"),
    ZoneRule("indoor", EBIKES, "ebike_indoor"),
    ZoneRule("lift", EBIKES, "ebike_indoor"),
)


@dataclass(frozen=True, slots=True)
class Site:
    """`zone` is what a clock means that names none.

    `switches`: device → its channel → property, as {"MN…": {"SB1": "fan"}}; "*" stands for any device.
    `models`: DevEUI → codec. `entities`: topic → what discovery told. `crowds`: zone → how many are many.
    """

    zone: tzinfo = CHINA
    switches: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    entities: Mapping[str, tuple[Entity, ...]] = field(default_factory=dict)
    zones: tuple[ZoneRule, ...] = ZONES
    crowds: Mapping[str, int] = field(default_factory=dict)

    def switch(self, device: str, channel: str) -> str | None:
        """Which property hangs on this channel."""
        return self.switches.get(device, {}).get(channel) or self.switches.get("*", {}).get(channel)


PLAIN = Site()
