// The desk: the same scene as the wall, between lists that lead somewhere; the panels are Dash's, from the link.

import { showBoard } from "./board.js";
import { setServerTime, startClock } from "./clock.js";
import { createLayers } from "./desk-layers.js";
import { createLive, followChange, tellLang, whenDrawn } from "./desk.js";
import { leadsTo } from "./picks.js";
import { followGrid } from "./plan.js";
import { followRedraws } from "./redrawn.js";
import { createScene } from "./scene.js";
import { createSearch } from "./search.js";
import { followSnapshot } from "./snapshot.js";
import { listen, state } from "./state.js";
import { createStream } from "./stream.js";
import { followHover } from "./tooltip.js";
import { startWatchdog } from "./watchdog.js";

const screen = "desk";
const AGAIN_MS = 10_000;
const fault = (error) => console.warn(error?.message ?? error);

tellLang(state.get());
state.subscribe(tellLang); // first of all: whoever else hears of a new view already speaks its language
listen();

const stream = createStream({ screen, at: state.get().at });
const scene = createScene({ parent: document.getElementById("scene"), screen, state, stream });
window.__twin = { scene, stream, state, deck: window.deck, ready: false };

scene.on("fault", fault);
stream.on("fault", ({ fault: error }) => fault(error));
scene.on("pick", (spot) => {
  const patch = leadsTo(spot);
  if (patch) state.set({ device: null, ticket: null, ...patch });
});

/** Two points around a place that has no building of its own: enough for the eye to fly there. */
function flyTo({ x_m, y_m }) {
  const reach_m = 90;
  scene.flyTo([[x_m - reach_m, y_m - reach_m, 0], [x_m + reach_m, y_m + reach_m, 20]]);
}

/** The past has no stream: figures and frames are asked for once, ages count from that instant. */
async function replay(at, show) {
  setServerTime(at);
  const reply = await fetch(`/desk/board?at=${encodeURIComponent(at)}`);
  if (!reply.ok) throw new Error(`${reply.status} board`);
  show(await reply.json());
}

async function start() {
  const at = state.get().at;
  await whenDrawn("desk-top");
  startClock();
  const live = createLive({ stream, state });
  const layers = createLayers({ host: document.getElementById("layers"), scene, state });
  const reveal = (id) => scene.isLayerOn(id) || scene.setLayer(id, true);
  createSearch({ state, flyTo, reveal, fault });
  followSnapshot({ fault });
  followGrid(document.getElementById("desk-left"));
  const change = followChange({ stream, state });
  document.body.dataset.page = state.get().building ? "building" : "desk";

  let board = null;
  const facts = () => board && showBoard(board);
  stream.on("board", (fresh) => {
    board = fresh;
    setServerTime(fresh.at);
    facts();
    live.feeds(fresh.feeds);
    change.tick();
  });
  // What Dash has just drawn has empty places for facts.
  followRedraws(document.getElementById("desk-left"), facts);
  followRedraws(document.getElementById("desk-right"));
  stream.on("pulse", () => live.show());
  stream.on("frame", (frame) => {
    live.show();
    layers.count(frame);
  });
  state.subscribe((view) => {
    if (view.at !== at) window.location.reload();
    document.body.dataset.page = view.building ? "building" : "desk";
    layers.draw();
    live.show();
  });

  const info = await scene.start();
  // The scene is hidden from readers, so Tab must not stop there; its keys are heard by the whole page.
  scene.canvas().tabIndex = -1;
  setServerTime(at ?? info.server_at);
  followHover({ element: document.getElementById("tooltip"), scene });
  layers.draw();
  if (at) {
    await replay(at, (past) => {
      board = past;
      facts();
      live.feeds(past.feeds);
    });
  } else watch(info, live);
  window.__twin.ready = true;
  document.body.dataset.ready = "yes";
}

function watch(info, live) {
  stream.noteBuild(info.build);
  stream.open();
  const watchdog = startWatchdog({
    stream,
    build: info.build,
    onStale(late) {
      scene.setLate(late);
      live.show();
    },
  });
  if (scene.canvas()) watchdog.watchCanvas(scene.canvas());
}

start().catch((error) => {
  fault(error);
  // Without a description there is no picture: say so, and start over when the server answers.
  startWatchdog({ stream, build: null });
  const again = stream.on("bell", () => {
    again();
    window.setTimeout(() => window.location.reload(), AGAIN_MS);
  });
  stream.open();
});
