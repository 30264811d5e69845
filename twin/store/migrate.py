"""Numbered migrations: each in one transaction, followed by a checkpoint."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

import duckdb

from twin.store import macros


class StoreNewer(RuntimeError):
    """The file was written by a newer program."""


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    name: str
    sql: str


@cache
def migrations() -> tuple[Migration, ...]:
    folder = files("twin.store") / "migrations"
    found = [
        Migration(int(item.name[:4]), item.name, item.read_text("utf-8"))
        for item in folder.iterdir()
        if item.name.endswith(".sql")
    ]
    return tuple(sorted(found, key=lambda migration: migration.number))


def applied(connection: duckdb.DuckDBPyConnection) -> frozenset[int]:
    """Numbers of the migrations this file has; empty for a new file."""
    known = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE table_name = 'migration' AND NOT temporary"
    ).fetchall()
    if not known:
        return frozenset()
    return frozenset(number for (number,) in connection.execute("SELECT number FROM migration").fetchall())


def refuse_newer(connection: duckdb.DuckDBPyConnection, file_name: str) -> None:
    newest_known = migrations()[-1].number
    newest_there = max(applied(connection), default=0)
    if newest_there > newest_known:
        raise StoreNewer(
            f"{file_name} was written by a newer program: its schema is {newest_there}, this one knows"
            f" {newest_known}. It was left as it is. Start the newer program, or restore an older backup."
        )


def is_current(connection: duckdb.DuckDBPyConnection) -> bool:
    if len(applied(connection)) < len(migrations()):
        return False
    row = connection.execute("SELECT relations_hash FROM store_mark").fetchone()
    return row is not None and row[0] == macros.digest()


def migrate(connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
    """Bring the file to the newest schema and the relations to this program's."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migration"
        " (number INTEGER PRIMARY KEY, name VARCHAR NOT NULL, applied_at TIMESTAMPTZ NOT NULL)"
    )
    connection.execute("CHECKPOINT")
    done = applied(connection)
    for migration in migrations():
        if migration.number in done:
            continue
        connection.execute("BEGIN")
        connection.execute(migration.sql)
        connection.execute(
            "INSERT INTO migration VALUES ($1, $2, $3)", [migration.number, migration.name, now]
        )
        connection.execute("COMMIT")
        connection.execute("CHECKPOINT")
    connection.execute("BEGIN")
    for statement in macros.statements():
        connection.execute(statement)
    connection.execute("UPDATE store_mark SET relations_hash = $1", [macros.digest()])
    connection.execute("COMMIT")
    connection.execute("CHECKPOINT")
