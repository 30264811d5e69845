"""One transaction on the single writer."""

import re
from collections.abc import Mapping
from datetime import datetime

import duckdb
import pyarrow as pa

from twin.store.tables import Rows, Table

_EVENTS = ("observation", "position", "ticket_event", "side_reading", "device_health")
LATE = {name: f"{name}_late" for name in _EVENTS}
_WRITES = re.compile(
    r"\b(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE)\s+\"?(\w+)", re.IGNORECASE
)


class Tx:
    """Given to the work of `Store.write`; not to be kept after it."""

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        tables: Mapping[str, Table],
        known_at: datetime,
        keyframe_at: datetime | None,
    ) -> None:
        self.known_at = known_at
        self.touched: set[str] = set()
        self._cursor = cursor
        self._tables = tables
        self._keyframe_at = keyframe_at

    def execute(self, sql: str, params: Mapping[str, object] | None = None) -> None:
        self._cursor.execute(sql, dict(params) if params else None).fetchall()
        self.touched.update(name.lower() for name in _WRITES.findall(sql) if name.lower() in self._tables)

    def read(self, sql: str, params: Mapping[str, object] | None = None) -> pa.Table:
        return self._cursor.execute(sql, dict(params) if params else None).to_arrow_table()

    def append(self, table: str, rows: Rows) -> int:
        """Add rows to `table`; `known_at` is this transaction's. Late ones are kept beside it too."""
        batch = self._stamped(table, rows)
        with _Batch(self._cursor, batch):
            self._insert(table, "SELECT * FROM batch")
            if table in LATE and self._keyframe_at is not None:
                late = {"frame": self._keyframe_at}
                self._insert(LATE[table], "SELECT * FROM batch WHERE happened_at <= $frame", late)
        self.touched.add(table)
        return int(batch.num_rows)

    def upsert(self, table: str, rows: Rows) -> int:
        """Replace rows by primary key; of two rows of one key in `rows` the last wins."""
        return self._merge(table, rows, order="batch_ordinal DESC", only="")

    def upsert_newest(self, table: str, rows: Rows) -> int:
        """As `upsert`, but a row never replaces one that happened later; of equals the later said wins."""
        return self._merge(
            table,
            rows,
            order="happened_at DESC, batch_ordinal DESC",
            only=f" WHERE excluded.happened_at >= {table}.happened_at",
        )

    def _merge(self, table: str, rows: Rows, *, order: str, only: str) -> int:
        batch = self._stamped(table, rows)
        key = ", ".join(self._tables[table].key)
        ordinal = pa.array(range(batch.num_rows), pa.int64())
        rest = [name for name in batch.column_names if name not in self._tables[table].key]
        sets = ", ".join(f"{name} = excluded.{name}" for name in rest)
        change = f"UPDATE SET {sets}{only}" if rest else "NOTHING"
        with _Batch(self._cursor, batch.append_column("batch_ordinal", ordinal)):
            # Of two rows of one key in one batch DuckDB keeps the first, silently: one must be left.
            one = f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {order}) = 1"
            rows_once = f"(SELECT * EXCLUDE (batch_ordinal) FROM batch {one})"  # noqa: S608 - the schema's own names
            self._insert(table, f"{rows_once} ON CONFLICT ({key}) DO {change}")
        self.touched.add(table)
        return int(batch.num_rows)

    def _insert(self, table: str, source: str, params: Mapping[str, object] | None = None) -> None:
        statement = f"INSERT INTO {table} BY NAME {source}"
        self._cursor.execute(statement, dict(params) if params else None).fetchall()

    def _stamped(self, table: str, rows: Rows) -> pa.Table:
        known = self._tables[table]
        batch = known.arrow(rows)
        if "known_at" in known.schema.names and "known_at" not in batch.column_names:
            field = known.schema.field("known_at")
            batch = batch.append_column("known_at", pa.array([self.known_at] * batch.num_rows, field.type))
        return batch


class _Batch:
    """Arrow rows registered as `batch` on one cursor, for as long as the statement runs."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, rows: pa.Table) -> None:
        self._cursor, self._rows = cursor, rows

    def __enter__(self) -> None:
        self._cursor.register("batch", self._rows)

    def __exit__(self, *_: object) -> None:
        self._cursor.unregister("batch")
