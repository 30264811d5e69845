"""The verbs of the register of devices: list, show, add, name, and the lives they lead."""

from collections.abc import Callable, Mapping
from typing import Any

from twin.engine.registry import NewDevice, NotDone, add, lead, name
from twin.model.clearance import DESK
from twin.store import Store

Done = dict[str, Any]
DEVICES = """
  SELECT d.device_id, d.kind, d.label, d.building_id, d.storey_ordinal, d.unit_id, d.state, d.value, d.unit,
         d.freshness, d.lifecycle, d.health, d.battery_pct,
         strftime(d.seen_at, '%Y-%m-%d %H:%M:%S') AS seen_utc, n.names
  FROM device_register($at, $clearance) d
  LEFT JOIN (SELECT device_id, string_agg(scheme || ' ' || external_id, ', ' ORDER BY scheme) AS names
             FROM device_name GROUP BY device_id) n ON n.device_id = d.device_id
  WHERE ($kind = '' OR d.kind = $kind) AND ($id = '' OR d.device_id = $id)
    AND (NOT $silent OR d.freshness IN ('offline', 'never'))
  ORDER BY d.kind, d.device_id LIMIT $most"""
READINGS = """
  SELECT property, mean_over, state, value, unit, quality,
         strftime(happened_at, '%Y-%m-%d %H:%M:%S') AS happened_utc
  FROM side_reading_at($at, $clearance) WHERE device_id = $id ORDER BY property, mean_over"""
LIVES = """
  SELECT state, note, actor, strftime(valid_from, '%Y-%m-%d %H:%M:%S') AS from_utc,
         strftime(valid_to, '%Y-%m-%d %H:%M:%S') AS to_utc
  FROM device_life WHERE device_id = $id ORDER BY valid_from"""
LIST = ("device_id", "kind", "lifecycle", "freshness", "state", "battery_pct", "health", "seen_utc", "names")
MOST = 500


def list_devices(store: Store, args: Mapping[str, Any]) -> Done:
    rows = _devices(store, kind=str(args.get("kind") or ""), silent=bool(args.get("silent")))
    if not rows:
        return {"ok": True, "text": "No device is registered that is so.", "data": []}
    more = f"\n(the first {MOST})" if len(rows) == MOST else ""
    return {"ok": True, "text": as_columns(rows, LIST) + more, "data": rows}


def show_device(store: Store, args: Mapping[str, Any]) -> Done:
    device_id = str(args["device"])
    rows = _devices(store, device_id=device_id)
    if not rows:
        return {
            "ok": False,
            "text": f"No device {device_id!r} is registered. `twin device list` shows them all.",
        }
    it = rows[0]
    it["readings"] = store.relation(READINGS, None, DESK, {"id": device_id}).to_pylist()
    it["lives"] = store.read(LIVES, {"id": device_id}).to_pylist()
    lines = [
        f"{key}: {value}" for key, value in it.items() if not isinstance(value, list) and value is not None
    ]
    for title, found in (("readings", it["readings"]), ("lives", it["lives"])):
        if found:
            lines += ["", title, as_columns(found, tuple(found[0]))]
    return {"ok": True, "text": "\n".join(lines), "data": it}


def change(store: Store, args: Mapping[str, Any]) -> Done:
    """`do` is add, name, in_service, maintenance or retired."""
    device_id, do = str(args["device"]), str(args["do"])
    try:
        match do:
            case "add":
                said = add(store, NewDevice(id=device_id, **dict(args["about"])))
            case "name":
                said = name(
                    store, device_id, str(args["scheme"]), str(args["external"]), move=bool(args["move"])
                )
            case "in_service" | "maintenance" | "retired":
                said = lead(
                    store, device_id, do, str(args.get("note") or ""), str(args.get("by") or "operator")
                )
            case _:
                return {"ok": False, "text": f"A device cannot be changed so: {do}."}
    except NotDone as fault:
        return {"ok": False, "text": str(fault)}
    return {"ok": True, "text": said}


VERBS: Mapping[str, Callable[[Store, Mapping[str, Any]], Done]] = {
    "device-list": list_devices,
    "device-show": show_device,
    "device-change": change,
}


def _devices(
    store: Store, *, kind: str = "", device_id: str = "", silent: bool = False
) -> list[dict[str, Any]]:
    asked = {"kind": kind, "id": device_id, "silent": silent, "most": MOST}
    return store.relation(DEVICES, None, DESK, asked).to_pylist()


def as_columns(rows: list[dict[str, Any]], names: tuple[str, ...]) -> str:
    """Rows as a plain table, as wide as what stands in it."""
    cells = [list(names), *([_cell(row.get(name)) for name in names] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(names))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
                     for line in cells)  # fmt: skip


def _cell(value: Any) -> str:
    return "-" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
