import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Queryable } from 'plinth-runtime/database';
import { type ExportSink, VectorExportError } from 'plinth-runtime/vector-export';
import { type Dependencies, runExport } from '../../../lambda/vector-export/run';

/** A server without a vector table. */
const client: Queryable = {
  query: async <Row extends object>(text: string) =>
    (text.startsWith('SELECT set_config')
      ? [{ at: 'now' }]
      : text.startsWith('SELECT current_setting')
        ? [{ server: '17.9', extension: null }]
        : []) as Row[],
};

function setting(more: Partial<Dependencies> = {}) {
  const made: string[] = [];
  let closed = 0;
  const sinkOf = (date: string): ExportSink => ({
    has: async (name) => made.includes(`${date}/${name}`),
    put: async (name) => void made.push(`${date}/${name}`),
  });
  const lines: object[] = [];
  const dependencies: Dependencies = {
    database: {
      transaction: (work) => work(client),
      close: async () => {
        closed += 1;
      },
    },
    sinkOf,
    now: () => new Date('2026-03-04T23:59:59Z'),
    remainingMs: () => 900_000,
    log: (line) => void lines.push(line),
    ...more,
  };
  return { dependencies, made, lines, closed: () => closed };
}

test('VEC-2.1 exports the day that it is, once', async () => {
  const { dependencies, made, lines } = setting();

  await runExport(dependencies);
  await runExport(dependencies);

  expect(made).toEqual(['2026-03-04/manifest.json']);
  expect(lines).toEqual([
    { event: 'vector-export', date: '2026-03-04', outcome: 'exported', tables: [] },
    { event: 'vector-export', date: '2026-03-04', outcome: 'done before', tables: undefined },
  ]);
});

test('closes its connection whatever happens', async () => {
  const fault = new VectorExportError('out-of-time', 'too late');
  const { dependencies, closed } = setting();

  await expect(
    runExport({ ...dependencies, database: { ...dependencies.database, transaction: () => Promise.reject(fault) } }),
  ).rejects.toThrow('too late');

  expect(closed()).toBe(1);
});

test('20,000 rows of 1,536 dimensions go through a heap of 48 MB', () => {
  // Bundled, as a loader of TypeScript alone would fill such a heap.
  const entryPoints = [join(__dirname, 'export-many.ts')];
  const [{ text }] = buildSync({ entryPoints, bundle: true, platform: 'node', write: false }).outputFiles;
  const answer = execFileSync(process.execPath, ['--max-old-space-size=48', '-', '20000'], { input: text, encoding: 'utf8' });
  const { rows, parts, peakMb } = JSON.parse(answer) as { rows: number; parts: number; peakMb: number };

  expect(rows).toBe(20_000);
  expect(parts).toBeGreaterThan(20);
  expect(peakMb).toBeLessThan(300);
}, 60_000);
