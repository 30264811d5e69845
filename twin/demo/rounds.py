"""Staff on their rounds: who is on duty, where they are, how often their phones say so."""

from dataclasses import dataclass
from datetime import datetime

from shapely.geometry import Polygon

from twin.demo.community import Community
from twin.demo.geometry import inside, shape
from twin.demo.rows import Row, seeded, text
from twin.demo.walks import StreetGraph, Walker, street_graph

ON_DUTY = {"steward": 0.42, "full_time": 0.9, "volunteer": 0.2}
EVERY_S = (2.0, 5.0)
SHIFT_S = (1_800.0, 7_200.0)
BEAT_CROSSINGS = 7


@dataclass(slots=True)
class Actor:
    """A phone: its owner's walk, its next word, the end of the shift."""

    id: str
    walker: Walker
    every_s: float
    next_s: float
    moved_s: float
    on_duty: bool
    shift_ends_s: float


class Rounds:
    """A walk is always at walking pace: `speed` makes phones speak more often, never people faster."""

    def __init__(self, community: Community, speed: float) -> None:
        self._rng = seeded(community.seed, "rounds")
        self._speed = speed
        self.graph = street_graph(community.plan)
        grids = {text(g, "id"): g for g in community.tables["grid"]}
        self.actors = [self._actor(row, grids[text(row, "grid_id")]) for row in community.tables["staff"]]

    def _actor(self, row: Row, grid: Row) -> Actor:
        rng = self._rng
        walker = Walker(rng, self.graph, _beat(self.graph, row, grid), text(row, "travel_mode"))
        every = rng.uniform(*EVERY_S)
        on_duty = rng.random() < ON_DUTY[text(row, "role")]
        first = rng.uniform(0, 3.0)
        return Actor(text(row, "id"), walker, every, first, 0.0, on_duty, rng.uniform(*SHIFT_S))

    def due(self, now_s: float, at: datetime) -> list[dict[str, object]]:
        """Positions due by now; someone whose shift has just ended says so once and is silent after."""
        said = []
        for actor in self.actors:
            changed = now_s >= actor.shift_ends_s
            if changed:
                actor.on_duty = not actor.on_duty
                actor.moved_s = now_s
                actor.shift_ends_s = now_s + self._rng.uniform(*SHIFT_S)
            if not changed and (not actor.on_duty or now_s < actor.next_s):
                continue
            x, y = actor.walker.advance(now_s - actor.moved_s) if actor.on_duty else actor.walker.at
            actor.moved_s = now_s
            actor.next_s = now_s + actor.every_s / self._speed
            said.append(_position(actor, x, y, at))
        return said


def _position(actor: Actor, x_m: float, y_m: float, at: datetime) -> dict[str, object]:
    return {
        "actor_id": actor.id,
        "happened_at": at.isoformat(),
        "x_m": round(x_m, 2),
        "y_m": round(y_m, 2),
        "crs": "local",
        "accuracy_m": 5.0,
        "on_duty": actor.on_duty,
    }


def _beat(graph: StreetGraph, row: Row, grid: Row) -> list[int]:
    """Full-time workers have their general grid, the others the crossings around their micro grid."""
    area = shape(grid)
    if row["role"] == "full_time" and isinstance(area, Polygon):
        return graph.within(area)
    centre = inside(area)
    return graph.near(centre.x, centre.y, BEAT_CROSSINGS)
