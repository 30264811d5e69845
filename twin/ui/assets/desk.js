// The desk's own small duties: its language, its live state, and telling Dash that what is open has changed.

import { lang, word } from "./words.js";

// A building's lists are asked for again at most this often, however fast its devices speak.
const REFRESH_MS = 2500;

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
export function createLive({ stream }) {
  let speaking = null;

  function said() {
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

/** Sets the store that Dash's callback listens to, when devices or tickets moved: one number, never data. */
export function followChange({ stream, state }) {
  let told_ms = 0;
  let waiting = 0;

  function tell() {
    waiting = 0;
    told_ms = performance.now();
    window.dash_clientside?.set_props?.("desk-bell", { data: stream.seq() });
  }

  function tick() {
    if (waiting || state.get().at) return;
    waiting = window.setTimeout(tell, Math.max(0, REFRESH_MS - (performance.now() - told_ms)));
  }

  stream.on("bell", (bell) => {
    if (!bell.changed || bell.changed.includes("devices") || bell.changed.includes("tickets")) tick();
  });
  return { tick };
}
