"""Writes a plan: the rows of every table it touches, people sealed, in the caller's one transaction."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa

from twin.ingest.workbook.case import Case
from twin.ingest.workbook.holding import KEYS, Holding
from twin.ingest.workbook.planning import Plan
from twin.ingest.workbook.rows import Row, store_rows
from twin.ingest.workbook.sheets import ORDER, SHEETS
from twin.model.care import SCHEME, THREE_COLOUR
from twin.model.places import storey_rows
from twin.store import Tx, Vault

SEALED = {"person": "identity", "care_profile": "detail"}


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows by table, whole and sealed: those no one holds yet, and those that replace one."""

    code12: str
    added: Mapping[str, pa.Table]
    changed: Mapping[str, pa.Table]


def batch_of(case: Case, holding: Holding, todo: Plan, vault: Vault, provenance: str, at: datetime) -> Batch:
    """Everything but the transaction; people's secrets are made here."""
    made: dict[str, dict[str, Row]] = defaultdict(dict)
    for table, row in _made(case, todo):
        made[table][row[KEYS.get(table, "id")]] = row
    stamp = {"community12": holding.code12, "provenance": provenance, "imported_at": at, "demo": case.demo}
    added: dict[str, list[Row]] = defaultdict(list)
    changed: dict[str, list[Row]] = defaultdict(list)
    for table, rows in made.items():
        held = holding.by_key(table)
        for key, row in rows.items():
            old = held.get(key)
            whole = (old or {}) | _merged(table, row, old) | stamp
            (changed if old else added)[table].append(whole)
    for rows_of in (added, changed):
        _seal(rows_of, vault, demo=case.demo)
        if buildings := rows_of.get("building"):
            rows_of["storey"] = _storeys(buildings)
    return Batch(holding.code12, _tables(added, holding), _tables(changed, holding))


def with_scheme(batch: Batch, holding: Holding, provenance: str, at: datetime) -> Batch:
    """Care needs levels: a twin that has none begins with ours."""
    if holding.tables["care_level"] or "care_profile" not in batch.added:
        return batch
    names = ("level", "rank", "name", "name_en", "colour", "contact_interval_d", "visit_interval_d")
    stamp = {"community12": batch.code12, "scheme": SCHEME, "valid_from": at, "provenance": provenance}
    levels = [stamp | {name: getattr(each, name) for name in names} for each in THREE_COLOUR]
    return replace(batch, added={**batch.added, **_tables({"care_level": levels}, holding)})


def _made(case: Case, todo: Plan) -> Iterator[tuple[str, Row]]:
    for key in ORDER:
        names = [*todo.added[key], *todo.changed[key], *(todo.moved if key == "care" else ())]
        for name in names:
            yield from store_rows(SHEETS[key], case.known[key][name], case.known, case.shapes, case.person_id)


def _merged(table: str, row: Row, old: Row | None) -> Row:
    """What lies sealed keeps the parts that no sheet knows."""
    part = SEALED.get(table)
    if part is None or old is None or not old.get(part):
        return row
    return row | {part: {**old[part], **row[part]}}


def _seal(tables: Mapping[str, list[Row]], vault: Vault, *, demo: bool) -> None:
    for table, part in SEALED.items():
        rows = tables.get(table, [])
        for row in rows:
            if part == "identity":
                row[part] = row[part] | {"demo": demo}
        sealed = vault.seal_all({row["person_id"]: row[part] for row in rows})
        for row in rows:
            row[f"{part}_enc"] = sealed[row["person_id"]]


def _tables(rows: Mapping[str, list[Row]], holding: Holding) -> dict[str, pa.Table]:
    """In the store's own types, before the transaction begins: it holds up every other writer."""
    return {
        table: pa.table(
            [pa.array([row.get(field.name) for row in made], field.type) for field in holding.schemas[table]],
            schema=holding.schemas[table],
        )
        for table, made in rows.items()
    }


def write(tx: Tx, batch: Batch) -> None:
    for table, rows in batch.added.items():
        tx.append(table, rows)
    for table, rows in batch.changed.items():
        tx.upsert(table, rows)
    if "building" in batch.changed:
        tx.execute(
            "DELETE FROM storey WHERE community12 = $code AND building_id IN (SELECT unnest($ids))"
            " AND EXISTS (SELECT 1 FROM building AS b WHERE b.community12 = $code"
            " AND b.id = storey.building_id AND (ordinal >= b.storeys_above OR ordinal < -b.storeys_below))",
            {"code": batch.code12, "ids": batch.changed["building"]["id"].to_pylist()},
        )


def _storeys(buildings: list[Row]) -> list[Row]:
    return [
        {"community12": building["community12"], **row}
        for building in buildings
        for row in storey_rows(
            building["id"], building["storeys_above"], building["storeys_below"], building["height_m"]
        )
    ]
