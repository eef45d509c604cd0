// Exports as many rows of 1,536 dimensions as it is told to, from a server that makes them up, to nowhere; prints what it took.
import type { Queryable } from 'plinth-runtime/database';
import { exportVectors } from '../../../runtime/src/vector-export';

const wanted = Number(process.argv[2]);
const vectors = Array.from(
  { length: 50 },
  (_, at) => `[${Array.from({ length: 1536 }, (__, i) => (Math.sin(i * 7 + at) / 40).toFixed(3)).join(',')}]`,
);
let served = 0;
let peak = 0;

function line(id: number): { line: string } {
  return { line: `{"id":"row-${id}","embedding":${vectors[id % vectors.length]},"content":"row ${id}","metadata":{},"enrichments":{}}` };
}

const client: Queryable = {
  query: async <Row extends object>(text: string): Promise<Row[]> => {
    peak = Math.max(peak, process.memoryUsage().rss);
    const answers: [RegExp, () => object[]][] = [
      [/^SELECT set_config/, () => [{ at: '2026-03-04' }]],
      [/^SELECT current_setting/, () => [{ server: '17.9', extension: '0.8.0' }]],
      [/^SELECT c.relname/, () => [{ name: 'rows', dimensions: 1536, columns: [], indexes: [], analytics: false, complete: true }]],
      [/^FETCH/, () => Array.from({ length: Math.min(100, wanted - served) }, () => line((served += 1)))],
    ];
    return (answers.find(([pattern]) => pattern.test(text))?.[1]() ?? []) as Row[];
  },
};

async function main(): Promise<void> {
  const began = process.hrtime.bigint();
  const sink = { has: async () => false, put: async () => {} };
  const done = await exportVectors({
    database: { transaction: (work) => work(client) },
    sink,
    date: '2026-03-04',
    remainingMs: () => 60_000,
  });
  const [table] = done.outcome === 'exported' ? done.manifest.tables : [];
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const peakMb = Math.round(peak / 1e6);
  console.log(JSON.stringify({ rows: table?.rows, parts: table?.parts.length, peakMb, rowsPerSecond: Math.round(wanted / seconds) }));
}

void main();
