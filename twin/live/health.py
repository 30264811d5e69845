"""Health and meters: what a watchdog, a supervisor and Prometheus ask."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from twin.engine.counters import Counters
from twin.store import Store

# A feed is reported by its age; whether that is late is the board's to judge.
Feeds = Callable[[], list[dict[str, Any]]]


class EngineLife(Protocol):
    """What health asks of the engine."""

    @property
    def alive(self) -> bool: ...

    @property
    def counters(self) -> Counters: ...


@dataclass(frozen=True)
class Health:
    """Answers `/healthz`: 200 while store and engine live, else 503 with the reasons in words."""

    store: Store
    engine: EngineLife
    feeds: Feeds
    clock: Callable[[], datetime]
    build: str
    version: str
    stopping: Callable[[], bool] = field(default=lambda: False)
    doors: Callable[[], Mapping[str, Any]] = field(default=dict)
    writing_fault: Callable[[], str | None] = field(default=lambda: None)

    def report(self) -> tuple[dict[str, Any], int]:
        reasons: list[str] = []
        if self.stopping():
            reasons.append("the server is stopping")
        if not self.engine.alive:
            reasons.append(
                "the engine's thread is dead: nothing that arrives is committed; it is started again at "
                "once, and if this stays, restart the server"
            )
        if why := self.writing_fault():
            reasons.append(why)
        store, feeds = self._ask_store(reasons)
        last = None if reasons and store is None else self.store.last_write_at
        now = self.clock()
        body = {
            "status": "failing" if reasons else "ok",
            "reasons": reasons,
            "version": self.version,
            "build": self.build,
            "at": now.isoformat(),
            "store": store,
            "engine": {"alive": self.engine.alive, "restarts": self.engine.counters.restarts},
            "last_write_at": last.isoformat() if last else None,
            "age_s": round((now - last).total_seconds(), 3) if last else None,
            "feeds": feeds,
            "doors": self.doors(),
        }
        return body, 503 if reasons else 200

    def _ask_store(self, reasons: list[str]) -> tuple[Mapping[str, Any] | None, list[dict[str, Any]]]:
        try:
            self.store.read("SELECT 1 AS one")
            recovery = self.store.recovery
            return (
                {"open": True, "seq": self.store.seq, "recovery": str(recovery) if recovery else None},
                self.feeds(),
            )
        except Exception as fault:  # noqa: BLE001  whatever ails the store, the answer is 503 with its words
            reasons.append(f"the store does not answer: {type(fault).__name__}")
            return None, []


class Meters:
    """The server's own Prometheus registry; no process-wide state, so that tests may open many servers."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "twin_requests", "Answers by kind of page or door", ["route", "status"], registry=self.registry
        )
        self.answer_s = Histogram(
            "twin_answer_seconds",
            "Time to answer, streams excepted",
            ["route"],
            buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
            registry=self.registry,
        )

    def gauge(self, name: str, words: str, read: Callable[[], float]) -> None:
        Gauge(name, words, registry=self.registry).set_function(read)

    def text(self) -> bytes:
        return generate_latest(self.registry)
