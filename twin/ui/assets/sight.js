// From which side an opened tower is least hidden by its neighbours.

const STEPS = 12;
const NEAR_M = 160;
const WEDGE = Math.cos((38 * Math.PI) / 180);
// Turning the eye costs as much as this many metres of hidden tower per half circle.
const TURN_M = 18;

/** Metres of the tower that neighbours hide from an eye that looks along `bearing` at this pitch. */
export function hidden_m({ tower, neighbours, bearing, pitch }) {
  const rad = (bearing * Math.PI) / 180;
  const [ex, ey] = [-Math.sin(rad), -Math.cos(rad)];
  const steep = Math.tan(((90 - pitch) * Math.PI) / 180);
  let sum = 0;
  for (const { x, y, h } of neighbours) {
    const [dx, dy] = [x - tower.x, y - tower.y];
    const distance = Math.hypot(dx, dy);
    if (distance < 1 || distance > NEAR_M || (dx * ex + dy * ey) / distance < WEDGE) continue;
    sum += Math.max(0, Math.min(tower.h, h - distance * steep));
  }
  return sum;
}

/** The bearing nearest to the present one that shows most of the tower. */
export function bestBearing({ tower, neighbours, bearing, pitch }) {
  let best = bearing;
  let least = Infinity;
  for (let step = 0; step < STEPS; step += 1) {
    const turn = ((step % 2 ? 1 : -1) * Math.ceil(step / 2) * 360) / STEPS;
    const cost = hidden_m({ tower, neighbours, bearing: bearing + turn, pitch }) + (Math.abs(turn) / 180) * TURN_M;
    if (cost < least) [best, least] = [bearing + turn, cost];
  }
  return best;
}

/** Whether a tower stands between the eye and this spot on the ground; towers are {x, y, h, r} metres. */
export function isBehind({ spot, towers, bearing, pitch }) {
  if (pitch < 20) return false;
  const rad = (bearing * Math.PI) / 180;
  const [ex, ey] = [-Math.sin(rad), -Math.cos(rad)];
  const steep = Math.tan(((90 - pitch) * Math.PI) / 180);
  return towers.some(({ x, y, h, r }) => {
    const [dx, dy] = [x - spot[0], y - spot[1]];
    const toward = dx * ex + dy * ey;
    const aside = Math.abs(dx * ey - dy * ex);
    return toward > -r / 2 && aside < r && h > (spot[2] ?? 0) + Math.max(0, toward) * steep;
  });
}
