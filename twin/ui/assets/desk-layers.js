// The desk's list of layers by group: a toggle, legend, count, age and provenance for each.

import { lang, text, word } from "./words.js";

const GROUPS = {
  base: ["底图", "Ground"], grid: ["网格", "Grids"], safety: ["安全", "Safety"], care: ["关爱", "Care"], governance: ["治理", "Governance"],
  people: ["力量", "People"], service: ["服务", "Services"],
};
const NUMBER = new Intl.NumberFormat("en-US");

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children);
  return element;
}

function put(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function key(entry) {
  const mark = make("i", entry.shape ?? "area");
  mark.style.setProperty("--c", `rgb(${entry.rgb.join(" ")} / ${(entry.alpha ?? 255) / 255})`);
  return make("span", "key", mark, text(entry.name));
}

/** @param {{host:HTMLElement, scene:object, state:object}} options */
export function createLayers({ host, scene, state }) {
  const rows = new Map();
  let shownLang = null;

  function row(item) {
    const { meta } = item;
    const toggle = make("button", "toggle", make("span", "box"), make("span", "title", text(meta.title)));
    toggle.type = "button";
    toggle.dataset.layer = meta.id;
    toggle.addEventListener("click", () => scene.setLayer(meta.id, !scene.isLayerOn(meta.id)));
    const count = make("span", "count");
    const age = make("time", "age");
    const legend = make("div", "legend", ...(meta.legend ?? []).map(key));
    const source = make("p", "provenance", `${text(meta.provenance?.name)} · ${meta.provenance?.licence ?? ""}`);
    const element = make("li", "layer", make("div", "layer-head", toggle, count, age), legend, source);
    const made = { element, toggle, count, age, legend };
    rows.set(meta.id, made);
    return element;
  }

  function build() {
    rows.clear();
    shownLang = lang();
    const groups = new Map();
    for (const item of scene.layersOf()) {
      if (!groups.has(item.meta.group)) groups.set(item.meta.group, []);
      groups.get(item.meta.group).push(item);
    }
    const parts = [];
    for (const [group, words] of Object.entries(GROUPS)) {
      if (!groups.has(group)) continue;
      parts.push(make("h3", "", words[lang() === "en" ? 1 : 0]), make("ul", "", ...groups.get(group).map(row)));
    }
    const title = make("h2", "", word("layers"));
    const panel = make("section", "panel layers", make("div", "panel-head", title), ...parts);
    host.replaceChildren(panel);
  }

  function fill(item) {
    const made = rows.get(item.meta.id);
    if (!made) return;
    made.element.classList.toggle("on", item.on);
    made.toggle.setAttribute("aria-pressed", String(item.on));
    const n = item.frame?.n ?? item.answer?.rows ?? item.meta.rows ?? 0;
    put(made.count, NUMBER.format(n));
    const newest = item.frame?.at ?? item.answer?.newest_at ?? null;
    if (newest) made.age.setAttribute("data-age", newest);
    else {
      made.age.removeAttribute("data-age");
      put(made.age, "");
    }
  }

  function draw() {
    if (!scene.info()) return;
    if (shownLang !== lang() || rows.size !== scene.layersOf().length) build();
    for (const item of scene.layersOf()) fill(item);
  }

  scene.on("rest", draw);
  return {
    draw,
    count(frame) {
      const item = scene.layersOf().find((one) => one.meta.id === frame.layer);
      if (item) fill(item);
    },
  };
}
