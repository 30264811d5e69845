// The search box: "/" focuses it, arrows choose, Enter goes; one hit leads to its building, storey and unit.

import { lang } from "./words.js";

const WAIT_MS = 120;
const WORDS = {
  ask: ["搜索地址、小区、网格、设施、设备编号", "Search address, compound, grid, facility, device id"],
  nothing: ["没有找到", "Nothing found"],
  hits: ["搜索结果", "Search results"],
};
const KINDS = {
  building: ["楼栋", "Building"], compound: ["小区", "Compound"], grid: ["网格", "Grid"], facility: ["设施", "Facility"],
  restaurant: ["餐饮", "Kitchen"], lane: ["消防通道", "Fire lane"], asset: ["部件", "Asset"],
  unit: ["户室", "Unit"], device: ["设备", "Device"], ticket: ["工单", "Ticket"],
};

function span(className, text) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}

const word = (key) => WORDS[key][lang() === "en" ? 1 : 0];

function kindOf(kind) {
  const pair = KINDS[kind];
  return pair ? pair[lang() === "en" ? 1 : 0] : kind;
}

/** The view a hit leads to; null where it has no building and only a point on the ground. */
export function patchOf(hit) {
  if (!hit.building_id) return null;
  return {
    building: hit.building_id, storey: hit.storey ?? null, unit: hit.unit_id ?? null,
    device: hit.kind === "device" ? hit.id : null, ticket: hit.kind === "ticket" ? hit.id : null,
  };
}

/** `reveal` turns the layer on that draws a hit. @param {{state:object, flyTo:(at:{x_m:number,y_m:number})=>void, reveal:(layer:string)=>void, fault:(error:Error)=>void}} options */
export function createSearch({ state, flyTo, reveal, fault }) {
  const host = document.getElementById("search");
  const input = document.createElement("input");
  const list = document.createElement("ul");
  let hits = [];
  let chosen = -1;
  let asked = 0;
  let timer = 0;

  Object.assign(input, { type: "search", id: "search-text", autocomplete: "off", spellcheck: false });
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": "search-hits", "aria-autocomplete": "list" })) input.setAttribute(name, value);
  Object.assign(list, { id: "search-hits", hidden: true });
  list.setAttribute("role", "listbox");
  const say = () => {
    input.placeholder = `${word("ask")}  /`;
    input.setAttribute("aria-label", word("ask"));
    list.setAttribute("aria-label", word("hits"));
  };
  say();
  host.replaceChildren(input, list);
  state.subscribe(say);

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    chosen = -1;
  }

  function choose(index) {
    chosen = hits.length ? (index + hits.length) % hits.length : -1;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
    if (chosen < 0) return;
    input.setAttribute("aria-activedescendant", `search-hit-${chosen}`);
    list.children[chosen].scrollIntoView({ block: "nearest" });
  }

  function item(hit, at) {
    const element = document.createElement("li");
    element.id = `search-hit-${at}`;
    element.setAttribute("role", "option");
    element.append(span("kind", kindOf(hit.kind)), span("what", hit.label ?? hit.id), span("where", hit.sub ?? ""));
    // pointerdown would take the focus from the box before the click arrives.
    element.addEventListener("pointerdown", (event) => event.preventDefault());
    element.addEventListener("click", () => go(hit));
    return element;
  }

  function show() {
    if (hits.length) list.replaceChildren(...hits.map(item));
    else {
      const none = document.createElement("li");
      none.className = "none";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.textContent = word("nothing");
      list.replaceChildren(none);
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    choose(0);
  }

  function go(hit) {
    if (!hit) return;
    close();
    input.value = "";
    input.blur();
    const patch = patchOf(hit);
    if (patch) state.set(patch);
    else {
      state.set({ building: null });
      if (hit.layer) reveal(hit.layer);
      flyTo(hit);
    }
  }

  async function ask() {
    const wanted = input.value.trim();
    if (!wanted) return close();
    const mine = (asked += 1);
    try {
      const reply = await fetch(`/desk/search?q=${encodeURIComponent(wanted)}&limit=12`);
      if (!reply.ok) throw new Error(`${reply.status} search`);
      const answer = await reply.json();
      if (mine !== asked || input.value.trim() !== wanted) return;
      hits = answer.hits;
      show();
    } catch (error) {
      fault(error);
    }
  }

  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("blur", close);
  input.addEventListener("focus", () => input.value.trim() && ask());
  input.addEventListener("keydown", async (event) => {
    if (event.isComposing) return; // an input method still holds the keys
    switch (event.key) {
      case "ArrowDown": choose(chosen + 1); break;
      case "ArrowUp": choose(chosen - 1); break;
      case "Enter":
        if (list.hidden) {
          window.clearTimeout(timer);
          await ask();
        }
        go(hits[chosen]);
        break;
      case "Escape":
        if (list.hidden && !input.value) input.blur();
        input.value = "";
        close();
        break;
      default: return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}
