// A live layer's frame as the server packs it: "TWF1", header length, header JSON, aligned columns.

const KINDS = { f4: Float32Array, f8: Float64Array, u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, i4: Int32Array };

/** @param {ArrayBuffer} bytes
 *  @returns {{layer:string,seq:number,at:string,n:number,roster:string,states:string[],columns:Object<string,ArrayLike<number>>}} */
export function decode(bytes) {
  const view = new DataView(bytes);
  if (bytes.byteLength < 8 || view.getUint32(0, false) !== 0x54574631) throw new Error("not a TWF1 frame");
  const length = view.getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, length)));
  const start = 8 + length;
  const columns = {};
  for (const [name, column] of Object.entries(header.columns)) {
    const size = column.size ?? 1;
    columns[name] = new KINDS[column.dtype](bytes, start + column.offset, (column.n ?? header.n) * size);
    columns[`${name}.size`] = size;
  }
  return { ...header, columns };
}
