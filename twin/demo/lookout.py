"""What cameras that watch a fire lane see: now and then somebody parks in it, mostly in the evening."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from random import Random

from twin.demo.hours import HOUR_S, DayClock, bell, daylight
from twin.demo.rows import Row, text

BLOCKED, FREE = "lane_blocked", "normal"
MOST_PER_HOUR = 0.6
MEDIAN_S, LEAST_S, MOST_S = 600.0, 150.0, 3_600.0
BEFORE_S = 2 * MOST_S


def watched(cameras: list[Row]) -> Mapping[str, list[str]]:
    """The cameras' ids by the lane they watch."""
    by_lane: dict[str, list[str]] = defaultdict(list)
    for camera in cameras:
        if camera["lane_id"] is not None:
            by_lane[text(camera, "lane_id")].append(text(camera, "id"))
    return by_lane


def course(rng: Random, clock: DayClock) -> Iterator[tuple[float, str]]:
    """Blocked, then free, then blocked again. Every time that begins, ends within the hour."""
    when = -BEFORE_S
    while True:
        when += rng.expovariate(MOST_PER_HOUR) * HOUR_S
        if rng.random() * MOST_PER_HOUR < per_hour(clock.hour(when)):
            yield when, BLOCKED
            when += min(MOST_S, max(LEAST_S, MEDIAN_S * rng.lognormvariate(0.0, 0.7)))
            yield when, FREE


def per_hour(hour: float) -> float:
    """How often a lane is blocked: deliveries by day, the search for a place at night."""
    return 0.02 + 0.12 * daylight(hour) + 0.42 * bell(hour, 20.0, 1.9)
