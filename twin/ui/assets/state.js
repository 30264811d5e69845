// What someone is looking at, kept in the URL: reload, back and a pasted link give the same view.

const TEXTS = ["building", "unit", "device", "ticket", "cam", "at", "lang"];

/** @returns {{screen:string,layers:string[]|null,building:string|null,storey:number|null,unit:string|null,
 *   device:string|null,ticket:string|null,cam:string|null,at:string|null,lang:string|null}} */
export function read(place = window.location) {
  const query = new URLSearchParams(place.search);
  const opened = place.pathname.match(/^\/building\/([^/]+)\/?$/);
  const view = { screen: place.pathname.startsWith("/wall") ? "wall" : "desk" };
  for (const key of TEXTS) view[key] = query.get(key) || null;
  if (opened) view.building = decodeURIComponent(opened[1]);
  const storey = query.get("storey");
  view.storey = storey !== null && /^-?\d+$/.test(storey) ? Number(storey) : null;
  const layers = query.get("layers");
  view.layers = layers === null ? null : layers.split(",").filter(Boolean);
  return view;
}

/** The address of a view: the wall keeps its path, the desk opens buildings at /building/<id>. */
export function address(view) {
  const query = new URLSearchParams();
  if (view.layers !== null && view.layers !== undefined) query.set("layers", view.layers.join(","));
  for (const key of TEXTS) {
    if (key === "building" && view.screen === "desk") continue;
    if (view[key]) query.set(key, view[key]);
    if (key === "building") setStorey(query, view);
  }
  if (view.screen === "desk") setStorey(query, view);
  const path = view.screen === "wall" ? "/wall" : view.building ? `/building/${encodeURIComponent(view.building)}` : "/desk";
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  return text ? `${path}?${text}` : path;
}

function setStorey(query, view) {
  if (view.building && view.storey !== null && view.storey !== undefined) query.set("storey", String(view.storey));
}

/** A patch that leaves a building leaves what is inside it too. */
export function patched(view, patch) {
  const next = { ...view, ...patch };
  const moved = "building" in patch && patch.building !== view.building;
  if (moved) for (const key of ["storey", "unit", "device", "ticket"]) if (!(key in patch)) next[key] = null;
  if (next.building === null) Object.assign(next, { storey: null, unit: null });
  return next;
}

/** One level back: ticket or device, unit, storey, building, overview. */
export function undone(view) {
  if (view.ticket || view.device) return { ticket: null, device: null };
  if (view.unit) return { unit: null };
  if (view.storey !== null) return { storey: null };
  if (view.building) return { building: null };
  return null;
}

const hearers = new Set();
let current = read();

function tell(before) {
  for (const hear of hearers) hear(current, before);
}

export const state = {
  get: () => current,
  /** @param {object} patch @param {{replace?:boolean}} [how] */
  set(patch, how = {}) {
    const before = current;
    const next = patched(current, patch);
    const to = address(next);
    if (to === address(before)) return;
    current = next;
    window.history[how.replace ? "replaceState" : "pushState"](null, "", to);
    // dcc.Location listens to this event, so Dash callbacks hear what the scene did.
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    tell(before);
  },
  subscribe(hear) {
    hearers.add(hear);
    return () => hearers.delete(hear);
  },
  undo() {
    const patch = undone(current);
    if (patch) state.set(patch);
    return Boolean(patch);
  },
};

function reread() {
  const before = current;
  current = read();
  if (address(current) !== address(before)) tell(before);
}

function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Hear the back button, links of the page (`data-go`) and Esc; once per page. */
export function listen() {
  window.addEventListener("popstate", reread);
  window.addEventListener("_dashprivate_pushstate", reread);
  const follow = (event) => {
    const link = event.target instanceof Element ? event.target.closest("[data-go]") : null;
    if (!link) return;
    event.preventDefault();
    state.set(JSON.parse(link.getAttribute("data-go")));
  };
  document.addEventListener("click", follow);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !isTyping(event.target)) follow(event);
    if (event.key === "Escape" && !isTyping(event.target) && !event.defaultPrevented) state.undo();
  });
}
