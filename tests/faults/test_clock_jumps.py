"""The machine's clock jumps a day and comes back: nothing is lost, the untrue is named, now stays now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.ingest_mqtt.broker import place
from twin.engine import Engine
from twin.model.signals import Batch, Observation, Receipt
from twin.settings import Settings
from twin.store import Store, utc_now
from twin.ui.doctor import visit_closed, visit_served
from twin.ui.doctor.finding import Served

DAY = timedelta(days=1)


@dataclass
class Wrong:
    """The machine's clock: true time and how far it is off."""

    off: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() + self.off


@dataclass
class Jumped:
    """A twin on a clock that the test sets wrong, and devices whose own clocks are right or go with it."""

    store: Store
    engine: Engine
    clock: Wrong
    home: Path

    def send(self, value: float, happened_at: datetime) -> Receipt:
        reading = Observation("d1", happened_at, "normal", value)
        return self.engine.submit(Batch("f", self.clock(), (reading,))).result(10)

    def now(self) -> float:
        return float(self.store.read("SELECT value FROM device_now")["value"][0].as_py())

    def all(self) -> list[float]:
        found: list[float] = self.store.read("SELECT value FROM observation ORDER BY value")[
            "value"
        ].to_pylist()
        return found


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[Jumped]:
    clock = Wrong()
    store = Store.open(tmp_path / "home", clock=clock)
    store.write(place)
    engine = Engine(store, clock, interval_s=0.0)
    engine.start()
    yield Jumped(store, engine, clock, tmp_path / "home")
    engine.stop()
    store.close()


def test_a_day_ahead_and_back_loses_nothing_of_devices_that_know_the_time(twin: Jumped) -> None:
    for value, off in ((1.0, timedelta(0)), (2.0, DAY), (3.0, timedelta(0))):
        twin.clock.off = off
        receipt = twin.send(value, utc_now())
        assert (receipt.accepted, receipt.rejections) == (1, ())
    assert twin.all() == [1.0, 2.0, 3.0]
    assert twin.now() == 3.0
    known = twin.store.read("SELECT epoch_us(known_at) AS us FROM observation ORDER BY rowid")[
        "us"
    ].to_pylist()
    assert known == sorted(known)


def test_a_day_behind_refuses_aloud_and_takes_the_same_readings_when_it_is_mended(twin: Jumped) -> None:
    assert twin.send(1.0, utc_now()).accepted == 1
    twin.clock.off = -DAY
    happened_at = utc_now()
    receipt = twin.send(2.0, happened_at)
    assert receipt.accepted == 0
    assert "in the future" in receipt.rejections[0].reason
    twin.clock.off = timedelta(0)
    assert twin.send(2.0, happened_at).accepted == 1
    assert (twin.now(), twin.all()) == (2.0, [1.0, 2.0])


def test_readings_of_a_day_that_has_not_come_are_named_and_laid_aside_by_the_doctor(
    twin: Jumped, tmp_path: Path
) -> None:
    """Devices that took the wrong clock over: their readings would hide what is true until tomorrow."""
    twin.send(1.0, twin.clock())
    twin.clock.off = DAY
    twin.send(2.0, twin.clock())
    twin.clock.off = timedelta(0)
    twin.send(3.0, twin.clock())
    assert twin.now() == 2.0
    settings = Settings(home=twin.home, key_file=tmp_path / "key", port=8398)
    well = Served(0.0, True, 0, 0, {})
    told = visit_served(twin.store, settings, well, {})
    assert "1 devices" in told["text"] and told["exit"] == 1
    mended = visit_served(twin.store, settings, well, {"repair": True})
    states = {one["id"]: one["state"] for one in mended["data"]["checks"]}
    assert states["ahead"] == "whole"
    assert (twin.now(), twin.all()) == (3.0, [1.0, 2.0, 3.0])


def test_a_closed_twin_whose_clock_was_set_back_is_told(twin: Jumped, tmp_path: Path) -> None:
    twin.clock.off = DAY
    twin.send(1.0, utc_now())
    twin.engine.stop()
    twin.store.close()
    told = visit_closed(Settings(home=twin.home, key_file=tmp_path / "key", port=8398), {})
    assert told["exit"] == 1
    assert "before the last write" in told["text"]
    twin.store = Store.open(twin.home)
    assert twin.all() == [1.0]
    assert datetime.now(UTC) < (twin.store.last_write_at or datetime.now(UTC))
