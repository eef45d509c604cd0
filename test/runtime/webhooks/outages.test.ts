import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faulty, faultyStore, type Strike } from './faulty';
import { plainSealer, seeded, world } from './world';

const MESSAGES = 10;
const TEN_MINUTES_MS = 600_000;

/** Webhooks of two endpoints, one of whose dependencies fails as it is told. */
function depending(part: 'store' | 'queue' | 'sealer', strike: Strike) {
  return world({
    store: (store) => (part === 'store' ? faultyStore(store, strike) : store),
    messages: (held) => (part === 'queue' ? faulty(held, 'queue.', strike) : held),
    deliverer: part === 'sealer' ? { sealer: faulty(plainSealer, 'sealer.', strike) } : {},
    webhooks: { cacheMs: 0 },
  });
}

const DEPENDENCIES = [
  ['DynamoDB', 'store'],
  ['SQS', 'queue'],
  ['KMS', 'sealer'],
] as const;

describe.each(DEPENDENCIES)('failure mode 20: %s', (_name, part) => {
  test('is down for ten minutes: nothing is lost, nothing is sent twice, and one attempt is made of each', async () => {
    let isDown = false;
    const of = depending(part, () => (isDown ? 'before' : undefined));
    for (const id of ['whe_1', 'whe_2']) await of.endpoint({ id });
    await of.publish({ id: 'msg_before' });
    isDown = true;
    const ids = Array.from({ length: MESSAGES }, (_, at) => `msg_${at}`);
    const refused: string[] = [];
    for (const id of ids) await of.publish({ id }).catch(() => refused.push(id));
    await of.pass(10);
    expect(of.receiver.got).toEqual([]);
    // Who publishes is told when the message was not taken, and then alone.
    expect(refused).toEqual(part === 'store' ? ids : []);

    isDown = false;
    for (const id of refused) await of.publish({ id });
    await of.pass(40);
    const deliveries = (await Promise.all(['msg_before', ...ids].map((id) => of.store.deliveries.ofMessage(id)))).flat();
    expect(deliveries).toHaveLength(2 * (MESSAGES + 1));
    expect(new Set(deliveries.map(({ state, attempt }) => `${state} ${attempt}`))).toEqual(new Set(['succeeded 1']));
    expect(of.receiver.got).toHaveLength(deliveries.length);
  });

  test('refuses three of ten calls for ten minutes: nothing is lost, and twice comes only what the log calls unknown', async () => {
    const random = seeded(7);
    let until = Number.POSITIVE_INFINITY;
    let refused = 0;
    const of = depending(part, () => {
      if (of.clock.now() >= until || random() >= 0.3) return undefined;
      refused += 1;
      return 'before';
    });
    for (const id of ['whe_1', 'whe_2']) await of.endpoint({ id });
    until = of.clock.now() + TEN_MINUTES_MS;
    const ids = Array.from({ length: MESSAGES }, (_, at) => `msg_${at}`);
    const publish = (id: string): Promise<unknown> => of.publish({ id }).catch(() => publish(id));
    for (const id of ids) await publish(id);
    await of.pass(60);

    const deliveries = (await Promise.all(ids.map((id) => of.store.deliveries.ofMessage(id)))).flat();
    expect(deliveries).toHaveLength(2 * MESSAGES);
    expect(new Set(deliveries.map(({ state }) => state))).toEqual(new Set(['succeeded']));
    const attempts = deliveries.flatMap((delivery) => delivery.attempts);
    expect(of.receiver.got.length).toBeLessThanOrEqual(attempts.length);
    expect(attempts.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(of.receiver.got.length).toBeGreaterThanOrEqual(2 * MESSAGES);
    expect(refused).toBeGreaterThan(2);
  });
});

/** The modules a file names. */
const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import\(|require\() ?'([^']+)'/g)].map(([, name]) => name);
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => (name.endsWith('.ts') ? join(folder, name) : []));

test('failure mode 20: Valkey is down changes nothing: rates, places and breakers are rows of the table, and nothing that delivers knows of it', () => {
  const root = join(__dirname, '..', '..', '..');
  const folders = [
    'runtime/src/webhooks',
    'runtime/src/safe-fetch',
    'lambda/webhook-fanout',
    'lambda/webhook-sender',
    'lambda/webhook-sweeper',
  ];
  const names = folders.flatMap((folder) => filesOf(join(root, folder)).flatMap(importsOf));

  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name) => /redis|valkey|limiter/i.test(name))).toEqual([]);
});
