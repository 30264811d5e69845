"""The HTTP door in: JSON with a feed's key, answered after the commit, each item judged by itself."""

import math
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import TimeoutError as NotInTime
from dataclasses import asdict, replace
from datetime import datetime
from functools import partial
from typing import Any

import orjson
from flask import Blueprint, Response, g, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from twin.engine import Engine, EngineBusy, NotCommitted
from twin.ingest.decoders import FAMILIES, PLAIN, Site
from twin.ingest.http_items import NotJson, parse, read
from twin.ingest.http_rate import Rate
from twin.ingest.http_readings import body_of, idempotency_key, messages, remarks
from twin.ingest.http_signals import signals
from twin.model.coordinates import LocalFrame
from twin.model.signals import Batch, Kind, Request
from twin.security import KEY_HEADER, ApiKeys, Feed
from twin.settings import Settings
from twin.store import utc_now

DOORS: Mapping[str, Kind] = {
    "observations": "observation",
    "positions": "position",
    "requests": "request",
    "events": "event",
}
# A round takes a fraction of a second; who waits longer is told to send again, which is safe.
COMMIT_WAIT_S = 30.0
FULL_RETRY_S = 1
FAILED_RETRY_S = 5


class Refused(Exception):
    """The whole request cannot be taken."""

    def __init__(self, status: int, error: str, remedy: str, retry_after_s: float | None = None) -> None:
        super().__init__(error)
        self.status, self.error, self.remedy, self.retry_after_s = status, error, remedy, retry_after_s


def blueprint(
    engine: Engine,
    keys: ApiKeys,
    frame: LocalFrame | Callable[[], LocalFrame],
    settings: Settings,
    *,
    clock: Callable[[], datetime] = utc_now,
    site: Site = PLAIN,
) -> Blueprint:
    """`frame` as a function is asked at every request: a community gets its origin by its first import."""
    door = Door(engine, keys, frame if callable(frame) else lambda: frame, settings, clock, site)
    ingest = Blueprint("ingest", __name__)
    for name, kind in DOORS.items():
        view = _view(door, kind)
        ingest.add_url_rule(f"/ingest/{name}", name, view, methods=["POST"])

    @ingest.post("/ingest/readings/<family>")
    def readings(family: str) -> Response:
        return _answered(lambda: door.readings(family))

    return ingest


