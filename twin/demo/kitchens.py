"""Meals that make fumes: each restaurant cooks by its kind; some are above their own limit for a while."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from random import Random

from twin.demo.hours import MINUTE_H, DayClock, bell
from twin.demo.rows import Row, number, text
from twin.demo.tables import table

DEFAULT_LIMIT_MG_M3 = 2.0
MEALS = {"breakfast": (7.4, 0.8), "lunch": (12.1, 0.8), "dinner": (18.6, 1.1), "late": (22.4, 1.1)}
"""Hour and width in hours."""
IDLE_MG_M3 = 0.05
BUSY = 0.3


@dataclass(frozen=True, slots=True)
class Excess:
    """From when to when the purifier fails, and how far above the limit that leads at its worst."""

    begins_h: float
    ends_h: float
    times: float


@dataclass(slots=True)
class Kitchen:
    seed: str
    limit_mg_m3: float
    meals: Mapping[str, float]
    opens_h: float
    closes_h: float
    peak_mg_m3: float
    careless: float
    _days: dict[int, tuple[Excess, ...]] = field(default_factory=dict)

    def level(self, day: int, hour: float) -> float:
        """mg/m³, without the noise of the instrument."""
        load = self.load(hour)
        level = IDLE_MG_M3 + self.peak_mg_m3 * load
        for excess in self.excesses(day):
            if excess.begins_h <= hour <= excess.ends_h:
                level = max(level, self.limit_mg_m3 * excess.times)
        return level

    def load(self, hour: float) -> float:
        """0 to about 1: how many of its stoves burn."""
        return sum(strength * bell(hour, *MEALS[meal]) for meal, strength in self.meals.items())

    def excesses(self, day: int) -> tuple[Excess, ...]:
        """Of one day; the day before is forgotten."""
        if day not in self._days:
            self._days = {day: tuple(self.failures(day))}
        return self._days[day]

    def failures(self, day: int) -> Iterator[Excess]:
        """Of any day, the same each time."""
        rng = Random(f"{self.seed}/{day}")  # noqa: S311 - repeatable on purpose
        for meal, strength in self.meals.items():
            share, lasts = rng.random(), rng.uniform(12, 45) * MINUTE_H
            begins, times = MEALS[meal][0] + rng.uniform(-0.5, 0.3), rng.uniform(1.1, 1.9)
            if strength >= BUSY and share < self.careless:
                yield Excess(begins, min(begins + lasts, 23.98), times)


def kitchens(seed: int, tables: Mapping[str, list[Row]]) -> dict[str, Kitchen]:
    """By the id of the fume monitor. A monitor without a restaurant's row has its name in its label."""
    rows = {text(r, "device_id"): r for r in tables.get("restaurant", ()) if r["device_id"] is not None}
    monitors = [d for d in tables["device"] if d["kind"] == "fume_monitor"]
    return {
        text(monitor, "id"): _kitchen(
            f"{seed}/kitchen/{monitor['id']}", monitor, rows.get(text(monitor, "id"))
        )
        for monitor in monitors
    }


def _kitchen(seed: str, monitor: Row, row: Row | None) -> Kitchen:
    rng = Random(seed)  # noqa: S311 - repeatable on purpose
    limit = DEFAULT_LIMIT_MG_M3 if row is None else number(row, "fume_limit_mg_m3")
    profile = _profile(text(monitor, "label") if row is None else text(row, "name"))
    return Kitchen(
        seed,
        limit,
        {meal: float(profile[meal]) for meal in MEALS if float(profile[meal]) > 0},
        float(profile["opens"]),
        float(profile["closes"]),
        peak_mg_m3=limit * rng.uniform(0.25, 0.7),
        careless=rng.choice((0.02, 0.04, 0.1, 0.2, 0.45)),
    )


def _profile(name: str) -> Mapping[str, str]:
    """The first kind one of whose words is in the name; the last kind has none and fits all."""
    for profile in table("kitchens"):
        words = profile["names"].split()
        if not words or any(word in name for word in words):
            return profile
    raise AssertionError("the last row of kitchens.csv names no words")


def purifier_course(kitchen: Kitchen, clock: DayClock) -> Iterator[tuple[float, str]]:
    """When its fan and purifier go on and off, and when the purifier fails and works again."""
    for day in count():
        turns = [(kitchen.opens_h, "on"), (kitchen.closes_h, "off")]
        for excess in kitchen.failures(day):
            turns += [(excess.begins_h, "failed"), (excess.ends_h, "on")]
        for hour, state in sorted(turns):
            yield clock.at(day, hour), state
