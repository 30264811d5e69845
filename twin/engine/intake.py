"""One round: the batches that wait go into the store in one transaction, each item once, none unanswered."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from twin.engine import rows
from twin.engine.history import remembered
from twin.engine.idempotence import KEEP, KIND, key_of
from twin.engine.judge import NO_COMMUNITY, fault_of, placed
from twin.engine.known import Known
from twin.engine.ledger import Ledger
from twin.engine.readings import judged, write_health, write_sides
from twin.engine.rejects import write_rejects
from twin.engine.rows import Entry
from twin.model.signals import Batch, Event, Fault, Kind, Receipt, Rejection, Request
from twin.store import Store, Tx


class Round:
    """What becomes of the items of some batches; made anew for every attempt."""

    def __init__(self, batches: Sequence[Batch], known: Known, keyframe_at: datetime | None) -> None:
        self._batches, self._known, self._keyframe_at = batches, known, keyframe_at
        self._faults: list[list[Rejection]] = [[] for _ in batches]
        self._duplicates = [0] * len(batches)
        self._accepted = [0] * len(batches)
        self._rejects: Sequence[tuple[int, int, Fault]] = ()
        self._counts: defaultdict[tuple[str, Kind], Counter[str]] = defaultdict(Counter)

    def commit(self, store: Store) -> list[Receipt]:
        """A receipt for each batch, after the commit. Raises what the store raises: nothing was written."""
        entries = self._judged()
        if not any(batch.items or batch.messages or batch.refused for batch in self._batches):
            return self._receipts(store.seq)
        if self._known.community12 is None:
            return self._receipts(store.seq)

        def work(tx: Tx) -> int:
            self._write(tx, entries, str(self._known.community12))
            return store.seq + 1  # the writer is ours until this transaction is over

        return self._receipts(store.write(work))

    def _judged(self) -> list[Entry]:
        entries = []
        for number, batch in enumerate(self._batches):
            for index, item in enumerate(batch.items):
                if fault := fault_of(item, self._known, batch.received_at):
                    self._reject(number, index, KIND[type(item)], fault)
                    continue
                if isinstance(item, Request):
                    item = placed(item, self._known)
                entries.append(Entry(number, index, item, key_of(item)))
        return entries + self._heard()

    def _heard(self) -> list[Entry]:
        """The readings of the messages; what of them cannot be taken waits among the rejects."""
        if self._known.community12 is None:
            for number, batch in enumerate(self._batches):
                for place in range(len(batch.messages)):
                    self._reject(number, place, "observation", NO_COMMUNITY)
            return []
        found = judged(self._batches, self._known)
        self._rejects = found.rejects
        for number, place, fault in found.rejects:
            self._reject(number, place, "observation", fault)
        return list(found.entries)

    def _write(self, tx: Tx, entries: Sequence[Entry], community12: str) -> None:
        fresh = self._fresh(tx, entries, community12)
        kept = self._tickets(tx, fresh)
        kinds: dict[Kind, list[Entry]] = {kind: [] for kind in KEEP}
        for entry in kept:
            kinds[KIND[type(entry.item)]].append(entry)
        for kind, of_kind in kinds.items():
            self._accept(kind, of_kind)
        if kinds["observation"]:
            self._observe(tx, kinds["observation"])
        if kinds["position"]:
            walked = rows.positions(self._known.actors, self._batches, kinds["position"])
            tx.append("position", walked)
            tx.upsert_newest("position_now", rows.newest(walked, "actor_id"))
        if self._rejects:
            write_rejects(tx, self._batches, self._rejects, community12)
        self._remember(tx, kept, community12)
        self._log(tx, community12)

    def _observe(self, tx: Tx, entries: Sequence[Entry]) -> None:
        seen = rows.observations(self._known.devices, self._batches, entries)
        if seen.num_rows:
            tx.append("observation", seen)
            tx.upsert_newest("device_now", rows.newest(seen, "device_id"))
        write_sides(tx, self._batches, entries, self._known)
        write_health(tx, self._batches, entries, self._known)

    def _fresh(self, tx: Tx, entries: Sequence[Entry], community12: str) -> list[Entry]:
        """Those that neither an earlier round nor an earlier item of this one has brought."""
        feeds = {batch.feed for batch in self._batches}
        taken = {feed: _taken(tx, community12, feed, self._of(feed, entries)) for feed in feeds}
        fresh = []
        for entry in entries:
            feed = self._batches[entry.batch].feed
            if entry.key in taken[feed]:
                self._duplicates[entry.batch] += 1
                self._count(feed, KIND[type(entry.item)])["duplicates"] += 1
            else:
                taken[feed].add(entry.key)
                fresh.append(entry)
        return self._unwritten(tx, fresh)

    def _unwritten(self, tx: Tx, entries: list[Entry]) -> list[Entry]:
        """Without those so old that their keys may be forgotten, and that the history holds."""
        written = remembered(tx, entries)
        for place in written:
            entry = entries[place]
            self._duplicates[entry.batch] += 1
            self._count(self._batches[entry.batch].feed, KIND[type(entry.item)])["duplicates"] += 1
        return [entry for place, entry in enumerate(entries) if place not in written] if written else entries

    def _of(self, feed: str, entries: Sequence[Entry]) -> list[str]:
        return [entry.key for entry in entries if self._batches[entry.batch].feed == feed]

    def _tickets(self, tx: Tx, entries: Sequence[Entry]) -> list[Entry]:
        """Move tickets in the order of arrival; those entries that could be taken."""
        ids = [entry.item.ticket_id for entry in entries if isinstance(entry.item, Request | Event)]
        if not ids:
            return list(entries)
        ledger = Ledger.of(tx, self._known, ids)
        kept = []
        for entry in entries:
            batch, item, fault = self._batches[entry.batch], entry.item, None
            if isinstance(item, Request):
                fault = ledger.open(item, batch)
            elif isinstance(item, Event):
                fault = ledger.move(item, batch)
            if fault:
                self._reject(entry.batch, entry.place, KIND[type(item)], fault)
            else:
                kept.append(entry)
        ledger.write(tx)
        return kept

    def _remember(self, tx: Tx, entries: Sequence[Entry], community12: str) -> None:
        if not entries:
            return
        expires = {kind: tx.known_at + keep for kind, keep in KEEP.items()}
        tx.append(
            "ingest_key",
            rows.table(
                {
                    "community12": (rows.TEXT, [community12] * len(entries)),
                    "feed": (rows.TEXT, [self._batches[entry.batch].feed for entry in entries]),
                    "key": (rows.TEXT, [entry.key for entry in entries]),
                    "expires": (rows.INSTANT, [expires[KIND[type(entry.item)]] for entry in entries]),
                }
            ),
        )

    def _log(self, tx: Tx, community12: str) -> None:
        for batch in self._batches:
            for kind, refused in batch.refused.items():
                self._count(batch.feed, kind)["rejected"] += refused
        words = ("accepted", "duplicates", "rejected", "late")
        log: list[dict[str, Any]] = [
            {"community12": community12, "feed": feed, "kind": kind, **{word: count[word] for word in words}}
            for (feed, kind), count in self._counts.items()
        ]
        if log:
            tx.append("ingest_log", log)
        for feed in {feed: batch for batch in self._batches for feed in [batch.feed]}.values():
            _tell_feed(tx, community12, feed, [row for row in log if row["feed"] == feed.feed])

    def _accept(self, kind: Kind, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._accepted[entry.batch] += 1
            count = self._count(self._batches[entry.batch].feed, kind)
            count["accepted"] += 1
            if self._keyframe_at is not None and entry.item.happened_at <= self._keyframe_at:
                count["late"] += 1

    def _reject(self, batch: int, index: int, kind: Kind, fault: Fault) -> None:
        self._faults[batch].append(Rejection(index, fault.field, fault.reason, fault.remedy))
        self._count(self._batches[batch].feed, kind)["rejected"] += 1

    def _count(self, feed: str, kind: Kind) -> Counter[str]:
        return self._counts[feed, kind]

    def _receipts(self, seq: int) -> list[Receipt]:
        by_index = (tuple(sorted(faults, key=lambda fault: fault.index)) for faults in self._faults)
        return [Receipt(seq, *each) for each in zip(self._accepted, self._duplicates, by_index, strict=True)]


def _taken(tx: Tx, community12: str, feed: str, keys: Sequence[str]) -> set[str]:
    if not keys:
        return set()
    found = tx.read(
        "SELECT key FROM ingest_key"
        " WHERE community12 = $community12 AND feed = $feed AND key IN (SELECT unnest($keys))",
        {"community12": community12, "feed": feed, "keys": list(keys)},
    )
    return set(found["key"].to_pylist())


def _tell_feed(tx: Tx, community12: str, batch: Batch, log: Sequence[Mapping[str, Any]]) -> None:
    tx.execute(
        "INSERT INTO feed_now BY NAME SELECT $community12 AS community12, $feed AS feed, $title AS title,"
        " $demo AS demo, $received_at AS last_received_at, $accepted AS accepted,"
        " $duplicates AS duplicates, $rejected AS rejected"
        " ON CONFLICT (community12, feed) DO UPDATE SET title = excluded.title, demo = excluded.demo,"
        " last_received_at = greatest(last_received_at, excluded.last_received_at),"
        " accepted = accepted + excluded.accepted, duplicates = duplicates + excluded.duplicates,"
        " rejected = rejected + excluded.rejected",
        {
            "community12": community12,
            "feed": batch.feed,
            "title": batch.title or batch.feed,
            "demo": batch.demo,
            "received_at": batch.received_at,
            **{word: sum(row[word] for row in log) for word in ("accepted", "duplicates", "rejected")},
        },
    )
