"""A whole day in fast time, without sleeping: homes, kitchens, lanes, requests, and who walks to them."""

import math
from collections import Counter, defaultdict
from copy import deepcopy
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.demo import Community, generate, lookout, rhythm
from twin.demo.agenda import Agenda
from twin.demo.beats import DeviceBeats
from twin.demo.hours import DAY_S, DayClock, hour_of, hour_said
from twin.demo.kinds import KINDS, Tally, day_table
from twin.demo.kitchens import Kitchen, kitchens
from twin.demo.neighbours import move_tables
from twin.demo.outreach import Outreach
from twin.demo.requests import Requests, Wishes, fits
from twin.demo.rounds import Rounds
from twin.demo.spots import Spots
from twin.demo.tables import table
from twin.demo.walks import PACE_M_PER_S

MIDNIGHT = datetime(2026, 3, 1, 16, tzinfo=UTC)
TRUE = DayClock(MIDNIGHT)
Said = dict[str, object]
small_days = settings(max_examples=60, deadline=None)


def hour_told(said: Said) -> float:
    return hour_of(datetime.fromisoformat(str(said["happened_at"])))


@pytest.fixture(scope="module")
def told(small: Community) -> tuple[Said, ...]:
    """All that the devices of a small place say from midnight to midnight."""
    beats = DeviceBeats(small, TRUE)
    return tuple(said for minute in range(1, 1441) for said in beats.due(minute * 60 - 1, 10**9))


def by_hour(told: tuple[Said, ...], state: str) -> Counter[int]:
    return Counter(int(hour_told(said)) for said in told if said["state"] == state)


def test_doors_open_by_day_and_hardly_by_night(told: tuple[Said, ...]) -> None:
    opened = by_hour(told, "open")
    assert sum(opened[hour] for hour in (9, 10)) > sum(opened[hour] for hour in (11, 12, 13))
    assert sum(opened[hour] for hour in range(6, 21)) > 60
    assert sum(opened[hour] for hour in (23, 0, 1, 2, 3, 4)) == 0


def test_nothing_stirs_at_night_or_at_the_nap_as_much_as_at_noon(told: tuple[Said, ...]) -> None:
    stirs = by_hour(told, "motion")
    assert stirs[11] > 5 * max(stirs[2], stirs[3], 1)
    assert stirs[11] > 3 * stirs[13]
    assert stirs[18] > stirs[22]


def test_a_sensor_says_each_change_once_and_its_heartbeat_repeats_it(
    told: tuple[Said, ...], small: Community
) -> None:
    last = dict[object, tuple[str, str]]()
    for said in told:
        before = last.get(said["device_id"])
        assert before is None or before[0] <= str(said["happened_at"])
        last[said["device_id"]] = (str(said["happened_at"]), str(said["state"]))
    kinds = {device["id"]: device["kind"] for device in small.tables["device"]}
    states = defaultdict[object, set[object]](set)
    for said in told:
        states[kinds[said["device_id"]]].add(said["state"])
    assert states["door_contact"] <= {"open", "closed", "fault"}
    assert states["pir"] <= {"motion", "no_motion", "fault"}
    assert all(
        state in ("closed", "fault") for device, (_, state) in last.items() if kinds[device] == "door_contact"
    )


