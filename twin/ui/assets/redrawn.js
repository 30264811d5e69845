// Dash makes a part's elements anew when it changes; hands, eyes and readers must not notice.

import { age_s, ageText } from "./clock.js";

/** What an element is, whatever node it is drawn with: where it leads, or what it is called. */
function name(element) {
  return element.getAttribute("data-go") ?? element.getAttribute("aria-label") ?? element.textContent;
}

function find(host, tag, wanted, className) {
  return [...host.getElementsByTagName(tag)].find((one) => name(one) === wanted && one.className.split(" ")[0] === className);
}

/** Writes the ages of fresh elements before they are painted; clock.js carries on. */
function writeAges(host) {
  for (const element of host.querySelectorAll("time[data-age]")) {
    const words = ageText(age_s(element.getAttribute("data-age")));
    if (element.textContent !== words) element.textContent = words;
  }
}

/** Keeps focus and scroll positions inside `host` over redraws. @param {HTMLElement} host @param {()=>void} after */
export function followRedraws(host, after = () => {}) {
  let focused = null;
  const scrolls = new Map();

  host.addEventListener("focusin", ({ target }) => {
    focused = { node: target, tag: target.tagName, name: name(target), className: target.className.split(" ")[0] };
  });
  host.addEventListener("focusout", ({ target }) => {
    // A removed element loses its focus too; only one that stands has been left on purpose.
    if (focused?.node === target && target.isConnected) window.setTimeout(() => {
      if (focused?.node === target && target.isConnected && document.activeElement !== target) focused = null;
    });
  });
  host.addEventListener("scroll", ({ target }) => {
    if (target instanceof Element && target.isConnected) scrolls.set(name(target), target.scrollTop);
  }, true);

  function redrawn() {
    for (const list of host.querySelectorAll(".scroll")) {
      const top = scrolls.get(name(list));
      if (top && list.scrollTop === 0) list.scrollTop = top;
    }
    const lost = focused && !focused.node.isConnected && (document.activeElement === document.body || !document.activeElement);
    if (lost) {
      const same = find(host, focused.tag, focused.name, focused.className);
      if (same) same.focus({ preventScroll: true });
      else focused = null;
    }
    writeAges(host);
    after();
  }

  new MutationObserver(redrawn).observe(host, { childList: true, subtree: true });
  redrawn();
}
