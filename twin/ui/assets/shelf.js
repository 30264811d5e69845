// The layers of the page: fetched once per version, built once per change, the same instances otherwise.

import { columns } from "./chips.js";
import { candidates, rem_px } from "./labels.js";
import { instance, parts, props } from "./spec.js";

const GHOST = [58, 67, 78];
// What somebody must go to is seen from afar through the buildings before it.
const OVER = { depthCompare: "always", depthWriteEnabled: false };
const LATE = [120, 128, 137, 200];
// From here on a storey of 3 m is at least 4 pixels high, and its line helps to count.
export const STOREY_ZOOM = 16.4;
// Sizes in pixels are meant for a rem of 16; a wall read from 8 m needs three times as many.
const IN_PIXELS = ["radiusMinPixels", "radiusMaxPixels", "widthMinPixels", "widthMaxPixels", "lineWidthMinPixels", "lineWidthMaxPixels"];
const SOLID = new Set(["solid", "roof", "storeys", "edge", "hips", "works", "shadow"]);
// Paint that no light falls on: the page darkens it with the hour. Kerbs stay, they are the street lines.
const BASE = new Set(["ground", "buildings"]);
const PAINT = { surface: "ground", carriageway: "ground", plate: "ground", bank: "lines", line: "lines", bays: "lines", edge: "lines" };
// Roofs catch the noon light: beside an opened building they would outshine it.
const LIT = new Set(["roof", "hips", "works"]);
const NEAR_ONLY = new Set(["storeys", "bays"]);
const SIGNS = new Set(["disc", "icon"]);
// A sign that would cover another is drawn as a dot: the place stays, only its word waits.
const DOT_SHARE = 0.34;

