"""What residents ask for, by the hour and by the place, and the steps by which it is taken on and closed."""

import heapq
from bisect import bisect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate, count

from twin.demo.community import Community
from twin.demo.hours import DayClock, daylight
from twin.demo.rounds import Actor, Rounds
from twin.demo.rows import seeded
from twin.demo.spots import Spot, Spots
from twin.demo.tables import table

EVERY_S = 75.0
AT_START = 6
ACCEPT_S, WORK_S = (20.0, 120.0), (180.0, 1_500.0)
ASK_AGAIN_S = 150.0
LEFT_OPEN = 1 / 12
Said = dict[str, object]


@dataclass(slots=True)
class Errand:
    """A ticket on its way, and who is on it."""

    ticket_id: str
    spot: Spot
    actor: Actor | None = None


class Requests:
    """`run` tells the tickets of one run of the simulator from those of another."""

    def __init__(self, community: Community, clock: DayClock, rounds: Rounds, run: str) -> None:
        self._rng = seeded(community.seed, f"requests/{run}")
        self._clock, self._rounds, self._run = clock, rounds, run
        self._spots = Spots(community, self._rng)
        self._wishes = Wishes([w for w in table("requests") if self._spots.has(w["where"])])
        # A small place asks as often as a whole one, so that there is life in it; ten places ask ten times.
        self._every_s = EVERY_S / max(1.0, community.scale)
        self._given = 0
        self._next_s = 0.0
        self._order = count()
        self._steps: list[tuple[float, int, Callable[[float, Errand], Said | None], Errand]] = []

    def due(self, day_s: float) -> tuple[list[Said], list[Said]]:
        """Requests and events due by now, in the order of their times."""
        requests: list[Said] = []
        while self._next_s <= day_s:
            requests.append(self._request(self._next_s))
            busy = 1.0 if self._given < AT_START else self._every_s / pace(self._clock.hour(self._next_s))
            self._next_s += self._rng.expovariate(1 / busy)
        events: list[Said] = []
        while self._steps and self._steps[0][0] <= day_s:
            when, _, step, errand = heapq.heappop(self._steps)
            said = step(when, errand)
            if said is not None:
                events.append(said)
        return requests, events

    def _request(self, when: float) -> Said:
        self._given += 1
        wish = self._wishes.at(self._clock.hour(when), self._rng.random())
        errand = Errand(f"demo-{self._run}-{self._given:05d}", self._spots.one(wish["where"]))
        self._then(when + self._rng.uniform(*ACCEPT_S), self._accept, errand)
        return {
            "ticket_id": errand.ticket_id,
            "happened_at": self._clock.happened_at(when),
            "category": wish["category"],
            "title": wish["zh"],
            **errand.spot.said,
        }

    def _then(self, when: float, step: Callable[[float, Errand], Said | None], errand: Errand) -> None:
        heapq.heappush(self._steps, (when, next(self._order), step, errand))

    def _accept(self, when: float, errand: Errand) -> Said | None:
        """Someone takes it on and sets out; while nobody is free it waits."""
        spot = errand.spot
        found = self._rounds.call(spot.grid_id, spot.x_m, spot.y_m, when)
        if found is None:
            self._then(when + self._rng.uniform(0.6, 1.4) * ASK_AGAIN_S, self._accept, errand)
            return None
        errand.actor, there_s = found
        self._then(there_s, self._handle, errand)
        return self._event(when, errand, "accept")

    def _handle(self, when: float, errand: Errand) -> Said:
        """One in twelve is still open when they leave."""
        done = self._leave if self._rng.random() < LEFT_OPEN else self._close
        self._then(when + self._rng.uniform(*WORK_S), done, errand)
        return self._event(when, errand, "handle")

    def _close(self, when: float, errand: Errand) -> Said:
        self._leave(when, errand)
        return self._event(when, errand, "close")

    def _leave(self, _: float, errand: Errand) -> None:
        if errand.actor is not None:
            self._rounds.free(errand.actor)

    def _event(self, when: float, errand: Errand, transition: str) -> Said:
        return {
            "ticket_id": errand.ticket_id,
            "happened_at": self._clock.happened_at(when),
            "transition": transition,
        }


class Wishes:
    """The rows of requests.csv that fit each hour, each as often as its weight says."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self._fit = [[row for row in rows if fits(row, hour)] for hour in range(24)]
        self._sums = [list(accumulate(float(row["weight"]) for row in fit)) for fit in self._fit]

    def at(self, hour: float, chance: float) -> dict[str, str]:
        fit, sums = self._fit[int(hour) % 24], self._sums[int(hour) % 24]
        return fit[min(bisect(sums, chance * sums[-1]), len(fit) - 1)]


def fits(row: Mapping[str, str], hour: float) -> bool:
    """`from` may be later than `to`: then it goes past midnight."""
    begins, ends = float(row["from"]), float(row["to"])
    return begins <= hour < ends if begins < ends else hour >= begins or hour < ends


def pace(hour: float) -> float:
    """How many times `EVERY_S` says: little in the night, more after work."""
    return 0.12 + 0.95 * daylight(hour) + (0.35 if 18 <= hour < 22 else 0.0)
