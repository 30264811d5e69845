"""How a day goes in a home that is cared for: its door and its motion sensor from waking to sleep."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Literal

from twin.demo.hours import DayClock

Sensor = Literal["door_contact", "pir"]
Move = tuple[Sensor, str]
Span = tuple[float, float]
SECOND, MINUTE = 1 / 3600, 1 / 60
# Who never goes out alone, who goes on most days: shares of the homes.
STAYS_IN, GOES_SELDOM = 0.14, 0.30


@dataclass(frozen=True, slots=True)
class Habits:
    """Hours of the day, and how likely each way out of the house is."""

    wakes: float
    sleeps: float
    naps: Span
    market: float
    afternoon: float
    evening: float
    callers: float
    restless: float


def habits(rng: Random) -> Habits:
    kind = rng.random()
    goes = 0.0 if kind < STAYS_IN else (0.35 if kind < STAYS_IN + GOES_SELDOM else 1.0)
    nap = rng.uniform(12.7, 13.3)
    return Habits(
        wakes=min(8.2, max(5.2, rng.gauss(6.6, 0.6))),
        sleeps=min(23.4, max(20.4, rng.gauss(21.7, 0.6))),
        naps=(nap, nap + rng.uniform(0.7, 1.6)),
        market=0.85 * goes,
        afternoon=0.5 * goes,
        evening=0.4 * goes,
        callers=rng.uniform(0.4, 1.4),
        restless=rng.uniform(0.15, 0.7),
    )


def course(seed: str, clock: DayClock) -> Iterator[tuple[float, Move]]:
    """Every change of the home's two sensors, from the midnight before the start."""
    mine = habits(Random(f"{seed}/habits"))  # noqa: S311 - repeatable on purpose
    for day in count():
        rng = Random(f"{seed}/{day}")  # noqa: S311 - likewise
        for hour, move in a_day(mine, rng):
            yield clock.at(day, hour), move


def a_day(mine: Habits, rng: Random) -> list[tuple[float, Move]]:
    """In order of the hour. The door is shut and nothing moves at both ends of the day."""
    wakes = mine.wakes + rng.gauss(0, 0.2)
    sleeps = min(23.7, max(20.0, mine.sleeps + rng.gauss(0, 0.25)))
    naps = (mine.naps[0] + rng.gauss(0, 0.1), mine.naps[1] + rng.gauss(0, 0.1))
    away = list(_outings(mine, rng, wakes, sleeps, naps))
    callers = list(_callers(mine, rng, wakes, away, naps))
    spans = list(_stirs(rng, wakes, sleeps, (*away, naps)))
    for leaves, comes_back in away:
        spans += [(leaves - 2 * MINUTE, leaves), (comes_back, comes_back + 3 * MINUTE)]
    spans += [(hour - 0.5 * MINUTE, hour + 2 * MINUTE) for hour in callers]
    if rng.random() < mine.restless:
        begins = rng.uniform(0.8, 4.2)
        spans.append((begins, begins + rng.uniform(2, 5) * MINUTE))
    doors = sorted([*callers, *(hour for span in away for hour in span)])
    return sorted([*_openings(rng, doors), *_motion(spans)])


def _outings(mine: Habits, rng: Random, wakes: float, sleeps: float, naps: Span) -> Iterator[Span]:
    """Away from home: to the market, to the park or the tea house, around the block after supper."""
    if rng.random() < mine.market:
        leaves = rng.uniform(max(9.0, wakes + 0.8), 10.1)
        yield leaves, leaves + rng.uniform(0.4, 0.9)
    if rng.random() < mine.afternoon:
        leaves = max(naps[1] + 0.15, rng.uniform(15.0, 16.3))
        yield leaves, leaves + rng.uniform(0.5, 1.4)
    if rng.random() < mine.evening:
        leaves = rng.uniform(19.0, 19.4)
        yield leaves, max(leaves + 0.1, min(sleeps - 0.3, leaves + rng.uniform(0.3, 0.8)))


def _callers(mine: Habits, rng: Random, wakes: float, away: list[Span], naps: Span) -> Iterator[float]:
    """Neighbours, a parcel, a child after work, the rubbish."""
    for hour in (rng.uniform(wakes + 0.3, 12.3), rng.uniform(16.5, 18.8), rng.uniform(18.0, 19.9)):
        if rng.random() < mine.callers / 2 and not _in(hour, (*away, naps), margin=0.1):
            yield hour


def _openings(rng: Random, doors: list[float]) -> Iterator[tuple[float, Move]]:
    """Open for some seconds; now and then left ajar for some minutes while one chats."""
    shut = 0.0
    for hour in doors:
        opens = max(hour, shut + 5 * SECOND)
        shut = opens + (rng.uniform(2, 7) * MINUTE if rng.random() < 0.06 else rng.uniform(5, 30) * SECOND)
        yield opens, ("door_contact", "open")
        yield shut, ("door_contact", "closed")


def _stirs(rng: Random, wakes: float, sleeps: float, still: tuple[Span, ...]) -> Iterator[Span]:
    """Moving about the home while awake and in, more so around meals."""
    hour = wakes
    while hour < sleeps:
        ends = min(hour + rng.uniform(1.0, 6.0) * MINUTE, sleeps)
        if not _in(hour, still) and not _in(ends, still):
            yield hour, ends
        busy = any(abs(ends - meal) < 0.5 for meal in (7.2, 11.8, 18.0))
        hour = ends + rng.uniform(2.0, 8.0 if busy else 22.0) * MINUTE


def _motion(spans: list[Span]) -> Iterator[tuple[float, Move]]:
    """Spans that touch are one: the sensor says each change once."""
    ends_before = -1.0
    begins_first = 0.0
    for begins, ends in [*sorted(spans), (99.0, 99.0)]:
        if begins <= ends_before:
            ends_before = max(ends_before, ends)
            continue
        if ends_before > 0:
            yield begins_first, ("pir", "motion")
            yield ends_before, ("pir", "no_motion")
        begins_first, ends_before = begins, ends


def _in(hour: float, spans: tuple[Span, ...], margin: float = 0.0) -> bool:
    return any(begin - margin <= hour <= end + margin for begin, end in spans)