@given(seed=st.integers(), day=st.integers(0, 400))
@small_days
def test_every_door_that_opens_is_shut_and_every_motion_ends(seed: int, day: int) -> None:
    mine = rhythm.habits(Random(seed))
    moves = rhythm.a_day(mine, Random(f"{seed}/{day}"))
    assert moves == sorted(moves)
    assert all(0 < hour < 24 for hour, _ in moves)
    for sensor, on, off in (("door_contact", "open", "closed"), ("pir", "motion", "no_motion")):
        states = [state for _, (kind, state) in moves if kind == sensor]
        assert states == [on, off] * (len(states) // 2)


@given(seed=st.integers(), hour=st.floats(0, 23.99))
@small_days
def test_a_blocked_lane_is_always_free_again_within_the_hour(seed: int, hour: float) -> None:
    course = lookout.course(Random(seed), DayClock(MIDNIGHT, began_hour=hour))
    for _ in range(30):
        (blocked_s, blocked), (free_s, free) = next(course), next(course)
        assert (blocked, free) == (lookout.BLOCKED, lookout.FREE)
        assert lookout.LEAST_S <= free_s - blocked_s <= lookout.MOST_S


def test_lanes_are_blocked_more_in_the_evening() -> None:
    begun = Counter[int]()
    for seed in range(40):
        for when, state in lookout.course(Random(seed), TRUE):
            if when > 20 * DAY_S:
                break
            if state == lookout.BLOCKED:
                begun[int(TRUE.hour(when))] += 1
    evening, morning = sum(begun[h] for h in (18, 19, 20, 21)), sum(begun[h] for h in (8, 9, 10, 11))
    assert evening > 2 * morning > 0
    assert morning > sum(begun[h] for h in (1, 2, 3, 4))


def test_a_camera_on_a_lane_tells_at_once_and_again_until_it_is_free(small: Community) -> None:
    cameras = [device for device in small.tables["device"] if device["kind"] == "camera"][:3]
    rows = [{"id": cameras[0]["id"], "lane_id": "l1"}, {"id": cameras[1]["id"], "lane_id": "l1"}]
    rows.append({"id": cameras[2]["id"], "lane_id": None})
    place = Community(
        small.seed, small.scale, small.plan, {**small.tables, "camera": rows, "device": cameras}
    )
    beats = DeviceBeats(place, TRUE)
    beats._mute, beats._never, beats._silent, beats._faulty = set(), set(), set(), set()
    beats.announce(0.0)
    states = defaultdict[object, list[object]](list)
    for minute in range(3 * 1440):
        for said in beats.due(minute * 60.0, 10**9):
            states[said["device_id"]].append(said["state"])
    changes = [sum(a != b for a, b in pairwise(s)) for s in states.values()]
    assert changes[0] == changes[1] > 4
    assert changes[2] == 0
    assert Counter(states[cameras[0]["id"]])["lane_blocked"] > changes[0]


def test_kitchens_fume_at_their_meals(told: tuple[Said, ...]) -> None:
    fumes = defaultdict[int, list[float]](list)
    for said in told:
        if str(said["device_id"]).startswith("fume"):
            fumes[int(hour_told(said))].append(float(str(said["value"])))
    mean = {hour: math.fsum(levels) / len(levels) for hour, levels in fumes.items()}
    assert mean[12] > 3 * mean[15]
    assert mean[18] > 3 * mean[3]


@pytest.mark.parametrize(
    ("name", "busy", "idle"),
    [("巷口烧烤", 22.0, 12.0), ("晨光包子", 7.4, 18.6), ("一碗面馆", 7.4, 22.4), ("老灶火锅", 18.6, 7.4)],
)
def test_each_restaurant_cooks_by_its_kind(small: Community, name: str, busy: float, idle: float) -> None:
    kitchen = kitchen_called(small, name, limit=2.0)
    assert kitchen.load(busy) > 3 * kitchen.load(idle)


@given(limit=st.sampled_from((1.0, 1.5, 2.0)), day=st.integers(0, 3_000))
@small_days
def test_a_kitchen_is_above_its_own_limit_only_while_its_purifier_fails(limit: float, day: int) -> None:
    kitchen = Kitchen("seed", limit, {"lunch": 1.0, "dinner": 1.0, "late": 1.0}, 10, 22, 0.7 * limit, 0.4)
    over = [h / 60 for h in range(24 * 60) if kitchen.level(day, h / 60) > limit]
    failing = [(e.begins_h, e.ends_h) for e in kitchen.failures(day)]
    assert all(any(begin <= hour <= end for begin, end in failing) for hour in over)
    assert all(0.1 < end - begin < 0.8 for begin, end in failing)


def test_limits_come_from_the_restaurants_own_row(small: Community) -> None:
    assert kitchen_called(small, "一碗面馆", limit=1.0).limit_mg_m3 == 1.0


def kitchen_called(small: Community, name: str, limit: float) -> Kitchen:
    monitor = next(d for d in small.tables["device"] if d["kind"] == "fume_monitor")
    row: Said = {"device_id": monitor["id"], "name": name, "fume_limit_mg_m3": limit}
    return kitchens(1, {**small.tables, "device": [monitor], "restaurant": [row]})[str(monitor["id"])]


class Asked:
    """The requests and steps of a day."""

    def __init__(self, place: Community, clock: DayClock, hours: float = 29) -> None:
        self.rounds = Rounds(place, clock)
        requests = Requests(place, clock, self.rounds, "test")
        self.requests: list[Said] = []
        self.steps = defaultdict[object, list[Said]](list)
        for second in range(0, int(hours * 3600), 30):
            self.rounds.due(clock.true_s(second))
            opened, events = requests.due(second)
            self.requests += opened
            for event in events:
                self.steps[event["ticket_id"]].append(event)


@pytest.fixture(scope="module")
def asked(small: Community) -> Asked:
    return Asked(small, TRUE)


def test_every_closed_ticket_was_accepted_and_handled(asked: Asked) -> None:
    order = ["accept", "handle", "close"]
    done = [[step["transition"] for step in steps] for steps in asked.steps.values()]
    assert all(steps == order[: len(steps)] for steps in done)
    assert sum(steps == order for steps in done) > 0.8 * len(asked.requests)
    assert any(steps == order[:2] for steps in done)


def test_a_walk_lies_between_accepting_and_handling(asked: Asked) -> None:
    walks = []
    for steps in asked.steps.values():
        if len(steps) > 1:
            accepted, handled = (datetime.fromisoformat(str(step["happened_at"])) for step in steps[:2])
            walks.append((handled - accepted).total_seconds())
    fastest = PACE_M_PER_S["ebike"][1]
    assert sum(walks) / len(walks) > 50 / fastest
    assert sum(walk > 30 for walk in walks) > len(walks) / 2


def test_residents_ask_by_day_more_than_by_night_and_not_from_vacant_homes(
    asked: Asked, small: Community
) -> None:
    hours = Counter(int(hour_told(said)) for said in asked.requests[10:])
    assert sum(hours[h] for h in range(9, 15)) > 2 * sum(hours[h] for h in range(6))
    vacant = {u["id"] for u in small.tables["unit"] if u["state"] == "vacant"}
    assert not {said.get("unit_id") for said in asked.requests} & vacant
    assert all(("x_m" in said) == ("crs" in said) for said in asked.requests)


def test_a_leak_from_above_is_told_by_a_home_that_has_one_above(asked: Asked, small: Community) -> None:
    units = {u["id"]: u for u in small.tables["unit"]}
    above = {(u["entrance_id"], u["storey_ordinal"], u["position"]) for u in units.values()}
    leaks = [said for said in asked.requests if "楼上漏水" in str(said["title"])]
    assert leaks
    for said in leaks:
        unit = units[said["unit_id"]]
        assert (unit["entrance_id"], int(str(unit["storey_ordinal"])) + 1, unit["position"]) in above


def test_a_lane_that_a_camera_watches_is_told_of_by_the_camera(small: Community) -> None:
    spots = Spots(small, Random(2))
    watched = {row["lane_id"] for row in small.tables["camera"]} - {None}
    lanes = {(round(r["x_m"], 2), round(r["y_m"], 2)): r["id"] for r in small.tables["lane"]}
    told = set[object]()
    for _ in range(300):
        said = spots.one("lane").said
        told.add(lanes[said["x_m"], said["y_m"]])
    assert len(told) > 5
    assert not told & watched


def test_every_place_that_requests_name_is_known(whole: Community) -> None:
    spots = Spots(whole, Random(3))
    grids = {grid["id"] for grid in whole.tables["grid"] if grid["tier"] == 3}
    for where in {row["where"] for row in table("requests")}:
        assert spots.has(where)
        for _ in range(20):
            assert spots.one(where).grid_id in grids


def test_each_request_fits_its_hour() -> None:
    rows = [dict(row) for row in table("requests")]
    wishes = Wishes(rows)
    rng = Random(4)
    for _ in range(2_000):
        hour = rng.uniform(0, 24)
        assert fits(wishes.at(hour, rng.random()), hour)
    dance = next(row for row in rows if "广场舞" in row["zh"])
    assert fits(dance, 20) and not fits(dance, 3)
    lamp = next(row for row in rows if row["zh"] == "路灯不亮")
    assert fits(lamp, 2) and not fits(lamp, 12)


def test_who_is_called_arrives_when_it_was_said(small: Community) -> None:
    """At the true pace the one who accepts is seen to walk there, and stays until freed."""
    rounds = Rounds(small, DayClock(MIDNIGHT, began_hour=10.0))
    door = next(e for e in small.tables["entrance"] if str(e["name"]).endswith("单元"))
    x, y = float(str(door["x_m"])), float(str(door["y_m"]))
    rounds.due(30.0)
    found = rounds.call(str(door["micro_grid_id"]), x, y, 31.0)
    assert found is not None
    actor, there_s = found
    for second in range(32, int(there_s) + 1):
        rounds.due(float(second))
    rounds._moved(actor, there_s + 0.01)
    arrived = actor.walker.at
    near = rounds._graphs[actor.walker.mode].nodes
    assert math.dist(arrived, min(near, key=lambda node: math.dist(node, (x, y)))) < 0.1
    rounds.due(there_s + 500)
    assert actor.walker.at == arrived
    rounds.free(actor)
    rounds.due(there_s + 900)
    assert actor.walker.at != arrived


def test_more_are_on_duty_by_day(whole: Community) -> None:
    def on_duty(hour: float) -> int:
        return sum(a.on_duty for a in Rounds(whole, DayClock(MIDNIGHT, began_hour=hour)).actors)

    assert on_duty(10) > 2 * on_duty(2) > 0


def test_a_faster_day_keeps_its_hours_and_tells_the_true_time() -> None:
    clock = DayClock(MIDNIGHT, speed=60.0, began_hour=11.5)
    assert clock.hour(clock.day_s(30.0)) == pytest.approx(12.0)
    assert clock.day(13 * 3600) == 1
    assert clock.happened_at(clock.day_s(30.0)) == "2026-03-01T16:00:30+00:00"
    assert clock.happened_at(-5.0) == MIDNIGHT.isoformat()


@given(speed=st.sampled_from((0.5, 1.0, 7.0, 60.0, 600.0)), true_s=st.floats(0, 5_000))
@small_days
def test_nothing_lies_in_the_future_at_any_speed(speed: float, true_s: float) -> None:
    clock = DayClock(MIDNIGHT, speed)
    told = datetime.fromisoformat(clock.happened_at(clock.day_s(true_s)))
    assert (told - MIDNIGHT).total_seconds() <= true_s + 1e-5


def test_courses_are_told_in_the_order_of_their_times() -> None:
    def course(step: float) -> "list[tuple[float, str]]":
        return [(step * n, f"{step}") for n in range(50)]

    agenda = Agenda([iter(course(0.7)), iter(course(1.1)), iter(course(0.2))])
    times = [when for when, _ in agenda.due(30.0)]
    assert times == sorted(times)
    assert len(times) == 43 + 28 + 50
    assert agenda.next_s > 30.0


def test_the_day_has_visits_answers_and_purifiers_that_wait_for_a_door(small: Community) -> None:
    done = Counter(kind for kind, _ in Outreach(small, TRUE).due(DAY_S))
    assert set(done) == {"visit", "answer", "purifier"}
    panels = sum(device["kind"] == "voice_care_panel" for device in small.tables["device"])
    assert done["answer"] == 2 * panels
    assert all(KINDS[kind].door is None for kind in done)


def test_the_own_steward_calls_at_a_care_home(small: Community) -> None:
    doors = {e["id"]: e["micro_grid_id"] for e in small.tables["entrance"]}
    homes = {u["id"]: doors[u["entrance_id"]] for u in small.tables["unit"]}
    cared_for = {row["id"]: homes[row["unit_id"]] for row in small.tables["care_profile"]}
    grids = {row["id"]: row["grid_id"] for row in small.tables["staff"]}
    visits = [said for kind, said in Outreach(small, TRUE).due(3 * DAY_S) if kind == "visit"]
    assert visits
    assert all(cared_for[said["care_profile_id"]] == grids[said["actor_id"]] for said in visits)


def test_places_side_by_side_live_each_for_itself(small: Community) -> None:
    """Both places live, and whoever is called across the town never leaves the own place for it."""
    other = generate(5, 0.2)
    tables = deepcopy(dict(other.tables))
    move_tables(tables, 2)
    both = {name: [*rows, *tables[name]] for name, rows in small.tables.items()}
    place = Community(small.seed, 2.0, small.plan, both)
    assert DeviceBeats(place, TRUE).live > 1.9 * DeviceBeats(small, TRUE).live
    asked = Asked(place, DayClock(MIDNIGHT, began_hour=8.0), hours=3)
    for name, column in (("building", "building_id"), ("unit", "unit_id")):
        known = {row["id"]: row["community12"] for row in both[name]}
        seen = {known[said[column]] for said in asked.requests if column in said}
        assert len(seen) == 2
    assert len(asked.requests) > 120
    east = [actor for actor in asked.rounds.actors if actor.id.startswith("c2-")]
    assert all(actor.walker.at[0] > 1_000 for actor in east)
    assert all(actor.walker.at[0] < 600 for actor in asked.rounds.actors if actor not in east)


def test_the_tally_tells_what_was_not_sent() -> None:
    tally = Tally()
    assert tally.words() == "accepted nothing"
    tally.accepted["reading"] += 1_200
    tally.kept["visit"] += 3
    assert tally.words() == "accepted 1,200 reading; made but not sent, for want of a door, 3 visit"


@pytest.mark.parametrize("words", ["9", "24:00", "8:60", "noon", "-1:00", ":"])
def test_what_is_no_hour_is_refused_in_words(words: str) -> None:
    with pytest.raises(ValueError, match="write it as 11:30"):
        hour_said(words)
    assert hour_said("07:30") == 7.5


def test_the_page_has_the_kinds_in_force() -> None:
    assert day_table() in (Path(__file__).parents[2] / "docs" / "life.md").read_text("utf-8")
