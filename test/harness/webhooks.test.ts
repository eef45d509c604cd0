import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

jest.setTimeout(120_000);

const script = join(__dirname, '..', '..', 'scripts', 'harness', 'webhooks.mjs');

/** The harness's short form; `npm run harness:webhooks` is the whole one. */
function harness(env: Record<string, string>) {
  const run = spawnSync(process.execPath, ['--no-warnings', script], { env: { ...process.env, ...env }, encoding: 'utf8' });
  const last = run.stdout.trim().split('\n').at(-1) ?? '{}';
  return { status: run.status, figures: (JSON.parse(last) as { figures: Record<string, number> }).figures };
}

test('CTX-10.2 loses no delivery and blurs no attempt, though senders are killed and hints lost, repeated and reordered', () => {
  const { status, figures } = harness({ DELIVERIES: '40', KILLS: '3', SENDERS: '2', ENDPOINTS: '4', SPEED: '40' });

  expect(figures).toMatchObject({
    deliveries: 40,
    kills: 3,
    lost: 0,
    stuck: 0,
    succeeded: 40,
    otherwise: 0,
    attemptsWithoutAnEnd: 0,
    beyondInterruptedAttempts: 0,
    underAnotherId: 0,
  });
  expect(figures.hintsLost + figures.hintsRepeated).toBeGreaterThan(0);
  expect(figures.unknownAttempts).toBeGreaterThan(0);
  expect(figures.duplicatePosts).toBeLessThanOrEqual(figures.unknownAttempts);
  expect(status).toBe(0);
});
