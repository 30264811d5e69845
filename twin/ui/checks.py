"""`twin check`: every layer and the whole model against their rules, each rule one row of a table."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import shapely

from twin.catalog import Catalog
from twin.model.clearance import DESK, WALL, Clearance
from twin.spec import Layer
from twin.store import Store
from twin.ui.rules import PLACE_RULES, Rule
from twin.ui.rules_people import PEOPLE_RULES

SUBJECTS_SHOWN = 5
TOUCH_M2 = 0.1


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule and what it found; `faults` counts the rows that break it, `examples` names some.

    `noted` counts what lies outside of a rule that allows it when it is said; all of it is in the examples.
    """

    rule: str
    checked: int
    faults: int
    examples: tuple[str, ...] = ()
    remedy: str = ""
    noted: int = 0

    @property
    def ok(self) -> bool:
        return self.faults == 0


def check(store: Store, catalog: Catalog) -> list[Finding]:
    """Hold every layer, then the whole model, against their rules."""
    rules = (*PLACE_RULES, *PEOPLE_RULES)
    return [
        *_layers(store, catalog),
        *(_held(store, rule) for rule in rules),
        _grids(store),
        _lanes(store),
        _ways(store),
    ]


def _held(store: Store, rule: Rule) -> Finding:
    checked = int(store.read(rule.of)["n"][0].as_py())
    ids = [str(i) for i in store.read(rule.faults)["id"].to_pylist()] if checked else []
    if rule.is_note:
        return Finding(rule.name, checked, 0, tuple(ids), rule.remedy, noted=len(ids))
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


def _grids(store: Store) -> Finding:
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
    return Finding(
        "grids fill their parent without gap or overlap",
        len(parents),
        len(faults),
        tuple(faults[:SUBJECTS_SHOWN]),
        "draw the boundaries again",
    )


def _lanes(store: Store) -> Finding:
    """A lane may lead through a gate, never through a house or the water."""
    lanes = store.read("SELECT name, geom_wkb FROM lane ORDER BY name").to_pylist()
    solid = store.read(
        "SELECT geom_wkb FROM building UNION ALL SELECT geom_wkb FROM ground WHERE kind = 'water'"
    )
    solids = shapely.from_wkb(solid["geom_wkb"].to_pylist())
    shapes = shapely.from_wkb([lane["geom_wkb"] for lane in lanes])
    which, met = shapely.STRtree(solids).query(shapes, predicate="intersects")
    shared_m2 = shapely.area(shapely.intersection(shapes[which], solids[met]))
    crossing = sorted({int(i) for i in which[shared_m2 > TOUCH_M2]})
    return Finding(
        "no fire lane crosses a house or the water",
        len(lanes),
        len(crossing),
        tuple(lanes[i]["name"] for i in crossing[:SUBJECTS_SHOWN]),
        "draw the lane again",
    )


def _ways(store: Store) -> Finding:
    """Of every community's street graph, what cannot be reached from its largest part."""
    beside: dict[str, dict[str, list[str]]] = {}
    for row in store.read("SELECT community12, id FROM street_node ORDER BY id").to_pylist():
        beside.setdefault(row["community12"], {})[row["id"]] = []
    for row in store.read("SELECT community12, from_node, to_node FROM street_edge").to_pylist():
        here = beside.get(row["community12"], {})
        if row["from_node"] in here and row["to_node"] in here:
            here[row["from_node"]].append(row["to_node"])
            here[row["to_node"]].append(row["from_node"])
    apart = sorted(node for nodes in beside.values() for node in _cut_off(nodes))
    return Finding(
        "the street graph hangs together",
        sum(len(nodes) for nodes in beside.values()),
        len(apart),
        tuple(apart[:SUBJECTS_SHOWN]),
        "join the ways to the streets",
    )


def _cut_off(beside: dict[str, list[str]]) -> set[str]:
    left, largest = set(beside), set[str]()
    while left:
        part, edge = set[str](), [left.pop()]
        while edge:
            node = edge.pop()
            if node not in part:
                part.add(node)
                edge += beside[node]
        left -= part
        largest = max(largest, part, key=len)
    return beside.keys() - largest


def as_table(findings: list[Finding]) -> str:
    """The findings as aligned text, the broken rules last where the eye ends."""
    lines = []
    for found in sorted(findings, key=lambda f: (not f.ok, f.noted > 0)):
        mark = "FAIL" if not found.ok else "note" if found.noted else "ok  "
        lines.append(f"{mark}  {found.checked:>7}  {found.rule}")
        if not found.ok:
            lines.append(f"      {found.faults:>7}  {'; '.join(found.examples)} → {found.remedy}")
        elif found.noted:
            lines.append(f"      {found.noted:>7}  listed: {'; '.join(found.examples)}")
    broken = sum(not f.ok for f in findings)
    lines.append(f"{len(findings)} rules, {broken} broken")
    return "\n".join(lines)
