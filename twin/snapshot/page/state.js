// What someone is looking at, kept in memory: a file has no address to keep it in. `#building=…&storey=…` begins there.

const given = new URLSearchParams(window.location.hash.slice(1));
const storey = given.get("storey");
let current = {
  screen: "wall", layers: given.get("layers")?.split(",") ?? null, building: given.get("building"),
  storey: storey !== null && /^-?\d+$/.test(storey) ? Number(storey) : null,
  unit: null, device: null, ticket: null, cam: given.get("cam"), at: null, lang: given.get("lang"),
};
const hearers = new Set();

export const state = {
  get: () => current,
  set(patch) {
    const before = current;
    const moved = "building" in patch && patch.building !== before.building;
    current = { ...before, ...(moved ? { storey: null } : {}), ...patch };
    for (const hear of hearers) hear(current, before);
  },
  subscribe(hear) {
    hearers.add(hear);
    return () => hearers.delete(hear);
  },
};

/** Anything with `data-go` leads there; Esc goes one level back. */
export function listen() {
  document.addEventListener("click", (event) => {
    const going = event.target.closest?.("[data-go]");
    if (going) state.set(JSON.parse(going.getAttribute("data-go")));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (current.storey !== null) state.set({ storey: null });
    else if (current.building) state.set({ building: null });
  });
}
