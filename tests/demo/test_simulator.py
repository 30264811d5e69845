"""The simulator against a door that answers as it is told: keys, patience, absence, stopping."""

import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest

from twin.demo import Community, simulator
from twin.demo.beats import DeviceBeats
from twin.demo.hours import DayClock
from twin.demo.kinds import KINDS, Happening
from twin.demo.simulator import KEY_REFUSED, run

KEY = "a-key-for-tests"
Reply = tuple[int, dict[str, str]]
PATIENCE_S = 30.0
HANG_UP: Reply = (0, {})


class Words(list[str]):
    """What the simulator said, and a way to wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self._more = threading.Condition()

    def say(self, line: str) -> None:
        with self._more:
            self.append(line)
            self._more.notify_all()

    def wait_for(self, part: str) -> None:
        with self._more:
            assert self._more.wait_for(lambda: any(part in line for line in self), PATIENCE_S), list(self)


class ListeningDoor:
    """Takes batches; `answer` decides the status of each by its number."""

    def __init__(self, answer: Callable[[int], Reply] = lambda _: (200, {})) -> None:
        self.answer = answer
        self.batches: list[tuple[str, str | None, list[dict[str, object]]]] = []
        self.changed = threading.Condition()

    def hear(self, kind: str, key: str | None, items: list[dict[str, object]]) -> Reply:
        with self.changed:
            status, headers = self.answer(len(self.batches))
            self.batches.append((kind, key, items if status == 200 else []))
            self.changed.notify_all()
        return status, headers

    def items(self, kind: str) -> list[dict[str, object]]:
        return [item for name, _, items in self.batches if name == kind for item in items]

    def wait_for(self, enough: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(enough, PATIENCE_S), Counter(name for name, _, _ in self.batches)


@contextmanager
def serving(door: ListeningDoor, port: int = 0) -> Iterator[ThreadingHTTPServer]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            items = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, headers = door.hear(self.path.rsplit("/", 1)[1], self.headers["X-API-Key"], items)
            if status == HANG_UP[0]:
                self.close_connection = True
                return
            told = {"seq": 1, "accepted": len(items), "duplicates": 0, "rejected": []}
            body = json.dumps(told if status == 200 else {"error": "no", "remedy": "wait"}).encode()
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        allow_reuse_address = True

    server = Server(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def simulating(
    address: str, speed: float = 1.0, hour: float | None = None, kinds: Mapping[str, Happening] = KINDS
) -> Iterator[tuple[threading.Thread, Words, list[int]]]:
    stop, said, code = threading.Event(), Words(), list[int]()

    def live() -> None:
        code.append(run(address, KEY, 1, 0.2, speed, stop, said.say, began_hour=hour, kinds=kinds))

    thread = threading.Thread(target=live, daemon=True)
    thread.start()
    try:
        yield thread, said, code
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def address_of(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"


def test_every_live_device_speaks_at_the_start(small: Community) -> None:
    door = ListeningDoor()
    live = DeviceBeats(small, DayClock(datetime.now(UTC))).live
    with serving(door) as server, simulating(address_of(server)) as (_, said, code):
        door.wait_for(lambda: len({item["device_id"] for item in door.items("observations")}) == live)
        door.wait_for(lambda: bool(door.items("positions") and door.items("requests")))
    assert {key for _, key, _ in door.batches} == {KEY}
    assert 0.95 * len(small.tables["device"]) < live < len(small.tables["device"])
    assert code == [0]
    assert len(said) == 2
    assert said[-1].startswith("accepted ")
    assert all(item["crs"] == "local" for item in door.items("positions"))


def test_a_revoked_key_silences_the_demo_and_it_says_so() -> None:
    door = ListeningDoor(lambda n: (200, {}) if n < 3 else (401, {}))
    with serving(door) as server, simulating(address_of(server)) as (thread, said, code):
        thread.join(PATIENCE_S)
        assert code == [KEY_REFUSED]
        assert "key revoked; the demo falls silent" in said[-2]
        count = len(door.batches)
    assert len(door.batches) == count == 4


def test_a_busy_server_gets_the_same_batch_again_and_nothing_else() -> None:
    door = ListeningDoor(lambda n: (503, {"Retry-After": "0.1"}) if n in (1, 2) else (200, {}))
    with serving(door) as server, simulating(address_of(server)) as (_, said, _code):
        door.wait_for(lambda: len(door.batches) > 6)
    kinds = [kind for kind, _, _ in door.batches]
    assert kinds[1] == kinds[2] == kinds[3]
    assert sum("busy" in line for line in said) == 1


def test_an_absent_server_is_told_once_and_its_return_once(small: Community) -> None:
    live = DeviceBeats(small, DayClock(datetime.now(UTC))).live
    first, second = ListeningDoor(), ListeningDoor()
    with serving(first) as server:
        address, port = address_of(server), server.server_address[1]
        with simulating(address) as (_, said, _code):
            first.wait_for(lambda: bool(first.items("positions")))
            server.shutdown()
            server.server_close()
            first.answer = lambda _: HANG_UP
            said.wait_for("server lost")
            with serving(second, port):
                second.wait_for(lambda: len(second.items("observations")) > live * 0.9)
            lines = list(said)
    assert sum("server lost" in line for line in lines) == 1
    assert sum("server back" in line for line in lines) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    door = ListeningDoor()
    with serving(door) as server:
        program = (
            "import threading\nfrom twin.demo.simulator import run\n"
            f"raise SystemExit(run({address_of(server)!r}, {KEY!r}, 1, 0.2, 1.0, threading.Event()))"
        )
        child = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE)
        door.wait_for(lambda: bool(door.items("positions")))
        child.send_signal(number)
        _, words = child.communicate(timeout=PATIENCE_S)
    assert child.returncode == 0
    assert b"Traceback" not in words


def test_the_simulator_imports_neither_store_nor_engine() -> None:
    program = (
        "import sys, twin.demo.simulator\n"
        "print([m for m in sys.modules if m in ('duckdb', 'flask', 'twin.store', 'twin.engine')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("address", ["127.0.0.1:8050", "ftp://127.0.0.1", ""])
def test_what_is_no_address_is_refused_in_words(address: str) -> None:
    said: list[str] = []
    assert run(address, KEY, 1, 0.2, 1.0, threading.Event(), said.append) == 2
    assert "is no address" in said[0]


def test_at_the_true_pace_people_are_told_of_once_a_second_in_one_batch() -> None:
    """Each batch is a commit and each commit redraws the screens."""
    door = ListeningDoor()
    with serving(door) as server, simulating(address_of(server), hour=10.0):
        door.wait_for(lambda: sum(kind == "positions" for kind, _, _ in door.batches) >= 4)
    told = [
        {str(item["happened_at"]) for item in items} for kind, _, items in door.batches if kind == "positions"
    ]
    times = [datetime.fromisoformat(at) for batch in told for at in batch]
    assert all(len(batch) == 1 for batch in told)
    assert all((after - before).total_seconds() > 0.8 for before, after in pairwise(times))


def test_with_verbose_it_tells_on_the_way_what_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulator, "TELL_EVERY_S", 0.2)
    door, said, stop = ListeningDoor(), Words(), threading.Event()

    def live(address: str) -> None:
        run(address, KEY, 1, 0.2, 1.0, stop, said.say, verbose=True)

    with serving(door) as server:
        thread = threading.Thread(target=live, args=(address_of(server),), daemon=True)
        thread.start()
        said.wait_for(" reading")
        stop.set()
        thread.join(PATIENCE_S)
    assert sum(line.startswith("accepted ") for line in said) > 1


def test_what_has_no_door_is_counted_and_not_sent_until_it_gets_one(small: Community) -> None:
    """The day begins when the panels ask; at this speed the hour of answers is over in a second."""
    silent, open_ = ListeningDoor(), ListeningDoor()
    with serving(silent) as server, simulating(address_of(server), 600.0, 9.0) as (_, said, _code):
        silent.wait_for(lambda: len(silent.items("positions")) > 300)
    assert not silent.items("answers")
    assert " answer" in said[-1].partition("for want of a door")[2]
    kinds = {**KINDS, "answer": replace(KINDS["answer"], door="answers")}
    with serving(open_) as server, simulating(address_of(server), 600.0, 9.0, kinds) as (_, said, _code):
        open_.wait_for(lambda: bool(open_.items("answers")))
    assert "answer" not in said[-1].partition("for want of a door")[2]
    assert {item["question"] for item in open_.items("answers")} <= {"morning", "evening"}
