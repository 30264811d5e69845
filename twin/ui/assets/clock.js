// The server's time on the page, and every age written as an age.

import { lang } from "./words.js";

let offset_ms = 0;
let known = false;

/** Called with each server time that arrives; the page's own clock may be wrong by hours. */
export function setServerTime(iso) {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return;
  offset_ms = at - Date.now();
  known = true;
}

export const now_ms = () => Date.now() + offset_ms;
export const isKnown = () => known;

const UNITS = {
  zh: { s: "秒", m: "分", h: "小时", d: "天", none: "无数据" },
  en: { s: "s", m: "min", h: "h", d: "d", none: "no data" },
};

/** @param {number|null} seconds */
export function ageText(seconds, language = lang()) {
  const unit = UNITS[language];
  if (seconds === null || !Number.isFinite(seconds)) return unit.none;
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} ${unit.s}`;
  if (s < 3600) return `${Math.floor(s / 60)} ${unit.m}`;
  if (s < 2 * 86400) return `${Math.floor(s / 3600)} ${unit.h}`;
  return `${Math.floor(s / 86400)} ${unit.d}`;
}

export function age_s(iso) {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? null : (now_ms() - at) / 1000;
}

const CLOCK = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});
const HOUR = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour: "numeric", hourCycle: "h23" });

export const clockText = (ms = now_ms()) => CLOCK.format(ms);
export const hourOf = (ms) => Number.parseInt(HOUR.format(ms), 10) % 24;

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tick() {
  for (const element of document.querySelectorAll("[data-age]")) {
    const iso = element.getAttribute("data-age");
    put(element, iso ? ageText(age_s(iso)) : ageText(null));
  }
  for (const element of document.querySelectorAll("[data-clock]")) put(element, known ? clockText() : "--:--:--");
}

/** One timer for every age and clock on the page; it only rewrites text that changed. */
export function startClock() {
  const step = () => {
    tick();
    window.setTimeout(step, 1000 - (now_ms() % 1000) + 5);
  };
  step();
}
