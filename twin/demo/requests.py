"""What residents ask for, and the steps by which it is taken on and closed."""

import heapq
from collections.abc import Mapping
from datetime import datetime

from twin.demo.beats import daytime
from twin.demo.community import Community
from twin.demo.rows import number, seeded, text
from twin.demo.tables import table

EVERY_S = 75.0
AT_START = 6
ACCEPT_S, HANDLE_S, CLOSE_S = (20.0, 120.0), (30.0, 240.0), (180.0, 1_500.0)
Said = dict[str, object]


class Requests:
    """`run` tells the tickets of one run of the simulator from those of another."""

    def __init__(self, community: Community, speed: float, run: str) -> None:
        self._rng = seeded(community.seed, f"requests/{run}")
        self._speed = speed
        self._run = run
        self._given = 0
        self._units = [
            u for u in community.tables["unit"] if u["use"] == "dwelling" and u["state"] != "vacant"
        ]
        self._doors = [e for e in community.tables["entrance"] if text(e, "name").endswith("单元")]
        self._streets = [s for s in community.plan.streets if s.rank != "ring"]
        self._boundary = community.plan.boundary
        self._next_s = 0.0
        self._steps: list[tuple[float, int, str, str]] = []

    def due(self, now_s: float, at: datetime) -> tuple[list[Said], list[Said]]:
        """Requests and events due by now."""
        requests: list[Said] = []
        while self._next_s <= now_s:
            requests.append(self._request(now_s, at))
            busy = 1.0 if self._given < AT_START else EVERY_S / (0.25 + daytime(at))
            self._next_s += self._rng.expovariate(1 / busy) / self._speed
        events: list[Said] = []
        while self._steps and self._steps[0][0] <= now_s:
            _, _, ticket_id, transition = heapq.heappop(self._steps)
            events.append({"ticket_id": ticket_id, "happened_at": at.isoformat(), "transition": transition})
        return requests, events

    def _request(self, now_s: float, at: datetime) -> Said:
        self._given += 1
        wish = self._rng.choice(table("requests"))
        ticket_id = f"demo-{self._run}-{self._given:05d}"
        self._plan(ticket_id, now_s)
        said: Said = {
            "ticket_id": ticket_id,
            "happened_at": at.isoformat(),
            "category": wish["category"],
            "title": wish["zh"],
        }
        return said | self._place(wish)

    def _plan(self, ticket_id: str, now_s: float) -> None:
        """The steps to come; one in twelve is still open when its time is long over."""
        when = now_s
        for transition, (least, most) in (("accept", ACCEPT_S), ("handle", HANDLE_S), ("close", CLOSE_S)):
            when += self._rng.uniform(least, most) / self._speed
            if transition == "close" and self._rng.random() < 1 / 12:
                return
            heapq.heappush(self._steps, (when, self._given, ticket_id, transition))

    def _place(self, wish: Mapping[str, str]) -> Said:
        match wish["where"]:
            case "unit":
                unit = self._rng.choice(self._units)
                return {
                    "building_id": unit["building_id"],
                    "storey_ordinal": unit["storey_ordinal"],
                    "unit_id": unit["id"],
                }
            case "entrance":
                door = self._rng.choice(self._doors)
                return {
                    "building_id": door["building_id"],
                    "storey_ordinal": 0,
                    "x_m": round(number(door, "x_m"), 2),
                    "y_m": round(number(door, "y_m"), 2),
                    "crs": "local",
                }
            case _:
                return self._on_street()

    def _on_street(self) -> Said:
        for _ in range(20):
            at = self._rng.choice(self._streets).line.interpolate(self._rng.random(), normalized=True)
            if self._boundary.contains(at):
                break
        return {"x_m": round(at.x, 2), "y_m": round(at.y, 2), "crs": "local"}
