"""Tickets inside one transaction: requests open them, events move them along the table of steps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from twin.engine.known import Known
from twin.engine.rows import instant
from twin.model.signals import Batch, Event, Fault, Request
from twin.model.tickets import FIRST_STATE, REPORT, Refused, next_state
from twin.store import Tx

Row = dict[str, Any]


@dataclass
class Ledger:
    """`now` holds every ticket this round is about; `events` and `moved` are what the round adds."""

    known: Known
    now: dict[str, Row]
    events: list[Row] = field(default_factory=list)
    moved: dict[str, Row] = field(default_factory=dict)

    @classmethod
    def of(cls, tx: Tx, known: Known, ids: Iterable[str]) -> "Ledger":
        rows = tx.read(
            "SELECT * EXCLUDE (reported_at, happened_at, received_at, known_at),"
            " epoch_us(reported_at) AS reported_at, epoch_us(happened_at) AS happened_at"
            " FROM ticket_now WHERE ticket_id IN (SELECT unnest($ids))",
            {"ids": sorted(set(ids))},
        ).to_pylist()
        for row in rows:
            row["reported_at"], row["happened_at"] = instant(row["reported_at"]), instant(row["happened_at"])
        return cls(known, {row["ticket_id"]: row for row in rows})

    def open(self, item: Request, batch: Batch) -> Fault | None:
        if item.ticket_id in self.now:
            return Fault(
                "ticket_id",
                f"ticket {item.ticket_id} is open already",
                "leave ticket_id out to get a new one, or send an event to move this one",
            )
        said: Row = {
            "ticket_id": item.ticket_id,
            "state": FIRST_STATE,
            "category": item.category,
            "title": item.title,
            "building_id": item.building_id,
            "storey_ordinal": item.storey_ordinal,
            "unit_id": item.unit_id,
            "x_m": item.x_m,
            "y_m": item.y_m,
            "community12": self.known.buildings.get(item.building_id or "", self.known.community12),
            **self._arrival(item, batch),
        }
        self._keep({**said, "reported_at": item.happened_at}, {**said, "transition": REPORT, "note": None})
        return None

    def move(self, item: Event, batch: Batch) -> Fault | None:
        ticket = self.now.get(item.ticket_id)
        if ticket is None:
            return Fault("ticket_id", f"no ticket {item.ticket_id!r} is known here", "send its request first")
        if item.happened_at < ticket["happened_at"]:
            return Fault(
                "happened_at",
                f"this ticket's last step is newer ({ticket['happened_at'].isoformat()})",
                "send a ticket's steps in the order in which they happened",
            )
        after = next_state(ticket["state"], item.transition)
        if isinstance(after, Refused):
            return Fault("transition", after.reason, after.remedy)
        arrival = self._arrival(item, batch)
        step = {"transition": item.transition, "state": after}
        step |= {name: ticket[name] for name in ("community12", "ticket_id")}
        self._keep({**ticket, "state": after, **arrival}, {**step, "note": item.note or None, **arrival})
        return None

    def write(self, tx: Tx) -> None:
        if self.events:
            tx.append("ticket_event", self.events)
            tx.upsert("ticket_now", list(self.moved.values()))

    def _arrival(self, item: Request | Event, batch: Batch) -> Mapping[str, Any]:
        return {
            "feed": batch.feed,
            "happened_at": item.happened_at,
            "received_at": batch.received_at,
        }

    def _keep(self, ticket: Row, event: Row) -> None:
        self.now[ticket["ticket_id"]] = self.moved[ticket["ticket_id"]] = ticket
        self.events.append(event)
