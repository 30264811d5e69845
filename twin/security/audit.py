"""Who did what to what, in a chain of hashes: an edit, a deletion, a new order, a cut tail are all found."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from twin.security.file import SecurityFile

FIRST = bytes(32)


@dataclass(frozen=True, slots=True)
class AuditFault:
    """The first row that does not fit, and how."""

    number: int
    sentence: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    number: int
    at: datetime
    actor: str
    action: str
    object: str


def utc_now() -> datetime:
    return datetime.now(UTC)


def append(file: sqlite3.Connection, actor: str, action: str, object_: str, at: datetime) -> int:
    """Add a row inside the caller's transaction, so that the deed and its record stand or fall together."""
    head = file.execute("SELECT number, hash FROM audit_head").fetchone()
    number, before = (head["number"] + 1, head["hash"]) if head else (1, FIRST)
    when = at.astimezone(UTC).isoformat()
    link = _link(number, when, actor, action, object_, before)
    file.execute(
        "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)",
        (number, when, actor, action, object_, before, link),
    )
    file.execute("INSERT OR REPLACE INTO audit_head VALUES (1, ?, ?)", (number, link))
    return number


class Audit:
    """The append-only log of `home`."""

    def __init__(self, home: Path, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._file = SecurityFile(home)
        self._clock = clock

    def record(self, actor: str, action: str, object: str, at: datetime | None = None) -> int:
        """The row is on the disk when this returns: only then may the answer leave or the command start."""
        with self._file.writing() as file:
            return append(file, actor, action, object, at or self._clock())

    def rows(self, newest: int = 100) -> list[AuditRow]:
        """Newest first."""
        found = self._file.rows("SELECT * FROM audit ORDER BY number DESC LIMIT :newest", {"newest": newest})
        return [
            AuditRow(r["number"], datetime.fromisoformat(r["at"]), r["actor"], r["action"], r["object"])
            for r in found
        ]

    def verify(self) -> AuditFault | None:
        """None when every row is as it was written and none is missing."""
        before, number = FIRST, 0
        for row in self._file.rows("SELECT * FROM audit ORDER BY number"):
            number += 1
            if row["number"] != number:
                return AuditFault(number, f"row {number} is missing: row {row['number']} stands in its place")
            if row["prev_hash"] != before:
                return AuditFault(number, f"row {number} does not follow row {number - 1}")
            if row["hash"] != _link(number, row["at"], row["actor"], row["action"], row["object"], before):
                return AuditFault(number, f"row {number} is not as it was written")
            before = row["hash"]
        head = self._file.row("SELECT number, hash FROM audit_head")
        if (head["number"], head["hash"]) != (number, before) if head else number > 0:
            kept = head["number"] if head else "no number"
            return AuditFault(number + 1, f"the log ends at row {number}, its head says {kept}")
        return None

    def close(self) -> None:
        self._file.close()


def _link(number: int, at: str, actor: str, action: str, object_: str, before: bytes) -> bytes:
    said = json.dumps([number, at, actor, action, object_], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(before + said.encode("utf-8", "backslashreplace")).digest()
