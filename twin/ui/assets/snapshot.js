// The desk's snapshot button: asks once, says that it is being made, then hands the file over.

import { word } from "./words.js";

/** @param {{fault:(error:Error)=>void}} options */
export function followSnapshot({ fault }) {
  let busy = false;
  const say = (button, key, title = "") => {
    button.textContent = word(key);
    button.title = title;
    button.setAttribute("aria-busy", String(busy));
  };

  async function make(button) {
    busy = true;
    say(button, "snapshotMaking");
    try {
      const reply = await fetch("/desk/snapshot", { method: "POST" });
      const told = await reply.json();
      if (!reply.ok) throw new Error(`${told.error}: ${told.remedy}`);
      const link = document.createElement("a");
      link.href = told.href;
      link.download = told.name;
      link.click();
      busy = false;
      say(button, "snapshot", told.name);
    } catch (error) {
      busy = false;
      say(button, "snapshotFailed", error.message);
      fault(error);
    }
  }

  // The bar is drawn anew with each language, so the press is heard by the page.
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-snapshot]");
    if (button && !busy) void make(button);
  });
}
