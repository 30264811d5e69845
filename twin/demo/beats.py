"""What the demo's devices say, and when: heartbeats by interval, values by the time of day."""

import heapq
import math
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from twin.demo.community import Community
from twin.demo.rows import seeded, text, whole

CHENGDU = timezone(timedelta(hours=8))
NEVER_SPEAKS, FALLS_SILENT, FAULTY = 0.012, 0.015, 0.004
FUME_LIMIT_MG_M3 = 2.0
MEALS = ((7.3, 0.6, 0.4), (12.2, 0.9, 1.0), (18.7, 1.2, 1.1), (22.0, 1.0, 0.5))
"""Hour, width in hours, strength."""


class DeviceBeats:
    """Every live device speaks at once, then at its own interval divided by the speed."""

    def __init__(self, community: Community, speed: float) -> None:
        self._rng = seeded(community.seed, "beats")
        self._speed = speed
        self._devices = list(community.tables["device"])
        fates = [self._rng.random() for _ in self._devices]
        self._never = {i for i, fate in enumerate(fates) if fate < NEVER_SPEAKS}
        self._silent = {i for i, fate in enumerate(fates) if 0 <= fate - NEVER_SPEAKS < FALLS_SILENT}
        self._faulty = {i for i, fate in enumerate(fates) if fate > 1 - FAULTY}
        self._bias = [self._rng.gauss(0, 1) for _ in self._devices]
        self._fresh = set(range(len(self._devices))) - self._never
        self._queue = [(0.0, i) for i in sorted(self._fresh)]

    @property
    def live(self) -> int:
        """How many devices ever speak."""
        return len(self._devices) - len(self._never)

    def announce(self, now_s: float) -> None:
        """All that still speak do so now, as gateways do when a server is back."""
        self._fresh = set(range(len(self._devices))) - self._never - self._silent
        self._queue = [(now_s, i) for i in sorted(self._fresh)]

    def due(self, now_s: float, at: datetime, most: int) -> list[dict[str, object]]:
        """Observations due by now, not more than `most`."""
        return list(self._due(now_s, at, most))

    def _due(self, now_s: float, at: datetime, most: int) -> Iterator[dict[str, object]]:
        for _ in range(most):
            if not self._queue or self._queue[0][0] > now_s:
                return
            when, index = heapq.heappop(self._queue)
            yield self._observation(index, at)
            if index in self._silent:
                continue
            interval = whole(self._devices[index], "expected_interval_s") / self._speed
            first = index in self._fresh
            self._fresh.discard(index)
            # Spread out after the first word; never slower than the interval that is expected.
            wait = interval * (self._rng.uniform(0.05, 0.95) if first else 1.0)
            heapq.heappush(self._queue, (max(when + wait, now_s), index))

    def _observation(self, index: int, at: datetime) -> dict[str, object]:
        device = self._devices[index]
        said: dict[str, object] = {
            "device_id": device["id"],
            "happened_at": at.isoformat(),
            "state": "fault" if index in self._faulty else "normal",
        }
        reading = self._reading(text(device, "kind"), self._bias[index], at)
        if reading is not None:
            said["value"], said["unit"] = reading
            if device["kind"] == "fume_monitor" and reading[0] > FUME_LIMIT_MG_M3:
                said["state"] = "alarm"
        return said

    def _reading(self, kind: str, bias: float, at: datetime) -> tuple[float, str] | None:
        match kind:
            case "fume_monitor":
                level = 0.15 + 1.05 * cooking(at) * math.exp(0.25 * bias)
                return round(max(0.02, level + self._rng.gauss(0, 0.06)), 2), "mg/m³"
            case "parking":
                return float(max(0, round(18 + 9 * bias - 14 * daytime(at) + self._rng.gauss(0, 1)))), "个"
            case "air":
                return round(max(4.0, 34 + 6 * bias + self._rng.gauss(0, 1.5)), 1), "µg/m³"
            case "gas":
                return round(abs(self._rng.gauss(0, 0.4)), 1), "%LEL"
            case _:
                return None


def hour_of(at: datetime) -> float:
    local = at.astimezone(CHENGDU)
    return local.hour + local.minute / 60 + local.second / 3600


def cooking(at: datetime) -> float:
    """0 to about 1.2: how many stoves burn at this hour."""
    hour = hour_of(at)
    return sum(strength * math.exp(-(((hour - centre) / width) ** 2)) for centre, width, strength in MEALS)


def daytime(at: datetime) -> float:
    """0 in the night, 1 at midday."""
    return max(0.0, math.sin((hour_of(at) - 6) / 16 * math.pi)) if 6 <= hour_of(at) <= 22 else 0.0
