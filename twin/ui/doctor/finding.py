"""The words of the doctor: a check, what it finds, and what it knows of the twin it looks at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from twin.settings import Settings
from twin.spec import T
from twin.store import Store
from twin.store.looking import FileState

# whole: nothing to do; note: worth knowing; fault: needs a person; unseen: could not be looked at.
State = Literal["whole", "note", "fault", "unseen"]
MARKS: Mapping[State, T] = {
    "whole": T("正常", "ok"),
    "note": T("提示", "note"),
    "fault": T("需处理", "FAULT"),
    "unseen": T("未查", "unseen"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`mends`: this very finding is one that the check's repair can do something about."""

    state: State
    words: T
    mends: bool = False


def whole(zh: str, en: str) -> Finding:
    return Finding("whole", T(zh, en))


def note(zh: str, en: str, *, mends: bool = False) -> Finding:
    return Finding("note", T(zh, en), mends)


def fault(zh: str, en: str, *, mends: bool = False) -> Finding:
    return Finding("fault", T(zh, en), mends)


@dataclass(frozen=True, slots=True)
class Served:
    """What only the running server knows. `drift_s`: how far the clock moved away from time itself."""

    drift_s: float
    engine_alive: bool
    restarts: int
    waiting: int
    doors: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Patient:
    """The twin as found. `read` is None where its file cannot be read, `served` where no server runs."""

    settings: Settings
    now: datetime
    file: FileState
    read: Callable[..., pa.Table] | None
    served: Served | None = None
    broker_conf: Path | None = None

    @property
    def home(self) -> Path:
        return self.settings.home

    def rows(self, sql: str, params: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
        """Raises Unreadable where the file cannot be read."""
        if self.read is None:
            raise Unreadable("its file cannot be read")
        found: list[dict[str, Any]] = self.read(sql, params).to_pylist()
        return found

    def count(self, sql: str, params: Mapping[str, object]) -> int:
        return int(self.rows(sql, params)[0]["n"])

    def one(self, sql: str) -> dict[str, Any]:
        return self.rows(sql)[0]

    @property
    def is_demo(self) -> bool:
        return bool(self.one("SELECT coalesce(bool_and(demo), true) AS demo FROM community")["demo"])


class Unreadable(Exception):
    """A check had nothing to look at; the finding of the file says why."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What a repair may use. `store` opens the file as a start does, where nobody has it open."""

    settings: Settings
    store: Callable[[], Store]
    is_served: bool


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at. `repair` does only what is safe, and says what it did."""

    id: str
    what: T
    remedy: T
    look: Callable[[Patient], Finding]
    repair: Callable[[Hands], T] | None = None
    repairs: T | None = None
