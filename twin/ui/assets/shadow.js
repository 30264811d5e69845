// The shadow every building throws on the ground, from footprint, height and the sun; drawn once where two meet.

const RAD = Math.PI / 180;
const LONGEST_M = 90;
// Shadows lie in thin sheets, one under another: where they overlap the depth test lets only the upper one through.
const SHEET_M = 0.012;
const LOWEST_M = 0.03;
const MOST_SHEETS = 24;

/** Metres east and north that a roof's shadow is thrown per metre of height, and no further than LONGEST_M. */
export function thrown({ azimuth_deg, elevation_deg }, height_m) {
  const reach = Math.min(LONGEST_M, height_m / Math.tan(Math.max(elevation_deg, 1) * RAD));
  const away = (azimuth_deg + 180) * RAD;
  return [Math.sin(away) * reach, Math.cos(away) * reach];
}

/** The convex outline of points, counter-clockwise. */
export function hull(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (list) => {
    const chain = [];
    for (const point of list) {
      while (chain.length > 1 && cross(chain[chain.length - 2], chain[chain.length - 1], point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

const cross = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);

/** @param {{id:string, p:any[], h:number}[]} rows of a solid part @returns rows with `p` on their sheet, upper ones first */
export function castShadows(rows, sun) {
  const cast = rows.filter((row) => row.h > 0 && row.p.length > 2 - (typeof row.p[0]?.[0] !== "number")).map((row) => {
    const outline = typeof row.p[0][0] === "number" ? row.p : row.p[0];
    const [dx, dy] = thrown(sun, row.h);
    const ring = hull([...outline.map(([x, y]) => [x, y]), ...outline.map(([x, y]) => [x + dx, y + dy])]);
    const [xs, ys] = [ring.map((point) => point[0]), ring.map((point) => point[1])];
    return { id: row.id, ring, box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] };
  });
  const top = inSheets(cast);
  return cast
    .sort((a, b) => a.sheet - b.sheet)
    .map(({ id, ring, sheet }) => ({ id, p: ring.map(([x, y]) => [x, y, LOWEST_M + (top - sheet) * SHEET_M]) }));
}

/** Gives each a sheet that none it may overlap has; sheet 0 lies uppermost. */
function inSheets(cast) {
  let top = 0;
  const byWest = [...cast].sort((a, b) => a.box[0] - b.box[0]);
  let live = [];
  for (const one of byWest) {
    live = live.filter((other) => other.box[2] > one.box[0]);
    const taken = new Set(live.filter((other) => other.box[1] < one.box[3] && other.box[3] > one.box[1]).map((other) => other.sheet));
    one.sheet = 0;
    while (taken.has(one.sheet) && one.sheet < MOST_SHEETS) one.sheet += 1;
    top = Math.max(top, one.sheet);
    live.push(one);
  }
  return top;
}
