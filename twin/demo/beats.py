"""What the demo's devices say, and when: heartbeats by interval, changes as they happen, values by hour."""

import heapq
from collections.abc import Iterator
from random import Random

from twin.demo import lookout, rhythm
from twin.demo.agenda import Agenda
from twin.demo.community import Community
from twin.demo.hours import DayClock, daylight
from twin.demo.kitchens import kitchens
from twin.demo.rows import Row, seeded, text, whole

NEVER_SPEAKS, FALLS_SILENT, FAULTY = 0.012, 0.015, 0.004
FIRST_STATE = {"door_contact": "closed", "pir": "no_motion"}
Said = dict[str, object]
Change = tuple[tuple[int, ...], str]


class DeviceBeats:
    """Every live device speaks at once, then at its own interval, and between whenever its state changes."""

    def __init__(self, community: Community, clock: DayClock) -> None:
        self._rng = seeded(community.seed, "beats")
        self._clock = clock
        self._devices = list(community.tables["device"])
        self._every_s = [float(whole(device, "expected_interval_s")) for device in self._devices]
        fates = [self._rng.random() for _ in self._devices]
        self._never = {i for i, fate in enumerate(fates) if fate < NEVER_SPEAKS}
        self._silent = {i for i, fate in enumerate(fates) if 0 <= fate - NEVER_SPEAKS < FALLS_SILENT}
        self._faulty = {i for i, fate in enumerate(fates) if fate > 1 - FAULTY}
        self._bias = [self._rng.gauss(0, 1) for _ in self._devices]
        self._state = [FIRST_STATE.get(text(device, "kind"), "normal") for device in self._devices]
        self._kitchens = kitchens(community.seed, community.tables)
        self._agenda = Agenda(_courses(community, clock))
        for _, (indexes, state) in self._agenda.due(0.0):
            self._turn(indexes, state)
        self._mute = self._never | self._silent | self._faulty
        self._fresh = set(range(len(self._devices))) - self._never
        self._queue = [(0.0, i) for i in sorted(self._fresh)]

    @property
    def live(self) -> int:
        """How many devices ever speak."""
        return len(self._devices) - len(self._never)

    @property
    def next_change_s(self) -> float:
        """When a door, a motion sensor or a camera next has something new to say."""
        return self._agenda.next_s

    def announce(self, day_s: float) -> None:
        """All that still speak do so now, as gateways do when a server is back."""
        self._fresh = set(range(len(self._devices))) - self._never - self._silent
        self._queue = [(day_s, i) for i in sorted(self._fresh)]

    def due(self, day_s: float, most: int) -> list[Said]:
        """Observations due by now in the order of their times, about `most` of them."""
        said: list[Said] = []
        while len(said) < most:
            beat_s = self._queue[0][0] if self._queue else day_s + 1
            if self._agenda.next_s <= min(beat_s, day_s):
                when, (indexes, state) = self._agenda.take()
                self._turn(indexes, state)
                said += [self._observation(i, when) for i in indexes if i not in self._mute]
            elif beat_s <= day_s:
                said.append(self._beat(day_s))
            else:
                break
        return said

    def _turn(self, indexes: tuple[int, ...], state: str) -> None:
        for index in indexes:
            self._state[index] = state

    def _beat(self, day_s: float) -> Said:
        when, index = heapq.heappop(self._queue)
        said = self._observation(index, when)
        if index not in self._silent:
            first = index in self._fresh
            self._fresh.discard(index)
            # Spread out after the first word; never slower than the interval that is expected.
            wait_s = self._every_s[index] * (self._rng.uniform(0.05, 0.95) if first else 1.0)
            heapq.heappush(self._queue, (max(when + wait_s, day_s - self._every_s[index]), index))
        return said

    def _observation(self, index: int, when: float) -> Said:
        said: Said = {
            "device_id": self._devices[index]["id"],
            "happened_at": self._clock.happened_at(when),
            "state": "fault" if index in self._faulty else self._state[index],
        }
        match self._devices[index]["kind"]:
            case "fume_monitor":
                self._fumes(said, when)
            case "parking":
                free = 18 + 9 * self._bias[index] - 14 * daylight(self._clock.hour(when))
                said |= {"value": float(max(0, round(free + self._rng.gauss(0, 1)))), "unit": "个"}
            case "air":
                dust = 34 + 6 * self._bias[index] + self._rng.gauss(0, 1.5)
                said |= {"value": round(max(4.0, dust), 1), "unit": "µg/m³"}
            case "gas":
                said |= {"value": round(abs(self._rng.gauss(0, 0.4)), 1), "unit": "%LEL"}
        return said

    def _fumes(self, said: Said, when: float) -> None:
        kitchen = self._kitchens[str(said["device_id"])]
        level = kitchen.level(self._clock.day(when), self._clock.hour(when))
        value = round(max(0.02, level * self._rng.gauss(1, 0.03) + self._rng.gauss(0, 0.015)), 2)
        said |= {"value": value, "unit": "mg/m³"}
        if value > kitchen.limit_mg_m3 and said["state"] == "normal":
            said["state"] = "alarm"


def _courses(community: Community, clock: DayClock) -> Iterator[Iterator[tuple[float, Change]]]:
    """Of the homes that are cared for, then of the lanes that are watched."""
    at = {text(device, "id"): i for i, device in enumerate(community.tables["device"])}
    for unit_id, sensors in _homes(community.tables["device"]).items():
        yield _home(f"{community.seed}/home/{unit_id}", clock, sensors)
    for lane, cameras in sorted(lookout.watched(community.tables.get("camera", [])).items()):
        seen_by = tuple(at[camera] for camera in cameras if camera in at)
        yield _lane(seeded(community.seed, f"lane/{lane}"), clock, seen_by)


def _home(seed: str, clock: DayClock, sensors: dict[str, int]) -> Iterator[tuple[float, Change]]:
    for when, (kind, state) in rhythm.course(seed, clock):
        if kind in sensors:
            yield when, ((sensors[kind],), state)


def _lane(rng: Random, clock: DayClock, seen_by: tuple[int, ...]) -> Iterator[tuple[float, Change]]:
    for when, state in lookout.course(rng, clock):
        yield when, (seen_by, state)


def _homes(devices: list[Row]) -> dict[str, dict[str, int]]:
    """Door and motion sensor by their unit."""
    homes: dict[str, dict[str, int]] = {}
    for index, device in enumerate(devices):
        if device["kind"] in FIRST_STATE and device["unit_id"] is not None:
            homes.setdefault(text(device, "unit_id"), {})[text(device, "kind")] = index
    return homes
