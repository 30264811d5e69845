// Hands on the glass: a press of any length picks, keys move the eye.

import { PRESETS } from "./camera.js";

const SLIP_PX = { mouse: 6, pen: 12, touch: 24 };

/** deck.gl calls only presses under 300 ms a click; a wall is pressed longer, so this listens itself. */
export function listenPresses(element, press) {
  let down = null;
  element.addEventListener("pointerdown", (event) => {
    down = event.isPrimary ? { id: event.pointerId, x: event.clientX, y: event.clientY, button: event.button } : null;
  });
  element.addEventListener("pointercancel", () => {
    down = null;
  });
  element.addEventListener("pointerup", (event) => {
    const from = down;
    down = null;
    if (!from || from.id !== event.pointerId || from.button !== 0) return;
    const slip = Math.hypot(event.clientX - from.x, event.clientY - from.y);
    if (slip > (SLIP_PX[event.pointerType] ?? 6)) return;
    press({ x: event.clientX, y: event.clientY, radius: event.pointerType === "mouse" ? 3 : 14 });
  });
}

function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** @param {{pan:(dx:number,dy:number)=>void, zoom:(by:number)=>void, turn:(deg:number)=>void, preset:(id:string)=>void}} act */
export function listenKeys(act) {
  document.addEventListener("keydown", (event) => {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? "turn" : "pan";
    switch (event.key) {
      case "ArrowLeft": step === "turn" ? act.turn(-15) : act.pan(-1, 0); break;
      case "ArrowRight": step === "turn" ? act.turn(15) : act.pan(1, 0); break;
      case "ArrowUp": act.pan(0, -1); break;
      case "ArrowDown": act.pan(0, 1); break;
      case "+": case "=": act.zoom(0.5); break;
      case "-": case "_": act.zoom(-0.5); break;
      default: {
        const preset = PRESETS[Number(event.key) - 1];
        if (!preset || event.key.length !== 1) return;
        act.preset(preset.id);
      }
    }
    event.preventDefault();
  });
}
