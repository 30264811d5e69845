"""Rounds: what waits becomes one commit, a receipt comes only after it, and nothing is written twice."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.engine import Engine, EngineBusy
from twin.model.signals import Batch, Observation, Position


def seen(
    house: Any, device: str = "d0", *, ago_s: float = 0, state: str = "normal", **more: Any
) -> Observation:
    return Observation(device, house.clock() - timedelta(seconds=ago_s), state, **more)


def test_a_receipt_names_the_commit_that_holds_the_rows(house: Any) -> None:
    before = house.store.seq
    receipt = house.send(seen(house, value=1.5, unit="ppm"), seen(house, "d1"))
    assert (receipt.accepted, receipt.duplicates, receipt.rejections) == (2, 0, ())
    assert before < receipt.seq <= house.store.seq
    assert house.rows("SELECT device_id, state, value, unit, feed FROM observation ORDER BY device_id") == [
        {"device_id": "d0", "state": "normal", "value": 1.5, "unit": "ppm", "feed": "test"},
        {"device_id": "d1", "state": "normal", "value": None, "unit": None, "feed": "test"},
    ]
    assert house.one("SELECT count(*) FROM device_now") == 2
    assert house.engine.last_commit_at is not None
    assert house.engine.last_commit_at <= house.store.last_write_at


def test_the_rows_are_there_when_the_receipt_is(house: Any) -> None:
    counts: list[int] = []
    for number in range(10):
        done = house.engine.submit(house.batch(seen(house, f"d{number}")))
        done.add_done_callback(lambda _: counts.append(house.one("SELECT count(*) FROM observation")))
        done.result(10)
    house.engine.stop()
    assert all(count >= number + 1 for number, count in enumerate(counts)) and len(counts) == 10


def test_batches_that_wait_together_share_one_commit(store: Any, clock: Any) -> None:
    engine = Engine(store, clock, interval_s=0.02)
    before = store.seq
    engine.start()
    engine.stop()
    waiting = [Batch("test", clock(), (Observation(f"d{n}", clock(), "normal"),)) for n in range(10)]
    with pytest.raises(EngineBusy):
        engine.submit(waiting[0])
    engine = Engine(store, clock, interval_s=0.5)
    engine.start()
    engine.submit(waiting[0]).result(10)
    receipts = [done.result(10) for done in [engine.submit(batch) for batch in waiting[1:]]]
    assert len({receipt.seq for receipt in receipts}) == 1
    engine.stop()
    assert store.seq - before <= 5


def test_stopping_writes_what_waits(store: Any, clock: Any) -> None:
    engine = Engine(store, clock, interval_s=30)
    engine.start()
    done = [
        engine.submit(Batch("test", clock(), (Observation("d0", clock() - timedelta(seconds=n), "normal"),)))
        for n in range(50)
    ]
    engine.stop()
    assert sum(each.result(0).accepted for each in done) == 50
    assert not engine.alive


def test_more_than_can_wait_is_refused_at_once(store: Any, clock: Any) -> None:
    engine = Engine(store, clock, interval_s=30, queue_items=100)
    engine.start()
    items = tuple(Observation("d0", clock() - timedelta(seconds=n), "normal") for n in range(90))
    first = engine.submit(Batch("a", clock(), items))
    first.result(10)
    waits = engine.submit(Batch("b", clock(), items))
    with pytest.raises(EngineBusy, match="90 items wait") as refused:
        engine.submit(Batch("c", clock(), items))
    assert refused.value.retry_after_s > 0
    assert engine.counters.queued_items == 90
    engine.stop()
    assert waits.result(0).accepted == 90


def test_the_newest_reading_wins_whatever_the_order_of_arrival(house: Any) -> None:
    house.send(seen(house, ago_s=10, state="alarm"), seen(house, ago_s=30), seen(house, ago_s=20))
    assert house.one("SELECT state FROM device_now") == "alarm"
    house.send(seen(house, ago_s=15, state="fault"))
    assert house.one("SELECT state FROM device_now") == "alarm"
    house.send(seen(house, ago_s=10, state="test"))
    assert house.one("SELECT state FROM device_now") == "test"
    assert house.one("SELECT count(*) FROM observation") == 5


def test_a_second_delivery_writes_nothing(house: Any) -> None:
    items = (seen(house, value=1.0), Position("s1", house.clock(), 1.0, 2.0), seen(house, key="mine"))
    first, second = house.send(*items), house.send(*items)
    assert (first.accepted, first.duplicates) == (2, 1) or (first.accepted, first.duplicates) == (3, 0)
    assert (second.accepted, second.duplicates) == (0, 3)


def test_a_key_counts_within_its_feed_and_kind(house: Any) -> None:
    reading, walk = seen(house, key="1"), Position("s1", house.clock(), 0.0, 0.0, key="1")
    assert house.send(reading, walk).accepted == 2
    assert house.send(reading, feed="other").accepted == 1
    assert house.send(seen(house, "d2", key="1")).duplicates == 1


def test_a_rejected_item_is_taken_once_its_reason_is_gone(
    house: Any, new_device: Callable[[str], dict[str, Any]]
) -> None:
    receipt = house.send(seen(house, "d1"), seen(house, "new", key="k"))
    (rejection,) = receipt.rejections
    assert (receipt.accepted, rejection.index, rejection.field) == (1, 1, "device_id")
    assert "'new'" in rejection.reason and "register" in rejection.remedy
    house.store.write(lambda tx: tx.append("device", [new_device("new")]))
    assert house.send(seen(house, "new", key="k")).accepted == 1


@pytest.mark.parametrize(("ahead_s", "accepted"), [(299, 1), (301, 0)])
def test_a_clock_more_than_five_minutes_ahead_is_refused(house: Any, ahead_s: int, accepted: int) -> None:
    receipt = house.send(seen(house, ago_s=-ahead_s))
    assert receipt.accepted == accepted
    if not accepted:
        assert receipt.rejections[0].field == "happened_at" and "clock" in receipt.rejections[0].remedy


def test_a_clock_that_was_never_set_is_refused(house: Any) -> None:
    (rejection,) = house.send(seen(house, ago_s=60 * 365.25 * 86_400 * 0.5)).rejections
    assert rejection.field == "happened_at" and "2000" in rejection.reason


def test_who_no_longer_serves_is_not_followed(house: Any) -> None:
    receipt = house.send(*(Position(who, house.clock(), 1.0, 2.0) for who in ("s1", "s2", "s3")))
    assert receipt.accepted == 1
    assert [(fault.index, fault.field) for fault in receipt.rejections] == [(1, "actor_id"), (2, "actor_id")]
    assert "left on 2026-02-28" in receipt.rejections[0].reason


def test_the_log_and_the_feed_count_what_came(house: Any) -> None:
    house.send(seen(house), seen(house, "x"), title="测试", demo=True, refused={"observation": 3})
    house.send(seen(house), title="测试", demo=True)
    (feed,) = house.rows("SELECT title, demo, accepted, duplicates, rejected FROM feed_now")
    assert feed == {"title": "测试", "demo": True, "accepted": 1, "duplicates": 1, "rejected": 4}
    log = house.rows(
        "SELECT sum(accepted)::INT AS a, sum(duplicates)::INT AS d, sum(rejected)::INT AS r FROM ingest_log"
    )
    assert log == [{"a": 1, "d": 1, "r": 4}]
    counters = house.engine.counters
    assert (counters.accepted, counters.duplicates, counters.rejected) == (1, 1, 4)


def test_an_empty_batch_is_answered_and_writes_nothing(house: Any) -> None:
    before = house.store.seq
    assert house.send().seq == before == house.store.seq


def test_before_there_is_a_community_everything_is_refused_with_the_way_out(
    tmp_path: Any, clock: Any
) -> None:
    from twin.store import Store

    store = Store.open(tmp_path / "empty", clock=clock)
    engine = Engine(store, clock)
    engine.start()
    receipt = engine.submit(Batch("test", clock(), (Observation("d0", clock(), "normal"),))).result(10)
    engine.stop()
    store.close()
    assert "twin init" in receipt.rejections[0].remedy


def test_a_keyframe_is_made_every_hour_and_old_keys_are_forgotten(house: Any) -> None:
    house.send(seen(house, key="old"))
    while house.engine.counters.keyframes < 1:
        house.send(seen(house, "d1"))
    house.clock.at += timedelta(hours=2)
    while house.engine.counters.keyframes < 2:
        house.send(seen(house, "d1"))
    house.engine.stop()
    assert house.one("SELECT count(*) FROM keyframe") == 2
    assert house.one("SELECT count(*) FROM ingest_key WHERE key = 'o:old'") == 0


def test_a_row_from_before_the_keyframe_counts_as_late(house: Any) -> None:
    while house.engine.counters.keyframes < 1:
        house.send(seen(house, "d1"))
    house.send(seen(house, ago_s=3600))
    assert house.one("SELECT sum(late)::INT FROM ingest_log WHERE late = 1") >= 1
    assert house.one("SELECT count(*) FROM observation_late WHERE device_id = 'd0'") == 1


TRIES = count()
readings = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 50), st.sampled_from(("normal", "alarm")), st.integers(0, 2)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batch=readings, times=st.integers(2, 4), part=st.integers(3, 12))
def test_however_a_batch_is_delivered_again_it_is_written_once(
    house: Any, batch: list[tuple[int, int, str, int]], times: int, part: int
) -> None:
    feed = f"try-{next(TRIES)}"
    items = [
        Observation(f"d{number}", house.clock() - timedelta(seconds=ago), state, float(value))
        for number, ago, state, value in batch
    ]
    receipts = [
        house.send(*items[at : at + part], feed=feed)
        for _ in range(times)
        for at in range(0, len(items), part)
    ]
    assert sum(receipt.accepted for receipt in receipts) == len(set(items))
    assert sum(receipt.accepted + receipt.duplicates for receipt in receipts) == times * len(items)
    assert house.one(f"SELECT count(*) FROM observation WHERE feed = '{feed}'") == len(set(items))
