"""What pages and callbacks ask of the running server: the rooms they may use, one shelf of answers."""

import threading
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa
from flask_caching.backends import SimpleCache

from twin.catalog import Catalog
from twin.live import Frames
from twin.model.clearance import Clearance
from twin.settings import Settings
from twin.store import Store

if TYPE_CHECKING:
    from twin.ui.search import Index

R = TypeVar("R")
SHELF_ANSWERS = 64


class Shelf:
    """Keeps answers under their whole key, versions and clearance included; one thread makes, others wait."""

    def __init__(self, answers: int = SHELF_ANSWERS) -> None:
        self._cache = SimpleCache(threshold=answers, default_timeout=0)
        self._lock = threading.Lock()
        self._flights: dict[str, threading.Lock] = {}

    def take(self, key: tuple[Hashable, ...], make: Callable[[], R]) -> R:
        name = repr(key)
        with self._lock:
            kept = self._cache.get(name)
            if kept is not None:
                return kept
            flight = self._flights.setdefault(name, threading.Lock())
        with flight:
            return self._landed(name, make)

    def __len__(self) -> int:
        return len(self._cache._cache)

    def _landed(self, name: str, make: Callable[[], R]) -> R:
        """The answer of whoever flew first, else ours; a failed flight leaves nothing behind."""
        with self._lock:
            kept = self._cache.get(name)
        if kept is not None:
            return kept
        try:
            made = make()
            with self._lock:
                self._cache.set(name, made)
        finally:
            with self._lock:
                self._flights.pop(name, None)
        return made


@dataclass(frozen=True, slots=True)
class Services:
    """Handed to JSON routes and Dash callbacks alike."""

    store: Store
    catalog: Catalog
    settings: Settings
    frames: Frames
    clock: Callable[[], datetime]
    build: str
    shelf: Shelf
    index: "Index"
    # Apart from the shelf, where each commit's answers push out older ones: layers are dear to draw.
    drawn: Shelf = field(default_factory=Shelf)

    def rows(self, sql: str, clearance: Clearance, at: datetime | None = None, **more: object) -> pa.Table:
        """One relation query with `$at`, `$clearance` and what else it names."""
        return self.store.relation(sql, at, clearance, more)

    def records(
        self, sql: str, clearance: Clearance, at: datetime | None = None, **more: object
    ) -> list[dict[str, Any]]:
        """The same as dictionaries, with instants as ISO text."""
        return [
            {name: iso(value) for name, value in row.items()}
            for row in self.rows(sql, clearance, at, **more).to_pylist()
        ]

    def version(self, sql: str) -> int:
        return self.store.version(self.store.tables_of(sql))

    def versions(self, queries: Iterable[str]) -> int:
        return max((self.version(sql) for sql in queries), default=0)


def iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
