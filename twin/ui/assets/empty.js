// A twin without buildings: says what is missing and what brings it, instead of a dark picture.

import { word } from "./words.js";

/** A place has an origin once its bounds are given or its first file is in; before that nothing can stand. */
export const isPlaced = (info) => info.community.lon0 !== null && info.community.lat0 !== null;

/** @param {HTMLElement} parent */
export function sayWhatIsMissing(parent, info) {
  const missing = info.community.bounds_m === null;
  let note = parent.querySelector(".no-place");
  if (missing && !note) {
    note = document.createElement("p");
    note.className = "no-place";
    note.setAttribute("role", "status");
    parent.append(note);
  }
  if (!note) return;
  note.hidden = !missing;
  note.textContent = missing ? word("noBuildings") : "";
}
