import { WebhookSweeper, WebhookTasks } from 'plinth-runtime/webhooks';
import { answer, type world } from '../../runtime/webhooks/world';
import { modelledQueues, type SentHint } from './modelled-queues';

type World = ReturnType<typeof world>;

/** What sends hints of deliveries of one endpoint, and how. */
const PATHS: [string, (of: World, forget: () => void) => Promise<unknown>, Partial<SentHint>][] = [
  ['a fan-out', async ({ ready }) => ready(), { queue: 'deliver', delayMs: 0 }],
  [
    'a retry',
    async ({ ready, receiver, deliverer }, forget) => {
      receiver.receive = () => answer(503, { headers: { 'retry-after': '60' } });
      const { id } = await ready();
      forget();
      await deliverer.run(id, 'deliver');
    },
    { queue: 'deliver', delayMs: 72_000 },
  ],
  [
    'the line of a rate',
    async ({ endpoint, publish, webhooks, deliveries, deliverer }, forget) => {
      await endpoint({ limits: { inFlight: 10, ratePerSecond: 1 } });
      for (let at = 0; at < 3; at += 1) await webhooks.fanOut((await publish()).id);
      forget();
      for (const { id } of await deliveries()) await deliverer.run(id, 'deliver');
    },
    { queue: 'deliver', delayMs: 2000 },
  ],
  [
    'a lane that is no longer the right one',
    async ({ ready, receiver, deliverer, publish, webhooks, deliveries, clock }, forget) => {
      receiver.receive = () => answer(200, { latencyMs: 9000 });
      await deliverer.run((await ready()).id, 'deliver');
      await clock.advance(2000);
      await webhooks.fanOut((await publish()).id);
      forget();
      for (const { id } of await deliveries()) await deliverer.run(id, 'deliver');
    },
    { queue: 'quarantine', delayMs: 0 },
  ],
  [
    'the end of a pause',
    async ({ ready, deliverer, edit, webhooks }, forget) => {
      await deliverer.run((await ready({ state: 'paused' })).id, 'deliver');
      await edit({ state: 'enabled' });
      forget();
      await webhooks.wake('acme', 'whe_1');
    },
    { queue: 'deliver' },
  ],
  [
    'the sweeper',
    async ({ ready, clock, sweep }, forget) => {
      await ready();
      forget();
      await clock.advance(61_000);
      await sweep();
    },
    { queue: 'deliver' },
  ],
  [
    'a resend',
    async ({ ready, deliverer, webhooks }, forget) => {
      const { id } = await ready();
      await deliverer.run(id, 'deliver');
      forget();
      await webhooks.resend(id);
    },
    { queue: 'deliver' },
  ],
  [
    'a task',
    async ({ ready, deliverer, webhooks, clock }, forget) => {
      const tasks = new WebhookTasks({ webhooks });
      await deliverer.run((await ready()).id, 'deliver');
      await clock.advance(1000);
      await tasks.request({ tenantId: 'acme', kind: 'replay', endpointId: 'whe_1', since: 0 });
      forget();
      await new WebhookSweeper({ webhooks, runTask: (due, untilMs) => tasks.run(due, untilMs) }).sweep(clock.now() + 50_000);
    },
    { queue: 'deliver' },
  ],
];

describe('failure mode 17: hints are in a group of their tenant', () => {
  test.each(PATHS)('those of %s', async (_name, take, expected) => {
    const of = modelledQueues();
    await take(of, () => of.sent.splice(0));

    const hints = of.sent.filter(({ queue }) => queue !== 'fanOut');
    expect(hints).toEqual(expect.arrayContaining([expect.objectContaining(expected)]));
    expect(new Set(hints.map(({ group }) => group)).size).toBe(1);
    expect(hints[0].group).toMatch(/^acme\/[0-3]$/);
  });

  test('those of a message, in its own', async () => {
    const { publish, sent } = modelledQueues();
    await publish();
    expect(sent).toEqual([{ queue: 'fanOut', group: 'acme', delayMs: 0 }]);
  });

  test('of which each tenant has four, used alike', async () => {
    const { endpoint, publish, webhooks, sent } = modelledQueues();
    for (let at = 0; at < 400; at += 1) await endpoint({ id: `whe_${at}` });
    await webhooks.fanOut((await publish()).id);

    const counts = [0, 1, 2, 3].map((nth) => sent.filter(({ group }) => group === `acme/${nth}`).length);
    expect(counts.reduce((sum, count) => sum + count)).toBe(400);
    expect(Math.min(...counts)).toBeGreaterThan(70);
  });
});
