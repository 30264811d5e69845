// Outlined words in a column at their place, as levels of care are: placed with the names, in the data's colours.

/* global deck */

import { FAMILY, width_em } from "./labels.js";

// Before the names of their places, which may stand aside for them.
const RANK = 9;
const LINE_EM = 1.75;
const AIR_EM = 0.9;
const REM_BASE_PX = 16;

/** Under the place, above it, beside it. */
const stands = (wide, high, line) => [
  [0, high / 2 + line], [0, -high / 2 - line], [wide * 0.8, 0], [-wide * 0.8, 0],
  [wide * 0.8, high / 2], [-wide * 0.8, high / 2], [wide * 1.6, 0], [-wide * 1.6, 0],
];

/** The rows of a chip sub-layer as candidates for `place`, a column for each spot. @param {{props:object}} sub */
export function columns(layer, sub) {
  const spots = new Map();
  for (const row of Array.isArray(sub.props.data) ? sub.props.data : []) {
    const spot = `${row.x}|${row.y}`;
    if (!spots.has(spot)) spots.set(spot, []);
    spots.get(spot).push(row);
  }
  return [...spots.values()].map((rows) => ({
    layer, rows, row: rows[0], position: [rows[0].x, rows[0].y, rows[0].z ?? 0],
    text: "", words: rows.map((row) => row.text).join(""),
    em: [Math.max(...rows.map((row) => width_em(row.text))) + AIR_EM, rows.length * LINE_EM],
    scale: sub.props.getSize / REM_BASE_PX, angle_deg: 0, bold: false, rank: RANK, minZoom: Number(sub.props.minZoom ?? 0), stands,
  }));
}

function lines(one) {
  const middle = (one.rows.length - 1) / 2;
  return one.rows.map((row, at) => ({
    ...row, size_px: one.size_px, offset: [one.offset[0], one.offset[1] + (at - middle) * LINE_EM * one.size_px],
  }));
}

/** One layer for each map layer that has chips, so that a pick finds its row. */
export function chipLayers({ placed, characterSet, origin, coordinateSystem = "meter-offsets" }) {
  return [...new Set(placed.map((one) => one.layer))].map((layer) => {
    const mine = placed.filter((one) => one.layer === layer);
    const em = Math.max(...mine.map((one) => one.size_px));
    return new deck.TextLayer({
      id: `${layer}/chip`,
      data: mine.flatMap(lines),
      coordinateSystem,
      coordinateOrigin: [origin[0], origin[1], 0],
      getText: (row) => row.text,
      getPosition: (row) => [row.x, row.y, row.z ?? 0],
      getSize: (row) => row.size_px,
      getPixelOffset: (row) => row.offset,
      getColor: [232, 237, 242, 255],
      sizeUnits: "pixels",
      fontFamily: FAMILY,
      fontWeight: 400,
      fontSettings: { fontSize: 64 },
      characterSet: [...characterSet],
      background: true,
      getBackgroundColor: [10, 14, 19, 225],
      getBorderColor: (row) => row.c,
      getBorderWidth: Math.max(1.5, em * 0.09),
      backgroundPadding: [em * 0.32, em * 0.06, em * 0.32, em * 0.2],
      backgroundBorderRadius: em * 0.22,
      getTextAnchor: "middle",
      getAlignmentBaseline: "center",
      parameters: { depthCompare: "always", depthWriteEnabled: false },
      pickable: true,
    });
  });
}
