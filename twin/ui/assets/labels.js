// Names in the scene: which of them are drawn, so that none covers another or hides under a panel.

/* global deck */

import { lngLat } from "./camera.js";

export const FAMILY = '"Twin Sans", "Noto Sans CJK SC", sans-serif';
// Label sizes arrive for a rem of 16 px.
const REM_BASE_PX = 16;
// Names of streets and the like: they keep more air around them, so that the louder ones are read first.
export const QUIET_RANK = 60;
const QUIET_MARGIN = 0.9;
const MARGIN = 0.35;

export function rem_px() {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}

/** Rows of a TextLayer spec as candidates. @param {{type:string, props:object}} parsed */
export function candidates(layer, parsed) {
  const { props } = parsed;
  const call = (accessor, row, otherwise) =>
    typeof accessor === "function" ? accessor(row) : accessor ?? otherwise;
  const rows = Array.isArray(props.data) ? props.data : [];
  return rows.map((row) => ({
    layer,
    row,
    text: String(call(props.getText, row, "")),
    position: call(props.getPosition, row, null),
    scale: Number(call(props.getSize, row, REM_BASE_PX)) / REM_BASE_PX,
    color: call(props.getColor, row, [167, 179, 191]),
    angle_deg: Number(row.angle) || 0,
    bold: row.weight === "bold",
    minZoom: Number(props.minZoom ?? 0),
    rank: Number(row.rank ?? 50),
  })).filter((one) => one.text && Array.isArray(one.position));
}

export function width_em(text) {
  let width = 0;
  for (const sign of text) width += sign.codePointAt(0) > 0x2e7f ? 1 : 0.56;
  return width;
}

/** A street's name follows its street on the glass, upright, and lies level when that would be too steep. */
function angleOnGlass(viewport, origin, one) {
  if (!one.angle_deg) return 0;
  const rad = (one.angle_deg * Math.PI) / 180;
  const [x, y] = one.position;
  const from = viewport.project(lngLat(viewport, origin, [x, y, 0]));
  const to = viewport.project(lngLat(viewport, origin, [x + 20 * Math.cos(rad), y + 20 * Math.sin(rad), 0]));
  let angle = (Math.atan2(from[1] - to[1], to[0] - from[0]) * 180) / Math.PI;
  if (angle > 90) angle -= 180;
  if (angle < -90) angle += 180;
  return Math.abs(angle) <= 50 ? angle : 0;
}

function boxes(x, y, wide, high, angle) {
  if (!angle) return [{ left: x - wide / 2, right: x + wide / 2, top: y - high / 2, bottom: y + high / 2 }];
  // A tilted name is a row of small squares: close enough, and cheap to test.
  const rad = (-angle * Math.PI) / 180;
  const count = Math.max(2, Math.ceil(wide / high));
  const half = high * 0.62;
  return Array.from({ length: count }, (_, step) => {
    const along = ((step + 0.5) / count - 0.5) * wide;
    const [cx, cy] = [x + along * Math.cos(rad), y + along * Math.sin(rad)];
    return { left: cx - half, right: cx + half, top: cy - half, bottom: cy + half };
  });
}

const meets = (a, b) => a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;

/** How much smaller than at the view's centre deck.gl draws a pixel size here: its sizes shrink with distance. */
function nearness(viewport) {
  const m = viewport.viewProjectionMatrix;
  const w = (spot) => {
    const [x, y, z] = viewport.projectPosition(spot);
    return m[3] * x + m[7] * y + m[11] * z + m[15];
  };
  const centre = w([viewport.longitude, viewport.latitude, 0]);
  return (spot) => w(spot) / centre;
}

/** Where a name may stand: on its spot, or beside it when that is taken; a street's name only on its street. */
function stands(one, wide, high) {
  if (one.rank >= QUIET_RANK || one.angle_deg || one.sign_px) return [[0, 0]];
  return [[0, 0], [0, -high], [0, high], [wide * 0.4, -high], [-wide * 0.4, -high], [wide * 0.4, high], [-wide * 0.4, high], [0, -2 * high], [0, 2 * high]];
}

