"""Staff on their rounds: who is on duty, where they are, how often phones say so, who goes when called."""

import heapq
from dataclasses import dataclass

from shapely.geometry import Polygon

from twin.demo.community import Community
from twin.demo.geometry import inside, shape
from twin.demo.hours import HOUR_S, DayClock
from twin.demo.rows import Row, seeded, text
from twin.demo.walks import Walker, graph_of

ON_DUTY = {"steward": 0.42, "full_time": 0.9, "volunteer": 0.2}
# Shares of the above by the hour at which they begin.
BY_HOUR = {
    "steward": ((0, 0.2), (7, 0.8), (8, 1.1), (12, 0.6), (14, 1.0), (18, 1.2), (21, 0.7), (23, 0.2)),
    "full_time": ((0, 0.25), (8, 1.0), (18, 0.6), (21, 0.4), (23, 0.25)),
    "volunteer": ((0, 0.1), (7, 1.0), (9, 1.5), (12, 0.6), (15, 1.3), (18, 1.4), (21, 0.5), (22, 0.1)),
}
EVERY_S = (2.0, 5.0)
SHIFT_S = (0.4 * HOUR_S, 1.6 * HOUR_S)
BEAT_CROSSINGS = 7
Said = dict[str, object]


@dataclass(slots=True)
class Actor:
    """A phone: its owner's walk, how often it speaks, the end of the shift. Times are true seconds."""

    id: str
    role: str
    grid_id: str
    walker: Walker
    every_s: float
    moved_s: float
    on_duty: bool
    shift_ends_s: float
    busy: bool = False


class Rounds:
    """A walk is always at walking pace: a faster day makes phones speak more often, never people faster."""

    def __init__(self, community: Community, clock: DayClock) -> None:
        self._rng = seeded(community.seed, "rounds")
        self._clock = clock
        self._graphs = {mode: graph_of(community.tables, community.plan, mode) for mode in ("foot", "ebike")}
        self._grids = {text(grid, "id"): grid for grid in community.tables["grid"]}
        self._beats: dict[tuple[str, str, str], list[int]] = {}
        self.actors = [self._actor(row) for row in community.tables["staff"]]
        self._at_work: dict[str, list[Actor]] = {}
        for actor in self.actors:
            self._at_work.setdefault(actor.grid_id, []).append(actor)
        self._children: dict[str, list[str]] = {}
        for grid in community.tables["grid"]:
            if grid["parent_id"] is not None:
                self._children.setdefault(text(grid, "parent_id"), []).append(text(grid, "id"))
        self._queue = [
            (self._rng.uniform(0, 1.0) if actor.on_duty else actor.shift_ends_s, i)
            for i, actor in enumerate(self.actors)
        ]
        heapq.heapify(self._queue)
        self._signed: list[Said] = []

    def due(self, now_s: float) -> list[Said]:
        """Positions due by now; someone whose shift has just ended says so once and is silent after."""
        said: list[Said] = []
        at = self._clock.happened_at(self._clock.day_s(now_s))
        while self._queue and self._queue[0][0] <= now_s:
            _, index = heapq.heappop(self._queue)
            actor = self.actors[index]
            turned = now_s >= actor.shift_ends_s and not actor.busy and self._turn(actor, now_s, at)
            if actor.on_duty or turned:
                x, y = self._moved(actor, now_s)
                said.append(_position(actor, x, y, at))
            next_s = now_s + actor.every_s / self._clock.speed if actor.on_duty else actor.shift_ends_s
            heapq.heappush(self._queue, (next_s, index))
        return said

    def signed(self) -> list[Said]:
        """Who has come on duty or gone off it since this was last asked."""
        signed, self._signed = self._signed, []
        return signed

    def call(self, grid_id: str, x_m: float, y_m: float, day_s: float) -> tuple[Actor, float] | None:
        """
        Someone on duty who is free goes to the place; who, and when they are there by the day's clock. While
        the day runs no faster than true time they are seen to walk; else only the time of the walk is kept.
        """
        actor = self._free(grid_id)
        if actor is None:
            return None
        actor.busy = True
        if self._clock.speed > 1:
            return actor, day_s + actor.walker.reach_s(x_m, y_m)
        self._moved(actor, self._clock.true_s(day_s))
        return actor, day_s + actor.walker.send(x_m, y_m) * self._clock.speed

    def free(self, actor: Actor) -> None:
        actor.busy = False
        actor.walker.free()

    def _free(self, grid_id: str) -> Actor | None:
        """A steward of the micro grid, a full-timer of the general grid, then a neighbouring steward."""
        parent = self._grids[grid_id]["parent_id"]
        general = grid_id if parent is None else str(parent)
        near = [grid for grid in self._children.get(general, ()) if grid != grid_id]
        for grid in (grid_id, general, *near):
            for actor in self._at_work.get(grid, ()):
                if actor.on_duty and not actor.busy and actor.role != "volunteer":
                    return actor
        return None

    def _moved(self, actor: Actor, now_s: float) -> tuple[float, float]:
        spent_s, actor.moved_s = max(0.0, now_s - actor.moved_s), max(now_s, actor.moved_s)
        return actor.walker.advance(spent_s) if actor.on_duty else actor.walker.at

    def _turn(self, actor: Actor, now_s: float, at: str) -> bool:
        """The next shift or the next rest, as the hour has it; whether that changed anything."""
        hour = self._clock.hour(self._clock.day_s(now_s))
        wanted = self._rng.random() < share(actor.role, hour)
        actor.shift_ends_s = now_s + self._clock.true_s(self._rng.uniform(*SHIFT_S))
        if wanted == actor.on_duty:
            return False
        if wanted:
            actor.moved_s = now_s
        else:
            self._moved(actor, now_s)
        actor.on_duty = wanted
        self._signed.append({"actor_id": actor.id, "on_duty": wanted, "happened_at": at})
        return True

    def _actor(self, row: Row) -> Actor:
        rng, role, mode = self._rng, text(row, "role"), text(row, "travel_mode")
        walker = Walker(rng, self._graphs[mode], self._beat(row, mode), mode)
        every = rng.uniform(*EVERY_S)
        on_duty = rng.random() < share(role, self._clock.hour(0.0))
        ends_s = self._clock.true_s(rng.uniform(0.0, SHIFT_S[1]))
        return Actor(text(row, "id"), role, text(row, "grid_id"), walker, every, 0.0, on_duty, ends_s)

    def _beat(self, row: Row, mode: str) -> list[int]:
        """Full-time workers have their general grid, the others the crossings around their micro grid."""
        wide = "wide" if row["role"] == "full_time" else "near"
        known = (text(row, "grid_id"), mode, wide)
        if known not in self._beats:
            area = shape(self._grids[known[0]])
            if wide == "wide" and isinstance(area, Polygon):
                self._beats[known] = self._graphs[mode].within(area)
            else:
                centre = inside(area)
                self._beats[known] = self._graphs[mode].near(centre.x, centre.y, BEAT_CROSSINGS)
        return self._beats[known]


def share(role: str, hour: float) -> float:
    """How likely one of this role is on duty at this hour."""
    by_hour = [part for begins, part in BY_HOUR[role] if begins <= hour]
    return ON_DUTY[role] * by_hour[-1]


def _position(actor: Actor, x_m: float, y_m: float, at: str) -> Said:
    return {
        "actor_id": actor.id,
        "happened_at": at,
        "x_m": round(x_m, 2),
        "y_m": round(y_m, 2),
        "crs": "local",
        "accuracy_m": 5.0,
        "on_duty": actor.on_duty,
    }
