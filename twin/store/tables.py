"""The tables' columns and keys, read once from the file, and rows brought into their shape."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import duckdb
import pyarrow as pa

Rows: TypeAlias = pa.Table | Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    schema: pa.Schema
    key: tuple[str, ...]

    def arrow(self, rows: Rows) -> pa.Table:
        """`rows` with this table's types; a column the rows do not name is left out."""
        if isinstance(rows, pa.Table):
            self.refuse_unknown(rows.column_names)
            return rows
        names = dict.fromkeys(name for row in rows for name in row)
        self.refuse_unknown(names)
        fields = [self.schema.field(name) for name in names]
        columns = [pa.array([row.get(field.name) for row in rows], type=field.type) for field in fields]
        return pa.table(columns, schema=pa.schema([pa.field(field.name, field.type) for field in fields]))

    def refuse_unknown(self, names: Sequence[str] | Mapping[str, None]) -> None:
        unknown = [name for name in names if name not in self.schema.names]
        if unknown:
            raise ValueError(f"table {self.name} has no column {', '.join(unknown)}")


def tables(connection: duckdb.DuckDBPyConnection) -> Mapping[str, Table]:
    names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    keys = dict(
        connection.execute(
            "SELECT table_name, constraint_column_names FROM duckdb_constraints()"
            " WHERE constraint_type = 'PRIMARY KEY'"
        ).fetchall()
    )
    return {
        name: Table(
            name,
            connection.execute(f"SELECT * FROM {name} LIMIT 0").to_arrow_table().schema,  # noqa: S608 - own names
            tuple(keys.get(name, ())),
        )
        for name in names
    }