/** @returns the candidates that are drawn, with `angle`, `size_px` and `offset`. Pure but for the viewport it is given. */
export function place({ all, viewport, origin, covered, base_px, zoom }) {
  const taken = [...covered];
  const seen = new Map();
  const placed = [];
  const sorted = [...all].sort((a, b) => a.rank - b.rank || b.scale - a.scale || width_em(b.text) - width_em(a.text));
  const far = nearness(viewport);
  const isFree = (box) => box.left >= 0 && box.top >= 0 && box.right <= viewport.width && box.bottom <= viewport.height && !taken.some((other) => meets(box, other));
  for (const one of sorted) {
    if (zoom < one.minZoom) continue;
    const spot = lngLat(viewport, origin, one.position);
    const distance = far(spot);
    if (distance <= 0.05) continue;
    const [x, y] = viewport.project(spot);
    const twins = seen.get(one.text) ?? [];
    if (one.text && twins.some(([tx, ty]) => Math.hypot(tx - x, ty - y) < base_px * 18)) continue;
    const size_px = one.sign_px ? (one.sign_px * base_px) / REM_BASE_PX : base_px * one.scale;
    const wide = one.em ? one.em[0] * size_px : one.sign_px ? size_px : width_em(one.text) * size_px;
    const margin = base_px * (one.rank >= QUIET_RANK ? QUIET_MARGIN : MARGIN);
    const angle = angleOnGlass(viewport, origin, one);
    const high = size_px * (one.em ? one.em[1] : one.sign_px ? 1 : 1.25);
    for (const [dx, dy] of one.stands?.(wide, high, size_px) ?? stands(one, wide, high)) {
      if (!boxes(x + dx, y + dy, wide + margin * 2, high + margin, angle).every(isFree)) continue;
      seen.set(one.text, [...twins, [x, y]]);
      // Others may come as near as they ask for themselves.
      taken.push(...boxes(x + dx, y + dy, wide, high, angle));
      placed.push({ ...one, angle, size_px: size_px * distance, offset: [dx * distance, dy * distance] });
      break;
    }
  }
  return placed;
}

/** Loads the fonts the texts need; a canvas takes whatever is there when the atlas is drawn. */
export async function loadFonts(texts) {
  const all = [...new Set(texts.join(""))].join("");
  const probe = document.createElement("span");
  probe.setAttribute("aria-hidden", "true");
  probe.style.cssText = "position:fixed;left:-9999px;top:0;white-space:nowrap;visibility:hidden";
  probe.innerHTML = "<span></span><b></b>";
  for (const part of probe.children) {
    part.style.fontFamily = FAMILY;
    part.textContent = all;
  }
  document.body.append(probe);
  await Promise.all([
    document.fonts.load('400 32px "Twin Sans"', all || "一"),
    document.fonts.load('700 32px "Twin Sans"', all || "一"),
  ]);
  await document.fonts.ready;
  probe.remove();
  return all;
}

/** At most two layers for every name in the picture. */
export function layers({ placed, characterSet, origin, coordinateSystem = "meter-offsets" }) {
  return ["regular", "bold"].map((weight) => new deck.TextLayer({
    id: `labels/${weight}`,
    data: placed.filter((one) => one.bold === (weight === "bold")),
    coordinateSystem,
    coordinateOrigin: [origin[0], origin[1], 0],
    getText: (one) => one.text,
    getPosition: (one) => one.position,
    getSize: (one) => one.size_px,
    getAngle: (one) => one.angle,
    getPixelOffset: (one) => one.offset,
    getColor: (one) => one.color,
    sizeUnits: "pixels",
    fontFamily: FAMILY,
    fontWeight: weight === "bold" ? 700 : 400,
    characterSet: [...characterSet],
    fontSettings: { sdf: true, fontSize: 64, buffer: 10, radius: 14, cutoff: 0.22, smoothing: 0.12 },
    outlineWidth: 5,
    outlineColor: [8, 11, 15, 255],
    getTextAnchor: "middle",
    getAlignmentBaseline: "center",
    parameters: { depthCompare: "always", depthWriteEnabled: false },
    pickable: false,
  }));
}
