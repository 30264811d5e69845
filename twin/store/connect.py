"""How the file is opened: closed to everything outside TWIN_HOME, and locked so."""

from pathlib import Path

import duckdb

FILE_NAME = "twin.duckdb"
OPENING = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


def connect(path: Path, home: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open `path`; only files under `home` can be read or attached through this connection."""
    connection = duckdb.connect(str(path), read_only=read_only, config=dict(OPENING))
    folder = str(home.resolve()).replace("'", "''")
    for statement in (
        f"SET allowed_directories=['{folder}']",
        "SET enable_external_access=false",
        "SET checkpoint_threshold='64MB'",
        "SET GLOBAL TimeZone='UTC'",
        "SET allowed_configs=['current_transaction_invalidation_policy']",
        "SET lock_configuration=true",
    ):
        connection.execute(statement)
    return connection
