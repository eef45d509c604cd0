import { Database } from 'plinth-runtime/database';
import { vectorAnalytics, vectorTable } from 'plinth-runtime/vector-search';
import { Pglite } from './pglite';

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Vectors as embeddings are: in clusters, of length 1. */
export function clusteredVectors(seed: number, { clusters = 40, dimensions = 1_536 } = {}): () => Float32Array {
  const next = random(seed);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const centers = Array.from({ length: clusters }, () => Float32Array.from({ length: dimensions }, gauss));
  // A piece of it is drawn for each vector: a number for each dimension would take seconds.
  const noise = Float32Array.from({ length: 1 << 16 }, gauss);
  return () => {
    const center = centers[Math.floor(next() * clusters)];
    const start = Math.floor(next() * (noise.length - dimensions));
    const vector = noise.slice(start, start + dimensions);
    let square = 0;
    for (let at = 0; at < dimensions; at += 1) {
      vector[at] += center[at];
      square += vector[at] ** 2;
    }
    const length = Math.sqrt(square);
    for (let at = 0; at < dimensions; at += 1) vector[at] /= length;
    return vector;
  };
}

export function cosine(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let [product, ones, others] = [0, 0, 0];
  for (let at = 0; at < one.length; at += 1) {
    product += one[at] * other[at];
    ones += one[at] ** 2;
    others += other[at] ** 2;
  }
  return product / Math.sqrt(ones * others);
}

/** PGlite as after the bootstrap, with a vector table and its analytics. */
export async function startVectorDatabase(table: string): Promise<{ server: Pglite; database: Database }> {
  const server = await Pglite.start();
  const statements = [
    'CREATE EXTENSION vector',
    'CREATE SCHEMA app',
    'CREATE ROLE application LOGIN',
    ...vectorTable(table),
    ...vectorAnalytics(table),
  ];
  for (const statement of statements) await server.query(statement);
  const database = Database.open({
    host: server.host,
    port: server.port,
    database: 'app',
    user: 'application',
    auth: { method: 'password', password: '' },
    tls: 'disable',
    pool: { min: 1, max: 1 },
    connectTimeoutMs: 5_000,
    statementTimeoutMs: 10_000,
  });
  return { server, database };
}
