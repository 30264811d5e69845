"""`twin check`: every layer and the whole model against their rules, each rule one row of a table."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import shapely

from twin.catalog import Catalog
from twin.model.clearance import DESK, WALL, Clearance
from twin.spec import Layer
from twin.store import Store

SUBJECTS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule and what it found; `faults` counts the rows that break it, `examples` names some."""

    rule: str
    checked: int
    faults: int
    examples: tuple[str, ...] = ()
    remedy: str = ""

    @property
    def ok(self) -> bool:
        return self.faults == 0


@dataclass(frozen=True, slots=True)
class Rule:
    """`faults` selects the ids that break the rule, `of` counts what it was held against."""

    name: str
    of: str
    faults: str
    remedy: str


RULES = (
    Rule(
        "every building has as many storeys as it says",
        "SELECT count(*) AS n FROM building",
        """SELECT b.id FROM building b
           LEFT JOIN storey s ON s.community12 = b.community12 AND s.building_id = b.id
           GROUP BY b.id, b.storeys_above, b.storeys_below
           HAVING count(s.ordinal) <> b.storeys_above + b.storeys_below""",
        "import the buildings again",
    ),
    Rule(
        "every unit lies on a storey of its building",
        "SELECT count(*) AS n FROM unit",
        """SELECT u.id FROM unit u ANTI JOIN storey s
           ON s.community12 = u.community12 AND s.building_id = u.building_id
           AND s.ordinal = u.storey_ordinal""",
        "mend the unit's storey in the source and import again",
    ),
    Rule(
        "every unit belongs to an entrance of its building",
        "SELECT count(*) AS n FROM unit",
        """SELECT u.id FROM unit u ANTI JOIN entrance e
           ON e.community12 = u.community12 AND e.id = u.entrance_id AND e.building_id = u.building_id""",
        "mend the unit's entrance in the source and import again",
    ),
    Rule(
        "an address names one unit",
        "SELECT count(*) AS n FROM unit",
        """SELECT min(id) AS id FROM unit
           GROUP BY community12, building_id, entrance_id, room HAVING count(*) > 1""",
        "give the units different room numbers",
    ),
    Rule(
        "a storey of an entrance has 2 to 8 dwellings",
        """SELECT count(*) AS n FROM
           (SELECT DISTINCT entrance_id, storey_ordinal FROM unit WHERE use = 'dwelling')""",
        """SELECT entrance_id || ' ' || storey_ordinal AS id FROM unit WHERE use = 'dwelling'
           GROUP BY community12, entrance_id, storey_ordinal HAVING count(*) NOT BETWEEN 2 AND 8""",
        "look at the list of units of that storey",
    ),
    Rule(
        "every entrance with dwellings belongs to a micro grid",
        "SELECT count(DISTINCT entrance_id) AS n FROM unit WHERE use = 'dwelling'",
        """SELECT DISTINCT e.id FROM unit u
           JOIN entrance e ON e.community12 = u.community12 AND e.id = u.entrance_id
           ANTI JOIN grid g ON g.community12 = e.community12 AND g.id = e.micro_grid_id AND g.tier = 3
           WHERE u.use = 'dwelling'""",
        "assign the entrance to a micro grid",
    ),
    Rule(
        "a residential micro grid has 30 to 100 households",
        "SELECT count(*) AS n FROM grid WHERE tier = 3 AND kind = 'residential'",
        """SELECT name AS id FROM grid WHERE tier = 3 AND kind = 'residential'
           AND households NOT BETWEEN 30 AND 100""",
        "split or join micro grids",
    ),
    Rule(
        "a micro grid's households are its entrances' dwellings",
        "SELECT count(*) AS n FROM grid WHERE tier = 3 AND kind = 'residential'",
        """SELECT g.name AS id FROM grid g LEFT JOIN entrance e
             ON e.community12 = g.community12 AND e.micro_grid_id = g.id
           LEFT JOIN unit u
             ON u.community12 = e.community12 AND u.entrance_id = e.id AND u.use = 'dwelling'
           WHERE g.tier = 3 AND g.kind = 'residential'
           GROUP BY g.id, g.name, g.households HAVING count(u.id) <> g.households""",
        "count the households again",
    ),
    Rule(
        "every micro grid has a steward",
        "SELECT count(*) AS n FROM grid WHERE tier = 3 AND kind = 'residential'",
        """SELECT g.name AS id FROM grid g ANTI JOIN staff s
           ON s.community12 = g.community12 AND s.grid_id = g.id AND s.role = 'steward' AND s.valid_to IS NULL
           WHERE g.tier = 3 AND g.kind = 'residential'""",
        "appoint a steward",
    ),
    Rule(
        "every device stands in a place that exists",
        "SELECT count(*) AS n FROM device WHERE building_id IS NOT NULL",
        """SELECT d.id FROM device d
           LEFT JOIN building b ON b.community12 = d.community12 AND b.id = d.building_id
           LEFT JOIN unit u ON u.community12 = d.community12 AND u.id = d.unit_id
           WHERE d.building_id IS NOT NULL AND (b.id IS NULL OR (d.unit_id IS NOT NULL AND u.id IS NULL))""",
        "mend the device's place",
    ),
    Rule(
        "a device in a home is never public",
        "SELECT count(*) AS n FROM device WHERE unit_id IS NOT NULL",
        """SELECT d.id FROM device d JOIN unit u ON u.community12 = d.community12 AND u.id = d.unit_id
           WHERE d.is_public AND u.use = 'dwelling'""",
        "set is_public to false",
    ),
    Rule(
        "every person has a sealed identity",
        "SELECT count(*) AS n FROM person",
        "SELECT person_id AS id FROM person WHERE octet_length(identity_enc) < 29",
        "import the person again",
    ),
)


