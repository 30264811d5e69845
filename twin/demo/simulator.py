"""A day in the life of the demo, sent through the public door by one who knows an address and a key."""

import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from twin.demo.beats import DeviceBeats
from twin.demo.community import Community, generate
from twin.demo.door import Answer, Away, Door, Item, KeyRefused
from twin.demo.hours import DayClock
from twin.demo.kinds import KINDS, Happening, Tally
from twin.demo.outreach import Outreach
from twin.demo.requests import Requests
from twin.demo.rounds import Rounds

TICK_S = 0.25
# At the true pace people's and devices' words go out once a second, heartbeats alone every other one:
# each batch is a commit, and every commit redraws the screens.
CALM_S, HEARTBEATS_S = 1.0, 2.0
MOST_AT_ONCE = 4_000
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 8.0
TELL_EVERY_S = 60.0
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
    *,
    began_hour: float | None = None,
    verbose: bool = False,
    kinds: Mapping[str, Happening] = KINDS,
) -> int:
    """Live until stopped (0) or until the key is refused (3). `speed` hastens what happens, not who walks."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
    try:
        door = Door(address, key)
        if scale > 1:
            say(f"making {scale:g} communities; that takes a moment")
        community = generate(seed, scale)
    except ValueError as fault:
        say(str(fault))
        return 2
    with door:
        clock = DayClock(datetime.now(UTC), speed, began_hour)
        life = Life(
            community, clock, Post(door, stop, say, kinds), stop, say, TELL_EVERY_S if verbose else 0.0
        )
        say(f"{life.beats.live} devices and {len(life.rounds.actors)} people report to {address}")
        return life.live()


@dataclass(slots=True)
class Outbox:
    """Requests and their steps wait here until they are taken; all else is only worth sending now."""

    waiting: deque[tuple[str, list[Item]]] = field(default_factory=deque)

    def put(self, kind: str, items: list[Item]) -> None:
        if items:
            self.waiting.append((kind, items))


class Post:
    """Takes what happened to the door of its kind, patiently, and counts what became of it."""

    def __init__(self, door: Door, stop: threading.Event, say: Say, kinds: Mapping[str, Happening]) -> None:
        self.tally = Tally()
        self.answered: Callable[[], None] = lambda: None
        self._door, self._stop, self._say, self._kinds = door, stop, say, kinds
        self._told: set[str] = set()

    def send(self, kind: str, items: list[Item]) -> None:
        """Until it is taken, refused for good, or we are stopped. What has no door is only counted."""
        door = self._kinds[kind].door
        if door is None:
            self.tally.kept[kind] += len(items)
            return
        wait_s = 0.0
        while not self._stop.is_set():
            answer = self._door.post(door, items)
            self.answered()
            if not answer.wait_s:
                self._count(kind, items, answer)
                return
            if not wait_s:
                self._once(f"the server is busy ({answer.refusal}); waiting as it asks")
            wait_s = min(max(answer.wait_s, wait_s * 2), LONGEST_WAIT_S * 4)
            self._stop.wait(wait_s)

    def _count(self, kind: str, items: list[Item], answer: Answer) -> None:
        self.tally.accepted[kind] += answer.accepted
        self.tally.refused[kind] += len(items) if answer.refusal else len(answer.rejected)
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


class Life:
    def __init__(
        self,
        community: Community,
        clock: DayClock,
        post: Post,
        stop: threading.Event,
        say: Say,
        tell_every_s: float = 0.0,
    ) -> None:
        self.beats = DeviceBeats(community, clock)
        self.rounds = Rounds(community, clock)
        self._requests = Requests(community, clock, self.rounds, f"{int(clock.began_at.timestamp()):x}")
        self._outreach = Outreach(community, clock)
        self._clock, self._post, self._stop, self._say = clock, post, stop, say
        self._outbox = Outbox()
        self._every_s = CALM_S if clock.speed <= 1 else TICK_S
        self._speaks_s = self._beats_s = 0.0
        self._tell_every_s = self._tells_s = tell_every_s
        self._now_s = 0.0
        self._lost_at: float | None = None
        self._wait_s = FIRST_WAIT_S
        post.answered = self._back

    def live(self) -> int:
        code = 0
        while not self._stop.is_set():
            began = time.monotonic()
            # By the true clock and not by a count of seconds: it stays true when the machine has slept.
            now_s = self._now_s = (datetime.now(UTC) - self._clock.began_at).total_seconds()
            try:
                self._tick(now_s)
            except KeyRefused as fault:
                code = KEY_REFUSED
                self._say(f"key revoked; the demo falls silent ({fault})")
                break
            except Away as fault:
                self._lost(now_s, str(fault))
                continue
            self._stop.wait(max(0.0, TICK_S - (time.monotonic() - began)))
        self._say(self._post.tally.words())
        return code

    def _tick(self, now_s: float) -> None:
        """First what must not be lost, then where people are, then what devices say."""
        day_s = self._clock.day_s(now_s)
        requests, events = self._requests.due(day_s)
        self._outbox.put("request", list(requests))
        self._outbox.put("step", list(events))
        for kind, said in self._outreach.due(day_s):
            self._outbox.put(kind, [said])
        while self._outbox.waiting and not self._stop.is_set():
            self._post.send(*self._outbox.waiting[0])
            self._outbox.waiting.popleft()
        if now_s >= self._speaks_s:
            self._speaks_s = now_s + self._every_s - TICK_S / 2
            self._speak(now_s, day_s)
        if self._tell_every_s and now_s >= self._tells_s:
            self._tells_s = now_s + self._tell_every_s
            self._say(self._post.tally.words())

    def _speak(self, now_s: float, day_s: float) -> None:
        positions = self.rounds.due(now_s)
        self._outbox.put("duty", list(self.rounds.signed()))
        if positions:
            self._post.send("position", list(positions))
        if self._clock.speed <= 1 and now_s < self._beats_s and self.beats.next_change_s > day_s:
            return
        self._beats_s = now_s + HEARTBEATS_S - TICK_S / 2
        while not self._stop.is_set():
            observations = self.beats.due(day_s, MOST_AT_ONCE)
            if not observations:
                return
            self._post.send("reading", list(observations))

    def _lost(self, now_s: float, why: str) -> None:
        if self._lost_at is None:
            self._lost_at = now_s
            self._say(f"server lost ({why}); trying again quietly")
        self._stop.wait(self._wait_s)
        self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)

    def _back(self) -> None:
        """After an absence every device speaks again, so that nobody looks at old values."""
        if self._lost_at is None:
            return
        self._say(f"server back after {self._now_s - self._lost_at:.0f} s")
        self._lost_at, self._wait_s = None, FIRST_WAIT_S
        self.beats.announce(self._clock.day_s(self._now_s))
