// The opened building: asked for by id and storey, drawn in place of the closed one.

import { coordinates, instance, props } from "./spec.js";

const NOTHING = Object.freeze({ id: null, key: null, built: [], points: [], answer: null });

/** @param {{screen:string, changed:(what:{id:string|null, isNew:boolean, asked_ms:number})=>void, fault:(error:Error)=>void}} options */
export function createOpened({ screen, changed, fault }) {
  let now = NOTHING;
  let wanted = null;

  const keyOf = ({ building, storey, unit }) => (building ? [building, storey ?? "", unit ?? ""].join("|") : null);

  async function ask({ building, storey, unit, at }) {
    const query = new URLSearchParams();
    if (storey !== null && storey !== undefined) query.set("storey", String(storey));
    if (unit) query.set("unit", unit);
    if (at) query.set("at", at);
    const reply = await fetch(`/${screen}/open/${encodeURIComponent(building)}?${query}`);
    if (!reply.ok) throw new Error(`${reply.status} building ${building}`);
    return reply.json();
  }

  /** Opens, moves to another storey, or closes; a later wish overtakes an earlier answer. */
  async function show(view) {
    const key = keyOf(view);
    if (key === wanted) return;
    wanted = key;
    const asked_ms = performance.now();
    const before = now.id;
    if (key === null) {
      now = NOTHING;
      changed({ id: null, isNew: before !== null, asked_ms });
      return;
    }
    try {
      const answer = await ask(view);
      if (wanted !== key) return;
      const built = answer.layers.filter((spec) => spec.data?.length).map((spec) => instance(props(spec)));
      now = { id: view.building, key, built, answer, points: [...coordinates(answer.layers)] };
    } catch (error) {
      if (wanted !== key) return;
      now = NOTHING;
      fault(error);
    }
    changed({ id: now.id, isNew: before !== now.id, asked_ms });
  }

  /** A box around the tower with some air: neighbours and street say where one is. */
  function box() {
    const side = (axis) => now.points.map((point) => point[axis]);
    const [xs, ys, zs] = [side(0), side(1), side(2)];
    const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const high = Math.max(12, ...zs);
    const [cx, cy] = [(west + east) / 2, (south + north) / 2];
    const reach = Math.max(18, (east - west) / 2, (north - south) / 2, high * 0.4);
    return [-1, 1].flatMap((sx) => [-1, 1].flatMap((sy) => [0, high * 1.04].map((z) => [cx + sx * reach, cy + sy * reach, z])));
  }

  return { show, box, id: () => now.id, layers: () => now.built, answer: () => now.answer, points: () => now.points };
}
