// The 3D picture: one Deck for the life of the page, changed only through setProps.

/* global deck */

import { parseCam } from "./camera.js";
import { now_ms } from "./clock.js";
import { createEye } from "./eye.js";
import { isPlaced, sayWhatIsMissing } from "./empty.js";
import { createFraming } from "./framing.js";
import { createNames } from "./names.js";
import { createOpened } from "./opened.js";
import { told } from "./picks.js";
import { listenKeys, listenPresses } from "./pointer.js";
import { createShelf } from "./shelf.js";
import { createSky } from "./sky.js";

const FIRST = ["ground", "buildings"];
const CONTROLLER = { inertia: 200, touchRotate: true, keyboard: false, doubleClickZoom: false };

/** @param {{parent:HTMLElement, screen:"wall"|"desk", state:object, stream:object}} options */
export function createScene({ parent, screen, state, stream }) {
  const hearers = new Map();
  const on = (event, hear) => {
    if (!hearers.has(event)) hearers.set(event, new Set());
    hearers.get(event).add(hear);
    return () => hearers.get(event).delete(hear);
  };
  const tell = (event, value) => {
    for (const hear of hearers.get(event) ?? []) hear(value);
  };
  const fault = (error) => tell("fault", error);

  const counts = { drawnAt: 0, frames: 0, layers: 0, lastFrameSeq: 0, names: 0 };
  const shelf = createShelf({ screen, fault });
  const opened = createOpened({ screen, changed: onOpened, fault });
  let info = null;
  let engine = null;
  let late = false;

  const origin = () => [info.community.lon0, info.community.lat0];
  const size = () => ({ width: parent.clientWidth || 1, height: parent.clientHeight || 1 });
  const eye = createEye({
    size,
    origin,
    cameras: () => info?.cameras ?? [],
    apply: (viewState) => engine?.setProps({ viewState }),
    moved: (view) => tell("view", view),
    leaves: () => names.hide() && draw(),
    rest(view) {
      if (!opened.id() && eye.preset() && eye.isCramped()) return goPreset(eye.preset());
      names.place();
      draw();
      return tell("rest", view);
    },
  });
  const names = createNames({ screen, eye, shelf, opened, origin });
  const { goPreset, frameOpened } = createFraming({ eye, shelf, opened, info: () => info });
  const sky = createSky({
    origin,
    at_ms: () => (state.get().at ? Date.parse(state.get().at) : now_ms()),
    changed() {
      engine?.setProps({ effects: sky.effects() });
      draw();
    },
  });

  function draw() {
    if (!engine) return;
    const look = { hidden: opened.id(), late, zoom: eye.view().zoom, signs: names.signs(), sky: sky.look() };
    const still = sky.withCast(shelf.build(look), shelf.rows("buildings", "solid"), shelf.get("buildings")?.version);
    const list = [...still, ...opened.layers(), ...names.layers()];
    counts.layers = list.length;
    counts.names = names.count();
    engine.setProps({ layers: list });
  }

  async function learnNames() {
    await names.learn();
    eye.settle();
  }

  function onOpened({ id, isNew, asked_ms }) {
    draw();
    if (id && isNew) frameOpened({ fly: counts.frames > 1 });
    else if (isNew) goPreset(eye.preset() ?? "overview");
    eye.settle();
    tell("opened", { id, answer: opened.answer(), asked_ms });
  }

  // Hands
  async function press({ x, y, radius }) {
    const box = parent.getBoundingClientRect();
    tell("pick", await told(engine.pickObject({ x: x - box.left, y: y - box.top, radius }), shelf, stream));
  }

  let hovered = null;
  async function hover(picked) {
    const key = picked.layer ? `${picked.layer.id}#${picked.index}` : null;
    if (key === hovered) return;
    hovered = key;
    const spot = key ? await told(picked, shelf, stream) : null;
    if (hovered === key) tell("hover", spot);
  }

  // Life
  function createDeck() {
    engine = new deck.Deck({
      parent,
      width: "100%",
      height: "100%",
      style: { position: "absolute", left: "0", top: "0" },
      views: new deck.MapView({ id: "scene", repeat: false, controller: CONTROLLER }),
      viewState: eye.view(),
      useDevicePixels: true,
      effects: sky.effects(),
      layers: [],
      getCursor: ({ isDragging, isHovering }) => (isDragging ? "grabbing" : isHovering ? "pointer" : "grab"),
      onViewStateChange({ viewState, interactionState: by }) {
        engine.setProps({ viewState });
        eye.follow(viewState, Boolean(by?.isDragging || by?.isZooming || by?.isRotating || by?.isPanning));
      },
      onHover: (picked) => void hover(picked).catch(fault),
      onResize() {
        // An opened building keeps the side it is seen from.
        if (opened.id() && eye.preset()) frameOpened({ fly: false, bearing: eye.view().bearing });
        else if (eye.preset()) goPreset(eye.preset(), { fly: false });
        else eye.settle();
      },
      onAfterRender() {
        counts.frames += 1;
        counts.drawnAt = performance.now();
        tell("drawn", counts);
      },
      onError: fault,
    });
    listenPresses(parent, (at) => void press(at).catch(fault));
    listenKeys({ ...eye.nudge, preset: (id) => goPreset(id) });
  }

  function isOn(meta) {
    const chosen = state.get().layers;
    return chosen ? [meta.id, ...(meta.formerly ?? [])].some((id) => chosen.includes(id)) : meta.on;
  }

  async function describe() {
    const reply = await fetch(`/${screen}/scene`, { cache: "no-store" });
    if (!reply.ok) throw new Error(`${reply.status} scene`);
    info = await reply.json();
    for (const meta of info.layers) shelf.declare(meta);
    sayWhatIsMissing(parent, info);
    return info;
  }

  /** Loads what is on and not here yet, or moved on the server. */
  async function show(id) {
    const item = shelf.get(id);
    if (!item?.on) return;
    if (item.meta.live) stream.want(id);
    const isCurrent = item.version !== null && (item.meta.live || item.version === item.meta.version);
    if (isCurrent || !(await shelf.load(id, state.get().at))) return;
    draw();
    if (item.labels.length) await learnNames();
    tell("layer", item);
  }

  function startEye() {
    const cam = parseCam(state.get().cam);
    if (cam && "longitude" in cam) {
      eye.leavePreset();
      eye.look(cam, { fly: false });
    } else goPreset(state.get().cam ?? "overview", { fly: false });
  }

  /** Ground and buildings first, then the rest; resolves when the buildings are on the glass. */
  async function start() {
    await describe();
    if (!isPlaced(info)) return info;
    for (const item of shelf.items()) item.on = isOn(item.meta);
    const first = FIRST.filter((id) => shelf.get(id)?.on);
    await Promise.all(first.map((id) => shelf.load(id, state.get().at)));
    startEye();
    createDeck();
    draw();
    if (state.get().building) await opened.show(state.get());
    await drawnOnce();
    tell("ready", info);
    void Promise.all(shelf.ids().filter((id) => !first.includes(id)).map(show)).then(learnNames).catch(fault);
    return info;
  }

  /** After a frame that was begun with layers in place. */
  function drawnOnce() {
    const from = counts.frames;
    return new Promise((resume) => {
      const stop = on("drawn", () => {
        if (counts.frames <= from + 1) return engine.redraw("start");
        stop();
        return resume();
      });
      engine.redraw("start");
    });
  }

  stream.on("frame", (fresh) => {
    counts.lastFrameSeq = Math.max(counts.lastFrameSeq, fresh.seq);
    if (shelf.takeFrame(fresh)) draw();
  });
  stream.on("same", ({ layer, at }) => {
    const frame = shelf.get(layer)?.frame;
    if (frame && at) frame.at = at;
  });
  stream.on("bell", async (bell) => {
    const isStatic = (id) => shelf.get(id) && !shelf.get(id).meta.live;
    if (!info || (bell.changed && !bell.changed.some(isStatic))) return;
    await describe().then(() => (engine ? Promise.all(shelf.ids().map(show)) : isPlaced(info) && window.location.reload()), fault);
  });
  state.subscribe((now, before) => {
    for (const item of shelf.items()) {
      if (!shelf.turn(item.meta.id, isOn(item.meta))) continue;
      if (item.meta.live) stream.want(item.meta.id, item.on);
      void show(item.meta.id);
    }
    if (engine && now.cam !== before.cam && now.cam) {
      const cam = parseCam(now.cam);
      if (cam && "longitude" in cam) eye.look(cam);
      else goPreset(now.cam);
    }
    if (!engine) return;
    void opened.show(now);
    draw();
    eye.settle();
  });

  return {
    on,
    start,
    flyTo: eye.frame,
    preset: goPreset,
    /** Toggles a layer through the URL, so that a pasted link shows the same. */
    setLayer(id, yes) {
      const chosen = shelf.items().filter((item) => (item.meta.id === id ? yes : item.on));
      state.set({ layers: chosen.map((item) => item.meta.id) });
    },
    isLayerOn: (id) => Boolean(shelf.get(id)?.on),
    setLate(yes) {
      late = yes;
      draw();
    },
    info: () => info,
    layersOf: () => shelf.items().sort((a, b) => a.meta.order - b.meta.order),
    view: () => ({ ...eye.view() }),
    cam: eye.text,
    project: eye.project,
    replaceNames: eye.settle,
    lightAt: sky.lightAt,
    canvas: () => parent.querySelector("canvas"),
    engine: () => engine,
    opened: opened.id,
    metrics: () => ({ ...counts, zoom: eye.view()?.zoom, opened: opened.id(), openedLayers: opened.layers().length }),
  };
}