/** @param {{screen:string, fault:(error:Error)=>void}} options */
export function createShelf({ screen, fault }) {
  /** @type {Map<string, any>} */
  const shelf = new Map();
  const built = new Map();
  const filtered = new Map();

  function declare(meta) {
    const kept = shelf.get(meta.id);
    if (kept) kept.meta = meta;
    else shelf.set(meta.id, { meta, version: null, subs: [], labels: [], frame: null, on: meta.on, busy: false });
  }

  function take(id, answer) {
    const item = shelf.get(id);
    item.version = answer.version;
    item.answer = answer;
    const parsed = answer.layers.map((spec) => ({ id: spec.id, part: parts(spec.id)[1], ...props(spec) }));
    const isName = (sub) => sub.type === "TextLayer";
    item.labels = parsed.filter(isName).flatMap((sub) => (sub.part === "chip" ? columns : candidates)(id, sub));
    item.subs = parsed.filter((sub) => !isName(sub));
    for (const key of filtered.keys()) if (parts(key)[0] === id) filtered.delete(key);
  }

  /** Fetches a layer when it is on and its version moved; asks again only after the last answer. */
  async function load(id, at = null) {
    const item = shelf.get(id);
    if (!item || item.busy) {
      if (item) item.again = true;
      return false;
    }
    item.busy = true;
    try {
      const when = at ? `&at=${encodeURIComponent(at)}` : "";
      const reply = await fetch(`/${screen}/layer/${id}?v=${encodeURIComponent(item.meta.version ?? "")}${when}`);
      if (!reply.ok) throw new Error(`${reply.status} layer ${id}`);
      take(id, await reply.json());
      return true;
    } catch (error) {
      fault(error);
      return false;
    } finally {
      item.busy = false;
      if (item.again) {
        item.again = false;
        void load(id, at);
      }
    }
  }

  function rowsWithout(sub, hidden) {
    const data = sub.props.data;
    if (!hidden || !Array.isArray(data)) return data;
    const key = sub.id;
    const kept = filtered.get(key);
    if (kept && kept.from === data && kept.hidden === hidden) return kept.rows;
    const rows = data.some((row) => row.id === hidden) ? data.filter((row) => row.id !== hidden) : data;
    filtered.set(key, { from: data, hidden, rows });
    return rows;
  }

  function liveData(frame) {
    const { position, color } = frame.columns;
    return {
      length: frame.n,
      attributes: {
        getPosition: { value: position, size: frame.columns["position.size"] },
        getFillColor: { value: color, size: frame.columns["color.size"], normalized: true },
      },
    };
  }

  /** Borders of a frame as rows, the same array while nothing moved; from afar the quiet ones are not drawn. */
  function livePaths(item, quiet, near) {
    const { n, states, columns } = item.frame;
    const { path, path_start: starts, color, state } = columns;
    const before = item.paths;
    const isSame = (a, b) => a.length === b.length && a.every((value, at) => value === b[at]);
    if (before && before.near === near && isSame(before.state, state) && isSame(before.color, color) && isSame(before.path, path)) return before.rows;
    const hushed = new Set(near ? [] : quiet);
    const rows = Array.from({ length: n }, (_, row) => {
      const p = [];
      for (let at = starts[row]; at < (starts[row + 1] ?? path.length / 3); at += 1) p.push([...path.subarray(at * 3, at * 3 + 3)]);
      return { p: hushed.has(states[state[row]]) ? [] : p, c: [...color.subarray(row * 4, row * 4 + 4)] };
    });
    item.paths = { near, state, color, path, rows };
    return rows;
  }

  /** Near enough for lines that would be a web from afar; a large wall shows a place larger from as far. */
  const isNear = (look) => look.zoom - Math.log2(look.times) >= STOREY_ZOOM;

  function enlarged(given, times) {
    const over = {};
    for (const name of IN_PIXELS) if (given[name] !== undefined) over[name] = given[name] * times;
    if (given.sizeUnits === "pixels") over.sizeScale = (given.sizeScale ?? 1) * times;
    if (given.radiusUnits === "pixels") over.radiusScale = (given.radiusScale ?? 1) * times;
    if (given.lineWidthUnits === "pixels") over.lineWidthScale = (given.lineWidthScale ?? 1) * times;
    return over;
  }

  function signs(item, sub, { key, kept }) {
    const isKept = (row) => kept.has(`${item.meta.id}/${row.id}`);
    const { getRadius, getSize } = sub.props;
    return sub.part === "disc"
      ? { getRadius: (row) => (isKept(row) ? getRadius : getRadius * DOT_SHARE), updateTriggers: { getRadius: key } }
      : { getSize: (row) => (isKept(row) ? getSize : 0), updateTriggers: { getSize: key } };
  }

  /** What the page adds to a sub-layer: live columns, greyed when late, ghosted beside an opened building. */
  function overrides(item, sub, look) {
    const over = { visible: item.on, ...enlarged(sub.props, look.times) };
    const live = item.meta.live && sub.type === "ScatterplotLayer";
    if (item.meta.live && sub.type === "PathLayer") {
      const near = isNear(look);
      over.data = item.frame ? livePaths(item, sub.props.quiet?.split(" ") ?? [], near) : [];
      if (!near && sub.props.quiet) over.parameters = OVER;
      if (look.late) over.getColor = LATE;
      over.updateTriggers = { getColor: look.late };
    } else if (live) {
      over.data = item.frame ? liveData(item.frame) : [];
      if (look.late && item.frame) {
        delete over.data.attributes.getFillColor;
        over.getFillColor = LATE;
      }
    } else if (item.meta.id === "buildings") {
      over.data = rowsWithout(sub, look.hidden);
    }
    if (NEAR_ONLY.has(sub.part)) over.visible = item.on && look.zoom >= STOREY_ZOOM;
    if (PAINT[sub.part] && BASE.has(item.meta.id)) over.opacity = look.sky.hour[PAINT[sub.part]];
    if (SIGNS.has(sub.part)) Object.assign(over, signs(item, sub, look.signs));
    if (look.hidden && SOLID.has(sub.part)) {
      if (sub.part === "solid") {
        over.getFillColor = GHOST;
        over.opacity = 0.55;
        over.updateTriggers = { getFillColor: "ghost" };
      } else if (sub.part !== "shadow") over.opacity = LIT.has(sub.part) ? 0.05 : 0.18;
    }
    // deck.gl 9.3 draws −1 instances of an empty extruded polygon layer.
    const rows = over.data ?? sub.props.data;
    if (!live && Array.isArray(rows) && rows.length === 0) over.visible = false;
    return over;
  }

  function sign(item, sub, look) {
    const isBuilding = item.meta.id === "buildings";
    return [
      item.version, item.on, look.times, item.meta.live ? item.frame?.seq : "", item.meta.live && look.late,
      isBuilding ? look.hidden : "", NEAR_ONLY.has(sub.part) && look.zoom >= STOREY_ZOOM,
      PAINT[sub.part] && BASE.has(item.meta.id) ? look.sky.key : "", SIGNS.has(sub.part) ? look.signs.key : "",
      sub.props.quiet && isNear(look),
    ].join("|");
  }

  /** @param {{hidden:string|null, late:boolean, zoom:number, signs:object, sky:object}} look */
  function build(seen) {
    const look = { ...seen, times: Math.max(1, Math.round((rem_px() / 16) * 10) / 10) };
    const items = [...shelf.values()].sort((a, b) => a.meta.order - b.meta.order);
    const list = [];
    // A plate is the ground's own ground: it lies under every layer, whoever brought it.
    const lowest = (one) => (one.sub.part === "plate" ? 0 : 1);
    const all = items.flatMap((item) => item.subs.map((sub) => ({ item, sub }))).sort((a, b) => lowest(a) - lowest(b));
    for (const { item, sub } of all) {
      const key = sign(item, sub, look);
      const kept = built.get(sub.id);
      if (kept && kept.key === key) {
        list.push(kept.layer);
        continue;
      }
      const layer = instance(sub, overrides(item, sub, look));
      built.set(sub.id, { key, layer });
      list.push(layer);
    }
    return list;
  }

  return {
    declare,
    load,
    build,
    get: (id) => shelf.get(id),
    ids: () => [...shelf.keys()],
    items: () => [...shelf.values()],
    /** @returns whether anything changed */
    turn(id, on) {
      const item = shelf.get(id);
      if (!item || item.on === on) return false;
      item.on = on;
      return true;
    },
    takeFrame(frame) {
      const item = shelf.get(frame.layer);
      if (!item || item.frame?.seq === frame.seq) return false;
      item.frame = frame;
      return true;
    },
    labels: () => [...shelf.values()].filter((item) => item.on).flatMap((item) => item.labels),
    /** Signs of the layers that are on, as candidates for a place of their own. */
    signs: () => [...shelf.values()].filter((item) => item.on).flatMap((item) => item.subs.filter((sub) => sub.part === "disc" && Array.isArray(sub.props.data)).flatMap((sub) =>
      sub.props.data.map((row) => ({ layer: item.meta.id, row, text: "", position: [row.x, row.y, row.z ?? 0], scale: 1, angle_deg: 0, minZoom: 0, sign_px: sub.props.getRadius * 2 })))),
    /** Rows of a sub-layer, e.g. rows("buildings", "solid"). */
    rows: (id, part) => shelf.get(id)?.subs.find((sub) => sub.part === part)?.props.data ?? [],
  };
}
