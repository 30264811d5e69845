// What a pick or hover hit: the layer, the row and the place it leads to.

import { parts } from "./spec.js";

/** One row of a roster, whose words stand in columns. */
export function rowOf(roster, frame, index) {
  const row = Object.fromEntries(Object.entries(roster.rows ?? {}).map(([name, values]) => [name, values[index]]));
  for (const [name, values] of Object.entries(frame.columns)) {
    if (name.startsWith("number:") && !name.endsWith(".size")) row[name.slice(7)] = values[index];
  }
  if (frame.columns.seen?.[index]) row.seen_at = frame.columns.seen[index];
  return row;
}

/** @returns {Promise<{layer:string,part:string,id:string|null,row:object|null,x:number,y:number,meta:object|null}|null>} */
export async function told(picked, shelf, stream) {
  if (!picked?.layer) return null;
  const [layer, part] = parts(picked.layer.id);
  const item = shelf.get(layer);
  const spot = { layer, part, id: null, row: picked.object ?? null, x: picked.x, y: picked.y, meta: item?.meta ?? null };
  if (item?.meta.live && item.frame && picked.index >= 0) {
    const frame = item.frame;
    const roster = await stream.roster(frame);
    spot.id = roster.ids?.[picked.index] ?? null;
    spot.row = rowOf(roster, frame, picked.index);
    const state = frame.states?.[frame.columns.state?.[picked.index]];
    const column = item.meta.columns?.find((one) => one.kind === "state" && state in (one.states ?? {}));
    if (column) spot.row[column.name] = state;
  } else spot.id = spot.row?.id ?? null;
  return spot;
}

/** The view a spot leads to, by its layer's drill; null when it leads nowhere. */
export function leadsTo(spot) {
  if (!spot) return null;
  const { row, meta } = spot;
  if (spot.layer === "opened" || (row && "storey" in row && "building" in row)) {
    return { building: row.building, storey: row.storey ?? null, unit: row.unit ?? null };
  }
  const drill = meta?.drill;
  if (!drill) return null;
  const at = (column) => (column && row ? row[column] ?? null : null);
  const building = drill.by === meta.key ? spot.id : at(drill.by);
  if (!building) return null;
  const patch = { building, storey: at(drill.storey), unit: at(drill.unit) };
  if (drill.device) patch.device = drill.device === meta.key ? spot.id : at(drill.device);
  if (drill.ticket) patch.ticket = drill.ticket === meta.key ? spot.id : at(drill.ticket);
  return patch;
}
