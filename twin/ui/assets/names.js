// The names in the picture: placed anew whenever the eye rests or a panel changes, gone while the eye flies.

import { chipLayers } from "./chips.js";
import { QUIET_RANK, layers, loadFonts, place, rem_px } from "./labels.js";
import { isBehind } from "./sight.js";
import { coordinates } from "./spec.js";

const SIGN_RANK = 45;
const TOWER_M = 40;

function around(boxes) {
  const [left, top] = ["left", "top"].map((side) => Math.min(...boxes.map((box) => box[side])));
  const [right, bottom] = ["right", "bottom"].map((side) => Math.max(...boxes.map((box) => box[side])));
  return { left, top, right, bottom };
}

/** @param {{screen:string, eye:object, shelf:object, opened:object, origin:()=>number[]}} world */
export function createNames({ screen, eye, shelf, opened, origin }) {
  let alphabet = "";
  let drawn = [];
  let signs = { key: "", kept: new Set() };
  let count = 0;
  let high = { rows: null, towers: [] };

  /** The head, the strip, and each column from its first panel to its last: a name in a gap between two is cut. */
  function covered() {
    const boxes = [...document.querySelectorAll("[data-panel]")].map((element) => {
      const isColumn = /left|right/.test(element.dataset.panel);
      const parts = [...(isColumn ? element.querySelectorAll(".panel") : [element])].map((part) => part.getBoundingClientRect());
      return around(parts.filter((box) => box.width && box.height));
    });
    const panels = boxes.filter((box) => box.right > box.left);
    return opened.id() ? [...panels, eye.glassOf(opened.points())] : panels;
  }

  /** What is high enough to hide a street; found once for the buildings that are here. */
  function towers() {
    const rows = shelf.rows("buildings", "solid");
    if (high.rows === rows) return high.towers;
    const found = rows.filter((row) => row.h > TOWER_M).map((row) => {
      const ring = [...coordinates([{ data: [row] }])];
      const [x, y] = [0, 1].map((axis) => ring.reduce((sum, point) => sum + point[axis], 0) / ring.length);
      return { x, y, h: row.h, r: Math.min(...ring.map((point) => Math.hypot(point[0] - x, point[1] - y))) + 4 };
    });
    high = { rows, towers: found };
    return found;
  }

  /** A street's name on a tower's wall would name the tower. */
  function inSight(one) {
    const { bearing, pitch } = eye.view();
    return one.rank < QUIET_RANK || !isBehind({ spot: one.position, towers: towers(), bearing, pitch });
  }

  function placeAll() {
    if (!alphabet) return;
    const base_px = Math.max(12, rem_px()) * (screen === "wall" ? 0.86 : 0.8);
    const isSign = (one) => one.sign_px > 0;
    const placed = place({
      all: [...shelf.labels().filter(inSight), ...shelf.signs().map((one) => ({ ...one, rank: SIGN_RANK }))],
      viewport: eye.viewport(), origin: origin(), covered: covered(), base_px, zoom: eye.view().zoom,
    });
    const names = placed.filter((one) => one.text);
    const kept = placed.filter(isSign).map((one) => `${one.layer}/${one.row.id}`);
    const key = kept.join("|");
    if (key !== signs.key) signs = { key, kept: new Set(kept) };
    count = names.length;
    const chips = placed.filter((one) => one.rows);
    drawn = [...chipLayers({ placed: chips, characterSet: alphabet, origin: origin() }), ...layers({ placed: names, characterSet: alphabet, origin: origin() })];
  }

  /** Fetches the fonts for signs that no name had before. */
  async function learn() {
    const texts = shelf.labels().map((one) => one.words ?? one.text);
    const known = new Set(alphabet);
    if (![...texts.join("")].some((sign) => !known.has(sign))) return;
    const all = [...(await loadFonts([alphabet, ...texts]))].sort().join("");
    if (all.length > alphabet.length) alphabet = all;
  }

  return {
    place: placeAll,
    learn,
    /** While the eye flies names would wander under panels and into one another. */
    hide() {
      const had = drawn.length > 0;
      drawn = [];
      return had;
    },
    layers: () => drawn,
    signs: () => signs,
    count: () => count,
  };
}
