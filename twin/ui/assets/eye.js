// The eye of the scene: what it looks at, how it gets there, and when it has come to rest.

/* global deck */

import { PRESETS, camText, extent, extremes, fit, freeArea, lngLat } from "./camera.js";

const FLY_MS = 1200;
const SETTLE_MS = 220;
// A panel that grew by this share of the glass's height moves the picture; less is not worth a move.
const CRAMPED = 0.02;
const LIMITS = { minZoom: 11, maxZoom: 21.5, maxPitch: 75 };
// The overview runs a little under the panels, where there are any: the scene is the room, not a picture in it.
const BLEED = 0.05;
const bleedOf = () => (document.querySelector('[data-panel="left"]') ? BLEED : 0);

/** @param {{size:()=>{width:number,height:number}, origin:()=>number[], apply:(viewState:object)=>void,
 *    moved:(view:object)=>void, leaves:()=>void, rest:(view:object)=>void, cameras:()=>object[]}} world */
export function createEye(world) {
  let view = null;
  let preset = "overview";
  let settling = 0;
  let landing_ms = 0;
  let fitted = null;

  const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const viewport = () => new deck.WebMercatorViewport({ ...view, ...world.size() });

  function settle() {
    window.clearTimeout(settling);
    const rest_ms = SETTLE_MS + Math.max(0, landing_ms - performance.now());
    settling = window.setTimeout(() => world.rest(view), rest_ms);
  }

  function look(next, { fly = true } = {}) {
    const goal = { ...view, ...LIMITS, ...next };
    const isFlight = Boolean(fly && view && !still());
    const glide = isFlight
      ? { transitionDuration: FLY_MS, transitionInterpolator: new deck.FlyToInterpolator({ speed: 2 }) }
      : { transitionDuration: 0 };
    view = goal;
    landing_ms = isFlight ? performance.now() + FLY_MS : 0;
    if (isFlight) world.leaves();
    world.apply({ ...goal, ...glide });
    world.moved(view);
    settle();
  }

  function framed(points, { pitch, bearing, bleed = 0, maxZoom = 20 }) {
    const { width, height } = world.size();
    const free = freeArea(width, height);
    const area = {
      left: free.left - width * bleed, right: free.right + width * bleed,
      top: free.top, bottom: free.bottom + height * bleed,
    };
    return fit({ width, height, origin: world.origin(), points, free: area, pitch, bearing, maxZoom });
  }

  /** Fits local-metre points into the free glass. */
  function frame(points, how = {}) {
    if (!points.length) return;
    const angle = { pitch: how.pitch ?? view?.pitch ?? 50, bearing: how.bearing ?? view?.bearing ?? 0 };
    look(framed(points, { ...how, ...angle }), how);
  }

  /** A preset's own points, or the server's camera of that id (a grid), or the whole place. */
  function goPreset(id, points, how = {}) {
    const camera = world.cameras().find((one) => one.id === id);
    const chosen = PRESETS.find((one) => one.id === id) ?? camera ?? PRESETS[0];
    preset = chosen.id;
    const [west, south, east, north] = PRESETS.includes(chosen) ? [] : chosen.bounds_m;
    const target = west === undefined ? points : [[west, south, 0], [east, south, 0], [east, north, 0], [west, north, 0]];
    const { width, height } = world.size();
    // On a very wide glass a flatter look spreads the place over more of it.
    const flatter = chosen.pitch && width / height > 2.6 ? 12 : 0;
    fitted = freeArea(width, height);
    frame(target, { pitch: chosen.pitch + flatter, bearing: chosen.bearing, bleed: chosen.pitch ? bleedOf() * (chosen.wide ?? 1) : 0, ...how });
  }

  const freely = (next) => {
    preset = null;
    look(next, { fly: false });
  };

  return {
    look,
    frame,
    goPreset,
    settle,
    viewport,
    /** deck.gl's own controller moved the eye. */
    follow(viewState, byHand) {
      view = viewState;
      if (byHand) preset = null;
      world.moved(view);
      settle();
    },
    nudge: {
      pan(dx, dy) {
        const { width, height } = world.size();
        const [longitude, latitude] = viewport().unproject([width / 2 + dx * width * 0.12, height / 2 + dy * height * 0.12]);
        freely({ longitude, latitude });
      },
      zoom: (by) => freely({ zoom: Math.min(LIMITS.maxZoom, Math.max(LIMITS.minZoom, view.zoom + by)) }),
      turn: (deg) => freely({ bearing: view.bearing + deg }),
    },
    preset: () => preset,
    /** Whether the panels have left the preset another glass than it was fitted to, the size being the same. */
    isCramped() {
      const { width, height } = world.size();
      const free = freeArea(width, height);
      const limit = height * CRAMPED;
      return Boolean(fitted) && Object.keys(free).some((side) => Math.abs(free[side] - fitted[side]) > limit);
    },
    leavePreset() {
      preset = null;
    },
    view: () => view,
    text: () => camText(view),
    /** The box on the glass that some points fill. */
    glassOf(points) {
      const seen = viewport();
      return extent(seen, extremes(points).map((point) => lngLat(seen, world.origin(), point)));
    },
    project: (point) => viewport().project(lngLat(viewport(), world.origin(), point)),
  };
}
