"""Frames: a live layer's rows encoded once for all of one clearance, and again only when they changed."""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from twin.catalog import Catalog
from twin.deck.frame import encode, roster
from twin.model.clearance import Clearance
from twin.spec import Layer
from twin.store import Store

UNWATCHED_S = 60.0
# Rows age without a commit (a device falls silent); an unwatched layer is read anew when asked after this.
ROWS_GOOD_S = 15.0


class NotLive(Exception):
    """The layer has no frames: it is drawn from `/layer/<id>`."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Bytes of one edition of a layer for one clearance."""

    body: bytes
    etag: str
    seq: int


@dataclass(slots=True)
class _Cell:
    """What is kept of one (layer, clearance): the newest edition only, so memory does not grow with time."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    version: int = -1
    rows: pa.Table | None = None
    frame: Frame | None = None
    roster: Frame | None = None
    read_at: float = 0.0
    asked_at: float = 0.0


class Frames:
    """Cached under (layer, clearance, version of its tables); one thread encodes, the others wait for it."""

    def __init__(self, store: Store, catalog: Catalog, clock: Callable[[], datetime]) -> None:
        self._store, self._catalog, self._clock = store, catalog, clock
        self._tables = {layer.id: store.tables_of(layer.sql) for layer in catalog.layers}
        self._cells: dict[tuple[str, str], _Cell] = {
            (layer.id, screen): _Cell()
            for layer in catalog.layers
            if layer.live
            for screen in ("wall", "desk")
        }
        self.encoded = 0
        self.encoded_bytes = 0
        self.encode_s = 0.0

    def frame(self, layer_id: str, clearance: Clearance) -> Frame:
        """Raises UnknownLayer or NotLive."""
        layer, cell = self._at(layer_id, clearance)
        with cell.lock:
            rows = self._fresh_rows(layer, clearance, cell)
            if cell.frame is None:
                began = time.perf_counter()
                body = encode(layer, rows, clearance, cell.version, self._clock())
                self.encode_s += time.perf_counter() - began
                self.encoded += 1
                self.encoded_bytes += len(body)
                cell.frame = Frame(body, _etag(body), cell.version)
            return cell.frame

    def roster(self, layer_id: str, clearance: Clearance) -> Frame:
        """Raises UnknownLayer or NotLive."""
        layer, cell = self._at(layer_id, clearance)
        with cell.lock:
            rows = self._fresh_rows(layer, clearance, cell)
            if cell.roster is None:
                body = roster(layer, rows, clearance)
                cell.roster = Frame(body, _etag(body), cell.version)
            return cell.roster

    def past(self, layer_id: str, clearance: Clearance, at: datetime) -> tuple[Frame, Frame]:
        """Frame and roster as of `at`, made for each asker: replay is rare and an instant is never the same.

        Raises UnknownLayer or NotLive.
        """
        layer, _ = self._at(layer_id, clearance)
        seq = self._store.seq
        rows = self._store.relation(layer.sql, at, clearance).sort_by(layer.key)
        bodies = (encode(layer, rows, clearance, seq, at), roster(layer, rows, clearance))
        frame, words = (Frame(body, _etag(body), seq) for body in bodies)
        return frame, words

    def aged(self, clearances: tuple[Clearance, ...]) -> list[str]:
        """The live layers whose rows differ now although nothing was committed; they are encoded anew."""
        changed: set[str] = set()
        for clearance in clearances:
            for layer in self._catalog.layers:
                if layer.live and self._has_aged(layer, clearance):
                    changed.add(layer.id)
        return sorted(changed)

    def _has_aged(self, layer: Layer, clearance: Clearance) -> bool:
        cell = self._cells[(layer.id, clearance.key)]
        if time.monotonic() - cell.asked_at > UNWATCHED_S:
            return False
        with cell.lock:
            if cell.rows is None or self._store.version(self._tables[layer.id]) != cell.version:
                return False
            return self._take(cell, self._read(layer, clearance), cell.version)

    def _at(self, layer_id: str, clearance: Clearance) -> tuple[Layer, _Cell]:
        layer = self._catalog.get(layer_id)
        cell = self._cells.get((layer.id, clearance.key))
        if cell is None:
            raise NotLive(layer.id)
        cell.asked_at = time.monotonic()
        return layer, cell

    def _fresh_rows(self, layer: Layer, clearance: Clearance, cell: _Cell) -> pa.Table:
        # The version is read before the rows: a commit in between makes the next asker read again.
        version = self._store.version(self._tables[layer.id])
        aging = time.monotonic() - cell.read_at > ROWS_GOOD_S
        if cell.rows is None or version != cell.version or aging:
            self._take(cell, self._read(layer, clearance), version)
        return cell.rows

    def _read(self, layer: Layer, clearance: Clearance) -> pa.Table:
        # Sorted, so that a roster changes when its members do and not with the order of a scan.
        return self._store.relation(layer.sql, None, clearance).sort_by(layer.key)

    @staticmethod
    def _take(cell: _Cell, rows: pa.Table, version: int) -> bool:
        """Keep the rows; the encoded forms go only when a row differs, whatever else was committed."""
        differs = cell.rows is None or not rows.equals(cell.rows)
        cell.rows, cell.version, cell.read_at = rows, version, time.monotonic()
        if differs:
            cell.frame, cell.roster = None, None
        return differs


def _etag(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=12).hexdigest()
