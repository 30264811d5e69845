// What the hour does to the picture: the light, the darkened ground at night, the shadows that follow the sun.

/* global deck */

import { hourOf, lights } from "./light.js";
import { castShadows } from "./shadow.js";
import { sunPosition } from "./sun.js";

const LOOK_EVERY_MS = 60_000;
// The sun moves a degree in four minutes; that much nobody sees, and a step rebuilds one layer.
const STEP_DEG = 1.5;
// Below this nothing changes any more until morning.
const NIGHT_DEG = -9;
const CAST_ALPHA = 118;
const CAST_RGB = [3, 5, 9];
const SHEETS = { depthCompare: "less", depthWriteEnabled: true };

/** @param {{origin:()=>number[], at_ms:()=>number, changed:()=>void}} world */
export function createSky({ origin, at_ms, changed }) {
  let fixed_ms = null;
  let now = null;
  let cast = { key: null, layer: null };

  /** The sun in steps, so that an unchanged picture is not rebuilt. */
  function look() {
    const sun = sunPosition(...origin(), fixed_ms ?? at_ms());
    const step = (deg) => Math.round(deg / STEP_DEG) * STEP_DEG;
    const seen = sun.elevation_deg < NIGHT_DEG
      ? { azimuth_deg: 0, elevation_deg: NIGHT_DEG }
      : { azimuth_deg: step(sun.azimuth_deg), elevation_deg: step(sun.elevation_deg) };
    const key = `${seen.azimuth_deg}/${seen.elevation_deg}`;
    if (now?.key !== key) now = { key, sun: seen, hour: hourOf(seen) };
    return now;
  }

  window.setInterval(() => {
    const before = now?.key;
    if (before && look().key !== before) changed();
  }, LOOK_EVERY_MS);

  return {
    look,
    effects: () => [lights(look().hour)],
    /** For pictures of an hour: the light stands as it would then. null: the real hour again. */
    lightAt(ms) {
      fixed_ms = ms;
      look();
      changed();
    },
    /** The list with the cast shadows after the contact shadows, under everything that stands. */
    withCast(list, rows, version) {
      const at = list.findIndex((layer) => layer.id === "buildings/shadow");
      const { key, sun, hour } = look();
      if (at < 0 || hour.cast === 0) return list;
      const visible = list[at].props.visible;
      const wanted = `${key}/${version}/${visible}`;
      if (cast.key !== wanted) cast = { key: wanted, layer: layerOf(castShadows(rows, sun), hour.cast, visible && rows.length > 0) };
      return [...list.slice(0, at + 1), cast.layer, ...list.slice(at + 1)];
    },
  };

  function layerOf(data, strength, visible) {
    return new deck.SolidPolygonLayer({
      id: "buildings/cast",
      data,
      visible,
      coordinateSystem: "meter-offsets",
      coordinateOrigin: [...origin(), 0],
      getPolygon: (row) => row.p,
      getFillColor: [...CAST_RGB, Math.round(CAST_ALPHA * strength)],
      updateTriggers: { getFillColor: strength },
      parameters: SHEETS,
      pickable: false,
    });
  }
}
