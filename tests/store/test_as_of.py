"""As of T: what had happened at T, as known now, whatever was copied, late or out of order."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.model.clearance import DESK, WALL
from twin.store import Store

DEVICES = "SELECT device_id, state, value, freshness FROM device_at($at, $clearance)"
LIVE_AND_AS_OF = (
    "ground_at", "compound_at", "building_at", "grid_at", "device_at", "device_count_at",
    "home_device_grid_at", "ticket_at", "staff_position_at", "facility_at", "storey_at",
    "unit_at", "entrance_at", "feed_at", "ingest_density_at",
    "side_reading_at", "device_register", "reject_at",
)  # fmt: skip

# A step: forward in time; then nothing, a keyframe, or a reading that is this many minutes old (or ahead).
steps = st.lists(
    st.tuples(
        st.integers(1, 20),
        st.one_of(st.none(), st.just("keyframe"), st.tuples(st.sampled_from("ab"), st.integers(-4, 90))),
    ),
    min_size=1,
    max_size=14,
)


def state_at(store: Store, at: Any) -> dict[str, float]:
    rows = store.read("SELECT device_id, value FROM device_state($at)", {"at": at}).to_pylist()
    return {row["device_id"]: row["value"] for row in rows}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.lists(st.integers(0, 200), min_size=1, max_size=4))
def test_as_of_equals_reading_every_event_again(village: Any, found: list[Any], asked: list[int]) -> None:
    store, clock = village.store, village.clock
    for table in ("observation", "observation_late", "device_now", "device_keyframe", "keyframe"):
        store.write(lambda tx, table=table: tx.execute(f"DELETE FROM {table}"))
    start = clock.now
    events: list[tuple[Any, int, str]] = []
    for number, (minutes, what) in enumerate(found):
        clock.forward(minutes=minutes)
        if what == "keyframe":
            store.keyframe()
        elif what is not None:
            device, age = what
            events.append((clock.now - timedelta(minutes=age), number, device))
            village.observe(device, events[-1][0], value=float(number))
    for minute in asked:
        at = start + timedelta(minutes=minute)
        expected: dict[str, float] = {}
        for happened_at, number, device in sorted(events):
            if happened_at <= at:
                expected[device] = float(number)
        assert state_at(store, at) == expected


def test_live_and_as_of_answer_in_the_same_columns(village: Any) -> None:
    for relation in LIVE_AND_AS_OF:
        sql = f"SELECT * FROM {relation}($at, $clearance)"
        for clearance in (WALL, DESK):
            live = village.store.relation(sql, None, clearance)
            past = village.store.relation(sql, village.clock.now, clearance)
            assert live.schema == past.schema, relation
            assert "community12" not in live.schema.names


def test_now_is_an_instant_too(village: Any) -> None:
    clock = village.clock
    village.observe("street-air", clock.now, value=7.0)
    village.stand("steward-canary", 12.0, 34.0)
    village.report("t1", building_id="b1", storey_ordinal=2, unit_id="u302", x_m=1.0, y_m=2.0)
    clock.forward(seconds=30)
    village.move_ticket("t1", "accept", "handling")
    for relation in ("device_at", "ticket_at", "staff_position_at", "device_count_at", "home_device_grid_at"):
        for clearance in (WALL, DESK):
            sql = f"SELECT * FROM {relation}($at, $clearance) ORDER BY ALL"
            live = village.store.relation(sql, None, clearance).to_pylist()
            assert village.store.relation(sql, clock.now, clearance).to_pylist() == live, relation


def test_a_ticket_keeps_its_place_through_later_events_and_keyframes(village: Any) -> None:
    clock, store = village.clock, village.store
    village.report("t1", building_id="b1", storey_ordinal=2, unit_id="u302", x_m=1.0, y_m=2.0)
    reported_at = clock.now
    clock.forward(minutes=30)
    store.keyframe()
    clock.forward(minutes=30)
    village.move_ticket("t1", "accept", "handling")
    clock.forward(minutes=30)
    village.move_ticket("t1", "close", "closed")
    sql = "SELECT state, unit_id, title, reported_at = $reported AS kept FROM ticket_at($at, $clearance)"
    told = {
        minute: store.relation(
            sql, reported_at + timedelta(minutes=minute), DESK, {"reported": reported_at}
        ).to_pylist()
        for minute in (-1, 0, 29, 59, 61, 91)
    }
    row = {"unit_id": "u302", "title": "楼道灯不亮", "kept": True}
    assert told == {
        -1: [],
        0: [row | {"state": "reported"}],
        29: [row | {"state": "reported"}],
        59: [row | {"state": "reported"}],
        61: [row | {"state": "handling"}],
        91: [row | {"state": "closed"}],
    }


def test_a_late_reading_corrects_the_past_and_not_the_present(village: Any) -> None:
    clock, store = village.clock, village.store
    village.observe("street-air", clock.now, value=1.0)
    begun = clock.now
    clock.forward(hours=2)
    store.keyframe()
    clock.forward(seconds=1)
    village.observe("street-air", clock.now, value=3.0)
    clock.forward(minutes=1)
    village.observe("street-air", begun + timedelta(minutes=30), value=2.0)
    assert state_at(store, None) == {"street-air": 3.0}
    assert state_at(store, begun + timedelta(minutes=29)) == {"street-air": 1.0}
    assert state_at(store, begun + timedelta(minutes=31)) == {"street-air": 2.0}
    assert state_at(store, clock.now + timedelta(hours=1)) == {"street-air": 3.0}
    assert store.read("FROM observation_late").num_rows == 1


def test_the_newest_keyframe_is_remembered_over_a_restart(village: Any) -> None:
    clock, store = village.clock, village.store
    village.observe("street-air", clock.now, value=1.0)
    clock.forward(hours=1)
    store.keyframe()
    store.close()
    village.store = Store.open(store.home, clock=clock)
    clock.forward(hours=1)
    village.observe("street-air", clock.now - timedelta(minutes=90), value=2.0)
    assert state_at(village.store, clock.now) == {"street-air": 2.0}
    village.store.close()


def test_a_keyframe_rings_no_bell_for_a_table(village: Any) -> None:
    heard: list[Any] = []
    village.store.subscribe(heard.append)
    village.store.keyframe()
    assert [told.tables for told in heard] == [frozenset()]


def test_silence_is_no_data_live_and_in_replay(village: Any) -> None:
    clock, store = village.clock, village.store
    for device in ("home-smoke", "street-air"):
        village.observe(device, clock.now, value=1.0)
    spoken = clock.now

    def told(seconds: int, *, live: bool) -> dict[str, tuple[str, float | None]]:
        clock.now = spoken + timedelta(seconds=seconds)
        rows = store.relation(DEVICES, None if live else clock.now, DESK).to_pylist()
        return {
            row["device_id"]: (row["freshness"], row["value"])
            for row in rows
            if row["device_id"] != "home-pir"
        }

    for live in (True, False):
        assert told(60, live=live) == {"home-smoke": ("online", 1.0), "street-air": ("online", 1.0)}
        assert told(100, live=live) == {"home-smoke": ("stale", 1.0), "street-air": ("stale", 1.0)}
        assert told(130, live=live) == {"home-smoke": ("offline", None), "street-air": ("stale", 1.0)}
        assert told(190, live=live) == {"home-smoke": ("offline", None), "street-air": ("offline", None)}


def test_later_rows_do_not_change_the_silence_of_a_gap(village: Any) -> None:
    clock, store = village.clock, village.store
    village.observe("street-air", clock.now, value=1.0)
    gap = clock.now + timedelta(minutes=10)
    clock.forward(minutes=20)
    sql = "SELECT * FROM device_at($at, $clearance) ORDER BY device_id"
    before = store.relation(sql, gap, DESK).to_pylist()
    village.observe("street-air", clock.now, value=2.0)
    assert store.relation(sql, gap, DESK).to_pylist() == before
    assert [row["value"] for row in before] == [None, None, None]


def test_feeds_and_density_follow_the_log(village: Any) -> None:
    clock, store = village.clock, village.store
    feed = {"community12": "510115006001", "feed": "door", "title": "门", "demo": True}
    counts = {"accepted": 5, "duplicates": 1, "rejected": 2}
    logged = {"community12": "510115006001", "feed": "door", "kind": "observations", "late": 0}

    def work(tx: Any) -> None:
        tx.upsert("feed_now", [feed | counts | {"last_received_at": tx.known_at}])
        tx.append("ingest_log", [logged | counts])

    store.write(work)
    clock.forward(minutes=16)
    store.write(lambda tx: tx.append("ingest_log", [logged | counts | {"accepted": 10}]))
    feeds = "SELECT feed, accepted, rejected FROM feed_at($at, $clearance)"
    assert store.relation(feeds, None, WALL).to_pylist() == [{"feed": "door", "accepted": 5, "rejected": 2}]
    assert store.relation(feeds, clock.now, WALL).to_pylist() == [
        {"feed": "door", "accepted": 15, "rejected": 4}
    ]
    density = "SELECT kind, accepted FROM ingest_density_at($at, $clearance) ORDER BY bucket_at"
    assert store.relation(density, None, WALL)["accepted"].to_pylist() == [5, 10]
    clock.forward(hours=25)
    assert store.relation(density, None, WALL).num_rows == 0
