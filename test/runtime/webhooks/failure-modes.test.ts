import { WebhookVerifier } from 'plinth-runtime/signing';
import { DEFAULT_RETRY_POLICY } from 'plinth-runtime/webhooks';
import { answer, SECRETS, world } from './world';

const IMPATIENT = { ...DEFAULT_RETRY_POLICY, maxAttempts: 1 };

test('failure mode 2: a hint that comes five times at once, and again later, is one post', async () => {
  const { ready, hints, deliverer, receiver, clock } = world();
  const { id } = await ready();
  hints.take();
  const outcomes = await Promise.all([1, 2, 3, 4, 5].map(() => deliverer.run(id, 'deliver')));
  await clock.advance(60_000);

  expect(outcomes.filter(({ type }) => type === 'sent')).toHaveLength(1);
  expect(await deliverer.run(id, 'deliver')).toEqual({ type: 'skipped', why: 'finished' });
  expect(receiver.got).toHaveLength(1);
});

test('failure mode 3: of a batch of ten with one that hangs, nine are not sent again', async () => {
  const { endpoint, publish, webhooks, hints, receiver, another, deliverer, clock, store } = world();
  for (let at = 0; at < 10; at += 1) await endpoint({ id: `whe_${at}` });
  await webhooks.fanOut((await publish()).id);
  const ids = hints.take().flatMap((hint) => (hint.type === 'deliver' ? hint.deliveryId : []));
  const post: typeof receiver.post = (request) =>
    request.url.includes('whe-7') ? new Promise<never>(() => undefined) : receiver.post(request);
  const doomed = another({}, { fetch: { post } });
  void Promise.all(ids.map((id) => doomed.run(id, 'deliver')));
  await clock.advance(0);
  const again = await Promise.all(ids.map((id) => deliverer.run(id, 'deliver')));

  expect(again.map((outcome) => ('why' in outcome ? outcome.why : outcome.type)).toSorted()).toEqual([
    ...Array(9).fill('finished'),
    'taken',
  ]);
  expect(receiver.got).toHaveLength(9);
  await clock.advance(26_000);
  await Promise.all(ids.map((id) => deliverer.run(id, 'deliver')));
  expect(receiver.got).toHaveLength(10);
  const states = await Promise.all(ids.map(async (id) => (await store.deliveries.read(id))?.state));
  expect(new Set(states)).toEqual(new Set(['succeeded']));
});

describe("failure mode 5: a sender's clock", () => {
  test.each([
    [6 * 60_000, 1],
    [-6 * 60_000, 1],
    [60_000, 0],
  ])('that is %i ms off is told by the Date of the answer', async (skewMs, count) => {
    const { ready, work, receiver, told, clock } = world();
    receiver.receive = () => answer(200, { date: clock.now() - skewMs });
    await ready();
    await work();
    expect(told('clock-skew')).toHaveLength(count);
    expect(told('clock-skew')).toEqual(count ? [{ type: 'clock-skew', skewMs, tenantId: 'acme', endpointId: 'whe_1' }] : []);
  });
});

test.each([
  [6, 'too-new'],
  [-6, 'too-old'],
])('failure mode 5: a receiver refuses what a clock signed that is %i minutes off', async (minutes, code) => {
  const { ready, work, receiver, clock } = world();
  await ready();
  await work();
  const [{ headers, body }] = receiver.got;
  const verifier = new WebhookVerifier({ secrets: [SECRETS[0]], clock: { now: () => clock.now() - minutes * 60_000 } });
  await expect(verifier.verify(headers, body)).rejects.toMatchObject({ code });
});

describe('failure mode 24: a body that is gone', () => {
  test('when a retry comes: the delivery is expired, and told', async () => {
    const { ready, work, pass, receiver, store, deliveries, told, webhooks } = world();
    receiver.receive = () => answer(500);
    const { messageId } = await ready({ retryPolicy: { ...DEFAULT_RETRY_POLICY, baseDelayMs: 30_000 } });
    await work();
    const message = await store.messages.read(messageId);
    await store.messages.replace({ ...message!, body: undefined, revision: webhooks.context.token() }, message!.revision);
    await pass(2);
    expect((await deliveries())[0]).toMatchObject({ state: 'expired', attempt: 1 });
    expect(told('expired')).toHaveLength(1);
    expect(receiver.got).toHaveLength(1);
  });

  test('while it is parked: it is expired though its endpoint never comes back', async () => {
    const { ready, work, sweep, deliveries, clock } = world();
    await ready({ state: 'paused' });
    await work();
    await clock.advance(30 * 86_400_000);
    await sweep();
    expect((await deliveries())[0]).toMatchObject({ state: 'expired', attempt: 0 });
  });
});

test('failure mode 26: two sweepers at once do what one does', async () => {
  const { endpoint, publish, hints, sweep, work, receiver, clock, deliveries } = world();
  await endpoint({ limits: { inFlight: 100 }, retryPolicy: IMPATIENT });
  for (let at = 0; at < 20; at += 1) await publish();
  hints.take();
  await clock.advance(61_000);
  // Fanned out, then found without a hint.
  for (let round = 0; round < 2; round += 1) {
    await Promise.all([sweep(), sweep(), sweep()]);
    expect(hints.take()).toHaveLength(20);
    await clock.advance(61_000);
  }
  await Promise.all([sweep(), sweep(), sweep()]);
  await work();
  await Promise.all([sweep(), sweep(), sweep()]);
  await work();
  expect(receiver.got).toHaveLength(20);
  expect((await deliveries()).every(({ state }) => state === 'succeeded')).toBe(true);
});

test('failure mode 27: a fan-out that ended halfway is made whole, and makes nothing twice', async () => {
  const { endpoint, publish, webhooks, store, sweep, work, receiver, hints, clock } = world();
  for (let at = 0; at < 40; at += 1) await endpoint({ id: `whe_${at}` });
  const { id } = await publish();
  hints.take();
  const create = store.deliveries.create.bind(store.deliveries);
  let made = 0;
  store.deliveries.create = async (row) => {
    made += 1;
    if (made > 17) throw new Error('the process ends');
    return create(row);
  };
  await expect(webhooks.fanOut(id)).rejects.toThrow('the process ends');
  store.deliveries.create = create;
  expect(await store.messages.read(id)).toMatchObject({ state: 'accepted' });
  await clock.advance(61_000);
  await sweep();
  await work();
  await clock.advance(61_000);
  await sweep();
  await work();

  expect(receiver.got).toHaveLength(40);
  expect(new Set(receiver.got.map(({ url }) => url)).size).toBe(40);
  expect(await store.messages.read(id)).toMatchObject({ state: 'fanned-out', dueAt: undefined });
});
