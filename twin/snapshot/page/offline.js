// The server's answers, given from what lies in this file; nothing here can ask anybody.

/** @param {object} data as `twin.snapshot.scene` wrote it */
export function createOffline(data) {
  const { scene, layers, buildings, towers, tower_parts: looks } = data;

  function rowsOf(building, part, storey) {
    const rows = (towers[building]?.[part] ?? []).map((row) => ({ ...row, id: `${building}/${row.storey}`, building }));
    if (storey === null) return rows;
    if (part === "opened/walls") return rows.filter((row) => row.storey !== storey);
    return rows.map((row) => (row.storey === storey ? { ...row, ...looks.chosen[part] } : row));
  }

  /** The chosen storey is one block: its walls, solid. */
  function block(building, storey) {
    return rowsOf(building, "opened/walls", null).filter((row) => row.storey === storey);
  }

  function opened(building, storey) {
    if (!towers[building]) return null;
    const rows = (part) => (part === "opened/chosen" ? (storey === null ? [] : block(building, storey)) : rowsOf(building, part, storey));
    return { building, storey, layers: looks.parts.map((part) => ({ ...part, data: rows(part.id) })), seq: 0 };
  }

  function answer(path, query) {
    const [, what, id = ""] = path.match(/^\/wall\/(\w+)\/?(.*)$/) ?? [];
    const storey = query.get("storey");
    if (what === "scene") return scene;
    if (what === "layer") return layers[decodeURIComponent(id)] ?? null;
    if (what === "building") return buildings[decodeURIComponent(id)] ?? null;
    if (what === "open") return opened(decodeURIComponent(id), storey === null ? null : Number(storey));
    return null;
  }

  /** Stands where the page's modules call fetch. */
  async function fetch(address) {
    const [path, query = ""] = String(address).split("?");
    const found = answer(path, new URLSearchParams(query));
    return { ok: found !== null, status: found === null ? 404 : 200, json: async () => found ?? { error: "not in this snapshot" } };
  }

  return { fetch };
}

export function bytes(base64) {
  const text = atob(base64);
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) out[i] = text.charCodeAt(i);
  return out.buffer;
}

/** Where the page expects a stream of frames: each live layer has one, and it never changes. */
export function createStill({ frames, rosters, decode }) {
  const hearers = [];
  const sent = new Set();
  return {
    on(event, hear) {
      if (event === "frame") hearers.push(hear);
    },
    want(id, on = true) {
      if (!on || sent.has(id) || !frames[id]) return;
      sent.add(id);
      const frame = decode(bytes(frames[id]));
      for (const hear of hearers) hear(frame);
    },
    roster: async (frame) => rosters[frame.layer] ?? { ids: [], rows: {} },
  };
}

/** deck.gl would fetch the icons' picture by its address; here it is given the picture. */
export function withIcons(deck, icons) {
  class IconLayer extends deck.IconLayer {
    constructor(props) {
      super({ ...props, iconAtlas: icons });
    }
  }
  IconLayer.layerName = "IconLayer";
  return { ...deck, IconLayer };
}
