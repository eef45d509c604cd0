// Vectors as embeddings are: many numbers, few of them free. Seeded.
export const DIMENSIONS = 1_536;
const FREE = 24;
const CLUSTERS = 200;

/** Numbers between 0 and 1 (mulberry32). */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A point in a space of few dimensions near one of the centers, turned into many dimensions, with a little noise, of length 1. */
export function vectorSource(seed) {
  const next = random(seed);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const axes = Array.from({ length: FREE }, () => Float32Array.from({ length: DIMENSIONS }, gauss));
  const centers = Array.from({ length: CLUSTERS }, () => Array.from({ length: FREE }, () => 2 * gauss()));
  const noise = Float32Array.from({ length: 1 << 16 }, () => 0.3 * gauss());
  return () => {
    const point = centers[Math.floor(next() * CLUSTERS)].map((value) => value + gauss());
    const start = Math.floor(next() * (noise.length - DIMENSIONS));
    const vector = noise.slice(start, start + DIMENSIONS);
    for (const [axis, value] of point.entries()) {
      for (let at = 0; at < DIMENSIONS; at += 1) vector[at] += value * axes[axis][at];
    }
    let square = 0;
    for (const value of vector) square += value * value;
    const length = Math.sqrt(square);
    return vector.map((value) => value / length);
  };
}

/** The positions of the nearest by brute force, among those that pass; vectors are of length 1. */
export function bruteForce(vectors, query, limit, passes) {
  const best = [];
  for (let row = 0; row < vectors.length; row += 1) {
    if (!passes(row)) continue;
    const vector = vectors[row];
    let score = 0;
    for (let at = 0; at < DIMENSIONS; at += 1) score += vector[at] * query[at];
    if (best.length === limit && score <= best[limit - 1].score) continue;
    best.push({ row, score });
    best.sort((one, other) => other.score - one.score);
    if (best.length > limit) best.pop();
  }
  return best.map(({ row }) => row);
}