def check(store: Store, catalog: Catalog) -> list[Finding]:
    """Hold every layer, then the whole model, against their rules."""
    return [*_layers(store, catalog), *(_held(store, rule) for rule in RULES), *_grids(store)]


def _held(store: Store, rule: Rule) -> Finding:
    checked = int(store.read(rule.of)["n"][0].as_py())
    ids = [str(i) for i in store.read(rule.faults)["id"].to_pylist()] if checked else []
    return Finding(rule.name, checked, len(ids), tuple(ids[:SUBJECTS_SHOWN]), rule.remedy)


def _layers(store: Store, catalog: Catalog) -> Iterator[Finding]:
    for layer in catalog.layers:
        faults = tuple(_layer_faults(store, layer))
        yield Finding(
            f"layer {layer.id} gives what it declares", 1, len(faults), faults, "mend the layer's file"
        )


def _layer_faults(store: Store, layer: Layer) -> Iterator[str]:
    for clearance in (WALL, DESK):
        rows = store.relation(layer.sql, None, clearance)
        yield from _row_faults(layer, clearance, rows)
    if not layer.provenance.licence:
        yield "no licence"


def _row_faults(layer: Layer, clearance: Clearance, rows: pa.Table) -> Iterator[str]:
    names = set(rows.column_names)
    declared = {column.name for column in layer.columns} | {layer.key}
    if layer.drill:
        drill = layer.drill
        declared |= {c for c in (drill.by, drill.storey, drill.unit, drill.device, drill.ticket) if c}
    for missing in sorted(declared - names):
        yield f"{clearance.key}: the query gives no column {missing}"
    if layer.key in names and len(set(rows[layer.key].to_pylist())) != rows.num_rows:
        yield f"{clearance.key}: {layer.key} is not unique"


def _grids(store: Store) -> Iterator[Finding]:
    rows = store.read(
        "SELECT id, tier, kind, parent_id, name, geom_wkb FROM grid WHERE valid_to IS NULL"
    ).to_pylist()
    shapes = {row["id"]: shapely.from_wkb(row["geom_wkb"]) for row in rows}
    faults: list[str] = []
    parents = {row["parent_id"] for row in rows if row["parent_id"] in shapes}
    for parent in sorted(parents):
        inside = [shapes[r["id"]] for r in rows if r["parent_id"] == parent]
        whole = shapes[parent].area
        gap = shapely.difference(shapes[parent], shapely.union_all(inside)).area
        overlap = sum(shape.area for shape in inside) - shapely.union_all(inside).area
        if max(gap, overlap) > max(1.0, whole * 1e-5):
            faults.append(f"{parent}: gap {gap:.1f} m², overlap {overlap:.1f} m²")
    yield Finding(
        "grids fill their parent without gap or overlap",
        len(parents),
        len(faults),
        tuple(faults[:SUBJECTS_SHOWN]),
        "draw the boundaries again",
    )


def as_table(findings: list[Finding]) -> str:
    """The findings as aligned text, the broken rules last where the eye ends."""
    lines = []
    for found in sorted(findings, key=lambda f: not f.ok):
        mark = "ok  " if found.ok else "FAIL"
        lines.append(f"{mark}  {found.checked:>7}  {found.rule}")
        if not found.ok:
            lines.append(f"      {found.faults:>7}  {'; '.join(found.examples)} → {found.remedy}")
    broken = sum(not f.ok for f in findings)
    lines.append(f"{len(findings)} rules, {broken} broken")
    return "\n".join(lines)
