// Recall and latency of vector search, beside pgvector as it comes: same rows, same server, queries in turn.
//   npm run bench:search -- [--rows 1348,100000] [--queries 200] [--postgres BIN]
// BIN is the bin folder of a PostgreSQL that has pgvector, for 100,000 rows as well; without it PGlite is measured, with 1,348.
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { machine } from './machine.mjs';
import { bruteForce, vectorSource } from './search-data.mjs';
import { startServer } from './search-server.mjs';

const require = createRequire(import.meta.url);
const { Database } = require('../../runtime/dist/database/index.js');
const { VectorSearch, vectorTable } = require('../../runtime/dist/vector-search/index.js');

const { values: options } = parseArgs({
  options: { rows: { type: 'string' }, queries: { type: 'string', default: '200' }, postgres: { type: 'string' } },
});
const LIMIT = 10;
const WRITTEN_AT_ONCE = 500;
const MAINTENANCE_MEMORY = '1GB';
/** A filter that one row in so many passes. */
const FILTERS = { all: 1, 'one in 10': 10, 'one in 100': 100 };

const metadataOf = (row) => Object.fromEntries(Object.values(FILTERS).map((share) => [`of${share}`, row % share]));
const round = (value, digits = 2) => Math.round(value * 10 ** digits) / 10 ** digits;
const percentile = (sorted, share) => round(sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]);

async function timed(work) {
  const began = performance.now();
  const result = await work();
  return { ms: performance.now() - began, result };
}

async function bench(rows, queries) {
  const server = await startServer(options.postgres);
  const login = { host: '127.0.0.1', port: server.port, database: 'postgres', user: 'postgres' };
  const admin = new pg.Client(login);
  await admin.connect();
  const database = Database.open({
    ...login,
    auth: { method: 'password', password: '' },
    tls: 'disable',
    pool: { min: 1, max: 1 },
    connectTimeoutMs: 30_000,
    statementTimeoutMs: 300_000,
  });
  try {
    const search = new VectorSearch({ database, table: 'bench' });
    const next = vectorSource(1);
    const vectors = Array.from({ length: rows }, next);
    const { load, builds } = await fill({ admin, search, vectors });
    const probes = Array.from({ length: queries }, next);
    const sides = {
      plinth: (embedding, filter) => search.nearest({ embedding, limit: LIMIT, filter: { metadata: filter } }),
      // What a tutorial writes.
      untuned: async (embedding, filter) => {
        const text = `SELECT id, 1 - (embedding <=> $1::vector) AS score, content, metadata, created_at FROM app.untuned
          WHERE metadata @> $2::jsonb ORDER BY embedding <=> $1::vector LIMIT ${LIMIT}`;
        return database.read.query(text, [`[${embedding.join(',')}]`, JSON.stringify(filter)]);
      },
      exact: (embedding, filter) => search.nearest({ embedding, limit: LIMIT, exact: true, filter: { metadata: filter } }),
    };
    const measured = {};
    for (const [name, share] of Object.entries(FILTERS)) measured[name] = await compare({ sides, vectors, probes, share });
    const [{ version, vector }] = (
      await admin.query(
        `SELECT current_setting('server_version') AS version, extversion AS vector FROM pg_extension WHERE extname = 'vector'`,
      )
    ).rows;
    return {
      engine: `${server.engine} ${version}, pgvector ${vector}`,
      queries,
      load,
      builds,
      memoryMib: server.memoryMib(),
      indexMib: round((await search.indexBytes()) / 2 ** 20, 1),
      ...measured,
    };
  } finally {
    await database.close();
    await admin.end();
    await server.stop();
  }
}

/** Loads first and indexes then, which is what a bulk load should do; the other table gets the same rows and an index with no settings. */
async function fill({ admin, search, vectors }) {
  const statements = vectorTable('bench');
  const hnsw = statements.find((statement) => statement.includes('hnsw'));
  for (const statement of ['CREATE EXTENSION vector', 'CREATE SCHEMA app', `SET maintenance_work_mem = '${MAINTENANCE_MEMORY}'`]) {
    await admin.query(statement);
  }
  for (const statement of statements.filter((one) => one !== hnsw)) await admin.query(statement);
  const load = await timed(async () => {
    for (let at = 0; at < vectors.length; at += WRITTEN_AT_ONCE) {
      const batch = vectors.slice(at, at + WRITTEN_AT_ONCE);
      await search.upsert(
        batch.map((embedding, of) => ({ id: `${at + of}`, embedding, content: `row ${at + of}`, metadata: metadataOf(at + of) })),
      );
    }
  });
  await admin.query('CREATE TABLE app.untuned AS SELECT id, embedding, content, metadata, created_at FROM app.bench');
  const ours = await timed(() => admin.query(hnsw));
  const theirs = await timed(() => admin.query('CREATE INDEX ON app.untuned USING hnsw (embedding vector_cosine_ops)'));
  await admin.query('ANALYZE app.bench');
  await admin.query('ANALYZE app.untuned');
  return {
    load: { rowsASecond: Math.round((vectors.length / load.ms) * 1000) },
    builds: { plinthSeconds: round(ours.ms / 1000), untunedSeconds: round(theirs.ms / 1000) },
  };
}

/** Each query on every side, in an order that turns. */
async function compare({ sides, vectors, probes, share }) {
  const tallies = Object.fromEntries(Object.keys(sides).map((name) => [name, { times: [], right: 0, short: 0 }]));
  let wanted = 0;
  const names = Object.keys(sides);
  for (let at = -5; at < probes.length; at += 1) {
    const probe = probes[Math.max(0, at)];
    const remainder = Math.max(0, at) % share;
    const truth = new Set(bruteForce(vectors, probe, LIMIT, (row) => row % share === remainder).map(String));
    for (const name of at % 2 === 0 ? names : names.toReversed()) {
      const { ms, result } = await timed(() => sides[name](probe, { [`of${share}`]: remainder }));
      // The first few only warm up.
      if (at < 0) continue;
      tallies[name].times.push(ms);
      tallies[name].right += result.filter(({ id }) => truth.has(id)).length;
      tallies[name].short += result.length < truth.size ? 1 : 0;
    }
    if (at >= 0) wanted += truth.size;
  }
  return Object.fromEntries(
    Object.entries(tallies).map(([name, { times, right, short }]) => {
      const sorted = times.toSorted((one, other) => one - other);
      const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((of) => percentile(sorted, of));
      return [name, { recall: round(right / wanted, 4), p50Ms, p95Ms, p99Ms, tooFew: short }];
    }),
  );
}

const figures = {};
for (const rows of (options.rows ?? (options.postgres ? '1348,100000' : '1348')).split(',').map(Number)) {
  const figure = await bench(rows, Number(options.queries));
  figures[rows] = figure;
  console.log(`${rows} rows`, JSON.stringify(figure, undefined, 2));
}
console.log(JSON.stringify({ bench: 'search', machine, figures }));
