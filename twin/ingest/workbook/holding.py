"""What the twin holds of one community, as rows in the clear: the other side of every comparison."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from twin.ingest.files.community import Bounds
from twin.ingest.files.options import ImportRefused
from twin.ingest.workbook.rows import Row
from twin.ingest.workbook.sheets import SHEETS
from twin.model.care import SCHEME, THREE_COLOUR
from twin.model.coordinates import LocalFrame
from twin.store import Store, Vault

TABLES = (*dict.fromkeys(sheet.table for sheet in SHEETS.values()), "person", "household", "care_level")
DEMO = "demo"
# Several tables are read one after another: nothing else may write them in between.
ONE_AT_A_TIME = threading.Lock()
KEYS = {"person": "person_id", "care_level": "level"}


@dataclass(frozen=True, slots=True)
class Holding:
    """`person` rows carry `identity`, `care_profile` rows `detail`, where they can still be read."""

    code12: str
    frame: LocalFrame
    bounds: Bounds | None
    demo: bool
    tables: Mapping[str, list[Row]]
    schemas: Mapping[str, pa.Schema]

    @property
    def is_invented(self) -> bool:
        """Some rows are the demo's, and nobody in it is real."""
        return not self.real_persons and any(
            row["provenance"] == DEMO for rows in self.tables.values() for row in rows
        )

    @property
    def real_persons(self) -> frozenset[str]:
        return frozenset(row["person_id"] for row in self.tables["person"] if not row["demo"])

    @property
    def levels(self) -> Mapping[str, frozenset[str]]:
        """Level ids by scheme; a twin that has none begins with ours."""
        return self.with_levels(self.tables["care_level"])

    def with_levels(self, rows: list[Row]) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for row in rows:
            found.setdefault(row["scheme"], set()).add(row["level"])
        if not found:
            found[SCHEME] = {each.level for each in THREE_COLOUR}
        return {scheme: frozenset(levels) for scheme, levels in found.items()}

    def by_key(self, table: str) -> dict[str, Row]:
        key = KEYS.get(table, "id")
        return {row[key]: row for row in self.tables[table]}


def community_of(store: Store, code12: str) -> Row:
    """The named community's row, or the only one there is. Raises ImportRefused."""
    rows: list[Row] = store.read("SELECT * EXCLUDE (created_at) FROM community ORDER BY 1").to_pylist()
    if not rows:
        raise ImportRefused("This twin has no community yet.", "Make one: twin init --code … --bounds ….")
    codes = ", ".join(row["community12"] for row in rows)
    if not code12:
        if len(rows) > 1:
            raise ImportRefused(f"This twin holds {len(rows)} communities.", f"Say --code, one of: {codes}.")
        return rows[0]
    for row in rows:
        if row["community12"] == code12:
            return row
    raise ImportRefused(
        f"The workbook is of community {code12}; this twin holds {codes}.",
        "Check that it is the right file, or set TWIN_HOME to the other twin.",
    )


def held(store: Store, vault: Vault, community: Mapping[str, Any]) -> Holding:
    """All rows of this community, every sealed value opened."""
    code12 = str(community["community12"])
    tables: dict[str, list[Row]] = {}
    schemas: dict[str, pa.Schema] = {"storey": store.read("SELECT * FROM storey LIMIT 0").schema}
    for table in TABLES:
        found = store.read(f"SELECT * FROM {table} WHERE community12 = $code", {"code": code12})  # noqa: S608 - own names
        tables[table], schemas[table] = found.to_pylist(), found.schema
    _open(vault, tables["person"], "identity")
    _open(vault, tables["care_profile"], "detail")
    sides = tuple(community[side] for side in ("west", "south", "east", "north"))
    return Holding(
        code12,
        LocalFrame(community["lon0"], community["lat0"]),
        None if None in sides else sides,
        bool(community["demo"]),
        tables,
        schemas,
    )


def _open(vault: Vault, rows: list[Row], name: str) -> None:
    sealed = {row["person_id"]: row[f"{name}_enc"] for row in rows if row[f"{name}_enc"]}
    opened = vault.open_all(sealed)
    for row in rows:
        row[name] = opened.get(row["person_id"])
