// The wall's side list of an opened building: its storeys, top first, each a row to touch; no units.

import { lang, word } from "./words.js";

const LONGEST_COLUMN = 20;

function make(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  Object.assign(element, props);
  element.append(...children);
  return element;
}

/** What one knows of the building, each a phrase that stays whole; derived numbers say so. */
export function facts(detail) {
  const { building, entrances } = detail;
  const said = [];
  const derived = (yes) => (yes ? `（${word("derived")}）` : "");
  if (building.storeys_above !== null) said.push(`${word("above")} ${building.storeys_above} ${word("storeys")}${derived(building.storeys_derived)}`);
  if (building.storeys_below) said.push(`${word("below")} ${building.storeys_below} ${word("storeys")}`);
  if (building.height_m) said.push(`${word("height")} ${Math.round(building.height_m)} m${derived(building.height_derived)}`);
  if (entrances?.length) said.push(`${entrances.length} ${word("entrances")}`);
  return said;
}

function counts(storey) {
  const said = [];
  if (storey.devices) said.push(`${word("devices")} ${storey.devices}`);
  if (storey.tickets) said.push(`${word("tickets")} ${storey.tickets}`);
  return said.join(" ");
}

export function showStoreys(detail, chosen) {
  const { building, storeys } = detail;
  document.getElementById("building-name").textContent =
    [building.compound_name, building.name].filter(Boolean).join(" ") || building.address || building.id;
  const phrases = [building.address, ...facts(detail)].filter(Boolean);
  document.getElementById("building-facts").replaceChildren(...phrases.map((textContent) => make("span", { textContent })));
  const sorted = [...storeys].sort((a, b) => b.ordinal - a.ordinal);
  const columns = Math.max(1, Math.ceil(sorted.length / LONGEST_COLUMN));
  const list = document.getElementById("storeys");
  list.style.setProperty("--rows", String(Math.ceil(sorted.length / columns)));
  list.replaceChildren(...sorted.map((storey) => {
    const button = make("button", { type: "button", className: storey.ordinal < 0 ? "below" : "" },
      make("span", { textContent: storey.label }), make("span", { className: "count", textContent: counts(storey) }));
    button.setAttribute("data-go", JSON.stringify({ building: building.id, storey: storey.ordinal }));
    button.dataset.storey = String(storey.ordinal);
    return make("li", {}, button);
  }));
  markStorey(chosen);
}

export function markStorey(chosen) {
  for (const button of document.querySelectorAll("#storeys button")) {
    button.setAttribute("aria-current", String(chosen !== null && button.dataset.storey === String(chosen)));
  }
}

/** Keeps the list beside the view: asks for a building once, marks the storey otherwise. */
export function followOpened({ state, screen, fault }) {
  let shown = null;
  async function follow(view) {
    const isOpen = Boolean(view.building);
    document.getElementById("wall").classList.toggle("is-open", isOpen);
    document.getElementById("overview").hidden = isOpen;
    document.getElementById("opened").hidden = !isOpen;
    if (!isOpen || shown === view.building) {
      if (!isOpen) shown = null;
      markStorey(view.storey);
      return;
    }
    shown = view.building;
    document.getElementById("building-name").textContent = view.building;
    document.getElementById("building-facts").textContent = "";
    document.getElementById("storeys").replaceChildren();
    const reply = await fetch(`/${screen}/building/${encodeURIComponent(view.building)}`);
    if (shown !== view.building) return;
    if (!reply.ok) {
      const said = await reply.json().catch(() => ({}));
      document.getElementById("building-facts").textContent = lang() === "zh" ? `${word("notFound")}：${view.building}` : said.error ?? word("notFound");
      return;
    }
    showStoreys(await reply.json(), state.get().storey);
  }
  const safe = (view) => follow(view).catch(fault);
  state.subscribe(safe);
  void safe(state.get());
}