class Door:
    """What the addresses share: places to stand in, a rate for each feed, the engine behind."""

    def __init__(
        self,
        engine: Engine,
        keys: ApiKeys,
        frame: Callable[[], LocalFrame],
        settings: Settings,
        clock: Callable[[], datetime],
        site: Site,
    ) -> None:
        self._site = site
        self._engine, self._keys, self._frame, self._clock = engine, keys, frame, clock
        self._max_bytes, self._max_items = settings.ingest_max_bytes, settings.ingest_max_items
        # Viewers' threads are others: a crowd of senders must not make a wall wait.
        self._places = threading.BoundedSemaphore(settings.ingest_threads)
        per_s = settings.ingest_rate_per_s
        self._rate = Rate(per_s, max(per_s, settings.ingest_max_items))

    def answer(self, kind: Kind) -> Mapping[str, Any]:
        """Raises Refused."""
        return self._placed(partial(self._take, kind))

    def readings(self, family: str) -> Mapping[str, Any]:
        """A vendor's own payload. What cannot be read is kept: its sender is done with it. Raises Refused."""
        if family not in FAMILIES:
            raise Refused(404, f"no family of payloads {family!r}", f"known: {', '.join(FAMILIES)}")
        return self._placed(partial(self._take_readings, family))

    def _placed(self, take: Callable[[Feed], Mapping[str, Any]]) -> Mapping[str, Any]:
        feed = self._feed()
        if not self._places.acquire(blocking=False):
            raise Refused(
                503, "all places at this door are taken", "send fewer, larger batches", FULL_RETRY_S
            )
        try:
            return take(feed)
        finally:
            self._places.release()

    def _feed(self) -> Feed:
        # The guard has asked already where one stands before this door; without it the door asks itself.
        feed = g.get("feed") or self._keys.feed_of(request.headers.get(KEY_HEADER))
        if not isinstance(feed, Feed):
            remedy = f"send the feed's key in the header {KEY_HEADER}; `twin key create FEED` makes one"
            raise Refused(401, "this key is unknown or was revoked", remedy)
        return feed

    def _take(self, kind: Kind, feed: Feed) -> Mapping[str, Any]:
        raw = self._items(feed)
        found = read(kind, raw)
        taken, misplaced = signals(found.items, feed.feed, self._frame())
        if (key := self._key()) is not None:
            # An item's own number counts before the request's.
            taken = [(i, it if it.key else replace(it, key=f"{key}:{i}")) for i, it in taken]
        refused = [*found.rejections, *misplaced]
        batch = Batch(
            feed.feed,
            self._clock(),
            tuple(signal for _, signal in taken),
            feed.title,
            feed.demo,
            {kind: len(refused)} if refused else {},
        )
        receipt = self._committed(batch)
        for fault in receipt.rejections:
            refused.append(type(fault)(taken[fault.index][0], fault.field, fault.reason, fault.remedy))
        answer: dict[str, Any] = {
            "seq": receipt.seq,
            "accepted": receipt.accepted,
            "duplicates": receipt.duplicates,
            "rejected": [asdict(fault) for fault in sorted(refused, key=lambda fault: fault.index)],
        }
        if kind == "request":
            without = {fault.index for fault in refused}
            ids = {index: item.ticket_id for index, item in taken if isinstance(item, Request)}
            answer["ticket_ids"] = [None if i in without else ids[i] for i in range(found.count)]
        return answer

    def _take_readings(self, family: str, feed: Feed) -> Mapping[str, Any]:
        if request.headers.get("Content-Encoding"):
            raise Refused(415, "this door reads bodies as they are", "send it uncompressed")
        self._may(feed, 1)
        asked, now = request.headers, self._clock()
        try:
            raw = self._body()
            body = body_of(
                family,
                request.args.get("topic"),
                raw,
                idempotency_key(asked.get("Idempotency-Key")),
                request.mimetype,
            )
            found = messages(body, now, self._site, self._max_items)
        except NotJson as fault:
            raise Refused(422, str(fault), "mend the request; nothing was taken") from fault
        count = sum(max(1, len(each.message.readings)) for each in found)
        self._may(feed, count - 1)
        batch = Batch(
            feed.feed, now, (), feed.title, feed.demo, messages=tuple(each.message for each in found)
        )
        receipt = self._committed(batch)
        return {
            "seq": receipt.seq,
            "accepted": receipt.accepted,
            "duplicates": receipt.duplicates,
            "rejected": [asdict(fault) for fault in receipt.rejections],
            "remarks": remarks(found),
        }

    def _key(self) -> str | None:
        try:
            return idempotency_key(request.headers.get("Idempotency-Key"))
        except NotJson as fault:
            raise Refused(422, str(fault), "mend the header") from fault

    def _items(self, feed: Feed) -> list[Any]:
        if request.mimetype != "application/json" or request.headers.get("Content-Encoding"):
            raise Refused(415, "this door reads JSON", "send Content-Type: application/json, not compressed")
        self._may(feed, 1)
        try:
            raw = parse(self._body())
        except NotJson as fault:
            raise Refused(422, str(fault), "send one object or a list of objects, in UTF-8") from fault
        if len(raw) > self._max_items:
            raise Refused(413, f"{len(raw)} items in one batch", f"send at most {self._max_items} at a time")
        self._may(feed, len(raw) - 1)
        return raw

    def _body(self) -> bytes:
        request.max_content_length = self._max_bytes
        try:
            return request.get_data(cache=False)
        except RequestEntityTooLarge as fault:
            remedy = f"send at most {self._max_bytes} bytes at a time"
            raise Refused(413, "the body is too large", remedy) from fault
        except ClientDisconnected as fault:
            raise Refused(400, "the body ended early", "send it again") from fault

    def _may(self, feed: Feed, items: int) -> None:
        if wait_s := self._rate.take(feed.feed, items):
            raise Refused(429, f"{feed.feed} sends more than it may", "send fewer items a second", wait_s)

    def _committed(self, batch: Batch) -> Any:
        try:
            return self._engine.submit(batch).result(COMMIT_WAIT_S)
        except EngineBusy as fault:
            raise Refused(503, str(fault), "send again later", fault.retry_after_s) from fault
        except NotInTime as fault:
            said = "not written yet"
            raise Refused(503, said, "send again: what was written is recognised", FAILED_RETRY_S) from fault
        except NotCommitted as fault:
            raise Refused(503, str(fault), "send again later: nothing was taken", FAILED_RETRY_S) from fault


def _view(door: Door, kind: Kind) -> Callable[[], Response]:
    return lambda: _answered(lambda: door.answer(kind))


def _answered(ask: Callable[[], Mapping[str, Any]]) -> Response:
    try:
        return _json(200, ask())
    except Refused as refused:
        answer = _json(refused.status, {"error": refused.error, "remedy": refused.remedy})
        if refused.retry_after_s is not None:
            answer.headers["Retry-After"] = str(max(1, math.ceil(refused.retry_after_s)))
        return answer


def _json(status: int, said: Mapping[str, Any]) -> Response:
    answer = Response(orjson.dumps(said), status, mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer
