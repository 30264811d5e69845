// The few shapes that stand many times: trees by habit, boxes and hips on roofs. One metre each way, on z 0.

const GOLD = (1 + Math.sqrt(5)) / 2;
const CORNERS = [
  [-1, GOLD, 0], [1, GOLD, 0], [-1, -GOLD, 0], [1, -GOLD, 0], [0, -1, GOLD], [0, 1, GOLD],
  [0, -1, -GOLD], [0, 1, -GOLD], [GOLD, 0, -1], [GOLD, 0, 1], [-GOLD, 0, -1], [-GOLD, 0, 1],
];
const FACES = [
  [0, 11, 5], [0, 5, 1], [0, 1, 7], [0, 7, 10], [0, 10, 11], [1, 5, 9], [5, 11, 4], [11, 10, 2], [10, 7, 6], [7, 1, 8],
  [3, 9, 4], [3, 4, 2], [3, 2, 6], [3, 6, 8], [3, 8, 9], [4, 9, 5], [2, 4, 11], [6, 2, 10], [8, 6, 7], [9, 8, 1],
];
// Crowns: where they begin above the ground, how bumpy, how much they taper upwards.
const HABITS = { broad: { foot: 0.22, bumps: 0.13, taper: 0.1 }, upright: { foot: 0.16, bumps: 0.09, taper: 0.42 }, low: { foot: 0.04, bumps: 0.15, taper: 0 } };

const unit = (v) => v.map((value) => value / Math.hypot(...v));
const middle = (a, b) => unit(a.map((value, axis) => value + b[axis]));
const minus = (a, b) => a.map((value, axis) => value - b[axis]);
const times = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];

/** @param {{at:number[], normal:number[], shade?:number}[]} corners three for a triangle */
function geometry(corners) {
  const flat = (field) => new Float32Array(corners.flatMap(field));
  return {
    positions: { value: flat((one) => one.at), size: 3 },
    normals: { value: flat((one) => one.normal), size: 3 },
    texCoords: { value: new Float32Array(corners.length * 2), size: 2 },
    colors: { value: flat((one) => Array(3).fill(one.shade ?? 1)), size: 3 },
  };
}

/** Flat faces: polygons of corners, seen from outside counter-clockwise. */
function faceted(faces) {
  return geometry(faces.flatMap((face) => {
    const normal = unit(times(minus(face[1], face[0]), minus(face[2], face[0])));
    return face.slice(2).flatMap((_, i) => [face[0], face[i + 1], face[i + 2]].map((at) => ({ at, normal })));
  }));
}

function box() {
  const at = (x, y, z) => [x / 2, y / 2, z];
  const side = (ax, ay, bx, by) => [at(ax, ay, 0), at(bx, by, 0), at(bx, by, 1), at(ax, ay, 1)];
  return faceted([
    side(-1, -1, 1, -1), side(1, -1, 1, 1), side(1, 1, -1, 1), side(-1, 1, -1, -1),
    [at(-1, -1, 1), at(1, -1, 1), at(1, 1, 1), at(-1, 1, 1)],
  ]);
}

/** Four slopes; the ridge runs along x. */
function hip() {
  const [a, b, c, d] = [[-0.5, -0.5, 0], [0.5, -0.5, 0], [0.5, 0.5, 0], [-0.5, 0.5, 0]];
  const [west, east] = [[-0.34, 0, 1], [0.34, 0, 1]];
  return faceted([[a, b, east, west], [c, d, west, east], [b, c, east], [d, a, west]]);
}

function crown({ foot, bumps, taper }) {
  const ball = CORNERS.map(unit);
  const finer = FACES.flatMap(([i, j, k]) => {
    const [a, b, c] = [ball[i], ball[j], ball[k]];
    const [ab, bc, ca] = [middle(a, b), middle(b, c), middle(c, a)];
    return [[a, ab, ca], [b, bc, ab], [c, ca, bc], [ab, bc, ca]];
  });
  const shaped = ([x, y, z]) => {
    // A corner's bump follows from where it is, so that faces that share it stay together.
    const bump = 1 + bumps * Math.sin(7 * x + 3 * y + 5 * z) * Math.cos(5 * y - 4 * z);
    const slim = 1 - taper * Math.max(0, z) ** 1.5;
    return { at: [x * bump * slim, y * bump * slim, foot + (1 - foot) * (0.5 + 0.5 * z * Math.min(1, bump))], normal: unit([x, y, z + taper * 0.4]), shade: 0.72 + 0.28 * (0.5 + 0.5 * z) };
  };
  return geometry(finer.flatMap((face) => face.map(shaped)));
}

const MAKERS = { box, hip, broad: () => crown(HABITS.broad), upright: () => crown(HABITS.upright), low: () => crown(HABITS.low) };
const made = new Map();

/** The mesh of this name, made once for the page. */
export function mesh(name) {
  if (!MAKERS[name]) throw new Error(`no mesh ${name}`);
  if (!made.has(name)) made.set(name, MAKERS[name]());
  return made.get(name);
}
