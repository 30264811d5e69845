"""A day in the life of the demo, sent through the public door by one who knows an address and a key."""

import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from twin.demo.beats import DeviceBeats
from twin.demo.community import Community, generate
from twin.demo.door import Answer, Away, Door, Item, KeyRefused
from twin.demo.requests import Requests
from twin.demo.rounds import Rounds

TICK_S = 0.25
MOST_AT_ONCE = 1_000
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 8.0
KEY_REFUSED = 3
Say = Callable[[str], None]


def say_on_stderr(words: str) -> None:
    sys.stderr.write(f"simulator: {words}\n")
    sys.stderr.flush()


def run(
    address: str,
    key: str,
    seed: int,
    scale: float,
    speed: float,
    stop: threading.Event,
    say: Say = say_on_stderr,
) -> int:
    """Live until stopped (0) or until the key is refused (3). `speed` hastens what happens, not who walks."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
    try:
        community = generate(seed, scale)
        door = Door(address, key)
    except ValueError as fault:
        say(str(fault))
        return 2
    with door:
        life = Life(community, speed, door, stop, say)
        say(f"{life.beats.live} devices and {len(life.rounds.actors)} people report to {address}")
        return life.live()


@dataclass(slots=True)
class Outbox:
    """Requests and their steps wait here until they are taken; all else is only worth sending now."""

    waiting: deque[tuple[str, list[Item]]] = field(default_factory=deque)

    def put(self, kind: str, items: list[Item]) -> None:
        if items:
            self.waiting.append((kind, items))


class Life:
    def __init__(
        self, community: Community, speed: float, door: Door, stop: threading.Event, say: Say
    ) -> None:
        self.beats = DeviceBeats(community, speed)
        self.rounds = Rounds(community, speed)
        self._requests = Requests(community, speed, f"{int(time.time()):x}")
        self._door, self._stop, self._say = door, stop, say
        self._outbox = Outbox()
        self._told: set[str] = set()
        self._lost_at: float | None = None
        self._wait_s = FIRST_WAIT_S

    def live(self) -> int:
        began = time.monotonic()
        while not self._stop.is_set():
            now_s, at = time.monotonic() - began, datetime.now(UTC)
            try:
                self._tick(now_s, at)
            except KeyRefused as fault:
                self._say(f"key revoked; the demo falls silent ({fault})")
                return KEY_REFUSED
            except Away as fault:
                self._lost(now_s, str(fault))
                continue
            self._stop.wait(max(0.0, TICK_S - (time.monotonic() - began - now_s)))
        return 0

    def _tick(self, now_s: float, at: datetime) -> None:
        """First what must not be lost, then where people are, then what devices say."""
        requests, events = self._requests.due(now_s, at)
        self._outbox.put("requests", list(requests))
        self._outbox.put("events", list(events))
        while self._outbox.waiting and not self._stop.is_set():
            kind, items = self._outbox.waiting[0]
            self._send(kind, items, now_s)
            self._outbox.waiting.popleft()
        positions = self.rounds.due(now_s, at)
        if positions:
            self._send("positions", positions, now_s)
        while not self._stop.is_set():
            observations = self.beats.due(now_s, at, MOST_AT_ONCE)
            if not observations:
                return
            self._send("observations", observations, now_s)

    def _send(self, kind: str, items: list[Item] | list[dict[str, object]], now_s: float) -> None:
        """Until it is taken, refused for good, or we are stopped."""
        wait_s = 0.0
        while not self._stop.is_set():
            answer = self._door.post(kind, items)
            self._back(now_s)
            if not answer.wait_s:
                self._tell(kind, answer)
                return
            if not wait_s:
                self._once(f"the server is busy ({answer.refusal}); waiting as it asks")
            wait_s = min(max(answer.wait_s, wait_s * 2), LONGEST_WAIT_S * 4)
            self._stop.wait(wait_s)

    def _lost(self, now_s: float, why: str) -> None:
        if self._lost_at is None:
            self._lost_at = now_s
            self._say(f"server lost ({why}); trying again quietly")
        self._stop.wait(self._wait_s)
        self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)

    def _back(self, now_s: float) -> None:
        """After an absence every device speaks again, so that nobody looks at old values."""
        if self._lost_at is None:
            return
        self._say(f"server back after {now_s - self._lost_at:.0f} s")
        self._lost_at, self._wait_s = None, FIRST_WAIT_S
        self.beats.announce(now_s)

    def _tell(self, kind: str, answer: Answer) -> None:
        if answer.refusal:
            self._once(f"{kind} refused: {answer.refusal}")
        for one in answer.rejected:
            self._once(
                f"{kind}: {one.get('field')}: {one.get('reason')}; {one.get('remedy')}", str(one.get("field"))
            )

    def _once(self, words: str, mark: str = "") -> None:
        """The same complaint is made once, not four times a second."""
        if (mark or words) not in self._told:
            self._told.add(mark or words)
            self._say(words)
