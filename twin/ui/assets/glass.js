// One rem is a Han character of preferred size: 34 minutes of arc from where the glass must be readable.

const ARC_MIN = 34.5;
const HAN_EM = 0.907;
// Under this a Han character has too few pixels, whatever the distance.
const FLOOR_PX = 18;

/** @param {{mm_per_px:number, height_px:number, distance_m:number, width:number, height:number}} glass */
export function remFor({ mm_per_px, height_px, distance_m, width, height }) {
  const tall_mm = 2 * distance_m * 1000 * Math.tan((ARC_MIN / 60 / 2) * (Math.PI / 180));
  // The same wall driven with fewer pixels has larger ones; a narrow window must still hold the panels.
  const pixels = Math.min(height, (width * 9) / 16);
  const mm = (mm_per_px * height_px) / pixels;
  return Math.max(FLOOR_PX, tall_mm / HAN_EM / mm);
}

/** Sets the root font size now and whenever the window changes; without a profile the browser's rem stays. */
export function fitGlass() {
  const root = document.documentElement;
  const profile = { mm_per_px: Number(root.dataset.mmPerPx), height_px: Number(root.dataset.heightPx), distance_m: Number(root.dataset.distanceM) };
  if (!(profile.mm_per_px > 0)) return;
  const set = () => {
    root.style.fontSize = `${remFor({ ...profile, width: window.innerWidth, height: window.innerHeight }).toFixed(2)}px`;
  };
  set();
  window.addEventListener("resize", set);
}

/** The picture moves by some pixels every ten minutes, so that no LED shows the same edge for months. */
export function drift(element, px = 8, every_ms = 600_000) {
  const spots = [[0, 0], [1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1], [0, -1], [1, -1]];
  let step = 0;
  const move = () => {
    const [x, y] = spots[step % spots.length];
    element.style.setProperty("--drift", `${x * px}px ${y * px}px`);
    step += 1;
    window.setTimeout(move, every_ms);
  };
  move();
}
