import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

jest.setTimeout(300_000);

const script = join(__dirname, '..', '..', 'scripts', 'harness', 'jobs.mjs');

/** The harness's short form; `npm run harness:jobs` is the whole one. */
function harness(env: Record<string, string>) {
  const run = spawnSync(process.execPath, ['--no-warnings', script], { env: { ...process.env, ...env }, encoding: 'utf8' });
  const last = run.stdout.trim().split('\n').at(-1) ?? '{}';
  return { status: run.status, figures: (JSON.parse(last) as { figures: Record<string, number> }).figures };
}

test('CTX-4.4 loses no job and writes each effect once, though workers are killed and messages lost, repeated and reordered', () => {
  const { status, figures } = harness({ JOBS: '50', KILLS: '3', WORKERS: '2' });

  expect(figures).toMatchObject({
    jobs: 50,
    kills: 3,
    lost: 0,
    stuck: 0,
    succeeded: 50,
    otherwise: 0,
    effectsExactlyOnce: 50,
    effectsWrong: 0,
  });
  expect(figures.messagesLost + figures.messagesRepeated).toBeGreaterThan(0);
  expect(figures.attempts).toBeGreaterThan(50);
  expect(status).toBe(0);
});
