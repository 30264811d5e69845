// The list of layers with legend, age and a toggle each; opened by L on the wall.

import { age_s, ageText } from "./clock.js";
import { text, word } from "./words.js";

function swatch(entry) {
  const mark = document.createElement("i");
  mark.className = entry.shape ?? "area";
  mark.style.setProperty("--c", `rgb(${entry.rgb.join(" ")} / ${(entry.alpha ?? 255) / 255})`);
  const label = document.createElement("span");
  label.append(mark, text(entry.name));
  return label;
}

function span(className, content) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = content;
  return element;
}

/** When the layer's newest row was true: a live frame's time, or what the layer's answer said. */
function newest(item) {
  return item.frame?.at ?? item.answer?.newest_at ?? null;
}

/** @param {{list:HTMLElement, scene:object}} options */
export function drawLayers({ list, scene }) {
  list.replaceChildren(...scene.layersOf().map((item) => {
    const { meta } = item;
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", String(item.on));
    button.dataset.layer = meta.id;
    const when = newest(item);
    button.append(span("box", ""), span("title", text(meta.title)), span("age", when ? ageText(age_s(when)) : `${meta.rows ?? 0} ${word("rows")}`));
    button.title = `${text(meta.provenance?.name)} · ${meta.provenance?.licence ?? ""}`;
    button.addEventListener("click", () => scene.setLayer(meta.id, !scene.isLayerOn(meta.id)));
    const row = document.createElement("li");
    row.append(button);
    if (item.on && meta.legend?.length) {
      const legend = document.createElement("div");
      legend.className = "legend";
      legend.append(...meta.legend.map(swatch));
      row.append(legend);
    }
    return row;
  }));
}

/** Where the picture comes from, in one line. */
export function provenance(scene) {
  const names = new Set(scene.layersOf().filter((item) => item.on && (item.meta.rows ?? 1) > 0)
    .map((item) => text(item.meta.provenance?.name)).filter(Boolean));
  const info = scene.info();
  const demo = info?.community?.demo ? ` · ${word("simulated")}` : "";
  return names.size ? `${word("source")} ${[...names].slice(0, 4).join("、")}${demo}` : "";
}
