/** 4 bytes a number, little-endian: a fifth of what JSON takes. */
export function packVector(vector: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes;
}

/** Undefined for what is no vector of so many finite numbers. */
export function unpackVector(bytes: Buffer, dimensions: number): number[] | undefined {
  if (bytes.length !== dimensions * 4) return undefined;
  const vector = Array.from({ length: dimensions }, (_none, index) => bytes.readFloatLE(index * 4));
  return vector.every(Number.isFinite) ? vector : undefined;
}
