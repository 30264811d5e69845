// The wall: one scene, panels filled from facts, a few keys and touch.

import { showBoard } from "./board.js";
import { setServerTime, startClock } from "./clock.js";
import { drift, fitGlass } from "./glass.js";
import { drawLayers, provenance } from "./layers-panel.js";
import { leadsTo } from "./picks.js";
import { createScene } from "./scene.js";
import { followOpened } from "./storeys.js";
import { listen, state } from "./state.js";
import { createStream } from "./stream.js";
import { followHover } from "./tooltip.js";
import { startWatchdog } from "./watchdog.js";
import { speak, text, word } from "./words.js";

const screen = "wall";
const fault = (error) => console.warn(error?.message ?? error);

if (state.get().lang === "en") document.documentElement.lang = "en";
fitGlass();
listen();

const stream = createStream({ screen });
const scene = createScene({ parent: document.getElementById("scene"), screen, state, stream });
window.__twin = { scene, stream, state, deck: window.deck, ready: false };

/** Resolves when Dash has drawn the panels. */
function panels() {
  const found = () => document.getElementById("wall");
  if (found()) return Promise.resolve();
  return new Promise((resume) => {
    const watch = new MutationObserver(() => {
      if (!found()) return;
      watch.disconnect();
      resume();
    });
    watch.observe(document.body, { childList: true, subtree: true });
  });
}

function showLive(delay_ms) {
  const element = document.getElementById("live");
  if (!element) return;
  const stale = document.body.classList.contains("stale");
  const delay = delay_ms === null ? word("waiting") : `${word("delay")} ${(Math.max(0, delay_ms) / 1000).toFixed(1)} ${document.documentElement.lang === "en" ? "s" : "秒"}`;
  const said = stale ? word("stale") : `${word("live")} · ${delay}`;
  if (element.textContent !== said) element.textContent = said;
  element.classList.toggle("late", stale);
}

function describe(info) {
  const { community } = info;
  document.getElementById("community").textContent = text({ zh: community.name ?? "—", en: community.name_en ?? "—" });
  document.getElementById("demo").hidden = !community.demo;
  document.title = `${community.name ?? ""} · ${word("simulated").length && community.demo ? word("simulated") : word("live")}`;
  document.getElementById("provenance").textContent = provenance(scene);
}

function toggleLayers() {
  const panel = document.getElementById("layers-panel");
  panel.hidden = !panel.hidden;
  if (!panel.hidden) drawLayers({ list: document.getElementById("layers"), scene });
}

function wirePanels() {
  speak(document);
  startClock();
  drift(document.getElementById("wall"));
  followHover({ element: document.getElementById("tooltip"), scene });
  followOpened({ state, screen, fault });
  document.getElementById("close-building").addEventListener("click", () => state.set({ building: null }));
  document.addEventListener("keydown", (event) => {
    if (event.key === "l" || event.key === "L") toggleLayers();
  });
  state.subscribe(() => {
    const panel = document.getElementById("layers-panel");
    if (!panel.hidden) drawLayers({ list: document.getElementById("layers"), scene });
    document.getElementById("provenance").textContent = provenance(scene);
  });
  // Facts and opened lists change the panels' height: names must not end up under them.
  const sizes = new ResizeObserver(() => scene.engine() && scene.replaceNames());
  for (const element of document.querySelectorAll("[data-panel], .panel")) sizes.observe(element);
  scene.on("view", ({ bearing }) => {
    document.getElementById("north").style.transform = `rotate(${-bearing}deg)`;
  });
}

scene.on("fault", fault);
stream.on("fault", ({ fault: error }) => fault(error));
scene.on("pick", (spot) => {
  const patch = leadsTo(spot);
  // The wall opens a building to its storeys, never to a unit.
  if (patch) state.set({ building: patch.building, storey: patch.storey ?? null });
});
stream.on("frame", () => showLive(stream.delay_ms()));

async function start() {
  await panels();
  wirePanels();
  stream.on("board", (board) => {
    showBoard(board);
  });
  stream.on("pulse", () => showLive(stream.delay_ms()));
  const info = await scene.start();
  setServerTime(info.server_at);
  describe(info);
  stream.noteBuild(info.build);
  stream.open();
  const watchdog = startWatchdog({ stream, build: info.build, onStale: (late) => {
    scene.setLate(late);
    showLive(stream.delay_ms());
  } });
  if (scene.canvas()) watchdog.watchCanvas(scene.canvas());
  window.__twin.ready = true;
  document.body.dataset.ready = "1";
}

start().catch((error) => {
  fault(error);
  // Without a description there is no picture: say so, and try again when the server answers.
  startWatchdog({ stream, build: null });
  stream.on("bell", () => window.location.reload());
});
