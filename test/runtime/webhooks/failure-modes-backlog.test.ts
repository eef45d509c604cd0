import { answer, PostFailure, world } from './world';

describe('failure mode 16: an endpoint with 1,000 retries pending', () => {
  const waiting = async () => {
    const of = world();
    await of.endpoint({ limits: { inFlight: 50 } });
    of.receiver.receive = () => {
      throw new PostFailure('connect');
    };
    for (let at = 0; at < 1000; at += 1) await of.publish();
    await of.work();
    of.receiver.receive = () => answer(200);
    return { ...of, before: of.receiver.got.length };
  };

  test('that is edited gets them all at its new address', async () => {
    const of = await waiting();
    await of.edit({ url: 'https://new.example/hook' });
    await of.webhooks.wake('acme', 'whe_1');
    await of.pass(30);
    expect((await of.deliveries()).every(({ state }) => state === 'succeeded')).toBe(true);
    expect(new Set(of.receiver.got.slice(of.before).map(({ url }) => url))).toEqual(new Set(['https://new.example/hook']));
  });

  test('that is deleted has them cancelled, each with a word', async () => {
    const of = await waiting();
    const standing = await of.store.endpoints.read({ tenantId: 'acme', id: 'whe_1' });
    await of.store.endpoints.delete({ tenantId: 'acme', id: 'whe_1' }, standing!.revision);
    await of.webhooks.wake('acme', 'whe_1');
    await of.pass(3);
    expect((await of.deliveries()).every(({ state }) => state === 'cancelled')).toBe(true);
    expect(of.told('cancelled')).toHaveLength(1000);
    expect(of.receiver.got).toHaveLength(of.before);
  });

  test('that is disabled keeps them until it is enabled, without an attempt', async () => {
    const of = await waiting();
    await of.edit({ state: 'disabled', disabledReason: 'asked' });
    await of.pass(90);
    expect((await of.deliveries()).every(({ state }) => state === 'parked')).toBe(true);
    expect(of.receiver.got).toHaveLength(of.before);
    await of.edit({ state: 'enabled', disabledReason: undefined });
    await of.webhooks.wake('acme', 'whe_1');
    await of.pass(30);
    expect((await of.deliveries()).every(({ state }) => state === 'succeeded')).toBe(true);
  });
});

// 120,000 take longer than a test may: the bench has them.
test('failure mode 19: 5,000 parked deliveries cost nothing while they wait, and hold up nobody', async () => {
  const { endpoint, publish, work, sweep, receiver, hints, store, clock } = world();
  await endpoint({ id: 'whe_1', state: 'paused', events: ['down'] });
  await endpoint({ id: 'whe_2', events: ['up'] });
  for (let at = 0; at < 5000; at += 1) await publish({ type: 'down' });
  await work();
  await clock.advance(61_000);
  await sweep();
  expect(await store.due(10)).toEqual([]);
  expect(hints.held).toEqual([]);
  await publish({ type: 'up' });
  await work();
  expect(receiver.got).toHaveLength(1);
});
