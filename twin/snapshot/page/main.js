// The snapshot's page: the wall's own scene over answers that lie in this file.

import { remFor } from "./glass.js";
import { drawLayers, provenance } from "./layers-panel.js";
import { leadsTo } from "./picks.js";
import { createScene } from "./scene.js";
import { listen, state } from "./state.js";
import { followOpened } from "./storeys.js";
import { followHover } from "./tooltip.js";
import { speak, text } from "./words.js";

/* global deck, stream, glass */

const SETTLED_MS = 4000;
const fault = (error) => console.warn(error?.message ?? error);
const element = (id) => document.getElementById(id);

/** `#glass` draws for the wall's distance: what the picture beside this page is taken from. */
function fitWall() {
  if (!window.location.hash.includes("glass")) return;
  const rem_px = remFor({ ...glass, width: window.innerWidth, height: window.innerHeight });
  document.documentElement.style.fontSize = `${rem_px.toFixed(2)}px`;
  document.body.classList.add("picture");
}

function showLayers(scene) {
  if (!element("layers-panel").hidden) drawLayers({ list: element("layers"), scene });
  element("provenance").textContent = provenance(scene);
}

function wire(scene) {
  const toggle = () => {
    element("layers-panel").hidden = !element("layers-panel").hidden;
    showLayers(scene);
  };
  element("toggle-layers").addEventListener("click", toggle);
  element("close-building").addEventListener("click", () => state.set({ building: null }));
  document.addEventListener("keydown", (event) => {
    if (event.key === "l" || event.key === "L") toggle();
  });
  state.subscribe(() => showLayers(scene));
  scene.on("fault", fault);
  scene.on("layer", () => showLayers(scene));
  scene.on("pick", (spot) => {
    const patch = leadsTo(spot);
    if (patch) state.set({ building: patch.building, storey: patch.storey ?? null });
  });
  scene.on("view", ({ bearing }) => {
    element("north").style.transform = `rotate(${-bearing}deg)`;
  });
  followHover({ element: element("tooltip"), scene });
  followOpened({ state, screen: "wall", fault });
}

/** True once every layer is here, names are placed and a frame with all of it was drawn. */
function settled(scene) {
  const until = performance.now() + SETTLED_MS;
  return new Promise((resume) => {
    const look = () => {
      const isHere = scene.layersOf().every((item) => !item.on || item.version !== null);
      if ((isHere && scene.metrics().names > 0) || performance.now() > until) {
        const from = scene.metrics().frames;
        const stop = scene.on("drawn", () => {
          if (scene.metrics().frames < from + 2) return scene.engine().redraw("settled");
          stop();
          return resume();
        });
        scene.engine().redraw("settled");
      } else window.setTimeout(look, 50);
    };
    look();
  });
}

/** Settled again once the window is this wide: the picture's one large frame instead of a dozen. */
function atWidth(scene, width) {
  return new Promise((resume) => {
    const stop = scene.on("rest", () => {
      if (scene.canvas().clientWidth !== width) return;
      stop();
      void settled(scene).then(resume);
    });
  });
}

async function start() {
  if (state.get().lang === "en") document.documentElement.lang = "en";
  fitWall();
  window.addEventListener("resize", fitWall);
  listen();
  speak(document);
  const scene = createScene({ parent: element("scene"), screen: "wall", state, stream });
  window.__twin = { scene, state, deck, ready: false, atWidth: (width) => atWidth(scene, width) };
  wire(scene);
  const info = await scene.start();
  element("community").textContent = text({ zh: info.community.name ?? "—", en: info.community.name_en ?? info.community.name ?? "—" });
  showLayers(scene);
  window.__twin.ready = true;
  document.body.dataset.ready = "1";
  await settled(scene);
  showLayers(scene);
  document.body.dataset.settled = "1";
}

export const started = start().catch((error) => {
  element("broken").hidden = false;
  fault(error);
});
