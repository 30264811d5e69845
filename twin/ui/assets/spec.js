// deck.gl JSON, as the server authors it, into layer instances. `deck` is the global of pydeck's bundle.

/* global deck */

import { mesh } from "./meshes.js";

/** "@@=field" accessors become functions; the rest of the props pass as they are. */
export function props(spec) {
  const { "@@type": type, ...rest } = spec;
  return { type, props: deck._convertFunctions(rest, { classes: {}, functions: {}, constants: {}, enumerations: {} }) };
}

/** Makes one instance; `over` are the page's own props (visible, data, colours). */
export function instance(parsed, over = {}) {
  const Class = deck[parsed.type];
  if (!Class) throw new Error(`no layer class ${parsed.type}`);
  // A mesh is named by the server and known to the page.
  const shape = parsed.type === "SimpleMeshLayer" ? { mesh: mesh(parsed.props.mesh) } : {};
  return new Class({ ...parsed.props, ...shape, ...over });
}

/** "buildings/solid" → ["buildings", "solid"] */
export function parts(id) {
  const cut = id.indexOf("/");
  return cut < 0 ? [id, ""] : [id.slice(0, cut), id.slice(cut + 1)];
}

/** Every coordinate in the rows of some sub-layers, as [x, y, z] metres: rings and paths in `p`, or x, y, z. */
export function* coordinates(specs) {
  for (const spec of specs) {
    for (const row of Array.isArray(spec.data) ? spec.data : []) {
      if (Number.isFinite(row.x) && Number.isFinite(row.y)) yield [row.x, row.y, row.z ?? 0];
      else yield* triples(row.p);
    }
  }
}

function* triples(value) {
  if (!Array.isArray(value)) return;
  if (typeof value[0] === "number") yield [value[0], value[1], value[2] ?? 0];
  else for (const part of value) yield* triples(part);
}
