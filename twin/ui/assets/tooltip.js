// What a row says when it is pointed at: the layer's columns, with the words of its states.

import { age_s, ageText } from "./clock.js";
import { text } from "./words.js";

const MOST = 7;

function value(column, raw) {
  if (raw === null || raw === undefined || raw === "" || Number.isNaN(raw)) return "";
  if (column.kind === "age" || column.kind === "time") return ageText(age_s(typeof raw === "number" ? new Date(raw * 1000).toISOString() : raw));
  if (column.kind === "number") return `${Math.round(Number(raw) * 10) / 10}${column.unit ? ` ${column.unit}` : ""}`;
  return text(column.states?.[raw] ?? raw);
}

/** @returns pairs of title and value for a picked row. */
export function lines(spot) {
  const columns = spot?.meta?.columns ?? [];
  const row = spot?.row ?? {};
  const tip = row.tip ?? row.tooltip ?? row;
  return columns.map((column) => [text(column.title), value(column, tip[column.name])]).filter(([, said]) => said !== "").slice(0, MOST);
}

/** @param {{element:HTMLElement, scene:object}} options */
export function followHover({ element, scene }) {
  scene.on("hover", (spot) => {
    const said = spot ? lines(spot) : [];
    element.hidden = said.length === 0;
    if (!said.length) return;
    element.replaceChildren(...said.map(([title, words]) => {
      const line = document.createElement("div");
      const name = document.createElement("span");
      name.textContent = title;
      line.append(name, words);
      return line;
    }));
    const left = Math.min(spot.x + 16, window.innerWidth - element.offsetWidth - 8);
    const top = Math.min(spot.y + 16, window.innerHeight - element.offsetHeight - 8);
    element.style.left = `${Math.max(8, left)}px`;
    element.style.top = `${Math.max(8, top)}px`;
  });
}
