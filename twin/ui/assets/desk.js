// The desk's own small duties: its language, its live state, and telling Dash that what is open has changed.

import { lang, word } from "./words.js";

// A building's lists are asked for again at most this often, however fast its devices speak.
const REFRESH_MS = 2500;
const LOOK_MS = 250;
const LOST_MS = 20_000;

export function tellLang(view) {
  if (view.lang) document.documentElement.lang = view.lang === "en" ? "en" : "zh-CN";
}

/** Resolves when Dash has put something into the element of this id. */
export function whenDrawn(id) {
  const drawn = () => document.getElementById(id)?.childElementCount;
  if (drawn()) return Promise.resolve();
  return new Promise((resume) => {
    const watch = new MutationObserver(() => {
      if (!drawn()) return;
      watch.disconnect();
      resume();
    });
    watch.observe(document.body, { childList: true, subtree: true });
  });
}

/** The live state in the top bar: live with its measured delay, late, lost; and which feed is missing. */
export function createLive({ stream, state }) {
  let speaking = null;

  function said() {
    if (state.get().at) return [lang() === "en" ? "Replay" : "回放", "replay"];
    if (document.body.classList.contains("stale")) return [word("stale"), "late"];
    const delay_ms = stream.delay_ms();
    if (delay_ms === null) return [word("waiting"), "waiting"];
    const seconds = (Math.max(0, delay_ms) / 1000).toFixed(1);
    return [`${word("live")} · ${word("delay")} ${seconds} ${lang() === "en" ? "s" : "秒"}`, "live"];
  }

  function show() {
    const element = document.getElementById("live");
    if (!element) return;
    const [text, state] = said();
    const whole = speaking ? `${text} · ${speaking}` : text;
    if (element.textContent !== whole) element.textContent = whole;
    element.className = state;
  }

  return {
    show,
    feeds(feeds) {
      const heard = (feeds ?? []).filter((feed) => feed.speaks).length;
      speaking = feeds?.length ? `${word("feeds")} ${heard}/${feeds.length}` : null;
      show();
    },
  };
}

/** Rings for Dash's callback when devices or tickets moved: one number, never data. It asks again only after its
 *  last answer, for a link too: Dash drops what a newer question overtakes, and a slow server would show nothing. */
export function followChange({ stream, state }) {
  let told = "";
  let told_ms = 0;
  let isWaiting = false;

  function isAnswered() {
    const view = document.getElementById("desk-answered")?.getAttribute("data-view");
    const asked = `${window.location.pathname}${window.location.search}|${told}`;
    return decodeURI(view ?? "") === decodeURI(asked) || performance.now() - told_ms > LOST_MS;
  }

  function step() {
    const since_ms = performance.now() - told_ms;
    if (since_ms < REFRESH_MS || !isAnswered()) {
      window.setTimeout(step, Math.max(LOOK_MS, REFRESH_MS - since_ms));
      return;
    }
    isWaiting = false;
    told = String(stream.seq());
    told_ms = performance.now();
    window.dash_clientside?.set_props?.("desk-bell", { data: stream.seq() });
  }

  function tick() {
    if (isWaiting || state.get().at) return;
    isWaiting = true;
    step();
  }

  stream.on("bell", (bell) => {
    if (!bell.changed || bell.changed.includes("devices") || bell.changed.includes("tickets")) tick();
  });
  return { tick };
}
