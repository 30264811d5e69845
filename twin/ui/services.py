"""What pages and callbacks ask of the running server: the rooms they may use, one shelf of answers."""

import threading
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
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
SHELF_ANSWERS = 96
FLIGHTS = 64


class Shelf:
    """Keeps answers under their whole key, versions and clearance included; one thread makes, others wait."""

    def __init__(self, answers: int = SHELF_ANSWERS) -> None:
        self._cache = SimpleCache(threshold=answers, default_timeout=0)
        self._lock = threading.Lock()
        self._flights = [threading.Lock() for _ in range(FLIGHTS)]

    def take(self, key: tuple[Hashable, ...], make: Callable[[], R]) -> R:
        with self._flights[hash(key) % FLIGHTS]:
            with self._lock:
                kept = self._cache.get(repr(key))
            if kept is not None:
                return kept
            made = make()
            with self._lock:
                self._cache.set(repr(key), made)
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
