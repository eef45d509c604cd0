/** pgvector's binary form: dimensions and an unused word, 16 bits each, then floats of 32. A quarter of its text, and nothing to parse. */
export function encodeVector(values: readonly number[] | Float32Array): Buffer {
  const buffer = Buffer.allocUnsafe(4 + values.length * 4);
  buffer.writeUInt16BE(values.length, 0);
  buffer.writeUInt16BE(0, 2);
  for (let at = 0; at < values.length; at += 1) buffer.writeFloatBE(values[at], 4 + at * 4);
  return buffer;
}
