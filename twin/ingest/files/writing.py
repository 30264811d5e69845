"""The staged buildings beside those in the store: what is new, what differs, and how both are written."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from twin.ingest.files.identity import Identity, building_id
from twin.ingest.files.report import Oddities
from twin.ingest.files.staging import Staging
from twin.model.places import storey_rows
from twin.store import Tx

Read = Callable[[str, Mapping[str, object]], pa.Table]

UNCHANGED, NEW, CHANGED, TAKEN = 0, 1, 2, 3

# What makes a building another one; provenance and time of import do not.
COMPARED = (
    "name", "address", "use", "storeys_above", "storeys_below", "height_m", "storeys_derived",
    "height_derived", "geom_wkb", "source_id",
)  # fmt: skip
BOX = ("min_x_m", "min_y_m", "max_x_m", "max_y_m")


@dataclass(frozen=True, slots=True)
class Plan:
    """Per staged batch the status of each kept row, and how many have each."""

    statuses: tuple[NDArray[np.int8], ...]
    counts: tuple[int, int, int, int]  # unchanged, new, changed, taken

    @property
    def is_kept(self) -> NDArray[np.bool_]:
        return np.concatenate([*self.statuses, np.zeros(0, dtype=np.int8)]) != TAKEN


def _kept_batches(staging: Staging, identity: Identity, code12: str) -> Iterator[pa.Table]:
    first = 0
    for batch in staging.batches():
        kept = identity.kept[first : first + batch.num_rows]
        by_source = identity.by_source[first : first + batch.num_rows]
        first += batch.num_rows
        ids = [
            building_id(source, shape, bool(by))
            for source, shape, by in zip(
                batch["source_id"].to_pylist(), batch["shape_id"].to_pylist(), by_source, strict=True
            )
        ]
        table = pa.Table.from_batches([batch]).drop_columns(["shape_id"])
        table = table.append_column("id", pa.array(ids, pa.string()))
        table = table.append_column("community12", pa.array([code12] * len(ids), pa.string()))
        yield table.filter(pa.array(kept))


def plan(
    read: Read, staging: Staging, identity: Identity, code12: str, provenance: str, odd: Oddities
) -> Plan:
    """Compare without writing."""
    statuses = []
    for table in _kept_batches(staging, identity, code12):
        here = _existing(read, code12, table["id"].to_pylist())
        status = np.array(
            [_status(row, here.get(row["id"]), provenance) for row in _rows(table)], dtype=np.int8
        )
        for at in np.flatnonzero(status == TAKEN):
            owner = here[table["id"][int(at)].as_py()]["provenance"]
            reason = f"its id belongs to another building, elsewhere, from {owner}"
            remedy = "give it an id of its own, or name another field: --map id=FIELD"
            odd.add("rejected", "id-taken", table["row"][int(at)].as_py(), "id", reason, remedy)
        statuses.append(status)
    whole = np.concatenate(statuses) if statuses else np.zeros(0, dtype=np.int8)
    count = np.bincount(whole, minlength=4)
    return Plan(tuple(statuses), (int(count[0]), int(count[1]), int(count[2]), int(count[3])))


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    return list(table.select(["id", *COMPARED, *BOX]).to_pylist())


def _existing(read: Read, code12: str, ids: list[str]) -> dict[str, dict[str, Any]]:
    columns = ", ".join(("id", *COMPARED, *BOX, "provenance"))
    sql = f"SELECT {columns} FROM building WHERE community12 = $code AND id IN (SELECT unnest($ids))"  # noqa: S608
    return {row["id"]: row for row in read(sql, {"code": code12, "ids": ids}).to_pylist()}


def _status(row: Mapping[str, Any], here: Mapping[str, Any] | None, provenance: str) -> int:
    if here is None:
        return NEW
    if all(row[name] == here[name] for name in COMPARED):
        return UNCHANGED
    apart = (
        row["min_x_m"] > here["max_x_m"]
        or row["max_x_m"] < here["min_x_m"]
        or row["min_y_m"] > here["max_y_m"]
        or row["max_y_m"] < here["min_y_m"]
    )
    return TAKEN if apart and here["provenance"] != provenance else CHANGED


def write(tx: Tx, staging: Staging, identity: Identity, todo: Plan, code12: str, provenance: str) -> None:
    """Within the caller's one transaction."""
    for table, status in zip(_kept_batches(staging, identity, code12), todo.statuses, strict=True):
        _store(tx, table.filter(pa.array(status == NEW)), provenance, are_new=True)
        _store(tx, table.filter(pa.array(status == CHANGED)), provenance, are_new=False)


def _store(tx: Tx, table: pa.Table, provenance: str, *, are_new: bool) -> None:
    if not table.num_rows:
        return
    code12 = table["community12"][0].as_py()
    constants: Mapping[str, pa.Array] = {
        "form": pa.array(["other"] * table.num_rows),
        "base_m": pa.array(np.zeros(table.num_rows)),
        "provenance": pa.array([provenance] * table.num_rows),
        "imported_at": pa.array([tx.known_at] * table.num_rows, pa.timestamp("us", tz="UTC")),
    }
    rows = table.drop_columns(["row"])
    for name, values in constants.items():
        rows = rows.append_column(name, values)
    put = tx.append if are_new else tx.upsert
    put("building", rows)
    put("storey", _storeys(table))
    if not are_new:
        tx.execute(
            "DELETE FROM storey WHERE community12 = $code AND building_id IN (SELECT unnest($ids))"
            " AND EXISTS (SELECT 1 FROM building AS b WHERE b.community12 = $code"
            " AND b.id = storey.building_id AND (ordinal >= b.storeys_above OR ordinal < -b.storeys_below))",
            {"code": code12, "ids": table["id"].to_pylist()},
        )


def _storeys(table: pa.Table) -> pa.Table:
    columns = (table[name].to_pylist() for name in ("id", "storeys_above", "storeys_below", "height_m"))
    rows = [row for building in zip(*columns, strict=True) for row in storey_rows(*building)]
    made = pa.Table.from_pylist(rows)
    return made.append_column("community12", pa.array([table["community12"][0].as_py()] * len(rows)))


def stranded(read: Read, todo: Plan, code12: str, provenance: str) -> int:
    """How many buildings of an earlier file of this name are not in it any more."""
    sql = "SELECT count(*) AS n FROM building WHERE community12 = $code AND provenance = $provenance"
    here = read(sql, {"code": code12, "provenance": provenance})["n"][0].as_py()
    unchanged, _, changed, _ = todo.counts
    return max(0, int(here) - unchanged - changed)
