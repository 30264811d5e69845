"""The simulator and the real door, engine and store: what it sends is taken, and becomes the picture."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from twin.demo import Community
from twin.demo.beats import DeviceBeats
from twin.demo.hours import DayClock
from twin.demo.load import write
from twin.demo.rows import LAT0, LON0
from twin.demo.simulator import KEY_REFUSED, run
from twin.engine import Engine
from twin.ingest.http import blueprint
from twin.model.coordinates import LocalFrame
from twin.security import ApiKeys
from twin.settings import Settings
from twin.store import Committed, Store
from twin.store.vault import Vault

PATIENCE_S = 40.0


class Served:
    """A served demo and a way to wait for what is committed."""

    def __init__(self, home: Path, key_file: Path, community: Community) -> None:
        self.store = Store.open(home)
        write(self.store, community, Vault(home, key_file))
        self.keys = ApiKeys(home)
        self.engine = Engine(self.store, lambda: datetime.now(UTC))
        app = Flask("door")
        app.register_blueprint(blueprint(self.engine, self.keys, LocalFrame(LON0, LAT0), Settings(home=home)))
        self.server: BaseWSGIServer = make_server("127.0.0.1", 0, app, threaded=True)
        self._thread = threading.Thread(target=self.server.serve_forever)
        self._changed = threading.Condition()
        self.store.subscribe(self._committed)

    def __enter__(self) -> "Served":
        self.engine.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()
        self.engine.stop()
        self.store.close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def _committed(self, _: Committed) -> None:
        with self._changed:
            self._changed.notify_all()

    def count(self, sql: str) -> int:
        found = self.store.read(f"SELECT count(*) AS n FROM {sql}").to_pylist()[0]["n"]
        assert isinstance(found, int)
        return found

    def wait_for(self, sql: str, least: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.count(sql) >= least, PATIENCE_S), self.count(sql)


@pytest.fixture
def served(tmp_path: Path, small: Community) -> Iterator[Served]:
    with Served(tmp_path / "run", tmp_path / "key", small) as standing:
        yield standing


def test_all_it_sends_is_taken_and_a_revoked_key_ends_it(served: Served, small: Community) -> None:
    key = served.keys.create("demo", "模拟数据源", True)
    said, code = list[str](), list[int]()
    stop = threading.Event()

    def live() -> None:
        code.append(run(served.address, key, 1, 0.2, 300.0, stop, said.append, began_hour=9.0))

    life = threading.Thread(target=live, daemon=True)
    life.start()
    try:
        served.wait_for("device_now", DeviceBeats(small, DayClock(datetime.now(UTC))).live)
        served.wait_for("position_now", 20)
        served.wait_for("ticket_now", 8)
        served.wait_for("ticket_now WHERE state = 'handling'", 1)
        served.wait_for("ticket_now WHERE state = 'closed'", 1)
        served.keys.revoke("demo")
        life.join(PATIENCE_S)
        assert code == [KEY_REFUSED]
    finally:
        stop.set()
        life.join(PATIENCE_S)
    assert len(said) == 3, said
    assert "key revoked; the demo falls silent" in said[-2]
    assert "refused" not in said[-1]
    assert served.count("feed_now WHERE rejected > 0") == 0
