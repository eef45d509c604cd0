import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

jest.setTimeout(120_000);

const script = join(__dirname, '..', '..', 'scripts', 'bench', 'webhook-isolation.mjs');
/** The short form of `npm run bench:webhook-isolation`, with a bound that holds beside other tests on the same cores. */
const short = {
  ROUNDS: '1',
  SECONDS: '1.5',
  TIMEOUT_MS: '2000',
  SLOTS: '24',
  ENDPOINTS: '20',
  PER_SECOND: '400',
  PARKED: '5000',
  MOST_GROWTH: '10',
};

test('CTX-10.2 delivers to healthy endpoints as fast as ever beside hung ones and parked deliveries, though queues and slots are shared', () => {
  const run = spawnSync(process.execPath, ['--no-warnings', script], { env: { ...process.env, ...short }, encoding: 'utf8' });
  const { figures } = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '{}') as { figures: Record<string, number> };

  expect(figures.p99GrowthHung).toBeLessThan(10);
  expect(figures.p99GrowthParked).toBeLessThan(10);
  // Without the limit of what an endpoint may have on its way, the same hung endpoint is felt.
  expect(figures.p99GrowthUnlimited).toBeGreaterThan(10);
  expect(run.status).toBe(0);
});
