// What the server says: bells, then only the frames that changed, never two requests in flight for one of them.

import { decode } from "./frame.js";
import { now_ms, setServerTime } from "./clock.js";

const POLL_MS = 1000;
const DELAY_MAX_MS = 60_000;

/** `at` = an instant of the past: its frames are fetched once and nothing rings. @param {{screen:string, at?:string|null}} options */
export function createStream({ screen, at = null }) {
  const base = `/${screen}`;
  const hearers = new Map();
  const wanted = new Set();
  const lanes = new Map();
  const rosters = new Map();
  let source = null;
  let polling = false;
  let heard_ms = performance.now();
  let frame_ms = null;
  let delay_ms = null;
  let committed_ms = null;
  let seq = 0;
  let build = null;

  const on = (event, hear) => {
    if (!hearers.has(event)) hearers.set(event, new Set());
    hearers.get(event).add(hear);
    return () => hearers.get(event).delete(hear);
  };
  const tell = (event, value) => {
    for (const hear of hearers.get(event) ?? []) hear(value);
  };

  function heard() {
    heard_ms = performance.now();
  }

  /** One lane per thing to fetch: asks again only after its last answer, and only if something newer is known. */
  function lane(name, work) {
    if (!lanes.has(name)) lanes.set(name, { busy: false, again: null });
    const it = lanes.get(name);
    if (it.busy) {
      it.again = work;
      return;
    }
    it.busy = true;
    work()
      .catch((fault) => tell("fault", { name, fault }))
      .finally(() => {
        it.busy = false;
        const next = it.again;
        it.again = null;
        if (next) lane(name, next);
      });
  }

  async function answer(path) {
    const reply = await fetch(base + path, { cache: "default" });
    if (!reply.ok) throw new Error(`${reply.status} ${path}`);
    heard();
    return reply;
  }

  const when = at ? `?at=${encodeURIComponent(at)}` : "";
  const tags = new Map();

  /** One address for all editions of a layer: what did not change is answered without its bytes. */
  async function fetchFrame(layer) {
    const reply = await answer(`/live/frame/${layer}${when}`);
    frame_ms = performance.now();
    const tag = reply.headers.get("ETag");
    if (tag && tags.get(layer) === tag) {
      tell("same", { layer, at: reply.headers.get("X-Twin-At") });
      return;
    }
    const frame = decode(await reply.arrayBuffer());
    tags.set(layer, tag);
    // From the commit that rang to the frame in hand; the first bell tells of an old commit and measures nothing.
    if (committed_ms !== null && now_ms() - committed_ms < DELAY_MAX_MS) delay_ms = now_ms() - committed_ms;
    tell("frame", frame);
  }

  async function fetchBoard(version) {
    tell("board", await (await answer(`/board?v=${version}`)).json());
  }

  /** Words of a live layer's rows; asked for only when its hash changed. */
  async function roster(frame) {
    const kept = rosters.get(frame.layer);
    if (kept && kept.roster === frame.roster) return kept;
    const fresh = await (await answer(`/live/roster/${frame.layer}?v=${frame.roster}${when.replace("?", "&")}`)).json();
    rosters.set(frame.layer, fresh);
    return fresh;
  }

  function ring(bell) {
    heard();
    if (bell.build) noteBuild(bell.build);
    if (bell.server_at) setServerTime(bell.server_at);
    const first = seq === 0;
    const restarted = bell.seq < seq;
    seq = bell.seq;
    committed_ms = !first && bell.changed && bell.at ? Date.parse(bell.at) : null;
    const changed = first || restarted ? null : new Set(bell.changed ?? []);
    for (const layer of wanted) if (!changed || changed.has(layer)) lane(layer, () => fetchFrame(layer));
    if (!changed || bell.board !== false) lane("/board", () => fetchBoard(bell.seq));
    tell("bell", { ...bell, changed: changed ? [...changed] : null });
  }

  function noteBuild(value) {
    if (build !== null && value !== build) tell("build", value);
    build = value;
  }

  function pulse(data) {
    heard();
    let at = data;
    try {
      const parsed = JSON.parse(data);
      at = parsed.at ?? parsed.server_at ?? parsed;
      if (parsed.build) noteBuild(parsed.build);
    } catch { /* a bare time is not JSON */ }
    if (typeof at === "string") setServerTime(at);
    tell("pulse", at);
  }

  function open() {
    source?.close();
    const mine = new EventSource(`${base}/live/bell?since=${seq}`);
    source = mine;
    mine.addEventListener("open", () => {
      heard();
      polling = false;
    });
    mine.addEventListener("bell", (event) => ring(JSON.parse(event.data)));
    mine.addEventListener("pulse", (event) => pulse(event.data));
    // A non-200 answer closes an EventSource for good; polling carries on until the watchdog opens a new one.
    mine.addEventListener("error", () => {
      if (mine.readyState === EventSource.CLOSED && source === mine) poll();
    });
  }

  async function poll() {
    if (polling) return;
    polling = true;
    while (polling) {
      try {
        const bell = await (await answer(`/live/poll?since=${seq}`)).json();
        if (bell.server_at) setServerTime(bell.server_at);
        if (bell.seq !== seq || bell.changed?.length || bell.board) ring(bell);
        tell("pulse", bell.server_at ?? bell.at);
      } catch (fault) {
        tell("fault", { name: "poll", fault });
      }
      await new Promise((resume) => window.setTimeout(resume, POLL_MS));
    }
  }

  return {
    on,
    open,
    /** Live layers whose frames this page draws. */
    want(layer, yes = true) {
      const isNew = yes && !wanted.has(layer);
      wanted[yes ? "add" : "delete"](layer);
      if (!yes) tags.delete(layer);
      if (isNew && (at || seq > 0)) lane(layer, () => fetchFrame(layer));
    },
    refresh: () => lane("/board", () => fetchBoard(seq)),
    roster,
    noteBuild,
    /** Seconds since the server said anything. */
    silence_s: () => (performance.now() - heard_ms) / 1000,
    /** Seconds since the last frame, or null before the first. */
    age_s: () => (frame_ms === null ? null : (performance.now() - frame_ms) / 1000),
    /** What the page measured between commit and frame, in milliseconds. */
    delay_ms: () => delay_ms,
    isOpen: () => source !== null && source.readyState === EventSource.OPEN,
    isPolling: () => polling,
    seq: () => seq,
    close() {
      polling = false;
      source?.close();
    },
  };
}
