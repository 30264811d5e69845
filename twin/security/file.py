"""The SQLite file of sessions, keys and audit: its own file, so that no layer's query can ever reach it."""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FILE_NAME = "security.sqlite"

# Script n brings the file from version n to n + 1; a script that was released is never edited.
SCRIPTS = (
    """
    CREATE TABLE session (
      token_hash BLOB PRIMARY KEY, screen TEXT NOT NULL,
      opened_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, revoked_at INTEGER
    ) STRICT;
    CREATE TABLE api_key (
      key_hash BLOB PRIMARY KEY, feed TEXT NOT NULL, title TEXT NOT NULL, demo INTEGER NOT NULL,
      created_at INTEGER NOT NULL, revoked_at INTEGER
    ) STRICT;
    CREATE INDEX api_key_feed ON api_key (feed);
    CREATE TABLE audit (
      number INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
      object TEXT NOT NULL, prev_hash BLOB NOT NULL, hash BLOB NOT NULL
    ) STRICT;
    CREATE TABLE audit_head (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL,
      hash BLOB NOT NULL) STRICT;
    CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
    CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
    """,
)


class SecurityFileUnusable(Exception):
    """The file is damaged or newer than this program; the sentence says what to do."""


class SecurityFile:
    """One connection behind a lock; many may be open on the same file, in one process or in several."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.path = home / FILE_NAME
        _make_private(self.path)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(
            self.path, timeout=10, isolation_level=None, check_same_thread=False
        )
        self._connection.row_factory = sqlite3.Row
        try:
            self._prepare()
        except sqlite3.DatabaseError as fault:
            self._connection.close()
            raise SecurityFileUnusable(
                f"{self.path} cannot be read: {fault}. Put it back from a backup, or move it away: "
                "then every session and feed key must be made anew."
            ) from fault

    def row(self, sql: str, params: Mapping[str, Any] | None = None) -> sqlite3.Row | None:
        with self._lock:
            found: sqlite3.Row | None = self._connection.execute(sql, params or {}).fetchone()
            return found

    def rows(self, sql: str, params: Mapping[str, Any] | None = None) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(sql, params or {}).fetchall()

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; it is on the disk when the block has been left."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        with self.writing() as file:
            version: int = file.execute("PRAGMA user_version").fetchone()[0]
            if version > len(SCRIPTS):
                raise SecurityFileUnusable(
                    f"{self.path} was written by a newer twin (version {version}, this one knows "
                    f"{len(SCRIPTS)}). Start that newer twin, or restore an older backup."
                )
            for script in SCRIPTS[version:]:
                _run(file, script)
            file.execute(f"PRAGMA user_version = {len(SCRIPTS)}")


def _make_private(path: Path) -> None:
    """Before SQLite makes it: nobody else may read it, and its side files take over the mode."""
    # Only when it is not there: closing a descriptor of a file drops all locks of this process on it, also
    # SQLite's, and then the next process to leave would take the log away under our feet.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _run(file: sqlite3.Connection, script: str) -> None:
    """Statement by statement: executescript would commit the transaction it is called in."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            file.execute(statement)
            statement = ""
