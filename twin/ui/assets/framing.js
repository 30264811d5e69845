// What each preset looks at: the whole place, the river, a block, an opened building.

import { PRESETS, extremes } from "./camera.js";
import { bestBearing } from "./sight.js";
import { coordinates } from "./spec.js";

const TALL_M = 24;
const OPEN_PITCH = 54;
const BLOCK_REACH_M = 120;
// A river is looked at along its middle: its ends lead out of the place.
const RIVER_SHARE = 0.3;
const OPENED_BEARINGS = { south: 0, west: 96, north: 188, overview: 24, top: 0 };

/** @param {{eye:object, shelf:object, opened:object, info:()=>object}} world */
export function createFraming({ eye, shelf, opened, info }) {
  const solids = () => shelf.rows("buildings", "solid");

  function middle(row) {
    const ring = [...coordinates([{ data: [row] }])];
    const mean = (axis) => ring.reduce((sum, point) => sum + point[axis], 0) / ring.length;
    return { x: mean(0), y: mean(1), h: row.h };
  }

  function overview() {
    const rows = solids();
    const feet = extremes([...coordinates([{ data: rows }])].map(([x, y]) => [x, y, 0]));
    if (feet.length > 2) return [...feet, ...towerTops(rows)];
    const [west, south, east, north] = info().community.bounds_m ?? [-300, -300, 300, 300];
    return [[west, south, 0], [east, south, 0], [east, north, 0], [west, north, 0]];
  }

  /** One corner of every high roof, so that no tower stands behind the head. */
  function towerTops(rows) {
    return rows.filter((row) => row.h > TALL_M).map((row) => {
      const [[x, y]] = coordinates([{ data: [row] }]);
      return [x, y, row.h];
    });
  }

  /** The middle reach of the largest water and the way it runs; null where there is none. */
  function river() {
    const rows = shelf.rows("ground", "surface").filter((row) => row.kind === "water");
    const points = rows.map((row) => [...coordinates([{ data: [row] }])]).sort((a, b) => b.length - a.length)[0];
    if (!points) return null;
    const mean = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
    const [sxx, sxy, syy] = points.reduce(([a, b, c], [x, y]) => {
      const [dx, dy] = [x - mean[0], y - mean[1]];
      return [a + dx * dx, b + dx * dy, c + dy * dy];
    }, [0, 0, 0]);
    const angle = 0.5 * Math.atan2(2 * sxy, sxx - syy);
    const [ux, uy] = Math.sin(angle) < 0 ? [-Math.cos(angle), -Math.sin(angle)] : [Math.cos(angle), Math.sin(angle)];
    const along = points.map(([x, y]) => (x - mean[0]) * ux + (y - mean[1]) * uy);
    const reach = (Math.max(...along) - Math.min(...along)) * RIVER_SHARE;
    const near = points.filter((_, i) => Math.abs(along[i]) < reach);
    if (near.length < 2) return null;
    return { points: near.map(([x, y]) => [x, y, 0]), bearing: (Math.atan2(ux, uy) * 180) / Math.PI - 14 };
  }

  /** The surroundings of the public house nearest to the middle of the place. */
  function block() {
    const rows = solids();
    const named = new Set(shelf.labels().filter((one) => one.layer === "buildings").map((one) => one.row.id));
    const spots = rows.filter((row) => named.has(row.id)).map((row) => ({ ...middle(row), id: row.id }));
    const nearest = spots.sort((a, b) => Math.hypot(a.x, a.y) - Math.hypot(b.x, b.y))[0];
    if (!nearest) return null;
    const { x, y } = nearest;
    const neighbours = rows.filter((row) => row.id !== nearest.id).map(middle);
    const points = [-1, 1].flatMap((sx) => [-1, 1].map((sy) => [x + sx * BLOCK_REACH_M, y + sy * BLOCK_REACH_M, 0]));
    return { points: [...points, [x, y, nearest.h + 12]], bearing: bestBearing({ tower: nearest, neighbours, bearing: 24, pitch: 56 }) };
  }

  function frameOpened(how = {}, id = null) {
    const own = solids().find((row) => row.id === opened.id());
    const around = own
      ? { tower: middle(own), neighbours: solids().filter((row) => row.id !== own.id).map(middle) }
      : { tower: { x: 0, y: 0, h: 0 }, neighbours: [] };
    const bearing = OPENED_BEARINGS[id] ?? bestBearing({ ...around, bearing: eye.view().bearing, pitch: OPEN_PITCH });
    eye.frame(opened.box(), { pitch: id === "top" ? 0 : OPEN_PITCH, bearing, maxZoom: 19.5, ...how });
  }

  function goPreset(id, how) {
    if (opened.id()) return frameOpened(how, id);
    const special = id === "river" ? river() : id === "block" ? block() : null;
    // Where there is no river or no public house the whole place is shown.
    const known = PRESETS.some((one) => one.id === id) && !special && (id === "river" || id === "block") ? "overview" : id;
    return eye.goPreset(known, special?.points ?? overview(), { ...(special ? { bearing: special.bearing } : {}), ...how });
  }

  return { goPreset, frameOpened };
}
