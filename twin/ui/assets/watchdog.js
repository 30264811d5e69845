// Says when the picture is no longer true, and brings it back: silence, a new build, a lost graphics context.

import { ageText } from "./clock.js";
import { word } from "./words.js";

const SILENT_S = 4;
const REOPEN_MS = 2000;
const LOOK_MS = 400;
const HELD_UP_MS = 1500;
const BUILD_CHECK_MS = 20000;

function banner() {
  let element = document.getElementById("watchdog");
  if (!element) {
    element = document.createElement("div");
    element.id = "watchdog";
    element.setAttribute("role", "alert");
    element.hidden = true;
    document.body.append(element);
  }
  return element;
}

async function buildNow() {
  const reply = await fetch("/healthz", { cache: "no-store" });
  return (await reply.json()).build;
}

/** @param {{stream:object, build:string|null, onStale?:(stale:boolean)=>void}} options */
export function startWatchdog({ stream, build, onStale = () => {} }) {
  const element = banner();
  let stale = false;
  let reopened_ms = 0;
  let checked_ms = performance.now();
  let graphics = true;

  const reload = () => window.location.reload();
  const compare = () =>
    buildNow()
      .then((now) => {
        if (now && build && now !== build) reload();
      })
      .catch(() => {});

  function setStale(yes) {
    if (yes === stale) return;
    stale = yes;
    document.body.classList.toggle("stale", yes);
    onStale(yes);
    if (!yes) compare();
  }

  let looked_ms = performance.now();

  function look() {
    const silence_s = stream.silence_s();
    // A page that was itself held up (a slow frame) has news waiting: it judges at the next look.
    const heldUp = performance.now() - looked_ms > HELD_UP_MS;
    looked_ms = performance.now();
    const silent = silence_s > SILENT_S && (stale || !heldUp);
    const text = `${word("serverLost")} · ${word("lastSeen")} ${ageText(silence_s)} ${word("ago")} · ${word("reconnecting")}`;
    if (graphics) {
      element.hidden = !silent;
      if (silent && element.textContent !== text) element.textContent = text;
    }
    setStale(silent);
    const now = performance.now();
    const gone = silent || (!stream.isOpen() && stream.isPolling());
    if (gone && now - reopened_ms > (silent ? REOPEN_MS : 5 * REOPEN_MS)) {
      reopened_ms = now;
      stream.open();
    }
    if (!silent && now - checked_ms > BUILD_CHECK_MS) {
      checked_ms = now;
      compare();
    }
    window.setTimeout(look, LOOK_MS);
  }

  stream.on("build", reload);
  look();
  return {
    /** The canvas lost its context: say so and start over, a reload is the only sure way back. */
    watchCanvas(canvas) {
      canvas.addEventListener("webglcontextlost", (event) => {
        event.preventDefault();
        graphics = false;
        element.hidden = false;
        element.textContent = word("graphicsLost");
        window.setTimeout(reload, 1000);
      });
    },
    isStale: () => stale,
  };
}
