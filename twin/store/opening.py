"""Opening the file: who holds it, whether it is newer than the program, what a damaged log cost."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from twin.store.connect import connect
from twin.store.migrate import is_current, migrate, refuse_newer

FILE_NAME = "twin.duckdb"


class StoreBusy(RuntimeError):
    """Another process holds the file."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What start-up set aside, and what was lost with it."""

    sentence: str
    kept: Path


def open_file(home: Path, clock: Callable[[], datetime]) -> tuple[duckdb.DuckDBPyConnection, Recovery | None]:
    home.mkdir(parents=True, exist_ok=True)
    path = home / FILE_NAME
    try:
        connection = connect(path, home)
    except duckdb.IOException as error:
        if "lock" not in str(error):
            raise
        raise StoreBusy(f"{path} is held by another process. {error}") from error
    refuse_newer(connection, str(path))
    if not is_current(connection):
        migrate(connection, clock())
    return connection, None
