import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

describe('bench:search', () => {
  it('ends with one JSON object of recall and times, beside pgvector as it comes', () => {
    const script = join(__dirname, '../../../scripts/bench/search.mjs');
    const output = execFileSync(process.execPath, [script, '--rows', '100', '--queries', '4'], { encoding: 'utf8' });
    const { bench, machine, figures } = JSON.parse(output.trimEnd().split('\n').at(-1)!);
    expect([bench, Object.keys(machine), Object.keys(figures)]).toEqual(['search', ['cpus', 'model', 'memoryGib', 'node'], ['100']]);
    const side = { recall: 1, p50Ms: expect.any(Number), p95Ms: expect.any(Number), p99Ms: expect.any(Number), tooFew: 0 };
    expect(figures['100']).toMatchObject({
      engine: expect.stringMatching(/^PGlite 18\.\d+, pgvector 0\.8\.\d+$/),
      all: { plinth: side, untuned: side, exact: side },
      'one in 10': { plinth: side },
      'one in 100': { plinth: side },
    });
  });
});
