// Where the eye stands: presets, a fit that knows pitch and the free glass between panels, and its URL form.

/* global deck */

export const PRESETS = [
  { id: "overview", bearing: 24, pitch: 50 },
  { id: "south", bearing: 0, pitch: 62, wide: 2 },
  { id: "west", bearing: 96, pitch: 54 },
  { id: "north", bearing: 188, pitch: 52 },
  { id: "top", bearing: 0, pitch: 0 },
  { id: "river", bearing: 0, pitch: 60 },
  { id: "block", bearing: 24, pitch: 56 },
];

/** "104.1,30.6,16.2,50,24" or a preset's id → view state part, or null. */
export function parseCam(text) {
  if (!text) return null;
  const numbers = text.split(",").map(Number);
  if (numbers.length === 5 && numbers.every(Number.isFinite)) {
    const [longitude, latitude, zoom, pitch, bearing] = numbers;
    return { longitude, latitude, zoom: Math.min(22, zoom), pitch: Math.min(75, Math.max(0, pitch)), bearing };
  }
  return PRESETS.find((preset) => preset.id === text) ?? null;
}

export function camText(view) {
  const { longitude, latitude, zoom, pitch, bearing } = view;
  return [longitude.toFixed(6), latitude.toFixed(6), zoom.toFixed(2), pitch.toFixed(1), bearing.toFixed(1)].join(",");
}

/** Local metres → lng, lat, z, as deck.gl's own meter-offsets do it. */
export function lngLat(viewport, origin, point) {
  return viewport.addMetersToLngLat([origin[0], origin[1], 0], [point[0], point[1], point[2] ?? 0]);
}

/** What places ([lng, lat, z]) fill on the glass. */
export function extent(viewport, places) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const place of places) {
    const [x, y] = viewport.project(place);
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { left, top, right, bottom };
}

/** The convex outline of many points would do; their extremes in 16 directions are enough and cheap. */
export function extremes(points) {
  if (points.length <= 48) return points;
  const kept = new Set();
  for (let step = 0; step < 16; step += 1) {
    const angle = (step * Math.PI) / 8;
    const [ux, uy] = [Math.cos(angle), Math.sin(angle)];
    let best = null;
    let reach = -Infinity;
    for (const point of points) {
      const along = point[0] * ux + point[1] * uy;
      if (along > reach) [best, reach] = [point, along];
    }
    kept.add(best);
  }
  const top = Math.max(...points.map((point) => point[2] ?? 0));
  return [...kept].flatMap((point) => (top > 0 ? [point, [point[0], point[1], top]] : [point]));
}

/** View state that puts `points` (local metres) inside `free` ({left, top, right, bottom} in pixels).
 *  fitBounds ignores pitch, so the zoom is searched with the real projection, and the shift repeated.
 */
export function fit({ width, height, origin, points, free, pitch, bearing, maxZoom = 20 }) {
  const make = (view) => new deck.WebMercatorViewport({ width, height, ...view });
  const flat = make({ longitude: origin[0], latitude: origin[1], zoom: 15, pitch: 0, bearing: 0 });
  const places = points.map((point) => lngLat(flat, origin, point));
  const wide = Math.max(40, free.right - free.left);
  const high = Math.max(40, free.bottom - free.top);
  // Begun from far above: near by, a corner may lie behind the eye, where projection means nothing.
  let view = {
    longitude: places.reduce((sum, place) => sum + place[0], 0) / places.length,
    latitude: places.reduce((sum, place) => sum + place[1], 0) / places.length,
    zoom: 12, pitch, bearing,
  };
  for (let round = 0; round < 24; round += 1) {
    const box = extent(make(view), places);
    const grow = Math.log2(Math.min(wide / (box.right - box.left), high / (box.bottom - box.top)));
    view = { ...view, zoom: Math.min(maxZoom, Math.max(10, view.zoom + Math.max(-1, Math.min(1, grow * 0.8)))) };
    const viewport = make(view);
    const now = extent(viewport, places);
    const dx = (now.left + now.right - free.left - free.right) / 2;
    const dy = (now.top + now.bottom - free.top - free.bottom) / 2;
    const within = (value, limit) => Math.max(-limit, Math.min(limit, value));
    const [longitude, latitude] = viewport.unproject([width / 2 + within(dx, width / 4), height / 2 + within(dy, height / 5)]);
    view = { ...view, longitude, latitude };
    if (Math.abs(grow) < 0.002 && Math.hypot(dx, dy) < 0.5) break;
  }
  return view;
}

/** The glass no panel covers: inside the left and right columns, under the head, over the strip. */
export function freeArea(width, height) {
  const free = { left: 0, top: 0, right: width, bottom: height };
  for (const element of document.querySelectorAll("[data-panel]")) {
    const box = element.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    const side = element.getAttribute("data-panel");
    if (side === "left") free.left = Math.max(free.left, box.right);
    if (side === "right") free.right = Math.min(free.right, box.left);
    if (side === "top") free.top = Math.max(free.top, box.bottom);
    if (side === "bottom") free.bottom = Math.min(free.bottom, box.top);
  }
  const pad = Math.min(width, height) * 0.015;
  return { left: free.left + pad, top: free.top + pad, right: free.right - pad, bottom: free.bottom - pad };
}
