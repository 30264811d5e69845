// Keys in the 楼盘表: arrows walk from cell to cell, Space opens like Enter; one stop for the Tab key.

const SELECTOR = '[role="gridcell"][tabindex], [role="rowheader"][tabindex]';

function lines(host) {
  return [...host.querySelectorAll('[role="row"]')]
    .map((row) => [...row.querySelectorAll(SELECTOR)])
    .filter((cells) => cells.length);
}

function focus(host, cell) {
  for (const one of host.querySelectorAll(`${SELECTOR.replaceAll("[tabindex]", '[tabindex="0"]')}`)) one.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus();
}

/** The cell an arrow leads to: the same place in the next row, or the nearest that row has. */
function next(host, cell, key) {
  const all = lines(host);
  const y = all.findIndex((cells) => cells.includes(cell));
  const x = all[y].indexOf(cell);
  switch (key) {
    case "ArrowLeft": return all[y][x - 1];
    case "ArrowRight": return all[y][x + 1];
    case "ArrowUp": return all[y - 1]?.[Math.min(x, all[y - 1].length - 1)];
    case "ArrowDown": return all[y + 1]?.[Math.min(x, all[y + 1].length - 1)];
    case "Home": return all[y][0];
    case "End": return all[y].at(-1);
    default: return null;
  }
}

/** A grid nobody has entered yet needs one cell that Tab can reach. */
function offerEntry(host) {
  if (host.querySelector('.sheet [tabindex="0"]')) return;
  const first = host.querySelector(SELECTOR);
  if (first) first.tabIndex = 0;
}

export function followGrid(host) {
  host.addEventListener("keydown", (event) => {
    const cell = event.target instanceof Element ? event.target.closest(SELECTOR) : null;
    if (!cell) return;
    if (event.key === " ") {
      event.preventDefault();
      event.stopPropagation();
      cell.click();
      return;
    }
    if (!/^(Arrow|Home|End)/.test(event.key)) return;
    // The scene pans by the same keys; inside the sheet they belong to the sheet.
    event.preventDefault();
    event.stopPropagation();
    const to = next(host, cell, event.key);
    if (to) focus(host, to);
  });
  new MutationObserver(() => offerEntry(host)).observe(host, { childList: true, subtree: true });
  offerEntry(host);
}
