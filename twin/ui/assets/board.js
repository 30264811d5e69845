// Facts from the server into the elements that ask for them; what is not known is 无数据, never a zero.

import { age_s, ageText, hourOf, now_ms } from "./clock.js";
import { lang, word } from "./words.js";

const GROUPED = new Intl.NumberFormat("en-US");
const SHORTFALL_ROWS = 4;
const SVG = "http://www.w3.org/2000/svg";

function put(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

/** The wall's sentence: a verdict and its proof, by rule from the facts. Pure. */
export function sentence(board) {
  const total = board.facts["devices.total"]?.value ?? null;
  const online = board.facts["devices.online"]?.value ?? null;
  const verdict = board.engines?.alarms ? "" : word("alarmsOff");
  if (total === null || online === null) return { verdict, proof: [word("noFeeds")], at: board.at };
  const proof = lang() === "zh"
    ? [`感知设备 `, { n: total }, ` 台中 `, { n: online }, ` 台有信号`]
    : [{ n: online }, ` of `, { n: total }, ` devices with signal`];
  return { verdict, proof, at: board.at };
}

function drawSentence(board) {
  const said = sentence(board);
  put(document.getElementById("verdict"), said.verdict);
  const proof = document.getElementById("proof");
  if (!proof) return;
  const key = JSON.stringify([said.proof, said.at]);
  if (proof.dataset.key === key) return;
  proof.dataset.key = key;
  proof.replaceChildren(
    "· ",
    ...said.proof.map((part) => {
      if (typeof part === "string") return part;
      const number = document.createElement("b");
      number.textContent = GROUPED.format(part.n);
      return number;
    }),
    " · ",
    aged(said.at),
    lang() === "zh" ? word("verified") : ` ${word("verified")}`,
  );
}

function aged(iso) {
  const element = document.createElement("span");
  element.setAttribute("data-age", iso ?? "");
  element.textContent = ageText(age_s(iso));
  return element;
}

function drawFacts(board) {
  for (const element of document.querySelectorAll("[data-fact]")) {
    const fact = board.facts[element.getAttribute("data-fact")];
    const value = fact?.value ?? null;
    put(element, value === null ? word("noData") : typeof value === "number" ? GROUPED.format(value) : String(value));
    element.classList.toggle("none", value === null);
    element.classList.toggle("zero", value === 0);
    if (fact) element.title = `${fact.source} · ${fact.rows} ${word("rows")}`;
  }
  for (const element of document.querySelectorAll("[data-fact-age]")) {
    element.setAttribute("data-age", board.facts[element.getAttribute("data-fact-age")]?.newest_at ?? "");
  }
  for (const element of document.querySelectorAll("[data-fact-since]")) {
    element.setAttribute("data-age", board.facts[element.getAttribute("data-fact-since")]?.at ?? "");
  }
  drawShortfalls(board);
  for (const element of document.querySelectorAll("[data-engine]")) {
    element.classList.toggle("off", !board.engines?.[element.getAttribute("data-engine")]);
  }
}

/** Only kinds that miss something, the worst first: nobody acts on the 98 % that speak. */
function drawShortfalls(board) {
  const rows = [...document.querySelectorAll("[data-shortfall]")].map((element) => ({
    element, missing: board.facts[element.getAttribute("data-shortfall")]?.value ?? 0,
  }));
  rows.sort((a, b) => b.missing - a.missing);
  rows.forEach(({ element, missing }, rank) => {
    element.hidden = missing === 0 || rank >= SHORTFALL_ROWS;
    element.style.order = String(rank);
  });
  const total = document.querySelector(".rows li:last-child");
  if (total) total.style.order = "99";
}

function drawFeeds(board) {
  const element = document.getElementById("feeds");
  if (!element) return;
  const total = board.facts["feeds.total"]?.value ?? null;
  const speaking = board.facts["feeds.speaking"];
  const missing = speaking?.missing ?? [];
  const text = total === null ? `${word("feeds")} ${word("noData")}` : `${word("feeds")} ${speaking.value}/${total}`;
  put(element, missing.length ? `${text} · ${word("missing")} ${missing.slice(0, 2).join("、")}` : text);
  element.classList.toggle("missing", missing.length > 0);
}

function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

const isNight = (hour) => hour >= 18 || hour < 6;

/** The last 24 h by quarters of an hour; night shaded, hours named, a quarter nobody counted left open. */
function drawStrip(board) {
  const holder = document.getElementById("strip");
  const hours = document.getElementById("hours");
  const strip = board.strip ?? [];
  if (!holder || !hours || !strip.length) return;
  const key = strip.map((bucket) => `${bucket.at}:${bucket.n ?? bucket.accepted}`).join(",");
  if (holder.dataset.key === key) return;
  holder.dataset.key = key;
  const most = Math.max(1, ...strip.map((bucket) => bucket.n ?? 0));
  const svg = shape("svg", { viewBox: `0 0 ${strip.length * 10} 100`, preserveAspectRatio: "none" });
  const marks = [];
  let first = true;
  strip.forEach((bucket, index) => {
    const at = Date.parse(bucket.at);
    const hour = hourOf(at);
    if (isNight(hour)) svg.append(shape("rect", { class: "night", x: index * 10, y: 0, width: 10.2, height: 100 }));
    if (bucket.n) {
      const high = Math.max(6, Math.sqrt(bucket.n / most) * 92);
      svg.append(shape("rect", { class: "bar", x: index * 10 + 1.5, y: 100 - high, width: 7, height: high }));
    }
    const startsHour = new Date(at).getUTCMinutes() === 0;
    if (startsHour && hour % 6 === 2 && index > 4 && index < strip.length - 6) {
      const yesterday = first && now_ms() - at > hourOf(now_ms()) * 3_600_000;
      marks.push([index / strip.length, `${yesterday ? `${word("yesterday")} ` : ""}${hour} ${word("hour")}`]);
      if (yesterday) first = false;
    }
  });
  holder.replaceChildren(svg);
  const start = `${word("yesterday")} ${hourOf(Date.parse(strip[0].at))} ${word("hour")}`;
  const all = [[0, start], ...marks.map(([share, text]) => [share, text.replace(`${word("yesterday")} `, "")]), [1, word("now")]];
  hours.replaceChildren(...all.map(([share, text]) => {
    const span = document.createElement("span");
    span.style.left = `${share * 100}%`;
    span.textContent = text;
    return span;
  }));
}

/** @param {object} board as GET /wall/board answers it */
export function showBoard(board) {
  drawFacts(board);
  drawSentence(board);
  drawFeeds(board);
  drawStrip(board);
}
