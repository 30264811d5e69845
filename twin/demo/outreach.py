"""What happens without a device or a phone that could tell it: visits, answers at the panel, purifiers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import count
from random import Random

from twin.demo.agenda import Agenda
from twin.demo.community import Community
from twin.demo.hours import DayClock
from twin.demo.kitchens import Kitchen, kitchens, purifier_course
from twin.demo.rows import Row, number, seeded, text

Said = dict[str, object]
Done = tuple[str, Said]
VISITING = ((9.0, 11.5), (14.5, 17.5))
RESULTS = {"ok": 86, "not_home": 9, "refused": 2, "issue": 3}
ANSWERS = {"well": 88, "no_answer": 9, "unwell": 3}
MODES = {"in_person": "visit_interval_d", "phone": "contact_interval_d"}


class Outreach:
    def __init__(self, community: Community, clock: DayClock) -> None:
        self._clock = clock
        self._agenda = Agenda(_courses(community, clock))
        for _ in self._agenda.due(0.0):
            pass  # what was over before the start

    def due(self, day_s: float) -> list[tuple[str, Said]]:
        """Kind and content of what has been done by now."""
        return [
            (kind, said | {"happened_at": self._clock.happened_at(when)})
            for when, (kind, said) in self._agenda.due(day_s)
        ]


def _courses(community: Community, clock: DayClock) -> Iterator[Iterator[tuple[float, Done]]]:
    seed, tables = community.seed, community.tables
    calls = _who_calls(tables)
    intervals = {row["level"]: row for row in tables.get("care_level", ())}
    cared_for = [row for row in tables.get("care_profile", ()) if calls.get(text(row, "unit_id"))]
    for mode, column in MODES.items():
        a_day = sum(1 / number(intervals[row["level"]], column) for row in cared_for)
        if a_day:
            yield _visits(seeded(seed, f"visits/{mode}"), clock, mode, a_day, cared_for, calls)
    for device in tables["device"]:
        if device["kind"] == "voice_care_panel":
            yield _answers(seeded(seed, f"answers/{device['id']}"), clock, text(device, "id"))
    for device_id, kitchen in kitchens(seed, tables).items():
        yield _purifier(device_id, kitchen, clock)


def _visits(
    rng: Random,
    clock: DayClock,
    mode: str,
    a_day: float,
    cared_for: list[Row],
    calls: Mapping[str, list[str]],
) -> Iterator[tuple[float, Done]]:
    """As many a day as the colours of care ask for, within the hours at which one calls."""
    for day in count():
        hours = sorted(rng.uniform(*rng.choice(VISITING)) for _ in range(_near(rng, a_day)))
        for hour in hours:
            profile = rng.choice(cared_for)
            steward = rng.choice(calls[text(profile, "unit_id")])
            said: Said = {"care_profile_id": profile["id"], "actor_id": steward, "mode": mode}
            yield clock.at(day, hour), ("visit", said | {"result": _one_of(rng, RESULTS)})


def _who_calls(tables: Mapping[str, list[Row]]) -> Mapping[str, list[str]]:
    """By unit: the stewards of its micro grid."""
    stewards: dict[str, list[str]] = defaultdict(list)
    for row in tables["staff"]:
        if row["role"] == "steward":
            stewards[text(row, "grid_id")].append(text(row, "id"))
    grids = {text(door, "id"): text(door, "micro_grid_id") for door in tables["entrance"]}
    return {text(u, "id"): stewards[grids[text(u, "entrance_id")]] for u in tables["unit"]}


def _answers(rng: Random, clock: DayClock, device_id: str) -> Iterator[tuple[float, Done]]:
    """Each panel asks at its own two times of day."""
    asks = (rng.uniform(8.5, 9.5), rng.uniform(19.0, 20.0))
    for day in count():
        for question, hour in zip(("morning", "evening"), asks, strict=True):
            said: Said = {"device_id": device_id, "question": question, "answer": _one_of(rng, ANSWERS)}
            yield clock.at(day, hour + rng.uniform(0, 0.05)), ("answer", said)


def _purifier(device_id: str, kitchen: Kitchen, clock: DayClock) -> Iterator[tuple[float, Done]]:
    for when, state in purifier_course(kitchen, clock):
        yield when, ("purifier", {"device_id": device_id, "state": state})


def _near(rng: Random, mean: float) -> int:
    """A whole number that is the mean in the long run."""
    return int(mean) + (rng.random() < mean % 1)


def _one_of(rng: Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]
